import type { FetchData, SectionData } from '../model/message.js'
import type { Cursor } from '../wire/cursor.js'
import { readBodyStructure } from './body-structure.js'
import { parseDateTime } from './date.js'
import { readEnvelope } from './envelope.js'
import { readFlagList } from './flag-list.js'
import { readLooseString } from './lenient.js'
import { readOrigin, readSection } from './section.js'

const CLOSE = 0x29
const MINUS = 0x2d
const OPEN_BRACKET = 0x5b

/** "UID" SP uniqueid */
export function readUidItem(cursor: Cursor, data: FetchData): void {
  const uid = cursor.number()
  if (uid === 0) throw cursor.fail('A UID is never 0')
  data.uid = uid
}

/** "FLAGS" SP "(" [flag-fetch *(SP flag-fetch)] ")" */
export function readFlagsItem(cursor: Cursor, data: FetchData): void {
  data.flags = readFlagList(cursor)
}

/** "INTERNALDATE" SP date-time */
export function readInternalDateItem(cursor: Cursor, data: FetchData): void {
  const text = readLooseString(cursor)
  data.internalDate = text === null ? null : parseDateTime(text)
}

/** "RFC822.SIZE" SP number64 */
export function readSizeItem(cursor: Cursor, data: FetchData): void {
  data.size = cursor.size()
}

/** "ENVELOPE" SP envelope */
export function readEnvelopeItem(cursor: Cursor, data: FetchData): void {
  data.envelope = readEnvelope(cursor)
}

/** "BODYSTRUCTURE" SP body */
export function readBodyStructureItem(cursor: Cursor, data: FetchData): void {
  data.bodyStructure = readBodyStructure(cursor)
}

/** "BODY" SP body / "BODY" section ["<" number ">"] SP nstring */
export function readBodyItem(cursor: Cursor, data: FetchData): void {
  if (cursor.peek() === OPEN_BRACKET) readSectionItem(cursor, data, 'BODY')
  // The structure without the extension data: it never replaces the full one.
  else data.bodyStructure ??= readBodyStructure(cursor)
}

/** "BINARY" section-binary ["<" number ">"] SP (nstring / literal8)   (RFC 9051 §9, RFC 3516 §7) */
export function readBinaryItem(cursor: Cursor, data: FetchData): void {
  readSectionItem(cursor, data, 'BINARY')
}

/** "BINARY.SIZE" section-binary SP number */
export function readBinarySizeItem(cursor: Cursor, data: FetchData): void {
  const section = readSection(cursor)
  cursor.skipSpaces()
  const size = cursor.size()
  data.binarySizes ??= new Map()
  data.binarySizes.set(section, size)
}

/** "RFC822" SP nstring, of RFC 3501: the same as BODY[] */
export function readRfc822Item(cursor: Cursor, data: FetchData): void {
  addSection(data, { kind: 'BODY', section: '', offset: null, bytes: readSectionValue(cursor) })
}

/** "RFC822.HEADER" SP nstring, of RFC 3501: the same as BODY[HEADER] */
export function readRfc822HeaderItem(cursor: Cursor, data: FetchData): void {
  addSection(data, { kind: 'BODY', section: 'HEADER', offset: null, bytes: readSectionValue(cursor) })
}

/** "RFC822.TEXT" SP nstring, of RFC 3501: the same as BODY[TEXT] */
export function readRfc822TextItem(cursor: Cursor, data: FetchData): void {
  addSection(data, { kind: 'BODY', section: 'TEXT', offset: null, bytes: readSectionValue(cursor) })
}

/**
 * fetch-mod-resp = "MODSEQ" SP "(" permsg-modsequence ")"   (RFC 7162 §7)
 *
 * 0, and -1 as Zoho sends it, stand for "not known" and are left out.
 */
export function readModSeqItem(cursor: Cursor, data: FetchData): void {
  const listed = cursor.tryChar('(')
  cursor.skipSpaces()
  const modSeq = cursor.peek() === MINUS ? readNegative(cursor) : cursor.number64()
  cursor.skipSpaces()
  if (listed) cursor.char(')')
  if (modSeq > 0n) data.modSeq = modSeq
}

/** "-" 1*DIGIT, which is no mod-sequence, however large; 0 stands for it. */
function readNegative(cursor: Cursor): bigint {
  const text = cursor.atom()
  if (!/^-\d+$/.test(text)) throw cursor.fail('A mod-sequence is expected before this place')
  return 0n
}

function readSectionItem(cursor: Cursor, data: FetchData, kind: SectionData['kind']): void {
  const section = readSection(cursor)
  const offset = readOrigin(cursor)
  addSection(data, { kind, section, offset, bytes: readSectionValue(cursor) })
}

/** nstring / literal8; a value that is missing counts as NIL. */
function readSectionValue(cursor: Cursor): Uint8Array | null | undefined {
  cursor.skipSpaces()
  return cursor.peek() === CLOSE ? null : cursor.nbytes()
}

function addSection(data: FetchData, section: SectionData): void {
  if (data.sections === undefined) data.sections = [section]
  else data.sections.push(section)
}

/** What a section whose literal is about to arrive is called, and how it is read up to that literal. */
export interface SectionName {
  readonly kind: SectionData['kind']
  readonly section: string
  readonly offset: number | null
}

/** Reads the section behind an attribute's name; undefined for an attribute that has none. */
export function readSectionName(cursor: Cursor, name: string): SectionName | undefined {
  switch (name) {
    case 'BODY':
    case 'BINARY':
      if (cursor.peek() !== OPEN_BRACKET) return undefined
      return { kind: name, section: readSection(cursor), offset: readOrigin(cursor) }
    case 'RFC822':
      return { kind: 'BODY', section: '', offset: null }
    case 'RFC822.HEADER':
      return { kind: 'BODY', section: 'HEADER', offset: null }
    case 'RFC822.TEXT':
      return { kind: 'BODY', section: 'TEXT', offset: null }
    default:
      return undefined
  }
}
