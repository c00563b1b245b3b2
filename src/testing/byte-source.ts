const LF = 10
/** Longer than any announcement of a literal. */
const TAIL = 32
/** Octets of a literal that room is made for at first. */
const FIRST = 64 * 1024

/** A line as it came in. */
export interface ReadLine {
  /** Octets of the line without its line end; at most the limit. */
  readonly bytes: Buffer
  /** Whether the line ended in CR LF; false for a bare LF. */
  readonly crlf: boolean
  /** Whether octets were thrown away because the line was longer than the limit. */
  readonly cut: boolean
  /** The last octets of the line, also of one that was cut: a literal may be announced there. */
  readonly tail: Buffer
}

/** What a {@link ByteSource} asks of the socket behind it. */
export interface FlowControl {
  /** No more octets for now. */
  pause(): void
  /** Goes on. */
  resume(): void
}

/**
 * Octets of a client, pushed in by a socket and pulled out by one reader: lines, counted octets, skipped octets.
 * The socket is paused while more than `high` octets wait, so a client cannot fill the memory.
 */
export class ByteSource {
  readonly #flow: FlowControl
  readonly #high: number
  #chunks: Buffer[] = []
  #buffered = 0
  #ended = false
  #paused = false
  #wake: (() => void) | null = null

  constructor(flow: FlowControl, high = 256 * 1024) {
    this.#flow = flow
    this.#high = high
  }

  /** How many octets wait to be read. */
  get buffered(): number {
    return this.#buffered
  }

  /** Takes what has come. */
  push(chunk: Buffer): void {
    if (chunk.length === 0) return
    this.#chunks.push(chunk)
    this.#buffered += chunk.length
    if (this.#buffered > this.#high && !this.#paused) {
      this.#paused = true
      this.#flow.pause()
    }
    this.#wakeUp()
  }

  /** No more octets will come. */
  end(): void {
    this.#ended = true
    this.#wakeUp()
  }

  /** The next line, or null when the client is gone. Of a line longer than `limit` only the start is kept. */
  async line(limit: number): Promise<ReadLine | null> {
    const parts: Buffer[] = []
    let kept = 0
    let cut = false
    let tail: Buffer = Buffer.alloc(0)
    for (;;) {
      const chunk = await this.#next()
      if (chunk === null) return null
      const at = chunk.indexOf(LF)
      const part = at < 0 ? chunk : chunk.subarray(0, at)
      // One octet more than the limit, for the CR that does not count.
      const room = limit + 1 - kept
      if (part.length > room) cut = true
      // Also an empty view would keep its chunk in memory, for as long as the line goes on.
      if (room > 0) parts.push(part.subarray(0, room))
      kept += Math.max(0, Math.min(part.length, room))
      tail = Buffer.concat([tail, part.subarray(-TAIL)]).subarray(-TAIL)
      this.#consume(at < 0 ? chunk.length : at + 1)
      if (at < 0) continue
      const bytes = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)
      const crlf = tail.at(-1) === 13
      if (crlf) tail = tail.subarray(0, -1)
      const end = crlf && !cut ? bytes.length - 1 : bytes.length
      return { bytes: bytes.subarray(0, Math.min(end, limit)), crlf, cut: cut || end > limit, tail }
    }
  }

  /** Exactly `count` octets in a buffer of their own, or null when the client is gone before. */
  async bytes(count: number): Promise<Buffer | null> {
    // Room is made for what has come, not for what is announced.
    let result = Buffer.allocUnsafeSlow(Math.min(count, FIRST))
    let filled = 0
    while (filled < count) {
      const chunk = await this.#next()
      if (chunk === null) return null
      if (filled === result.length) {
        const larger = Buffer.allocUnsafeSlow(Math.min(count, 4 * filled))
        result.copy(larger)
        result = larger
      }
      const copied = chunk.copy(result, filled, 0, count - filled)
      filled += copied
      this.#consume(copied)
    }
    return result
  }

  /** Throws `count` octets away; false when the client is gone before. */
  async skip(count: number): Promise<boolean> {
    let left = count
    while (left > 0) {
      const chunk = await this.#next()
      if (chunk === null) return false
      const skipped = Math.min(left, chunk.length)
      left -= skipped
      this.#consume(skipped)
    }
    return true
  }

  /** Takes out what waits to be read. */
  takeAll(): Buffer {
    const rest = Buffer.concat(this.#chunks)
    while (this.#chunks.length > 0) this.#consume((this.#chunks[0] as Buffer).length)
    return rest
  }

  async #next(): Promise<Buffer | null> {
    for (;;) {
      const chunk = this.#chunks[0]
      if (chunk !== undefined) return chunk
      if (this.#ended) return null
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  #consume(count: number): void {
    const chunk = this.#chunks[0]
    if (chunk === undefined) return
    if (count < chunk.length) this.#chunks[0] = chunk.subarray(count)
    else this.#chunks.shift()
    this.#buffered -= count
    if (this.#paused && this.#buffered <= this.#high / 2) {
      this.#paused = false
      this.#flow.resume()
    }
  }

  #wakeUp(): void {
    const wake = this.#wake
    this.#wake = null
    wake?.()
  }
}
