import {
  getQuota,
  getQuotaRoot,
  setQuota,
  type MailboxQuota,
  type QuotaInfo,
  type QuotaLimits,
} from '../../extensions/quota.js'
import type { CallOptions, Runner } from '../mailbox-context.js'

/**
 * Quotas (RFC 9208), as `client.quota`. All methods reject with CapabilityError where the server lacks QUOTA.
 *
 * @example
 * ```ts
 * const { quotas } = await client.quota.ofMailbox('INBOX')
 * for (const { root, resources } of quotas) console.log(root, resources.get('STORAGE'))
 * ```
 */
export class Quota {
  readonly #run: Runner

  /** Made by the client. @internal */
  constructor(run: Runner) {
    this.#run = run
  }

  /** What of a quota root is used. */
  async get(root = '', options: CallOptions = {}): Promise<QuotaInfo> {
    return this.#run(getQuota(root), options)
  }

  /** The quota roots of a mailbox, and what of them is used. */
  async ofMailbox(mailbox: string, options: CallOptions = {}): Promise<MailboxQuota> {
    return this.#run(getQuotaRoot(mailbox), options)
  }

  /**
   * Sets the limits of a quota root; a resource that is left out has no limit afterwards. Gives what holds then, which may be
   * rounded; undefined where the server does not tell.
   */
  async set(root: string, limits: QuotaLimits, options: CallOptions = {}): Promise<QuotaInfo | undefined> {
    return this.#run(setQuota(root, limits), options)
  }
}
