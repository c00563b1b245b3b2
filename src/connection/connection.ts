import type { Command, LiteralSink } from '../commands/command.js'
import type { Capabilities } from '../model/capabilities.js'
import { ImapError, ProtocolError } from '../model/errors.js'
import type { CloseInfo, StateName } from '../model/events.js'
import type { Response, StatusResponse, Tagged, Untagged } from '../model/response.js'
import type { ChannelBinding } from '../model/sasl.js'
import { type Frame, Framer } from '../wire/framer.js'
import type { Limits } from '../wire/limits.js'
import { Announcer, type ResponseListener } from './announcer.js'
import { offerLiteral, spoil, tellUnclaimed } from './claims.js'
import { SilenceClock } from './clock.js'
import { Decoder, nameOf, tagOf } from './decoding.js'
import { Dispatcher } from './dispatcher.js'
import { Execution } from './execution.js'
import { Farewell } from './farewell.js'
import { closedError, silentError } from './failures.js'
import { Flow } from './flow.js'
import { isTlsRecord, notImap } from './greeting.js'
import { Handshake } from './handshake.js'
import { openTransport } from './opening.js'
import type { ConnectionSetup, Holder, RunOptions, Timeouts } from './options.js'
import type { Selection } from './selection.js'
import { ConnectionState } from './state.js'
import { traceIn, traceOut } from './trace.js'
import type { Traffic, Transport } from './transport.js'
import { Upgrade } from './upgrade.js'

export type { ResponseListener } from './announcer.js'
export type { Traffic } from './transport.js'

/** One connection to a server: runs commands, keeps the state of RFC 9051 §3, tells events. It ends once. */
export class Connection {
  /** Resolves when the connection has ended and its socket is closed; never rejects. */
  readonly closed: Promise<CloseInfo>
  /** Bounds on what the server may make the client keep or do. */
  readonly limits: Limits
  /** Bounds on waiting. */
  readonly timeouts: Timeouts
  readonly #setup: ConnectionSetup
  readonly #transport: Transport
  readonly #framer: Framer
  readonly #state: ConnectionState
  readonly #dispatcher: Dispatcher
  readonly #flow: Flow<Execution>
  readonly #clock: SilenceClock
  readonly #decoder: Decoder
  readonly #announcer: Announcer
  readonly #handshake: Handshake
  readonly #upgrade: Upgrade
  readonly #farewell: Farewell
  #close: (info: CloseInfo) => void = () => undefined
  #loggedOut = false
  #ended = false

  private constructor(setup: ConnectionSetup, transport: Transport) {
    this.#setup = setup
    this.#transport = transport
    this.closed = new Promise((resolve) => {
      this.#close = resolve
    })
    const { limits, timeouts, protocol } = setup
    this.limits = limits
    this.timeouts = timeouts
    this.#handshake = new Handshake(setup)
    this.#announcer = new Announcer({ emit: setup.emit, listens: setup.listens })
    this.#state = new ConnectionState((names) => protocol.implied(names), this.#announcer)
    const state = this.#state
    const warn = (error: ImapError): void => this.#announcer.warn(error)
    this.#decoder = new Decoder({ protocol, limits, isUtf8: () => state.utf8, warn })
    this.#framer = new Framer(
      {
        literal: (head, size) => this.#literal(head, size),
        response: (frame) => this.#frame(frame),
      },
      limits,
    )
    this.#dispatcher = new Dispatcher({
      state,
      target: transport,
      timeouts,
      pipelining: setup.pipelining,
      maxQueue: limits.queue,
      fatal: (error) => this.#fail(error),
      warn,
      completed: (execution, tagged) => this.#completed(execution, tagged),
      changed: () => this.#changed(),
      isPaused: () => this.#flow.isPaused,
      trace: (line) => this.#announcer.trace('out', () => traceOut(line())),
      secret: (octets) => this.#decoder.secret(octets),
    })
    this.#flow = new Flow(
      {
        pause: () => {
          transport.pause()
          this.#watch()
        },
        resume: () => {
          transport.resume()
          this.#watch()
        },
        waiting: () => this.#dispatcher.waiting(),
        busy: (executions) => this.#dispatcher.busy(executions),
      },
      limits.buffered,
    )
    this.#upgrade = new Upgrade({
      transport,
      framer: this.#framer,
      dispatcher: this.#dispatcher,
      run: (command) => this.run(command, { timeout: Infinity }),
      receive: (octets) => this.#receive(octets),
      fail: (error) => this.#fail(error),
    })
    const end = (info: CloseInfo, reason: ImapError): void => this.#end(info, reason)
    const { host } = setup
    this.#farewell = new Farewell({ dispatcher: this.#dispatcher, host, grace: timeouts.grace, end })
    this.#clock = new SilenceClock(timeouts.silence, transport, (kind) => {
      this.#fail(silentError(kind, timeouts.silence))
    })
  }

  /**
   * Connects: TCP, TLS, the greeting, and STARTTLS where it is asked for.
   *
   * @throws ConnectError, TlsError, TimeoutError (`connect`, `greeting`), AbortError, ProtocolError, ArgumentError
   */
  static async open(setup: ConnectionSetup): Promise<Connection> {
    const connection = new Connection(setup, await openTransport(setup))
    await connection.#handshake.run({
      start: () => connection.#start(),
      upgrade: () => connection.#upgrade.secure(),
      abandon: (error) => {
        connection.#fail(error)
        return connection.closed
      },
    })
    return connection
  }

  /** The state of RFC 9051 §3. */
  get state(): StateName {
    return this.#state.name
  }

  /** What the server said it can do; empty until it has told. */
  get capabilities(): Capabilities {
    return this.#state.capabilities
  }

  /** What has been enabled (RFC 5161), in upper case. */
  get enabled(): ReadonlySet<string> {
    return this.#state.enabled
  }

  /** The selected mailbox. */
  get selected(): Selection | null {
    return this.#state.selection
  }

  get traffic(): Traffic {
    const { bytesIn, bytesOut, lastByteAt } = this.#transport
    return { bytesIn, bytesOut, lastByteAt, roundTrips: this.#dispatcher.roundTrips }
  }

  /** Whether TLS protects the connection. */
  get secure(): boolean {
    return this.#transport.isSecure
  }

  /** What a login can be bound to on this connection, the strongest first. */
  get channelBindings(): readonly ChannelBinding[] {
    return this.#transport.channelBindings
  }

  /** Whether all that crosses the wire is compressed (RFC 4978). */
  get compressed(): boolean {
    return this.#transport.isCompressed
  }

  /** The greeting of the server. */
  get greeting(): StatusResponse {
    return this.#handshake.greeting ?? { kind: 'untagged', type: 'OK', code: null, text: '' }
  }

  /** Whether commands can be run. */
  get isOpen(): boolean {
    return this.#farewell.reason === undefined
  }

  /** Whether nothing is queued or in flight; IDLE, which gives way by itself, does not count. */
  get isQuiet(): boolean {
    return this.#dispatcher.isQuiet
  }

  /**
   * Runs a command: queued, sent as soon as RFC 9051 §5.5 allows, answered in its own promise. Never throws by itself.
   * State and capabilities are checked when its turn comes.
   *
   * @throws StateError, CapabilityError, ArgumentError before anything was written; ResponseError for NO and BAD;
   * AbortError, TimeoutError; OutcomeUnknownError or the reason when the connection is lost
   */
  run<R>(command: Command<R>, options: RunOptions = {}): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      const settle = resolve as (value: unknown) => void
      const execution = new Execution(command, options, settle, reject, this.limits.answer)
      const { reason } = this.#farewell
      if (reason !== undefined) execution.reject(reason)
      else this.#dispatcher.run(execution)
    })
  }

  /**
   * A consumer is full: reading stops while nobody else waits for an answer. Past `limits.buffered` those who wait are
   * rejected with StreamBusyError.
   */
  hold(holder: Holder): { release(): void } {
    return this.#flow.hold(holder)
  }

  /** Adds a listener to the ordered stream of untagged and tagged responses; gives what removes it. */
  onResponse(listener: ResponseListener): () => void {
    return this.#announcer.onResponse(listener)
  }

  /** Adds a listener that hears when the connection becomes quiet, and when that ends; gives what removes it. */
  onQuiet(listener: (quiet: boolean) => void): () => void {
    return this.#announcer.onQuiet(listener)
  }

  /** Takes for granted what a server can do that has no CAPABILITY. */
  assumeCapabilities(names: readonly string[]): void {
    this.#state.assumeCapabilities(names)
  }

  /** Takes for enabled what a server enabled without saying so. */
  assumeEnabled(names: readonly string[]): void {
    this.#state.assumeEnabled(names)
  }

  /** Does not believe some capabilities, in upper case, from here on, whatever the server says. */
  doubtCapabilities(names: readonly string[]): void {
    this.#state.doubtCapabilities(names)
  }

  /** Forgets what the server said it can do. */
  dropCapabilities(): void {
    this.#state.dropCapabilities()
  }

  /** Ends the connection at once; may be called again. What waits is rejected with `reason`, or because of this call. */
  close(reason?: ImapError): void {
    if (reason === undefined) this.#end({ reason: 'closed' }, closedError('closed'))
    else this.#fail(reason)
  }

  #start(): void {
    this.#transport.start({
      keeps: () => this.#framer.streaming,
      mayExpand: () => this.#upgrade.mayExpand,
      data: (chunk) => this.#receive(chunk),
      ended: (error) => this.#farewell.lost(error, this.#handshake.greeting !== undefined),
    })
  }

  /** Gives whether bytes of the chunk may be kept. */
  #receive(chunk: Uint8Array): boolean {
    if (this.#ended) return false
    let isKept = true
    if (this.#handshake.greeting === undefined && this.#transport.bytesIn === chunk.length && isTlsRecord(chunk)) {
      this.#fail(notImap('TLS'))
      return false
    }
    this.#dispatcher.hold(() => {
      try {
        isKept = this.#framer.push(chunk)
      } catch (error) {
        this.#fail(
          error instanceof ImapError ? error : new ProtocolError('Reading a response failed', { cause: error }),
        )
      }
    })
    this.#upgrade.apply()
    this.#flow.update()
    return isKept
  }

  #frame(received: Frame): void {
    if (this.#ended) return
    const { text, response } = this.#decoder.read(received, (shown) => {
      this.#announcer.trace('in', () => traceIn(shown, this.#state.name === 'not-authenticated'))
    })
    if (response instanceof ProtocolError) this.#malformed(text, response)
    else if (this.#handshake.greeting === undefined) this.#greet(response, text)
    else if (response.kind === 'untagged') this.#untagged(response, octetsOf(received))
    else if (response.kind === 'tagged') this.#dispatcher.tagged(response)
    else this.#dispatcher.continuation(response)
    this.#announcer.tell()
    if (this.#loggedOut) this.#farewell.loggedOut()
  }

  /** The framing is intact, so the connection goes on; a command whose answer this was does not wait for ever. */
  #malformed(text: string, error: ProtocolError): void {
    if (this.#handshake.greeting === undefined) return this.#fail(notImap(text, error))
    const tag = tagOf(text)
    const name = nameOf(text)
    if (tag !== undefined) this.#dispatcher.unreadable(tag, error)
    else if (name !== undefined) spoil(name, this.#dispatcher.inFlight, error)
    this.#announcer.warn(error)
  }

  #greet(response: Response, text: string): void {
    try {
      const greeting = this.#handshake.greet(response, text)
      if (!this.#isExposed) this.#state.greeting(greeting)
    } catch (error) {
      this.#fail(error as ImapError)
    }
  }

  /** Before STARTTLS anybody can have written what comes in: it changes nothing and is told to nobody. */
  get #isExposed(): boolean {
    return this.#setup.security === 'starttls' && !this.#transport.isSecure
  }

  #untagged(response: Untagged, octets: number): void {
    if (response.type === 'BYE') return this.#bye(response)
    if (this.#isExposed) return
    const state = this.#state
    state.untagged(response)
    const claim = this.#dispatcher.untagged(response, octets)
    this.#announcer.response(response, undefined)
    tellUnclaimed(response, claim, state, this.#dispatcher.inFlight, this.#announcer)
  }

  #bye(response: StatusResponse): void {
    if (!this.#isExposed) this.#state.untagged(response)
    this.#announcer.response(response, undefined)
    this.#farewell.bye(response)
  }

  #literal(head: Frame, size: number): LiteralSink | undefined {
    const { inFlight, failed } = this.#dispatcher
    return offerLiteral(() => this.#decoder.readHead(head), size, inFlight, failed)
  }

  #completed({ command }: Execution, tagged: Tagged): void {
    this.#announcer.response(tagged, command.name)
    if (tagged.status !== 'OK') return
    const effect = command.traits?.effect
    if (effect?.kind === 'logout') this.#loggedOut = true
    this.#upgrade.completed(effect)
  }

  #changed(): void {
    if (this.#ended) return
    const dispatcher = this.#dispatcher
    this.#framer.streaming = dispatcher.isStreaming
    this.#flow.update()
    this.#watch()
    this.#announcer.quiet(dispatcher.isQuiet)
  }

  /** Silence counts while the server owes us something and we read. */
  #watch(): void {
    const { isOwed, isUnbounded } = this.#dispatcher
    if (!this.#ended) this.#clock.update(isOwed && !this.#flow.isPaused, isUnbounded)
  }

  #fail(error: ImapError): void {
    this.#farewell.fail(error)
  }

  #end(info: CloseInfo, reason: ImapError): void {
    if (this.#ended) return
    this.#ended = true
    this.#farewell.ended(reason)
    this.#clock.stop()
    this.#framer.fail(reason)
    this.#dispatcher.close(reason)
    this.#state.lost()
    this.#announcer.quiet(this.#dispatcher.isQuiet)
    this.#announcer.tell()
    this.#handshake.ended(reason)
    void this.#transport.close(info.reason === 'logout').then(() => {
      this.#announcer.event('close', info)
      this.#announcer.tell()
      this.#close(info)
    })
  }
}

/** The octets of a response, those of its literals included. */
function octetsOf({ text, literals }: Frame): number {
  let octets = text.length
  for (const literal of literals) octets += literal?.length ?? 0
  return octets
}
