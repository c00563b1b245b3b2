/** Octets that the grammar names. */
export const CHAR = Object.freeze({
  NUL: 0x00,
  LF: 0x0a,
  CR: 0x0d,
  SPACE: 0x20,
  QUOTE: 0x22,
  PERCENT: 0x25,
  AMPERSAND: 0x26,
  OPEN: 0x28,
  CLOSE: 0x29,
  STAR: 0x2a,
  PLUS: 0x2b,
  COMMA: 0x2c,
  MINUS: 0x2d,
  DOT: 0x2e,
  ZERO: 0x30,
  NINE: 0x39,
  COLON: 0x3a,
  OPEN_BRACKET: 0x5b,
  BACKSLASH: 0x5c,
  CLOSE_BRACKET: 0x5d,
  OPEN_BRACE: 0x7b,
  CLOSE_BRACE: 0x7d,
  TILDE: 0x7e,
} as const)

/** Classes of octets, as bits of {@link CLASS}. */
export const ATOM = 1
/** ATOM-CHAR, `%` and `*`. */
export const LIST = 2
/** What a lenient reader takes for a part of an atom: all but `(`, `)`, `{`, space, controls and the double quote. */
export const LOOSE = 4
/** TEXT-CHAR: 7-bit, without NUL, CR and LF; what may stand in a quoted string. */
export const TEXT = 8
/** What may stand in a protocol word that the code writes: printable, and none of `"(){\`. */
export const WORD = 16
/** ATOM-CHAR and `]`. */
export const ASTRING = 32

/**
 * ATOM-CHAR      = <any CHAR except atom-specials>
 * atom-specials  = "(" / ")" / "{" / SP / CTL / list-wildcards / quoted-specials / resp-specials
 * list-wildcards = "%" / "*"
 * resp-specials  = "]"
 */
export const CLASS: Readonly<Uint8Array> = Uint8Array.from({ length: 256 }, (_, code) => {
  const char = String.fromCharCode(code)
  const printable = code > 0x20 && code < 0x7f
  let bits = 0
  if (printable && !'(){%*"\\]'.includes(char)) bits |= ATOM
  if (printable && !'(){"\\]'.includes(char)) bits |= LIST
  if (printable && !'(){%*"\\'.includes(char)) bits |= ASTRING
  if (printable && !'(){"\\'.includes(char)) bits |= WORD
  if (code > 0x20 && code !== 0x7f && !'(){"'.includes(char)) bits |= LOOSE
  if (code > 0 && code < 0x80 && char !== '\r' && char !== '\n') bits |= TEXT
  return bits
})

/** Whether every character of a text is of one of the classes; false for the empty text and for what is beyond 8 bits. */
export function isAll(text: string, classes: number): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 0xff || ((CLASS[code] as number) & classes) === 0) return false
  }
  return text.length > 0
}

/** Whether a character code is one of `0` to `9`. */
export function isDigit(code: number): boolean {
  return code >= CHAR.ZERO && code <= CHAR.NINE
}

/** Whether a text holds a surrogate without its partner, which no encoding of Unicode can carry. */
export function hasLoneSurrogate(text: string): boolean {
  return /\p{Surrogate}/u.test(text)
}
