import { ArgumentError } from '../model/errors.js'
import type { Uid } from '../model/ids.js'
import { SeqSet, UidSet, savedResult, uids, type SavedResult } from '../model/number-set.js'
import type { MessageSet } from './resolve.js'

/** What names messages: a set of UIDs or of sequence numbers, one UID, or the saved search result. */
export type MessageSetInput = UidSet | SeqSet | SavedResult | Uid

/** The set that a caller gave. @throws ArgumentError for anything else, such as text or an array */
export function asMessageSet(given: MessageSetInput): MessageSet {
  if (given instanceof UidSet || given instanceof SeqSet) return given
  if (typeof given === 'number') return uids(given)
  const other: unknown = given
  if (other === savedResult) return savedResult
  throw new ArgumentError('A set of messages is expected: make one with uids(…) or seqs(…), or give a Uid')
}

/** The set of one UID. @throws ArgumentError for anything but a UID */
export function asUid(given: Uid): UidSet {
  const number: unknown = given
  if (typeof number !== 'number') throw new ArgumentError('A UID is expected, such as the uid of a message')
  return uids(number)
}
