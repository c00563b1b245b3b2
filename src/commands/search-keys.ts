import type { SearchKey } from './slots.js'
import { ArgumentError } from '../model/errors.js'
import type { Uid } from '../model/ids.js'
import { NumberSet, SeqSet, UidSet, uids, type SavedResult } from '../model/number-set.js'
import type { Writer } from '../wire/writer.js'
import { checkModSeq, checkSaved } from './checks.js'
import type { EncodeContext } from './command.js'
import type { FlagModSeq } from './search-criteria.js'

type Texts = string | readonly string[]

/** The search keys of RFC 9051 §6.4.4, RFC 3501 §6.4.4 and RFC 7162 §3.1.5, by their name in criteria. */
export const coreSearchKeys = {
  answered: flag('answered', 'ANSWERED', 'UNANSWERED'),
  deleted: flag('deleted', 'DELETED', 'UNDELETED'),
  draft: flag('draft', 'DRAFT', 'UNDRAFT'),
  flagged: flag('flagged', 'FLAGGED', 'UNFLAGGED'),
  seen: flag('seen', 'SEEN', 'UNSEEN'),
  recent: flag('recent', 'RECENT', 'OLD'),
  keyword: keyed('keyword', (w, name) => w.word('KEYWORD').sp().flag(keyword(name))),
  from: text('from', 'FROM'),
  to: text('to', 'TO'),
  cc: text('cc', 'CC'),
  bcc: text('bcc', 'BCC'),
  subject: text('subject', 'SUBJECT'),
  body: text('body', 'BODY'),
  text: text('text', 'TEXT'),
  header: { write: writeHeader },
  since: day('since', 'SINCE'),
  before: day('before', 'BEFORE'),
  on: day('on', 'ON'),
  sentSince: day('sentSince', 'SENTSINCE'),
  sentBefore: day('sentBefore', 'SENTBEFORE'),
  sentOn: day('sentOn', 'SENTON'),
  larger: octets('larger', 'LARGER'),
  smaller: octets('smaller', 'SMALLER'),
  uid: { write: writeUid },
  seq: { write: writeSeq },
  modSeq: { needs: 'CONDSTORE', write: writeModSeq },
} as const satisfies Readonly<Record<string, SearchKey<never>>>

function flag(key: string, set: string, unset: string): SearchKey<boolean> {
  return {
    write: (w, value) => {
      const given: unknown = value
      if (typeof given !== 'boolean') throw new ArgumentError(`The search key ${key} takes true or false`)
      w.word(given ? set : unset)
    },
  }
}

/** A key for one text, or once for each text of an array. */
function keyed(key: string, write: (w: Writer, value: string) => void): SearchKey<Texts> {
  return {
    write: (w, value) => {
      textsOf(key, value).forEach((each, index) => write(index === 0 ? w : w.sp(), each))
    },
  }
}

function text(key: string, word: string): SearchKey<Texts> {
  return keyed(key, (w, value) => void w.word(word).sp().astring(value))
}

function textsOf(key: string, value: unknown): readonly string[] {
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (texts.length === 0 || !texts.every((each) => typeof each === 'string')) {
    throw new ArgumentError(`The search key ${key} takes a string, or an array with at least one`)
  }
  return texts
}

/** flag-keyword = atom: a system flag has a search key of its own. */
function keyword(name: string): string {
  if (!name.startsWith('\\')) return name
  throw new ArgumentError(`${name.slice(0, 40)} is no keyword: search with { seen: true } and the like`)
}

/** "HEADER" SP header-fld-name SP astring */
function writeHeader(w: Writer, value: Readonly<Record<string, Texts>>): void {
  const given: unknown = value
  const fields = typeof given === 'object' && given !== null ? Object.entries(given) : []
  if (fields.length === 0) throw new ArgumentError('The search key header takes an object: { name: text }')
  let first = true
  for (const [name, texts] of fields) {
    // ftext of RFC 5322 §3.6.8.
    if (!/^[!-9;-~]{1,998}$/.test(name)) throw new ArgumentError(`"${name.slice(0, 40)}" is no name of a header field`)
    for (const each of textsOf(`header.${name}`, texts)) {
      if (!first) w.sp()
      first = false
      w.word('HEADER').sp().astring(name).sp().astring(each)
    }
  }
}

/** A key for a day; extensions have some more of them. */
export function day(key: string, word: string, needs?: string): SearchKey<string | Date> {
  return {
    ...(needs !== undefined && { needs }),
    write: (w, value) => {
      const given: unknown = value
      if (typeof given !== 'string' && !(given instanceof Date)) {
        throw new ArgumentError(`The search key ${key} takes a day: 'YYYY-MM-DD' or a Date`)
      }
      w.word(word).sp().date(given)
    },
  }
}

function octets(key: string, word: string): SearchKey<number> {
  return {
    write: (w, value) => {
      if (!Number.isSafeInteger(value) || value < 0) {
        throw new ArgumentError(`The search key ${key} takes a number of octets: a whole number from 0 up`)
      }
      w.word(word).sp().number(value)
    },
  }
}

function writeUid(w: Writer, value: UidSet | Uid | SavedResult, context: EncodeContext): void {
  const set = typeof value === 'number' ? uids(value) : value
  if (set instanceof UidSet && set.isEmpty) return writeNone(w)
  if (!(set instanceof UidSet) && !isSaved(set))
    throw new ArgumentError('The search key uid takes a set made with uids(…)')
  checkSaved(context, set)
  w.word('UID').sp().set(set)
}

function writeSeq(w: Writer, value: SeqSet | SavedResult, context: EncodeContext): void {
  if (value instanceof SeqSet && value.isEmpty) return writeNone(w)
  if (!(value instanceof SeqSet) && !isSaved(value)) {
    throw new ArgumentError('The search key seq takes a set made with seqs(…)')
  }
  checkSaved(context, value)
  w.set(value)
}

/** No set stands for nothing on the wire. */
function writeNone(w: Writer): void {
  w.word('NOT').sp().word('ALL')
}

function isSaved(value: unknown): value is SavedResult {
  return (
    typeof value === 'object' &&
    value !== null &&
    !(value instanceof NumberSet) &&
    'kind' in value &&
    value.kind === 'saved'
  )
}

/**
 * search-modsequence = "MODSEQ" [search-modseq-ext] SP mod-sequence-valzer
 * search-modseq-ext  = SP entry-name SP entry-type-req
 * entry-flag-name    = DQUOTE "/flags/" attr-flag DQUOTE   (RFC 7162 §7)
 */
function writeModSeq(w: Writer, given: bigint | FlagModSeq): void {
  const known: unknown = given
  const isEntry = typeof known === 'object' && known !== null
  const value = isEntry ? (given as FlagModSeq).value : (given as bigint)
  checkModSeq(value)
  w.word('MODSEQ').sp()
  if (isEntry) writeEntry(w, given as FlagModSeq)
  w.number(value)
}

function writeEntry(w: Writer, { entry, type }: FlagModSeq): void {
  const name: unknown = entry
  if (typeof name !== 'string' || !/^\/flags\/\\?[!#$&'+-Z^-z|}~]+$/.test(name)) {
    throw new ArgumentError("The entry of the search key modSeq is '/flags/' and a flag")
  }
  const known: readonly unknown[] = ['private', 'shared', 'all']
  if (!known.includes(type)) throw new ArgumentError('The type of the search key modSeq is private, shared or all')
  w.string(name).sp().word(type).sp()
}
