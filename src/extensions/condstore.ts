import type { Cursor } from '../wire/cursor.js'
import type { Extension } from './extension.js'

/** "HIGHESTMODSEQ" SP mod-sequence-value   (RFC 7162 §7) */
function readHighestModSeq(cursor: Cursor): object {
  return { modSeq: cursor.number64() }
}

/** "MODIFIED" SP sequence-set   (RFC 7162 §7) */
function readModified(cursor: Cursor): object {
  return { set: cursor.set() }
}

/** CONDSTORE: mod-sequences, and changes that are made only where nobody else made one (RFC 7162 §3.1). */
export const condstore = {
  capability: 'CONDSTORE',
  spec: [7162, 4551],
  summary: 'Finds what changed since a known state, and refuses flag changes that would overwrite those of others.',
  usage: "mailbox.store(set, { add: ['\\\\Seen'], unchangedSince })",
  examples: ['rfc7162.txt'],
  tested: ['embedded', 'dovecot', 'cyrus'],
  enable: true,
  codes: { HIGHESTMODSEQ: readHighestModSeq, MODIFIED: readModified },
} as const satisfies Extension
