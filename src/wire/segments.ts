import { Buffer } from 'node:buffer'

/** Bytes that a caller hands over as they come, with their number known before. */
export type ByteStream = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/** What a literal is made of: bytes, or a stream with its size in octets. */
export type LiteralSource = Uint8Array | { readonly stream: ByteStream; readonly size: number }

/** One step of sending a command. */
export type Segment =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** Go on only after the server's `+`: a synchronizing literal follows (RFC 9051 §4.3). */
  | { readonly kind: 'wait' }
  /** Send exactly `size` octets of the stream; fewer or more are an error of the stream. */
  | { readonly kind: 'stream'; readonly stream: ByteStream; readonly size: number }

/** Literals up to this size are copied next to the text around them, so that all goes out in one write. */
const COPIED = 64 * 1024

/** Collects the octets of a command and puts together what can be sent together. */
export class SegmentList {
  readonly #segments: Segment[] = []
  /** Text that was not turned into bytes yet: one character per octet. */
  #text = ''
  #parts: Uint8Array[] = []
  #size = 0

  /** Appends octets, one character each. */
  text(octets: string): void {
    this.#text += octets
    this.#size += octets.length
  }

  /** Appends bytes. */
  bytes(bytes: Uint8Array): void {
    this.#size += bytes.length
    if (bytes.length === 0) return
    this.#textDone()
    if (bytes.length <= COPIED) {
      this.#parts.push(bytes)
    } else {
      this.#bytesDone()
      this.#segments.push({ kind: 'bytes', bytes })
    }
  }

  /** Appends the wait for a continuation request. */
  wait(): void {
    this.#bytesDone()
    this.#segments.push({ kind: 'wait' })
  }

  /** Appends a stream. */
  stream(stream: ByteStream, size: number): void {
    this.#size += size
    this.#bytesDone()
    this.#segments.push({ kind: 'stream', stream, size })
  }

  /** Gives the segments and the octets that they hold in all. */
  finish(): { readonly segments: readonly Segment[]; readonly size: number } {
    this.#bytesDone()
    return { segments: this.#segments, size: this.#size }
  }

  #textDone(): void {
    if (this.#text === '') return
    this.#parts.push(Buffer.from(this.#text, 'latin1'))
    this.#text = ''
  }

  #bytesDone(): void {
    this.#textDone()
    const [first] = this.#parts
    if (first === undefined) return
    this.#segments.push({ kind: 'bytes', bytes: this.#parts.length === 1 ? first : Buffer.concat(this.#parts) })
    this.#parts = []
  }
}
