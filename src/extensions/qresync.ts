import { checkModSeq, checkObject } from '../commands/checks.js'
import type { EncodeContext } from '../commands/command.js'
import type { SelectItem } from '../commands/slots.js'
import { readUidSet } from '../grammar/number-set.js'
import { ArgumentError, CapabilityError } from '../model/errors.js'
import type { Flag } from '../model/flags.js'
import { MAX_NUMBER, type ModSeq, type SeqNum, type Uid } from '../model/ids.js'
import { SeqSet, UidSet } from '../model/number-set.js'
import type { Untagged, VanishedResponse } from '../model/response.js'
import type { Cursor } from '../wire/cursor.js'
import type { Writer } from '../wire/writer.js'
import type { Extension } from './extension.js'

/** The state of a mailbox that the caller knows, given on selecting it (RFC 7162 §3.2.5). */
export interface QresyncState {
  readonly uidValidity: number
  /** The mod-sequence up to which the caller knows everything. */
  readonly modSeq: ModSeq
  /** The UIDs that the caller has; left out, all. The server then tells of no others that they are gone. */
  readonly known?: UidSet | undefined
  /** Some numbers with their UIDs as they were, so that a server that forgets what was expunged has less to tell. */
  readonly match?: { readonly seqs: SeqSet; readonly uids: UidSet } | undefined
}

/** A message that has changed since the known state. */
export interface ResyncedMessage {
  readonly uid: Uid
  readonly seq?: SeqNum
  readonly flags?: readonly Flag[]
  readonly modSeq?: ModSeq
}

/**
 * What has happened to a mailbox since the known state. When its UIDVALIDITY is another one than the caller knew, nothing
 * is told here, and nothing of what the caller knew is worth anything.
 */
export interface Resync {
  /** Messages that are gone; UIDs that the caller never had may be among them. */
  readonly vanished: UidSet
  /** Messages that are new or whose flags have changed. */
  readonly changed: readonly ResyncedMessage[]
}

/** The parameter of SELECT and EXAMINE of QRESYNC. */
export interface QresyncSelect {
  /** Asks what has happened since a known state; QRESYNC has to be enabled (RFC 7162 §3.2.5). */
  readonly qresync?: QresyncState | undefined
}

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

function checkState(state: QresyncState): void {
  checkObject('qresync', state)
  const { uidValidity, modSeq, known, match } = state
  if (!Number.isInteger(uidValidity) || uidValidity < 1 || uidValidity > MAX_NUMBER) {
    throw new ArgumentError('qresync.uidValidity is the UIDVALIDITY of the mailbox, a whole number from 1 up')
  }
  checkModSeq(modSeq)
  if (modSeq === 0n) throw new ArgumentError('qresync.modSeq begins at 1n: select without qresync to learn all')
  for (const set of [known, match?.uids]) {
    const given: unknown = set
    if (given !== undefined && (!(given instanceof UidSet) || given.isEmpty || given.hasStar)) {
      throw new ArgumentError('The UIDs of qresync are a set that is not empty and has no *: uids(…)')
    }
  }
  if (match === undefined) return
  const given: unknown = match.seqs
  if (!(given instanceof SeqSet) || given.hasStar || given.size !== match.uids.size) {
    throw new ArgumentError('qresync.match has as many numbers as UIDs, as seqs(…) and uids(…)')
  }
}

/**
 * select-param    =/ "QRESYNC" SP "(" uidvalidity SP mod-sequence-value [SP known-uids] [SP seq-match-data] ")"
 * seq-match-data  =  "(" known-sequence-set SP known-uid-set ")"   (RFC 7162 §7)
 */
function writeState(w: Writer, { uidValidity, modSeq, known, match }: QresyncState, context: EncodeContext): void {
  if (!context.isEnabled('QRESYNC')) {
    throw new CapabilityError('QRESYNC', "QRESYNC is not enabled: connect with enable: ['QRESYNC']")
  }
  if (match !== undefined && context.isEnabled('UIDONLY')) {
    throw new ArgumentError(
      'With UIDONLY enabled qresync takes no match: there are no sequence numbers (RFC 9586 §3.7)',
    )
  }
  w.word('QRESYNC').sp().open().number(uidValidity).sp().number(modSeq)
  if (known !== undefined) w.sp().set(known)
  if (match !== undefined) w.sp().open().set(match.seqs).sp().set(match.uids).close()
  w.close()
}

const qresyncParam: SelectItem<QresyncState> = {
  needs: 'QRESYNC',
  check: checkState,
  write: writeState,
  collect: () => {
    let vanished = UidSet.of('')
    const changed = new Map<number, ResyncedMessage>()
    return {
      untagged: (response: Untagged) => {
        if (response.type === 'VANISHED' && response.earlier) {
          vanished = vanished.union(response.uids)
          return true
        }
        if (response.type !== 'FETCH' || response.data.uid === undefined) return false
        const { uid, flags, modSeq } = response.data
        changed.set(uid, {
          ...changed.get(uid),
          uid: uid as Uid,
          ...(response.seq > 0 && { seq: response.seq as SeqNum }),
          ...(flags !== undefined && { flags }),
          ...(modSeq !== undefined && { modSeq }),
        })
        return true
      },
      done: (): Resync => ({ vanished, changed: [...changed.values()] }),
    }
  },
}

/** QRESYNC: what happened to a mailbox while the client was away, in one answer (RFC 7162 §3.2). */
export const qresync: Extension = {
  capability: 'QRESYNC',
  spec: [7162, 5162],
  summary: 'Tells on selecting a mailbox what was changed and expunged since a known state.',
  usage: "client.select('INBOX', { qresync: { uidValidity, modSeq } })",
  examples: ['rfc7162.txt'],
  tested: ['embedded', 'dovecot', 'cyrus'],
  implies: ['CONDSTORE'],
  enable: true,
  untagged: { VANISHED: readVanished },
  selectItems: { qresync: qresyncParam },
}
