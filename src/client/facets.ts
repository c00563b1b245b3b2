import { ClientBase } from './client-base.js'
import { Quota } from './facets/quota.js'
import type { Runner } from './mailbox-context.js'

/**
 * The groups of commands that belong to one extension each, such as `client.quota`. They are there whatever the server
 * has: a call that it cannot answer rejects with CapabilityError before a byte is sent.
 */
export abstract class FacetHost extends ClientBase {
  readonly #run: Runner = (command, options) => this.run(command, options)
  #quota: Quota | undefined

  /** Quotas (RFC 9208). */
  get quota(): Quota {
    return (this.#quota ??= new Quota(this.#run))
  }
}
