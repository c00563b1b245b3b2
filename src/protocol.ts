import { coreFetchItems } from './commands/fetch-items.js'
import { coreSearchKeys } from './commands/search-keys.js'
import { coreStatusItems } from './commands/status.js'
import type {
  AppendItem,
  Extension,
  FetchItem,
  ListReturnItem,
  OptionItem,
  SearchKey,
  SearchReturnItem,
  SelectItem,
  SortKey,
  StatusItem,
  StoreItem,
} from './extensions/extension.js'
import { extensions as known } from './extensions/index.js'
import { type FetchHead, readFetch, readFetchHeadFrom, readUidFetch } from './grammar/fetch-data.js'
import { coreCodeReaders } from './grammar/response-code.js'
import { coreUntaggedReaders, readResponseFrom } from './grammar/response.js'
import { readEsearch } from './grammar/search-data.js'
import { readStatusData } from './grammar/status-data.js'
import type { CodeReader, FetchItemReader, ResponseTables, UntaggedReader, Warn } from './grammar/tables.js'
import type { Response } from './model/response.js'
import { Cursor } from './wire/cursor.js'
import type { Frame } from './wire/framer.js'
import type { Limits } from './wire/limits.js'

export type { FetchHead } from './grammar/fetch-data.js'

/** How a response is read. */
export interface ReadOptions {
  /** Whether mailbox names are UTF-8: IMAP4rev2 or UTF8=ACCEPT is enabled. */
  readonly utf8?: boolean
  readonly limits?: Partial<Limits>
  /** Is told of faults that were tolerated, such as a response code whose data cannot be read. */
  readonly warn?: Warn
}

type Table<T> = Readonly<Record<string, T>>

/** The core and a list of extensions joined: what is read, and what can be asked for. */
export interface Protocol {
  /** The items of FETCH by their key in a query. */
  readonly fetchItems: ReadonlyMap<string, FetchItem<never>>
  readonly fetchModifiers: Table<OptionItem<never>>
  readonly searchKeys: Table<SearchKey<never>>
  readonly searchReturns: Table<SearchReturnItem<never>>
  readonly sortKeys: Table<SortKey<never>>
  readonly statusItems: readonly StatusItem[]
  readonly selectItems: Table<SelectItem<never>>
  readonly storeItems: Table<StoreItem<never>>
  readonly listReturns: Table<ListReturnItem<never>>
  readonly appendItems: Table<AppendItem<never>>
  /**
   * Reads one whole response (RFC 9051 §7); the greeting is an untagged one.
   *
   * @throws ProtocolError, LimitError
   */
  readResponse(frame: Frame, options?: ReadOptions): Response
  /** Reads a response up to the literal at its end; undefined unless that is content of a section in a FETCH answer. */
  readFetchHead(frame: Frame, options?: ReadOptions): FetchHead | undefined
  /** The capabilities that others include, such as CONDSTORE in QRESYNC; names in any case. */
  implied(names: Iterable<string>): Iterable<string>
}

/** Makes one table of several. @throws Error when two entries have one name. */
function merge<T>(
  what: string,
  ...parts: readonly (Readonly<Record<string, T>> | undefined)[]
): ReadonlyMap<string, T> {
  const merged = new Map<string, T>()
  for (const part of parts) {
    for (const [name, entry] of Object.entries(part ?? {})) {
      if (merged.has(name)) throw new Error(`Two ${what} are named ${name}`)
      merged.set(name, entry)
    }
  }
  return merged
}

/**
 * Joins the core and extensions.
 *
 * @throws Error when two entries of one table have the same name: that is a mistake of whoever wrote the records
 */
export function composeProtocol(extensions: readonly Extension[]): Protocol {
  const each = <T>(pick: (extension: Extension) => T | undefined): T[] =>
    extensions.map(pick).filter((found) => found !== undefined)
  const table = <T>(what: string, core: Table<T>, pick: (extension: Extension) => Table<T> | undefined): Table<T> =>
    Object.freeze(Object.fromEntries(merge<T>(what, core, ...each(pick))))
  const keyed = <T extends { readonly key: string }>(
    what: string,
    core: readonly T[],
    pick: (extension: Extension) => readonly T[] | undefined,
  ): ReadonlyMap<string, T> =>
    merge<T>(what, ...[...core, ...each(pick).flat()].map((entry) => ({ [entry.key]: entry })))

  const fetchItems = keyed<FetchItem<never>>('items of FETCH', coreFetchItems, (one) => one.fetchItems)
  const statusItems = [...keyed('items of STATUS', coreStatusItems, (one) => one.statusItems).values()]
  const fetchReaders = merge<FetchItemReader>(
    'attributes of FETCH',
    ...[...fetchItems.values()].map((item) => item.read),
  )
  const statusReaders = merge<StatusItem>('attributes of STATUS', ...statusItems.map((item) => ({ [item.name]: item })))
  const searchReturns = table<SearchReturnItem<never>>('results of SEARCH', {}, (one) => one.searchReturns)
  const esearchReaders = merge<(cursor: Cursor) => unknown>(
    'data of ESEARCH',
    ...Object.values(searchReturns).map((item) => item.read),
  )
  const tables: ResponseTables = {
    untagged: merge<UntaggedReader>(
      'untagged responses',
      coreUntaggedReaders,
      {
        ESEARCH: (cursor) => readEsearch(cursor, esearchReaders),
        FETCH: (cursor, number) => readFetch(cursor, number, fetchReaders),
        UIDFETCH: (cursor, number) => readUidFetch(cursor, number, fetchReaders),
        // IMAP2 tells the flags that STORE has changed under this name (RFC 1064).
        STORE: (cursor, number) => readFetch(cursor, number, fetchReaders),
        STATUS: (cursor) => readStatusData(cursor, statusReaders),
      },
      ...each((one) => one.untagged),
    ),
    codes: merge<CodeReader>('response codes', coreCodeReaders, ...each((one) => one.codes)),
  }
  const included = closure(extensions)
  return {
    fetchItems,
    fetchModifiers: table('modifiers of FETCH', {}, (one) => one.fetchModifiers),
    searchKeys: table<SearchKey<never>>('keys of SEARCH', coreSearchKeys, (one) => one.searchKeys),
    searchReturns,
    sortKeys: table('criteria of SORT', {}, (one) => one.sortKeys),
    statusItems: Object.freeze(statusItems),
    selectItems: table('parameters of SELECT', {}, (one) => one.selectItems),
    storeItems: table('items of STORE', {}, (one) => one.storeItems),
    listReturns: table('results of LIST', {}, (one) => one.listReturns),
    appendItems: table('items of APPEND', {}, (one) => one.appendItems),
    readResponse: (frame, options = {}) => readResponseFrom(cursorOf(frame, options), tables, options.warn),
    readFetchHead: (frame, options = {}) => readFetchHeadFrom(cursorOf(frame, options), fetchReaders),
    *implied(names) {
      for (const name of names) yield* included.get(name.toUpperCase()) ?? []
    },
  }
}

/** What each capability includes, itself not counted, by its name in upper case; followed through to the end. */
function closure(extensions: readonly Extension[]): ReadonlyMap<string, readonly string[]> {
  const direct = new Map(extensions.map((one) => [one.capability.toUpperCase(), one.implies ?? []] as const))
  const found = new Map<string, readonly string[]>()
  for (const name of direct.keys()) {
    const reached = new Set<string>()
    const follow = (from: string): void => {
      for (const next of direct.get(from.toUpperCase()) ?? []) {
        if (reached.has(next)) continue
        reached.add(next)
        follow(next)
      }
    }
    follow(name)
    found.set(name, Object.freeze([...reached]))
  }
  return found
}

/** The core and all extensions of this package. */
export const protocol: Protocol = composeProtocol(known)

/** The protocol with extensions of the user's own. @throws Error when one takes a name that is taken */
export function protocolWith(own: readonly Extension[] = []): Protocol {
  return own.length === 0 ? protocol : composeProtocol([...known, ...own])
}

/**
 * Reads one whole response (RFC 9051 §7) with all extensions of this package; the greeting is an untagged one.
 *
 * An item of FETCH that is malformed costs only that item, which is noted in `data.defects`.
 *
 * @throws ProtocolError when the response is malformed: its framing is intact, so that the next one can be read
 * @throws LimitError when it is nested too deep or has too many elements
 */
export function readResponse(frame: Frame, options: ReadOptions = {}): Response {
  return protocol.readResponse(frame, options)
}

function cursorOf(frame: Frame, { limits, utf8 = false }: ReadOptions): Cursor {
  const cursor = new Cursor(frame, limits)
  cursor.utf8 = utf8
  return cursor
}
