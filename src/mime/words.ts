import { Buffer, isUtf8 } from 'node:buffer'
import { createRequire } from 'node:module'
import type Libmime from 'libmime'

type Decoder = Pick<typeof Libmime, 'decodeWord' | 'decodeWords'>

/** Octets of one header text beyond which encoded words stay as they are: it bounds the work a server can ask for. */
const MAX_ENCODED = 64 * 1024
/** Segments of one continued parameter (RFC 2231 §3) that are joined; more of them are left out. */
const MAX_SEGMENTS = 1000
/** What windows-1252 has at 0x80 to 0x9F; the five holes keep their control character. */
const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

let loaded: Decoder | undefined

/** Loads libmime when it is needed first: that costs tens of milliseconds, and much mail needs it never. */
function decoder(): Decoder {
  loaded ??= createRequire(import.meta.url)('libmime') as Decoder
  return loaded
}

/**
 * Turns octets, one character each, into text: as UTF-8 where they are valid UTF-8, else as windows-1252, which
 * agrees with latin1 on all that latin1 can show.
 */
export function decodeOctets(raw: string): string {
  for (let i = 0; i < raw.length; i++) {
    if (raw.charCodeAt(i) >= 0x80) return decodeHighOctets(raw)
  }
  return raw
}

function decodeHighOctets(raw: string): string {
  const octets = Buffer.from(raw, 'latin1')
  if (isUtf8(octets)) return octets.toString('utf8')
  let text = ''
  let start = 0
  for (let i = 0; i < raw.length; i++) {
    const code = raw.charCodeAt(i)
    if (code < 0x80 || code > 0x9f) continue
    text += raw.slice(start, i) + WINDOWS_1252.charAt(code - 0x80)
    start = i + 1
  }
  return text + raw.slice(start)
}

/**
 * Decodes unstructured header text (RFC 2047): encoded words, 8-bit octets, folding. Never throws.
 *
 * @param raw - the text as it came, one character per octet
 */
export function decodeWords(raw: string): string {
  // One scan decides that nothing is to be done, which is the rule.
  for (let i = 0; i < raw.length; i++) {
    const code = raw.charCodeAt(i)
    if (code >= 0x80 || code === 0x0a || code === 0x0d || (code === 0x3d && raw.charCodeAt(i + 1) === 0x3f)) {
      return decodeWordsSlowly(raw)
    }
  }
  return raw
}

function decodeWordsSlowly(raw: string): string {
  const text = unfold(decodeOctets(raw))
  if (!text.includes('=?') || text.length > MAX_ENCODED) return text
  try {
    return decoder().decodeWords(text)
  } catch {
    // A charset converter that fails on hostile input must not cost the message: the text stays encoded.
    return text
  }
}

/** Undoes folding (RFC 5322 §2.2.3); a line break that is no folding becomes a space. */
function unfold(text: string): string {
  if (!text.includes('\n') && !text.includes('\r')) return text
  return text.replace(/\r?\n(?=[ \t])/g, '').replace(/[\r\n]+/g, ' ')
}

interface Segment {
  readonly index: number
  readonly extended: boolean
  readonly value: string
}

/**
 * Decodes the parameters of a Content-Type or Content-Disposition: names in lower case; continuations and charsets
 * of RFC 2231 resolved; encoded words, which many senders put there, decoded too. Never throws.
 *
 * @param pairs - names and values as they came, one character per octet
 */
export function decodeParameters(pairs: readonly (readonly [name: string, value: string])[]): Map<string, string> {
  const parameters = new Map<string, string>()
  let extended: Map<string, Segment[]> | undefined
  for (const [rawName, value] of pairs) {
    const name = rawName.toLowerCase()
    const star = name.indexOf('*')
    if (star < 1) {
      parameters.set(name, decodeWords(value))
      continue
    }
    extended ??= new Map<string, Segment[]>()
    addSegment(extended, name, star, value)
  }
  // The extended form wins over the plain one, which is there for readers that know no better.
  if (extended !== undefined) for (const [name, segments] of extended) parameters.set(name, joinSegments(segments))
  return parameters
}

/**
 * regular-parameter-name = attribute [section]
 * section = "*" 1*DIGIT ; extended-parameter names end in a further "*"   (RFC 2231 §7)
 */
function addSegment(extended: Map<string, Segment[]>, name: string, star: number, value: string): void {
  const tail = name.slice(star + 1)
  const digits = tail.endsWith('*') ? tail.slice(0, -1) : tail
  const index = Number(digits.slice(0, 6))
  const segment = { index: Number.isInteger(index) ? index : 0, extended: tail === '' || tail.endsWith('*'), value }
  const base = name.slice(0, star)
  const known = extended.get(base)
  if (known === undefined) extended.set(base, [segment])
  else if (known.length < MAX_SEGMENTS) known.push(segment)
}

/** extended-initial-value = [charset] "'" [language] "'" extended-other-values */
function joinSegments(segments: Segment[]): string {
  segments.sort((a, b) => a.index - b.index)
  let charset: string | undefined
  let joined = ''
  for (const [position, segment] of segments.entries()) {
    let value = segment.value
    if (position === 0 && segment.extended) {
      const first = value.indexOf("'")
      const second = first < 0 ? -1 : value.indexOf("'", first + 1)
      if (second >= 0) {
        charset = value.slice(0, first)
        value = value.slice(second + 1)
      }
    }
    joined += segment.extended ? unescapePercent(value) : value
  }
  return charset === undefined ? decodeWords(joined) : decodeCharset(joined, charset)
}

function unescapePercent(value: string): string {
  return value.includes('%')
    ? value.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
    : value
}

/** Decodes octets, one character each, by the charset that the sender named. */
function decodeCharset(octets: string, charset: string): string {
  const name = charset.toLowerCase()
  if (name === '' || name === 'utf-8' || name === 'us-ascii') return unfold(decodeOctets(octets))
  if (octets.length > MAX_ENCODED) return unfold(decodeOctets(octets))
  try {
    // Base64 carries any octet through libmime's word decoder unharmed.
    return unfold(decoder().decodeWord(charset, 'B', Buffer.from(octets, 'latin1').toString('base64')))
  } catch {
    return unfold(decodeOctets(octets))
  }
}
