import type { Cursor } from '../wire/cursor.js'

/**
 * section       = "[" [section-spec] "]"
 * section-spec  = section-msgtext / (section-part ["." section-text])
 * section-msgtext = "HEADER" / "HEADER.FIELDS" [".NOT"] SP header-list / "TEXT"
 * section-binary  = "[" [section-part] "]"
 *
 * Gives the text between the brackets in its canonical form: keywords in upper case, header names as sent, quoted
 * only where they must be, one space between them.
 */
export function readSection(cursor: Cursor): string {
  cursor.char('[')
  const start = cursor.pos
  const text = cursor.text
  for (let at = start; ; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x5d) {
      cursor.pos = at + 1
      return text.slice(start, at).toUpperCase()
    }
    // A space or a list: header names follow. NaN is the end of the text.
    if (code === 0x20 || code === 0x28 || Number.isNaN(code)) {
      cursor.pos = at
      return readHeaderList(cursor, text.slice(start, at).toUpperCase())
    }
  }
}

/** header-list = "(" header-fld-name *(SP header-fld-name) ")" */
function readHeaderList(cursor: Cursor, keyword: string): string {
  cursor.skipSpaces()
  if (cursor.tryChar(']')) return keyword
  const names = cursor.list(() => headerName(cursor.astring()))
  cursor.skipSpaces()
  cursor.char(']')
  return `${keyword} (${names.join(' ')})`
}

function headerName(name: string): string {
  return /^[^\s()"\\{\]]+$/.test(name) ? name : `"${name.replace(/["\\]/g, '\\$&')}"`
}

/**
 * ["<" number ">"] of a partial fetch; null where none stands. Some servers send `<0.100>`, the range that was asked for.
 */
export function readOrigin(cursor: Cursor): number | null {
  if (!cursor.tryChar('<')) return null
  const offset = cursor.size()
  if (cursor.tryChar('.')) cursor.size()
  cursor.char('>')
  return offset
}
