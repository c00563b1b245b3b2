import type { EsearchResponse, SearchResponse, SearchReturnData } from '../model/response.js'
import { MAX_NUMBER } from '../model/ids.js'
import type { Cursor } from '../wire/cursor.js'

const OPEN = 0x28

/**
 * mailbox-data     =/ "SEARCH" *(SP nz-number) [SP search-sort-mod-seq]
 * search-sort-mod-seq = "(" "MODSEQ" SP mod-sequence-value ")"   (RFC 7162 §7)
 */
export function readSearch(cursor: Cursor): SearchResponse {
  const numbers = readNumbers(cursor)
  if (cursor.peek() !== OPEN) return { kind: 'untagged', type: 'SEARCH', numbers }
  cursor.char('(')
  if (!cursor.tryWord('MODSEQ')) throw cursor.fail('MODSEQ is expected')
  cursor.skipSpaces()
  const modSeq = cursor.number64()
  cursor.skipSpaces()
  cursor.char(')')
  return { kind: 'untagged', type: 'SEARCH', numbers, modSeq }
}

/** *(SP nz-number): read character by character, since an answer may hold hundreds of thousands. */
export function readNumbers(cursor: Cursor): number[] {
  const text = cursor.text
  const numbers: number[] = []
  let at = cursor.pos
  for (;;) {
    while (text.charCodeAt(at) === 0x20) at++
    const start = at
    let value = 0
    for (let digit = text.charCodeAt(at) - 0x30; digit >= 0 && digit <= 9; digit = text.charCodeAt(++at) - 0x30) {
      value = value * 10 + digit
    }
    if (at === start) break
    if (value > MAX_NUMBER || value === 0) {
      cursor.pos = start
      throw cursor.fail('A message number from 1 to 4294967295 is expected')
    }
    numbers.push(value)
  }
  cursor.pos = at
  cursor.countItems(numbers.length)
  if (at < text.length && text.charCodeAt(at) !== OPEN) throw cursor.fail('A message number is expected')
  return numbers
}

/** Readers of return data that extensions add, by name in upper case. */
export type EsearchReaders = ReadonlyMap<string, (cursor: Cursor) => unknown>

/** What one ESEARCH tells, while it is read. */
type Found = { -readonly [K in 'min' | 'max' | 'count' | 'all' | 'modSeq']?: EsearchResponse[K] }

/** What stands in front of the data. */
type Correlator = { -readonly [K in 'tag' | 'mailbox' | 'uidValidity']?: EsearchResponse[K] }

/**
 * esearch-response   = "ESEARCH" [search-correlator] [SP "UID"] *(SP search-return-data)
 * search-return-data = "MIN" SP nz-number / "MAX" SP nz-number / "ALL" SP sequence-set / "COUNT" SP number /
 *                      search-ret-data-ext / "MODSEQ" SP mod-sequence-value
 */
export function readEsearch(cursor: Cursor, readers: EsearchReaders): EsearchResponse {
  const other = new Map<string, string>()
  cursor.skipSpaces()
  const correlator: Correlator = cursor.tryChar('(') ? readCorrelator(cursor, other) : {}
  cursor.skipSpaces()
  const uid = cursor.tryWord('UID')
  const found: Found = {}
  const data: SearchReturnData[] = []
  for (cursor.skipSpaces(); !cursor.atEnd; cursor.skipSpaces()) {
    const name = cursor.word()
    cursor.skipSpaces()
    const read = readers.get(name)
    if (read !== undefined) data.push({ name, value: read(cursor) })
    else if (!readFound(cursor, name, found)) other.set(name, cursor.atEnd ? '' : cursor.valueText())
  }
  const { tag = null, ...mailbox } = correlator
  return {
    kind: 'untagged',
    type: 'ESEARCH',
    tag,
    ...mailbox,
    uid,
    ...found,
    ...(data.length > 0 && { data }),
    other,
  }
}

/** Reads an item of the core; false for any other. */
function readFound(cursor: Cursor, name: string, found: Found): boolean {
  if (name === 'MIN') found.min = cursor.number()
  else if (name === 'MAX') found.max = cursor.number()
  else if (name === 'COUNT') found.count = cursor.number()
  else if (name === 'ALL') found.all = cursor.atEnd ? '' : cursor.set()
  else if (name === 'MODSEQ') found.modSeq = cursor.number64()
  else return false
  return true
}

/**
 * Reads behind the parenthesis.
 *
 * search-correlator = SP "(" one-correlator *(SP one-correlator) ")"
 * one-correlator    = ("TAG" SP tag-string) / ("MAILBOX" SP astring) / ("UIDVALIDITY" SP nz-number)   (RFC 7377 §4)
 */
function readCorrelator(cursor: Cursor, other: Map<string, string>): Correlator {
  const found: Correlator = {}
  cursor.skipSpaces()
  while (!cursor.tryChar(')')) {
    const name = cursor.word()
    cursor.skipSpaces()
    if (name === 'TAG') found.tag = cursor.astring()
    else if (name === 'MAILBOX') found.mailbox = cursor.mailbox()
    else if (name === 'UIDVALIDITY') found.uidValidity = cursor.number()
    else other.set(name, cursor.valueText())
    cursor.skipSpaces()
  }
  return found
}
