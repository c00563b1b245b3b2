import { day } from '../commands/search-keys.js'
import type { FetchItem, QueryItem, SearchKey } from '../commands/slots.js'
import { parseDateTime } from '../grammar/date.js'
import { readLooseString } from '../grammar/lenient.js'
import { ArgumentError } from '../model/errors.js'
import type { FetchData } from '../model/message.js'
import type { Cursor } from '../wire/cursor.js'
import type { Extension } from './extension.js'

/** The item of FETCH of SAVEDATE (RFC 8514). */
export interface SaveDateItems {
  /** When the message was put into this mailbox; null where the mailbox does not keep that. Needs SAVEDATE. */
  saveDate: QueryItem<true, Date | null>
}

/** The search keys of SAVEDATE (RFC 8514). */
export interface SaveDateCriteria {
  /** Put into the mailbox before this day. */
  readonly savedBefore?: string | Date | undefined
  /** Put into the mailbox on this day. */
  readonly savedOn?: string | Date | undefined
  /** Put into the mailbox on this day or later. */
  readonly savedSince?: string | Date | undefined
  /** Whether the mailbox keeps save dates: then all messages match, else none. */
  readonly saveDateSupported?: boolean | undefined
}

/** msg-att-static =/ "SAVEDATE" SP (date-time / nil)   (RFC 8514 §5) */
function readSaveDate(cursor: Cursor, data: FetchData): void {
  const text = readLooseString(cursor)
  data['saveDate'] = text === null ? null : parseDateTime(text)
}

const saveDateItem: FetchItem<true> = {
  key: 'saveDate',
  needs: 'SAVEDATE',
  write: (w) => void w.word('SAVEDATE'),
  read: { SAVEDATE: readSaveDate },
}

/** search-key =/ "SAVEDATESUPPORTED"; the negation is written out */
const supported: SearchKey<boolean> = {
  needs: 'SAVEDATE',
  write: (w, value) => {
    const given: unknown = value
    if (typeof given !== 'boolean') throw new ArgumentError('The search key saveDateSupported takes true or false')
    if (!given) w.word('NOT').sp()
    w.word('SAVEDATESUPPORTED')
  },
}

/** SAVEDATE: when a message was put into its mailbox (RFC 8514). */
export const savedate: Extension = {
  capability: 'SAVEDATE',
  spec: [8514],
  summary: 'Tells when a message was put into its mailbox, and searches by it.',
  usage: 'mailbox.fetch(set, { saveDate: true })',
  examples: ['rfc8514.txt'],
  tested: ['embedded', 'dovecot', 'cyrus'],
  fetchItems: [saveDateItem],
  searchKeys: {
    savedBefore: day('savedBefore', 'SAVEDBEFORE', 'SAVEDATE'),
    savedOn: day('savedOn', 'SAVEDON', 'SAVEDATE'),
    savedSince: day('savedSince', 'SAVEDSINCE', 'SAVEDATE'),
    saveDateSupported: supported,
  },
}
