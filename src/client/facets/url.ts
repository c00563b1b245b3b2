import { genUrlAuth, resetKey, urlFetch, type UrlFetched, type UrlFetchRequest } from '../../extensions/urlauth.js'
import type { ImapUrl } from '../../model/imap-url.js'
import type { UrlMechanism } from '../../model/response-code.js'
import type { CallOptions, Runner } from '../mailbox-context.js'

/**
 * URLs that let others fetch parts of messages (URLAUTH, RFC 4467), as `client.url`. All methods reject with
 * CapabilityError where the server lacks URLAUTH.
 *
 * @example
 * ```ts
 * const [url = ''] = await client.url.generate(['imap://joe@example.com/INBOX/;UID=20/;SECTION=1.2;URLAUTH=user+fred'])
 * // … and in the session of fred:
 * const [file] = await client.url.fetch([url])
 * console.log(file?.bytes?.length)
 * ```
 */
export class UrlAuth {
  readonly #run: Runner

  /** Made by the client. @internal */
  constructor(run: Runner) {
    this.#run = run
  }

  /**
   * Authorizes URLs, each with its owner, a UID and `URLAUTH` without a token; gives them in the same order.
   *
   * @throws ArgumentError for other URLs; ResponseError for mailboxes that are not there or not the user's
   */
  async generate(
    urls: readonly (string | ImapUrl)[],
    options: CallOptions & { readonly mechanism?: string | undefined } = {},
  ): Promise<readonly string[]> {
    const { mechanism, ...call } = options
    return this.#run(genUrlAuth(urls, mechanism), call)
  }

  /**
   * Fetches what authorized URLs name, into memory and in the same order; null for one that is invalid, has expired or is
   * for somebody else. More than the content as it is needs URLAUTH=BINARY (RFC 5524).
   */
  async fetch(
    requests: readonly (string | UrlFetchRequest)[],
    options: CallOptions = {},
  ): Promise<readonly (UrlFetched | null)[]> {
    return this.#run(urlFetch(requests), options)
  }

  /** Makes all authorized URLs of a mailbox worthless, or without a mailbox all of the user's. */
  async resetKeys(mailbox?: string, options: CallOptions = {}): Promise<readonly UrlMechanism[]> {
    return this.#run(resetKey(mailbox), options)
  }
}
