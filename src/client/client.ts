import type { AppendResult } from '../commands/append.js'
import type { Command } from '../commands/command.js'
import { enable } from '../commands/enable.js'
import { id, type IdParams } from '../commands/id.js'
import { lsub } from '../commands/list.js'
import { namespace } from '../commands/namespace.js'
import {
  create,
  deleteMailbox,
  noop,
  rename,
  subscribe,
  unsubscribe,
  type CreateOptions,
  type CreateResult,
} from '../commands/simple.js'
import { status, type StatusQuery, type StatusResult } from '../commands/status.js'
import type { Connection, Traffic } from '../connection/connection.js'
import type { Capabilities } from '../model/capabilities.js'
import { StateError, type ImapError } from '../model/errors.js'
import type { CloseInfo, ImapEvents, StateName } from '../model/events.js'
import type { MailboxInfo, Namespaces, StatusItems } from '../model/mailbox.js'
import type { Response } from '../model/response.js'
import { statusItems } from '../protocol.js'
import type { Auth } from '../sasl/auth.js'
import { appendAny, type AppendCallOptions, type AppendMessage, type MessageContent } from './appending.js'
import { checkCall } from './call-options.js'
import { ImapEmitter } from './emitter.js'
import { closeOnAbort, ended, leave } from './ending.js'
import { Idler } from './idler.js'
import { listMailboxes, type ListCallOptions, type Lister } from './listing.js'
import { attachLogger } from './logging.js'
import { logIn } from './login.js'
import type { CallOptions } from './mailbox-context.js'
import type { Mailbox } from './mailbox.js'
import { asClosed, openConnection } from './opening.js'
import type { ResolvedOptions } from './options.js'
import type { ReadonlyMailbox } from './readonly-mailbox.js'
import { SelectedMailbox, type SelectCallOptions } from './selected.js'
import { settle } from './settle.js'

/** Alerts that are kept. */
const MAX_ALERTS = 100

/**
 * One connection to an IMAP server, made by {@link connect}.
 *
 * Every method that sends may be called at any time: commands wait for their turn and are pipelined as far as
 * RFC 9051 §5.5 allows. What fails rejects with an {@link ImapError}; events are listed in {@link ImapEvents}.
 */
export class ImapClient extends ImapEmitter implements AsyncDisposable {
  readonly #options: ResolvedOptions
  readonly #alerts: string[] = []
  readonly #quirks = new Set<string>()
  #opened: { readonly connection: Connection; readonly mailboxes: SelectedMailbox } | undefined
  #idler: Idler | undefined
  #leaving: Promise<void> | undefined
  #serverId: ReadonlyMap<string, string | null> | null = null
  #namespaces: Namespaces | null = null

  private constructor(options: ResolvedOptions) {
    super()
    this.#options = options
  }

  /** Opens the connection and logs in: what {@link connect} does. @internal */
  static async open(options: ResolvedOptions): Promise<ImapClient> {
    const client = new ImapClient(options)
    await client.#connect()
    return client
  }

  /** The state of the connection (RFC 9051 §3). */
  get state(): StateName {
    return this.#connection.state
  }

  /** What the server says it can do, with what that includes (RFC 9051 §7.2.2). */
  get capabilities(): Capabilities {
    return this.#connection.capabilities
  }

  /** The extensions that are enabled (RFC 5161), in upper case. */
  get enabled(): ReadonlySet<string> {
    return this.#connection.enabled
  }

  /** What the server told of itself (RFC 2971); null when it told nothing. */
  get serverId(): ReadonlyMap<string, string | null> | null {
    return this.#serverId
  }

  /** The answer to the last {@link namespace}; null before. */
  get namespaces(): Namespaces | null {
    return this.#namespaces
  }

  /** The last hundred texts that the server wants a person to read (RFC 9051 §7.1, ALERT). */
  get alerts(): readonly string[] {
    return this.#alerts
  }

  /**
   * Names of deviations of this server that the client has met and works around: `ID-REFUSED`, `ENABLE-REFUSED` and
   * `IDLE-REFUSED`, of something that the server announces. Each came with a `warning` too.
   */
  get quirks(): ReadonlySet<string> {
    return this.#quirks
  }

  /** The handle of the mailbox that is selected now, however it came to that, or null. */
  get mailbox(): Mailbox | ReadonlyMailbox | null {
    return this.#open.mailboxes.current
  }

  /** Octets each way, when the last one moved (by `performance.now()`), and how often an answer was waited for. */
  get traffic(): Traffic {
    return this.#connection.traffic
  }

  /** Resolves when the connection has ended, with the reason; never rejects. */
  get closed(): Promise<CloseInfo> {
    return this.#connection.closed
  }

  /**
   * Logs in, where {@link connect} was called without `auth` (RFC 9051 §6.2.2, §6.2.3); then ID and ENABLE as there.
   *
   * @throws AuthenticationError when the server refuses, or no mechanism fits; StateError when somebody is logged in
   */
  async authenticate(auth: Auth, options: CallOptions = {}): Promise<void> {
    checkCall(options)
    const { security, host, port } = this.#options
    await logIn(this.#connection, auth, { ...options, host, port, plaintextAllowed: security === 'plaintext' })
    await this.#settle(options)
  }

  /** Does nothing, so that the server can tell what is new (RFC 9051 §6.1.2). */
  async noop(options: CallOptions = {}): Promise<void> {
    await this.run(noop(), options)
  }

  /**
   * Ends the connection politely (RFC 9051 §6.1.3); resolves when it is closed. May be called twice.
   *
   * @param options - `timeout` is `timeouts.grace` by default
   * @throws ImapError when the server did not say good-bye in time; the connection is closed all the same
   */
  async logout(options: CallOptions = {}): Promise<void> {
    checkCall(options)
    this.#idler?.stop()
    this.#leaving ??= leave(this.#connection, options)
    await this.#leaving
  }

  /** Drops the connection at once; what waits is rejected. May be called twice. */
  close(): void {
    this.#idler?.stop()
    this.#opened?.connection.close()
  }

  /** Logs out within the grace, then closes; never rejects. */
  async [Symbol.asyncDispose](): Promise<void> {
    // Whoever disposes has finished: that the server hung up first, or was slow to say good-bye, is no failure.
    await this.logout().catch(() => undefined)
  }

  /**
   * Switches extensions on (RFC 5161) and gives those that the server enabled.
   *
   * @throws CapabilityError without ENABLE; StateError once a mailbox is selected
   */
  async enable(names: readonly string[], options: CallOptions = {}): Promise<readonly string[]> {
    return this.run(enable(names), options)
  }

  /** Tells who we are and asks who the server is (RFC 2971). @throws CapabilityError without ID */
  async id(params: IdParams | null, options: CallOptions = {}): Promise<ReadonlyMap<string, string | null> | null> {
    this.#serverId = await this.run(id(params), options)
    return this.#serverId
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
    return this.#open.mailboxes.select(mailbox, options)
  }

  /** Selects a mailbox for reading only (RFC 9051 §6.3.3): the handle cannot change anything. */
  async examine(mailbox: string, options: SelectCallOptions = {}): Promise<ReadonlyMailbox> {
    return this.#open.mailboxes.examine(mailbox, options)
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

  /** Lists subscribed names for servers that have nothing better (RFC 3501 §6.3.9); see `list` with `subscribed`. */
  async lsub(pattern = '*', options: CallOptions = {}): Promise<MailboxInfo[]> {
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
    return this.run(status<Q>(mailbox, query, statusItems), options)
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
  append(mailbox: string, message: MessageContent, options?: AppendCallOptions): Promise<AppendResult>
  /** Puts several messages into a mailbox. @throws PartialResultError when a later one fails; it tells how far it got */
  append(mailbox: string, messages: readonly AppendMessage[], options?: CallOptions): Promise<AppendResult[]>
  async append(
    mailbox: string,
    message: MessageContent | readonly AppendMessage[],
    options: AppendCallOptions = {},
  ): Promise<AppendResult | AppendResult[]> {
    checkCall(options)
    return appendAny(this.#helper, mailbox, message, options)
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
   * Runs any command value: one of the factories of this package, or one of your own. It is queued and pipelined as all
   * others are; what its traits say of the state, such as a SELECT, is kept track of.
   *
   * @throws StateError, CapabilityError and ArgumentError before a byte is sent; ResponseError for NO and BAD
   */
  async run<R>(command: Command<R>, options: CallOptions = {}): Promise<R> {
    checkCall(options)
    return this.#connection.run(command, options)
  }

  /**
   * Calls `listener` with every response in the order of the wire, and with the name of the command that a tagged one
   * ends. For layers above, such as synchronisation. Gives the function that removes it.
   */
  onResponse(listener: (response: Response, command: string | undefined) => void): () => void {
    return this.#connection.onResponse(listener)
  }

  /** What a log may say of the client. */
  toJSON(): Record<string, unknown> {
    const { host, port, security } = this.#options
    const { state, selected } = this.#connection
    return { host, port, security, state, mailbox: selected?.name ?? null }
  }

  get #open(): { readonly connection: Connection; readonly mailboxes: SelectedMailbox } {
    if (this.#opened === undefined) throw new StateError('The client is not connected yet: await connect() first')
    return this.#opened
  }

  get #connection(): Connection {
    return this.#open.connection
  }

  async #connect(): Promise<void> {
    const options = this.#options
    this.addAll(options.on)
    if (options.logger !== undefined) attachLogger(this, options.logger)
    const connection = await openConnection(options, {
      emit: (event, ...payload) => this.#emit(event, ...payload),
      listens: (event) => this.listenerCount(event) > 0,
    })
    this.#opened = { connection, mailboxes: new SelectedMailbox(connection, (error) => this.#warn(error)) }
    const call = { signal: options.signal }
    try {
      if (this.state === 'not-authenticated' && options.auth !== undefined) await this.authenticate(options.auth, call)
      else await this.#settle(call)
      closeOnAbort(connection, options.signal)
      if (!connection.isOpen) throw await ended(connection)
    } catch (error) {
      const reason = asClosed(error)
      connection.close()
      await connection.closed
      throw reason
    }
    this.#startIdling()
  }

  async #settle(call: CallOptions): Promise<void> {
    const { serverId, quirks } = await settle(this.#connection, { ...this.#options, ...call })
    this.#serverId = serverId
    for (const quirk of quirks) this.#quirks.add(quirk.name)
    for (const quirk of quirks) this.#warn(quirk.error)
  }

  #startIdling(): void {
    const { idle: options } = this.#options
    if (options === false) return
    const connection = this.#connection
    const idler = new Idler({
      connection,
      options,
      wanted: () => this.isWatched,
      refused: (error) => {
        this.#quirks.add('IDLE-REFUSED')
        this.#warn(error)
      },
      warn: (error) => this.#warn(error),
    })
    this.#idler = idler
    void connection.closed.then(() => idler.stop())
    this.onListenersChanged(() => idler.update())
  }

  #emit<K extends keyof ImapEvents>(event: K, ...payload: ImapEvents[K]): void {
    const [first] = payload
    if (event === 'alert' && 'text' in first) {
      this.#alerts.push(String(first.text))
      if (this.#alerts.length > MAX_ALERTS) this.#alerts.shift()
    }
    this.emitSafely(event, ...payload)
  }

  #warn(error: ImapError): void {
    this.emitSafely('warning', { error })
  }

  get #helper(): Lister {
    const { capabilities, timeouts } = this.#connection
    return {
      capabilities,
      commandTimeout: timeouts.command,
      run: (command, options) => this.run(command, options),
      warn: (error) => this.#warn(error),
    }
  }
}
