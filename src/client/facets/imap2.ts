import { copy } from '../../commands/copy.js'
import { store, type StoreChange } from '../../commands/store.js'
import { searchSeq } from '../../commands/search.js'
import type { CoreCriteria } from '../../commands/search-criteria.js'
import {
  bboard,
  fetchImap2,
  findBboards,
  findMailboxes,
  type Imap2Message,
  type Imap2Query,
} from '../../extensions/imap2.js'
import type { SeqSet } from '../../model/number-set.js'
import type { CallOptions, Runner } from '../mailbox-context.js'

/**
 * What a server of before IMAP4 can do (RFC 1064, RFC 1176), as `client.imap2`: messages are known by their numbers alone.
 * The mailbox is selected by `client.select`; its other methods need UIDs and reject with CapabilityError.
 *
 * @example
 * ```ts
 * import { seqs } from 'imapkit'
 * await client.select('INBOX')
 * for (const { seq, envelope } of await client.imap2.fetch(seqs('1:10'), { envelope: true })) {
 *   console.log(seq, envelope?.subject)
 * }
 * ```
 */
export class Imap2 {
  readonly #run: Runner

  /** Made by the client. @internal */
  constructor(run: Runner) {
    this.#run = run
  }

  /** Names of mailboxes that match, INBOX left out: `*` matches any characters, `%` exactly one. */
  async findMailboxes(pattern = '*', options: CallOptions = {}): Promise<readonly string[]> {
    return this.#run(findMailboxes(pattern), options)
  }

  /** Names of bulletin boards that match. */
  async findBboards(pattern = '*', options: CallOptions = {}): Promise<readonly string[]> {
    return this.#run(findBboards(pattern), options)
  }

  /** Selects a bulletin board. */
  async bboard(name: string, options: CallOptions = {}): Promise<void> {
    return this.#run(bboard(name), options)
  }

  /** Fetches items of messages. */
  async fetch(set: SeqSet, query: Imap2Query, options: CallOptions = {}): Promise<readonly Imap2Message[]> {
    return this.#run(fetchImap2(set, query), options)
  }

  /** Searches; the numbers are a snapshot. */
  async search(criteria: CoreCriteria, options: CallOptions = {}): Promise<SeqSet> {
    return this.#run(searchSeq(criteria), options)
  }

  /** Changes flags. */
  async store(set: SeqSet, change: StoreChange, options: CallOptions = {}): Promise<void> {
    await this.#run(store(set, change), options)
  }

  /** Copies messages to another mailbox. */
  async copy(set: SeqSet, to: string, options: CallOptions = {}): Promise<void> {
    await this.#run(copy(set, to), options)
  }
}
