import {
  checkArray,
  checkObject,
  checkSaved,
  checkSet,
  checkString,
  usesUids,
  type MessageSet,
} from '../commands/checks.js'
import type { Collector, Command } from '../commands/command.js'
import { loggedIn, mailboxSelected } from '../commands/states.js'
import { ArgumentError, ResponseError } from '../model/errors.js'
import { responseError } from '../model/response-error.js'
import type { Tagged, Untagged } from '../model/response.js'
import type { Writer } from '../wire/writer.js'
import {
  readConversion,
  readConverted,
  type Conversion,
  type ConversionResponse,
  type Converted,
  type ConvertedResponse,
} from './convert-data.js'
import type { Extension } from './extension.js'

export type { Conversion, Converted, ConvertedBytes, ConvertFailure } from './convert-data.js'

/** A range of octets of a part, counted after the conversion. */
export interface ConvertRange {
  readonly part: string
  readonly offset: number
  readonly count: number
}

/** What to convert, and to what. Parts are named like `1.2`; `''` is the whole message. At least one of them is. */
export interface ConvertQuery {
  /** The media type, or null to let the server choose; null for `headers`. */
  readonly to: string | null
  /** Parameters of the conversion by name, such as `{ charset: 'utf-8' }`, which `headers` need (RFC 5259 §7). */
  readonly parameters?: Readonly<Record<string, string>> | undefined
  /** Parts whose converted content is wanted. */
  readonly binary?: readonly (string | ConvertRange)[] | undefined
  /** Parts whose size after the conversion is wanted; that may take the server as long as the conversion itself. */
  readonly sizes?: readonly string[] | undefined
  /** Parts whose structure after the conversion is wanted. */
  readonly structures?: readonly string[] | undefined
  /** Headers whose encoded words are converted: `HEADER`, `1.2.HEADER` or `1.2.MIME`. */
  readonly headers?: readonly string[] | undefined
  /** Parts of which the possible media types are wanted. */
  readonly available?: readonly string[] | undefined
}

/** CONVERT was refused: all of it failed. `converted` tells of each message why, as far as the server did. */
export class ConvertError extends ResponseError {
  readonly converted: readonly Converted[]

  constructor(base: ResponseError, converted: readonly Converted[]) {
    const failures = converted.flatMap((each) => [...each.failures.values()])
    const { command, retryable, text, responseCode } = base
    const isTemporary = responseCode?.name === 'TEMPFAIL' || failures.some((failure) => failure.reason === 'TEMPFAIL')
    const said = failures.map((failure) => failure.text).filter((each) => each !== '')
    super(base.status, [base.message, ...new Set(said)].join('; '), {
      command,
      retryable: retryable || isTemporary,
      text,
      responseCode,
    })
    this.converted = converted
    // It holds content of mail, which is not for logs.
    Object.defineProperty(this, 'converted', { enumerable: false })
  }

  static {
    this.prototype.name = 'ConvertError'
  }
}

const isConversion = (response: Untagged): response is ConversionResponse => response.type === 'X:CONVERSION'
const isConverted = (response: Untagged): response is ConvertedResponse => response.type === 'X:CONVERTED'

/** type-name "/" subtype-name   (RFC 6838 §4.2) */
const MEDIA_TYPE = /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}$/

/**
 * CONVERSIONS: asks which conversions the server can do (RFC 5259 §5.1).
 *
 * conversions-cmd = "CONVERSIONS" SP from-mime-type-req SP to-mime-type-req
 * mime-type-req   = "*" / (type-name "/" "*") / concrete-mime-type
 *
 * @throws ArgumentError for what is neither a media type nor one with `*`
 */
export function conversions(from = '*', to = '*'): Command<readonly Conversion[]> {
  for (const type of [from, to]) {
    checkString('A media type', type)
    if (type !== '*' && !MEDIA_TYPE.test(type.replace(/\/\*$/, '/x'))) {
      throw new ArgumentError('A media type to ask for is like image/png, image/* or *')
    }
  }
  return {
    name: 'CONVERSIONS',
    needs: 'CONVERT',
    states: loggedIn,
    traits: { answers: 'CONVERSION' },
    safe: true,
    encode: (w) => void w.sp().string(from).sp().string(to),
    collect: () => {
      const found: Conversion[] = []
      return {
        untagged: (response) => {
          if (!isConversion(response)) return false
          found.push(response.conversion)
          return true
        },
        done: () => found,
      }
    },
  }
}

/**
 * CONVERT, or UID CONVERT: lets the server convert parts of messages (RFC 5259 §6). Never sets `\Seen`.
 *
 * convert        = "CONVERT" SP sequence-set SP convert-params SP (convert-att / "(" convert-att *(SP convert-att) ")")
 * convert-params = "(" (quoted-to-mime-type / "NIL") [SP "(" transcoding-params ")"] ")"
 *
 * @throws ArgumentError for what is no media type, no part, or asks for nothing; the call rejects with ConvertError
 *   when all conversions failed
 */
export function convert(set: MessageSet, query: ConvertQuery): Command<readonly Converted[]> {
  checkSet(set)
  const items = itemsOf(query)
  const parameters = Object.entries(query.parameters ?? {})
  for (const [name, value] of parameters) {
    if (name === '') throw new ArgumentError('A parameter of a conversion has a name')
    checkString('A parameter of a conversion', value)
  }
  checkTarget(query)
  const byUid = usesUids(set)
  const name = byUid ? 'UID CONVERT' : 'CONVERT'
  return {
    name,
    needs: 'CONVERT',
    states: mailboxSelected,
    traits: { answers: 'CONVERTED', seqArgs: !byUid, noExpunge: !byUid },
    safe: true,
    encode: (w, context) => {
      checkSaved(context, set)
      w.sp().set(set).sp().open()
      if (query.to === null) w.word('NIL')
      else w.string(query.to)
      if (parameters.length > 0) w.sp().list(parameters, ([key, value]) => w.string(key).sp().string(value))
      w.close().sp()
      if (items.length === 1) for (const write of items) write(w)
      else w.list(items, (write) => write(w))
    },
    collect: ({ tag }) => collectConverted(name, tag),
  }
}

/** The tag in the answers tells whose they are (RFC 5259 §8.1). */
function collectConverted(name: string, tag: string): Collector<readonly Converted[]> {
  const found: Converted[] = []
  return {
    untagged: (response) => {
      if (!isConverted(response) || response.tag.toUpperCase() !== tag.toUpperCase()) return false
      found.push(response.converted)
      return true
    },
    done: () => found,
    refused: (tagged: Tagged) => new ConvertError(responseError(name, tagged), found),
  }
}

/** The headers are converted by charset alone (RFC 5259 §6). */
function checkTarget({ to, parameters = {}, headers = [] }: ConvertQuery): void {
  const given: unknown = to
  if (given !== null && (typeof given !== 'string' || !MEDIA_TYPE.test(given))) {
    throw new ArgumentError('to is a media type such as text/plain, or null to let the server choose')
  }
  if (headers.length === 0) return
  const hasCharset = Object.keys(parameters).some((name) => name.toLowerCase() === 'charset')
  if (to !== null || !hasCharset) {
    throw new ArgumentError("Headers are converted with to: null and a charset: { charset: 'utf-8' }")
  }
}

type WriteItem = (w: Writer) => void

/**
 * convert-att = "BODYPARTSTRUCTURE" section-convert / "BINARY" section-convert [partial] /
 *               "BINARY.SIZE" section-convert / "BODY[HEADER]" / "BODY[" section-part ".HEADER]" /
 *               "BODY[" section-part ".MIME]" / "AVAILABLECONVERSIONS" section-convert
 *
 * A structure comes before the content, so that the server tells it first (RFC 5259 §8.2). The UID comes by itself.
 */
function itemsOf(query: ConvertQuery): readonly WriteItem[] {
  checkObject('What to convert', query)
  const { binary = [], sizes = [], structures = [], headers = [], available = [] } = query
  for (const list of [binary, sizes, structures, headers, available]) checkArray('A list of parts', list)
  const plain = (name: string, parts: readonly string[]): WriteItem[] =>
    parts.map((part) => {
      checkPart(part)
      return (w) => void w.word(name).section(part)
    })
  const items = [
    ...plain('AVAILABLECONVERSIONS', available),
    ...plain('BINARY.SIZE', sizes),
    ...plain('BODYPARTSTRUCTURE', structures),
    ...binary.map(binaryItem),
    ...headers.map(headerItem),
  ]
  if (items.length === 0) {
    throw new ArgumentError('CONVERT needs something to convert: binary, sizes, structures, headers or available')
  }
  return items
}

function binaryItem(given: string | ConvertRange): WriteItem {
  if (typeof given === 'string') {
    checkPart(given)
    return (w) => void w.word('BINARY').section(given)
  }
  checkObject('A range of a part', given)
  const { part, offset, count } = given
  checkPart(part)
  const isRange = Number.isSafeInteger(offset) && offset >= 0 && Number.isSafeInteger(count) && count > 0
  if (!isRange) throw new ArgumentError('A range of a part has an offset from 0 and a count from 1')
  return (w) => void w.word('BINARY').section(part).partial(offset, count)
}

function headerItem(header: string): WriteItem {
  if (typeof header !== 'string' || !/^(?:HEADER|[1-9][0-9]*(?:\.[1-9][0-9]*)*\.(?:HEADER|MIME))$/i.test(header)) {
    throw new ArgumentError('A header to convert is HEADER, 1.2.HEADER or 1.2.MIME')
  }
  return (w) => void w.word('BODY').section(header.toUpperCase())
}

/** section-part = nz-number *("." nz-number) */
function checkPart(part: string): void {
  if (typeof part !== 'string' || !/^(?:[1-9][0-9]*(?:\.[1-9][0-9]*)*)?$/.test(part)) {
    throw new ArgumentError('A part to convert is its number, such as 1.2')
  }
}

/** CONVERT: parts in another media type, made by the server (RFC 5259). */
export const convertExtension: Extension = {
  capability: 'CONVERT',
  spec: [5259],
  summary: 'Lets the server convert parts of messages to other media types, sizes and charsets.',
  usage: "mailbox.convert(uid, { to: 'image/jpeg', parameters: { 'pix-x': '128' }, binary: ['2'] })",
  examples: ['rfc5259.txt'],
  tested: ['embedded', 'transcript'],
  untagged: { CONVERSION: readConversion, CONVERTED: readConverted },
}
