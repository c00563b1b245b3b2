import type { AskedItem } from '../commands/fetch.js'
import { fetch } from '../commands/fetch.js'
import { search } from '../commands/search.js'
import { ResponseError } from '../model/errors.js'
import type { NumberRange, SavedResult, SeqSet, UidSet } from '../model/number-set.js'
import { seqs, uids } from '../model/number-set.js'
import type { CallOptions, MailboxContext } from './mailbox-context.js'
import { numbersInParts, whole } from './message-limit.js'
import { existingUids, isUidOnly } from './uid-only.js'
import { type Cut, Windows } from './windows.js'

/** A set of messages, as commands take it. */
export type MessageSet = UidSet | SeqSet | SavedResult

/** Gives the windows of a set one after the other, each of about `count` messages. */
export interface Plan {
  next(count: number): MessageSet | undefined
}

const NOTHING: Plan = { next: () => undefined }

/** A set with so many times more UIDs than there are messages is taken to be a range, not a list of messages. */
const SPARSE = 4

/** A server may claim any EXISTS: nothing is done for each message that only it says is there. */
const MOST_WINDOWS = 10_000

/** More numbers than these are resolved by a search, whose answer is a set and not a line for each. */
export const MOST_NUMBERS = 10_000

/**
 * Decides how a set is cut into windows, and finds out what has to be known for it: nothing for a mailbox of one window
 * and for a set that lists its messages; else the UIDs that stand a window apart, which cost a few octets each however
 * many messages there are and however sparse their UIDs. They come from the view, or from one FETCH by sequence number.
 *
 * @param step - messages in the smallest window
 */
export function planWindows(
  context: MailboxContext,
  set: MessageSet,
  step: number,
  call: CallOptions,
): Plan | Promise<Plan> {
  const { exists } = context.selection
  const octets = context.limits.commandLine
  if (set.kind === 'saved') return inTurn([set])
  if (exists === 0 || set.isEmpty) return NOTHING
  if (isUidOnly(context)) return planUids(context, set, call)
  if (set.kind === 'seq') return planNumbers(context, set, step, call)
  if (hasLoneStar(set)) return planRanges(context, set, step, call)
  // One window holds all that there is, whatever the set says.
  if (exists <= step) return inTurn(set.chunks(octets))
  if (set.hasStar || set.size > SPARSE * exists) return planRanges(context, set, step, call)
  return new Windows(set.ranges(), undefined, octets)
}

/** Windows over the UIDs that there are: nothing else tells how far apart they lie. */
async function planUids(context: MailboxContext, set: UidSet | SeqSet, call: CallOptions): Promise<Plan> {
  const isList = set.kind === 'uid' && !set.hasStar && set.size <= SPARSE * context.selection.exists
  const found = isList ? set : await existingUids(context, set, { ...call, stream: true })
  return new Windows(found.ranges(), undefined, context.limits.commandLine)
}

/** All UIDs of a set of sequence numbers, for reading: of those that exist when the server is asked. */
async function resolveNumbers(context: MailboxContext, set: SeqSet, call: CallOptions): Promise<UidSet> {
  const [found] = await atCurrentCount(context, async (count) => {
    const numbers = clip(set, count)
    if (numbers.isEmpty || numbers.size <= MOST_NUMBERS) return uids((await uidsAt(context, numbers, call)).values())
    let all = uids()
    for (const part of numbersInParts(context, numbers)) {
      all = all.union(await context.run(whole(search({ seq: part })), { ...call, stream: true }))
    }
    return all
  })
  return found
}

function inTurn(sets: readonly MessageSet[]): Plan {
  const left = sets.values()
  return { next: () => left.next().value }
}

/** Whether `*` stands by itself, so that the set does not even tell which UID it means. */
export function hasLoneStar(set: UidSet | SeqSet): boolean {
  for (const { from } of set.ranges()) if (from === '*') return true
  return false
}

/** Windows over ranges of UIDs whose messages may lie far apart. */
async function planRanges(context: MailboxContext, set: UidSet, step: number, call: CallOptions): Promise<Plan> {
  const [{ known, size }, exists] = await atCurrentCount(context, async (count) => {
    const numbers: number[] = []
    const size = windowSize(count, step)
    for (let seq = size; seq < count; seq += size) numbers.push(seq)
    return { size, known: await uidsAt(context, count === 0 ? seqs() : seqs(numbers, count), call) }
  })
  const last = known.get(exists)
  const cuts: Cut[] = [...known].map(([seq, upTo]) => ({
    upTo,
    count: seq === exists ? ((exists - 1) % size) + 1 : size,
  }))
  // A last message that is gone by now leaves the end open: later ones may have come.
  if (last === undefined) cuts.push({ upTo: Infinity, count: size })
  return new Windows(withoutLoneStar(set, last).ranges(), cuts, context.limits.commandLine)
}

/** The set with a `*` that stands alone, if there is one, replaced by the UID it means. */
export function withoutLoneStar(set: UidSet, last: number | undefined): UidSet {
  if (!hasLoneStar(set)) return set
  // In canonical text it can only be the last item.
  const rest = set.toString().replace(/(?:^|,)\*$/, '')
  return last === undefined ? uids(rest) : uids(rest, last)
}

/** A set of sequence numbers goes by number in one window, else by the UIDs at the ends of its windows. */
async function planNumbers(context: MailboxContext, set: SeqSet, step: number, call: CallOptions): Promise<Plan> {
  const octets = context.limits.commandLine
  const whole = clip(set, context.selection.exists)
  if (whole.isEmpty) return NOTHING
  if (whole.size <= step && whole.toString().length <= octets) {
    // An open end stays open: what is the last message now may be gone when the command is sent.
    return inTurn([set.hasStar && !hasLoneStar(set) ? set : whole])
  }
  const [{ numbers, size, known }] = await atCurrentCount(context, async (count) => {
    const clipped = clip(set, count)
    const size = windowSize(clipped.size, step)
    return { numbers: clipped, size, known: await uidsAt(context, edges(clipped, size), call) }
  })
  const ranges: NumberRange[] = []
  const cuts: Cut[] = []
  for (const { from, to } of numbers.ranges() as Iterable<{ from: number; to: number }>) {
    for (let seq = from; seq <= to; seq += size) {
      const end = Math.min(to, seq + size - 1)
      const [low, high] = [known.get(seq), known.get(end)]
      // A message at an edge is gone: only the list of all tells what is left between.
      if (low === undefined || high === undefined) {
        return new Windows((await resolveNumbers(context, numbers, call)).ranges(), undefined, octets)
      }
      ranges.push({ from: low, to: high })
      cuts.push({ upTo: high, count: end - seq + 1 })
    }
  }
  return new Windows(ranges, cuts, octets)
}

/** Messages of a window: more than `step` where so many windows would be no windows any more. */
function windowSize(messages: number, step: number): number {
  return Math.max(step, Math.ceil(messages / MOST_WINDOWS))
}

/** First and last number of every window. */
function edges(set: SeqSet, step: number): SeqSet {
  const numbers: number[] = []
  for (const { from, to } of set.ranges() as Iterable<{ from: number; to: number }>) {
    for (let seq = from; seq <= to; seq += step) numbers.push(seq, Math.min(to, seq + step - 1))
  }
  return seqs(numbers)
}

/** Only the numbers that exist; `*` is the highest of them. */
export function clip(set: SeqSet, exists: number): SeqSet {
  const ranges: string[] = []
  for (const { from, to } of set.ranges()) {
    const first = from === '*' ? exists : from
    const last = to === '*' ? exists : Math.min(to, exists)
    if (first >= 1 && first <= last) ranges.push(`${first}:${last}`)
  }
  return seqs(ranges.join(','))
}

/**
 * Runs something that depends on the number of messages; again when the server refuses it after messages were expunged
 * between the call and its turn.
 */
async function atCurrentCount<T>(context: MailboxContext, act: (exists: number) => Promise<T>): Promise<[T, number]> {
  for (let attempt = 1; ; attempt++) {
    const { exists } = context.selection
    try {
      return [await act(exists), exists]
    } catch (error) {
      const isStale = error instanceof ResponseError && context.selection.exists !== exists
      if (!isStale || attempt === ATTEMPTS) throw error
    }
  }
}

/** How often the number of messages may change under a command that depends on it. */
const ATTEMPTS = 8

const UID_ONLY: readonly AskedItem[] = []

/** The UIDs at sequence numbers, ascending: from the view where it knows them, else asked for. */
async function uidsAt(context: MailboxContext, set: SeqSet, call: CallOptions): Promise<Map<number, number>> {
  const { view } = context.selection
  const known = new Map<number, number>()
  const unknown: number[] = []
  for (const seq of set) {
    const uid = view.uidOf(seq)
    if (uid === undefined) unknown.push(seq)
    else known.set(seq, uid)
  }
  if (unknown.length === 0) return known
  const answers: Promise<void>[] = []
  // All parts go out together, so that no EXPUNGE can come between them (RFC 9051 §5.5).
  for (const part of numbersInParts(context, seqs(unknown))) {
    const sink = {
      message: (seq: number, data: { uid: number | undefined }) => {
        if (data.uid !== undefined && part.has(seq)) known.set(seq, data.uid)
      },
    }
    answers.push(context.run(whole(fetch(part, UID_ONLY, { sink })), { ...call, stream: true }))
  }
  await Promise.all(answers)
  return new Map([...known].sort(([a], [b]) => a - b))
}
