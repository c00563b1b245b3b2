import type { BodyStructure, MultiPart, SinglePart } from '../model/body-structure.js'
import { Memo } from '../mime/memo.js'
import { decodeOctets, decodeParameters, decodeWords } from '../mime/words.js'
import type { Cursor } from '../wire/cursor.js'
import { readEnvelope } from './envelope.js'
import { isDigit, match, readCount, readLooseString, skipRest } from './lenient.js'

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
  return (
    readPlainTail(cursor, part, children) ??
    readMultiPartTail(cursor, part, lower(readLooseString(cursor)) || 'mixed', children)
  )
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
  const disposition = readDisposition(cursor)
  const language = readLanguage(cursor)
  const location = readLooseString(cursor)
  skipRest(cursor)
  return {
    kind: 'multipart',
    part,
    type: `multipart/${subtype}`,
    parameters,
    disposition: disposition.type,
    dispositionParameters: disposition.parameters,
    language,
    location: location === null ? null : decodeOctets(location),
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
  return readPlainPart(cursor, number) ?? readAnyPart(cursor, part, number)
}

/** A list of parameters, and the whole of a part behind its first parenthesis, as nearly all are sent. */
const PARAMETERS = String.raw`(NIL|\((?:"[^"\\]*" "[^"\\]*" ?)+\))`
const STRING = String.raw`(?:NIL|"([^"\\]*)")`
const PLAIN_PART = new RegExp(
  String.raw`"([^"\\]+)" "([^"\\]+)" ${PARAMETERS} ${STRING} ${STRING} ${STRING} (\d{1,15})(?: (\d{1,15}))? ` +
    String.raw`${STRING} (?:NIL|\("([^"\\]+)" ${PARAMETERS}\)) ${STRING} ${STRING}\)`,
  'y',
)
/** Lists that begin with a charset and are this short are few: each is read once and shared. */
const CHARSET = /^\("charset".{0,24}$/i
const common = new Memo<ReadonlyMap<string, string>>()
const PARAMETER = /"([^"]*)" "([^"]*)"/g

/** What follows the children of a multipart, as nearly all servers send it. */
const PLAIN_TAIL = new RegExp(String.raw`"([^"\\]+)" ${PARAMETERS} NIL NIL(?: NIL)?\)`, 'y')

/** Reads the rest of a multipart that has a boundary and nothing else to tell; undefined for any other. */
function readPlainTail(cursor: Cursor, part: string, children: readonly BodyStructure[]): MultiPart | undefined {
  const found = match(PLAIN_TAIL, cursor)
  if (found === null) return undefined
  return {
    kind: 'multipart',
    part,
    type: `multipart/${lower(found[1])}`,
    parameters: parametersOf(found[2]),
    disposition: null,
    dispositionParameters: NO_PARAMETERS,
    language: NO_LANGUAGE,
    location: null,
    children,
  }
}

/** Reads a part whose fields are all where they should be, which is faster than one by one; undefined for any other. */
function readPlainPart(cursor: Cursor, part: string): SinglePart | undefined {
  const start = cursor.pos
  const found = match(PLAIN_PART, cursor)
  if (found === null) return undefined
  const [
    ,
    type,
    subtype,
    parameters,
    id,
    description,
    encoding,
    size,
    lines,
    md5,
    disposition,
    more,
    language,
    location,
  ] = found
  const mediaType = lower(type)
  if (mediaType === 'multipart') {
    cursor.pos = start
    return undefined
  }
  return {
    kind: 'single',
    part,
    type: `${mediaType}/${lower(subtype)}`,
    parameters: parametersOf(parameters),
    disposition: disposition === undefined ? null : lower(disposition),
    dispositionParameters: parametersOf(more),
    language: language === undefined || language === '' ? NO_LANGUAGE : [decodeOctets(language)],
    location: location === undefined ? null : decodeOctets(location),
    id: id === undefined ? null : decodeOctets(id),
    description: description === undefined ? null : decodeWords(description),
    encoding: lower(encoding) || '7bit',
    size: Number(size),
    lines: lines === undefined ? null : Number(lines),
    md5: md5 ?? null,
    envelope: null,
    body: null,
  }
}

function parametersOf(text: string | undefined): ReadonlyMap<string, string> {
  if (text === undefined || text === 'NIL') return NO_PARAMETERS
  return CHARSET.test(text) ? (common.get(text) ?? common.add(text, pairsOf)) : pairsOf(text)
}

function pairsOf(text: string): ReadonlyMap<string, string> {
  const pairs: (readonly [string, string])[] = []
  for (const [, name = '', value = ''] of text.matchAll(PARAMETER)) pairs.push([name, value])
  return decodeParameters(pairs)
}

function readAnyPart(cursor: Cursor, part: string, number: string): BodyStructure {
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
  return readBodyFields(cursor, number, `${type}/${subtype}`)
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

function readBodyFields(cursor: Cursor, part: string, type: string): SinglePart {
  const parameters = readParameters(cursor)
  const id = readLooseString(cursor)
  const description = readLooseString(cursor)
  const encoding = lower(readLooseString(cursor)) || '7bit'
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
  const md5 = readLooseString(cursor)
  const disposition = readDisposition(cursor)
  const language = readLanguage(cursor)
  const location = readLooseString(cursor)
  skipRest(cursor)
  return {
    kind: 'single',
    part,
    type,
    parameters,
    disposition: disposition.type,
    dispositionParameters: disposition.parameters,
    language,
    location: location === null ? null : decodeOctets(location),
    id: id === null ? null : decodeOctets(id),
    description: description === null ? null : decodeWords(description),
    encoding,
    size,
    lines,
    md5,
    envelope,
    body,
  }
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
  cursor.char('(')
  const pairs: (readonly [string, string])[] = []
  cursor.skipSpaces()
  while (!cursor.tryChar(')')) {
    const name = readLooseString(cursor)
    cursor.skipSpaces()
    const value = cursor.peek() === CLOSE ? null : readLooseString(cursor)
    if (name !== null) pairs.push([name, value ?? ''])
    cursor.skipSpaces()
  }
  return pairs.length === 0 ? NO_PARAMETERS : decodeParameters(pairs)
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
  skipRest(cursor)
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

function lower(text: string | null | undefined): string {
  return text === null || text === undefined ? '' : decodeOctets(text).toLowerCase()
}
