import type { AppendResult } from '../commands/append.js'
import { lsub } from '../commands/list.js'
import { namespace } from '../commands/namespace.js'
import {
  create,
  deleteMailbox,
  rename,
  subscribe,
  unsubscribe,
  type CreateOptions,
  type CreateResult,
} from '../commands/simple.js'
import { status, type StatusQuery, type StatusResult } from '../commands/status.js'
import type { CatenateContent } from '../extensions/catenate.js'
import type { ImapUrl } from '../model/imap-url.js'
import type { MailboxInfo, Namespaces, StatusItems } from '../model/mailbox.js'
import {
  appendAny,
  withAppendLimit,
  type Appender,
  type AppendCallOptions,
  type AppendMessage,
  type MessageContent,
} from './appending.js'
import { checkCall } from './call-options.js'
import { FacetHost } from './facets.js'
import { listMailboxes, type ListCallOptions, type Lister } from './listing.js'
import type { CallOptions } from './mailbox-context.js'
import type { Mailbox } from './mailbox.js'
import type { ResolvedOptions } from './options.js'
import type { ReadonlyMailbox } from './readonly-mailbox.js'
import { fetchUrl, type UrlContent } from './url-fetch.js'
import { specialUses, type SpecialUses, type SpecialUsesOptions } from './special-uses.js'
import { SelectedMailbox, type SelectCallOptions } from './selected.js'

/**
 * One connection to an IMAP server, made by {@link connect}.
 *
 * Every method that sends may be called at any time: commands wait for their turn and are pipelined as far as
 * RFC 9051 §5.5 allows. What fails rejects with an {@link ImapError}; events are listed in {@link ImapEvents}.
 */
export class ImapClient extends FacetHost {
  #mailboxes: SelectedMailbox | undefined
  #namespaces: Namespaces | null = null

  /** Opens the connection and logs in: what {@link connect} does. @internal */
  static async open(options: ResolvedOptions): Promise<ImapClient> {
    const client = new ImapClient(options)
    await client.connect()
    return client
  }

  /** The answer to the last {@link namespace}; null before. */
  get namespaces(): Namespaces | null {
    return this.#namespaces
  }

  /** The handle of the mailbox that is selected now, however it came to that, or null. */
  get mailbox(): Mailbox | ReadonlyMailbox | null {
    return this.#selected.current
  }

  /**
   * Selects a mailbox for reading and writing (RFC 9051 §6.3.2); the handle of the one before becomes stale.
   *
   * @throws ResponseError when there is no such mailbox; after that none is selected
   * @example
   * ```ts
   * await using inbox = await client.select('INBOX')
   * console.log(inbox.exists)
   * ```
   */
  async select(mailbox: string, options: SelectCallOptions = {}): Promise<Mailbox> {
    return this.#selected.select(mailbox, options)
  }

  /** Selects a mailbox for reading only (RFC 9051 §6.3.3): the handle cannot change anything. */
  async examine(mailbox: string, options: SelectCallOptions = {}): Promise<ReadonlyMailbox> {
    return this.#selected.examine(mailbox, options)
  }

  /**
   * Lists mailboxes (RFC 9051 §6.3.9), by default with all that the server can tell of them. Where it lacks LIST-EXTENDED
   * or LIST-STATUS, LSUB and STATUS make up for it; a mailbox whose STATUS is refused costs a `warning`.
   *
   * @param pattern - `*` matches anything, `%` anything but the delimiter
   * @throws CapabilityError for what nothing can make up for: `recursive`, `remote`, some items of `return` and `status`
   */
  async list(pattern: string | readonly string[] = '*', options: ListCallOptions = {}): Promise<MailboxInfo[]> {
    checkCall(options)
    return listMailboxes(this.#helper, pattern, options)
  }

  /**
   * The mailboxes for drafts, sent mail, trash and so on: those that you name, those that the server marks
   * (RFC 6154, XLIST), and where it marks none, those with a well-known name.
   *
   * @example
   * ```ts
   * const uses = await client.specialUses({ override: { '\\Archive': 'Old' } })
   * console.log(uses.get('\\Drafts')?.mailbox, uses.get('\\Drafts')?.by)
   * ```
   */
  async specialUses(options: SpecialUsesOptions = {}): Promise<SpecialUses> {
    return specialUses({ ...this.#helper, namespaces: this.#namespaces }, options)
  }

  /** Lists subscribed names for servers that have nothing better (RFC 3501 §6.3.9); see `list` with `subscribed`. */
  async lsub(pattern = '*', options: CallOptions = {}): Promise<MailboxInfo[]> {
    // IMAP4rev2 has no LSUB (RFC 9051 Appendix E), and some servers are out of order after one.
    const { capabilities, enabled } = this
    if (enabled.has('IMAP4REV2') || (capabilities.has('IMAP4rev2') && !capabilities.has('IMAP4rev1'))) {
      return this.list(pattern, { ...options, subscribed: true })
    }
    return [...(await this.run(lsub(pattern), options))]
  }

  /**
   * Counts of a mailbox without selecting it (RFC 9051 §6.3.11): exactly the items that are asked for.
   *
   * @example
   * ```ts
   * const { messages, unseen } = await client.status('INBOX', { messages: true, unseen: true })
   * ```
   */
  async status<const Q extends StatusQuery>(
    mailbox: string,
    query: Q & { readonly [K in Exclude<keyof Q, keyof StatusItems>]: never },
    options: CallOptions = {},
  ): Promise<StatusResult<Q>> {
    return withAppendLimit<Q>(this.capabilities, query, (rest) =>
      this.run(status(mailbox, rest, this.protocol.statusItems), options),
    )
  }

  /** Makes a mailbox (RFC 9051 §6.3.4). */
  async createMailbox(mailbox: string, options: CreateOptions & CallOptions = {}): Promise<CreateResult> {
    checkCall(options)
    return this.run(create(mailbox, options), options)
  }

  /** Removes a mailbox with all that is in it (RFC 9051 §6.3.5). */
  async deleteMailbox(mailbox: string, options: CallOptions = {}): Promise<void> {
    await this.run(deleteMailbox(mailbox), options)
  }

  /** Renames a mailbox (RFC 9051 §6.3.6). */
  async renameMailbox(from: string, to: string, options: CallOptions = {}): Promise<void> {
    await this.run(rename(from, to), options)
  }

  /** Adds a mailbox to the subscriptions (RFC 9051 §6.3.7). */
  async subscribe(mailbox: string, options: CallOptions = {}): Promise<void> {
    await this.run(subscribe(mailbox), options)
  }

  /** Takes a mailbox out of the subscriptions (RFC 9051 §6.3.8). */
  async unsubscribe(mailbox: string, options: CallOptions = {}): Promise<void> {
    await this.run(unsubscribe(mailbox), options)
  }

  /**
   * Puts a message into a mailbox (RFC 9051 §6.3.12).
   *
   * @throws OutcomeUnknownError when the answer is lost after the message was sent; it is not sent again
   * @example
   * ```ts
   * const { uid } = await client.append('Drafts', 'Subject: hi\r\n\r\nhello\r\n', { flags: ['\\Draft'] })
   * ```
   */
  append(mailbox: string, message: MessageContent | CatenateContent, options?: AppendCallOptions): Promise<AppendResult>
  /**
   * Puts several messages into a mailbox: all or none where the server has MULTIAPPEND (RFC 3502).
   *
   * @throws PartialResultError elsewhere, when a later one fails; it tells how far it got
   */
  append(mailbox: string, messages: readonly AppendMessage[], options?: CallOptions): Promise<AppendResult[]>
  async append(
    mailbox: string,
    message: MessageContent | CatenateContent | readonly AppendMessage[],
    options: AppendCallOptions = {},
  ): Promise<AppendResult | AppendResult[]> {
    checkCall(options)
    return appendAny(this.#helper, mailbox, message, options)
  }

  /**
   * Fetches what an IMAP URL names (RFC 5092): a message or a part of it, the UIDs of a search or of a mailbox, or
   * mailboxes. A relative URL is resolved against this server and the selected mailbox. Authorized URLs go through URLFETCH.
   * Null when the message is not there, or the authorized URL is refused.
   *
   * @throws StateError for a URL of another server, of another user, of another mailbox than the selected one, and for one
   *   that is stale
   * @example
   * ```ts
   * const found = await client.fetchUrl('/INBOX/;UID=20/;SECTION=1.2')
   * if (found?.kind === 'message') console.log(found.bytes.length)
   * ```
   */
  async fetchUrl(url: string | ImapUrl, options: CallOptions = {}): Promise<UrlContent | null> {
    checkCall(options)
    const fetcher = {
      home: this.home,
      current: this.mailbox,
      run: this.run.bind(this),
      examine: this.examine.bind(this),
      list: this.list.bind(this),
    }
    return fetchUrl(fetcher, url, options)
  }

  /**
   * Asks for the namespaces (RFC 9051 §6.3.10); the answer is kept in {@link namespaces}.
   *
   * @throws CapabilityError without NAMESPACE
   */
  async namespace(options: CallOptions = {}): Promise<Namespaces> {
    this.#namespaces = await this.run(namespace(), options)
    return this.#namespaces
  }

  /**
   * Logs out of the account but not off the server (RFC 8437): nothing is selected or enabled after it, and
   * {@link authenticate} logs in again.
   *
   * @throws CapabilityError without UNAUTHENTICATE
   */
  override async unauthenticate(options: CallOptions = {}): Promise<void> {
    await super.unauthenticate(options)
    this.#namespaces = null
  }

  get #selected(): SelectedMailbox {
    return (this.#mailboxes ??= new SelectedMailbox(this.connection, this.protocol, this.known, {
      warn: (error) => this.warn(error),
      watch: () => this.watch(),
    }))
  }

  get #helper(): Lister & Appender {
    const { capabilities, enabled, timeouts } = this.connection
    return {
      capabilities,
      enabled,
      protocol: this.protocol,
      commandTimeout: timeouts.command,
      run: (command, options) => this.run(command, options),
      warn: (error) => this.warn(error),
      distrust: (quirk, error) => {
        if (!this.known.assume(quirk)) return undefined
        this.warn(error)
        return this.#helper
      },
    }
  }
}
