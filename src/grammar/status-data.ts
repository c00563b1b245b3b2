import { LimitError, ProtocolError } from '../model/errors.js'
import type { StatusDataResponse } from '../model/response.js'
import type { Cursor } from '../wire/cursor.js'
import { decodeMailboxName } from '../wire/utf7.js'
import type { StatusItemReader } from './tables.js'

const OPEN = 0x28

/** The items of STATUS by their name on the wire (RFC 9051 §7.3.4, RFC 3501 §7.2.4, RFC 7162 §3.1.7). */
export const coreStatusReaders: Readonly<Record<string, StatusItemReader>> = {
  MESSAGES: { key: 'messages', read: (cursor) => cursor.number() },
  RECENT: { key: 'recent', read: (cursor) => cursor.number() },
  UIDNEXT: { key: 'uidNext', read: (cursor) => cursor.number() },
  UIDVALIDITY: { key: 'uidValidity', read: (cursor) => cursor.number() },
  UNSEEN: { key: 'unseen', read: (cursor) => cursor.number() },
  DELETED: { key: 'deleted', read: (cursor) => cursor.number() },
  SIZE: { key: 'size', read: (cursor) => cursor.size() },
  HIGHESTMODSEQ: { key: 'highestModSeq', read: (cursor) => cursor.number64() },
}

/**
 * mailbox-data    =/ "STATUS" SP mailbox SP "(" [status-att-list] ")"
 * status-att-list = status-att-val *(SP status-att-val)
 *
 * An item that is not known or whose value cannot be read is left out.
 */
export function readStatusData(cursor: Cursor, items: ReadonlyMap<string, StatusItemReader>): StatusDataResponse {
  const mailbox = readName(cursor)
  cursor.char('(')
  cursor.skipSpaces()
  const status: Record<string, unknown> = {}
  while (!cursor.tryChar(')')) {
    const item = items.get(cursor.word())
    cursor.skipSpaces()
    const start = cursor.pos
    try {
      if (item === undefined) cursor.skipValue()
      else status[item.key] = item.read(cursor)
    } catch (error) {
      if (!(error instanceof ProtocolError) || error instanceof LimitError || item === undefined) throw error
      cursor.pos = start
      cursor.skipValue()
    }
    cursor.skipSpaces()
  }
  return { kind: 'untagged', type: 'STATUS', mailbox, status }
}

/**
 * The name and the spaces behind it. GNU mailutils puts no quotes around a name that needs them: there it goes up to the
 * last parenthesis that opens.
 */
function readName(cursor: Cursor): string {
  const start = cursor.pos
  const mailbox = cursor.mailbox()
  cursor.skipSpaces()
  if (cursor.peek() === OPEN) return mailbox
  const end = cursor.text.lastIndexOf(' (')
  if (end <= start) return mailbox
  const name = cursor.text.slice(start, end)
  cursor.pos = end + 1
  return cursor.utf8 ? name : decodeMailboxName(name)
}
