import { CHAR } from './chars.js'

/** Finds the ends of the quoted strings of one response. */
export class QuotedScanner {
  readonly #text: string
  /** From here on no quote is followed by what may follow a string; looking each time would take quadratic time. */
  #looseFrom = Infinity
  /** Whether the string found last holds a backslash, and whether a character above 0x7F. */
  escaped = false
  high = false

  constructor(text: string) {
    this.#text = text
  }

  /**
   * Gives the place of the quote that ends the string whose content starts at `from`, or -1.
   *
   * quoted      = DQUOTE *QUOTED-CHAR DQUOTE
   * QUOTED-CHAR = <any TEXT-CHAR except quoted-specials> / "\" quoted-specials / UTF8-2 / UTF8-3 / UTF8-4
   *
   * Some servers do not escape quotes within a string. So a quote ends it only before a space, `)`, `]` or the end of
   * the response; when there is none such, the first quote does.
   */
  end(from: number): number {
    const text = this.#text
    const loose = from >= this.#looseFrom
    let first = -1
    let escaped = false
    let bits = 0
    for (let i = from; i < text.length; i++) {
      const code = text.charCodeAt(i)
      bits |= code
      if (code === CHAR.BACKSLASH) {
        escaped = true
        i++
        // Beyond the end this is NaN, which sets no bits.
        bits |= text.charCodeAt(i)
      } else if (code === CHAR.QUOTE) {
        if (loose || endsString(text.charCodeAt(i + 1))) {
          this.escaped = escaped
          this.high = bits > 0x7f
          return i
        }
        if (first === -1) first = i
      }
    }
    this.#looseFrom = Math.min(from, this.#looseFrom)
    this.escaped = escaped
    this.high = bits > 0x7f
    return first
  }
}

/** Resolves the backslashes of a quoted string. One that escapes nothing is kept: servers that do not escape send it. */
export function unescape(text: string): string {
  let result = ''
  let from = 0
  for (;;) {
    const at = text.indexOf('\\', from)
    if (at === -1) return result + text.slice(from)
    const next = text.charCodeAt(at + 1)
    const special = next === CHAR.BACKSLASH || next === CHAR.QUOTE
    result += text.slice(from, special ? at : at + 1)
    if (special) result += text.charAt(at + 1)
    from = special ? at + 2 : at + 1
  }
}

function endsString(code: number): boolean {
  return (
    code === CHAR.SPACE || code === CHAR.CLOSE || code === CHAR.CLOSE_BRACKET || code === CHAR.CR || Number.isNaN(code) // the end of the response
  )
}
