import type { Cursor } from '../wire/cursor.js'

const SPACE = 0x20
const QUOTE = 0x22
const OPEN = 0x28
const CLOSE = 0x29
const MINUS = 0x2d
const LETTER_N = 0x4e
const BRACE = 0x7b

/**
 * Reads a count of octets or lines, tolerating what servers were seen to send for an unknown one: `-1`, which is 0, and
 * NIL or any other value that is no number, which is null. A number may be quoted.
 */
export function readCount(cursor: Cursor): number | null {
  const next = cursor.peek()
  if (isDigit(next) || next === MINUS) return cursor.size()
  const text = cursor.valueText()
  return /^"\d{1,15}"$/.test(text) ? Number(text.slice(1, -1)) : null
}

/** Whether a character code is one of `0` to `9`. */
export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

/**
 * Reads a string of octets, one character each; null for NIL, for a list in its place, and where the surrounding list
 * ends. A bare word counts as a string.
 */
export function readLooseString(cursor: Cursor): string | null {
  const { text } = cursor
  if (text.charCodeAt(cursor.pos) === SPACE) cursor.pos++
  const next = text.charCodeAt(cursor.pos)
  if (next === QUOTE) return readQuoted(cursor)
  if (next === LETTER_N && isNil(text, cursor.pos)) {
    cursor.pos += 3
    return null
  }
  if (next === CLOSE) return null
  if (next === SPACE) {
    cursor.skipSpaces()
    return readLooseString(cursor)
  }
  if (next === BRACE) return cursor.rawString()
  if (next === OPEN) {
    cursor.skipValue()
    return null
  }
  const word = cursor.atom()
  return word.length === 3 && word.toUpperCase() === 'NIL' ? null : word
}

/** "NIL" as nearly all servers write it, with a space or a parenthesis behind it. */
function isNil(text: string, at: number): boolean {
  if (text.charCodeAt(at + 1) !== 0x49 || text.charCodeAt(at + 2) !== 0x4c) return false
  const after = text.charCodeAt(at + 3)
  return after === SPACE || after === CLOSE
}

/** A quoted string; one without escapes and with a clear end is cut out by native searches. */
function readQuoted(cursor: Cursor): string {
  const { text, pos } = cursor
  const end = text.indexOf('"', pos + 1)
  const after = text.charCodeAt(end + 1)
  if (end > 0 && (after === SPACE || after === CLOSE)) {
    const octets = text.slice(pos + 1, end)
    if (!octets.includes('\\')) {
      cursor.pos = end + 1
      return octets
    }
  }
  return cursor.rawString()
}

/** Ends a list: at its closing parenthesis, as it should be, or behind whatever else stands before that. */
export function endList(cursor: Cursor): void {
  if (cursor.text.charCodeAt(cursor.pos) === CLOSE) cursor.pos++
  else skipRest(cursor)
}

/** Skips what stands before the closing parenthesis of a list, and that parenthesis. */
export function skipRest(cursor: Cursor): void {
  cursor.skipSpaces()
  while (!cursor.tryChar(')')) {
    cursor.skipValue()
    cursor.skipSpaces()
  }
}
