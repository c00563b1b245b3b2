import type { StoredMessage } from '../store/message.js'
import { field, parameterized, parseHeader, type Header, type Parameterized } from './headers.js'

/** One part of a message, as indexes into its binary text (RFC 2045, RFC 2046). */
export interface Part {
  readonly type: string
  readonly subtype: string
  readonly contentType: Parameterized
  readonly header: Header
  /** Where the header starts. */
  readonly start: number
  readonly bodyStart: number
  readonly bodyEnd: number
  /** Parts of a multipart. */
  readonly children: readonly Part[]
  /** The message inside message/rfc822 or message/global. */
  readonly message: Part | null
}

/** Parts deeper than this are taken as they are. */
const MAX_DEPTH = 60
/** Parts of one multipart beyond this are left out. */
const MAX_PARTS = 10_000

/** A message, its text and its structure. */
export interface Parsed {
  /** The octets, one char each. */
  readonly text: string
  readonly root: Part
}

const cache = new WeakMap<StoredMessage, Parsed>()
const recent: StoredMessage[] = []

/** The structure of a message; that of the last few is kept, since clients ask for piece after piece. */
export function parsed(message: StoredMessage): Parsed {
  const known = cache.get(message)
  if (known !== undefined) return known
  const text = message.raw.toString('latin1')
  const result = { text, root: parsePart(text, 0, text.length, ['text', 'plain'], 0) }
  cache.set(message, result)
  recent.push(message)
  if (recent.length > 16) {
    const oldest = recent.shift()
    if (oldest !== undefined) cache.delete(oldest)
  }
  return result
}

/** Parses the part that stands from `start` to `end`. */
export function parsePart(
  text: string,
  start: number,
  end: number,
  fallback: readonly [type: string, subtype: string] = ['text', 'plain'],
  depth = 0,
): Part {
  const header = parseHeader(text, start, end)
  const contentType = parameterized(field(header, 'content-type') ?? '')
  const match = /^([^\s/]+)\s*\/\s*([^\s/]+)$/.exec(contentType.value)
  // A type that makes no sense is text/plain (RFC 2045 §5.2).
  const [type, subtype] = match === null ? fallback : [match[1] as string, match[2] as string]
  const base = { type, subtype, contentType, header, start, bodyStart: header.end, bodyEnd: end }
  const kind = type.toLowerCase()
  if (depth < MAX_DEPTH && kind === 'multipart') {
    const boundary = contentType.parameters.find(([name]) => name.toLowerCase() === 'boundary')?.[1]
    const inside = subtype.toLowerCase() === 'digest' ? (['message', 'rfc822'] as const) : (['text', 'plain'] as const)
    const regions = boundary ? splitParts(text, header.end, end, boundary) : []
    const children = regions.map(([from, to]) => parsePart(text, from, to, inside, depth + 1))
    return { ...base, children, message: null }
  }
  if (depth < MAX_DEPTH && kind === 'message' && isMessage(subtype, header)) {
    return { ...base, children: [], message: parsePart(text, header.end, end, ['text', 'plain'], depth + 1) }
  }
  return { ...base, children: [], message: null }
}

function isMessage(subtype: string, header: Header): boolean {
  // One that is encoded cannot be looked into (RFC 2046 §5.2.1 forbids it for rfc822).
  const encoding = (field(header, 'content-transfer-encoding') ?? '7bit').toLowerCase()
  return /^(rfc822|global)$/i.test(subtype) && /^(7bit|8bit|binary)$/.test(encoding)
}

/** The regions between the delimiter lines; the line end ahead of a delimiter belongs to it (RFC 2046 §5.1.1). */
function splitParts(text: string, start: number, end: number, boundary: string): [from: number, to: number][] {
  const delimiter = `--${boundary}`
  const regions: [number, number][] = []
  let open = -1
  for (let at = text.indexOf(delimiter, start); at >= 0 && at < end; at = text.indexOf(delimiter, at + 1)) {
    if (at > start && text.charCodeAt(at - 1) !== 10) continue
    const lineEnd = text.indexOf('\n', at)
    const behind = text.slice(at + delimiter.length, lineEnd < 0 || lineEnd > end ? end : lineEnd)
    const closing = behind.startsWith('--')
    // Another boundary may begin like this one.
    if (!closing && behind.trim() !== '') continue
    if (open >= 0) regions.push([open, Math.max(open, beforeLineEnd(text, at))])
    open = lineEnd < 0 || lineEnd >= end ? end : lineEnd + 1
    if (closing || regions.length >= MAX_PARTS) return regions
  }
  // The closing delimiter is missing: the last part goes to the end.
  if (open >= 0 && open < end) regions.push([open, end])
  return regions
}

function beforeLineEnd(text: string, at: number): number {
  return text.charCodeAt(at - 2) === 13 ? at - 2 : at - 1
}

/** The part of a number such as `1.2`, or null. `[]` is the message itself. */
export function findPart(root: Part, numbers: readonly number[]): Part | null {
  let part: Part | null = root
  numbers.forEach((number, level) => {
    if (part === null) return
    // A number below message/rfc822 counts in the message inside (RFC 9051 §6.4.5.1).
    const container: Part = level > 0 && part.message !== null ? part.message : part
    if (container.type.toLowerCase() === 'multipart') part = container.children[number - 1] ?? null
    // What is no multipart has one part, number 1, which is its body.
    else part = number === 1 && (level === 0 || container !== part) ? container : null
  })
  return part
}
