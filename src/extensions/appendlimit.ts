import type { StatusItem } from '../commands/slots.js'
import type { Extension } from './extension.js'

/** status-att-val =/ "APPENDLIMIT" SP (number / nil)   (RFC 7889 §5); the number may be one of 63 bits in IMAP4rev2 */
const appendLimitItem: StatusItem = {
  key: 'appendLimit',
  name: 'APPENDLIMIT',
  needs: 'APPENDLIMIT',
  read: (cursor) => (cursor.tryNil() ? null : cursor.size()),
}

/** APPENDLIMIT: how large a message may be (RFC 7889). */
export const appendlimit: Extension = {
  capability: 'APPENDLIMIT',
  spec: [7889],
  summary: 'Tells how large a message may be, so that a larger one is refused before it is sent.',
  usage: "client.status('INBOX', { appendLimit: true })",
  note: '`client.capabilities.appendLimit` is the limit of all mailboxes, where there is one.',
  examples: ['rfc7889.txt'],
  tested: ['embedded', 'transcript', 'cyrus'],
  statusItems: [appendLimitItem],
}
