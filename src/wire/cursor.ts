import { LimitError, ProtocolError } from '../model/errors.js'
import { MAX_NUMBER } from '../model/ids.js'
import { CHAR, CLASS, isDigit, LOOSE } from './chars.js'
import type { Frame } from './framer.js'
import { DEFAULT_LIMITS, type Limits } from './limits.js'
import { digitsEnd, exponential, MAX_NUMBER64 } from './numbers.js'
import { QuotedScanner, unescape } from './quoted.js'
import { bytesOf, hasHigh, octetsOf, textOf, utf8Of } from './text.js'
import { decodeMailboxName } from './utf7.js'

/** What a string of the grammar turned out to be: octets as characters, or a literal. */
type Octets = string | Uint8Array

/**
 * Reads the values of one response, in order and synchronously (RFC 9051 §4).
 *
 * It takes what servers send, not only what the grammar allows: runs of spaces, NIL or an atom or a literal where a
 * string is due, unescaped quotes. Every failure is a {@link ProtocolError} with the offset in the response; the place of
 * reading is then undefined.
 *
 * @example
 * ```ts
 * import { Cursor } from 'imapkit/codec'
 * const cursor = new Cursor({ text: '* LIST (\\HasNoChildren) "/" Entw&APw-rfe', literals: [] })
 * cursor.char('*')
 * cursor.sp()
 * cursor.word() // 'LIST'
 * cursor.sp()
 * cursor.flagList() // ['\\HasNoChildren']
 * cursor.sp()
 * cursor.nstring() // '/'
 * cursor.sp()
 * cursor.mailbox() // 'Entwürfe'
 * ```
 */
export class Cursor {
  /** The response: one character per octet. */
  readonly text: string
  /** The place of reading. It may be set back to an earlier one. */
  pos = 0
  /** Whether mailbox names are UTF-8 (IMAP4rev2 or UTF8=ACCEPT is enabled) and not modified UTF-7. */
  utf8 = false

  readonly #literals: Frame['literals']
  readonly #limits: Pick<Limits, 'nesting' | 'items'>
  readonly #quoted: QuotedScanner
  /** Where the markers stand of the literals that were read. */
  readonly #markers: number[] = []
  #depth = 0
  #items = 0
  /** From here on no `]` stands in the text; looking for one each time would take quadratic time. */
  #noBracketFrom = Infinity

  /**
   * @param frame - the response
   * @param limits - bounds of depth and of list elements; what passes one is a LimitError
   */
  constructor(frame: Frame, limits: Pick<Limits, 'nesting' | 'items'> = DEFAULT_LIMITS) {
    this.text = frame.text
    this.#literals = frame.literals
    this.#limits = limits
    this.#quoted = new QuotedScanner(frame.text)
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

  /** Consumes a word, in any case, if it is next and a space, parenthesis, bracket or the end follows. */
  tryWord(word: string): boolean {
    const end = this.pos + word.length
    if (!isDelimiter(this.text.charCodeAt(end))) return false
    if (this.text.slice(this.pos, end).toUpperCase() !== word.toUpperCase()) return false
    this.pos = end
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
   * Reads a flag.
   *
   * flag      = "\" atom / atom
   * flag-perm = flag / "\*"
   *
   * A lone `\`, a quoted flag and flags without a space between them are taken too.
   */
  flag(): string {
    if (this.peek() === CHAR.QUOTE) return this.string()
    const start = this.pos
    const { text } = this
    let end = start
    if (text.charCodeAt(end) === CHAR.BACKSLASH) end++
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end)
      if (!isLoose(code) || code === CHAR.BACKSLASH) break
    }
    if (end === start) throw this.fail('A flag expected')
    this.pos = end
    return text.slice(start, end)
  }

  /**
   * Reads a list of flags, without the NIL that some servers put into it.
   *
   * flag-list = "(" [flag *(SP flag)] ")"
   */
  flagList(): string[] {
    return this.list(this.#flag).filter((flag) => flag !== 'NIL')
  }

  readonly #flag = () => this.flag()

  /**
   * Reads a string as text: UTF-8 where its octets are valid UTF-8, else latin1. NIL gives the empty text.
   *
   * string = quoted / literal
   */
  string(): string {
    return this.nstring() ?? ''
  }

  /**
   * Reads a string as {@link string} does; null for NIL, and for `()`, which some servers send instead.
   *
   * nstring = string / nil
   */
  nstring(): string | null {
    const octets = this.#octets(true)
    return octets === null ? null : this.#decode(octets)
  }

  /**
   * Reads a string or a bare atom as text; `NIL` is an atom like any other.
   *
   * astring = 1*ASTRING-CHAR / string
   */
  astring(): string {
    return this.#decode(this.#octets(false) ?? '')
  }

  /** Reads a string and gives its octets, one character each; for header text, whose encoding stands elsewhere. */
  rawString(): string {
    return this.rawNString() ?? ''
  }

  /** Reads an nstring as {@link rawString} does. */
  rawNString(): string | null {
    const octets = this.#octets(true)
    return octets === null || typeof octets === 'string' ? octets : octetsOf(octets)
  }

  /** Reads a string as bytes. A literal is given as it is, not copied. */
  bytes(): Uint8Array {
    const octets = this.#octets(true) ?? ''
    return typeof octets === 'string' ? bytesOf(octets) : octets
  }

  /** Reads an nstring as bytes: null for NIL, undefined for a literal that was streamed to somebody else. */
  nbytes(): Uint8Array | null | undefined {
    if (this.#atMarker()) return this.#literal()
    const octets = this.#octets(true)
    return octets === null ? null : typeof octets === 'string' ? bytesOf(octets) : octets
  }

  /**
   * Reads the name of a mailbox; INBOX in any case is `INBOX`.
   *
   * mailbox = "INBOX" / astring
   */
  mailbox(): string {
    const name = this.astring()
    if (name.length === 5 && name.toUpperCase() === 'INBOX') return 'INBOX'
    return this.utf8 ? name : decodeMailboxName(name)
  }

  /** Reads a parenthesized list whose elements `read` reads; NIL is an empty one. */
  list<T>(read: () => T): T[] {
    const items: T[] = []
    if (!this.tryChar('(')) {
      if (this.tryWord('NIL')) return items
      throw this.fail('"(" expected')
    }
    this.enter()
    try {
      for (;;) {
        this.skipSpaces()
        if (this.tryChar(')')) return items
        if (this.atEnd) throw this.fail('")" expected')
        this.#countItem()
        const start = this.pos
        items.push(read())
        // A reader that takes nothing would be called for ever.
        if (this.pos === start) throw this.fail('A list element expected')
      }
    } finally {
      this.leave()
    }
  }

  /** Notes that a reader went one level deeper. @throws LimitError past `limits.nesting`. */
  enter(): void {
    if (++this.#depth > this.#limits.nesting) {
      throw new LimitError('nesting', `A response of the server is nested deeper than ${this.#limits.nesting} levels`)
    }
  }

  /** Notes that a reader came back from {@link enter}. */
  leave(): void {
    this.#depth--
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

  /** Reads all up to the end, as text. */
  rest(): string {
    const octets = this.text.slice(this.pos)
    this.pos = this.text.length
    return this.#decode(octets)
  }

  /** Skips one value of a form that is not known: an atom with its `[…]`, a string, or a list with all in it. */
  skipValue(): void {
    let depth = 0
    do {
      const start = this.pos
      const code = this.peek()
      if (depth > 0 && code === CHAR.SPACE) {
        this.skipSpaces()
      } else if (code === CHAR.OPEN) {
        this.pos++
        depth++
        this.enter()
      } else if (depth > 0 && code === CHAR.CLOSE) {
        this.pos++
        depth--
        this.leave()
      } else if (code === CHAR.QUOTE) {
        this.#quotedEnd()
      } else if (this.#atMarker()) {
        this.#literal()
      } else {
        this.#skipAtom()
      }
      if (this.pos === start) throw this.fail('A value expected')
      this.#countItem()
    } while (depth > 0)
  }

  /** Skips a value as {@link skipValue} does and gives its text; literals in it become quoted strings. */
  valueText(): string {
    const start = this.pos
    const before = this.#markers.length
    this.skipValue()
    let octets = ''
    let from = start
    for (let i = before; i < this.#markers.length; i++) {
      const marker = this.#markers[i] as number
      const literal = this.#literals[i]
      octets += this.text.slice(from, marker) + quote(literal === undefined ? '' : octetsOf(literal))
      from = this.text.indexOf('}', marker) + 1
    }
    return this.#decode(octets + this.text.slice(from, this.pos))
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

  #countItem(): void {
    if (++this.#items > this.#limits.items) {
      throw new LimitError('items', `A response of the server has more than ${this.#limits.items} elements`)
    }
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

  #decode(octets: Octets): string {
    if (typeof octets !== 'string') return textOf(octets)
    return hasHigh(octets) ? utf8Of(octets) : octets
  }

  /** Reads a string or atom; with `nil`, null for NIL and `()`. */
  #octets(nil: boolean): Octets | null {
    const code = this.peek()
    if (code === CHAR.QUOTE) {
      const from = this.pos + 1
      const end = this.#quotedEnd()
      const octets = this.text.slice(from, end)
      return this.#quoted.escaped ? unescape(octets) : octets
    }
    if (this.#atMarker()) {
      const literal = this.#literal()
      if (literal === undefined) throw this.fail('The literal was streamed and cannot be read here')
      return literal
    }
    if (nil) {
      if (this.tryWord('NIL')) return null
      if (code === CHAR.OPEN && this.text.charCodeAt(this.pos + 1) === CHAR.CLOSE) {
        this.pos += 2
        return null
      }
    }
    if (!isLoose(code)) throw this.fail('A string expected')
    return this.atom()
  }

  /** Goes past a quoted string and gives the place of its last quote. */
  #quotedEnd(): number {
    const end = this.#quoted.end(this.pos + 1)
    if (end === -1) throw this.fail('The quoted string has no end')
    this.pos = end + 1
    return end
  }

  /** Whether `{n}`, `{n+}`, `~{n}` or `~{n+}` comes next. */
  #atMarker(): boolean {
    const code = this.peek()
    if (code === CHAR.OPEN_BRACE) return true
    return code === CHAR.TILDE && this.text.charCodeAt(this.pos + 1) === CHAR.OPEN_BRACE
  }

  /** Consumes a marker and gives its literal; undefined when that was streamed. */
  #literal(): Uint8Array | undefined {
    const marker = this.pos
    const markers = this.#markers
    // When the place of reading was set back, literals are read again.
    while (markers.length > 0 && (markers.at(-1) as number) >= marker) markers.pop()
    const index = markers.length
    if (index >= this.#literals.length) throw this.fail('A marker of a literal, but no literal')
    let at = this.text.charCodeAt(marker) === CHAR.TILDE ? marker + 2 : marker + 1
    const start = at
    while (isDigit(this.text.charCodeAt(at))) at++
    const size = Number(this.text.slice(start, at))
    if (this.text.charCodeAt(at) === CHAR.PLUS) at++
    const literal = this.#literals[index]
    if (this.text.charCodeAt(at) !== CHAR.CLOSE_BRACE || (literal !== undefined && literal.length !== size)) {
      throw this.fail('The marker does not fit its literal')
    }
    markers.push(marker)
    this.pos = at + 1
    return literal
  }

  /** Goes past an atom; spaces, lists and strings within `[…]` belong to it, as in `BODY[HEADER.FIELDS (To)]<0>`. */
  #skipAtom(): void {
    const { text } = this
    while (this.pos < text.length) {
      const code = text.charCodeAt(this.pos)
      if (code === CHAR.OPEN_BRACKET && this.#hasBracket()) this.#skipSection()
      else if (isLoose(code)) this.pos++
      else return
    }
  }

  #hasBracket(): boolean {
    if (this.pos >= this.#noBracketFrom) return false
    const found = this.text.includes(']', this.pos)
    if (!found) this.#noBracketFrom = this.pos
    return found
  }

  #skipSection(): void {
    while (!this.atEnd) {
      const code = this.peek()
      if (code === CHAR.QUOTE) this.#quotedEnd()
      else if (this.#atMarker()) this.#literal()
      else this.pos++
      if (code === CHAR.CLOSE_BRACKET) return
    }
  }
}

function isLoose(code: number): boolean {
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

function quote(octets: string): string {
  return `"${octets.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
