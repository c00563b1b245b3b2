import type { ListReturnItem } from '../commands/slots.js'
import { ArgumentError } from '../model/errors.js'
import { isMyRights, myRights } from './acl.js'
import type { Extension } from './extension.js'

/** What LIST-MYRIGHTS adds to the options of listing. */
export interface MyRightsListOptions {
  /** Asks what the user may do with each mailbox; by MYRIGHTS for each one where the server lacks LIST-MYRIGHTS. */
  readonly myRights?: boolean | undefined
}

/** return-option =/ "MYRIGHTS"   (RFC 8440 §5) */
const item: ListReturnItem<boolean> = {
  needs: 'LIST-MYRIGHTS',
  check: (value) => {
    const given: unknown = value
    if (typeof given !== 'boolean') throw new ArgumentError('myRights is true or false')
  },
  write: (w) => void w.word('MYRIGHTS'),
  take: (response) => (isMyRights(response) ? { mailbox: response.mailbox, value: response.rights } : undefined),
  emulate: (mailbox) => myRights(mailbox),
}

/** LIST-MYRIGHTS: the rights of the user, with the list of mailboxes (RFC 8440). */
export const listMyRights: Extension = {
  capability: 'LIST-MYRIGHTS',
  spec: [8440],
  summary: 'Tells with each mailbox what the user may do with it.',
  usage: "client.list('*', { myRights: true })",
  note: 'Without it, MYRIGHTS (ACL) is asked of each mailbox.',
  examples: ['rfc8440.txt'],
  tested: ['embedded', 'transcript', 'cyrus'],
  listReturns: { myRights: item },
}
