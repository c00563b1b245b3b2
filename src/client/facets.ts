import { ClientBase } from './client-base.js'
import { Language } from './facets/language.js'
import { Quota } from './facets/quota.js'
import type { Runner } from './mailbox-context.js'

/**
 * The groups of commands that belong to one extension each, such as `client.quota`. They are there whatever the server
 * has: a call that it cannot answer rejects with CapabilityError before a byte is sent.
 */
export abstract class FacetHost extends ClientBase {
  readonly #run: Runner = (command, options) => this.run(command, options)
  #language: Language | undefined
  #quota: Quota | undefined

  /** The language of texts, and the comparing of text (RFC 5255). */
  get language(): Language {
    return (this.#language ??= new Language(this.#run))
  }

  /** Quotas (RFC 9208). */
  get quota(): Quota {
    return (this.#quota ??= new Quota(this.#run))
  }
}
