import { Buffer } from 'node:buffer'
import { LimitError } from '../model/errors.js'
import { CHAR, isDigit } from './chars.js'
import type { Frame } from './framer.js'
import { DEFAULT_LIMITS, type Limits } from './limits.js'
import { QuotedScanner, unescape } from './quoted.js'
import { bytesOf, hasHigh, octetsOf, textOf, utf8Of } from './text.js'
import { isLoose, Tokens } from './tokens.js'
import { decodeMailboxName } from './utf7.js'

const NO_MARKERS: readonly number[] = []

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
export class Cursor extends Tokens {
  /** Whether mailbox names are UTF-8 (IMAP4rev2 or UTF8=ACCEPT is enabled) and not modified UTF-7. */
  utf8 = false

  readonly #literals: Frame['literals']
  readonly #limits: Partial<Pick<Limits, 'nesting' | 'items'>>
  /** Made at the first quoted string: most answers have none. */
  #scanner: QuotedScanner | undefined
  /** Where the markers stand of the literals that were read. */
  #markers = NO_MARKERS
  #plain: boolean | undefined
  #depth = 0
  #items = 0
  /** From here on no `]` stands in the text; looking for one each time would take quadratic time. */
  #noBracketFrom = Infinity

  /**
   * @param frame - the response
   * @param limits - bounds of depth and of list elements, the usual ones where left out; what passes one is a LimitError
   */
  constructor(frame: Frame, limits: Partial<Pick<Limits, 'nesting' | 'items'>> = DEFAULT_LIMITS) {
    super(frame.text)
    this.#literals = frame.literals
    this.#limits = limits
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
    return this.list(() => this.flag()).filter((flag) => flag !== 'NIL')
  }

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
    return this.#text(true)
  }

  /**
   * Reads a string or a bare atom as text; `NIL` is an atom like any other.
   *
   * astring = 1*ASTRING-CHAR / string
   */
  astring(): string {
    return this.#text(false) ?? ''
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
      if (this.tryNil()) return items
      throw this.fail('"(" expected')
    }
    this.enter()
    try {
      for (;;) {
        const next = this.text.charCodeAt(this.pos)
        if (next === CHAR.CLOSE) {
          this.pos++
          return items
        }
        if (next === CHAR.SPACE) {
          this.pos++
          continue
        }
        if (this.atEnd) throw this.fail('")" expected')
        this.countItems()
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
    const { nesting = DEFAULT_LIMITS.nesting } = this.#limits
    if (this.#depth >= nesting) {
      throw new LimitError('nesting', `A response of the server is nested deeper than ${nesting} levels`)
    }
    this.#depth++
  }

  /** Notes that a reader came back from {@link enter}. */
  leave(): void {
    this.#depth--
  }

  /** Whether all octets are ASCII and stand in the text itself: then octets are text already. Looked up once. */
  get isPlain(): boolean {
    return (this.#plain ??= this.#literals.length === 0 && Buffer.byteLength(this.text) === this.text.length)
  }

  /** Reads all up to the end, as text. */
  rest(): string {
    const octets = this.text.slice(this.pos)
    this.pos = this.text.length
    return this.#decode(octets)
  }

  /**
   * Skips one value of a form that is not known: an atom with its `[…]`, a string, or a list with all in it.
   *
   * However deep the lists are: nothing recurses here, and what is nested too deep to be read has to be got past.
   */
  skipValue(): void {
    let depth = 0
    do depth += this.#skipToken(depth > 0)
    while (depth > 0)
  }

  /** Gives 1 for a list that begins, -1 for one that ends, else 0. */
  #skipToken(nested: boolean): -1 | 0 | 1 {
    const start = this.pos
    const code = this.peek()
    let change: -1 | 0 | 1 = 0
    if (nested && code === CHAR.SPACE) {
      this.skipSpaces()
    } else if (nested && code === CHAR.CLOSE) {
      this.pos++
      change = -1
    } else if (code === CHAR.OPEN) {
      this.pos++
      change = 1
    } else if (code === CHAR.QUOTE) {
      this.#quotedEnd()
    } else if (this.#atMarker()) {
      this.#literal()
    } else {
      this.#skipAtom()
    }
    if (this.pos === start) throw this.fail('A value expected')
    this.countItems()
    return change
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

  /** Notes that a reader took elements without {@link list}. @throws LimitError past `limits.items` in all. */
  countItems(count = 1): void {
    const { items = DEFAULT_LIMITS.items } = this.#limits
    this.#items += count
    if (this.#items > items) {
      throw new LimitError('items', `A response of the server has more than ${items} elements`)
    }
  }

  #decode(octets: Octets): string {
    if (typeof octets !== 'string') return textOf(octets)
    return hasHigh(octets) ? utf8Of(octets) : octets
  }

  /** Reads a string or atom as text; with `nil`, null for NIL and `()`. */
  #text(nil: boolean): string | null {
    if (this.text.charCodeAt(this.pos) === CHAR.QUOTE) {
      const octets = this.#quotedOctets()
      return this.#quoted.high ? utf8Of(octets) : octets
    }
    const octets = this.#octets(nil)
    return octets === null ? null : this.#decode(octets)
  }

  get #quoted(): QuotedScanner {
    return (this.#scanner ??= new QuotedScanner(this.text))
  }

  #quotedOctets(): string {
    const from = this.pos + 1
    const octets = this.text.slice(from, this.#quotedEnd())
    return this.#quoted.escaped ? unescape(octets) : octets
  }

  /** Reads a string or atom; with `nil`, null for NIL and `()`. */
  #octets(nil: boolean): Octets | null {
    const code = this.peek()
    if (code === CHAR.QUOTE) return this.#quotedOctets()
    if (this.#atMarker()) {
      const literal = this.#literal()
      if (literal === undefined) throw this.fail('The literal was streamed and cannot be read here')
      return literal
    }
    if (nil) {
      if (this.tryNil()) return null
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
    if (this.#markers === NO_MARKERS) this.#markers = []
    const markers = this.#markers as number[]
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

function quote(octets: string): string {
  return `"${octets.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
