import type { Extension } from './extension.js'

/** ESORT: RETURN for SORT (RFC 5267 §3). Without it results are worked out of the whole answer. */
export const esort: Extension = {
  capability: 'ESORT',
  spec: [5267],
  summary: 'Answers a sort by its count, its ends or a compact list.',
  usage: "mailbox.sort(['arrival'], {}, { return: ['min', 'max', 'count'] })",
  note: 'without the capability results are worked out of all that was found; min and max of Cyrus are by number',
  examples: ['rfc5267.txt'],
  tested: ['embedded', 'transcript', 'dovecot'],
}
