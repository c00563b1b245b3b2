import type { Arguments } from '../arguments.js'
import type { Feature } from '../feature.js'
import type { FetchItem } from '../fetch/item.js'
import { decodeBody, decodeText } from '../mime/decode.js'
import { field } from '../mime/headers.js'
import { parsed, type Part } from '../mime/part.js'
import { Extra } from '../store/extra.js'
import type { StoredMessage } from '../store/message.js'
import { nstring, utf8Octets } from '../syntax.js'

/** Characters of a preview (RFC 8970 §3.3: SHOULD 200, MUST NOT be more than 256). */
const LENGTH = 200
/** Octets from which on a preview takes its time: with LAZY it is told only when somebody has asked without. */
const SLOW = 64 * 1024

/** The previews that have been made. */
const made = new Extra<StoredMessage, string | null>(() => null)

function previewOf(message: StoredMessage): string {
  const known = made.get(message)
  if (known !== null) return known
  const { text, root } = parsed(message)
  const part = firstText(root)
  const preview = part === null ? '' : shorten(plainText(text, part))
  made.set(message, preview)
  return preview
}

/** The first part that people read; null where there is none, as in what is encrypted. */
function firstText(part: Part): Part | null {
  if (part.message !== null) return firstText(part.message)
  const type = part.type.toLowerCase()
  if (type === 'text') return /^(plain|html|enriched)$/i.test(part.subtype) ? part : null
  if (type !== 'multipart' || part.subtype.toLowerCase() === 'encrypted') return null
  for (const child of part.children) {
    const found = firstText(child)
    if (found !== null) return found
  }
  return null
}

/** The text of a part, decoded and without markup. */
function plainText(text: string, part: Part): string {
  const octets = Buffer.from(text.slice(part.bodyStart, part.bodyEnd), 'latin1')
  const body = decodeBody(octets, field(part.header, 'content-transfer-encoding') ?? '7bit')
  if (body === null) return ''
  const charset = part.contentType.parameters.find(([name]) => name.toLowerCase() === 'charset')?.[1]
  // A preview needs no more, and markup is taken out of no more.
  const decoded = decodeText(body.subarray(0, 16 * 1024), charset)
  return part.subtype.toLowerCase() === 'plain' ? decoded : withoutMarkup(decoded)
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

function withoutMarkup(text: string): string {
  return text
    .replace(/<(script|style|head|title)\b[^>]*>[\s\S]*?<\/\1\s*>|<!--[\s\S]*?-->/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(amp|lt|gt|quot|apos|nbsp);/gi, (_, name: string) => ENTITIES[name.toLowerCase()] as string)
}

/** White space joined, and no more characters than a preview has. */
function shorten(text: string): string {
  const words = text
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  return [...words].slice(0, LENGTH).join('').trimEnd()
}

/** ["(" preview-mod *(SP preview-mod) ")"]: what else stands in parentheses here belongs to FETCH. */
function readLazy(args: Arguments): boolean {
  if (!/^ \(LAZY[ )]/i.test(args.text.slice(args.pos, args.pos + 7))) return false
  args.sp()
  args.list(() => {
    if (!args.takeWord('LAZY')) throw args.expected('LAZY')
  })
  return true
}

/** fetch-att =/ "PREVIEW" [SP "(" preview-mod *(SP preview-mod) ")"] */
function read(args: Arguments): FetchItem {
  const lazy = readLazy(args)
  return {
    label: 'PREVIEW',
    write(out, message, { utf8 }) {
      const late = lazy && message.size > SLOW && made.get(message) === null
      out.text(`PREVIEW ${nstring(late ? null : utf8Octets(previewOf(message)), utf8)}`)
    },
  }
}

/** PREVIEW (RFC 8970). */
export const previewFeature: Feature = {
  capabilities: ['PREVIEW'],
  fetchItems: { PREVIEW: { needs: ['PREVIEW'], read } },
}
