import { decodeBody, decodeText, decodeWords } from '../mime/decode.js'
import { field, unfold } from '../mime/headers.js'
import type { Parsed, Part } from '../mime/part.js'

/** Whether a text holds what is looked for. */
export type Holds = (text: string) => boolean

/** The octets of a header value as text: unfolded, encoded words decoded. */
export function headerText(octets: string): string {
  return decodeWords(unfold(octets))
}

/**
 * Whether the decoded text of a message holds something: all its text parts and the messages attached to it, with TEXT
 * also its header (RFC 9051 §6.4.4).
 */
export function bodyContains({ text, root }: Parsed, holds: Holds, withHeader: boolean): boolean {
  return partContains(text, root, holds, withHeader)
}

function partContains(text: string, part: Part, holds: Holds, withHeader: boolean): boolean {
  if (withHeader && headerContains(part, holds)) return true
  if (part.message !== null) return partContains(text, part.message, holds, true)
  if (part.type.toLowerCase() === 'multipart') {
    // MIME headers of parts are not part of their text.
    return part.children.some((child) => partContains(text, child, holds, false))
  }
  if (part.type.toLowerCase() !== 'text') return false
  const encoding = field(part.header, 'content-transfer-encoding') ?? '7bit'
  const octets = decodeBody(Buffer.from(text.slice(part.bodyStart, part.bodyEnd), 'latin1'), encoding)
  const charset = part.contentType.parameters.find(([name]) => name.toLowerCase() === 'charset')?.[1]
  // What cannot be decoded is searched as it stands there.
  return holds(decodeText(octets ?? Buffer.from(text.slice(part.bodyStart, part.bodyEnd), 'latin1'), charset))
}

function headerContains({ header }: Part, holds: Holds): boolean {
  return header.fields.some(({ name, value }) => holds(`${name}: ${headerText(value)}`))
}
