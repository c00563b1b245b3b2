import { Buffer } from 'node:buffer'
import { type ImapError, LimitError } from '../model/errors.js'
import { CHAR } from './chars.js'
import type { Limits } from './limits.js'
import { LinePieces } from './line-pieces.js'
import { LiteralRule, literalSize } from './literal-marker.js'

/** One whole response as it came. */
export interface Frame {
  /**
   * The response as latin1, one character per octet, without the final CRLF. The markers of literals (`{n}`) stand in
   * it; the CRLF after them does not.
   */
  readonly text: string
  /** The literals in the order of their markers; undefined for one that was streamed. */
  readonly literals: readonly (Uint8Array | undefined)[]
}

/** Takes the bytes of one streamed literal as they arrive. */
export interface LiteralSink {
  /**
   * Some bytes: a view into the chunk that was pushed, not a copy. False says that the sink has done with them when it
   * returns; anything else, that it may keep them.
   */
  data(bytes: Uint8Array): unknown
  /** The literal is complete. */
  end(): void
  /** The connection was lost inside the literal. */
  fail(error: ImapError): void
}

/** Takes what a {@link Framer} finds. */
export interface FramerSink {
  /**
   * A literal was announced; `head` is the response so far and ends in the marker. A sink that is returned gets the
   * bytes; without one they are kept. Asked only while {@link Framer.streaming} is true.
   */
  literal(head: Frame, size: number): LiteralSink | undefined
  /** A response is complete. */
  response(frame: Frame): void
}

/** Literals of one response; each costs memory even when it is empty. */
const MAX_LITERALS = 100_000
/** A sink is not asked about later literals or after longer text: reading the head again each time would cost too much. */
const MAX_ASKED = 64
const MAX_HEAD = 64 * 1024

const EMPTY = Buffer.alloc(0)
const NO_LITERALS: readonly (Uint8Array | undefined)[] = Object.freeze([])

/**
 * Cuts a stream of bytes into responses (RFC 9051 §2.2.2), pushed in and handed out synchronously.
 *
 * Each octet is looked at once, wherever the chunks are cut. A chunk may be used again as soon as {@link Framer.push} has
 * returned false. An error that a sink throws comes out of `push`; what was
 * not read then is read at the next call.
 *
 * @example
 * ```ts
 * import { DEFAULT_LIMITS, Framer } from 'imapkit/codec'
 * const framer = new Framer(
 *   { literal: () => undefined, response: (frame) => console.log(frame.text, frame.literals) },
 *   DEFAULT_LIMITS,
 * )
 * framer.push(Buffer.from('* 1 FETCH (BODY[] {5}\r\nhel'))
 * framer.push(Buffer.from('lo)\r\n')) // prints "* 1 FETCH (BODY[] {5})" and the literal
 * ```
 */
export class Framer {
  /** Whether somebody may want literals as streams; while false, all are kept. */
  streaming = false

  readonly #sink: FramerSink
  readonly #limits: Pick<Limits, 'line' | 'literal' | 'response'>

  /** The chunk in work, how far it was read, and the chunks that wait behind it. */
  #chunk: Buffer = EMPTY
  #at = 0
  #waiting: Uint8Array[] = []
  #nextWaiting = 0
  #running = false
  #stopped = false
  #ended: ImapError | undefined
  #fatal: LimitError | undefined

  /** The response in work: its lines up to the last literal, and the piece of a line that came after. */
  #text = ''
  #literals: (Uint8Array | undefined)[] | undefined
  #rule: LiteralRule | undefined
  readonly #pieces = new LinePieces()
  /** Octets of kept literals. */
  #kept = 0

  /** The literal in work. */
  #left = 0
  #buffer: Buffer | undefined
  #target: LiteralSink | undefined
  /** A sink may keep bytes of the chunk in work. */
  #isKept = false

  /**
   * @param sink - takes the responses
   * @param limits - what passes one of them ends the reading for good
   */
  constructor(sink: FramerSink, limits: Pick<Limits, 'line' | 'literal' | 'response'>) {
    this.#sink = sink
    this.#limits = limits
  }

  /** Whether the reading stands between two responses. */
  get idle(): boolean {
    return this.#pieces.length === 0 && this.#literals === undefined
  }

  /**
   * Reads a chunk; calls the sink for all that became complete.
   *
   * @returns whether a {@link LiteralSink} may keep bytes of the chunk
   * @throws LimitError when the server sent more than is allowed; from then on nothing is read, and each call throws it.
   */
  push(chunk: Uint8Array): boolean {
    if (this.#fatal !== undefined) throw this.#fatal
    if (this.#ended !== undefined) return false
    if (!this.#running) this.#isKept = false
    this.#waiting.push(this.#running || this.#stopped ? Buffer.from(chunk) : chunk)
    try {
      this.#run()
    } finally {
      // A sink that threw or stopped the reading may have left it untouched.
      const at = this.#waiting.indexOf(chunk, this.#nextWaiting)
      if (at !== -1) this.#waiting[at] = Buffer.from(chunk)
    }
    return this.#isKept
  }

  /** Ends the reading after the response being handed out; further chunks are kept unread. To be called by a sink. */
  stop(): void {
    this.#stopped = true
  }

  /** Gives and forgets the bytes that were not read, those of an unfinished line included. */
  takeRest(): Uint8Array {
    const parts: Uint8Array[] = []
    if (this.#literals === undefined && this.#pieces.length > 0) parts.push(this.#pieces.take())
    if (this.#at < this.#chunk.length) parts.push(this.#chunk.subarray(this.#at))
    parts.push(...this.#waiting.slice(this.#nextWaiting))
    this.#forgetInput()
    return parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts)
  }

  /**
   * Goes on after {@link stop} with what was kept.
   *
   * @throws LimitError as {@link push} does
   */
  resume(): void {
    this.#stopped = false
    this.#run()
  }

  /** Ends the reading because the connection was lost; a sink in the middle of a literal is told. */
  fail(error: ImapError): void {
    this.#ended = error
    const target = this.#target
    this.#target = undefined
    this.#reset()
    this.#left = 0
    this.#buffer = undefined
    this.#forgetInput()
    target?.fail(error)
  }

  #forgetInput(): void {
    this.#chunk = EMPTY
    this.#at = 0
    this.#waiting = []
    this.#nextWaiting = 0
  }

  /** A sink may call back into the framer; then the outermost call does the work. */
  #run(): void {
    if (this.#running) return
    this.#running = true
    try {
      while (!this.#stopped && this.#ended === undefined) {
        if (this.#at < this.#chunk.length) this.#step()
        else if (!this.#advance()) return
      }
    } finally {
      this.#running = false
      if (this.#at < this.#chunk.length) {
        this.#chunk = Buffer.from(this.#chunk.subarray(this.#at))
        this.#at = 0
      }
    }
  }

  #advance(): boolean {
    this.#chunk = EMPTY
    this.#at = 0
    const next = this.#waiting[this.#nextWaiting]
    if (next === undefined) return false
    this.#nextWaiting++
    if (this.#nextWaiting === this.#waiting.length) {
      this.#waiting = []
      this.#nextWaiting = 0
    }
    this.#chunk = Buffer.isBuffer(next) ? next : Buffer.from(next.buffer, next.byteOffset, next.byteLength)
    return true
  }

  #step(): void {
    if (this.#left > 0) return this.#literalBytes()
    const chunk = this.#chunk
    // Some servers pad with NULs before a response.
    if (this.idle && chunk[this.#at] === CHAR.NUL) {
      this.#at++
      return
    }
    const from = this.#at
    const end = chunk.indexOf(CHAR.LF, from)
    const length = (end === -1 ? chunk.length : end) - from
    this.#allowLine(length)
    if (end === -1) {
      this.#at = chunk.length
      this.#pieces.add(chunk.subarray(from))
      return
    }
    this.#at = end + 1
    if (this.#pieces.length === 0) {
      this.#line(lineText(chunk, from, end))
    } else {
      this.#pieces.add(chunk.subarray(from, end))
      const line = this.#pieces.take()
      this.#line(lineText(line, 0, line.length))
    }
  }

  #line(line: string): void {
    const size = literalSize(line)
    if (size !== undefined && (this.#rule ??= new LiteralRule()).allows(line)) return this.#announce(line, size)
    const literals = this.#literals
    if (literals === undefined) {
      this.#rule = undefined
      // Empty lines between responses carry nothing.
      if (line !== '') this.#sink.response({ text: line, literals: NO_LITERALS })
      return
    }
    const text = this.#text + line
    this.#reset()
    this.#sink.response({ text, literals })
  }

  #announce(line: string, size: number): void {
    const literals = (this.#literals ??= [])
    if (literals.length >= MAX_LITERALS) {
      this.#refuse('response', `A response of the server holds more than ${MAX_LITERALS} literals`)
    }
    if (!Number.isSafeInteger(size)) this.#refuse('literal', 'The server announced a literal of an impossible size')
    this.#text += line
    const index = literals.push(undefined) - 1
    this.#left = size
    if (this.streaming && index < MAX_ASKED && this.#text.length <= MAX_HEAD) {
      // Should the sink throw, the literal is skipped: its bytes must not be read as responses.
      const target = this.#sink.literal({ text: this.#text, literals: literals.slice(0, -1) }, size)
      if (this.#ended !== undefined) return target?.fail(this.#ended)
      if (target !== undefined) {
        this.#target = target
        if (size === 0) this.#endLiteral()
        return
      }
    }
    const buffer = this.#allocate(size)
    literals[index] = buffer
    if (size > 0) this.#buffer = buffer
  }

  #allocate(size: number): Buffer {
    const { literal, response } = this.#limits
    if (size > literal) {
      this.#refuse('literal', `The server announced a literal of ${size} octets; limits.literal allows ${literal}`)
    }
    this.#kept += size
    const total = this.#kept + this.#text.length
    if (total > response) {
      this.#refuse(
        'response',
        `A response of the server has at least ${total} octets; limits.response allows ${response}`,
      )
    }
    if (size === 0) return EMPTY
    try {
      // Exact and not from the pool: a literal that is kept holds its own octets and nothing else.
      return Buffer.allocUnsafeSlow(size)
    } catch {
      return this.#refuse('literal', `There is no memory for a literal of ${size} octets`)
    }
  }

  #literalBytes(): void {
    const from = this.#at
    const count = Math.min(this.#left, this.#chunk.length - from)
    const bytes = this.#chunk.subarray(from, from + count)
    const target = this.#target
    const buffer = this.#buffer
    this.#at += count
    this.#left -= count
    if (buffer !== undefined) {
      buffer.set(bytes, buffer.length - this.#left - count)
      if (this.#left === 0) this.#buffer = undefined
    } else if (target !== undefined) {
      try {
        if (target.data(bytes) !== false) this.#isKept = true
      } catch (error) {
        // A sink that throws gets no more; the rest of its literal is skipped.
        this.#target = undefined
        this.#isKept = true
        throw error
      }
      if (this.#left === 0) this.#endLiteral()
    }
  }

  #endLiteral(): void {
    const target = this.#target
    this.#target = undefined
    target?.end()
  }

  /** Checks the octets of lines, before they are kept. */
  #allowLine(more: number): void {
    const { line, response } = this.#limits
    const total = this.#text.length + this.#pieces.length + more
    // The CR that may end the line is not counted against it. Where both limits are passed the nearer one counts, so that
    // it does not matter how the bytes came.
    if (total > line + 1 && line <= response - this.#kept) {
      this.#refuse('line', `A response of the server has lines of more than ${line} octets, which is limits.line`)
    }
    if (total + this.#kept > response + 1) {
      this.#refuse('response', `A response of the server has more than ${response} octets, which is limits.response`)
    }
  }

  #reset(): void {
    this.#text = ''
    this.#literals = undefined
    this.#rule = undefined
    this.#kept = 0
    if (this.#pieces.length > 0) this.#pieces.take()
  }

  #refuse(limit: keyof Limits, message: string): never {
    this.#fatal = new LimitError(limit, message)
    this.fail(this.#fatal)
    throw this.#fatal
  }
}

/** The octets of a line as text, without the CR before its LF. */
function lineText(bytes: Buffer, from: number, to: number): string {
  const end = to > from && bytes[to - 1] === CHAR.CR ? to - 1 : to
  return bytes.toString('latin1', from, end)
}
