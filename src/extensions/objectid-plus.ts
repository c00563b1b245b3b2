import { checkObject } from '../commands/checks.js'
import type { FetchItem, QueryItem, SelectItem } from '../commands/slots.js'
import type { FetchData } from '../model/message.js'
import type { Cursor } from '../wire/cursor.js'
import type { Extension } from './extension.js'
import { checkObjectId } from './objectid.js'

/** The item of FETCH of OBJECTID+, a draft. */
export interface ObjectIdPlusItems {
  /** The ids of a message by their names in upper case, such as EMAILID and THREADID; needs OBJECTID+. */
  objectId: QueryItem<true, ReadonlyMap<string, string>>
}

/** The parameter of SELECT and EXAMINE of OBJECTID+. */
export interface ObjectIdPlusSelect {
  /** Selects the mailbox with this id, whatever it is called by now; the name is for when it is gone. */
  readonly objectId?: { readonly mailboxId: string; readonly accountId?: string | undefined } | undefined
}

/** objectid-list = "(" [name SP objectid *(SP name SP objectid)] ")" ; names that are not known are kept */
export function readObjectIds(cursor: Cursor): ReadonlyMap<string, string> {
  const ids = new Map<string, string>()
  cursor.list(() => {
    const name = cursor.atom().toUpperCase()
    cursor.sp()
    const id = cursor.nstring()
    if (id !== null) ids.set(name, id)
  })
  return ids
}

const objectIdItem: FetchItem<true> = {
  key: 'objectId',
  needs: 'OBJECTID+',
  write: (w) => void w.word('OBJECTID'),
  read: { OBJECTID: (cursor: Cursor, data: FetchData) => void (data['objectId'] = readObjectIds(cursor)) },
}

type ById = NonNullable<ObjectIdPlusSelect['objectId']>

const selectById: SelectItem<ById> = {
  needs: 'OBJECTID+',
  check: (ids) => {
    checkObject('objectId', ids)
    checkObjectId('objectId.mailboxId', ids.mailboxId)
    if (ids.accountId !== undefined) checkObjectId('objectId.accountId', ids.accountId)
  },
  write: (w, { mailboxId, accountId }) => {
    w.word('OBJECTID').sp().open().word('MAILBOXID').sp().atom(mailboxId)
    if (accountId !== undefined) w.sp().word('ACCOUNTID').sp().atom(accountId)
    w.close()
  },
}

/** OBJECTID+: all ids of an object in one item, and mailboxes selected by id. */
export const objectidPlus: Extension = {
  capability: 'OBJECTID+',
  spec: 'draft',
  summary: 'Tells all ids of a message or mailbox in one item, and selects mailboxes by id.',
  usage: "client.select('Archive', { objectId: { mailboxId } })",
  note: 'Built from a summary of the draft.',
  tested: ['embedded', 'transcript'],
  enable: true,
  fetchItems: [objectIdItem],
  statusItems: [{ key: 'objectId', name: 'OBJECTID', needs: 'OBJECTID+', read: readObjectIds }],
  selectItems: { objectId: selectById },
}
