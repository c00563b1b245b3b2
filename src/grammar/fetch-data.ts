import { LimitError, ProtocolError } from '../model/errors.js'
import { emptyFetchData, type FetchData } from '../model/message.js'
import type { FetchResponse } from '../model/response.js'
import type { Cursor } from '../wire/cursor.js'
import { readSectionName, type SectionName } from './fetch-items.js'
import type { FetchItemReader } from './tables.js'

const SPACE = 0x20
const QUOTE = 0x22
const OPEN = 0x28
const CLOSE = 0x29
const OPEN_BRACKET = 0x5b
const OPEN_BRACE = 0x7b

/** Readers of attributes by their name in upper case, up to a `[` or a space. */
export type FetchReaders = ReadonlyMap<string, FetchItemReader>

/**
 * message-data = nz-number SP ("EXPUNGE" / ("FETCH" SP msg-att))
 * msg-att      = "(" (msg-att-dynamic / msg-att-static) *(SP (msg-att-dynamic / msg-att-static)) ")"
 *
 * An attribute that is not known is skipped; one that cannot be read costs only itself and is noted in `defects`.
 */
export function readFetch(cursor: Cursor, seq: number | undefined, readers: FetchReaders): FetchResponse {
  if (seq === undefined || seq === 0) throw cursor.fail('FETCH needs the number of a message')
  const data = emptyFetchData()
  cursor.skipSpaces()
  cursor.char('(')
  try {
    readAttributes(cursor, data, readers)
  } catch (error) {
    // Nothing tells where the next attribute begins: what was read is kept, the rest is lost.
    noteDefect(data, 'FETCH', error)
  }
  return { kind: 'untagged', type: 'FETCH', seq, data }
}

/**
 * uidfetch-resp = uniqueid SP "UIDFETCH" SP msg-att   (RFC 9586 §4)
 *
 * It is a FETCH of a message whose number nobody knows: 0 stands for it.
 */
export function readUidFetch(cursor: Cursor, uid: number | undefined, readers: FetchReaders): FetchResponse {
  const response = readFetch(cursor, uid, readers)
  response.data.uid = uid
  return { ...response, seq: 0 }
}

/** Reads attributes up to the closing parenthesis. */
function readAttributes(cursor: Cursor, data: FetchData, readers: FetchReaders): void {
  for (;;) {
    cursor.skipSpaces()
    const next = cursor.peek()
    if (next === CLOSE) {
      cursor.pos++
      return
    }
    // Domino wraps an attribute into parentheses of its own.
    if (next === OPEN) {
      cursor.pos++
      cursor.enter()
      try {
        readAttributes(cursor, data, readers)
      } finally {
        cursor.leave()
      }
      continue
    }
    readAttribute(cursor, data, readers)
  }
}

function readAttribute(cursor: Cursor, data: FetchData, readers: FetchReaders): void {
  const name = readAttributeName(cursor)
  const reader = readers.get(name)
  const afterName = cursor.pos
  if (reader !== undefined) {
    const sections = data.sections?.length ?? 0
    try {
      if (cursor.peek() === SPACE) cursor.skipSpaces()
      reader(cursor, data)
      if (endsValue(cursor)) return
      throw cursor.fail('The value goes on where it should end')
    } catch (error) {
      noteDefect(data, name, error)
      data.sections = sections === 0 ? undefined : data.sections?.slice(0, sections)
      cursor.pos = afterName
    }
  }
  skipAttribute(cursor)
}

/** The name up to `[`, a space or a parenthesis, in upper case. */
function readAttributeName(cursor: Cursor): string {
  const { text, pos } = cursor
  let end = pos
  let lower = false
  for (let code = text.charCodeAt(end); code > SPACE; code = text.charCodeAt(++end)) {
    if (code === OPEN_BRACKET || code === OPEN || code === CLOSE || code === QUOTE || code === OPEN_BRACE) break
    if (code >= 0x61) lower = true
  }
  if (end === pos) throw cursor.fail('The name of an attribute is expected')
  cursor.pos = end
  const name = text.slice(pos, end)
  return lower ? name.toUpperCase() : name
}

/** A value ends before a space, a parenthesis or the end; a server that forgets the space begins a name with a letter. */
function endsValue(cursor: Cursor): boolean {
  const next = cursor.peek()
  if (next === SPACE || next === CLOSE || next === -1) return true
  return (next | SPACE) >= 0x61 && (next | SPACE) <= 0x7a
}

/** Skips `[section]<origin>` and one value of unknown form. */
function skipAttribute(cursor: Cursor): void {
  // An atom takes its brackets and what follows them with it.
  if (cursor.peek() === OPEN_BRACKET) cursor.skipValue()
  cursor.skipSpaces()
  if (cursor.peek() !== CLOSE) cursor.skipValue()
}

/** A sender chooses how deep a message is nested, so that this must not cost more than the item that tells of it. */
function noteDefect(data: FetchData, item: string, error: unknown): void {
  if (!(error instanceof ProtocolError) || (error instanceof LimitError && error.limit !== 'nesting')) throw error
  data.defects ??= []
  data.defects.push({ item, message: error.message })
}

/** What is known of a FETCH answer when a literal of one of its sections is announced. */
export interface FetchHead extends SectionName {
  /** 0 where only the UID is told. */
  readonly seq: number
  readonly data: FetchData
}

/**
 * Reads a FETCH answer that ends in the marker of a literal.
 *
 * Undefined when it is no FETCH answer, or the literal is no content of a section: then it is to be kept.
 */
export function readFetchHeadFrom(cursor: Cursor, readers: FetchReaders): FetchHead | undefined {
  const marker = markerStart(cursor.text)
  if (marker < 0 || !cursor.tryChar('*')) return undefined
  try {
    cursor.skipSpaces()
    const number = cursor.number()
    cursor.sp()
    const byUid = cursor.tryWord('UIDFETCH')
    if (number === 0 || !(byUid || cursor.tryWord('FETCH'))) return undefined
    cursor.skipSpaces()
    cursor.char('(')
    const seq = byUid ? 0 : number
    const data = emptyFetchData()
    if (byUid) data.uid = number
    for (;;) {
      cursor.skipSpaces()
      if (cursor.atEnd || cursor.peek() === CLOSE || cursor.peek() === OPEN) return undefined
      const start = cursor.pos
      const section = readSectionName(cursor, readAttributeName(cursor))
      if (section !== undefined) {
        cursor.skipSpaces()
        if (cursor.pos === marker) return { seq, data, ...section }
      }
      cursor.pos = start
      readAttribute(cursor, data, readers)
    }
  } catch (error) {
    if (!(error instanceof ProtocolError) || error instanceof LimitError) throw error
    return undefined
  }
}

/** Where the marker `{n}`, `{n+}`, `~{n}` or `~{n+}` begins that ends the text, or -1. */
function markerStart(text: string): number {
  if (!text.endsWith('}')) return -1
  const brace = text.lastIndexOf('{')
  return text.charAt(brace - 1) === '~' ? brace - 1 : brace
}
