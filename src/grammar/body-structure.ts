import type { BodyStructure, MultiPart, SinglePart } from '../model/body-structure.js'
import { PlaceMemo } from './place-memo.js'
import { decodeOctets, decodeParameters, decodeWords } from '../mime/words.js'
import { Cursor } from '../wire/cursor.js'
import { readEnvelope } from './envelope.js'
import { endList, isDigit, readCount, readLooseString } from './lenient.js'

const OPEN = 0x28
const CLOSE = 0x29
const QUOTE = 0x22

const NO_PARAMETERS: ReadonlyMap<string, string> = new Map()
const NO_LANGUAGE: readonly string[] = Object.freeze([])

/** Subtypes that only multiparts have: they tell a multipart without children from a part without a media type. */
const MULTIPART_SUBTYPES = new Set([
  'alternative',
  'appledouble',
  'byteranges',
  'digest',
  'encrypted',
  'form-data',
  'header-set',
  'mixed',
  'multilingual',
  'parallel',
  'related',
  'report',
  'signed',
  'voice-message',
  'x-mixed-replace',
])

/** The media types of RFC 2046 and its successors, multipart left out. */
const MEDIA_TYPES = new Set(['application', 'audio', 'font', 'image', 'message', 'model', 'text', 'video'])

/**
 * body = "(" (body-type-1part / body-type-mpart) ")"   (RFC 9051 §9)
 */
export function readBodyStructure(cursor: Cursor): BodyStructure {
  return readBody(cursor, '', true)
}

/**
 * Reads the body of part `part`, or the one inside the message that is part `part`; the empty string is the message
 * itself. A multipart inside a message shares the message's number, a single part is its number 1 (RFC 9051 §6.4.5.1).
 */
function readBody(cursor: Cursor, part: string, insideMessage: boolean): BodyStructure {
  cursor.enter()
  try {
    cursor.char('(')
    cursor.skipSpaces()
    return cursor.peek() === OPEN ? readMultiPart(cursor, part) : readSinglePart(cursor, part, insideMessage)
  } finally {
    cursor.leave()
  }
}

/**
 * body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart]
 */
function readMultiPart(cursor: Cursor, part: string): MultiPart {
  const children: BodyStructure[] = []
  const prefix = part === '' ? '' : `${part}.`
  while (cursor.peek() === OPEN) {
    children.push(readBody(cursor, `${prefix}${children.length + 1}`, false))
    cursor.skipSpaces()
  }
  return readMultiPartTail(cursor, part, lower(readLooseString(cursor)) || 'mixed', children)
}

/**
 * body-ext-mpart = body-fld-param [SP body-fld-dsp [SP body-fld-lang [SP body-fld-loc *(SP body-extension)]]]
 */
function readMultiPartTail(
  cursor: Cursor,
  part: string,
  subtype: string,
  children: readonly BodyStructure[],
  parameters = readParameters(cursor),
): MultiPart {
  const { disposition, language, location } = readExtension(cursor)
  return {
    kind: 'multipart',
    part,
    type: `multipart/${subtype}`,
    parameters,
    disposition: disposition.type,
    dispositionParameters: disposition.parameters,
    language,
    location,
    children,
  }
}

/**
 * body-type-1part  = (body-type-basic / body-type-msg / body-type-text) [SP body-ext-1part]
 * body-type-basic  = media-basic SP body-fields
 * body-type-text   = media-text SP body-fields SP body-fld-lines
 * body-type-msg    = media-message SP body-fields SP envelope SP body SP body-fld-lines
 * body-fields      = body-fld-param SP body-fld-id SP body-fld-desc SP body-fld-enc SP body-fld-octets
 */
function readSinglePart(cursor: Cursor, part: string, insideMessage: boolean): BodyStructure {
  const number = insideMessage ? (part === '' ? '1' : `${part}.1`) : part
  const head = heads.find(cursor.text, cursor.pos, cursor.pos + HEAD_MARK)
  if (head === undefined) return readAnyPart(cursor, part, number)
  cursor.pos += head.text.length
  return readPartBehind(cursor, number, head.value)
}

/** What a part tells before its size. */
interface PartHead {
  readonly type: string
  readonly parameters: ReadonlyMap<string, string>
  readonly id: string | null
  readonly description: string | null
  readonly encoding: string
}

/** Heads differ up to here, if at all; the shortest that are sent are no shorter. */
const HEAD_MARK = 30
/** Longest head that is remembered, in characters. */
const MAX_HEAD = 160
/** Most parts begin alike, up to their size: such heads are read once, and their parameters shared. */
const heads = new PlaceMemo<PartHead>(MAX_HEAD)
/** A head as nearly all are sent: it is understood without looking at what follows it, and holds no literal. */
const REGULAR_HEAD =
  /^"[^"\\]+" "[^"\\]+" (?:NIL|\((?:"[^"\\]*" "[^"\\]*" ?)+\)) (?:NIL|"[^"\\]*") (?:NIL|"[^"\\]*") "[^"\\]*" $/

function readAnyPart(cursor: Cursor, part: string, number: string): BodyStructure {
  const start = cursor.pos
  let type = lower(readLooseString(cursor))
  cursor.skipSpaces()
  let subtype: string
  if (cursor.peek() === OPEN || cursor.peek() === CLOSE) {
    // One word where two are due: a multipart without children, or a part that lacks its type or its subtype.
    if (type === '' || MEDIA_TYPES.has(type)) {
      subtype = ''
    } else if (MULTIPART_SUBTYPES.has(type) || !hasBodyFields(cursor)) {
      return readMultiPartTail(cursor, part, type, [])
    } else {
      subtype = type
      type = 'application'
    }
  } else {
    subtype = lower(readLooseString(cursor))
    if (type === 'multipart') return readMultiPartTail(cursor, part, subtype || 'mixed', [])
    if (type === '' && MULTIPART_SUBTYPES.has(subtype)) return readMultiPartTail(cursor, part, subtype, [])
    if (subtype === '' && MULTIPART_SUBTYPES.has(type)) {
      // `("RELATED" NIL ("ATTACHMENT" NIL) NIL)`: what was read as a subtype were the parameters.
      return readMultiPartTail(cursor, part, type, [], NO_PARAMETERS)
    }
  }
  if (type === '') type = 'application'
  if (subtype === '') subtype = type === 'text' ? 'plain' : 'octet-stream'
  const head = readHead(cursor, `${type}/${subtype}`)
  if (cursor.tryChar(' ')) heads.note(cursor.text, start, cursor.pos, start + HEAD_MARK, sharedHead)
  return readPartBehind(cursor, number, head)
}

function sharedHead(text: string): PartHead | undefined {
  if (!REGULAR_HEAD.test(text)) return undefined
  const cursor = new Cursor({ text, literals: [] })
  const type = lower(readLooseString(cursor))
  return readHead(cursor, `${type}/${lower(readLooseString(cursor))}`)
}

function readHead(cursor: Cursor, type: string): PartHead {
  const parameters = readParameters(cursor)
  const id = readText(cursor)
  const description = readLooseString(cursor)
  const encoding = lower(readLooseString(cursor)) || '7bit'
  return { type, parameters, id, description: description === null ? null : decodeWords(description), encoding }
}

/** Looks ahead, from the parameters on, whether id, description, encoding and a size follow. */
function hasBodyFields(cursor: Cursor): boolean {
  const start = cursor.pos
  for (let skipped = 0; skipped < 4; skipped++) {
    cursor.skipSpaces()
    if (cursor.peek() === CLOSE || cursor.atEnd) break
    cursor.skipValue()
  }
  cursor.skipSpaces()
  const next = cursor.peek()
  cursor.pos = start
  return isDigit(next)
}

/** Reads a part from its size on. */
function readPartBehind(cursor: Cursor, part: string, head: PartHead): SinglePart {
  const { type } = head
  const size = readCountOr(cursor, 0) ?? 0
  let envelope: SinglePart['envelope'] = null
  let body: SinglePart['body'] = null
  if (type === 'message/rfc822' || type === 'message/global') {
    // Some servers describe such a part like any other: then no list follows.
    cursor.skipSpaces()
    if (cursor.peek() === OPEN) {
      envelope = readEmbeddedEnvelope(cursor)
      body = readEmbeddedBody(cursor, part)
    }
  }
  cursor.skipSpaces()
  const lines = mayBeLines(cursor, type) ? readCountOr(cursor, null) : null
  const { md5, disposition, language, location } = readPartExtension(cursor)
  return {
    kind: 'single',
    part,
    type,
    parameters: head.parameters,
    disposition: disposition.type,
    dispositionParameters: disposition.parameters,
    language,
    location,
    id: head.id,
    description: head.description,
    encoding: head.encoding,
    size,
    lines,
    md5,
    envelope,
    body,
  }
}

interface Extension {
  readonly md5: string | null
  readonly disposition: Disposition
  readonly language: readonly string[]
  readonly location: string | null
}

/** What most parts and multiparts have behind the fields that they must have. */
const NOTHING_MORE = ' NIL NIL NIL)'
const NOTHING: Extension = {
  md5: null,
  disposition: { type: null, parameters: NO_PARAMETERS },
  language: NO_LANGUAGE,
  location: null,
}

/** body-ext-1part = body-fld-md5 [SP body-fld-dsp [SP body-fld-lang [SP body-fld-loc *(SP body-extension)]]] */
function readPartExtension(cursor: Cursor): Extension {
  const md5 = readLooseString(cursor)
  const rest = readExtension(cursor)
  return md5 === null ? rest : { ...rest, md5 }
}

/** What follows the MD5 of a part or the parameters of a multipart, and the end of the list. */
function readExtension(cursor: Cursor): Extension {
  if (cursor.text.startsWith(NOTHING_MORE, cursor.pos)) {
    cursor.pos += NOTHING_MORE.length
    return NOTHING
  }
  const disposition = readDisposition(cursor)
  const language = readLanguage(cursor)
  const location = readText(cursor)
  endList(cursor)
  return { md5: null, disposition, language, location }
}

/** nstring, as text */
function readText(cursor: Cursor): string | null {
  const octets = readLooseString(cursor)
  return octets === null || cursor.isPlain ? octets : decodeOctets(octets)
}

function readEmbeddedEnvelope(cursor: Cursor): SinglePart['envelope'] {
  return isEmptyList(cursor) ? null : readEnvelope(cursor)
}

function readEmbeddedBody(cursor: Cursor, part: string): SinglePart['body'] {
  cursor.skipSpaces()
  if (cursor.peek() !== OPEN) {
    readLooseString(cursor)
    return null
  }
  if (isEmptyList(cursor)) return null
  return readBody(cursor, part, true)
}

/** Consumes `()`, which some servers send for NIL. */
function isEmptyList(cursor: Cursor): boolean {
  if (cursor.text.charCodeAt(cursor.pos + 1) !== CLOSE) return false
  cursor.pos += 2
  return true
}

/** body-fld-lines stands in text and message parts, and is digits: a string there is already the MD5 behind it. */
function mayBeLines(cursor: Cursor, type: string): boolean {
  const next = cursor.peek()
  if (isDigit(next) || next === 0x2d) return true
  return next !== QUOTE && next !== CLOSE && type.startsWith('text/')
}

function readCountOr<T>(cursor: Cursor, missing: T): number | T | null {
  cursor.skipSpaces()
  return cursor.peek() === CLOSE ? missing : readCount(cursor)
}

/** body-fld-param = "(" string SP string *(SP string SP string) ")" / nil */
function readParameters(cursor: Cursor): ReadonlyMap<string, string> {
  cursor.skipSpaces()
  if (cursor.peek() !== OPEN) {
    readLooseString(cursor)
    return NO_PARAMETERS
  }
  cursor.pos++
  const parameters = new Map<string, string>()
  let extended: (readonly [string, string])[] | undefined
  cursor.skipSpaces()
  while (!cursor.tryChar(')')) {
    const name = readLooseString(cursor)
    cursor.skipSpaces()
    const value = cursor.peek() === CLOSE ? null : readLooseString(cursor)
    if (name !== null) {
      // The forms of RFC 2231 have a star in the name.
      if (name.includes('*')) (extended ??= []).push([name, value ?? ''])
      else parameters.set(lower(name), value === null ? '' : decodeWords(value))
    }
    cursor.skipSpaces()
  }
  // They win over the plain form, which is there for readers that know no better.
  if (extended !== undefined) for (const [name, value] of decodeParameters(extended)) parameters.set(name, value)
  return parameters
}

interface Disposition {
  readonly type: string | null
  readonly parameters: ReadonlyMap<string, string>
}

const NO_DISPOSITION: Disposition = { type: null, parameters: NO_PARAMETERS }

/**
 * body-fld-dsp = "(" string SP body-fld-param ")" / nil
 *
 * Exchange sends the string alone as well, and for multiparts a sentence in its place, which is dropped.
 */
function readDisposition(cursor: Cursor): Disposition {
  cursor.skipSpaces()
  if (cursor.peek() !== OPEN) {
    const word = lower(readLooseString(cursor))
    return word === '' || word.includes(' ') ? NO_DISPOSITION : { type: word, parameters: NO_PARAMETERS }
  }
  cursor.char('(')
  const type = lower(readLooseString(cursor))
  const parameters = readParameters(cursor)
  endList(cursor)
  return type === '' ? NO_DISPOSITION : { type, parameters }
}

/** body-fld-lang = nstring / "(" string *(SP string) ")" */
function readLanguage(cursor: Cursor): readonly string[] {
  cursor.skipSpaces()
  if (cursor.peek() !== OPEN) {
    const tag = readLooseString(cursor)
    return tag === null || tag === '' ? NO_LANGUAGE : [decodeOctets(tag)]
  }
  const tags: string[] = []
  cursor.char('(')
  cursor.skipSpaces()
  while (!cursor.tryChar(')')) {
    const tag = readLooseString(cursor)
    if (tag !== null) tags.push(decodeOctets(tag))
    cursor.skipSpaces()
  }
  return tags
}

function lower(text: string | null): string {
  return text === null ? '' : decodeOctets(text).toLowerCase()
}
