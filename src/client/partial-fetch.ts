import { foundUids } from '../commands/search-found.js'
import { find, uidSearch } from '../commands/search.js'
import { cutOut, partialModifier, placesOf } from '../extensions/partial.js'
import type { FetchData } from '../model/message.js'
import { UidSet } from '../model/number-set.js'
import { WindowProducer, type WindowedFetch } from './fetch-producer.js'
import type { MessageSink, Producer } from './fetch-stream.js'
import { isPartialSuccess, tellIncomplete, type IncompleteMessage } from './incomplete.js'
import { keptFetch } from './kept-fetch.js'
import { limitedSearch } from './limited-search.js'
import { limited, whole } from './message-limit.js'
import { mayBePoisoned, missingOf } from './poisoned.js'

/** The most messages that are asked for by the modifier of FETCH: more of them would come in one piece. */
const MOST = 1000

/**
 * A fetch of the messages at some places of a set (RFC 9394 §3.3). A few are asked for by the modifier of FETCH, where the
 * server has it; else a search tells which ones they are, and they are fetched as any others.
 */
export class PartialProducer<M> implements Producer {
  readonly #fetch: WindowedFetch<M>
  readonly #range: string
  readonly #sink: MessageSink<M>
  #inner: WindowProducer<M> | undefined
  #over = false

  /** @throws ArgumentError for what is no range */
  constructor(fetch: WindowedFetch<M>, range: string, sink: MessageSink<M>) {
    placesOf(range)
    this.#fetch = fetch
    this.#range = range
    this.#sink = sink
  }

  start(): void {
    const { low, high } = placesOf(this.#range)
    const { context, set } = this.#fetch
    const { capabilities } = context.connection
    const isOneCommand = set instanceof UidSet && capabilities.has('PARTIAL') && high - low < MOST
    const work = isOneCommand && !capabilities.has('MESSAGELIMIT=') ? this.#ask(set) : this.#look()
    work.catch((error: unknown) => this.#end(error))
  }

  resume(): void {
    this.#inner?.resume()
  }

  stop(): void {
    this.#over = true
    this.#inner?.stop()
  }

  /** UID FETCH with the modifier. */
  async #ask(set: UidSet): Promise<void> {
    if (set.isEmpty) return this.#end()
    const { context, items, changedSince, build, weigh, call, onIncomplete } = this.#fetch
    const incomplete: IncompleteMessage[] = []
    const came: number[] = []
    const sink = {
      message: (seq: number, data: FetchData) => {
        came.push(data.uid ?? 0)
        if (!this.#over) this.#sink.push(build(seq, data), weigh(data))
      },
      incomplete: (lacking: readonly IncompleteMessage[]) => void incomplete.push(...lacking),
    }
    const command = keptFetch(set, items, { changedSince, sink, modifiers: [partialModifier(this.#range)] })
    try {
      await context.run(command, { ...call, stream: true, owner: this.#sink.flow })
    } catch (error) {
      // By their UIDs it can be found out which of the messages the server refuses.
      if (mayBePoisoned(error, came.length > 0)) return this.#look(came)
      if (!isPartialSuccess(error)) throw error
    }
    tellIncomplete(context, incomplete, onIncomplete)
    this.#end()
  }

  /** A search for the UIDs, and then the fetch of those that have not come. */
  async #look(came: readonly number[] = []): Promise<void> {
    const { context, set, call } = this.#fetch
    const how = { ...call, stream: true }
    const criteria = set.kind === 'seq' ? { seq: set } : { uid: set }
    const options = { partial: this.#range }
    const command = find<{ readonly partial: UidSet }>(uidSearch, criteria, options, context.protocol)
    let partial: UidSet
    if (set.kind === 'seq') partial = (await context.run(whole(command), how)).partial
    else {
      const { result, stoppedAt } = await context.run(limited(command), how)
      partial = result.partial
      // The places were counted in one part alone.
      if (stoppedAt !== undefined && stoppedAt > 1) {
        const all = await limitedSearch<UidSet>(context, criteria, undefined, how)
        partial = cutOut(foundUids([all.toString()]), this.#range) as UidSet
      }
    }
    if (this.#over) return
    const inner = new WindowProducer({ ...this.#fetch, set: missingOf(partial, came) }, this.#sink)
    this.#inner = inner
    inner.start()
  }

  #end(error?: unknown): void {
    if (this.#over) return
    this.#over = true
    this.#sink.end(error)
  }
}
