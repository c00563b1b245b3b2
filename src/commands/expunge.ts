import { checkSaved, checkSet } from './checks.js'
import type { CollectContext, Collector, Command } from './command.js'
import { UidSet, uids, type SavedResult } from '../model/number-set.js'
import { mailboxSelected } from './states.js'

/** What the server tells of messages that it removed. */
export interface ExpungeResult {
  /** The UIDs that are known: those of VANISHED, and those of EXPUNGE where the numbering is known. */
  readonly uids: UidSet
  /** How many messages were removed while the command ran, those with an unknown UID included. */
  readonly count: number
}

/** EXPUNGE: removes all messages marked `\Deleted` (RFC 9051 §6.4.3). */
export function expunge(): Command<ExpungeResult> {
  return { name: 'EXPUNGE', states: mailboxSelected, traits: {}, collect: collectRemoved }
}

/** UID EXPUNGE: removes those of the messages that are marked `\Deleted`, and no others (RFC 4315 §2.1). */
export function uidExpunge(set: UidSet | SavedResult): Command<ExpungeResult> {
  checkSet(set)
  return {
    name: 'UID EXPUNGE',
    states: mailboxSelected,
    needs: 'UIDPLUS',
    traits: {},
    safe: true,
    encode: (w, context) => {
      checkSaved(context, set)
      w.sp().set(set)
    },
    collect: collectRemoved,
  }
}

/**
 * Claims nothing: what is removed is told by events all the same. While an EXPUNGE is handed out, the numbering still tells
 * the UID that its message had.
 */
function collectRemoved(context: CollectContext): Collector<ExpungeResult> {
  let known = UidSet.of()
  const single: number[] = []
  let count = 0
  return {
    untagged: (response) => {
      if (response.type === 'EXPUNGE') {
        count++
        const uid = context.uidOf(response.number)
        if (uid !== undefined) single.push(uid)
      } else if (response.type === 'VANISHED' && !response.earlier && !response.uids.hasStar) {
        known = known.union(response.uids)
        count += response.uids.size
      }
      return false
    },
    done: () => ({ uids: known.union(uids(single)), count }),
  }
}
