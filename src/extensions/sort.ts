import { checkArray } from '../commands/checks.js'
import type { Command, EncodeContext } from '../commands/command.js'
import { checkCapability } from '../commands/checks.js'
import { usesKey, writeCharsetCriteria, type CoreCriteria, type SearchKeys } from '../commands/search-criteria.js'
import { foundInOrder } from '../commands/search-found.js'
import { coreSearchKeys } from '../commands/search-keys.js'
import type { CoreSearchReturn, SearchData, SearchOutcome } from '../commands/search-returns.js'
import { find, type SearchForm, type SearchTables } from '../commands/search.js'
import type { SortKey } from '../commands/slots.js'
import { readSearch } from '../grammar/search-data.js'
import { ArgumentError } from '../model/errors.js'
import type { SeqNum, Uid } from '../model/ids.js'
import type { ExtensionResponse, Untagged } from '../model/response.js'
import type { Cursor } from '../wire/cursor.js'
import type { Writer } from '../wire/writer.js'
import type { Extension } from './extension.js'

/**
 * What messages are sorted by (RFC 5256 §3): the time of arrival, the `Date` field, the size, the subject without `Re:` and
 * the like, or the mailbox of the first address in a field.
 */
export type CoreSortKey = 'arrival' | 'cc' | 'date' | 'from' | 'size' | 'subject' | 'to'

/** One criterion of a sort: a key, ascending, or descending with `reverse`. */
export type SortCriterion<Key extends string = CoreSortKey> =
  | Key
  | {
      readonly key: Key
      readonly reverse?: boolean | undefined
    }

/** What a sort is to give; the numbers in order by default. */
export interface CoreSortOptions {
  /** All can be worked out where the server lacks ESORT. */
  readonly return?: readonly Exclude<CoreSearchReturn, 'save'>[] | undefined
}

/** What is known of sorting: the core, and what extensions add. */
export interface SortTables extends SearchTables {
  readonly sortKeys: Readonly<Record<string, SortKey<never>>>
}

interface SortResponse extends ExtensionResponse {
  readonly type: 'X:SORT'
  readonly numbers: readonly number[]
  readonly modSeq?: bigint
}

const isSort = (response: Untagged): response is SortResponse => response.type === 'X:SORT'

/**
 * sort-data           = "SORT" *(SP nz-number)   (RFC 5256 §5)
 * sort-data           =/ "SORT" [1*(SP nz-number) [SP search-sort-mod-seq]]   (RFC 7162 §7)
 */
function readSort(cursor: Cursor): SortResponse {
  return { ...readSearch(cursor), type: 'X:SORT' }
}

/** sort-key = "ARRIVAL" / "CC" / "DATE" / "FROM" / "SIZE" / "SUBJECT" / "TO" */
function key(word: string): SortKey<true> {
  return { write: (w) => void w.word(word) }
}

const sortKeys: Readonly<Record<CoreSortKey, SortKey<true>>> = {
  arrival: key('ARRIVAL'),
  cc: key('CC'),
  date: key('DATE'),
  from: key('FROM'),
  size: key('SIZE'),
  subject: key('SUBJECT'),
  to: key('TO'),
}

const CORE_TABLES: SortTables = { searchKeys: coreSearchKeys, searchReturns: {}, sortKeys }

/**
 * UID SORT: finds messages as `search` does and gives their UIDs in order (RFC 5256 §3).
 *
 * @param tables - what is known of searching and sorting
 * @throws ArgumentError for no criterion, or one that is not known
 */
export function sort<const O extends CoreSortOptions = Record<never, never>>(
  by: readonly SortCriterion<string>[],
  criteria: CoreCriteria = {},
  options?: O,
  tables: SortTables = CORE_TABLES,
): Command<SearchOutcome<O, SearchData<Uid, readonly Uid[]>, readonly Uid[]>> {
  return find(sortForm(by, true, criteria, tables), criteria, options, tables)
}

/** SORT: as {@link sort}, with sequence numbers, which are a snapshot. */
export function sortSeq<const O extends CoreSortOptions = Record<never, never>>(
  by: readonly SortCriterion<string>[],
  criteria: CoreCriteria = {},
  options?: O,
  tables: SortTables = CORE_TABLES,
): Command<SearchOutcome<O, SearchData<SeqNum, readonly SeqNum[]>, readonly SeqNum[]>> {
  return find(sortForm(by, false, criteria, tables), criteria, options, tables)
}

/**
 * The form of SORT, or UID SORT.
 *
 * sort = ["UID" SP] "SORT" [search-return-opts] SP sort-criteria SP search-criteria
 * (RFC 5256 §5, RFC 5267 §5)
 *
 * @throws ArgumentError for no criterion, or one that is not known
 */
export function sortForm(
  by: readonly SortCriterion<string>[],
  uid: boolean,
  criteria: CoreCriteria,
  tables: SortTables,
): SearchForm {
  const asked = askedKeys(by, criteria, tables)
  return {
    kind: 'SORT',
    needs: 'SORT',
    uid,
    found: foundInOrder,
    plain: (response) => (isSort(response) ? response : undefined),
    program: (w, given, keys, context) => {
      w.sp().list(asked, (each) => writeKey(w, each, context))
      writeCharsetCriteria(w.sp(), given, keys, context)
    },
  }
}

interface AskedKey {
  readonly key: string
  readonly item: SortKey<never>
  readonly value: unknown
  readonly reverse: boolean
}

/** sort-criterion = ["REVERSE" SP] sort-key */
function writeKey(w: Writer, { key, item, value, reverse }: AskedKey, context: EncodeContext): void {
  checkCapability(context, item.needs, `Sorting by ${key}`)
  if (reverse) w.word('REVERSE').sp()
  item.write(w, value as never, context)
}

function askedKeys(
  by: readonly SortCriterion<string>[],
  criteria: CoreCriteria,
  { sortKeys: known, searchKeys }: SortTables,
): readonly AskedKey[] {
  checkArray('What to sort by', by)
  if (by.length === 0) throw new ArgumentError("There is nothing to sort by: give keys, such as ['date']")
  return by.map((each) => askedKey(each, known, criteria, searchKeys))
}

function askedKey(
  given: unknown,
  known: SortTables['sortKeys'],
  criteria: CoreCriteria,
  searchKeys: SearchKeys,
): AskedKey {
  const {
    key,
    reverse = false,
    value = true,
  } = (typeof given === 'object' ? { ...given } : { key: given }) as {
    readonly key?: unknown
    readonly reverse?: unknown
    readonly value?: unknown
  }
  const item = typeof key === 'string' && Object.hasOwn(known, key) ? known[key] : undefined
  if (typeof key !== 'string' || item === undefined) {
    throw new ArgumentError(`A sort goes by ${Object.keys(known).join(', ')}, or { key, reverse }`)
  }
  if (typeof reverse !== 'boolean') throw new ArgumentError('reverse is true or false')
  if (item.withKey !== undefined && !usesKey(criteria, searchKeys, item.withKey)) {
    throw new ArgumentError(`Sorting by ${key} needs the search key ${item.withKey}`)
  }
  return { key, item, value, reverse }
}

/** SORT: finds messages in an order (RFC 5256). */
export const sortExtension: Extension = {
  capability: 'SORT',
  spec: [5256],
  summary: 'Finds messages in the order of their dates, sizes, subjects or addresses.',
  usage: "mailbox.sort([{ key: 'date', reverse: true }], { seen: false })",
  examples: ['rfc5256.txt'],
  tested: ['embedded', 'transcript', 'dovecot', 'cyrus', 'courier'],
  untagged: { SORT: readSort },
  sortKeys,
}
