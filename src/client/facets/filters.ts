import {
  deleteFilter,
  getFilter,
  listFilters,
  setFilter,
  type Filter,
  type FilterOptions,
} from '../../extensions/filters.js'
import type { SearchCriteria } from '../../extensions/options.js'
import type { SearchKeys } from '../../commands/search-criteria.js'
import type { CallOptions, Runner } from '../mailbox-context.js'

/**
 * Searches that the server keeps under names (RFC 5466), as `client.filters`. All methods reject with CapabilityError
 * where the server lacks FILTERS.
 *
 * @example
 * ```ts
 * await client.filters.set('boss', { from: 'boss@example.com', seen: false })
 * const found = await inbox.search({ filter: 'boss', since: '2026-01-01' })
 * ```
 */
export class Filters {
  readonly #run: Runner
  readonly #keys: SearchKeys

  /** Made by the client. @internal */
  constructor(run: Runner, keys: SearchKeys) {
    this.#run = run
    this.#keys = keys
  }

  /** All filters, private and shared ones. */
  async list(options: CallOptions = {}): Promise<readonly Filter[]> {
    return this.#run(listFilters(), options)
  }

  /** One filter, or null. */
  async get(name: string, options: CallOptions = {}): Promise<Filter | null> {
    return this.#run(getFilter(name), options)
  }

  /** Stores a filter; the criteria may also be search keys as they go on the wire. */
  async set(name: string, criteria: SearchCriteria | string, options: FilterOptions & CallOptions = {}): Promise<void> {
    await this.#run(setFilter(name, criteria, options, this.#keys), options)
  }

  /** Removes a filter with its description: the private and the shared one. */
  async delete(name: string, options: CallOptions = {}): Promise<void> {
    await this.#run(deleteFilter(name), options)
  }
}
