import { Buffer } from 'node:buffer'
import { checkObject, checkString } from '../commands/checks.js'
import type { Command, EncodeContext } from '../commands/command.js'
import { checkCriteria, writeCriteria, type CoreCriteria, type SearchKeys } from '../commands/search-criteria.js'
import { coreSearchKeys } from '../commands/search-keys.js'
import type { SearchKey } from '../commands/slots.js'
import { ArgumentError } from '../model/errors.js'
import { Writer } from '../wire/writer.js'
import type { EntryValue } from './entries.js'
import type { Extension } from './extension.js'
import { getMetadata, setMetadata, type MetadataEntries } from './metadata.js'

/** A search that the server keeps under a name (RFC 5466). */
export interface Filter {
  readonly name: string
  /** The search keys, as they go on the wire. */
  readonly criteria: string
  /** For people; null where there is none. */
  readonly description: string | null
  /** Whether it is that of all users. A private one of the same name goes before it. */
  readonly shared: boolean
}

/** How a filter is stored. */
export interface FilterOptions {
  /** For people: text in any language. */
  readonly description?: string | undefined
  /** Stores it for all users. */
  readonly shared?: boolean | undefined
}

/** The search key of FILTERS (RFC 5466 §3.1). */
export interface FilterCriteria {
  /** Meets the filter of this name; needs FILTERS. */
  readonly filter?: string | undefined
}

const NEEDS = 'FILTERS'
const SCOPES = ['private', 'shared'] as const

type Scope = (typeof SCOPES)[number]
type Part = 'values' | 'descriptions'

const root = (scope: Scope, part: Part): string => `/${scope}/filters/${part}`
const entryOf = (scope: Scope, part: Part, name: string): string => `${root(scope, part)}/${name}`

/** The entries that belong to a filter, or with no name the roots of all. */
function entriesFor(name?: string): string[] {
  const parts = ['values', 'descriptions'] as const
  return SCOPES.flatMap((scope) =>
    parts.map((part) => (name === undefined ? root(scope, part) : entryOf(scope, part, name))),
  )
}

/** Asks for all filters, by GETMETADATA (RFC 5466 §3.2). */
export function listFilters(): Command<readonly Filter[]> {
  return reading(getMetadata('', entriesFor(), { depth: 1 }), (entries) => {
    const names = new Map<string, string>()
    for (const entry of entries.keys()) {
      const name = /^\/(?:private|shared)\/filters\/values\/([^/]+)$/i.exec(entry)?.[1]
      if (name !== undefined) names.set(name.toLowerCase(), name)
    }
    return [...names.values()].map((name) => filterOf(name, entries)).filter((filter) => filter !== null)
  })
}

/** Asks for one filter, by GETMETADATA; null when there is none of this name. @throws ArgumentError for no name of one */
export function getFilter(name: string): Command<Filter | null> {
  checkFilterName(name)
  return reading(getMetadata('', entriesFor(name)), (entries) => filterOf(name, entries))
}

/**
 * Stores a filter, by SETMETADATA (RFC 5466 §3.2).
 *
 * @param criteria - as for `search`, or as search keys on the wire, which may name other filters
 * @param keys - the search keys that are known
 * @throws ArgumentError for no name of a filter, and for criteria that cannot be
 */
export function setFilter(
  name: string,
  criteria: CoreCriteria | string,
  options: FilterOptions = {},
  keys: SearchKeys = coreSearchKeys,
): Command<void> {
  checkFilterName(name)
  checkObject('The options of a filter', options)
  if (typeof criteria === 'string') checkText(criteria)
  else checkCriteria(criteria, keys)
  const { description, shared = false } = options
  if (description !== undefined) checkString('The description of a filter', description)
  const scope: Scope = shared ? 'shared' : 'private'
  const changeTo = (value: EntryValue) => ({
    [entryOf(scope, 'values', name)]: value,
    ...(description !== undefined && { [entryOf(scope, 'descriptions', name)]: description }),
  })
  return {
    ...setMetadata('', changeTo('ALL')),
    needs: NEEDS,
    encode: (w, context) => {
      const value = typeof criteria === 'string' ? criteria : textOf(criteria, keys, context)
      setMetadata('', changeTo(value)).encode?.(w, context)
    },
  }
}

/** Removes a filter with its description: the private and the shared one. @throws ArgumentError for no name of one */
export function deleteFilter(name: string): Command<void> {
  checkFilterName(name)
  return { ...setMetadata('', Object.fromEntries(entriesFor(name).map((entry) => [entry, null]))), needs: NEEDS }
}

/** A server with FILTERS has these commands for these entries, whatever else it announces (RFC 5466 §3.2). */
function reading<R>(
  command: Command<{ readonly entries: MetadataEntries }>,
  result: (entries: MetadataEntries) => R,
): Command<R> {
  return {
    ...command,
    needs: NEEDS,
    collect: (context) => {
      const collector = command.collect(context)
      return { ...collector, done: (tagged) => result(collector.done(tagged).entries) }
    },
  }
}

/** The private filter goes before the shared one, and so do descriptions (RFC 5466 §3.2). */
function filterOf(name: string, entries: MetadataEntries): Filter | null {
  const all = new Map([...entries].map(([entry, value]) => [entry.toLowerCase(), value]))
  const find = (scope: Scope, part: Part): string | null => {
    const value = all.get(entryOf(scope, part, name).toLowerCase())
    return value === null || value === undefined ? null : Buffer.from(value).toString()
  }
  const own = find('private', 'values')
  const criteria = own ?? find('shared', 'values')
  if (criteria === null) return null
  const description = find('private', 'descriptions') ?? find('shared', 'descriptions')
  return { name, criteria, description, shared: own === null }
}

/** search-criteria = search-key *(SP search-key) ; without CHARSET, since filters are UTF-8 (RFC 5466 §3.1, §4) */
function textOf(criteria: CoreCriteria, keys: SearchKeys, context: EncodeContext): Uint8Array {
  const w = new Writer({ utf8: false, literalPlus: false, literalMinus: false })
  writeCriteria(w, criteria, keys, {
    has: (name) => context.has(name),
    isEnabled: (name) => name === 'UTF8=ACCEPT' || context.isEnabled(name),
  })
  const octets = w.finish().segments.flatMap((each) => (each.kind === 'bytes' ? [each.bytes] : []))
  // Without the CRLF that ends a command.
  return Buffer.concat(octets).subarray(0, -2)
}

/** filter-name = 1*<any ATOM-CHAR except "/">   (RFC 5466 §4) */
function checkFilterName(name: string): void {
  checkString('The name of a filter', name)
  if (/^[^\0-\x20(){%*"\\\]/\x7f-\uffff]+$/.test(name)) return
  throw new ArgumentError(`"${name.slice(0, 40)}" is no name of a filter: use an atom without a slash`)
}

function checkText(criteria: string): void {
  if (criteria.trim() === '') throw new ArgumentError("A filter has search keys, such as 'UNSEEN FROM boss'")
}

/** search-key =/ "FILTER" SP filter-name   (RFC 5466 §4) */
const filterKey: SearchKey<string> = {
  needs: NEEDS,
  write: (w, name) => {
    checkFilterName(name)
    w.word('FILTER').sp().atom(name)
  },
}

/** FILTERS: searches that the server keeps under names (RFC 5466). */
export const filters: Extension = {
  capability: NEEDS,
  spec: [5466],
  summary: 'Keeps searches on the server under names, and searches by them.',
  usage: "client.filters.set('boss', { from: 'boss@example.com' })",
  note: '`mailbox.search({ filter })` uses one.',
  examples: ['rfc5466.txt'],
  tested: ['embedded', 'transcript'],
  searchKeys: { filter: filterKey },
}
