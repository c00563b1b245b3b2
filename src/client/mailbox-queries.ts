import { search, searchSeq, type SearchOptions, type SearchResult } from '../commands/search.js'
import type { SearchCriteria } from '../extensions/options.js'
import type { SeqNum } from '../model/ids.js'
import type { SeqSet } from '../model/number-set.js'
import { checkCall } from './call-options.js'
import { callOf, MailboxBase } from './mailbox-base.js'
import type { CallOptions } from './mailbox-context.js'

/** What can be asked about the messages of a mailbox without fetching them. */
export abstract class MailboxQueries extends MailboxBase {
  /**
   * Searches the mailbox (RFC 9051 §6.4.4) and gives UIDs; with `return` an object that holds what was asked for.
   *
   * @example
   * ```ts
   * const unread = await inbox.search({ seen: false, since: '2026-01-01' })
   * const { count } = await inbox.search({ from: 'a@example.org' }, { return: ['count'] })
   * ```
   */
  async search<const O extends SearchOptions & CallOptions = Record<never, never>>(
    criteria: SearchCriteria,
    options?: O,
  ): Promise<SearchResult<O>> {
    checkCall(options)
    return this.context.run(search<O>(criteria, options, this.context.protocol.searchKeys), callOf(options))
  }

  /** Searches as {@link search} does, and gives sequence numbers: a snapshot that the next EXPUNGE moves. */
  async searchSeq<const O extends SearchOptions & CallOptions = Record<never, never>>(
    criteria: SearchCriteria,
    options?: O,
  ): Promise<SearchResult<O, SeqNum, SeqSet>> {
    checkCall(options)
    return this.context.run(searchSeq<O>(criteria, options, this.context.protocol.searchKeys), callOf(options))
  }
}
