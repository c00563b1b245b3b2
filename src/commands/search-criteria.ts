import type { SearchKey } from './slots.js'
import { ArgumentError } from '../model/errors.js'
import type { Uid } from '../model/ids.js'
import { NumberSet, type SavedResult, type SeqSet, type UidSet } from '../model/number-set.js'
import type { Writer } from '../wire/writer.js'
import { checkCapability } from './checks.js'
import type { EncodeContext } from './command.js'

/**
 * What to search for (RFC 9051 §6.4.4): a message has to meet all keys. `{}` finds all messages.
 *
 * Text is looked for as a substring, without regard to case; of several texts in an array each has to be found. Dates are
 * calendar days: `YYYY-MM-DD`, or a `Date` taken as its UTC day; the time of day and the zone of a message do not count.
 */
export interface CoreCriteria {
  /** Has `\Answered`, or has it not. */
  readonly answered?: boolean | undefined
  /** Has `\Deleted`, or has it not. */
  readonly deleted?: boolean | undefined
  /** Has `\Draft`, or has it not. */
  readonly draft?: boolean | undefined
  /** Has `\Flagged`, or has it not. */
  readonly flagged?: boolean | undefined
  /** Has `\Seen`, or has it not. */
  readonly seen?: boolean | undefined
  /** Has `\Recent`, or has it not (RFC 3501 §6.4.4); IMAP4rev2 has no such flag. */
  readonly recent?: boolean | undefined
  /** Has this keyword, or all of these; for messages without it, put it under `not`. */
  readonly keyword?: string | readonly string[] | undefined
  readonly from?: string | readonly string[] | undefined
  readonly to?: string | readonly string[] | undefined
  readonly cc?: string | readonly string[] | undefined
  readonly bcc?: string | readonly string[] | undefined
  readonly subject?: string | readonly string[] | undefined
  /** In the body. */
  readonly body?: string | readonly string[] | undefined
  /** In the header or in the body. */
  readonly text?: string | readonly string[] | undefined
  /** In the header fields of these names; an empty text finds messages that have the field. */
  readonly header?: Readonly<Record<string, string | readonly string[]>> | undefined
  /** Received on this day or later. */
  readonly since?: string | Date | undefined
  /** Received before this day. */
  readonly before?: string | Date | undefined
  /** Received on this day. */
  readonly on?: string | Date | undefined
  /** With a Date field of this day or later. */
  readonly sentSince?: string | Date | undefined
  /** With a Date field before this day. */
  readonly sentBefore?: string | Date | undefined
  /** With a Date field of this day. */
  readonly sentOn?: string | Date | undefined
  /** Larger than this number of octets. */
  readonly larger?: number | undefined
  /** Smaller than this number of octets. */
  readonly smaller?: number | undefined
  /** With one of these UIDs; an empty set finds nothing. */
  readonly uid?: UidSet | Uid | SavedResult | undefined
  /** With one of these sequence numbers; an empty set finds nothing. */
  readonly seq?: SeqSet | SavedResult | undefined
  /**
   * With this mod-sequence or a higher one, of the message or of one of its flags; needs CONDSTORE (RFC 7162 §3.1.5).
   */
  readonly modSeq?: bigint | FlagModSeq | undefined
  /** Meets at least one of these. */
  readonly or?: readonly this[] | undefined
  /** Does not meet this. */
  readonly not?: this | undefined
}

/** The mod-sequence of one flag, on servers that keep one for each (RFC 7162 §3.1.5); others ignore the name. */
export interface FlagModSeq {
  /** The name of the metadata item: `/flags/` and a flag, such as `/flags/\\Seen`. */
  readonly entry: string
  /** Whose state counts. */
  readonly type: 'private' | 'shared' | 'all'
  readonly value: bigint
}

/** The keys of SEARCH by their name in criteria: those of the core, merged with those of extensions. */
export type SearchKeys = Readonly<Record<string, SearchKey<never>>>

/** Criteria may be nested this deep; servers bound it too. */
const MAX_DEPTH = 100

/** Criteria as they are walked through: only the types of values are checked, key by key. */
type Loose = Readonly<Record<string, unknown>>

/**
 * Writes criteria as search keys with spaces between them; no keys give `ALL`.
 *
 * search-program = ["CHARSET" SP charset SP] search-key *(SP search-key)
 *
 * @throws ArgumentError for an unknown key or a value that does not fit
 */
export function writeCriteria(w: Writer, criteria: CoreCriteria, keys: SearchKeys, context: EncodeContext): void {
  if (needsCharset(criteria, keys, context)) w.word('CHARSET').sp().word('UTF-8').sp()
  writeTerms(w, termsOf({ ...criteria }, keys, context, 0))
}

/**
 * Writes criteria for SORT and THREAD, which have to name a charset.
 *
 * search-criteria = charset 1*(SP search-key)   (RFC 5256 §5)
 */
export function writeCharsetCriteria(
  w: Writer,
  criteria: CoreCriteria,
  keys: SearchKeys,
  context: EncodeContext,
): void {
  w.word('UTF-8').sp()
  writeTerms(w, termsOf({ ...criteria }, keys, context, 0))
}

/** @throws ArgumentError when a key is not known, or `or` and `not` are no criteria. */
export function checkCriteria(criteria: CoreCriteria, keys: SearchKeys): void {
  walk(criteria, keys, 0, (key) => {
    if (Object.hasOwn(keys, key)) return
    throw new ArgumentError(
      `SEARCH has no key ${key.slice(0, 40)}: use one of ${Object.keys(keys).join(', ')}, or, not`,
    )
  })
}

/** Whether criteria name messages by sequence number, which forbids commands in flight that may expunge (RFC 9051 §5.5). */
export function usesSequenceNumbers(criteria: CoreCriteria, keys: SearchKeys): boolean {
  let found = false
  walk(criteria, keys, 0, (key, value) => {
    // `$` stands for messages, not for numbers.
    if (key === 'seq' && value instanceof NumberSet) found = true
  })
  return found
}

/** Whether criteria have a key, however deep. */
export function usesKey(criteria: CoreCriteria, keys: SearchKeys, name: string): boolean {
  let found = false
  walk(criteria, keys, 0, (key) => {
    found ||= key === name
  })
  return found
}

/** Text beyond ASCII has to be announced, except where the session speaks UTF-8 anyway (RFC 9051 §6.4.4, RFC 6855 §3). */
function needsCharset(criteria: CoreCriteria, keys: SearchKeys, context: EncodeContext): boolean {
  if (context.isEnabled('IMAP4rev2') || context.isEnabled('UTF8=ACCEPT')) return false
  let found = false
  walk(criteria, keys, 0, (_key, value) => {
    found ||= hasWideText(value)
  })
  return found
}

function hasWideText(value: unknown): boolean {
  if (typeof value === 'string') return /[^\0-\x7f]/.test(value)
  if (Array.isArray(value)) return value.some(hasWideText)
  return isPlain(value) && Object.entries(value).some(([name, each]) => hasWideText(name) || hasWideText(each))
}

type Visit = (key: string, value: unknown) => void

/** Visits every key of nested criteria but `or` and `not`, whose shape it checks. */
function walk(criteria: unknown, keys: SearchKeys, depth: number, visit: Visit): void {
  for (const [key, value] of Object.entries(asCriteria(criteria, depth))) {
    if (value === undefined) continue
    if (key === 'not') walk(value, keys, depth + 1, visit)
    else if (key === 'or') for (const each of alternatives(value)) walk(each, keys, depth + 1, visit)
    else {
      visit(key, value)
      if (recordOf(key, keys)?.nests === true) walk(value, keys, depth + 1, visit)
    }
  }
}

function recordOf(key: string, keys: SearchKeys): SearchKey<never> | undefined {
  return Object.hasOwn(keys, key) ? keys[key] : undefined
}

function asCriteria(value: unknown, depth: number): Loose {
  if (depth > MAX_DEPTH) throw new ArgumentError(`Search criteria are nested more than ${MAX_DEPTH} deep`)
  if (!isPlain(value)) throw new ArgumentError('Search criteria are an object, such as { seen: false }')
  return value
}

function isPlain(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}

function alternatives(value: unknown): readonly unknown[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new ArgumentError('or takes an array with at least one alternative')
  }
  return value
}

/** One part of a search program. */
interface Term {
  /** Whether it is one search key, which needs no parentheses. */
  readonly single: boolean
  write(w: Writer): void
}

function termsOf(criteria: Loose, keys: SearchKeys, context: EncodeContext, depth: number): readonly Term[] {
  const terms: Term[] = []
  for (const [key, value] of Object.entries(criteria)) {
    if (value === undefined) continue
    if (key === 'or') terms.push(anyOf(alternatives(value).map((each) => grouped(each, keys, context, depth + 1))))
    else if (key === 'not') {
      const term = grouped(value, keys, context, depth + 1)
      terms.push({ single: true, write: (w) => term.write(w.word('NOT').sp()) })
    } else terms.push(keyTerm(key, value, keys, context, depth))
  }
  return terms
}

function keyTerm(key: string, value: unknown, keys: SearchKeys, context: EncodeContext, depth: number): Term {
  const record = recordOf(key, keys)
  if (record === undefined) throw new ArgumentError(`SEARCH has no key ${key.slice(0, 40)}`)
  checkCapability(context, record.needs, `The search key ${key}`)
  const nest = (w: Writer, inner: unknown): void => grouped(inner, keys, context, depth + 1).write(w)
  return { single: !isSeveral(key, value), write: (w) => record.write(w, value as never, context, nest) }
}

/** Whether a value makes its key be written more than once: an array of texts, or several header fields. */
function isSeveral(key: string, value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 1
  if (key !== 'header' || !isPlain(value)) return false
  const texts = Object.values(value)
  return texts.length > 1 || texts.some((each) => isSeveral('', each))
}

/** Makes one search key of criteria: parentheses hold several together. */
function grouped(value: unknown, keys: SearchKeys, context: EncodeContext, depth: number): Term {
  const terms = termsOf(asCriteria(value, depth), keys, context, depth)
  const [only] = terms
  if (only === undefined || (terms.length === 1 && only.single))
    return { single: true, write: (w) => writeTerms(w, terms) }
  return {
    single: true,
    write: (w) => {
      w.open()
      writeTerms(w, terms)
      w.close()
    },
  }
}

function writeTerms(w: Writer, terms: readonly Term[]): void {
  if (terms.length === 0) w.word('ALL')
  terms.forEach((term, index) => term.write(index === 0 ? w : w.sp()))
}

/** "OR" SP search-key SP search-key, halved again and again so that the nesting stays low. */
function anyOf(terms: readonly Term[]): Term {
  const [only] = terms
  if (terms.length === 1 && only !== undefined) return only
  const middle = terms.length >> 1
  const left = anyOf(terms.slice(0, middle))
  const right = anyOf(terms.slice(middle))
  return {
    single: true,
    write: (w) => {
      left.write(w.word('OR').sp())
      right.write(w.sp())
    },
  }
}
