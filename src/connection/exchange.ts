import type { Buffer } from 'node:buffer'
import type { Duplex } from 'node:stream'
import { ConnectError } from '../model/errors.js'
import { capitalized } from './proxy.js'

/**
 * A conversation on a stream before the stream is handed on: exactly what is asked for is read, everything behind it
 * stays in the stream. It has no clock: whoever gives up destroys the stream, and what is waited for then rejects.
 */
export class Exchange {
  readonly #stream: Duplex
  readonly #peer: string
  #failure: ConnectError | undefined
  #wake: (() => void) | undefined

  /** @param peer - who is at the other end, as messages name it */
  constructor(stream: Duplex, peer: string) {
    this.#stream = stream
    this.#peer = peer
    stream.on('readable', this.#onReadable)
    stream.on('end', this.#onEnd)
    stream.on('close', this.#onEnd)
    stream.on('error', this.#onError)
  }

  send(bytes: Uint8Array): void {
    this.#stream.write(bytes)
  }

  /** The next octets. @throws ConnectError when the peer ends before they have come */
  async take(count: number): Promise<Buffer> {
    for (;;) {
      // At its end a stream gives what is left, however little that is.
      const octets = this.#stream.read(count) as Buffer | null
      if (octets?.length === count) return octets
      await this.#more()
    }
  }

  /**
   * The next octets up to and with `end`, as latin1; each is looked at once.
   *
   * @param most - how many there may be
   * @returns undefined when there are more
   * @throws ConnectError when the peer ends before `end` has come
   */
  async takeThrough(end: string, most: number): Promise<string | undefined> {
    const pieces: string[] = []
    let length = 0
    // So much of what has been looked at that `end` may have begun in it.
    let tail = ''
    for (;;) {
      const chunk = this.#stream.read() as Buffer | null
      if (chunk === null) {
        await this.#more()
        continue
      }
      const text = tail + chunk.toString('latin1')
      const found = text.indexOf(end)
      const used = found === -1 ? chunk.length : found + end.length - tail.length
      length += used
      if (found === -1 ? length >= most : length > most) return undefined
      pieces.push(chunk.toString('latin1', 0, used))
      if (found !== -1) {
        if (used < chunk.length) this.#stream.unshift(chunk.subarray(used))
        return pieces.join('')
      }
      tail = text.slice(1 - end.length)
    }
  }

  /** Lets go of the stream. */
  release(): void {
    const stream = this.#stream
    stream.removeListener('readable', this.#onReadable)
    stream.removeListener('end', this.#onEnd)
    stream.removeListener('close', this.#onEnd)
    stream.removeListener('error', this.#onError)
  }

  /** Waits for more to read, or for the end; what came before the end can be read yet. */
  async #more(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
  }

  readonly #onReadable = (): void => this.#wake?.()

  readonly #onEnd = (): void => {
    this.#fail(new ConnectError(`${capitalized(this.#peer)} closed the connection before it had answered`))
  }

  readonly #onError = (cause: Error): void => {
    this.#fail(new ConnectError(`The connection to ${this.#peer} failed: ${cause.message}`, { cause }))
  }

  #fail(error: ConnectError): void {
    this.#failure ??= error
    this.#wake?.()
  }
}
