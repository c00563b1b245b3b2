import { ArgumentError } from '../model/errors.js'
import type { Flag } from '../model/flags.js'
import { SeqSet, UidSet, type SavedResult } from '../model/number-set.js'
import type { ResponseCode } from '../model/response-code.js'
import type { Writer } from '../wire/writer.js'
import { checkCapability, checkFlags, checkModSeq, checkObject, checkSaved, checkSet, usesUids } from './checks.js'
import type { Command, EncodeContext } from './command.js'
import type { Needs, StoreItem } from './slots.js'
import { mailboxSelected } from './states.js'

/** What STORE changes beside flags, by its key in a change: labels and annotations. */
export type StoreItems = Readonly<Record<string, StoreItem<never>>>

/** A change of flags: exactly one of `add`, `remove` and `replace`, or of what extensions can change in their place. */
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
 * @param items - what extensions can change
 * @throws ArgumentError for what is no set, for not exactly one change, and for flags that cannot be set
 */
export function store(set: SeqSet, change: StoreChange, items?: StoreItems): Command<StoreResult<SeqSet>>
export function store(set: UidSet | SavedResult, change: StoreChange, items?: StoreItems): Command<StoreResult<UidSet>>
export function store(
  set: UidSet | SeqSet | SavedResult,
  change: StoreChange,
  items?: StoreItems,
): Command<StoreResult<UidSet>> | Command<StoreResult<SeqSet>>
export function store(
  set: UidSet | SeqSet | SavedResult,
  change: StoreChange,
  items: StoreItems = {},
): Command<StoreResult<UidSet>> | Command<StoreResult<SeqSet>> {
  checkSet(set)
  const how = { change, items }
  return usesUids(set)
    ? storeAs<UidSet>('UID STORE', set, how, (code) => modifiedOf(code, 'uid'))
    : storeAs<SeqSet>('STORE', set, how, (code) => modifiedOf(code, 'seq'))
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
  { change, items }: { readonly change: StoreChange; readonly items: StoreItems },
  modified: (code: ResponseCode | null) => Set,
): Command<StoreResult<Set>> {
  const wanted = changeOf(change, items)
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
      if (wanted.needs !== undefined) checkCapability(context, wanted.needs, `A change of ${wanted.key}`)
      wanted.write(w, context)
    },
    collect: () => ({ done: (tagged) => ({ modified: modified(tagged.code) }) }),
  }
}

/** The one thing that a STORE changes. */
interface Wanted {
  readonly key: string
  readonly needs?: Needs | undefined
  write(w: Writer, context: EncodeContext): void
}

const SIGNS = { add: '+', remove: '-', replace: '' } as const

/** store-att-flags = (["+" / "-"] "FLAGS" [".SILENT"]) SP (flag-list / (flag *(SP flag))) ; and those of extensions */
function changeOf(change: StoreChange, items: StoreItems): Wanted {
  checkObject('A change of flags', change)
  const silent = change.silent === true
  const asked: Wanted[] = []
  for (const [key, value] of Object.entries(change) as [string, unknown][]) {
    if (value === undefined || key === 'silent' || key === 'unchangedSince') continue
    if (key === 'add' || key === 'remove' || key === 'replace') {
      const flags = value as readonly string[]
      checkFlags(flags)
      asked.push({ key: 'flags', write: (w) => writeFlags(w, SIGNS[key], flags, silent) })
      continue
    }
    const item = Object.hasOwn(items, key) ? items[key] : undefined
    if (item === undefined) throw new ArgumentError(`STORE cannot change ${key.slice(0, 40)}`)
    item.check?.(value as never)
    asked.push({ key, needs: item.needs, write: (w, context) => item.write(w, value as never, silent, context) })
  }
  const [only] = asked
  if (asked.length !== 1 || only === undefined) {
    const others = Object.keys(items).map((key) => `, ${key}`)
    throw new ArgumentError(`STORE takes exactly one of add, remove, replace${others.join('')}`)
  }
  return only
}

function writeFlags(w: Writer, sign: string, flags: readonly string[], silent: boolean): void {
  w.word(`${sign}FLAGS${silent ? '.SILENT' : ''}`)
    .sp()
    .flagList(flags)
}
