import type { Command } from '../commands/command.js'
import { enable } from '../commands/enable.js'
import { id, type IdParams } from '../commands/id.js'
import { noop } from '../commands/simple.js'
import type { Connection, Traffic } from '../connection/connection.js'
import type { Capabilities } from '../model/capabilities.js'
import { unauthenticate } from '../extensions/unauthenticate.js'
import { StateError, type ImapError } from '../model/errors.js'
import type { CloseInfo, ImapEvents, StateName } from '../model/events.js'
import type { Response } from '../model/response.js'
import { protocolWith, type Protocol } from '../protocol.js'
import type { Auth } from '../sasl/auth.js'
import { checkCall } from './call-options.js'
import { compressConnection } from './compressing.js'
import { ImapEmitter } from './emitter.js'
import { closeOnAbort, ended, leave } from './ending.js'
import { Idler } from './idler.js'
import { attachLogger } from './logging.js'
import { logIn } from './login.js'
import type { CallOptions } from './mailbox-context.js'
import { asClosed, openConnection } from './opening.js'
import type { ResolvedOptions } from './options.js'
import { Quirks } from './quirks.js'
import { settle } from './settle.js'
import type { Home } from './url-fetch.js'

/** Alerts that are kept. */
const MAX_ALERTS = 100

/** The connection of a client from its opening to its end, and the commands that need no mailbox. */
export abstract class ClientBase extends ImapEmitter implements AsyncDisposable {
  /** What can be asked for and is understood. @internal */
  protected readonly protocol: Protocol
  readonly #options: ResolvedOptions
  readonly #alerts: string[] = []
  /** What the server is known to do otherwise. @internal */
  protected readonly known: Quirks
  #opened: Connection | undefined
  #idler: Idler | undefined
  #leaving: Promise<void> | undefined
  #serverId: ReadonlyMap<string, string | null> | null = null
  #user: string | undefined

  /** Made by {@link connect}. @internal */
  constructor(options: ResolvedOptions) {
    super()
    this.#options = options
    this.protocol = protocolWith(options.extensions)
    this.known = new Quirks(options.quirks, () => this.#opened?.doubtCapabilities(this.known.without))
  }

  /** The state of the connection (RFC 9051 §3). */
  get state(): StateName {
    return this.connection.state
  }

  /** What the server says it can do, with what that includes (RFC 9051 §7.2.2). */
  get capabilities(): Capabilities {
    return this.connection.capabilities
  }

  /** The extensions that are enabled (RFC 5161), in upper case. */
  get enabled(): ReadonlySet<string> {
    return this.connection.enabled
  }

  /** What the server told of itself (RFC 2971); null when it told nothing. */
  get serverId(): ReadonlyMap<string, string | null> | null {
    return this.#serverId
  }

  /** The last hundred texts that the server wants a person to read (RFC 9051 §7.1, ALERT). */
  get alerts(): readonly string[] {
    return this.#alerts
  }

  /**
   * Names of deviations of this server that the client works around: those of {@link QuirkName}, by which servers are
   * known, and those that were met: `ID-REFUSED`, `ENABLE-REFUSED`, `COMPRESS-REFUSED` and `IDLE-REFUSED`, of something
   * that the server announces. What was met came with a `warning` too.
   */
  get quirks(): ReadonlySet<string> {
    return this.known.names
  }

  /** Whether all that crosses the wire is compressed (RFC 4978). */
  get compressed(): boolean {
    return this.connection.compressed
  }

  /**
   * Octets each way as they crossed the wire, when the last one moved (by `performance.now()`), and how often an answer
   * was waited for.
   */
  get traffic(): Traffic {
    return this.connection.traffic
  }

  /** Resolves when the connection has ended, with the reason; never rejects. */
  get closed(): Promise<CloseInfo> {
    return this.connection.closed
  }

  /**
   * Logs in, where {@link connect} was called without `auth` (RFC 9051 §6.2.2, §6.2.3); then ID and ENABLE as there.
   *
   * @throws AuthenticationError when the server refuses, or no mechanism fits; StateError when somebody is logged in
   */
  async authenticate(auth: Auth, options: CallOptions = {}): Promise<void> {
    checkCall(options)
    const { security, host, port } = this.#options
    const prefersLogin = (user: string): boolean => this.known.logsIn(user)
    const plaintextAllowed = security === 'plaintext'
    await logIn(this.connection, auth, { ...options, host, port, plaintextAllowed, prefersLogin })
    this.#user = userOf(auth)
    await this.#settle(options)
  }

  /**
   * Compresses all that crosses the wire from here on (RFC 4978).
   *
   * @returns whether this connection is compressed now; false when another layer, such as TLS, does it already
   * @throws CapabilityError without COMPRESS=DEFLATE; StateError before login; ResponseError when the server refuses
   */
  async compress(options: CallOptions = {}): Promise<boolean> {
    checkCall(options)
    return compressConnection(this.connection, options)
  }

  /**
   * Logs out of the account but not off the server (RFC 8437): nothing is selected or enabled then, nothing is compressed,
   * and {@link authenticate} may log somebody else in.
   *
   * @throws CapabilityError without UNAUTHENTICATE
   */
  async unauthenticate(options: CallOptions = {}): Promise<void> {
    await this.run(unauthenticate(), options)
    this.#user = undefined
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
    this.#leaving ??= leave(this.connection, options)
    await this.#leaving
  }

  /** Drops the connection at once; what waits is rejected. May be called twice. */
  close(): void {
    this.#idler?.stop()
    this.#opened?.close()
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
   * Runs any command value: one of the factories of this package, or one of your own. It is queued and pipelined as all
   * others are; what its traits say of the state, such as a SELECT, is kept track of.
   *
   * @throws StateError, CapabilityError and ArgumentError before a byte is sent; ResponseError for NO and BAD
   */
  async run<R>(command: Command<R>, options: CallOptions = {}): Promise<R> {
    checkCall(options)
    return this.connection.run(command, options)
  }

  /**
   * Calls `listener` with every response in the order of the wire, and with the name of the command that a tagged one
   * ends. For layers above, such as synchronisation. Gives the function that removes it.
   */
  onResponse(listener: (response: Response, command: string | undefined) => void): () => void {
    return this.connection.onResponse(listener)
  }

  /** What a log may say of the client. */
  toJSON(): Record<string, unknown> {
    const { host, port, security } = this.#options
    const { state, selected } = this.connection
    return { host, port, security, state, mailbox: selected?.name ?? null }
  }

  /** Where the client is connected, and as whom. @internal */
  protected get home(): Home {
    const { host, port } = this.#options
    return { host, port, user: this.#user }
  }

  /** @throws StateError before it is there @internal */
  protected get connection(): Connection {
    if (this.#opened === undefined) throw new StateError('The client is not connected yet: await connect() first')
    return this.#opened
  }

  /** Connects and logs in; the connection is closed when that fails. @internal */
  protected async connect(): Promise<void> {
    const options = this.#options
    this.addAll(options.on)
    if (options.logger !== undefined) attachLogger(this, options.logger)
    const connection = await openConnection(options, this.protocol, {
      emit: (event, ...payload) => this.#emit(event, ...payload),
      listens: (event) => this.listenerCount(event) > 0,
    })
    this.#opened = connection
    connection.doubtCapabilities(this.known.without)
    // Before STARTTLS anybody can have written the greeting.
    if (options.security !== 'starttls') this.known.detect({ greeting: connection.greeting.text })
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
    const { serverId, quirks } = await settle(this.connection, { ...this.#options, ...call, known: this.known })
    this.#serverId = serverId
    for (const quirk of quirks) this.known.met(quirk.name)
    for (const quirk of quirks) this.warn(quirk.error)
  }

  #startIdling(): void {
    const { idle: options } = this.#options
    if (options === false) return
    const connection = this.connection
    const idler = new Idler({
      connection,
      options,
      quirks: this.known,
      wanted: () => this.isWatched,
      refused: (error) => {
        this.known.met('IDLE-REFUSED')
        this.warn(error)
      },
      warn: (error) => this.warn(error),
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

  /** Reports a tolerated fault. @internal */
  protected warn(error: ImapError): void {
    this.emitSafely('warning', { error })
  }
}

/** The user whose mailboxes are there after a login; undefined where it names none. */
function userOf(auth: Auth): string | undefined {
  const authzid = 'authzid' in auth && auth.authzid !== '' ? auth.authzid : undefined
  return authzid ?? ('user' in auth ? auth.user : undefined)
}
