import { coreFetchItems } from './commands/fetch-items.js'
import { coreSearchKeys } from './commands/search-keys.js'
import { coreStatusItems } from './commands/status.js'
import { extensions } from './extensions/index.js'
import type { Extension, FetchItem, SearchKey, StatusItem } from './extensions/extension.js'
import { type FetchHead, readFetch, readFetchHeadFrom } from './grammar/fetch-data.js'
import { coreCodeReaders } from './grammar/response-code.js'
import { coreUntaggedReaders, readResponseFrom } from './grammar/response.js'
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

/** Makes one table of several. @throws Error when two entries have one name: that is a mistake in this library. */
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

/** Joins lists whose entries have keys. @throws Error when two have the same. */
function join<T extends { readonly key: string }>(what: string, ...parts: readonly (readonly T[])[]): readonly T[] {
  const all = parts.flat()
  merge(what, ...all.map((entry) => ({ [entry.key]: entry })))
  return Object.freeze(all)
}

const each = <T>(pick: (extension: Extension) => T | undefined): T[] =>
  extensions.map(pick).filter((found) => found !== undefined)

/** The items of FETCH. */
export const fetchItems: readonly FetchItem<never>[] = join(
  'items of FETCH',
  coreFetchItems,
  ...each((one) => one.fetchItems),
)

/** The keys of SEARCH, by their name in criteria. */
export const searchKeys: Readonly<Record<string, SearchKey<never>>> = Object.freeze(
  Object.fromEntries(merge<SearchKey<never>>('keys of SEARCH', coreSearchKeys, ...each((one) => one.searchKeys))),
)

/** The items of STATUS. */
export const statusItems: readonly StatusItem[] = join(
  'items of STATUS',
  coreStatusItems,
  ...each((one) => one.statusItems),
)

const fetchReaders = merge<FetchItemReader>('attributes of FETCH', ...fetchItems.map((item) => item.read))

const statusReaders = merge<StatusItem>('attributes of STATUS', ...statusItems.map((item) => ({ [item.name]: item })))

const tables: ResponseTables = {
  untagged: merge<UntaggedReader>(
    'untagged responses',
    coreUntaggedReaders,
    {
      FETCH: (cursor, number) => readFetch(cursor, number, fetchReaders),
      STATUS: (cursor) => readStatusData(cursor, statusReaders),
    },
    ...each((one) => one.untagged),
  ),
  codes: merge<CodeReader>('response codes', coreCodeReaders, ...each((one) => one.codes)),
}

/** What each capability includes, itself not counted, by its name in upper case; followed through to the end. */
const implied: ReadonlyMap<string, readonly string[]> = closure()

function closure(): Map<string, readonly string[]> {
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

/** The capabilities that one includes, such as CONDSTORE in QRESYNC; the name in any case. */
export function impliedCapabilities(capability: string): readonly string[] {
  return implied.get(capability.toUpperCase()) ?? []
}

/**
 * Reads one whole response (RFC 9051 §7); the greeting is an untagged one.
 *
 * An item of FETCH that is malformed costs only that item, which is noted in `data.defects`.
 *
 * @throws ProtocolError when the response is malformed: its framing is intact, so that the next one can be read
 * @throws LimitError when it is nested too deep or has too many elements
 */
export function readResponse(frame: Frame, options: ReadOptions = {}): Response {
  return readResponseFrom(cursorOf(frame, options), tables, options.warn)
}

/**
 * Reads a response up to the literal that is announced at its end; undefined unless that is the content of a section
 * in a FETCH answer, so that it may be streamed.
 *
 * @throws LimitError as {@link readResponse} does
 */
export function readFetchHead(frame: Frame, options: ReadOptions = {}): FetchHead | undefined {
  return readFetchHeadFrom(cursorOf(frame, options), fetchReaders)
}

function cursorOf(frame: Frame, { limits, utf8 = false }: ReadOptions): Cursor {
  const cursor = new Cursor(frame, limits)
  cursor.utf8 = utf8
  return cursor
}
