import { ProtocolError } from '../model/errors.js'
import { MAX_NUMBER } from '../model/ids.js'
import { CHAR, CLASS, isDigit, LOOSE } from './chars.js'
import { digitsEnd, exponential, MAX_NUMBER64 } from './numbers.js'

/** Reads the tokens of a response that need no literals: characters, spaces, atoms and numbers. The base of a Cursor. */
export class Tokens {
  /** The response: one character per octet. */
  readonly text: string
  /** The place of reading. It may be set back to an earlier one. */
  pos = 0

  constructor(text: string) {
    this.text = text
  }

  /** Whether all was read. */
  get atEnd(): boolean {
    return this.pos >= this.text.length
  }

  /** The code of the next character, or -1 at the end. */
  peek(): number {
    return this.pos < this.text.length ? this.text.charCodeAt(this.pos) : -1
  }

  /** The word that comes next, up to a space, bracket, parenthesis or quote; it is not consumed and may be empty. */
  peekWord(): string {
    const { text } = this
    let end = this.pos
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end)
      if (!isLoose(code) || code === CHAR.OPEN_BRACKET || code === CHAR.CLOSE_BRACKET) break
    }
    return text.slice(this.pos, end)
  }

  /** Consumes one character if it is next. */
  tryChar(char: string): boolean {
    if (this.text.charCodeAt(this.pos) !== char.charCodeAt(0)) return false
    this.pos++
    return true
  }

  /** Consumes one character. */
  char(char: string): void {
    if (!this.tryChar(char)) throw this.fail(`"${char}" expected`)
  }

  /** Consumes one space or more. */
  sp(): void {
    if (!this.trySp()) throw this.fail('A space expected')
  }

  /** Consumes all spaces that come next, if any. */
  skipSpaces(): void {
    while (this.text.charCodeAt(this.pos) === CHAR.SPACE) this.pos++
  }

  /** Consumes all spaces that come next, and tells whether there was one. */
  trySp(): boolean {
    if (this.text.charCodeAt(this.pos) !== CHAR.SPACE) return false
    this.pos++
    this.skipSpaces()
    return true
  }

  /** Consumes a word of letters and such, in any case, if it is next and a space, parenthesis, bracket or the end follows. */
  tryWord(word: string): boolean {
    const end = this.pos + word.length
    if (!isDelimiter(this.text.charCodeAt(end)) || end > this.text.length) return false
    if (this.text.slice(this.pos, end).toUpperCase() !== word.toUpperCase()) return false
    this.pos = end
    return true
  }

  /**
   * Consumes NIL if it is next; it stands in most envelopes and structures many times.
   *
   * nil = "NIL"
   */
  tryNil(): boolean {
    const { text, pos } = this
    // With this bit set, upper and lower case are alike; N, I and L have no other twins.
    if ((text.charCodeAt(pos) | 0x20) !== 0x6e) return false
    if ((text.charCodeAt(pos + 1) | 0x20) !== 0x69 || (text.charCodeAt(pos + 2) | 0x20) !== 0x6c) return false
    if (!isDelimiter(text.charCodeAt(pos + 3))) return false
    this.pos = pos + 3
    return true
  }

  /**
   * Reads an atom.
   *
   * atom = 1*ATOM-CHAR, here 1*<any except "(" / ")" / "{" / SP / CTL / DQUOTE>
   */
  atom(): string {
    const start = this.pos
    const { text } = this
    let end = start
    while (end < text.length && isLoose(text.charCodeAt(end))) end++
    if (end === start) throw this.fail('An atom expected')
    this.pos = end
    return text.slice(start, end)
  }

  /** Reads an atom and gives it in upper case. */
  word(): string {
    return this.atom().toUpperCase()
  }

  /** Reads an atom that ends before `]`, as in a response code. */
  codeAtom(): string {
    const start = this.pos
    const { text } = this
    let end = start
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end)
      if (!isLoose(code) || code === CHAR.CLOSE_BRACKET) break
    }
    if (end === start) throw this.fail('An atom expected')
    this.pos = end
    return text.slice(start, end)
  }

  /**
   * Reads a number of 32 bits.
   *
   * number = 1*DIGIT
   */
  number(): number {
    const value = this.#integer(10)
    if (value > MAX_NUMBER) throw this.fail('The number is larger than 32 bits allow')
    return value
  }

  /**
   * Reads a number of 63 bits.
   *
   * number64 = 1*DIGIT
   */
  number64(): bigint {
    const start = this.pos
    const end = digitsEnd(this.text, start, 19)
    if (end - start <= 15) return BigInt(this.#integer(15))
    if (end - start > 19) throw this.fail('The number has too many digits')
    const value = BigInt(this.text.slice(start, end))
    if (value > MAX_NUMBER64) throw this.fail('The number is larger than 63 bits allow')
    this.pos = end
    return value
  }

  /** Reads a size: a number64 up to 2^53-1. Some servers send `-1` for one they do not know; that is 0. */
  size(): number {
    if (this.text.startsWith('-1', this.pos) && !isDigit(this.text.charCodeAt(this.pos + 2))) {
      this.pos += 2
      return 0
    }
    const value = this.#integer(16)
    if (!Number.isSafeInteger(value)) throw this.fail('The number is larger than 2^53-1')
    return value
  }

  /**
   * Reads a set of numbers and gives its text as sent.
   *
   * sequence-set = (seq-number / seq-range) ["," sequence-set]
   */
  set(): string {
    const start = this.pos
    const { text } = this
    let end = start
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end)
      if (!isDigit(code) && code !== CHAR.COMMA && code !== CHAR.COLON && code !== CHAR.STAR) break
    }
    if (end === start) throw this.fail('A set of numbers expected')
    this.pos = end
    return text.slice(start, end)
  }

  /** Makes the error for what stands at the place of reading; it does not throw it. */
  fail(message: string): ProtocolError {
    return new ProtocolError(`${message} at octet ${this.pos} of the response: ${this.#excerpt()}`, {
      offset: this.pos,
    })
  }

  /** The shape of the text around the place of reading; quoted text and the digits of long numbers are not shown. */
  #excerpt(): string {
    const from = Math.max(0, this.pos - 24)
    const shape = (text: string) => text.replaceAll(/[a-z0-9]/gi, 'x').replaceAll(/[^\x20-\x7e]/g, '?')
    const before = shape(this.text.slice(from, this.pos))
    return `${from > 0 ? '…' : ''}${before}»${shape(this.text.slice(this.pos, this.pos + 24))}`
  }

  /** Reads digits, at most `most` of them. */
  #integer(most: number): number {
    const { text } = this
    let at = this.pos
    let value = 0
    for (;;) {
      const code = text.charCodeAt(at)
      if (!isDigit(code)) break
      if (at - this.pos === most) throw this.fail('The number has too many digits')
      value = value * 10 + (code - CHAR.ZERO)
      at++
    }
    if (at === this.pos) throw this.fail('A number expected')
    const next = text.charCodeAt(at) | 0x20
    if (next === 0x65 || next === 0x2e) {
      const found = exponential(text, this.pos)
      if (found !== undefined) {
        this.pos = found.end
        return found.value
      }
    }
    this.pos = at
    return value
  }
}

/** Whether a lenient reader takes the character for a part of an atom. */
export function isLoose(code: number): boolean {
  return code < 256 && ((CLASS[code] as number) & LOOSE) !== 0
}

function isDelimiter(code: number): boolean {
  switch (code) {
    case CHAR.SPACE:
    case CHAR.OPEN:
    case CHAR.CLOSE:
    case CHAR.OPEN_BRACKET:
    case CHAR.CLOSE_BRACKET:
    case CHAR.CR:
    case CHAR.LF:
      return true
    default:
      return Number.isNaN(code)
  }
}
