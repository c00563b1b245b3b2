import { Buffer } from 'node:buffer'
import { ArgumentError } from '../model/errors.js'
import { CHAR, hasLoneSurrogate } from './chars.js'

/**
 * Reads a mailbox name in modified UTF-7 (RFC 3501 §5.1.3).
 *
 * Text that is not in its one valid form, such as a bare `&`, encoded ASCII or raw 8-bit text, is returned as it is, so
 * that two mailboxes of a server do not get the same name by decoding.
 */
export function decodeMailboxName(text: string): string {
  if (!text.includes('&')) return text
  const name = decode(text)
  return name !== undefined && !hasLoneSurrogate(name) && encode(name) === text ? name : text
}

/**
 * Writes a mailbox name in modified UTF-7 (RFC 3501 §5.1.3).
 *
 * @throws ArgumentError for a name with half of a surrogate pair.
 */
export function encodeMailboxName(name: string): string {
  if (hasLoneSurrogate(name)) throw new ArgumentError('A mailbox name holds half of a surrogate pair: it is no text')
  return encode(name)
}

function decode(text: string): string | undefined {
  let name = ''
  let at = 0
  for (;;) {
    const shift = text.indexOf('&', at)
    if (shift === -1) return name + text.slice(at)
    const end = text.indexOf('-', shift)
    if (end === -1) return undefined
    name += text.slice(at, shift)
    if (end === shift + 1) {
      name += '&'
    } else {
      const octets = Buffer.from(text.slice(shift + 1, end).replaceAll(',', '/'), 'base64')
      // Whatever base64 leaves over or skips is found when the name is written again and compared.
      name += octets
        .subarray(0, octets.length & ~1)
        .swap16()
        .toString('utf16le')
    }
    at = end + 1
  }
}

function encode(name: string): string {
  let text = ''
  let at = 0
  while (at < name.length) {
    const start = at
    if (isDirect(name.charCodeAt(at))) {
      while (at < name.length && isDirect(name.charCodeAt(at))) at++
      text += name.slice(start, at)
    } else if (name.charCodeAt(at) === CHAR.AMPERSAND) {
      at++
      text += '&-'
    } else {
      while (at < name.length && isShifted(name.charCodeAt(at))) at++
      text += `&${base64(name.slice(start, at))}-`
    }
  }
  return text
}

/** Printable US-ASCII stands for itself, except the character that shifts. */
function isDirect(code: number): boolean {
  return !isShifted(code) && code !== CHAR.AMPERSAND
}

function isShifted(code: number): boolean {
  return code < 0x20 || code > 0x7e
}

/** modified BASE64 of UTF-16BE: `,` instead of `/`, no padding */
function base64(text: string): string {
  return Buffer.from(text, 'utf16le').swap16().toString('base64').replaceAll('=', '').replaceAll('/', ',')
}
