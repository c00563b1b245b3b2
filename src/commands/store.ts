import { ArgumentError } from '../model/errors.js'
import type { Flag } from '../model/flags.js'
import { SeqSet, UidSet, type SavedResult } from '../model/number-set.js'
import type { ResponseCode } from '../model/response-code.js'
import { checkCapability, checkFlags, checkModSeq, checkObject, checkSaved, checkSet, usesUids } from './checks.js'
import type { Command } from './command.js'
import { mailboxSelected } from './states.js'

/** A change of flags: exactly one of `add`, `remove` and `replace`. */
export interface StoreChange {
  readonly add?: readonly Flag[] | undefined
  readonly remove?: readonly Flag[] | undefined
  /** All other flags are taken away; `[]` takes away all. */
  readonly replace?: readonly Flag[] | undefined
  /** Asks the server not to tell the new flags. */
  readonly silent?: boolean | undefined
  /** Leaves alone messages that changed after this mod-sequence (RFC 7162 §3.1.3); needs CONDSTORE. */
  readonly unchangedSince?: bigint | undefined
}

/** What became of a change of flags. */
export interface StoreResult<Set extends UidSet | SeqSet> {
  /** The messages that were left alone, since they had changed after `unchangedSince`. */
  readonly modified: Set
}

/**
 * STORE, or UID STORE for a set of UIDs: changes flags (RFC 9051 §6.4.6, RFC 7162 §3.1.3).
 *
 * The new flags, where the server tells them, are told by the event `flags`. A server may also answer NO with the code
 * MODIFIED, when some of the messages are gone: {@link modifiedOf} reads it from the error.
 *
 * @throws ArgumentError for what is no set, for not exactly one change, and for flags that cannot be set
 */
export function store(set: SeqSet, change: StoreChange): Command<StoreResult<SeqSet>>
export function store(set: UidSet | SavedResult, change: StoreChange): Command<StoreResult<UidSet>>
export function store(
  set: UidSet | SeqSet | SavedResult,
  change: StoreChange,
): Command<StoreResult<UidSet>> | Command<StoreResult<SeqSet>>
export function store(
  set: UidSet | SeqSet | SavedResult,
  change: StoreChange,
): Command<StoreResult<UidSet>> | Command<StoreResult<SeqSet>> {
  checkSet(set)
  return usesUids(set)
    ? storeAs<UidSet>('UID STORE', set, change, (code) => modifiedOf(code, 'uid'))
    : storeAs<SeqSet>('STORE', set, change, (code) => modifiedOf(code, 'seq'))
}

/** The set in a MODIFIED code (RFC 7162 §3.1.3); empty for any other code. */
export function modifiedOf(code: ResponseCode | null, kind: 'uid'): UidSet
export function modifiedOf(code: ResponseCode | null, kind: 'seq'): SeqSet
export function modifiedOf(code: ResponseCode | null, kind: 'uid' | 'seq'): UidSet | SeqSet {
  const text = code?.name === 'MODIFIED' ? code.set : ''
  return kind === 'uid' ? UidSet.of(text) : SeqSet.of(text)
}

function storeAs<Set extends UidSet | SeqSet>(
  name: string,
  set: UidSet | SeqSet | SavedResult,
  change: StoreChange,
  modified: (code: ResponseCode | null) => Set,
): Command<StoreResult<Set>> {
  const [sign, flags] = changeOf(change)
  const { unchangedSince } = change
  if (unchangedSince !== undefined) checkModSeq(unchangedSince)
  const byUid = usesUids(set)
  return {
    name,
    states: mailboxSelected,
    traits: { seqArgs: !byUid, noExpunge: !byUid, flags: { access: 'write', set } },
    // Repeated, a condition would fail on what the lost first run changed.
    safe: byUid && unchangedSince === undefined,
    encode: (w, context) => {
      checkSaved(context, set)
      w.sp().set(set).sp()
      if (unchangedSince !== undefined) {
        checkCapability(context, 'CONDSTORE', 'unchangedSince')
        w.open().word('UNCHANGEDSINCE').sp().number(unchangedSince).close().sp()
      }
      w.word(`${sign}FLAGS${change.silent === true ? '.SILENT' : ''}`)
        .sp()
        .flagList(flags)
    },
    collect: () => ({ done: (tagged) => ({ modified: modified(tagged.code) }) }),
  }
}

/** store-att-flags = (["+" / "-"] "FLAGS" [".SILENT"]) SP (flag-list / (flag *(SP flag))) */
function changeOf(change: StoreChange): readonly ['+' | '-' | '', readonly string[]] {
  checkObject('A change of flags', change)
  const asked = (
    [
      ['+', change.add],
      ['-', change.remove],
      ['', change.replace],
    ] as const
  ).flatMap(([sign, flags]) => (flags === undefined ? [] : [[sign, flags] as const]))
  const [only] = asked
  if (asked.length !== 1 || only === undefined) {
    throw new ArgumentError('STORE takes exactly one of add, remove and replace')
  }
  checkFlags(only[1])
  return only
}
