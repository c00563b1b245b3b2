import { Buffer } from 'node:buffer'
import { ArgumentError, StateError } from '../model/errors.js'
import { ATOM, CHAR, isAll, LIST, WORD } from './chars.js'
import { dateText, dateTimeText } from './dates.js'
import {
  checkBytes,
  checkText,
  type FormOptions,
  formOf,
  formOfBytes,
  isAtom,
  shown,
  type StringForm,
} from './forms.js'
import { MAX_NUMBER64 } from './numbers.js'
import { type LiteralSource, type Segment, SegmentList } from './segments.js'
import { encodeMailboxName } from './utf7.js'

export type { LiteralSource, Segment } from './segments.js'

/** What the server takes at the moment of writing. */
export interface WriterOptions {
  /** Whether quoted strings and mailbox names may be UTF-8: IMAP4rev2 or UTF8=ACCEPT is enabled. */
  readonly utf8: boolean
  /** Whether the server has LITERAL+ (RFC 7888). */
  readonly literalPlus: boolean
  /** Whether the server has LITERAL- or IMAP4rev2. */
  readonly literalMinus: boolean
  /** Waits for `+` before every literal all the same; for APPEND, so that the server can refuse before the upload. */
  readonly synchronize?: boolean
}

/** LITERAL- and IMAP4rev2 allow literals without waiting up to this size (RFC 7888 §5). */
const MAX_LITERAL_MINUS = 4096

/**
 * Writes one command: the only way onto the wire.
 *
 * Every value is checked when it is written, so that CR and LF stand in literals only and NUL in binary ones only. It
 * does no I/O: {@link finish} gives segments to send.
 *
 * @example
 * ```ts
 * import { Writer } from 'imapkit/codec'
 * const writer = new Writer({ utf8: false, literalPlus: true, literalMinus: false })
 * writer.command('A1', 'LOGIN').sp().astring('me').sp()
 * writer.secret(() => writer.astring('päss'))
 * writer.trace // 'A1 LOGIN me ***'
 * writer.finish().segments // one: 'A1 LOGIN me {5+}\r\np\xc3\xa4ss\r\n'
 * ```
 */
export class Writer {
  readonly #options: WriterOptions
  readonly #string: FormOptions
  readonly #astring: FormOptions
  readonly #pattern: FormOptions
  readonly #out = new SegmentList()
  #trace = ''
  #secret = false
  readonly #secrets: string[] = []
  #depth = 0
  #finished = false

  constructor(options: WriterOptions) {
    const { utf8 } = options
    this.#options = options
    this.#string = { atom: 0, utf8 }
    this.#astring = { atom: ATOM, utf8 }
    this.#pattern = { atom: LIST, utf8 }
  }

  /** What was written as a secret, in the forms of the wire, so that it can be kept out of what comes back. */
  get secrets(): readonly string[] {
    return this.#secrets
  }

  /** The line as it may be logged: literals as `{n}`, secrets as `***`, without the CRLF. */
  get trace(): string {
    return this.#trace
  }

  /** The tag and the name of the command; the name may hold spaces: `UID FETCH`. */
  command(tag: string, name: string): this {
    this.word(tag)
    for (const part of name.split(' ')) this.sp().word(part)
    return this
  }

  /** SP */
  sp(): this {
    return this.#put(' ')
  }

  /** A keyword of the protocol: printable ASCII without spaces, quotes, backslashes, `{` and parentheses. */
  word(text: string): this {
    if (!isAll(text, WORD)) throw new ArgumentError(`${shown(text)} is no word of the protocol`)
    return this.#put(text)
  }

  /** atom = 1*ATOM-CHAR */
  atom(text: string): this {
    if (!isAtom(text))
      throw new ArgumentError(`${shown(text)} is no atom: it is empty or has characters not allowed in one`)
    return this.#put(text)
  }

  /** astring = 1*ASTRING-CHAR / string; the form is chosen here. */
  astring(text: string): this {
    return this.#form(formOf(text, this.#astring))
  }

  /** string = quoted / literal; the form is chosen here. */
  string(text: string): this {
    return this.#form(formOf(text, this.#string))
  }

  /** nstring = string / nil */
  nstring(text: string | null): this {
    return text === null ? this.#put('NIL') : this.string(text)
  }

  /** A string of octets: quoted when they are short and 7-bit text, else a literal. */
  bytes(bytes: Uint8Array): this {
    return this.#form(formOfBytes(bytes))
  }

  /**
   * A literal.
   *
   * literal  = "{" number64 ["+"] "}" CRLF *CHAR8
   * literal8 = "~{" number64 ["+"] "}" CRLF *OCTET
   *
   * A stream is not looked into: NUL in it is for the server to refuse, unless `binary` is set.
   *
   * @param options - `binary` makes a literal8, which alone may hold NUL (RFC 3516 §4.2); `synchronize` waits for the
   *   server to ask for the octets, so that it can refuse them before they are sent
   */
  literal(source: LiteralSource, options: { readonly binary?: boolean; readonly synchronize?: boolean } = {}): this {
    const binary = options.binary === true
    const waits = options.synchronize === true
    if (source instanceof Uint8Array) {
      if (!binary) checkBytes(source)
      this.#header(source.length, binary, waits)
      if (this.#secret) this.#secrets.push(Buffer.from(source).toString('latin1'))
      this.#out.bytes(source)
    } else {
      checkInteger(source.size, 0)
      this.#header(source.size, binary, waits)
      this.#out.stream(source.stream, source.size)
    }
    return this
  }

  /** number64 = 1*DIGIT; a number up to 2^53-1, or a bigint up to 2^63-1. */
  number(value: number | bigint): this {
    if (typeof value === 'number') checkInteger(value, 0)
    else if (value < 0n || value > MAX_NUMBER64) throw new ArgumentError(`${value} is no number of 63 bits`)
    return this.#put(String(value))
  }

  /** flag = "\" atom / atom */
  flag(flag: string): this {
    if (!isAtom(flag.startsWith('\\') ? flag.slice(1) : flag)) {
      throw new ArgumentError(`${shown(flag)} is no flag: use an atom, or a backslash and an atom`)
    }
    return this.#put(flag)
  }

  /** flag-list = "(" [flag *(SP flag)] ")" */
  flagList(flags: readonly string[]): this {
    return this.list(flags, (flag) => this.flag(flag))
  }

  /** mailbox = "INBOX" / astring; the name in modified UTF-7 (RFC 3501 §5.1.3), or UTF-8 where that is enabled. */
  mailbox(name: string): this {
    return name.toUpperCase() === 'INBOX' ? this.#put('INBOX') : this.astring(this.#mailboxText(name))
  }

  /** list-mailbox = 1*list-char / string; `%` and `*` are kept as wildcards. */
  listMailbox(pattern: string): this {
    return this.#form(formOf(this.#mailboxText(pattern), this.#pattern))
  }

  /** sequence-set, or `$` for the saved result. An empty set cannot be written and is an ArgumentError. */
  set(set: { toString(): string; readonly kind: string; readonly isEmpty?: boolean }): this {
    const text = set.toString()
    if (set.isEmpty === true || text === '') throw new ArgumentError('The set of messages is empty')
    const valid = set.kind === 'saved' ? text === '$' : isSetText(text)
    if (!valid) throw new ArgumentError(`${shown(text)} is no set of messages`)
    return this.#put(text)
  }

  /** date = date-text, of `YYYY-MM-DD` or of the day that a Date has in UTC: `1-Jan-2026`. */
  date(day: string | Date): this {
    return this.#put(dateText(day))
  }

  /** date-time, in UTC: `" 1-Jan-2026 12:00:00 +0000"`. */
  dateTime(date: Date): this {
    return this.#put(`"${dateTimeText(date)}"`)
  }

  /** "(" */
  open(): this {
    this.#depth++
    return this.#put('(')
  }

  /** ")" */
  close(): this {
    if (this.#depth === 0) throw new ArgumentError('A parenthesis is closed that was not opened')
    this.#depth--
    return this.#put(')')
  }

  /** A list in parentheses, its elements separated by SP. */
  list<T>(items: Iterable<T>, write: (item: T) => void): this {
    this.open()
    let first = true
    for (const item of items) {
      if (!first) this.sp()
      first = false
      write(item)
    }
    return this.close()
  }

  /**
   * A section without header names; the empty text is the whole message.
   *
   * section      = "[" [section-spec] "]"
   * section-spec = section-msgtext / (section-part ["." section-text])
   */
  section(text: string): this {
    if (!/^(?:|[1-9][0-9]*(?:\.[1-9][0-9]*)*(?:\.(?:HEADER|TEXT|MIME))?|HEADER|TEXT)$/i.test(text)) {
      throw new ArgumentError(`${shown(text)} is no section: write it like 1.2, TEXT or 1.2.MIME`)
    }
    return this.#put(`[${text}]`)
  }

  /**
   * A section of header fields: of a part, or with `''` of the message.
   *
   * section-msgtext = "HEADER.FIELDS" [".NOT"] SP header-list
   * header-list     = "(" header-fld-name *(SP header-fld-name) ")"
   */
  sectionHeaders(part: string, names: readonly string[], not = false): this {
    if (!/^(?:|[1-9][0-9]*(?:\.[1-9][0-9]*)*)$/.test(part)) {
      throw new ArgumentError(`${shown(part)} is no part: write it like 1.2`)
    }
    if (names.length === 0) throw new ArgumentError('A section of header fields needs at least one name')
    this.#put(`[${part}${part === '' ? '' : '.'}HEADER.FIELDS${not ? '.NOT' : ''} `)
    this.list(names, (name) => {
      if (!isFieldName(name)) throw new ArgumentError(`${shown(name)} is no name of a header field`)
      this.astring(name)
    })
    return this.#put(']')
  }

  /** partial = "<" number64 "." nz-number64 ">" */
  partial(offset: number, count: number): this {
    checkInteger(offset, 0)
    checkInteger(count, 1)
    return this.#put(`<${offset}.${count}>`)
  }

  /** Keeps all that `write` writes out of the trace. */
  secret(write: () => void): this {
    const outer = this.#secret
    this.#secret = true
    try {
      write()
    } finally {
      this.#secret = outer
    }
    if (!outer) this.#trace += '***'
    return this
  }

  /** Ends the line with CRLF and gives what is to be sent; to be called once. */
  finish(): { readonly segments: readonly Segment[]; readonly size: number } {
    if (this.#finished) throw new StateError('The command has been finished already')
    if (this.#depth !== 0) throw new ArgumentError('A parenthesis is opened that was not closed')
    this.#finished = true
    this.#out.text('\r\n')
    return this.#out.finish()
  }

  #put(octets: string): this {
    this.#out.text(octets)
    if (this.#secret) this.#secrets.push(octets)
    else this.#trace += octets
    return this
  }

  #form(form: StringForm): this {
    return form.kind === 'text' ? this.#put(form.octets) : this.literal(form.bytes)
  }

  #mailboxText(name: string): string {
    checkText(name)
    return this.#options.utf8 ? name : encodeMailboxName(name)
  }

  #header(size: number, binary: boolean, synchronize: boolean): void {
    const { literalPlus, literalMinus } = this.#options
    const waits =
      synchronize || this.#options.synchronize === true || !(literalPlus || (literalMinus && size <= MAX_LITERAL_MINUS))
    this.#put(`${binary ? '~' : ''}{${size}${waits ? '' : '+'}}`)
    this.#out.text('\r\n')
    if (waits) this.#out.wait()
  }
}

function checkInteger(value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new ArgumentError(`${value} is no whole number from ${least} to 2^53-1`)
  }
}

/** sequence-set = (seq-number / seq-range) ["," sequence-set] */
function isSetText(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    const digit = code >= CHAR.ZERO && code <= CHAR.NINE
    if (!digit && code !== CHAR.COMMA && code !== CHAR.COLON && code !== CHAR.STAR) return false
  }
  return true
}

/** field-name = 1*ftext, printable US-ASCII except ":" (RFC 5322 §3.6.8) */
function isFieldName(name: string): boolean {
  return /^[\x21-\x39\x3b-\x7e]+$/.test(name)
}
