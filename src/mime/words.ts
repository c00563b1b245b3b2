import { Buffer, isUtf8 } from 'node:buffer'
import { createRequire } from 'node:module'
import type Libmime from 'libmime'
import { Memo } from './memo.js'

/** Octets in another charset than UTF-8 and latin1 that are converted: it bounds the work a server can ask for. */
const MAX_CONVERTED = 64 * 1024
/** Segments of one continued parameter (RFC 2231 §3) that are joined; more of them are left out. */
const MAX_SEGMENTS = 1000
/** Longest name of a charset with its language. */
const MAX_CHARSET = 80
const SPACE = 0x20
const EQUALS = 0x3d
const UNDERSCORE = 0x5f

/** What windows-1252 has at 0x80 to 0x9F; the five holes keep their control character. */
const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

/** One native search decides that there is nothing to do, which is the rule. */
const HIGH = /[\x80-\xff]/
const TO_DECODE = /[\x80-\xff\n\r]|=\?/

let loaded: Pick<typeof Libmime, 'decodeWord'> | undefined

/**
 * Converts octets, one character each, by libmime. It is loaded when it is needed first: that costs tens of
 * milliseconds, and mail in UTF-8 or latin1 never needs it.
 */
function convert(octets: string, charset: string): string {
  if (octets.length > MAX_CONVERTED) return decodeOctets(octets)
  try {
    loaded ??= createRequire(import.meta.url)('libmime') as typeof Libmime
    // Base64 carries any octet through the decoder of words unharmed.
    return loaded.decodeWord(charset, 'B', Buffer.from(octets, 'latin1').toString('base64'))
  } catch {
    // A converter that fails on hostile input must not cost the message.
    return decodeOctets(octets)
  }
}

/**
 * Turns octets, one character each, into text: as UTF-8 where they are valid UTF-8, else as windows-1252, which
 * agrees with latin1 on all that latin1 can show.
 */
export function decodeOctets(raw: string): string {
  return HIGH.test(raw) ? decodeHighOctets(raw) : raw
}

function decodeHighOctets(raw: string): string {
  const octets = Buffer.from(raw, 'latin1')
  return isUtf8(octets) ? octets.toString('utf8') : decodeWindows1252(raw)
}

function decodeWindows1252(raw: string): string {
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
  return TO_DECODE.test(raw) ? decodeWordsSlowly(raw) : raw
}

/** Longest name that is remembered. */
const MAX_NAME = 200
const names = new Memo<string>()

/** Decodes a display name as {@link decodeWords} does; one with encoded words only once, since few people write most mail. */
export function decodeName(raw: string): string {
  if (raw.length > MAX_NAME || !raw.startsWith('=?')) return decodeWords(raw)
  return names.get(raw) ?? names.add(raw, decodeWords)
}

interface Word {
  readonly charset: string
  octets: string
  readonly end: number
}

/**
 * encoded-word = "=?" charset "?" encoding "?" encoded-text "?="   (RFC 2047 §2)
 *
 * Space between two words goes away, and words of one charset are decoded together, since senders cut characters in two.
 */
function decodeWordsSlowly(raw: string): string {
  const text = unfold(raw)
  let decoded = ''
  let pending: Word | undefined
  let plainFrom = 0
  for (let at = text.indexOf('=?'); at >= 0; at = text.indexOf('=?', at)) {
    const word = readWord(text, at)
    if (word === undefined) {
      at += 2
      continue
    }
    const gap = text.slice(plainFrom, at)
    if (pending !== undefined && gap.trim() === '') {
      if (pending.charset === word.charset) word.octets = pending.octets + word.octets
      else decoded += decodeCharset(pending.octets, pending.charset)
    } else {
      if (pending !== undefined) decoded += decodeCharset(pending.octets, pending.charset)
      decoded += decodeOctets(gap)
    }
    pending = word
    plainFrom = at = word.end
  }
  if (pending !== undefined) decoded += decodeCharset(pending.octets, pending.charset)
  return decoded + decodeOctets(text.slice(plainFrom))
}

/** Reads the word whose "=?" stands at `at`. */
function readWord(text: string, at: number): Word | undefined {
  const charsetEnd = text.indexOf('?', at + 2)
  if (charsetEnd <= at + 2 || charsetEnd - at > MAX_CHARSET || text.charAt(charsetEnd + 2) !== '?') return undefined
  // The language of RFC 2231 §5 follows an asterisk.
  const name = text.slice(at + 2, charsetEnd)
  const language = name.indexOf('*')
  const charset = (language < 0 ? name : name.slice(0, language)).toLowerCase()
  // The encoded text holds no question mark, so that the next one ends the word or shows that it has no end.
  const end = text.indexOf('?', charsetEnd + 3)
  if (charset === '' || /\s/.test(charset) || end < 0 || text.charAt(end + 1) !== '=') return undefined
  const encoded = text.slice(charsetEnd + 3, end)
  switch (text.charAt(charsetEnd + 1)) {
    case 'Q':
    case 'q':
      return { charset, octets: decodeQ(encoded), end: end + 2 }
    case 'B':
    case 'b':
      return { charset, octets: decodeB(encoded), end: end + 2 }
    default:
      return undefined
  }
}

/** The "Q" encoding of RFC 2047 §4.2: `_` is a space, `=` and two hexadecimal digits are an octet. */
function decodeQ(encoded: string): string {
  const octets = scratch(encoded.length)
  let length = 0
  for (let i = 0; i < encoded.length; i++) {
    let code = encoded.charCodeAt(i)
    if (code === UNDERSCORE) {
      code = SPACE
    } else if (code === EQUALS) {
      const value = (hexDigit(encoded.charCodeAt(i + 1)) << 4) | hexDigit(encoded.charCodeAt(i + 2))
      if (value >= 0) {
        code = value
        i += 2
      }
    }
    octets[length++] = code
  }
  return octets.toString('latin1', 0, length)
}

/** The "B" encoding of RFC 2047 §4.1. */
function decodeB(encoded: string): string {
  const octets = scratch(encoded.length)
  return octets.toString('latin1', 0, octets.write(encoded, 'base64'))
}

function toOctet(_: string, hex: string): string {
  return String.fromCharCode(parseInt(hex, 16))
}

/** The value of a hexadecimal digit; negative for any other character. */
function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const letter = code | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

const SHARED = Buffer.allocUnsafeSlow(1024)

/** Room for octets that are read again at once. */
function scratch(size: number): Buffer {
  return size <= SHARED.length ? SHARED : Buffer.allocUnsafe(size)
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
  return charset === undefined ? decodeWords(joined) : unfold(decodeCharset(joined, charset))
}

function unescapePercent(value: string): string {
  return value.includes('%') ? value.replace(/%([0-9a-f]{2})/gi, toOctet) : value
}

/** Decodes octets, one character each, by the charset that the sender named. */
function decodeCharset(octets: string, charset: string): string {
  switch (charset.toLowerCase()) {
    case 'utf-8':
    case 'utf8': {
      const bytes = scratch(octets.length)
      return bytes.toString('utf8', 0, bytes.write(octets, 'latin1'))
    }
    // Senders call windows-1252 latin1; what differs are controls that no text holds.
    case 'iso-8859-1':
    case 'latin1':
    case 'windows-1252':
    case 'cp1252':
      return decodeWindows1252(octets)
    case 'us-ascii':
    case 'ascii':
    case '':
      return decodeOctets(octets)
    default:
      return convert(octets, charset)
  }
}
