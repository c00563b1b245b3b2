import { Extra } from '../store/extra.js'
import type { Session } from '../session.js'
import { utf8Octets } from '../syntax.js'

/** A way to compare texts (RFC 4790): two texts are the same when what `prepare` makes of them is. */
export interface Collation {
  /** As registered, such as `i;octet`. */
  readonly id: string
  prepare(text: string): string
}

// Where Unicode has a title case of its own, which is not the upper case.
const TITLE: readonly (readonly [from: RegExp, title: string])[] = [
  [/[\u01c4-\u01c6]/, '\u01c5'],
  [/[\u01c7-\u01c9]/, '\u01c8'],
  [/[\u01ca-\u01cc]/, '\u01cb'],
  [/[\u01f1-\u01f3]/, '\u01f2'],
  [/\u1fb3/, '\u1fbc'],
  [/\u1fc3/, '\u1fcc'],
  [/\u1ff3/, '\u1ffc'],
]

/** The title case of a character above US-ASCII, one character again: `ß` has none. */
function titleCase(char: string): string {
  // Georgian letters have an upper case and no title case.
  if (/[\u10d0-\u10ff]/.test(char)) return char
  if (/[\u1f80-\u1f87\u1f90-\u1f97\u1fa0-\u1fa7]/.test(char)) return String.fromCharCode(char.charCodeAt(0) + 8)
  const title = TITLE.find(([from]) => from.test(char))?.[1]
  if (title !== undefined) return title
  const upper = char.toUpperCase()
  return [...upper].length === 1 ? upper : char
}

/** "Titlecased canonicalized" text (RFC 5051 §2). */
function casemap(text: string): string {
  if (/^[\x00-\x7f]*$/.test(text)) return text.toUpperCase()
  return text
    .replace(/[a-z]+/g, (run) => run.toUpperCase())
    .replace(/[^\x00-\x7f]/gu, titleCase)
    .normalize('NFKD')
}

/** The collations of this server, the default first. */
export const COLLATIONS: readonly [Collation, ...Collation[]] = [
  { id: 'i;unicode-casemap', prepare: casemap },
  { id: 'i;ascii-casemap', prepare: (text) => text.replace(/[a-z]+/g, (run) => run.toUpperCase()) },
  { id: 'i;octet', prepare: (text) => text },
]

/** The comparator that is active in a session (RFC 5255 §4.2). */
export const activeCollation = new Extra<Session, Collation>(() => COLLATIONS[0])

/**
 * A text in a form that the operator `<` puts in the order of a collation, octet by octet. What could not be decoded comes
 * behind all others, as it stands there: `original` (RFC 5255 §4.6).
 */
export function sortText(collation: Collation, text: string, original: string): string {
  return text.includes('\ufffd') ? `1${original}` : `0${utf8Octets(collation.prepare(text))}`
}
