import { readBodyStructure } from '../grammar/body-structure.js'
import { readOrigin, readSection } from '../grammar/section.js'
import type { BodyStructure } from '../model/body-structure.js'
import type { Uid } from '../model/ids.js'
import type { BadConversion } from '../model/response-code.js'
import type { ExtensionResponse } from '../model/response.js'
import type { Cursor } from '../wire/cursor.js'

/** A conversion that the server can do (RFC 5259 §5). */
export interface Conversion {
  /** The media type of the source. */
  readonly from: string
  readonly to: string
  /** The names of parameters that it takes. */
  readonly parameters: readonly string[]
}

/** Why something was not converted (RFC 5259 §9). */
export interface ConvertFailure {
  /** What the server says of it to a person. */
  readonly text: string
  /** It may succeed later, parameters are wrong or the conversion is impossible, or parameters are missing. */
  readonly reason: 'TEMPFAIL' | 'BADPARAMETERS' | 'MISSINGPARAMETERS' | 'OTHER'
  /** Minutes to wait before the next try, with TEMPFAIL. */
  readonly minutes?: number
  /** The parameters at fault, or those that are missing, which have no value. */
  readonly conversions: readonly BadConversion[]
}

/** Octets of a part that was converted. */
export interface ConvertedBytes {
  readonly bytes: Uint8Array
  /** The first octet, where a range was asked for. */
  readonly offset: number
}

/** What was converted of one message; the keys are the sections that were asked for, in upper case. */
export interface Converted {
  readonly seq: number
  /** There for UID CONVERT. */
  readonly uid?: Uid
  readonly binary: ReadonlyMap<string, ConvertedBytes>
  /** Octets after the conversion. */
  readonly sizes: ReadonlyMap<string, number>
  readonly structures: ReadonlyMap<string, BodyStructure>
  /** Headers with their encoded words in the charset that was asked for. */
  readonly headers: ReadonlyMap<string, Uint8Array>
  /** The media types that the part can be converted to. */
  readonly available: ReadonlyMap<string, readonly string[]>
  /** What failed, by the name of the item, such as `BINARY[3]`; one failure may stand for several items of a part. */
  readonly failures: ReadonlyMap<string, ConvertFailure>
}

/** An answer to CONVERSIONS. */
export interface ConversionResponse extends ExtensionResponse {
  readonly type: 'X:CONVERSION'
  readonly conversion: Conversion
}

/** An answer to CONVERT. */
export interface ConvertedResponse extends ExtensionResponse {
  readonly type: 'X:CONVERTED'
  readonly tag: string
  readonly converted: Converted
}

/**
 * conversion-data = "CONVERSION" SP quoted-from-mime-type SP quoted-to-mime-type
 *                   [SP "(" transcoding-param-name *(SP transcoding-param-name) ")"]   (RFC 5259 §10)
 */
export function readConversion(cursor: Cursor): ConversionResponse {
  const from = cursor.astring()
  cursor.sp()
  const to = cursor.astring()
  cursor.skipSpaces()
  const parameters = cursor.peek() === OPEN ? cursor.list(() => cursor.astring()) : []
  return { kind: 'untagged', type: 'X:CONVERSION', conversion: { from, to, parameters } }
}

const OPEN = 0x28
const CLOSE = 0x29

/** A {@link Converted} while it is read. */
class Reading implements Converted {
  readonly seq: number
  uid?: Uid
  readonly binary = new Map<string, ConvertedBytes>()
  readonly sizes = new Map<string, number>()
  readonly structures = new Map<string, BodyStructure>()
  readonly headers = new Map<string, Uint8Array>()
  readonly available = new Map<string, readonly string[]>()
  readonly failures = new Map<string, ConvertFailure>()

  constructor(seq: number) {
    this.seq = seq
  }
}

/**
 * message-data       =/ nz-number SP "CONVERTED" SP convert-correlator SP convert-msg-attrs
 * convert-correlator = "(" "TAG" SP tag-string ")"
 * convert-msg-attrs  = "(" convert-msg-att *(SP convert-msg-att) ")"   (RFC 5259 §10)
 */
export function readConverted(cursor: Cursor, number: number | undefined): ConvertedResponse {
  if (number === undefined) throw cursor.fail('CONVERTED follows the number of a message')
  let tag = ''
  cursor.list(() => {
    const name = cursor.word()
    cursor.sp()
    const value = cursor.astring()
    if (name === 'TAG') tag = value
  })
  cursor.sp()
  const converted = new Reading(number)
  cursor.list(() => readAttribute(cursor, converted))
  return { kind: 'untagged', type: 'X:CONVERTED', tag, converted }
}

/**
 * convert-msg-att = "UID" SP uniqueid / name section-convert ["<" number ">"] SP (value / converterror-phrase)
 */
function readAttribute(cursor: Cursor, into: Reading): void {
  const name = cursor.peekWord().toUpperCase()
  cursor.pos += name.length
  if (name === 'UID') {
    cursor.sp()
    into.uid = cursor.number() as Uid
    return
  }
  const section = readSection(cursor)
  const offset = readOrigin(cursor) ?? 0
  cursor.sp()
  if (isFailure(cursor)) into.failures.set(`${name}[${section}]`, readFailure(cursor))
  else if (name === 'BINARY') into.binary.set(section, { bytes: readBytes(cursor), offset })
  else if (name === 'BINARY.SIZE') into.sizes.set(section, cursor.size())
  // RFC 5259 §9 itself once writes BODYSTRUCTURE.
  else if (name === 'BODYPARTSTRUCTURE' || name === 'BODYSTRUCTURE') {
    into.structures.set(section, readBodyStructure(cursor))
  } else if (name === 'BODY') into.headers.set(section, readBytes(cursor))
  else if (name === 'AVAILABLECONVERSIONS') into.available.set(section, readTypes(cursor))
  else cursor.skipValue()
}

/** A part without content is as good as an empty one. */
function readBytes(cursor: Cursor): Uint8Array {
  return cursor.nbytes() ?? new Uint8Array()
}

/** mimetype-list = "(" "(" [quoted-to-mime-type *(SP quoted-to-mime-type)] ")" ")" */
function readTypes(cursor: Cursor): readonly string[] {
  return cursor.list(() => cursor.list(() => cursor.astring())).flat()
}

function isFailure(cursor: Cursor): boolean {
  return cursor.text.slice(cursor.pos, cursor.pos + 7).toUpperCase() === '(ERROR '
}

/**
 * converterror-phrase = "(" "ERROR" SP convert-err-descript SP convert-error-code ")"
 * convert-error-code  = "TEMPFAIL" [SP nz-number] / bad-params / missing-params
 */
function readFailure(cursor: Cursor): ConvertFailure {
  cursor.char('(')
  cursor.word()
  cursor.sp()
  const text = cursor.string()
  cursor.sp()
  const reason = cursor.word()
  cursor.skipSpaces()
  if (reason === 'TEMPFAIL') {
    const minutes = cursor.peek() === CLOSE ? undefined : cursor.number()
    cursor.skipSpaces()
    cursor.char(')')
    return { text, reason, ...(minutes === undefined ? {} : { minutes }), conversions: [] }
  }
  const withValues = reason === 'BADPARAMETERS'
  const conversions: BadConversion[] = []
  while (!cursor.tryChar(')')) {
    conversions.push(readFault(cursor, withValues))
    cursor.countItems()
    cursor.skipSpaces()
  }
  return { text, reason: withValues || reason === 'MISSINGPARAMETERS' ? reason : 'OTHER', conversions }
}

/**
 * bad-params     = "BADPARAMETERS" 1*(SP (quoted-from-mime-type / nil) SP mimetype-and-params)
 * missing-params = "MISSINGPARAMETERS" 1*(SP quoted-from-mime-type SP mimetype-and-missing-params)
 *
 * The examples of RFC 5259 §9 leave out the media types: then `from` is null and `to` empty.
 */
function readFault(cursor: Cursor, withValues: boolean): BadConversion {
  let from: string | null = null
  let to = ''
  if (cursor.peek() !== OPEN) {
    from = cursor.nstring()
    cursor.skipSpaces()
    to = cursor.string()
    cursor.skipSpaces()
  }
  const words = cursor.peek() === OPEN ? cursor.list(() => cursor.astring()) : []
  const step = withValues ? 2 : 1
  const parameters = new Map<string, string>()
  for (let i = 0; i < words.length; i += step) {
    parameters.set((words[i] as string).toUpperCase(), withValues ? (words[i + 1] ?? '') : '')
  }
  return { from, to, parameters }
}
