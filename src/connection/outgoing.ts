import { ConnectionError, type ImapError } from '../model/errors.js'
import type { ByteStream, Segment } from '../wire/segments.js'

/** Larger writes are cut, so that it shows whether the peer takes them. */
const PIECE = 64 * 1024

/** The part of a transport that takes bytes. */
export interface ByteTarget {
  /** False: wait for {@link drain} before more. */
  write(bytes: Uint8Array): boolean
  drain(): Promise<void>
}

/** Is told how the writing of a command goes. */
export interface OutgoingListener {
  /** Everything was handed over, or what is left was dropped. */
  written(): void
  /** The source of a literal failed or broke its word on the size: the command on the wire is torn. */
  torn(error: ConnectionError): void
  /** What the writing waits for has changed. */
  turned(): void
}

/** Writes the segments of one command after the other: literals wait for `+`, streams for their source. */
export class Outgoing {
  readonly #target: ByteTarget
  readonly #listener: OutgoingListener
  #segments: readonly Segment[] = []
  #next = 0
  #busy = false
  #waitsFor: 'continuation' | 'source' | undefined
  #endsAtWait = false
  #cancel: ((reason: ImapError) => void) | undefined
  #closed = false

  constructor(target: ByteTarget, listener: OutgoingListener) {
    this.#target = target
    this.#listener = listener
  }

  /** Whether a command is being written; no other may begin. */
  get isBusy(): boolean {
    return this.#busy
  }

  /** Whether the server's `+` is awaited (RFC 9051 §4.3). */
  get waitsForContinuation(): boolean {
    return this.#waitsFor === 'continuation'
  }

  /** Whether the caller's stream is awaited, so that the silence of the server is in order. */
  get waitsForSource(): boolean {
    return this.#waitsFor === 'source'
  }

  /** Whether a stream of the caller has not been sent to its end. */
  get hasStream(): boolean {
    return this.#segments.some((segment, index) => index >= this.#next && segment.kind === 'stream')
  }

  /** Writes a command. */
  send(segments: readonly Segment[]): void {
    this.#segments = segments
    this.#next = 0
    this.#busy = true
    this.#endsAtWait = false
    this.#advance()
  }

  /** The server asks for the literal; false when none waits. */
  continued(): boolean {
    if (this.#waitsFor !== 'continuation') return false
    this.#wait(undefined)
    this.#next++
    this.#advance()
    return true
  }

  /**
   * The server has refused the command before its end: octets that were announced still go out, since the server counts
   * them (RFC 7888 §4); from the next synchronizing literal on nothing does.
   */
  refuse(): void {
    this.#endsAtWait = true
    if (this.#waitsFor === 'continuation') {
      this.#wait(undefined)
      this.#end()
    }
  }

  /** The connection is gone: the source of a stream is let go. */
  close(reason: ImapError): void {
    this.#closed = true
    this.#busy = false
    this.#cancel?.(reason)
  }

  #advance(): void {
    while (!this.#closed) {
      const segment = this.#segments[this.#next]
      if (segment === undefined) return this.#end()
      if (segment.kind === 'wait') {
        if (this.#endsAtWait) return this.#end()
        return this.#wait('continuation')
      }
      if (segment.kind === 'bytes' && segment.bytes.length <= PIECE) {
        this.#target.write(segment.bytes)
        this.#next++
        continue
      }
      const work = segment.kind === 'bytes' ? this.#cut(segment.bytes) : this.#stream(segment.stream, segment.size)
      work.then(
        () => {
          this.#next++
          this.#advance()
        },
        (error: unknown) => {
          if (!this.#closed) this.#listener.torn(tornError(error))
        },
      )
      return
    }
  }

  #end(): void {
    this.#busy = false
    this.#segments = []
    this.#listener.written()
  }

  #wait(what: 'continuation' | 'source' | undefined): void {
    if (this.#waitsFor === what) return
    this.#waitsFor = what
    this.#listener.turned()
  }

  async #cut(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length && !this.#closed; at += PIECE) {
      if (!this.#target.write(bytes.subarray(at, at + PIECE))) await this.#target.drain()
    }
  }

  /** The piece that completes the literal is held back until the source has ended: a torn message is never completed. */
  async #stream(stream: ByteStream, size: number): Promise<void> {
    const iterator = Symbol.asyncIterator in stream ? stream[Symbol.asyncIterator]() : stream[Symbol.iterator]()
    let given = 0
    let last: Uint8Array | undefined
    try {
      for (;;) {
        const step = await this.#pull(iterator)
        if (step.done === true) break
        const piece: unknown = step.value
        if (!(piece instanceof Uint8Array)) throw new TypeError('it gave something else than bytes')
        if (piece.length === 0) continue
        given += piece.length
        if (given > size) throw new RangeError(`it gave more than the ${size} octets that were announced`)
        if (given === size) last = piece
        else await this.#cut(piece)
      }
      if (given < size) throw new RangeError(`it gave ${given} of the ${size} octets that were announced`)
    } catch (error) {
      // What the source says to being let go no longer matters.
      void Promise.resolve(iterator.return?.()).catch(() => undefined)
      throw error
    }
    if (last !== undefined) await this.#cut(last)
  }

  #pull(iterator: AsyncIterator<Uint8Array> | Iterator<Uint8Array>): Promise<IteratorResult<Uint8Array, unknown>> {
    return new Promise<IteratorResult<Uint8Array, unknown>>((resolve, reject) => {
      this.#cancel = reject
      if (this.#closed) throw new ConnectionError('The connection has ended')
      this.#wait('source')
      Promise.resolve(iterator.next()).then(resolve, reject)
    }).finally(() => {
      this.#cancel = undefined
      this.#wait(undefined)
    })
  }
}

function tornError(cause: unknown): ConnectionError {
  if (cause instanceof ConnectionError) return cause
  const said = cause instanceof Error ? cause.message : String(cause)
  return new ConnectionError(
    `The source of an upload failed: ${said}. The connection was closed so that no torn message is stored`,
    { cause, retryable: false },
  )
}
