import type { EsearchResponse, SearchResponse } from '../model/response.js'
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

/**
 * esearch-response   = "ESEARCH" [search-correlator] [SP "UID"] *(SP search-return-data)
 * search-correlator  = SP "(" "TAG" SP tag-string ")"
 * search-return-data = "MIN" SP nz-number / "MAX" SP nz-number / "ALL" SP sequence-set / "COUNT" SP number /
 *                      search-ret-data-ext / "MODSEQ" SP mod-sequence-value
 */
export function readEsearch(cursor: Cursor): EsearchResponse {
  const other = new Map<string, string>()
  let tag: string | null = null
  cursor.skipSpaces()
  if (cursor.tryChar('(')) tag = readCorrelator(cursor, other)
  cursor.skipSpaces()
  const uid = cursor.tryWord('UID')
  const found: { -readonly [K in 'min' | 'max' | 'count' | 'all' | 'modSeq']?: EsearchResponse[K] } = {}
  for (cursor.skipSpaces(); !cursor.atEnd; cursor.skipSpaces()) {
    const name = cursor.word()
    cursor.skipSpaces()
    if (name === 'MIN') found.min = cursor.number()
    else if (name === 'MAX') found.max = cursor.number()
    else if (name === 'COUNT') found.count = cursor.number()
    else if (name === 'ALL') found.all = cursor.atEnd ? '' : cursor.set()
    else if (name === 'MODSEQ') found.modSeq = cursor.number64()
    else other.set(name, cursor.atEnd ? '' : cursor.valueText())
  }
  return { kind: 'untagged', type: 'ESEARCH', tag, uid, ...found, other }
}

/** Behind "(": TAG, and the MAILBOX and UIDVALIDITY of RFC 7377, which are kept as text. */
function readCorrelator(cursor: Cursor, other: Map<string, string>): string | null {
  let tag: string | null = null
  cursor.skipSpaces()
  while (!cursor.tryChar(')')) {
    const name = cursor.word()
    cursor.skipSpaces()
    if (name === 'TAG') tag = cursor.astring()
    else if (name === 'MAILBOX') other.set(name, cursor.mailbox())
    else other.set(name, cursor.valueText())
    cursor.skipSpaces()
  }
  return tag
}
