import { AbortError, StateError } from '../model/errors.js'
import { Flow, type Holdable } from './flow.js'

/**
 * The messages of a fetch, as they come. Nothing is sent before the first step, and it can be read once:
 * as an async iterable, or by one of its methods.
 *
 * @example
 * ```ts
 * import { uids } from 'imapkit'
 * for await (const batch of inbox.fetch(uids('1:*'), { size: true }).batches()) {
 *   console.log(batch.length, batch.reduce((octets, { size }) => octets + size, 0))
 * }
 * ```
 */
export interface FetchStream<M> extends AsyncIterable<M> {
  /** The messages, one by one. */
  [Symbol.asyncIterator](): AsyncIterableIterator<M, undefined>
  /** All messages; they are kept in memory. */
  toArray(): Promise<M[]>
  /** The first message, or undefined; what was asked for beyond it is dropped. */
  first(): Promise<M | undefined>
  /** The messages in batches of what has come so far: the cheapest way to read many. */
  batches(): AsyncIterableIterator<M[], undefined>
}

/** Where a producer puts what it gets. */
export interface MessageSink<M> {
  /** Octets that wait, and whether to ask for more. */
  readonly flow: Flow
  /** `weight`: about how many octets of memory the message takes. */
  push(message: M, weight: number): void
  /** No more messages; with an error, after those that wait have been read. */
  end(error?: unknown): void
}

/** What fills a stream. */
export interface Producer {
  /** Called at the first step; what it throws rejects that step. */
  start(): void
  /** There is room again, or it is the time to ask for more. */
  resume(): void
  /** Nobody reads any more. */
  stop(): void
}

/** The source of a stream: makes the producer that fills it. */
export type Source<M> = (sink: MessageSink<M>) => Producer

const READ_TWICE = 'A fetch can be read once: call the method again for another reading'

/** Messages that have been read are let go of after so many. */
const SPENT = 256

const DONE = Object.freeze({ done: true, value: undefined } as const)

/** Makes a stream that a source fills. `signal` ends it at once, also when messages wait. */
export function fetchStream<M>(connection: StreamConnection, source: Source<M>, signal?: AbortSignal): FetchStream<M> {
  return new QueuedStream(connection, source, signal)
}

/** The part of a connection that a stream needs. */
export interface StreamConnection extends Holdable {
  readonly isOpen: boolean
}

/** A queue between the socket and one consumer: a step takes a waiting message without a further turn of the loop. */
class QueuedStream<M> implements FetchStream<M>, MessageSink<M> {
  readonly flow: Flow
  readonly #connection: StreamConnection
  readonly #source: Source<M>
  readonly #signal: AbortSignal | undefined
  #producer: Producer | undefined
  #queue: M[] = []
  #next = 0
  /** Octets of the queued messages. */
  #weight = 0
  #wake: (() => void) | undefined
  #state: 'new' | 'open' | 'ended' | 'closed' = 'new'
  #failure: { readonly error: unknown } | undefined
  #taken = false

  constructor(connection: StreamConnection, source: Source<M>, signal: AbortSignal | undefined) {
    this.#connection = connection
    this.#source = source
    this.#signal = signal
    this.flow = new Flow(connection, () => this.#producer?.resume())
  }

  /** The messages, one by one. */
  [Symbol.asyncIterator](): AsyncIterableIterator<M, undefined> {
    return this.#iterate(() => {
      const message = this.#state === 'closed' || this.#isAborted ? undefined : this.#shift()
      return message === undefined ? this.#wait(() => this.#shift()) : Promise.resolve({ done: false, value: message })
    })
  }

  batches(): AsyncIterableIterator<M[], undefined> {
    return this.#iterate(() => this.#wait(() => this.#shiftAll()))
  }

  async toArray(): Promise<M[]> {
    const all: M[] = []
    for await (const batch of this.batches()) for (const message of batch) all.push(message)
    return all
  }

  async first(): Promise<M | undefined> {
    const iterator = this[Symbol.asyncIterator]()
    const { value } = await iterator.next()
    await iterator.return?.()
    return value
  }

  push(message: M, weight: number): void {
    if (this.#state !== 'open') return
    this.#queue.push(message)
    this.#weight += weight
    this.flow.add(weight)
    this.#wakeUp()
  }

  end(error?: unknown): void {
    if (this.#state !== 'open') return
    this.#state = 'ended'
    if (error !== undefined) this.#failure = { error }
    this.#signal?.removeEventListener('abort', this.#onAbort)
    this.#wakeUp()
  }

  #iterate<T>(next: () => Promise<IteratorResult<T, undefined>>): AsyncIterableIterator<T, undefined> {
    const isSecond = this.#taken
    this.#taken = true
    const iterator: AsyncIterableIterator<T, undefined> = {
      next: isSecond ? () => Promise.reject(new StateError(READ_TWICE)) : next,
      return: () => (isSecond ? Promise.resolve(DONE) : this.#return()),
      [Symbol.asyncIterator]: () => iterator,
    }
    return iterator
  }

  /** Waits until `take` gives something or the stream is over. */
  async #wait<T>(take: () => T | undefined): Promise<IteratorResult<T, undefined>> {
    for (;;) {
      if (this.#state === 'closed') return DONE
      if (this.#isAborted) throw this.#aborted()
      if (this.#state === 'new') this.#start()
      const taken = take()
      if (taken !== undefined) return { done: false, value: taken }
      if (this.#state === 'ended') {
        this.#close()
        if (this.#failure !== undefined) throw this.#failure.error
        return DONE
      }
      // Another step may wait already, when the caller does not await each: both are woken.
      const earlier = this.#wake
      await new Promise<void>((resolve) => {
        this.#wake = () => {
          earlier?.()
          resolve()
        }
      })
    }
  }

  #start(): void {
    this.#state = 'open'
    this.#signal?.addEventListener('abort', this.#onAbort, { once: true })
    try {
      this.#producer = this.#source(this)
      this.#producer.start()
    } catch (error) {
      this.#close()
      throw error
    }
  }

  #shift(): M | undefined {
    const count = this.#queue.length - this.#next
    if (count === 0) return undefined
    const message = this.#queue[this.#next++] as M
    // The mean weight is near enough, and saves a list of weights.
    const weight = this.#weight / count
    this.#weight -= weight
    if (count === 1) {
      this.#drop()
    } else if (this.#next >= SPENT && this.#next * 2 > this.#queue.length) {
      // A reader that never catches up must not pin what it has read.
      this.#queue = this.#queue.slice(this.#next)
      this.#next = 0
    }
    this.flow.remove(weight)
    return message
  }

  #shiftAll(): M[] | undefined {
    if (this.#queue.length === this.#next) return undefined
    const batch = this.#next === 0 ? this.#queue : this.#queue.slice(this.#next)
    const weight = this.#weight
    this.#drop()
    this.flow.remove(weight)
    return batch
  }

  #drop(): void {
    this.#queue = []
    this.#next = 0
    this.#weight = 0
  }

  get #isAborted(): boolean {
    return this.#signal?.aborted === true && this.#state !== 'closed'
  }

  #aborted(): AbortError {
    this.#close()
    return new AbortError(this.#connection.isOpen ? 'kept' : 'closed', {
      command: 'FETCH',
      cause: this.#signal?.reason,
    })
  }

  /** Lets go of the connection at once: the consumer may never take another step. */
  readonly #onAbort = (): void => {
    this.#drop()
    this.flow.close()
    this.#producer?.stop()
    this.#wakeUp()
  }

  async #return(): Promise<IteratorReturnResult<undefined>> {
    this.#close()
    return DONE
  }

  #close(): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#signal?.removeEventListener('abort', this.#onAbort)
    this.#drop()
    this.flow.close()
    this.#producer?.stop()
    this.#wakeUp()
  }

  #wakeUp(): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }
}
