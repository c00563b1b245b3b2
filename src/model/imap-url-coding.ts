import { ArgumentError } from './errors.js'

/**
 * uchar = unreserved / sub-delims-sh / pct-encoded
 * achar = uchar / "&" / "="
 * bchar = achar / ":" / "@" / "/"   (RFC 5092 §11)
 */
const ACHARS = /^(?:[A-Za-z0-9\-._~!$'()*+,&=]|%[0-9A-Fa-f]{2})+$/
const BCHARS = /^(?:[A-Za-z0-9\-._~!$'()*+,&=:@/]|%[0-9A-Fa-f]{2})+$/

/** A part of a reference (RFC 3986 §3); a part that is not there is undefined, the path is never. */
export interface UrlParts {
  readonly scheme: string | undefined
  readonly authority: string | undefined
  readonly path: string
  readonly query: string | undefined
}

/**
 * Splits a reference into its parts, without looking into them (RFC 3986 Appendix B).
 *
 * @throws ArgumentError for characters that no URL holds, and for a fragment: IMAP URLs have none
 */
export function splitUrl(text: string): UrlParts {
  const given: unknown = text
  if (typeof given !== 'string') throw new ArgumentError('An IMAP URL is text')
  if (!/^[\x21-\x7e]*$/.test(text)) {
    throw new ArgumentError('A URL holds printable ASCII only: percent-encode spaces and other characters')
  }
  const [, scheme, authority, path = '', query, fragment] =
    /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(#.*)?$/.exec(text) ?? []
  if (fragment !== undefined) throw new ArgumentError('An IMAP URL has no fragment: encode # as %23')
  return { scheme: scheme?.toLowerCase(), authority, path, query }
}

/** Decodes 1*achar: a name in the part of the server, or behind URLAUTH. */
export function decodeName(what: string, encoded: string): string {
  return decode(what, encoded, ACHARS)
}

/** Decodes 1*bchar: a mailbox, a section or a search. */
export function decodePath(what: string, encoded: string): string {
  return decode(what, encoded, BCHARS)
}

/** No error shows what it is about: URLs hold tokens, and passwords by mistake. */
function decode(what: string, encoded: string, allowed: RegExp): string {
  if (encoded === '') throw new ArgumentError(`The ${what} in the URL is empty`)
  if (!allowed.test(encoded)) {
    throw new ArgumentError(`The ${what} in the URL has characters that must be percent-encoded there, or a bad % code`)
  }
  const text = decodeOctets(what, encoded)
  if (text.includes('\0')) throw new ArgumentError(`The ${what} in the URL holds NUL`)
  return text
}

/** Decodes %-codes alone. @throws ArgumentError where their octets are not UTF-8 */
export function decodeOctets(what: string, encoded: string): string {
  try {
    return decodeURIComponent(encoded)
  } catch {
    throw new ArgumentError(`The ${what} in the URL is not percent-encoded UTF-8`)
  }
}

/** Encodes as 1*achar. */
export function encodeName(what: string, text: string): string {
  return encode(what, text, /%(?:24|26|2B|2C|3D)/g)
}

/** Encodes as 1*bchar. */
export function encodePath(what: string, text: string): string {
  return encode(what, text, /%(?:24|26|2B|2C|3D|3A|40|2F)/g)
}

/** `encodeURIComponent` encodes all but `unreserved` and `!'()*`; `plain` finds what need not be. */
function encode(what: string, text: string, plain: RegExp): string {
  const given: unknown = text
  if (typeof given !== 'string' || text === '' || text.includes('\0')) {
    throw new ArgumentError(`The ${what} of a URL is text that is not empty and holds no NUL`)
  }
  let encoded: string
  try {
    encoded = encodeURIComponent(text)
  } catch {
    throw new ArgumentError(`The ${what} of a URL holds half of a surrogate pair`)
  }
  return encoded.replaceAll(plain, (code) => decodeURIComponent(code))
}
