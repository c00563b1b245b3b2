import { Memo } from '../mime/memo.js'
import { Cursor } from '../wire/cursor.js'

/** Longest text of a list that is remembered, in octets. */
const MAX_TEXT = 200

/** A mailbox has few different lists. */
const known = new Memo<readonly string[]>()

/**
 * flag-list = "(" [flag *(SP flag)] ")"
 *
 * Equal lists give the same frozen array. Tolerates quoted flags, a lone backslash, NIL, repeated flags, and flags
 * without a space between them.
 */
export function readFlagList(cursor: Cursor): readonly string[] {
  // Where no list stands its end is not looked for: NIL again and again would take quadratic time.
  if (cursor.peek() !== 0x28) return readFlags(cursor)
  const start = cursor.pos
  const end = cursor.text.indexOf(')', start) + 1
  if (end > start && end - start <= MAX_TEXT) {
    const text = cursor.text.slice(start, end)
    const found = known.get(text)
    if (found !== undefined) {
      cursor.pos = end
      return found
    }
    const flags = readFlags(cursor)
    // A literal or a quoted parenthesis makes the text no measure of the flags.
    if (cursor.pos !== end || text.includes('{')) return flags
    return known.add(text, (copy) => readFlags(new Cursor({ text: copy, literals: [] })))
  }
  return readFlags(cursor)
}

function readFlags(cursor: Cursor): readonly string[] {
  const flags = new Set<string>()
  for (const flag of cursor.flagList()) {
    if (flag === '' || flag === '\\' || flag.toUpperCase() === 'NIL') continue
    const second = flag.indexOf('\\', 1)
    if (second < 0) flags.add(flag)
    else for (const each of flag.split(/(?=\\)/)) if (each.length > 1) flags.add(each)
  }
  return Object.freeze([...flags])
}
