import type { Arguments } from '../arguments.js'
import { cut } from '../fetch/section.js'
import { structure } from '../fetch/structure.js'
import { decodeBody } from '../mime/decode.js'
import { field } from '../mime/headers.js'
import { parsed, parsePart, type Part } from '../mime/part.js'
import { bad } from '../refusal.js'
import type { Session } from '../session.js'
import type { StoredMessage } from '../store/message.js'
import { literal } from '../syntax.js'
import { octetsOf, partOf, type MessageUrl } from '../url.js'

const PARAMETERS = ['BODYPARTSTRUCTURE', 'BINARY', 'BODY'] as const

/** What is wanted of a URL (RFC 5524 §3.1). */
export type UrlParameter = (typeof PARAMETERS)[number]

/** *(SP url-fetch-param): each once, and not both BINARY and BODY. @throws Refusal */
export function readParameters(args: Arguments): readonly UrlParameter[] {
  const found = new Set<UrlParameter>()
  while (args.take(' ')) {
    const parameter = PARAMETERS.find((each) => args.takeWord(each))
    if (parameter === undefined) throw args.expected('BODYPARTSTRUCTURE, BINARY or BODY')
    if (found.has(parameter)) throw bad(`${parameter} is asked for twice`)
    found.add(parameter)
  }
  if (found.has('BINARY') && found.has('BODY')) throw bad('BINARY and BODY exclude each other')
  // The structure comes first, as in the examples of §4.
  return PARAMETERS.filter((each) => found.has(each))
}

/** A part without its transfer encoding: itself where it has none; null when it cannot be decoded. */
function decoded(message: StoredMessage, part: Part): Buffer | null {
  const bytes = message.raw.subarray(part.bodyStart, part.bodyEnd)
  if (part.children.length > 0 || part.message !== null) return bytes
  return decodeBody(bytes, field(part.header, 'content-transfer-encoding') ?? '7bit')
}

/** body of a part: as it is, or as it is once it has been decoded. */
function structureOf(message: StoredMessage, part: Part, decodes: boolean, utf8: boolean): string {
  const whole = parsed(message)
  const bytes = decodes ? decoded(message, part) : null
  // What cannot be decoded is described as it is (§4).
  if (bytes === null || part.children.length > 0 || part.message !== null) {
    return structure(whole, part, { extended: false, utf8 })
  }
  const kept = part.header.fields.filter(({ key }) => key !== 'content-transfer-encoding').map(({ raw }) => raw)
  const text = `${kept.join('')}Content-Transfer-Encoding: binary\r\n\r\n${bytes.toString('latin1')}`
  return structure({ text }, parsePart(text, 0, text.length), { extended: false, utf8 })
}

/** nstring, or literal8 where there is a NUL. */
function data(bytes: Buffer | null, binary: boolean): string {
  if (bytes === null) return 'NIL'
  if (bytes.length === 0) return '""'
  const text = bytes.toString('latin1')
  return binary && bytes.includes(0) ? `~{${bytes.length}}\r\n${text}` : literal(text)
}

/** Writes what a URL names: urldata-simple, or urldata-ext with parameters; NIL for what is not there. */
export function writeData(
  session: Session,
  message: StoredMessage,
  url: MessageUrl,
  parameters: readonly UrlParameter[],
): void {
  const { out, utf8 } = session
  const bytes = octetsOf(message, url)
  const part = partOf(message, url)
  // A header or a text has no structure of its own.
  if (bytes === null || (part === null && parameters.includes('BODYPARTSTRUCTURE'))) {
    out.text('NIL')
    return
  }
  if (parameters.length === 0) {
    out.text(data(bytes, false))
    return
  }
  // The whole message and its header have no transfer encoding to undo.
  const decodes = part !== null && url.section.numbers.length > 0 && parameters.includes('BINARY')
  const elements = parameters.map((parameter) => {
    if (parameter === 'BODY') return `(BODY ${data(bytes, false)})`
    if (parameter === 'BINARY') return `(BINARY ${data(decodes ? content(message, part, url) : bytes, true)})`
    return `(BODYPARTSTRUCTURE ${part === null ? 'NIL' : structureOf(message, part, decodes, utf8)})`
  })
  out.text(elements.join(' '))
}

/** The octets of a URL without transfer encoding, null when that is not known. */
function content(message: StoredMessage, part: Part, url: MessageUrl): Buffer | null {
  const whole = decoded(message, part)
  return whole === null ? null : cut(whole, url.partial)
}
