import type { AskedItem } from '../commands/fetch.js'
import { ArgumentError, ResponseError } from '../model/errors.js'
import type { FetchData } from '../model/message.js'
import { SeqSet, uids, type UidSet } from '../model/number-set.js'
import type { MessageSink, Producer } from './fetch-stream.js'
import {
  asIncomplete,
  isPartialSuccess,
  tellIncomplete,
  type IncompleteMessage,
  type OnIncomplete,
} from './incomplete.js'
import { keptFetch } from './kept-fetch.js'
import { limitedSearch } from './limited-search.js'
import { below, limited } from './message-limit.js'
import type { CallOptions, MailboxContext } from './mailbox-context.js'
import { Bisection, mayBePoisoned, messagesOf, missingOf, type Attempt } from './poisoned.js'
import { clip, planWindows, type MessageSet, type Plan } from './resolve.js'
import { Windows } from './windows.js'

/** Windows on their way at a time: the wire never waits, and little comes after a `break`. */
const IN_FLIGHT = 2
/** Octets that one window should bring. */
const WINDOW_OCTETS = 1024 * 1024
/** The most messages of one window. */
const MOST = 16_384

/** What came of a window so far. */
interface Tally {
  /** UIDs, in the order in which they came. */
  readonly came: number[]
  /** The same for windows of sequence numbers, by which a message may be asked for twice. */
  readonly seen: Set<number>
  octets: number
  /** The lowest sequence number of the last command. */
  lowest: number
}

/** A fetch over a set of any size. */
export interface WindowedFetch<M> {
  readonly context: MailboxContext
  readonly set: MessageSet
  readonly items: readonly AskedItem[]
  readonly changedSince?: bigint | undefined
  /** Is told of messages of the set that are gone since then. */
  readonly vanished?: ((gone: UidSet) => void) | undefined
  /** Messages of the first window. */
  readonly step: number
  readonly build: (seq: number, data: FetchData) => M
  readonly weigh: (data: FetchData) => number
  readonly onIncomplete: OnIncomplete
  readonly call: CallOptions
}

/** Runs a fetch as a series of commands, the next one sent while the one before is on its way. */
export class WindowProducer<M> implements Producer {
  readonly #fetch: WindowedFetch<M>
  readonly #sink: MessageSink<M>
  readonly #incomplete: IncompleteMessage[] = []
  readonly #bisection = new Bisection()
  #plan: Plan | undefined
  #count: number
  #inFlight = 0
  #over = false

  constructor(fetch: WindowedFetch<M>, sink: MessageSink<M>) {
    this.#fetch = fetch
    this.#sink = sink
    this.#count = fetch.step
  }

  start(): void {
    const { context, set, step, call } = this.#fetch
    const plan = planWindows(context, set, step, call)
    if (!(plan instanceof Promise)) this.#begin(plan)
    else
      plan.then(
        (found) => this.#begin(found),
        (error: unknown) => this.#end(error),
      )
  }

  resume(): void {
    const plan = this.#plan
    if (plan === undefined) return
    while (!this.#over && this.#inFlight < IN_FLIGHT && !this.#sink.flow.isFull) {
      const window = plan.next(this.#count)
      if (window === undefined) {
        if (this.#inFlight === 0) this.#finish()
        return
      }
      void this.#run(window)
    }
  }

  stop(): void {
    this.#over = true
  }

  #begin(plan: Plan): void {
    this.#plan = plan
    this.resume()
  }

  async #run(window: MessageSet): Promise<void> {
    const tally: Tally = { came: [], seen: new Set(), octets: 0, lowest: Infinity }
    this.#inFlight++
    try {
      await this.#cover(window, tally)
    } catch (error) {
      return this.#end(error)
    } finally {
      this.#inFlight--
    }
    this.#count = nextCount(this.#count, this.#fetch.step, tally.came.length, tally.octets)
    this.resume()
  }

  /** Asks for a window, in as many commands as it takes. */
  async #cover(window: MessageSet, tally: Tally): Promise<void> {
    let part: MessageSet | undefined = window
    while (part !== undefined && !isNothing(part) && !this.#over) {
      const asked: MessageSet = part
      try {
        part = await this.#ask(asked, tally)
      } catch (error) {
        if (isPartialSuccess(error)) return
        part = this.#clipped(asked, error)
        if (part === undefined) return this.#bisect(asked, error, tally)
      }
    }
  }

  /** Runs one command; gives what is left where the server stopped before the end. */
  async #ask(window: MessageSet, tally: Tally): Promise<MessageSet | undefined> {
    const { context, items, changedSince, vanished, build, weigh, call } = this.#fetch
    tally.lowest = Infinity
    const sink = {
      message: (seq: number, data: FetchData) => {
        if (this.#over) return
        if (window.kind === 'seq' && data.uid !== undefined) {
          if (tally.seen.has(data.uid)) return
          tally.seen.add(data.uid)
        }
        const weight = weigh(data)
        tally.came.push(data.uid ?? 0)
        tally.lowest = Math.min(tally.lowest, seq)
        tally.octets += weight
        this.#bisection.answered()
        this.#sink.push(build(seq, data), weight)
      },
      incomplete: (lacking: readonly IncompleteMessage[]) => {
        for (const each of lacking) this.#incomplete.push(each)
      },
      ...(vanished !== undefined && { vanished }),
    }
    const command = limited(keptFetch(window, items, { changedSince, vanished: vanished !== undefined, sink }))
    const { stoppedAt } = await context.run(command, { ...call, stream: true, owner: this.#sink.flow })
    if (stoppedAt === undefined) return undefined
    if (window.kind !== 'saved') return rest(window, stoppedAt, tally.lowest)
    if (stoppedAt <= 1) return undefined
    const criteria = { uid: window, uidBefore: stoppedAt }
    const found = await limitedSearch<UidSet>(context, criteria, undefined, { ...call, stream: true })
    this.#plan = new Windows(found.ranges(), undefined, context.limits.commandLine)
    return undefined
  }

  /** A server refuses numbers that were there when the command was made, but not any more when it was sent. */
  #clipped(window: MessageSet, error: unknown): MessageSet | undefined {
    if (!(error instanceof ResponseError) || window.kind !== 'seq') return undefined
    const left = clip(window, this.#fetch.context.selection.exists)
    return left.equals(window) ? undefined : left
  }

  /** Some servers refuse a whole command for the sake of one message: which one it is comes out when it stands alone. */
  async #bisect(window: MessageSet, error: unknown, tally: Tally): Promise<void> {
    if (!mayBePoisoned(error, tally.came.length > 0)) throw error
    const { context, call } = this.#fetch
    const missing = missingOf(await messagesOf(context, window, call), tally.came)
    if (missing.isEmpty) throw error
    const ask = async (part: UidSet): Promise<Attempt> => {
      const inner: Tally = { came: [], seen: tally.seen, octets: 0, lowest: Infinity }
      let refusal: ResponseError | undefined
      try {
        let left: MessageSet | undefined = part
        while (left !== undefined && !isNothing(left) && !this.#over) left = await this.#ask(left, inner)
      } catch (error) {
        if (!isPartialSuccess(error)) {
          if (!mayBePoisoned(error, true)) throw error
          refusal = error
        }
      }
      for (const uid of inner.came) tally.came.push(uid)
      tally.octets += inner.octets
      return { came: uids(inner.came), refusal }
    }
    const { commandLine } = context.limits
    for (const each of await this.#bisection.run(missing, error, ask, commandLine)) {
      this.#incomplete.push(asIncomplete(context, each))
    }
  }

  #finish(): void {
    try {
      tellIncomplete(this.#fetch.context, this.#incomplete, this.#fetch.onIncomplete)
      this.#end()
    } catch (error) {
      this.#end(error)
    }
  }

  #end(error?: unknown): void {
    if (this.#over) return
    this.#over = true
    this.#sink.end(error)
  }
}

function isNothing(set: MessageSet): boolean {
  return set.kind !== 'saved' && set.isEmpty
}

/** What of a window is left where the server stopped before its end (RFC 9738); undefined when it got nowhere. */
function rest(window: SeqSet | UidSet, stoppedAt: number, lowest: number): SeqSet | UidSet | undefined {
  const left = window.kind === 'uid' ? below(window, stoppedAt) : clip(window, lowest - 1)
  return left.size < window.size ? left : undefined
}

/** @throws ArgumentError for what cannot tell which messages are gone */
export function checkVanished(vanished: unknown, set: unknown, changedSince: bigint | undefined): void {
  if (typeof vanished !== 'function') throw new ArgumentError('vanished is a function that is called with UIDs')
  if (changedSince === undefined || set instanceof SeqSet) {
    throw new ArgumentError('vanished needs changedSince and a set of UIDs')
  }
}

/** Windows grow while they bring little, so that neither sparse sets nor small messages cost round trips. */
function nextCount(count: number, least: number, messages: number, octets: number): number {
  if (messages === 0) return count * 4
  const fitting = Math.floor(WINDOW_OCTETS / (octets / messages))
  return Math.max(Math.min(count * 2, fitting, MOST), Math.min(least, Math.max(1, fitting)))
}
