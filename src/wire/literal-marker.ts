import { CHAR, isDigit } from './chars.js'

/**
 * Reads the announcement of a literal at the end of a line; undefined when there is none.
 *
 * literal  = "{" number64 ["+"] "}" CRLF *CHAR8
 * literal8 = "~{" number64 ["+"] "}" CRLF *OCTET
 *
 * A number beyond every limit gives a size that is beyond it too, never a smaller one.
 */
export function literalSize(line: string): number | undefined {
  let at = line.length - 1
  if (line.charCodeAt(at) !== CHAR.CLOSE_BRACE) return undefined
  at--
  if (line.charCodeAt(at) === CHAR.PLUS) at--
  const end = at + 1
  while (isDigit(line.charCodeAt(at))) at--
  if (at + 1 === end || line.charCodeAt(at) !== CHAR.OPEN_BRACE) return undefined
  return Number(line.slice(at + 1, end))
}

/**
 * Decides for the lines of one response whether the `{n}` at their end is a literal.
 *
 * The text of a status response is for people and may end in `{5}`: there a literal can only stand inside the brackets
 * of the response code. In any other response a line that ends in `{n}` announces a literal, even where the quotes
 * before it do not pair up: a quoted string cannot go on in the next line, so it is the quotes that are wrong.
 */
export class LiteralRule {
  #first = true
  #status = false
  #open = false
  #quoted = false

  /** Takes the next line that ends in a marker; each line is looked at once. */
  allows(line: string): boolean {
    let from = 0
    if (this.#first) {
      this.#first = false
      from = codeStart(line)
      this.#status = from >= 0
      this.#open = this.#status && line.charCodeAt(from) === CHAR.OPEN_BRACKET
    }
    if (!this.#status) return true
    if (this.#open) this.#scan(line, from)
    return this.#open
  }

  #scan(line: string, from: number): void {
    for (let i = from; i < line.length; i++) {
      const code = line.charCodeAt(i)
      if (this.#quoted && code === CHAR.BACKSLASH) i++
      else if (code === CHAR.QUOTE) this.#quoted = !this.#quoted
      else if (code === CHAR.CLOSE_BRACKET && !this.#quoted) {
        this.#open = false
        return
      }
    }
  }
}

const STATUS = new Set(['OK', 'NO', 'BAD', 'BYE', 'PREAUTH'])

/**
 * Where the response code of a status response would begin, or -1 when the line is no status response.
 *
 * resp-cond-state = ("OK" / "NO" / "BAD") SP resp-text
 * resp-text       = ["[" resp-text-code "]" SP] [text]
 */
function codeStart(line: string): number {
  if (line.startsWith('+')) return skipSpaces(line, 1)
  const name = skipSpaces(line, line.indexOf(' '))
  if (name <= 0) return -1
  const end = line.indexOf(' ', name)
  if (end === -1 || end - name > 'PREAUTH'.length || !STATUS.has(line.slice(name, end).toUpperCase())) return -1
  return skipSpaces(line, end)
}

function skipSpaces(line: string, from: number): number {
  let at = from
  while (line.charCodeAt(at) === CHAR.SPACE) at++
  return at
}
