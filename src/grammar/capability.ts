import type { CapabilityResponse } from '../model/response.js'
import type { Cursor } from '../wire/cursor.js'

const CLOSE_BRACKET = 0x5d

/**
 * capability-data = "CAPABILITY" *(SP capability) SP "IMAP4rev2" *(SP capability)
 * enable-data     = "ENABLED" *(SP capability)
 */
export function readCapabilities(cursor: Cursor, type: 'CAPABILITY' | 'ENABLED'): CapabilityResponse {
  return { kind: 'untagged', type, capabilities: readCapabilityWords(cursor, false) }
}

/**
 * capability = ("AUTH=" auth-type) / atom
 *
 * Anything between spaces is taken, in the case in which it came. `LITERAL +`, as some servers send it, becomes one word.
 *
 * @param bracketed - whether a closing bracket ends the list
 */
export function readCapabilityWords(cursor: Cursor, bracketed: boolean): readonly string[] {
  const text = cursor.text
  const words: string[] = []
  for (;;) {
    cursor.skipSpaces()
    const start = cursor.pos
    let end = start
    for (let code = text.charCodeAt(end); code > 0x20; code = text.charCodeAt(++end)) {
      if (bracketed && code === CLOSE_BRACKET) break
    }
    cursor.pos = end
    if (end > start) addWord(words, text.slice(start, end))
    else if (cursor.atEnd || cursor.peek() === CLOSE_BRACKET) return words
    // A control character between two words.
    else cursor.pos++
  }
}

function addWord(words: string[], word: string): void {
  const last = words.length - 1
  if (word === '+' && words[last]?.toUpperCase() === 'LITERAL') words[last] += word
  else words.push(word)
}
