import { checkString } from '../commands/checks.js'
import type { FetchItem, QueryItem, SearchKey } from '../commands/slots.js'
import { ArgumentError } from '../model/errors.js'
import type { FetchData } from '../model/message.js'
import type { Cursor } from '../wire/cursor.js'
import type { Extension } from './extension.js'

/** The items of FETCH of OBJECTID (RFC 8474). */
export interface ObjectIdItems {
  /** The same for all copies of a message, wherever they are; needs OBJECTID. */
  emailId: QueryItem<true, string>
  /** The same for all messages of a conversation; null where the server knows none. Needs OBJECTID. */
  threadId: QueryItem<true, string | null>
}

/** The search keys of OBJECTID (RFC 8474). */
export interface ObjectIdCriteria {
  readonly emailId?: string | undefined
  readonly threadId?: string | undefined
}

/**
 * fetch-emailid-resp  = "EMAILID" SP "(" objectid ")"
 * fetch-threadid-resp = "THREADID" SP ( "(" objectid ")" / nil )
 * objectid            = 1*255(ALPHA / DIGIT / "_" / "-")   (RFC 8474 §7)
 */
export function readObjectId(cursor: Cursor): string | null {
  if (!cursor.tryChar('(')) return cursor.nstring()
  cursor.skipSpaces()
  const id = cursor.astring()
  cursor.skipSpaces()
  cursor.char(')')
  return id
}

/** @throws ArgumentError for what cannot be the id of an object */
export function checkObjectId(what: string, id: string): void {
  checkString(what, id)
  if (!/^[\w-]{1,255}$/.test(id)) {
    throw new ArgumentError(`${what} is 1 to 255 letters, digits, "_" and "-", as the server gave it`)
  }
}

function item(key: 'emailId' | 'threadId', name: string): FetchItem<true> {
  return {
    key,
    needs: 'OBJECTID',
    write: (w) => void w.word(name),
    read: {
      [name]: (cursor: Cursor, data: FetchData) => {
        const id = readObjectId(cursor)
        if (id === null && key === 'emailId') throw cursor.fail('The id of a message is expected')
        data[key] = id
      },
    },
  }
}

/** search-key =/ "EMAILID" SP objectid / "THREADID" SP objectid */
function key(name: string): SearchKey<string> {
  return {
    needs: 'OBJECTID',
    write: (w, id) => {
      checkObjectId(`The search key ${name}`, id)
      w.word(name).sp().atom(id)
    },
  }
}

/** OBJECTID: ids of messages, conversations and mailboxes that outlive moves and renames (RFC 8474). */
export const objectid: Extension = {
  capability: 'OBJECTID',
  spec: [8474],
  summary: 'Tells ids of messages, conversations and mailboxes that outlive moves and renames.',
  usage: 'mailbox.fetch(set, { emailId: true, threadId: true })',
  examples: ['rfc8474.txt'],
  tested: ['embedded', 'cyrus'],
  fetchItems: [item('emailId', 'EMAILID'), item('threadId', 'THREADID')],
  searchKeys: { emailId: key('EMAILID'), threadId: key('THREADID') },
  statusItems: [
    {
      key: 'mailboxId',
      name: 'MAILBOXID',
      needs: 'OBJECTID',
      read: (cursor) => {
        const id = readObjectId(cursor)
        if (id === null) throw cursor.fail('The id of a mailbox is expected')
        return id
      },
    },
  ],
}
