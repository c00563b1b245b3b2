import { UidMap } from '../model/uid-map.js'
import type { Cursor } from '../wire/cursor.js'
import { readIntervals, readUidSet } from '../grammar/number-set.js'
import type { Extension } from './extension.js'

/** resp-code-apnd = "APPENDUID" SP nz-number SP append-uid   (RFC 4315 §4) */
function readAppendUid(cursor: Cursor): object {
  const uidValidity = cursor.number()
  cursor.sp()
  return { uidValidity, uids: readUidSet(cursor) }
}

/**
 * resp-code-copy = "COPYUID" SP nz-number SP uid-set SP uid-set   (RFC 4315 §4)
 *
 * Exchange sends both sets empty when nothing was copied.
 */
function readCopyUid(cursor: Cursor): object {
  const uidValidity = cursor.number()
  cursor.skipSpaces()
  const source = readIntervals(cursor)
  cursor.skipSpaces()
  return { uidValidity, uidMap: new UidMap(uidValidity, source, readIntervals(cursor)) }
}

/** UIDPLUS: which UID a message got, and expunging by UID (RFC 4315). */
export const uidplus = {
  capability: 'UIDPLUS',
  spec: [4315, 2359],
  summary: 'Tells the UIDs of appended and copied messages, and expunges chosen messages only.',
  usage: "mailbox.copy(set, 'Archive')",
  examples: ['rfc4315.txt'],
  tested: ['embedded', 'dovecot', 'cyrus', 'courier'],
  codes: { APPENDUID: readAppendUid, COPYUID: readCopyUid },
} as const satisfies Extension
