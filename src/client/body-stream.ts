import { Readable } from 'node:stream'
import { ReadableStream } from 'node:stream/web'
import type { LiteralSink } from '../commands/command.js'
import { ArgumentError, StateError } from '../model/errors.js'
import type { SeqNum, Uid } from '../model/ids.js'
import type { Flow } from './flow.js'

/**
 * The bytes of one section of one message, as they arrive. They can be read once, and as long as the loop has not gone on
 * to the next body: going on discards the rest.
 *
 * @example
 * ```ts
 * import { createWriteStream } from 'node:fs'
 * import { pipeline } from 'node:stream/promises'
 * for await (const body of inbox.stream(found)) {
 *   console.log(body.uid, body.size)
 *   await pipeline(body, createWriteStream(`${body.uid}.eml`))
 * }
 * ```
 */
export interface BodyStream extends AsyncIterable<Uint8Array> {
  readonly uid: Uid
  /** A snapshot: an EXPUNGE moves it. */
  readonly seq?: SeqNum
  /** Octets, as the server told before the bytes came; a few servers only estimate it for large messages. */
  readonly size: number
  /** The bytes, as views into what the socket gave: nothing is copied. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array, undefined>
  /**
   * Calls `use` with the bytes as they arrive, the fastest way to read a body: its memory is used again and again, so a
   * chunk is only lent until `use` has returned, or until the promise that it gave has settled. Copy what you keep.
   * Resolves at the end of the body.
   *
   * @throws what `use` throws, ConnectionError, AbortError; StateError when the body is read already, or was discarded
   * because the loop has gone on
   * @example
   * ```ts
   * import { createHash } from 'node:crypto'
   * for await (const body of inbox.stream(found)) {
   *   const hash = createHash('sha256')
   *   await body.forEach((chunk) => hash.update(chunk))
   *   console.log(body.uid, hash.digest('hex'))
   * }
   * ```
   */
  forEach(use: (chunk: Uint8Array) => unknown): Promise<void>
  /** The bytes as a stream of Node. */
  toReadable(): Readable
  /** The bytes as a stream of the web platform. */
  toWeb(): ReadableStream<Uint8Array>
}

const READ_TWICE = 'A body can be read once: stream it again for another reading'

/** Chunks that have been read are let go of after so many. */
const SPENT = 32
/** Octets of memory that a chunk takes beside its own. */
const CHUNK = 100

/** A body while it is filled: the sink of a literal, or of several one after the other. */
export class Body implements BodyStream, LiteralSink {
  readonly uid: Uid
  readonly seq?: SeqNum
  readonly size: number
  readonly #flow: Flow
  readonly #onDemand: (() => void) | undefined
  #chunks: Uint8Array[] = []
  #next = 0
  /** Octets of memory that the chunks take. */
  #weight = 0
  #state: 'open' | 'ended' | 'closed' = 'open'
  #error: Error | undefined
  #taken = false
  #wake: (() => void) | undefined
  /** Takes what comes as it comes, while nothing waits before it. */
  #use: ((chunk: Uint8Array) => unknown) | undefined

  /** @param onDemand - called when the reader takes a chunk, waits for one, or has gone */
  constructor(uid: number, seq: number, size: number, flow: Flow, onDemand?: () => void) {
    this.uid = uid as Uid
    if (seq > 0) this.seq = seq as SeqNum
    this.size = size
    this.#flow = flow
    this.#onDemand = onDemand
  }

  /** Whether nobody reads on. */
  get isClosed(): boolean {
    return this.#state === 'closed'
  }

  /** Gives whether the bytes are kept. */
  data(bytes: Uint8Array): boolean {
    if (this.#state !== 'open') return false
    const use = this.#use
    if (use !== undefined && this.#chunks.length === 0) return this.#lend(bytes, use)
    this.#chunks.push(bytes)
    const weight = bytes.length + CHUNK
    this.#weight += weight
    this.#flow.add(weight)
    this.#wakeUp()
    return true
  }

  end(): void {
    if (this.#state !== 'open') return
    this.#state = 'ended'
    this.#wakeUp()
  }

  fail(error: Error): void {
    if (this.#state !== 'open') return
    this.#state = 'ended'
    this.#error = error
    this.#wakeUp()
  }

  /** Throws away what is there and what still comes; with an error, a reader gets that. */
  discard(error?: Error): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#error = error
    const weight = this.#weight
    this.#chunks = []
    this.#weight = 0
    this.#flow.remove(weight)
    this.#wakeUp()
    this.#onDemand?.()
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array, undefined> {
    const isSecond = this.#taken
    this.#taken = true
    const iterator: AsyncIterableIterator<Uint8Array, undefined> = {
      next: () => {
        if (isSecond) return Promise.reject(new StateError(READ_TWICE))
        const chunk = this.#shift()
        return chunk === undefined ? this.#wait() : Promise.resolve({ done: false, value: chunk })
      },
      return: () => {
        if (!isSecond) this.discard()
        return Promise.resolve({ done: true, value: undefined })
      },
      [Symbol.asyncIterator]: () => iterator,
    }
    return iterator
  }

  async forEach(use: (chunk: Uint8Array) => unknown): Promise<void> {
    if (typeof use !== 'function') throw new ArgumentError('forEach takes a function that is called with bytes')
    if (this.#taken) throw new StateError(READ_TWICE)
    this.#taken = true
    try {
      for (;;) {
        let chunk = this.#shift()
        if (chunk === undefined) {
          this.#use = use
          chunk = (await this.#wait()).value
          this.#use = undefined
        }
        if (chunk === undefined) return
        const used = use(chunk)
        if (isThenable(used)) await used
      }
    } finally {
      this.#use = undefined
      this.discard()
    }
  }

  toReadable(): Readable {
    return Readable.from(this, { objectMode: false })
  }

  toWeb(): ReadableStream<Uint8Array> {
    return ReadableStream.from<Uint8Array>(this)
  }

  /** Nothing is there: the next chunk, the end or the failure will come. */
  #wait(): Promise<IteratorResult<Uint8Array, undefined>> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const chunk = this.#shift()
        if (chunk !== undefined) return resolve({ done: false, value: chunk })
        if (this.#state === 'open') {
          const earlier = this.#wake
          this.#wake = earlier === undefined ? look : () => (earlier(), look())
          // Another body may have come first, and filled what there is room for.
          this.#flow.starve()
          return this.#onDemand?.()
        }
        const error = this.#error
        if (this.#state === 'ended') this.discard(error)
        // Told once; a reader that goes on gets the end.
        this.#error = undefined
        if (error !== undefined) reject(error)
        else resolve({ done: true, value: undefined })
      }
      look()
    })
  }

  /** Lends bytes to the reader; gives whether he still has them. */
  #lend(bytes: Uint8Array, use: (chunk: Uint8Array) => unknown): boolean {
    let used: unknown
    try {
      used = use(bytes)
    } catch (error) {
      this.discard(error as Error)
      return true
    }
    this.#onDemand?.()
    if (!isThenable(used)) return false
    // What comes meanwhile waits, and so does whoever waits for it.
    const wake = this.#wake
    const weight = bytes.length + CHUNK
    this.#use = undefined
    this.#wake = undefined
    this.#flow.add(weight)
    const settled = (): void => {
      this.#flow.remove(weight)
      this.#wake = wake
      if (this.#chunks.length > 0 || this.#state !== 'open') return this.#wakeUp()
      this.#use = use
      this.#flow.starve()
    }
    used.then(settled, (error: unknown) => {
      this.discard(error as Error)
      settled()
    })
    return true
  }

  #shift(): Uint8Array | undefined {
    const chunk = this.#chunks[this.#next]
    if (chunk === undefined) return undefined
    this.#next++
    // A reader that never catches up must not pin what it has read.
    if (this.#next === this.#chunks.length || this.#next === SPENT) {
      this.#chunks = this.#chunks.slice(this.#next)
      this.#next = 0
    }
    const weight = chunk.length + CHUNK
    this.#weight -= weight
    this.#flow.remove(weight)
    this.#onDemand?.()
    return chunk
  }

  #wakeUp(): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
