import { LimitError, ProtocolError } from '../model/errors.js'
import { PLAIN_CODES, type PlainCode, type ResponseCode } from '../model/response-code.js'
import { decodeOctets } from '../mime/words.js'
import type { Cursor } from '../wire/cursor.js'
import { readCapabilityWords } from './capability.js'
import { extensionCodeReaders } from './extension-codes.js'
import { readFlagList } from './flag-list.js'
import type { CodeReader, Warn } from './tables.js'

const CLOSE_BRACKET = 0x5d

/** Each of the codes that carry nothing is one shared value. */
const plainCodes: ReadonlyMap<string, PlainCode> = new Map(
  PLAIN_CODES.map((name) => [name, Object.freeze({ name })] as const),
)

/** Readers of the codes with data that no extension's record reads (RFC 9051 §7.1 and extensions). */
export const coreCodeReaders: Readonly<Record<string, CodeReader>> = {
  ...extensionCodeReaders,
  // "BADCHARSET" [SP "(" charset *(SP charset) ")" ]
  BADCHARSET: (cursor) => ({ charsets: readCharsets(cursor) }),
  // capability-data
  CAPABILITY: (cursor) => ({ capabilities: readCapabilityWords(cursor, true) }),
  // "PERMANENTFLAGS" SP "(" [flag-perm *(SP flag-perm)] ")" ; flag-perm = flag / "\*"
  PERMANENTFLAGS: (cursor) => ({ flags: readFlagList(cursor) }),
  // "UIDNEXT" SP nz-number ; 0 is seen too
  UIDNEXT: (cursor) => ({ uidNext: cursor.number() }),
  // "UIDVALIDITY" SP nz-number ; 0 says that UIDs do not last, and RFC 9051 §6.3.2 itself shows one over 32 bits
  UIDVALIDITY: (cursor) => ({ uidValidity: cursor.size() }),
  // "UNSEEN" SP nz-number   (RFC 3501 §7.1)
  UNSEEN: (cursor) => ({ seq: cursor.number() }),
}

/** charset = atom / quoted ; the list may lack its parentheses, as in RFC 9051 §6.4.4.4 */
function readCharsets(cursor: Cursor): readonly string[] {
  if (cursor.peek() === 0x28) return cursor.list(() => cursor.astring())
  const charsets: string[] = []
  for (cursor.skipSpaces(); cursor.peek() !== CLOSE_BRACKET; cursor.skipSpaces()) charsets.push(cursor.codeAtom())
  return charsets
}

/**
 * "[" resp-text-code "]"
 *
 * Gives null, and consumes nothing, where no code stands: without a closing bracket it is text. A code that is not
 * known, or whose data cannot be read, is kept as text.
 */
export function readResponseCode(
  cursor: Cursor,
  readers: ReadonlyMap<string, CodeReader>,
  warn?: Warn,
): ResponseCode | null {
  const start = cursor.pos
  if (!cursor.tryChar('[')) return null
  cursor.skipSpaces()
  const name = codeName(cursor)
  if (name === '') {
    cursor.pos = start
    return null
  }
  const plain = plainCodes.get(name)
  if (plain !== undefined) {
    if (cursor.tryChar(']')) return plain
    // What a server adds to a known code does not change its meaning.
    return skipToBracket(cursor) ? plain : giveBack(cursor, start)
  }
  const afterName = cursor.pos
  const reader = readers.get(name)
  if (reader !== undefined) {
    const data = readData(cursor, reader, name, warn)
    if (data !== undefined) return { name, ...data } as ResponseCode
    cursor.pos = afterName
  }
  if (!skipToBracket(cursor)) return giveBack(cursor, start)
  const text = decodeOctets(cursor.text.slice(afterName, cursor.pos - 1).trim())
  return { name: 'OTHER', atom: name, text }
}

function readData(cursor: Cursor, reader: CodeReader, name: string, warn: Warn | undefined): object | undefined {
  try {
    cursor.skipSpaces()
    const data = reader(cursor)
    cursor.skipSpaces()
    cursor.char(']')
    return data
  } catch (error) {
    if (!(error instanceof ProtocolError) || error instanceof LimitError) throw error
    warn?.(new ProtocolError(`The response code ${name} could not be read: ${error.message}`, { cause: error }))
    return undefined
  }
}

/** The name of the code in upper case; the empty string where none stands. */
function codeName(cursor: Cursor): string {
  const text = cursor.text
  let end = cursor.pos
  for (let code = text.charCodeAt(end); code > 0x20 && code !== CLOSE_BRACKET; code = text.charCodeAt(++end)) {
    if (code === 0x28 || code === 0x22 || code > 0x7e) return ''
  }
  const name = text.slice(cursor.pos, end).toUpperCase()
  cursor.pos = end
  return name
}

/** Goes behind the bracket that closes the code; one inside quotes does not. False when there is none. */
function skipToBracket(cursor: Cursor): boolean {
  const text = cursor.text
  // Behind a string without an end there may be more of them: to look for their ends as well takes quadratic time.
  let quotes = true
  for (let at = cursor.pos; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === CLOSE_BRACKET) {
      cursor.pos = at + 1
      return true
    }
    if (code === 0x22 && quotes) {
      const end = closingQuote(text, at)
      if (end > 0) at = end
      else quotes = false
    }
  }
  return false
}

/** The index of the quote that ends the string begun at `at`, or -1 when it has no end. */
function closingQuote(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 0x5c) i++
    else if (code === 0x22) return i
  }
  return -1
}

function giveBack(cursor: Cursor, start: number): null {
  cursor.pos = start
  return null
}
