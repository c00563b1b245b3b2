import { structure } from '../fetch/structure.js'
import { decodeBody, decodeText } from '../mime/decode.js'
import { field } from '../mime/headers.js'
import { findPart, parsed, parsePart, type Part } from '../mime/part.js'
import type { StoredMessage } from '../store/message.js'
import { quoted, string, utf8Octets } from '../syntax.js'
import { encode, encoderOf, htmlToText } from './convert-text.js'

/** What the embedded server converts, by media types in lower case. */
export const CONVERSIONS: readonly (readonly [from: string, to: string])[] = [
  ['text/plain', 'text/plain'],
  ['text/html', 'text/plain'],
  ['text/html', 'text/html'],
]

/** The parameters that all of these take (RFC 5259 §7.1). */
export const PARAMETERS = ['charset', 'unknown-character-replacement'] as const

/** What a CONVERT asks for; `to` is null for the default conversion. */
export interface Wanted {
  /** As sent. */
  readonly to: string | null
  readonly parameters: readonly (readonly [name: string, value: string])[]
}

/** A part, converted. */
export interface Converted {
  readonly bytes: Buffer
  readonly to: string
  readonly charset: string
}

/** converterror-phrase = "(" "ERROR" SP convert-err-descript SP convert-error-code ")" */
export class ConversionError extends Error {
  /** The phrase as it stands in an answer. */
  readonly phrase: string

  constructor(text: string, from: string | null, to: string, parameters: Wanted['parameters'] = []) {
    super(text)
    const pairs = parameters.flat().map((each) => string(utf8Octets(each), false))
    const shown = pairs.length === 0 ? '' : ` (${pairs.join(' ')})`
    const source = from === null ? 'NIL' : quoted(from)
    this.phrase = `(ERROR ${quoted(text)} BADPARAMETERS ${source} ${quoted(to)}${shown})`
  }

  static {
    this.prototype.name = 'ConversionError'
  }
}

/** The media types that a part can be converted to, under these parameters. @throws ConversionError */
export function targetsOf(message: StoredMessage, numbers: readonly number[], wanted: Wanted): readonly string[] {
  const from = typeOf(partAt(message, numbers, wanted))
  const targets = CONVERSIONS.filter(([source]) => source === from).map(([, to]) => to)
  const found = wanted.to === null ? targets : targets.filter((to) => to === wanted.to?.toLowerCase())
  if (found.length === 0) throw new ConversionError('There is no such conversion', from, wanted.to ?? from)
  checkParameters(from, found[0] as string, wanted)
  return found
}

/** Converts a part. @throws ConversionError */
export function convert(message: StoredMessage, numbers: readonly number[], wanted: Wanted): Converted {
  const [to] = targetsOf(message, numbers, wanted) as readonly [string]
  const part = partAt(message, numbers, wanted)
  const from = typeOf(part)
  const octets = decodeBody(
    message.raw.subarray(part.bodyStart, part.bodyEnd),
    field(part.header, 'content-transfer-encoding') ?? '7bit',
  )
  if (octets === null) throw new ConversionError('The transfer encoding is not known', from, to)
  const source = decodeText(octets, part.contentType.parameters.find(([name]) => /^charset$/i.test(name))?.[1])
  const text = from === 'text/html' && to === 'text/plain' ? htmlToText(source) : source
  const { encoder, replacement } = checkParameters(from, to, wanted)
  const bytes = encode(text, encoder, replacement)
  if (bytes === null) {
    throw new ConversionError(`The text cannot be written in ${encoder.charset}`, from, to, wanted.parameters)
  }
  return { bytes, to, charset: encoder.charset }
}

/** body of a converted part (RFC 5259 §8.2): without transfer encoding, as it is sent. */
export function structureOf({ bytes, to, charset }: Converted): string {
  const header = `Content-Type: ${to}; charset=${charset}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n`
  const text = header + bytes.toString('latin1')
  return structure({ text }, parsePart(text, 0, text.length), { extended: true, utf8: false })
}

/** All parameters must make sense: the charset to write, and what stands for characters that it has not. */
export function checkParameters(from: string | null, to: string, { parameters }: Wanted) {
  const odd = parameters.filter(([name]) => !PARAMETERS.some((each) => each === name.toLowerCase()))
  if (odd.length > 0) throw new ConversionError('These parameters are not known', from, to, odd)
  const value = (name: string): string | null => parameters.find((each) => each[0].toLowerCase() === name)?.[1] ?? null
  const charset = value('charset') ?? 'utf-8'
  const encoder = encoderOf(charset)
  if (encoder === null) {
    throw new ConversionError('The charset is not known', from, to, [['charset', charset]])
  }
  const replacement = value('unknown-character-replacement')
  if (replacement !== null && encode(replacement, encoder, null) === null) {
    throw new ConversionError('The replacement is not in the charset', from, to, parameters)
  }
  return { encoder, replacement }
}

function partAt(message: StoredMessage, numbers: readonly number[], wanted: Wanted): Part {
  const part = findPart(parsed(message).root, numbers)
  if (part === null) throw new ConversionError('There is no such part', null, wanted.to ?? 'text/plain')
  return part
}

function typeOf({ type, subtype }: Part): string {
  return `${type}/${subtype}`.toLowerCase()
}
