import { find, seqSearch, uidSearch, type SearchForm } from '../commands/search.js'
import type {
  SearchCriteria,
  SearchOptions,
  SearchResult,
  SortCriteria,
  SortOptions,
  SortResult,
} from '../extensions/options.js'
import { sortForm } from '../extensions/sort.js'
import { thread, threadSeq, type Thread, type ThreadAlgorithm } from '../extensions/thread.js'
import type { SeqNum, Uid } from '../model/ids.js'
import { UidSet, type SeqSet } from '../model/number-set.js'
import { bounded, checkCall } from './call-options.js'
import { limitedSearch, searchInParts } from './limited-search.js'
import { callOf, MailboxBase } from './mailbox-base.js'
import type { CallOptions } from './mailbox-context.js'
import { whole } from './message-limit.js'
import { SearchWatch, WatchedList, WatchedSet } from './search-watch.js'

/** What a watch asks for: all at first, then updates; the server may keep the result at hand. */
const UPDATED = { return: ['all', 'update', 'context'] }

/** What can be asked about the messages of a mailbox without fetching them. */
export abstract class MailboxQueries extends MailboxBase {
  /**
   * Searches the mailbox (RFC 9051 §6.4.4) and gives UIDs; with `return` or `partial` an object that holds what was asked
   * for.
   *
   * @example
   * ```ts
   * const unread = await inbox.search({ seen: false, since: '2026-01-01' })
   * const { count } = await inbox.search({ from: 'a@example.org' }, { return: ['count'] })
   * const { partial } = await inbox.search({ flagged: true }, { partial: '-1:-20' })
   * ```
   */
  async search<const O extends SearchOptions & CallOptions = Record<never, never>>(
    criteria: SearchCriteria,
    options?: O,
  ): Promise<SearchResult<O>> {
    const { connection, limits } = this.context
    const among: unknown = (criteria as SearchCriteria | null)?.uid
    if (among instanceof UidSet && !among.hasStar && among.toString().length > limits.commandLine) {
      return searchInParts(bounded(this.context, options ?? {}), criteria, among, options)
    }
    if (connection.capabilities.has('MESSAGELIMIT=')) {
      return limitedSearch(bounded(this.context, options ?? {}), criteria, options)
    }
    return this.#find(uidSearch, criteria, options)
  }

  /** Searches as {@link search} does, and gives sequence numbers: a snapshot that the next EXPUNGE moves. */
  async searchSeq<const O extends SearchOptions & CallOptions = Record<never, never>>(
    criteria: SearchCriteria,
    options?: O,
  ): Promise<SearchResult<O, SeqNum, SeqSet>> {
    return this.#find(seqSearch, criteria, options)
  }

  /**
   * Searches and gives UIDs in the order of some keys (SORT, RFC 5256); with `return` or `partial` an object that holds what
   * was asked for. Messages that no key tells apart come in the order of the mailbox.
   *
   * @throws CapabilityError without SORT, or SORT=DISPLAY for `displayFrom` and `displayTo`
   * @example
   * ```ts
   * const newestFirst = await inbox.sort([{ key: 'date', reverse: true }], { seen: false })
   * const { partial } = await inbox.sort(['displayFrom', 'date'], {}, { partial: '1:50' })
   * ```
   */
  async sort<const O extends SortOptions & CallOptions = Record<never, never>>(
    by: SortCriteria,
    criteria: SearchCriteria = {},
    options?: O,
  ): Promise<SortResult<O>> {
    return this.#find(sortForm(by, true, criteria, this.context.protocol), criteria, options)
  }

  /** Sorts as {@link sort} does, and gives sequence numbers: a snapshot that the next EXPUNGE moves. */
  async sortSeq<const O extends SortOptions & CallOptions = Record<never, never>>(
    by: SortCriteria,
    criteria: SearchCriteria = {},
    options?: O,
  ): Promise<SortResult<O, SeqNum>> {
    return this.#find(sortForm(by, false, criteria, this.context.protocol), criteria, options)
  }

  /**
   * Searches and gives UIDs in conversations (THREAD, RFC 5256).
   *
   * @throws CapabilityError when the server lacks the algorithm
   * @example
   * ```ts
   * for (const { message, children } of await inbox.thread('REFERENCES', { since: '2026-01-01' })) {
   *   console.log(message, children.length)
   * }
   * ```
   */
  async thread(
    algorithm: ThreadAlgorithm,
    criteria: SearchCriteria = {},
    options: CallOptions = {},
  ): Promise<readonly Thread[]> {
    checkCall(options)
    return this.context.run(whole(thread(algorithm, criteria, this.context.protocol.searchKeys)), callOf(options))
  }

  /** Threads as {@link thread} does, and gives sequence numbers: a snapshot that the next EXPUNGE moves. */
  async threadSeq(
    algorithm: ThreadAlgorithm,
    criteria: SearchCriteria = {},
    options: CallOptions = {},
  ): Promise<readonly Thread<SeqNum>[]> {
    checkCall(options)
    return this.context.run(whole(threadSeq(algorithm, criteria, this.context.protocol.searchKeys)), callOf(options))
  }

  /**
   * Searches and keeps the result up to date as messages come, go and change (CONTEXT=SEARCH, RFC 5267). News comes while the
   * client idles, and with the answers to other commands.
   *
   * @throws CapabilityError without CONTEXT=SEARCH and ESEARCH: nothing can make up for them
   * @example
   * ```ts
   * await using unread = await inbox.watchSearch({ seen: false })
   * console.log(unread.uids.size)
   * ```
   */
  async watchSearch(criteria: SearchCriteria, options: CallOptions = {}): Promise<SearchWatch> {
    checkCall(options)
    const { context } = this
    const command = find<{ readonly all: UidSet }>(uidSearch, criteria, UPDATED, context.protocol)
    return SearchWatch.start(context, whole(command), (all) => new WatchedSet(all), callOf(options))
  }

  /**
   * Sorts and keeps the result up to date (CONTEXT=SORT, RFC 5267).
   *
   * @throws CapabilityError without CONTEXT=SORT and ESORT
   */
  async watchSort(
    by: SortCriteria,
    criteria: SearchCriteria = {},
    options: CallOptions = {},
  ): Promise<SearchWatch<readonly Uid[]>> {
    checkCall(options)
    const { context } = this
    const form = sortForm(by, true, criteria, context.protocol)
    const command = find<{ readonly all: readonly Uid[] }>(form, criteria, UPDATED, context.protocol)
    return SearchWatch.start(context, whole(command), (all) => new WatchedList(all), callOf(options))
  }

  /** Runs a command that searches; what it gives follows from the options, by the rule of its type. */
  async #find<R>(form: SearchForm, criteria: SearchCriteria, options: CallOptions | undefined): Promise<R> {
    checkCall(options)
    return this.context.run(whole(find<R>(form, criteria, options, this.context.protocol)), callOf(options))
  }
}
