import type { LiteralHead, LiteralSink } from '../commands/command.js'
import type { ImapError } from '../model/errors.js'
import type { SeqNum, Uid } from '../model/ids.js'
import { type NumberSet, type SavedResult, SeqSet, UidSet } from '../model/number-set.js'
import type { FetchResponse, StatusResponse, Untagged } from '../model/response.js'
import type { Execution } from './execution.js'
import { answersOf } from './pipelining.js'
import type { ConnectionState, StateListener } from './state.js'

/** Takes the data of an answer for which nobody waits any more. */
export const DISCARD: LiteralSink = Object.freeze({
  data: () => false,
  end: () => undefined,
  fail: () => undefined,
})

/** The selected mailbox and its numbering. */
export type Numbering = Pick<ConnectionState, 'mailbox' | 'uidOf'>

/** What was found out about a response when it was offered. */
export interface Claim {
  readonly claimed: boolean
  /** A command that asked for flags took it. */
  readonly flags: boolean
}

const UNCLAIMED: Claim = { claimed: false, flags: false }
const CLAIMED: Claim = { claimed: true, flags: false }
const CLAIMED_FLAGS: Claim = { claimed: true, flags: true }

/**
 * Offers an untagged response to the commands in flight, oldest first. The first one that takes it has it; a FETCH is
 * offered to all, since kept data can serve several. The answers to calls that have ended are claimed as well.
 *
 * @param octets - of the response, literals included
 * @param failed - is told of a collector that threw, or has taken too much
 */
export function offer(
  response: Untagged,
  octets: number,
  inFlight: readonly Execution[],
  failed: (execution: Execution, error: unknown) => void,
): Claim {
  let claim = UNCLAIMED
  for (const execution of inFlight) {
    let takes: boolean
    if (execution.isSettled) takes = wouldTake(execution, response)
    else {
      try {
        takes = execution.collector?.untagged?.(response) === true
        // A stream hands messages on, and bounds by itself how many of them wait.
        if (takes && !(execution.isStream && response.type === 'FETCH')) execution.collected(octets)
      } catch (error) {
        failed(execution, error)
        takes = true
      }
    }
    if (!takes) continue
    if (response.type !== 'FETCH') return CLAIMED
    if (execution.command.traits?.flags !== undefined) claim = CLAIMED_FLAGS
    else if (!claim.claimed) claim = CLAIMED
  }
  return claim
}

/** A call that has ended has no collector to ask: its traits tell what its answer would have been. */
function wouldTake({ command }: Execution, response: Untagged): boolean {
  const { traits } = command
  if (traits === undefined) return true
  if (response.type === 'FETCH') {
    const set = traits.flags?.set
    return set !== undefined && names(set, response.seq, response.data.uid)
  }
  // Responses of extensions have names of their own before that of the wire.
  const name = response.type.startsWith('X:') ? response.type.slice(2) : response.type
  return answersOf(traits).includes(name) || command.name.startsWith(name)
}

/** Untagged responses that answer a command of another name. */
const ANSWERS: Readonly<Record<string, readonly string[]>> = {
  ENABLED: ['ENABLE'],
  ESEARCH: ['ESEARCH', 'SEARCH'],
  STATUS: ['STATUS', 'LIST'],
  UIDFETCH: ['FETCH'],
}

/**
 * Tells the commands in flight that an untagged response could not be read: without it the result of those that it may
 * have been meant for would be short, and nobody could see that. A FETCH costs its message alone, which is reported as
 * missing where it was asked for.
 *
 * @param name - the name of the response, in upper case
 */
export function spoil(name: string, inFlight: readonly Execution[], error: ImapError): void {
  const names = ANSWERS[name] ?? [name]
  for (const execution of inFlight) if (expectsOneOf(names, execution.command)) execution.spoil(error)
}

function expectsOneOf(names: readonly string[], { name, traits }: Execution['command']): boolean {
  // The LIST in the answer to SELECT tells nothing that its result needs.
  if (names.includes('FETCH') || traits?.effect?.kind === 'select') return false
  const answers = answersOf(traits ?? {}).map((each) => each.split(' ', 1)[0])
  const last = name.toUpperCase().split(' ').at(-1)
  return names.some((each) => each === last || answers.includes(each))
}

/** Whether a message is in a set; nobody here knows what `$` holds, so it may be. */
function names(set: NumberSet<number> | SavedResult, seq: number, uid: number | undefined): boolean {
  if (set instanceof UidSet) return uid !== undefined && set.has(uid)
  return set instanceof SeqSet ? set.has(seq) : true
}

/**
 * Offers the literal of a FETCH answer to the commands that take streams, oldest first.
 *
 * @param readHead - reads what came before the literal
 * @returns the sink, {@link DISCARD} when the bytes belong to a call that has ended, or undefined to keep them
 */
export function offerLiteral(
  readHead: () => Omit<LiteralHead, 'size'> | undefined,
  size: number,
  inFlight: readonly Execution[],
  failed: (execution: Execution, error: unknown) => void,
): LiteralSink | undefined {
  let head: LiteralHead
  try {
    const found = readHead()
    if (found === undefined) return undefined
    head = { ...found, size }
  } catch {
    // What cannot be read now cannot be read when it is complete either, and is reported then.
    return undefined
  }
  let ended = false
  for (const execution of inFlight) {
    const set = execution.command.traits?.streams?.set
    if (set === undefined) continue
    if (execution.isSettled) {
      ended ||= names(set, head.seq, head.data.uid)
      continue
    }
    try {
      const sink = execution.collector?.literal?.(head)
      if (sink !== undefined) return new Guard(sink, execution, failed)
    } catch (error) {
      failed(execution, error)
      return DISCARD
    }
  }
  return ended ? DISCARD : undefined
}

/** A sink that throws fails its own command and nothing else; after the call has ended it gets no more. */
class Guard implements LiteralSink {
  readonly #sink: LiteralSink
  readonly #execution: Execution
  readonly #failed: (execution: Execution, error: unknown) => void

  constructor(sink: LiteralSink, execution: Execution, failed: (execution: Execution, error: unknown) => void) {
    this.#sink = sink
    this.#execution = execution
    this.#failed = failed
  }

  data(bytes: Uint8Array): unknown {
    if (this.#execution.isSettled) return false
    try {
      return this.#sink.data(bytes)
    } catch (error) {
      this.#failed(this.#execution, error)
      return true
    }
  }

  end(): void {
    if (this.#execution.isSettled) return
    try {
      this.#sink.end()
    } catch (error) {
      this.#failed(this.#execution, error)
    }
  }

  fail(reason: ImapError): void {
    if (this.#execution.isSettled) return
    try {
      this.#sink.fail(reason)
    } catch (error) {
      this.#failed(this.#execution, error)
    }
  }
}

/** Tells what nobody asked for (`flags`, `status`, `list`), and how far a command has come (`progress`). */
export function tellUnclaimed(
  response: Untagged,
  claim: Claim,
  state: Numbering,
  inFlight: readonly Execution[],
  listener: StateListener,
): void {
  switch (response.type) {
    case 'OK':
      tellProgress(response, inFlight, listener)
      return
    case 'FETCH':
      if (!claim.flags) tellFlags(response, state, listener)
      return
    case 'STATUS':
      if (!claim.claimed) listener.event('status', { mailbox: response.mailbox, status: response.status })
      return
    case 'LIST':
      if (!claim.claimed) listener.event('list', { mailbox: response.mailbox })
      return
    case 'METADATA': {
      const { mailbox, entries, changed } = response
      if (!claim.claimed) listener.event('metadata', { mailbox, entries: [...entries.keys(), ...changed] })
      return
    }
    default:
  }
}

/** "INPROGRESS" [SP "(" inprogress-tag SP inprogress-state ")"], in an untagged OK (RFC 9585 §4) */
function tellProgress({ code, text }: StatusResponse, inFlight: readonly Execution[], listener: StateListener): void {
  if (code?.name !== 'INPROGRESS') return
  const { tag, done, goal } = code
  const about = inFlight.find((execution) => execution.tag === tag) ?? (inFlight.length === 1 ? inFlight[0] : undefined)
  listener.event('progress', {
    ...(about !== undefined && { command: about.command.name }),
    done,
    goal,
    text,
  })
}

function tellFlags({ seq, data }: FetchResponse, state: Numbering, listener: StateListener): void {
  const { flags, modSeq } = data
  const { mailbox } = state
  if (flags === undefined || mailbox === undefined) return
  const uid = data.uid ?? state.uidOf(seq)
  listener.event('flags', {
    mailbox,
    ...(seq > 0 && { seq: seq as SeqNum }),
    ...(uid !== undefined && { uid: uid as Uid }),
    flags,
    ...(modSeq !== undefined && { modSeq }),
  })
}
