import type { SearchOutcome } from '../commands/search-returns.js'
import { findIn, type FoundAll, type FoundIn, type SearchSources } from '../extensions/multisearch.js'
import type { FullSearchData, SearchCriteria, SearchOptions } from '../extensions/options.js'
import type { Uid } from '../model/ids.js'
import type { UidSet } from '../model/number-set.js'
import { checkCall } from './call-options.js'
import { ClientBase } from './client-base.js'
import { Acl } from './facets/acl.js'
import { Annotation } from './facets/annotation.js'
import { Filters } from './facets/filters.js'
import { Metadata } from './facets/metadata.js'
import { Notify } from './facets/notify.js'
import { Conversions } from './facets/convert.js'
import { Imap2 } from './facets/imap2.js'
import { Language } from './facets/language.js'
import { Quota } from './facets/quota.js'
import { UrlAuth } from './facets/url.js'
import type { CallOptions, Runner } from './mailbox-context.js'

/**
 * The groups of commands that belong to one extension each, such as `client.quota`. They are there whatever the server
 * has: a call that it cannot answer rejects with CapabilityError before a byte is sent.
 */
export abstract class FacetHost extends ClientBase {
  readonly #run: Runner = (command, options) => this.run(command, options)
  #acl: Acl | undefined
  #annotation: Annotation | undefined
  #filters: Filters | undefined
  #metadata: Metadata | undefined
  #notify: Notify | undefined
  #conversions: Conversions | undefined
  #imap2: Imap2 | undefined
  #language: Language | undefined
  #quota: Quota | undefined
  #url: UrlAuth | undefined

  /** What the server can convert (RFC 5259). */
  get convert(): Conversions {
    return (this.#conversions ??= new Conversions(this.#run))
  }

  /** What a server of before IMAP4 can do (RFC 1064, RFC 1176). */
  get imap2(): Imap2 {
    return (this.#imap2 ??= new Imap2(this.#run))
  }

  /** The language of texts, and the comparing of text (RFC 5255). */
  get language(): Language {
    return (this.#language ??= new Language(this.#run))
  }

  /** Quotas (RFC 9208). */
  get quota(): Quota {
    return (this.#quota ??= new Quota(this.#run))
  }

  /** URLs that let others fetch parts of messages (RFC 4467). */
  get url(): UrlAuth {
    return (this.#url ??= new UrlAuth(this.#run))
  }

  /** Access control lists (RFC 4314). */
  get acl(): Acl {
    return (this.#acl ??= new Acl(this.#run))
  }

  /** Entries of mailboxes and of the server (RFC 5464). */
  get metadata(): Metadata {
    return (this.#metadata ??= new Metadata(this.#run))
  }

  /** Annotations of mailboxes on servers from before METADATA (ANNOTATEMORE). */
  get annotation(): Annotation {
    return (this.#annotation ??= new Annotation(this.#run))
  }

  /** Searches that the server keeps under names (RFC 5466). */
  get filters(): Filters {
    return (this.#filters ??= new Filters(this.#run, this.protocol.searchKeys))
  }

  /** News of any mailbox (RFC 5465). */
  get notify(): Notify {
    return (this.#notify ??= new Notify({
      run: this.#run,
      protocol: this.protocol,
      onResponse: (listener) => this.onResponse(listener),
      warn: (error) => this.warn(error),
    }))
  }

  /**
   * Searches several mailboxes at once, without selecting them (MULTISEARCH, RFC 7377). Gives UIDs by mailbox; those where
   * nothing was found are left out.
   *
   * @throws CapabilityError without MULTISEARCH; StateError for `selected` when no mailbox is; PartialResultError when the
   * server searched only a part, with what it found
   * @example
   * ```ts
   * for (const { mailbox, all } of await client.searchIn({ subtree: 'Lists' }, { from: 'chad' })) {
   *   console.log(mailbox, all.size)
   * }
   * ```
   */
  async searchIn<const O extends SearchOptions & CallOptions = Record<never, never>>(
    sources: SearchSources,
    criteria: SearchCriteria,
    options?: O,
  ): Promise<readonly FoundIn<SearchOutcome<O, FullSearchData<Uid, UidSet>, FoundAll>>[]> {
    checkCall(options)
    return this.run(findIn(sources, criteria, options, this.protocol), options)
  }
}
