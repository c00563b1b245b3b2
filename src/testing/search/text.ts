import { decodeBody, decodeText, decodeWords } from '../mime/decode.js'
import { field, unfold } from '../mime/headers.js'
import type { Parsed, Part } from '../mime/part.js'

/** The form in which texts are compared: composed, without regard to case. */
export function comparable(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}

/** The octets of a header value as text: unfolded, encoded words decoded. */
export function headerText(octets: string): string {
  return decodeWords(unfold(octets))
}

/**
 * Whether the decoded text of a message holds `wanted`: all its text parts and the messages attached to it, with TEXT
 * also its header (RFC 9051 §6.4.4).
 */
export function bodyContains({ text, root }: Parsed, wanted: string, withHeader: boolean): boolean {
  return partContains(text, root, wanted, withHeader)
}

function partContains(text: string, part: Part, wanted: string, withHeader: boolean): boolean {
  if (withHeader && headerContains(part, wanted)) return true
  if (part.message !== null) return partContains(text, part.message, wanted, true)
  if (part.type.toLowerCase() === 'multipart') {
    // MIME headers of parts are not part of their text.
    return part.children.some((child) => partContains(text, child, wanted, false))
  }
  if (part.type.toLowerCase() !== 'text') return false
  const encoding = field(part.header, 'content-transfer-encoding') ?? '7bit'
  const octets = decodeBody(Buffer.from(text.slice(part.bodyStart, part.bodyEnd), 'latin1'), encoding)
  const charset = part.contentType.parameters.find(([name]) => name.toLowerCase() === 'charset')?.[1]
  // What cannot be decoded is searched as it stands there.
  const decoded = decodeText(octets ?? Buffer.from(text.slice(part.bodyStart, part.bodyEnd), 'latin1'), charset)
  return comparable(decoded).includes(wanted)
}

function headerContains({ header }: Part, wanted: string): boolean {
  return header.fields.some(({ name, value }) => comparable(`${name}: ${headerText(value)}`).includes(wanted))
}
