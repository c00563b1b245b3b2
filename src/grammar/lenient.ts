import type { Cursor } from '../wire/cursor.js'

const SPACE = 0x20
const QUOTE = 0x22
const OPEN = 0x28
const CLOSE = 0x29
const MINUS = 0x2d
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
  if (cursor.peek() === SPACE) cursor.skipSpaces()
  const next = cursor.peek()
  if (next === QUOTE || next === BRACE) return cursor.rawString()
  if (next === CLOSE) return null
  if (next === OPEN) {
    cursor.skipValue()
    return null
  }
  const word = cursor.atom()
  return word === 'NIL' || word === 'nil' || word === 'Nil' ? null : word
}

/** Skips what stands before the closing parenthesis of a list, and that parenthesis. */
export function skipRest(cursor: Cursor): void {
  cursor.skipSpaces()
  while (!cursor.tryChar(')')) {
    cursor.skipValue()
    cursor.skipSpaces()
  }
}
