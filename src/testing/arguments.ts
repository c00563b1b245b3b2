import { MAX_NUMBER } from '../model/ids.js'
import { decodeMailboxName, encodeMailboxName } from '../wire/utf7.js'
import type { CommandText, Literal } from './command-reader.js'
import { bad, no, type Refusal } from './refusal.js'
import { isUtf8, monthIndex } from './syntax.js'

/** A range of a sequence set; `Infinity` stands for `*`. */
export interface SetRange {
  readonly from: number
  readonly to: number
}

/** A sequence set as sent, or `$` (RFC 9051 §6.4.4.1). */
export type SentSet = readonly SetRange[] | '$'

/** A date with the zone it was given in, minutes east of UTC. */
export interface ZonedDate {
  readonly date: Date
  readonly zone: number
}

// ATOM-CHAR = any CHAR except "(" ")" "{" SP CTL "%" "*" DQUOTE "\" "]"
const ATOM = /[^(){ %*"\\\]\x00-\x1f\x7f-\xff]+/y
const ASTRING = /[^(){ %*"\\\x00-\x1f\x7f-\xff]+/y
const LIST_CHARS = /[^(){ "\\\x00-\x1f\x7f-\xff]+/y
const NAME = /[A-Za-z0-9.=+\-_/]+/y
const DIGITS = /[0-9]+/y
const SET = /[0-9:*,]+/y
const QUOTED = /"([^"\\\r\n\0]*(?:\\["\\][^"\\\r\n\0]*)*)"/y
const SYSTEM_FLAGS = ['\\Answered', '\\Flagged', '\\Deleted', '\\Seen', '\\Draft']

/**
 * Reads the arguments of one command, strictly: exactly one space where the grammar has SP, no other white space, nothing
 * behind the end. Every failure is a {@link Refusal} that says what was expected and where.
 */
export class Arguments {
  readonly text: string
  pos: number
  /** Whether quoted strings and names may hold UTF-8 (after ENABLE IMAP4rev2 or UTF8=ACCEPT). */
  readonly utf8: boolean
  /** Whether dates may have a year of two digits, as in IMAP2. */
  readonly shortYears: boolean
  readonly #literals: readonly Literal[]
  #depth = 0

  constructor(command: Pick<CommandText, 'text' | 'literals'>, utf8 = false, pos = 0, shortYears = false) {
    this.text = command.text
    this.#literals = command.literals
    this.utf8 = utf8
    this.shortYears = shortYears
    this.pos = pos
  }

  /** Whether nothing is left. */
  get atEnd(): boolean {
    return this.pos >= this.text.length
  }

  /** Whether a literal stands here that has been announced and not been sent. */
  get atAnnouncement(): boolean {
    return /^~?\{\d+\}$/.test(this.text.slice(this.pos)) && !this.#literals.some((each) => each.at === this.pos)
  }

  /** The next char, or the empty string at the end. */
  peek(): string {
    return this.text.charAt(this.pos)
  }

  /** What to throw where something else stands than the grammar has. */
  expected(what: string): Refusal {
    const found = this.atEnd ? 'the end of the command' : JSON.stringify(this.text.slice(this.pos, this.pos + 20))
    return bad(`Syntax error at octet ${this.pos}: expected ${what}, found ${found.replace(/[^\x20-\x7e]/g, '?')}`)
  }

  /** Takes `char` if it is next. */
  take(char: string): boolean {
    if (!this.text.startsWith(char, this.pos)) return false
    this.pos += char.length
    return true
  }

  /** Takes a char that must be next. @throws Refusal */
  char(char: string): void {
    if (!this.take(char)) throw this.expected(JSON.stringify(char))
  }

  /** Takes the one space that must be next. @throws Refusal */
  sp(): void {
    if (!this.take(' ')) throw this.expected('a space')
  }

  /** Makes sure that nothing is left. @throws Refusal */
  end(): void {
    if (!this.atEnd) throw this.expected('the end of the command')
  }

  /** Takes `word`, in any case, if it is next and ends there. */
  takeWord(word: string): boolean {
    const end = this.pos + word.length
    if (this.text.slice(this.pos, end).toUpperCase() !== word) return false
    if (end < this.text.length && !/[ ()[\]<]/.test(this.text.charAt(end))) return false
    this.pos = end
    return true
  }

  /** A keyword of the grammar, upper-cased: letters, digits, `.`, `=`, `+`, `-`. */
  name(what = 'a keyword'): string {
    return this.#match(NAME, what).toUpperCase()
  }

  /** atom = 1*ATOM-CHAR. @throws Refusal */
  atom(what = 'an atom'): string {
    return this.#match(ATOM, what)
  }

  /** number = 1*DIGIT, unsigned 32 bits. */
  number(what = 'a number'): number {
    const start = this.pos
    const value = Number(this.#match(DIGITS, what))
    if (value > MAX_NUMBER) {
      this.pos = start
      throw this.expected('a number below 4294967296')
    }
    return value
  }

  /** number64, as a safe integer. */
  number64(what = 'a number'): number {
    const value = Number(this.#match(DIGITS, what))
    if (!Number.isSafeInteger(value)) throw bad('The number is too large')
    return value
  }

  /** mod-sequence-value = 1*DIGIT, at most 2^63 - 1 (RFC 7162 §7). */
  modSeq(what = 'a mod-sequence'): bigint {
    const digits = this.#match(DIGITS, what)
    const value = digits.length > 19 ? 2n ** 63n : BigInt(digits)
    if (value >= 2n ** 63n) throw bad('A mod-sequence has at most 63 bits')
    return value
  }

  /** string = quoted / literal; the octets. */
  string(what = 'a string'): Buffer {
    if (this.peek() === '"') {
      const start = this.pos
      const text = this.#match(QUOTED, 'a quoted string', 1).replace(/\\(["\\])/g, '$1')
      if (/[\x80-\xff]/.test(text) && !(this.utf8 && isUtf8(text))) {
        this.pos = start
        throw this.expected(this.utf8 ? 'UTF-8 in a quoted string' : 'US-ASCII in a quoted string')
      }
      return Buffer.from(text, 'latin1')
    }
    const found = this.literal()
    if (found === null) throw this.expected(what)
    if (found.binary) throw bad('literal8 is not allowed here')
    return found.bytes
  }

  /** A literal, if one stands here. */
  literal(): Literal | null {
    const found = this.#literals.find((each) => each.at === this.pos)
    if (found === undefined) return null
    this.pos = this.text.indexOf('}', this.pos) + 1
    return found
  }

  /** astring = 1*ASTRING-CHAR / string */
  astring(what = 'a string'): Buffer {
    const next = this.peek()
    if (next === '"' || next === '{') return this.string(what)
    return Buffer.from(this.#match(ASTRING, what), 'latin1')
  }

  /** nstring = string / nil */
  nstring(what = 'a string or NIL'): Buffer | null {
    return this.takeWord('NIL') ? null : this.string(what)
  }

  /** An astring as text: UTF-8. */
  astringText(what?: string): string {
    return this.astring(what).toString('utf8')
  }

  /** mailbox = "INBOX" / astring, decoded: modified UTF-7, or UTF-8 where that is enabled. */
  mailbox(): string {
    return this.#mailboxName(this.astring('a mailbox name'))
  }

  /** list-mailbox = 1*list-char / string, decoded. */
  listMailbox(): string {
    const next = this.peek()
    const octets =
      next === '"' || next === '{' ? this.string() : Buffer.from(this.#match(LIST_CHARS, 'a mailbox pattern'))
    return this.#mailboxName(octets)
  }

  /** sequence-set = (seq-number / seq-range) ["," sequence-set] / "$" */
  set(): SentSet {
    if (this.take('$')) return '$'
    const start = this.pos
    const text = this.#match(SET, 'a set of message numbers')
    const ranges: SetRange[] = []
    for (const item of text.split(',')) {
      const range = /^(\*|[1-9]\d*)(?::(\*|[1-9]\d*))?$/.exec(item)
      const from = range?.[1] === '*' ? Infinity : Number(range?.[1])
      const to = range?.[2] === undefined ? from : range[2] === '*' ? Infinity : Number(range[2])
      if (range === null || ![from, to].every((n) => n === Infinity || n <= MAX_NUMBER)) {
        this.pos = start
        throw this.expected('a set of message numbers, each from 1 to 4294967295')
      }
      ranges.push(from <= to ? { from, to } : { from: to, to: from })
    }
    return ranges
  }

  /** flag = "\Answered" / … / flag-keyword; `\Recent` cannot be set. System flags come in their usual case. */
  flag(): string {
    if (!this.take('\\')) return this.atom('a flag')
    const start = this.pos - 1
    const name = `\\${this.atom('a flag')}`.toLowerCase()
    const known = SYSTEM_FLAGS.find((flag) => flag.toLowerCase() === name)
    if (known === undefined) {
      this.pos = start
      throw this.expected('a system flag that can be set')
    }
    return known
  }

  /** flag-list = "(" [flag *(SP flag)] ")" */
  flagList(): string[] {
    return this.list(() => this.flag(), true)
  }

  /** "(" item *(SP item) ")"; `()` where `empty` says so. */
  list<T>(read: () => T, empty = false): T[] {
    this.char('(')
    const items: T[] = []
    if (empty && this.take(')')) return items
    this.nested(() => {
      do items.push(read())
      while (this.take(' '))
    })
    this.char(')')
    return items
  }

  /** Runs a reader one level deeper; a command may nest 100 levels. */
  nested<T>(read: () => T): T {
    if (++this.#depth > 100) throw bad('The command is nested too deeply')
    const result = read()
    this.#depth--
    return result
  }

  /** date = date-text / DQUOTE date-text DQUOTE, as the days since 1970-01-01. */
  date(): number {
    const pattern = this.shortYears
      ? /("?)(\d{1,2})-([A-Za-z]{3})-(\d{4}|\d\d)\1/y
      : /("?)(\d{1,2})-([A-Za-z]{3})-(\d{4})\1/y
    const match = this.#pattern(pattern, 'a date such as 1-Feb-2026')
    const month = monthIndex(match[3] as string)
    const time = Date.UTC(fullYear(match[4] as string), month, Number(match[2]))
    if (month < 0 || new Date(time).getUTCDate() !== Number(match[2])) throw bad('There is no such day')
    return time / 86_400_000
  }

  /** date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE */
  dateTime(): ZonedDate {
    const pattern = /"([ \d]\d)-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)"/y
    const match = this.#pattern(pattern, 'a date and time such as "01-Feb-2026 09:30:00 +0000"')
    const [day, year, hour, minute, second] = [1, 3, 4, 5, 6].map((i) => Number(match[i])) as [
      number,
      number,
      number,
      number,
      number,
    ]
    const month = monthIndex(match[2] as string)
    const zone = (Number(match[8]) * 60 + Number(match[9])) * (match[7] === '-' ? -1 : 1)
    const time = Date.UTC(year, month, day, hour, minute, second)
    if (month < 0 || new Date(time).getUTCDate() !== day || hour > 23 || minute > 59 || second > 60) {
      if (!(hour === 23 && minute === 59 && second === 60)) throw bad('There is no such date')
    }
    return { date: new Date(time - zone * 60_000), zone }
  }

  /** Whatever `pattern` (sticky) matches here. */
  #pattern(pattern: RegExp, what: string): RegExpExecArray {
    pattern.lastIndex = this.pos
    const match = pattern.exec(this.text)
    if (match === null) throw this.expected(what)
    this.pos = pattern.lastIndex
    return match
  }

  #match(pattern: RegExp, what: string, group = 0): string {
    return this.#pattern(pattern, what)[group] as string
  }

  #mailboxName(octets: Buffer): string {
    const text = octets.toString('latin1')
    if (/^inbox$/i.test(text)) return 'INBOX'
    if (/[\x00-\x1f\x7f]/.test(text)) throw no('A mailbox name cannot hold control characters', 'CANNOT')
    if (this.utf8) {
      if (!isUtf8(text)) throw bad('The mailbox name is not UTF-8')
      return octets.toString('utf8')
    }
    if (/[\x80-\xff]/.test(text)) throw bad('A mailbox name must be in modified UTF-7')
    const name = decodeMailboxName(text)
    // What is not valid comes back as it was, and is then written otherwise.
    if (encodeMailboxName(name) !== text) throw bad('The mailbox name is not valid modified UTF-7')
    return name
  }
}

/** The year of two digits is the one of 1950 to 2049 (RFC 5322 §4.3). */
function fullYear(digits: string): number {
  const year = Number(digits)
  if (digits.length > 2) return year
  return year < 50 ? 2000 + year : 1900 + year
}
