import type { Continuation, NumberResponse, Response, StatusResponse, Tagged, Untagged } from '../model/response.js'
import type { Cursor } from '../wire/cursor.js'
import { readCapabilities } from './capability.js'
import { readFlagList } from './flag-list.js'
import { readId } from './id.js'
import { readMailboxList, readNamespaces } from './mailbox-list.js'
import { isDigit } from './lenient.js'
import { readResponseCode } from './response-code.js'
import { readSearch } from './search-data.js'
import type { ResponseTables, UntaggedReader, Warn } from './tables.js'

const SPACE = 0x20
const STAR = 0x2a
const PLUS = 0x2b
const OPEN_BRACKET = 0x5b

/**
 * Readers of the untagged responses that need no table of items, by name (RFC 9051 §7, RFC 3501 §7).
 */
export const coreUntaggedReaders: Readonly<Record<string, UntaggedReader>> = {
  CAPABILITY: (cursor) => readCapabilities(cursor, 'CAPABILITY'),
  ENABLED: (cursor) => readCapabilities(cursor, 'ENABLED'),
  EXISTS: (cursor, number) => numbered(cursor, 'EXISTS', number),
  EXPUNGE: (cursor, number) => numbered(cursor, 'EXPUNGE', number),
  // GNU mailutils says it like this, and means the same.
  EXPUNGED: (cursor, number) => numbered(cursor, 'EXPUNGE', number),
  FLAGS: (cursor) => ({ kind: 'untagged', type: 'FLAGS', flags: readFlagList(cursor) }),
  ID: (cursor) => readId(cursor),
  LIST: (cursor) => readMailboxList(cursor, 'LIST'),
  LSUB: (cursor) => readMailboxList(cursor, 'LSUB'),
  NAMESPACE: (cursor) => readNamespaces(cursor),
  RECENT: (cursor, number) => numbered(cursor, 'RECENT', number),
  SEARCH: (cursor) => readSearch(cursor),
  XLIST: (cursor) => readMailboxList(cursor, 'XLIST'),
}

/**
 * response      = *(continue-req / response-data) response-done
 * greeting      = "*" SP (resp-cond-auth / resp-cond-bye) CRLF
 * response-data = "*" SP (resp-cond-state / resp-cond-bye / mailbox-data / message-data / capability-data /
 *                 enable-data) CRLF
 *
 * Reads one response; the greeting is an untagged one.
 *
 * @throws ProtocolError for a response that is malformed, LimitError for one that is too large.
 */
export function readResponseFrom(cursor: Cursor, tables: ResponseTables, warn?: Warn): Response {
  switch (cursor.peek()) {
    case STAR:
      cursor.pos++
      cursor.skipSpaces()
      return readUntagged(cursor, tables, warn)
    case PLUS:
      cursor.pos++
      return readContinuation(cursor, tables, warn)
    case OPEN_BRACKET:
      // Exchange sends `[COPYUID …]` on a line of its own.
      return readStatus(cursor, 'OK', tables, warn)
    default:
      return readTagged(cursor, tables, warn)
  }
}

function readUntagged(cursor: Cursor, tables: ResponseTables, warn: Warn | undefined): Untagged {
  if (cursor.peek() === OPEN_BRACKET) return readStatus(cursor, 'OK', tables, warn)
  let number: number | undefined
  if (isDigit(cursor.peek())) {
    number = cursor.number()
    cursor.sp()
  }
  const word = cursor.atom()
  // Nearly all servers write names in upper case.
  let reader = tables.untagged.get(word)
  if (reader === undefined) {
    const name = word.toUpperCase()
    const status = number === undefined ? statusName(name) : undefined
    if (status !== undefined) return readStatus(cursor, status, tables, warn)
    reader = tables.untagged.get(name)
  }
  cursor.skipSpaces()
  // Readers give what the union holds; a reader of an extension gives a type of its own.
  if (reader !== undefined) return reader(cursor, number) as Untagged
  const name = word.toUpperCase()
  return { kind: 'untagged', type: 'UNKNOWN', name, ...(number !== undefined && { number }), text: cursor.rest() }
}

function statusName(name: string): StatusResponse['type'] | undefined {
  switch (name) {
    case 'OK':
    case 'NO':
    case 'BAD':
    case 'BYE':
    case 'PREAUTH':
      return name
    default:
      return undefined
  }
}

/**
 * resp-cond-state = ("OK" / "NO" / "BAD") SP resp-text
 * resp-cond-bye   = "BYE" SP resp-text
 * resp-cond-auth  = ("OK" / "PREAUTH") SP resp-text
 */
function readStatus(
  cursor: Cursor,
  type: StatusResponse['type'],
  tables: ResponseTables,
  warn: Warn | undefined,
): StatusResponse {
  cursor.skipSpaces()
  const code = readResponseCode(cursor, tables.codes, warn)
  return { kind: 'untagged', type, code, text: readText(cursor) }
}

/** response-tagged = tag SP resp-cond-state CRLF ; tag = 1*<any ASTRING-CHAR except "+"> */
function readTagged(cursor: Cursor, tables: ResponseTables, warn: Warn | undefined): Tagged | StatusResponse {
  const tag = cursor.atom()
  cursor.sp()
  const name = cursor.word()
  const status = statusName(name)
  // Some servers put a tag before BYE; it ends the connection and is no success of the command.
  if (status === 'BYE') return readStatus(cursor, status, tables, warn)
  if (status === undefined || status === 'PREAUTH') throw cursor.fail('OK, NO or BAD expected behind the tag')
  cursor.skipSpaces()
  const code = readResponseCode(cursor, tables.codes, warn)
  return { kind: 'tagged', tag, status, code, text: readText(cursor) }
}

/** continue-req = "+" SP (resp-text / base64) CRLF */
function readContinuation(cursor: Cursor, tables: ResponseTables, warn: Warn | undefined): Continuation {
  cursor.skipSpaces()
  const code = readResponseCode(cursor, tables.codes, warn)
  return { kind: 'continuation', code, text: readText(cursor) }
}

/** resp-text = ["[" resp-text-code "]" SP] [text] */
function readText(cursor: Cursor): string {
  if (cursor.peek() === SPACE) cursor.pos++
  return cursor.rest()
}

/** "EXISTS" and the others behind their number */
function numbered(cursor: Cursor, type: NumberResponse['type'], number: number | undefined): NumberResponse {
  if (number === undefined) throw cursor.fail(`${type} needs a number before it`)
  if (type === 'EXPUNGE' && number === 0) throw cursor.fail('EXPUNGE needs the number of a message')
  return { kind: 'untagged', type, number }
}
