import { decodeWords, decoderOf } from '../mime/decode.js'

/** Writes text in a charset. */
export interface Encoder {
  /** In lower case. */
  readonly charset: string
  /** The octets of a character, null for one that the charset has not. */
  octets(char: string): Buffer | null
}

/** The encoder of a charset, null for one that is not known: UTF-8, US-ASCII, and all that have one octet a character. */
export function encoderOf(name: string): Encoder | null {
  const charset = name.toLowerCase()
  if (charset === 'utf-8') return { charset, octets: (char) => Buffer.from(char, 'utf8') }
  if (charset === 'us-ascii') return single(charset, (octet) => (octet < 0x80 ? String.fromCharCode(octet) : ''))
  // What decoders call by this name is Windows-1252.
  if (charset === 'iso-8859-1') return single(charset, (octet) => String.fromCharCode(octet))
  if (!/^(iso-8859-\d+|windows-125\d|koi8-[ru])$/.test(charset)) return null
  const decoder = decoderOf(charset)
  return decoder === null ? null : single(charset, (octet) => decoder.decode(Buffer.from([octet])))
}

function single(charset: string, charOf: (octet: number) => string): Encoder {
  const octets = new Map<string, Buffer>()
  for (let octet = 0; octet < 256; octet++) {
    const char = charOf(octet)
    if (char !== '' && char !== '\ufffd') octets.set(char, Buffer.from([octet]))
  }
  return { charset, octets: (char) => octets.get(char) ?? null }
}

/** Text in a charset; null when a character is not in it and there is no replacement that is. */
export function encode(text: string, encoder: Encoder, replacement: string | null): Buffer | null {
  const other = replacement === null ? null : encode(replacement, encoder, null)
  if (replacement !== null && other === null) return null
  const pieces: Buffer[] = []
  for (const char of text) {
    const piece = encoder.octets(char) ?? other
    if (piece === null) return null
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  copy: '©',
  auml: 'ä',
  ouml: 'ö',
  uuml: 'ü',
  szlig: 'ß',
  eacute: 'é',
  egrave: 'è',
  mdash: '—',
  ndash: '–',
  hellip: '…',
  euro: '€',
}

/** HTML as plain text: paragraphs, lines and rows stay, markup goes. */
export function htmlToText(html: string): string {
  const text = html
    .replace(/<(script|style|head|title)\b[^>]*>[\s\S]*?<\/\1\s*>|<!--[\s\S]*?-->|<!doctype[^>]*>/gi, '')
    .replace(/\s+/g, ' ')
    .replace(/<br\b[^>]*>/gi, '\n')
    .replace(/<li\b[^>]*>/gi, '\n- ')
    .replace(/<\/?(tr|div|dt|dd|ul|ol|dl|pre|address)\b[^>]*>/gi, '\n')
    .replace(/<\/?(p|h[1-6]|table|blockquote|hr)\b[^>]*>/gi, '\n\n')
    .replace(/<\/t[dh]\s*>/gi, '\t')
    .replace(/<[^>]*>/g, '')
    .replace(
      /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]+));/gi,
      (whole, decimal?: string, hex?: string, name?: string) => {
        if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? whole
        const code = decimal === undefined ? parseInt(hex ?? '', 16) : Number(decimal)
        return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
      },
    )
  const lines = text.split('\n').map((line) => line.replace(/^ +| +$|\t+ *$/g, ''))
  const body = lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/^\n+|\n+$/g, '')
  return body === '' ? '' : `${body.replaceAll('\n', '\r\n')}\r\n`
}

/** Octets of an encoded word: 75 chars less what stands around them (RFC 2047 §2). */
const WORD = 75
const ENCODED = /=\?([^?*\s]+)(?:\*[^?\s]*)?\?[BbQq]\?[^?\s]*\?=/g

/** A header with its encoded words in another charset; those that cannot be decoded or written so stay as they are (§6). */
export function convertWords(header: string, encoder: Encoder, replacement: string | null): string {
  return header.replace(ENCODED, (word: string, charset: string) => {
    if (decoderOf(charset) === null) return word
    const start = `=?${encoder.charset.toUpperCase()}?Q?`
    const words: string[] = []
    let current = ''
    for (const char of decodeWords(word)) {
      const octets = encode(char, encoder, replacement)
      if (octets === null) return word
      const quoted = [...octets].map(quotedOctet).join('')
      if (start.length + current.length + quoted.length + 2 > WORD) {
        words.push(current)
        current = ''
      }
      current += quoted
    }
    return [...words, current].map((each) => `${start}${each}?=`).join('\r\n ')
  })
}

/** The Q encoding, as it may stand everywhere (RFC 2047 §5). */
function quotedOctet(octet: number): string {
  if (octet === 0x20) return '_'
  const char = String.fromCharCode(octet)
  return /[A-Za-z0-9!*+\-/]/.test(char) ? char : `=${octet.toString(16).toUpperCase().padStart(2, '0')}`
}
