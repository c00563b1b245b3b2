import type { Command, LiteralSink } from '../commands/command.js'
import type { Capabilities } from '../model/capabilities.js'
import { AbortError, ByeError, ConnectionError, ImapError, ProtocolError } from '../model/errors.js'
import { ResponseError, TimeoutError, TlsError } from '../model/errors.js'
import type { CloseInfo, ImapEvents, StateName } from '../model/events.js'
import type { Response, StatusResponse, Tagged, Untagged } from '../model/response.js'
import { type Frame, Framer } from '../wire/framer.js'
import type { Limits } from '../wire/limits.js'
import { emitUnclaimed, offerLiteral } from './claims.js'
import { delay, SilenceClock } from './clock.js'
import { Dispatcher } from './dispatcher.js'
import { Execution } from './execution.js'
import { closedError } from './failures.js'
import { Flow } from './flow.js'
import { checkGreeting, isTlsRecord, notImap } from './greeting.js'
import { closedBeforeGreeting, openTransport } from './opening.js'
import type { ConnectionSetup, Holder, ReadOptions, RunOptions, Timeouts } from './options.js'
import type { Selection } from './selection.js'
import { starttls } from './starttls.js'
import { ConnectionState } from './state.js'
import { traceIn, traceOut } from './trace.js'
import type { Transport } from './transport.js'

/** After an unasked BYE the server closes at once; answers that it still sends are read for so long (milliseconds). */
const BYE_LINGER = 1000

/** Hears every response after the state has taken it: untagged ones, and tagged ones with their command's name. */
export type ResponseListener = (response: Response, command: string | undefined) => void

/** How much has gone over a connection. */
export interface Traffic {
  readonly bytesIn: number
  readonly bytesOut: number
  /** When the last byte came in, in milliseconds of the epoch. */
  readonly lastByteAt: number
  /** How often an answer had to be waited for before anything else could be sent. */
  readonly roundTrips: number
}

/** One connection to a server: runs commands, keeps the state of RFC 9051 §3, tells events. It ends once. */
export class Connection {
  readonly #setup: ConnectionSetup
  readonly #transport: Transport
  readonly #framer: Framer
  readonly #state: ConnectionState
  readonly #dispatcher: Dispatcher
  readonly #flow: Flow<Execution>
  readonly #clock: SilenceClock
  readonly #reading: ReadOptions
  readonly #responses = new Set<ResponseListener>()
  readonly #quiets = new Set<(quiet: boolean) => void>()
  readonly #closed: Promise<CloseInfo>
  #close: (info: CloseInfo) => void = () => undefined
  /** Events of the response in work: they are told after the commands have seen it. */
  #events: (() => void)[] = []
  #greeting: StatusResponse | undefined
  #greeted: ((error?: ImapError) => void) | undefined
  /** Between the answer to STARTTLS and TLS nothing may come. */
  #upgrading = false
  #wasQuiet = true
  #loggedOut = false
  /** Why nothing more can be run. */
  #reason: ImapError | undefined
  #ended = false
  #linger: NodeJS.Timeout | undefined

  private constructor(setup: ConnectionSetup, transport: Transport) {
    this.#setup = setup
    this.#transport = transport
    this.#closed = new Promise((resolve) => {
      this.#close = resolve
    })
    const { limits, timeouts, protocol } = setup
    this.#state = new ConnectionState((names) => protocol.implied(names), {
      listens: setup.listens,
      event: (event, ...payload) => void this.#events.push(() => setup.emit(event, ...payload)),
    })
    const state = this.#state
    this.#reading = {
      get utf8() {
        return state.utf8
      },
      limits,
      warn: (error) => this.#warn(error),
    }
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
      warn: (error) => this.#warn(error),
      completed: (execution, tagged) => this.#completed(execution, tagged),
      changed: () => this.#changed(),
      isPaused: () => this.#flow.isPaused,
      trace: (text) => {
        if (setup.listens('trace')) setup.emit('trace', { direction: 'out', text: traceOut(text()) })
      },
    })
    this.#flow = new Flow(
      {
        pause: () => transport.pause(),
        resume: () => transport.resume(),
        waiting: () => this.#dispatcher.waiting(),
        busy: (executions) => this.#dispatcher.busy(executions),
      },
      limits.buffered,
    )
    this.#clock = new SilenceClock(timeouts.silence, transport, (kind) => {
      const what = kind === 'silence' ? 'said nothing' : 'sent too little to ever be done'
      this.#fail(new TimeoutError('silence', `The server ${what} for ${timeouts.silence} ms`, 'closed'))
    })
  }

  /**
   * Connects: TCP, TLS, the greeting, and STARTTLS where it is asked for.
   *
   * @throws ConnectError, TlsError, TimeoutError (`connect`, `greeting`), AbortError, ProtocolError, ArgumentError
   */
  static async open(setup: ConnectionSetup): Promise<Connection> {
    const connection = new Connection(setup, await openTransport(setup))
    await connection.#open()
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

  /** The greeting of the server. */
  get greeting(): StatusResponse {
    return this.#greeting ?? { kind: 'untagged', type: 'OK', code: null, text: '' }
  }

  get limits(): Limits {
    return this.#setup.limits
  }

  get timeouts(): Timeouts {
    return this.#setup.timeouts
  }

  /** Resolves when the connection has ended and its socket is closed; never rejects. */
  get closed(): Promise<CloseInfo> {
    return this.#closed
  }

  /** Whether commands can be run. */
  get isOpen(): boolean {
    return this.#reason === undefined
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
      const execution = new Execution(command, options, resolve as (value: unknown) => void, reject)
      if (this.#reason !== undefined) execution.reject(this.#reason)
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
    this.#responses.add(listener)
    return () => void this.#responses.delete(listener)
  }

  /** Adds a listener that hears when the connection becomes quiet, and when that ends; gives what removes it. */
  onQuiet(listener: (quiet: boolean) => void): () => void {
    this.#quiets.add(listener)
    return () => void this.#quiets.delete(listener)
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

  async #open(): Promise<void> {
    const { host, security, signal, timeouts } = this.#setup
    const timer = setTimeout(() => {
      const what = this.#greeting === undefined ? 'greet' : 'finish STARTTLS'
      this.#fail(new TimeoutError('greeting', `${host} did not ${what} within ${timeouts.greeting} ms`, 'closed'))
    }, delay(timeouts.greeting))
    const abort = (): void => this.#fail(new AbortError('closed', { command: 'connect', cause: signal?.reason }))
    signal?.addEventListener('abort', abort, { once: true })
    try {
      await this.#waitForGreeting()
      if (security === 'starttls') await this.#startTls()
      // An abort may have come in the meantime.
      if (this.#reason !== undefined) throw this.#reason
    } catch (error) {
      this.#fail(error instanceof ImapError ? error : new ConnectionError('Connecting failed', { cause: error }))
      await this.#closed
      throw error
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    }
  }

  #waitForGreeting(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#greeted = (error) => (error === undefined ? resolve() : reject(error))
      this.#transport.start({ data: (chunk) => this.#receive(chunk), ended: (error) => this.#lost(error) })
      if (this.#setup.signal?.aborted === true) this.#fail(new AbortError('closed', { command: 'connect' }))
    })
  }

  /** What came before TLS could be anybody's: nothing of it is kept (RFC 9051 §6.2.1, §11.1). */
  async #startTls(): Promise<void> {
    const { host } = this.#setup
    if (this.#transport.isSecure) return
    try {
      await this.run(starttls, { timeout: Infinity })
    } catch (error) {
      if (!(error instanceof ResponseError)) throw error
      throw new TlsError(`${host} refuses STARTTLS: ${error.text ?? ''}`, { cause: error })
    }
    if (this.#transport.hasUnread) throw injected()
    await this.#transport.secure()
    this.#upgrading = false
    this.#state.dropCapabilities()
    this.#framer.resume()
    this.#transport.resume()
    this.#dispatcher.proceed()
  }

  #receive(chunk: Uint8Array): void {
    if (this.#ended) return
    if (this.#greeting === undefined && this.#transport.bytesIn === chunk.length && isTlsRecord(chunk)) {
      return this.#fail(notImap('TLS'))
    }
    this.#dispatcher.receive(() => {
      try {
        this.#framer.push(chunk)
      } catch (error) {
        this.#fail(error instanceof ImapError ? error : new ProtocolError('Reading a response failed', { cause: error }))
      }
    })
    if (this.#upgrading && !this.#transport.isSecure) {
      this.#transport.pause()
      if (this.#framer.takeRest().length > 0) this.#fail(injected())
    }
    this.#flow.update()
  }

  #frame(frame: Frame): void {
    if (this.#ended) return
    const { setup, state } = { setup: this.#setup, state: this.#state }
    if (setup.listens('trace')) {
      setup.emit('trace', { direction: 'in', text: traceIn(frame.text, state.name === 'not-authenticated') })
    }
    let response: Response
    try {
      response = setup.protocol.readResponse(frame, this.#reading)
    } catch (error) {
      return this.#malformed(frame, error)
    }
    if (this.#greeting === undefined) this.#takeGreeting(response, frame.text)
    else if (response.kind === 'untagged') this.#untagged(response)
    else if (response.kind === 'tagged') this.#dispatcher.tagged(response)
    else this.#dispatcher.continuation(response)
    this.#tell()
    if (this.#loggedOut) this.#end({ reason: 'logout' }, closedError('logout'))
  }

  /** The framing is intact, so the connection goes on; a command whose answer this was does not wait for ever. */
  #malformed(frame: Frame, cause: unknown): void {
    const error =
      cause instanceof ProtocolError ? cause : new ProtocolError('A response could not be read', { cause })
    if (this.#greeting === undefined) return this.#fail(notImap(frame.text, cause))
    const tag = /^([A-Za-z0-9]{1,64}) /.exec(frame.text)?.[1]
    if (tag !== undefined) this.#dispatcher.unreadable(tag, error)
    this.#warn(error)
  }

  #takeGreeting(response: Response, text: string): void {
    const { security } = this.#setup
    try {
      const greeting = checkGreeting(response, text)
      this.#greeting = greeting
      if (security === 'starttls' && !this.#transport.isSecure) {
        if (greeting.type === 'PREAUTH') throw preauth()
      } else {
        this.#state.greeting(greeting)
      }
      this.#greeted?.()
    } catch (error) {
      this.#fail(error as ImapError)
    }
  }

  #untagged(response: Untagged): void {
    if (response.type === 'BYE') return this.#bye(response)
    if (this.#setup.security === 'starttls' && !this.#transport.isSecure) return
    this.#state.untagged(response)
    const claim = this.#dispatcher.untagged(response)
    for (const listener of this.#responses) this.#hear(listener, response, undefined)
    if (!claim.claimed || response.type === 'FETCH') {
      emitUnclaimed(response, claim, this.#state.mailbox, (seq) => this.#state.uidOf(seq), this.#later)
    }
  }

  readonly #later = <K extends keyof ImapEvents>(event: K, ...payload: ImapEvents[K]): void => {
    this.#events.push(() => this.#setup.emit(event, ...payload))
  }

  /** BYE after LOGOUT is in order; otherwise the connection is over once what the server still says has been read. */
  #bye(response: StatusResponse): void {
    this.#state.untagged(response)
    for (const listener of this.#responses) this.#hear(listener, response, undefined)
    if (this.#loggingOut !== undefined || this.#reason !== undefined) return
    const reason = new ByeError(`The server ended the connection: ${response.text}`, {
      text: response.text,
      responseCode: response.code,
    })
    this.#reason = reason
    this.#dispatcher.suspend()
    this.#dispatcher.rejectQueue(reason)
    this.#linger = setTimeout(() => this.#fail(reason), Math.min(BYE_LINGER, this.timeouts.grace))
  }

  get #loggingOut(): Execution | undefined {
    return this.#dispatcher.inFlight.find(({ command }) => command.traits?.effect?.kind === 'logout')
  }

  #literal(head: Frame, size: number): LiteralSink | undefined {
    const found = this.#setup.protocol.readFetchHead(head, this.#reading)
    if (found === undefined) return undefined
    return offerLiteral({ ...found, size }, this.#dispatcher.inFlight, this.#dispatcher.failed)
  }

  #completed({ command }: Execution, tagged: Tagged): void {
    for (const listener of this.#responses) this.#hear(listener, tagged, command.name)
    if (tagged.status !== 'OK') return
    const kind = command.traits?.effect?.kind
    if (kind === 'logout') this.#loggedOut = true
    if (kind === 'starttls') {
      this.#upgrading = true
      this.#dispatcher.suspend()
      this.#framer.stop()
    }
  }

  #hear(listener: ResponseListener, response: Response, command: string | undefined): void {
    try {
      listener(response, command)
    } catch (error) {
      this.#warn(new ImapError('ERR_IMAP_LISTENER', 'A listener of responses failed', { cause: error }))
    }
  }

  #changed(): void {
    if (this.#ended) return
    const dispatcher = this.#dispatcher
    this.#framer.streaming = dispatcher.isStreaming
    this.#flow.update()
    this.#clock.update(dispatcher.isOwed && !this.#flow.isPaused, dispatcher.isUnbounded)
    this.#tellQuiet()
  }

  #tellQuiet(): void {
    const quiet = this.#dispatcher.isQuiet
    if (quiet === this.#wasQuiet) return
    this.#wasQuiet = quiet
    for (const listener of this.#quiets) listener(quiet)
  }

  /** Tells the events of a response. */
  #tell(): void {
    if (this.#events.length === 0) return
    const events = this.#events
    this.#events = []
    for (const event of events) event()
  }

  #warn(error: ImapError): void {
    this.#events.push(() => this.#setup.emit('warning', { error }))
    this.#tell()
  }

  #lost(error: ImapError | undefined): void {
    const { host } = this.#setup
    const leaving = this.#loggingOut
    if (this.#reason === undefined && leaving?.status === 'sent') {
      // Some servers close after BYE without an answer to LOGOUT.
      this.#dispatcher.tagged({ kind: 'tagged', tag: leaving.tag, status: 'OK', code: null, text: '' })
      return this.#end({ reason: 'logout' }, closedError('logout'))
    }
    if (this.#greeting === undefined && error === undefined) return this.#fail(closedBeforeGreeting(host))
    this.#fail(this.#reason ?? error ?? new ConnectionError(`${host} closed the connection`))
  }

  #fail(error: ImapError): void {
    this.#end({ reason: 'error', error }, error)
  }

  #end(info: CloseInfo, reason: ImapError): void {
    if (this.#ended) return
    this.#ended = true
    this.#reason = reason
    clearTimeout(this.#linger)
    this.#clock.stop()
    this.#framer.fail(reason)
    this.#dispatcher.close(reason)
    this.#state.lost()
    this.#tell()
    this.#tellQuiet()
    this.#greeted?.(reason)
    if (info.reason === 'logout') this.#transport.end()
    void this.#transport.destroy().then(() => this.#close(info))
  }
}

function injected(): ProtocolError {
  return new ProtocolError('Bytes follow the answer to STARTTLS: somebody may have put them there')
}

function preauth(): ProtocolError {
  return new ProtocolError('The server greets with PREAUTH without TLS: STARTTLS is impossible then (RFC 9051 §7.1.4)')
}

