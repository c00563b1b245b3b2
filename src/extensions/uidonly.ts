import type { Extension } from './extension.js'

/** UIDONLY: messages have UIDs and no sequence numbers (RFC 9586). Its UIDFETCH is read by the core. */
export const uidonly: Extension = {
  capability: 'UIDONLY',
  spec: [9586],
  summary: 'Does without sequence numbers, so that servers can keep very large mailboxes.',
  usage: "connect({ host, enable: ['UIDONLY'] })",
  note: 'Sequence numbers are then refused before anything is sent, and messages have no `seq`.',
  examples: ['rfc9586.txt'],
  tested: ['embedded'],
  enable: true,
}
