import { search } from '../commands/search.js'
import { AuthenticationError, RateLimitError, ResponseError } from '../model/errors.js'
import { uids, type UidSet } from '../model/number-set.js'
import type { CallOptions, MailboxContext } from './mailbox-context.js'
import { whole } from './message-limit.js'
import type { MessageSet } from './resolve.js'

/** A message that the server refuses to tell of, with its refusal. */
export interface Poisoned {
  readonly uid: number
  readonly error: ResponseError
}

/** What came of one command: the messages, and the refusal if that is how it ended. */
export interface Attempt {
  readonly came: UidSet
  readonly refusal: ResponseError | undefined
}

/** Refusals that may be about one message (RFC 5530, RFC 3516); all others are about the command, the mailbox or the login. */
const OF_A_MESSAGE = new Set([
  'ALERT',
  'CORRUPTION',
  'OTHER',
  'PARSE',
  'SERVERBUG',
  'TEMPFAIL',
  'UNAVAILABLE',
  'UNKNOWN-CTE',
])
/** A BAD is about the syntax, unless one of these says otherwise. */
const OF_THE_SERVER = new Set(['SERVERBUG', 'UNAVAILABLE'])

/** Messages that one fetch may find to be refused. */
const MOST = 100
/** Messages refused one after the other, of a server that has answered something, and of one that has not. */
const MOST_IN_A_ROW = 20
const MOST_AT_FIRST = 3
/** A set that is wider than this is not halved without knowing which messages there are. */
const MOST_UNKNOWN = 16_384

/** Whether a command may have been refused for the sake of one of its messages. @param began - whether any had come */
export function mayBePoisoned(error: unknown, began: boolean): error is ResponseError {
  if (!(error instanceof ResponseError)) return false
  if (error instanceof RateLimitError || error instanceof AuthenticationError) return false
  const name = error.responseCode?.name
  if (name !== undefined && !OF_A_MESSAGE.has(name)) return false
  return error.status === 'NO' || began || (name !== undefined && OF_THE_SERVER.has(name))
}

/**
 * Finds the messages for which a server refuses a whole command: what is missing is asked for in halves until they stand
 * alone. That costs at most two commands for each halving, and ends early where everything is refused.
 */
export class Bisection {
  /** Whether the server has answered anything since the fetch began. */
  #answers = false
  #found = 0
  #inARow = 0

  /**
   * @param set - the messages that have not come
   * @param first - why not
   * @param ask - asks for some of them; what is no refusal of messages rejects
   * @param octets - how long the text of a set may be
   * @returns the messages that are refused when they are asked for alone
   * @throws `first` when everything is refused, or too much
   */
  async run(
    set: UidSet,
    first: ResponseError,
    ask: (part: UidSet) => Promise<Attempt>,
    octets: number,
  ): Promise<readonly Poisoned[]> {
    const found: Poisoned[] = []
    const left = this.#answers && set.size === 1 ? [set] : halves(set, octets)
    for (let part = left.pop(); part !== undefined; part = left.pop()) {
      const { came, refusal } = await ask(part)
      if (refusal === undefined || !came.isEmpty) this.answered()
      if (refusal === undefined) continue
      if (part.size > 1) {
        const rest = part.difference(came)
        if (rest.size === 1) left.push(rest)
        else left.push(...halves(rest, octets))
      } else if (came.isEmpty) {
        for (const uid of part) found.push({ uid, error: refusal })
        if (!this.#isFew()) throw first
      }
    }
    // Who refuses every message is not troubled by one of them.
    if (!this.#answers) throw first
    return found
  }

  /** Notes that the server answers. */
  answered(): void {
    this.#answers = true
    this.#inARow = 0
  }

  /** Notes a message that was asked for by itself and is refused; false where that is not to be passed over. */
  alone(): boolean {
    return this.#answers && this.#isFew()
  }

  #isFew(): boolean {
    this.#found++
    this.#inARow++
    return this.#found <= MOST && this.#inARow < (this.#answers ? MOST_IN_A_ROW : MOST_AT_FIRST)
  }
}

/** Two halves of a set, or more where their text is long; the first one stands last. Nothing of a single message. */
function halves(set: UidSet, octets: number): UidSet[] {
  if (set.size < 2) return []
  const { head, tail } = set.take(Math.ceil(set.size / 2))
  return [...head.chunks(octets), ...tail.chunks(octets)].reverse()
}

/** The UIDs that a window stands for: itself where it lists them, else by a search. */
export async function messagesOf(context: MailboxContext, window: MessageSet, call: CallOptions): Promise<UidSet> {
  if (window.kind === 'uid' && !window.hasStar && window.size <= MOST_UNKNOWN) return window
  const criteria = window.kind === 'seq' ? { seq: window } : { uid: window }
  return context.run(whole(search(criteria)), { ...call, stream: true })
}

/** What of a set has not come. */
export function missingOf(set: UidSet, came: Iterable<number>): UidSet {
  const all = uids(came)
  return all.isEmpty ? set : set.difference(all)
}
