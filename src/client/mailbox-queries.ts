import { search, searchSeq } from '../commands/search.js'
import type {
  SearchCriteria,
  SearchOptions,
  SearchResult,
  SortCriteria,
  SortOptions,
  SortResult,
} from '../extensions/options.js'
import { sort, sortSeq } from '../extensions/sort.js'
import { thread, threadSeq, type Thread, type ThreadAlgorithm } from '../extensions/thread.js'
import type { Command } from '../commands/command.js'
import type { SeqNum } from '../model/ids.js'
import type { SeqSet } from '../model/number-set.js'
import { checkCall } from './call-options.js'
import { callOf, MailboxBase } from './mailbox-base.js'
import type { CallOptions } from './mailbox-context.js'

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
    return this.#ask(options, (tables) => search(criteria, plain(options), tables))
  }

  /** Searches as {@link search} does, and gives sequence numbers: a snapshot that the next EXPUNGE moves. */
  async searchSeq<const O extends SearchOptions & CallOptions = Record<never, never>>(
    criteria: SearchCriteria,
    options?: O,
  ): Promise<SearchResult<O, SeqNum, SeqSet>> {
    return this.#ask(options, (tables) => searchSeq(criteria, plain(options), tables))
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
    return this.#ask(options, (tables) => sort(by, criteria, plain(options), tables))
  }

  /** Sorts as {@link sort} does, and gives sequence numbers: a snapshot that the next EXPUNGE moves. */
  async sortSeq<const O extends SortOptions & CallOptions = Record<never, never>>(
    by: SortCriteria,
    criteria: SearchCriteria = {},
    options?: O,
  ): Promise<SortResult<O, SeqNum>> {
    return this.#ask(options, (tables) => sortSeq(by, criteria, plain(options), tables))
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
    return this.#ask(options, ({ searchKeys }) => thread(algorithm, criteria, searchKeys))
  }

  /** Threads as {@link thread} does, and gives sequence numbers: a snapshot that the next EXPUNGE moves. */
  async threadSeq(
    algorithm: ThreadAlgorithm,
    criteria: SearchCriteria = {},
    options: CallOptions = {},
  ): Promise<readonly Thread<SeqNum>[]> {
    return this.#ask(options, ({ searchKeys }) => threadSeq(algorithm, criteria, searchKeys))
  }

  /** Runs a command that is made of the tables of this connection. */
  async #ask<R>(
    options: CallOptions | undefined,
    make: (tables: MailboxBase['context']['protocol']) => Command<unknown>,
  ): Promise<R> {
    checkCall(options)
    // What a factory gives follows from the options, by the same rule as the type of the method.
    return this.context.run(make(this.context.protocol), callOf(options)) as Promise<R>
  }
}

/** Options for a factory, which knows those of the core by their type, and looks the others up in its tables. */
function plain(options: object | undefined): Record<never, never> | undefined {
  return options
}
