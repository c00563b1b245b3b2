import { encodeMailboxName } from '../wire/utf7.js'

// Octets are kept as latin1 text, one char each, until they are written: `binary text` below.

/** Text as UTF-8 octets, one char each. */
export function utf8Octets(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1')
}

/** Whether all chars are below 0x80. */
export function isAscii(text: string): boolean {
  return /^[\x00-\x7f]*$/.test(text)
}

/** Whether the octets of a binary text are valid UTF-8. */
export function isUtf8(octets: string): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(octets, 'latin1'))
    return true
  } catch {
    return false
  }
}

/** quoted = DQUOTE *QUOTED-CHAR DQUOTE; the caller knows that it holds no CR, LF or NUL. */
export function quoted(octets: string): string {
  return `"${octets.replace(/["\\]/g, '\\$&')}"`
}

/** A string of octets: quoted where the octets allow it, else a literal (RFC 9051 §4.3). */
export function string(octets: string, utf8: boolean): string {
  const fits = octets.length <= 1000 && !/[\r\n\0]/.test(octets) && (isAscii(octets) || (utf8 && isUtf8(octets)))
  return fits ? quoted(octets) : literal(octets)
}

/** `NIL` or a string. */
export function nstring(octets: string | null | undefined, utf8: boolean): string {
  return octets === null || octets === undefined ? 'NIL' : string(octets, utf8)
}

/** literal = "{" number "}" CRLF *CHAR8: no NUL, which is shown as 0x80. */
export function literal(octets: string): string {
  return `{${octets.length}}\r\n${octets.replaceAll('\0', '\x80')}`
}

/** atom or string, for names and header field names. */
export function astring(octets: string, utf8: boolean): string {
  return /^[A-Za-z0-9!#$&'+,\-./:;<=>?@[\]^_`|}~]+$/.test(octets) && octets.toUpperCase() !== 'NIL'
    ? octets
    : string(octets, utf8)
}

/** A mailbox name as it goes on the wire: modified UTF-7, or UTF-8 after ENABLE IMAP4rev2 (RFC 9051 §5.1). */
export function mailboxName(name: string, utf8: boolean): string {
  return astring(utf8 ? utf8Octets(name) : encodeMailboxName(name), utf8)
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const two = (value: number): string => String(value).padStart(2, '0')

/** The number of a month, 0 to 11, or -1. */
export function monthIndex(name: string): number {
  return MONTHS.findIndex((month) => month.toLowerCase() === name.toLowerCase())
}

/** date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE; `zone` in minutes. */
export function dateTime(date: Date, zone = 0): string {
  const local = new Date(date.getTime() + zone * 60_000)
  const day = String(local.getUTCDate()).padStart(2, ' ')
  const year = String(local.getUTCFullYear()).padStart(4, '0')
  const time = `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())}`
  const sign = zone < 0 ? '-' : '+'
  const offset = `${sign}${two(Math.floor(Math.abs(zone) / 60))}${two(Math.abs(zone) % 60)}`
  return `"${day}-${MONTHS[local.getUTCMonth()]}-${year} ${time} ${offset}"`
}

/** date of IMAP2 = string in form "dd-mmm-yy hh:mm:ss-zzz" (RFC 1176), in GMT. */
export function shortDateTime(date: Date): string {
  return dateTime(date).replace(/-\d\d(\d\d) (\S+) \+0000"$/, '-$1 $2-GMT"')
}

/** Canonical text of a sequence set: ascending, merged. */
export function setText(numbers: readonly number[]): string {
  const sorted = [...numbers].sort((a, b) => a - b)
  const parts: string[] = []
  for (let i = 0; i < sorted.length;) {
    const from = sorted[i] as number
    let to = from
    while (i < sorted.length && (sorted[i] as number) <= to + 1) to = sorted[i++] as number
    parts.push(from === to ? String(from) : `${from}:${to}`)
  }
  return parts.join(',')
}

/** Numbers in their order, runs that count up by one joined: what a set means where its order counts (RFC 5267 §3). */
export function orderedText(numbers: readonly number[]): string {
  const parts: string[] = []
  for (let i = 0; i < numbers.length;) {
    const from = numbers[i] as number
    let to = from
    while (numbers[++i] === to + 1) to++
    parts.push(from === to ? String(from) : `${from}:${to}`)
  }
  return parts.join(',')
}
