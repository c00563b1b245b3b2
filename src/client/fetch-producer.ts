import type { AskedItem } from '../commands/fetch.js'
import { ArgumentError, IncompleteFetchError, ResponseError } from '../model/errors.js'
import type { FetchData } from '../model/message.js'
import { SeqSet, type SavedResult, type UidSet } from '../model/number-set.js'
import type { MessageSink, Producer } from './fetch-stream.js'
import { keptFetch } from './kept-fetch.js'
import { limitedSearch } from './limited-search.js'
import { below, limited } from './message-limit.js'
import type { CallOptions, MailboxContext } from './mailbox-context.js'
import { clip, planWindows, type MessageSet, type Plan } from './resolve.js'
import { Windows } from './windows.js'

/** Windows on their way at a time: the wire never waits, and little comes after a `break`. */
const IN_FLIGHT = 2
/** Octets that one window should bring. */
const WINDOW_OCTETS = 1024 * 1024
/** The most messages of one window. */
const MOST = 16_384

/** What came of a message that lacks an item that was asked for. */
export interface IncompleteMessage {
  readonly seq: number
  readonly data: FetchData
}

/** What to do about messages that lack an asked item at the end: reject, leave them out, or tell of each. */
export type OnIncomplete = 'reject' | 'skip' | ((message: IncompleteMessage) => void)

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

  /** @param seen - UIDs that came when the window was first asked for, by number */
  async #run(window: MessageSet, seen = new Set<number>()): Promise<void> {
    const { context, items, changedSince, vanished, build, weigh, call } = this.#fetch
    let messages = 0
    let octets = 0
    let lowest = Infinity
    let again: SeqSet | UidSet | undefined
    this.#inFlight++
    const sink = {
      message: (seq: number, data: FetchData) => {
        if (this.#over) return
        if (window.kind === 'seq' && data.uid !== undefined) {
          if (seen.has(data.uid)) return
          seen.add(data.uid)
        }
        const weight = weigh(data)
        messages++
        lowest = Math.min(lowest, seq)
        octets += weight
        this.#sink.push(build(seq, data), weight)
      },
      incomplete: (lacking: readonly IncompleteMessage[]) => {
        for (const each of lacking) this.#incomplete.push(each)
      },
      ...(vanished !== undefined && { vanished }),
    }
    try {
      const command = limited(keptFetch(window, items, { changedSince, vanished: vanished !== undefined, sink }))
      const { stoppedAt } = await context.run(command, { ...call, stream: true, owner: this.#sink.flow })
      if (stoppedAt !== undefined && window.kind !== 'saved') again = rest(window, stoppedAt, lowest)
      else if (stoppedAt !== undefined && stoppedAt > 1) {
        const criteria = { uid: window as SavedResult, uidBefore: stoppedAt }
        const found = await limitedSearch<UidSet>(context, criteria, undefined, { ...call, stream: true })
        this.#plan = new Windows(found.ranges(), undefined, context.limits.commandLine)
      }
    } catch (error) {
      if (error instanceof ResponseError && window.kind === 'seq') {
        // A server refuses numbers that were there when the command was made, but not any more when it was sent.
        const left = clip(window, context.selection.exists)
        if (!left.equals(window)) again = left
      }
      if (again === undefined && !isPartialSuccess(error)) {
        this.#end(error)
        return
      }
    } finally {
      this.#inFlight--
    }
    if (again?.isEmpty === false && !this.#over) return this.#run(again, seen)
    this.#count = nextCount(this.#count, this.#fetch.step, messages, octets)
    this.resume()
  }

  #finish(): void {
    const lacking = this.#incomplete
    const { onIncomplete } = this.#fetch
    if (lacking.length === 0 || onIncomplete === 'skip') return this.#end()
    if (onIncomplete === 'reject') return this.#end(incompleteError(lacking))
    try {
      for (const message of lacking) onIncomplete(message)
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

/** What of a window is left where the server stopped before its end (RFC 9738); undefined when it got nowhere. */
function rest(window: SeqSet | UidSet, stoppedAt: number, lowest: number): SeqSet | UidSet | undefined {
  const left = window.kind === 'uid' ? below(window, stoppedAt) : clip(window, lowest - 1)
  return left.size < window.size ? left : undefined
}

/** @throws ArgumentError for what callers without types may give */
export function checkOnIncomplete(given: OnIncomplete): void {
  if (given === 'reject' || given === 'skip' || typeof given === 'function') return
  throw new ArgumentError("onIncomplete is 'reject', 'skip' or a function")
}

/** @throws ArgumentError for what cannot tell which messages are gone */
export function checkVanished(vanished: unknown, set: unknown, changedSince: bigint | undefined): void {
  if (typeof vanished !== 'function') throw new ArgumentError('vanished is a function that is called with UIDs')
  if (changedSince === undefined || set instanceof SeqSet) {
    throw new ArgumentError('vanished needs changedSince and a set of UIDs')
  }
}

/** The error for messages that lack what was asked for. */
export function incompleteError(lacking: readonly IncompleteMessage[]): IncompleteFetchError {
  const which = lacking
    .slice(0, 10)
    .map(({ seq, data }) => (data.uid === undefined ? `number ${seq}` : `UID ${data.uid}`))
  const more = lacking.length > which.length ? ` and ${lacking.length - which.length} more` : ''
  return new IncompleteFetchError(
    `The server did not send all that was asked for of ${which.join(', ')}${more}; onIncomplete: 'skip' leaves them out`,
    lacking.map(({ data }) => data),
    { command: 'FETCH' },
  )
}

/** Some servers answer NO when a message was gone already, having sent all the others. */
export function isPartialSuccess(error: unknown): boolean {
  if (!(error instanceof ResponseError) || error.status !== 'NO') return false
  return error.responseCode?.name === 'EXPUNGEISSUED' || /messages no longer exist/i.test(error.text ?? '')
}

/** Windows grow while they bring little, so that neither sparse sets nor small messages cost round trips. */
function nextCount(count: number, least: number, messages: number, octets: number): number {
  if (messages === 0) return count * 4
  const fitting = Math.floor(WINDOW_OCTETS / (octets / messages))
  return Math.max(Math.min(count * 2, fitting, MOST), Math.min(least, Math.max(1, fitting)))
}
