import type { Command, Traits } from '../commands/command.js'
import { type NumberSet, type SavedResult, SeqSet, UidSet } from '../model/number-set.js'

/** What the rules of pipelining look at. */
export type Pipelined = Pick<Command<unknown>, 'states' | 'traits'>

type MessageSet = NumberSet<number> | SavedResult

/**
 * Whether `next` may be sent while the commands of `inFlight` have no answer yet (RFC 9051 §5.5).
 * A command without traits is unknown to this library and runs alone.
 *
 * @param isSelected - whether a mailbox is selected now: any command that is in flight may still be told of it, and only
 *   some servers tell by CLOSED where that ends, so another one is selected when all are answered
 */
export function canSend(next: Pipelined, inFlight: readonly Pipelined[], isSelected = false): boolean {
  if (isSelected && inFlight.length > 0 && next.traits?.effect?.kind === 'select') return false
  for (const running of inFlight) if (!canOverlap(next, running)) return false
  return true
}

function canOverlap(next: Pipelined, running: Pipelined): boolean {
  const later = next.traits
  const earlier = running.traits
  if (later === undefined || earlier === undefined || runsAlone(later) || runsAlone(earlier)) return false
  if (selects(later) && needsSelected(running)) return false
  if (selects(earlier) && needsSelected(next)) return false
  // An EXPUNGE that the earlier command lets through would move the numbers of the later one.
  if (later.seqArgs === true && earlier.noExpunge !== true) return false
  if (answersOf(later).some((each) => answersOf(earlier).includes(each))) return false
  if (streamsClash(later, earlier)) return false
  return !flagsClash(later, earlier)
}

/** The names of the untagged data that belong to a command and tell of no command. */
export function answersOf({ answers }: Traits): readonly string[] {
  if (answers === undefined) return []
  return typeof answers === 'string' ? [answers] : answers
}

/** Dialogues, and what changes the state or the syntax of all that follows. */
function runsAlone(traits: Traits): boolean {
  if (traits.exclusive === true) return true
  const kind = traits.effect?.kind
  return kind !== undefined && kind !== 'select' && kind !== 'unselect'
}

function selects(traits: Traits): boolean {
  return traits.effect?.kind === 'select' || traits.effect?.kind === 'unselect'
}

/** Two selecting commands never overlap either: the second one begins where the first one ends. */
function needsSelected(command: Pipelined): boolean {
  if (command.traits !== undefined && selects(command.traits)) return true
  return command.states.length === 1 && command.states[0] === 'selected'
}

/** Literals of one message cannot be told apart, unless they are different parts of it. */
function streamsClash({ streams: a }: Traits, { streams: b }: Traits): boolean {
  if (a === undefined || b === undefined) return false
  if (a.part !== undefined && b.part !== undefined && a.part !== b.part) return false
  return meet(a.set, b.set)
}

/** Reading and writing the flags of the same message, or writing them twice, is ambiguous in what the answers mean. */
function flagsClash(a: Traits, b: Traits): boolean {
  if (a.flags === undefined || b.flags === undefined) return false
  if (a.flags.access === 'read' && b.flags.access === 'read') return false
  return meet(a.flags.set, b.flags.set)
}

/** UIDs and sequence numbers cannot be compared, and nobody here knows what `$` holds: such sets are taken to meet. */
function meet(a: MessageSet, b: MessageSet): boolean {
  if (a instanceof UidSet && b instanceof UidSet) return a.overlaps(b)
  if (a instanceof SeqSet && b instanceof SeqSet) return a.overlaps(b)
  return true
}
