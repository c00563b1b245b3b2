import { readUidSet } from '../grammar/number-set.js'
import type { VanishedResponse } from '../model/response.js'
import type { Cursor } from '../wire/cursor.js'
import type { Extension } from './extension.js'

/** expunged-resp = "VANISHED" [SP "(EARLIER)"] SP known-uids   (RFC 7162 §7) */
function readVanished(cursor: Cursor): VanishedResponse {
  let earlier = false
  if (cursor.tryChar('(')) {
    cursor.skipSpaces()
    earlier = cursor.tryWord('EARLIER')
    cursor.skipSpaces()
    cursor.char(')')
  }
  cursor.skipSpaces()
  const uids = readUidSet(cursor)
  cursor.skipSpaces()
  if (!cursor.atEnd) throw cursor.fail('A set of UIDs is expected')
  return { kind: 'untagged', type: 'VANISHED', earlier, uids }
}

/** QRESYNC: what happened to a mailbox while the client was away, in one answer (RFC 7162 §3.2). */
export const qresync = {
  capability: 'QRESYNC',
  spec: [7162, 5162],
  summary: 'Tells on selecting a mailbox what was changed and expunged since a known state.',
  usage: "client.select('INBOX', { qresync: { uidValidity, modSeq } })",
  examples: ['rfc7162.txt'],
  tested: ['embedded'],
  implies: ['CONDSTORE'],
  enable: true,
  untagged: { VANISHED: readVanished },
} as const satisfies Extension
