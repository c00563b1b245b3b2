/** A header field, unfolded in no way: `raw` is all of it with its line end. */
export interface HeaderField {
  /** As sent. */
  readonly name: string
  /** In lower case. */
  readonly key: string
  /** The octets after the colon, line ends of folds included, one char each. */
  readonly value: string
  readonly raw: string
}

/** A parsed header. */
export interface Header {
  readonly fields: readonly HeaderField[]
  /** The index behind the header, that is behind its empty line where there is one. */
  readonly end: number
  /** The empty line as it stands there, or the empty string. */
  readonly delimiter: string
}

const EMPTY_LINE = /\r?\n/y

/** Parses the header that stands at `start` of binary text; a line that is no field is passed over. */
export function parseHeader(text: string, start: number, limit: number): Header {
  const fields: HeaderField[] = []
  let pos = start
  while (pos < limit) {
    EMPTY_LINE.lastIndex = pos
    const empty = EMPTY_LINE.exec(text)
    if (empty !== null) return { fields, end: Math.min(limit, pos + empty[0].length), delimiter: empty[0] }
    const lineEnd = foldedEnd(text, pos, limit)
    const raw = text.slice(pos, lineEnd)
    const parsed = parseField(raw)
    if (parsed !== null) fields.push(parsed)
    pos = lineEnd
  }
  return { fields, end: limit, delimiter: '' }
}

/** field = field-name ":" unstructured CRLF; old mail has spaces ahead of the colon (RFC 5322 §2.2, §4.5) */
function parseField(raw: string): HeaderField | null {
  const colon = raw.indexOf(':')
  const name = raw.slice(0, Math.max(colon, 0)).trimEnd()
  if (!/^[\x21-\x39\x3b-\x7e]+$/.test(name)) return null
  return { name, key: name.toLowerCase(), value: raw.slice(colon + 1).replace(/\r?\n$/, ''), raw }
}

/** Behind the line at `pos` and those folded to it. */
function foldedEnd(text: string, pos: number, limit: number): number {
  let end = pos
  for (;;) {
    const lf = text.indexOf('\n', end)
    if (lf < 0 || lf >= limit) return limit
    end = lf + 1
    const next = text.charCodeAt(end)
    if (end >= limit || (next !== 32 && next !== 9)) return end
    // A line of white space alone ends nothing (RFC 5322 §4.2), it is part of the fold.
  }
}

/** The value of the first field of a name, unfolded and trimmed, or null. */
export function field(header: Header, key: string): string | null {
  const found = header.fields.find((each) => each.key === key)
  return found === undefined ? null : unfold(found.value)
}

/** Folds undone: line ends that white space follows go (RFC 5322 §2.2.3). */
export function unfold(value: string): string {
  return value.replace(/\r?\n(?=[ \t])/g, '').trim()
}

/** A structured value such as that of Content-Type: the word before the first `;`, and parameters. */
export interface Parameterized {
  readonly value: string
  readonly parameters: readonly (readonly [name: string, value: string])[]
}

/** Parses `value *(";" name "=" value)` (RFC 2045 §5.1), comments taken out. */
export function parameterized(text: string): Parameterized {
  const plain = withoutComments(text)
  const end = plain.indexOf(';')
  const value = (end < 0 ? plain : plain.slice(0, end)).trim()
  const parameters: (readonly [string, string])[] = []
  const pattern = /;\s*([^\s=;"]+)\s*=\s*(?:"([^"\\]*(?:\\[\s\S][^"\\]*)*)"?|([^;]*))/g
  if (end >= 0) {
    for (const match of plain.slice(end).matchAll(pattern)) {
      const text = match[2] === undefined ? (match[3] ?? '').trim() : match[2].replace(/\\([\s\S])/g, '$1')
      parameters.push([match[1] as string, text])
    }
  }
  return { value, parameters }
}

/** Takes comments out, those in quoted strings excepted (RFC 5322 §3.2.2). */
export function withoutComments(text: string): string {
  if (!text.includes('(')) return text
  let result = ''
  let depth = 0
  let inQuotes = false
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i)
    if (char === '\\') {
      if (depth === 0) result += text.slice(i, i + 2)
      i++
    } else if (inQuotes || (depth === 0 && char === '"')) {
      if (char === '"') inQuotes = !inQuotes
      result += char
    } else if (char === '(') depth++
    else if (char === ')' && depth > 0) depth--
    else if (depth === 0) result += char
  }
  return result
}
