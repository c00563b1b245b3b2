import { Buffer } from 'node:buffer'
import { ArgumentError } from '../model/errors.js'

/** Gives text as UTF-8. @throws ArgumentError when it is no string, or holds a NUL; the message never shows it. */
export function utf8(what: string, text: string): Buffer {
  const given: unknown = text
  if (typeof given !== 'string') throw new ArgumentError(`The ${what} is a string`)
  if (text.includes('\0')) throw new ArgumentError(`The ${what} must not hold a NUL`)
  return Buffer.from(text, 'utf8')
}

/** As {@link utf8}. @throws ArgumentError for an empty text too */
export function filled(what: string, text: string): Buffer {
  const bytes = utf8(what, text)
  if (bytes.length === 0) throw new ArgumentError(`The ${what} must not be empty`)
  return bytes
}

/** saslname: "," and "=" of a name are written `=2C` and `=3D` (RFC 5801 §4). */
export function saslName(what: string, text: string): string {
  return filled(what, text).toString('utf8').replaceAll('=', '=3D').replaceAll(',', '=2C')
}
