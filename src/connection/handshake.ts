import {
  AbortError,
  ConnectionError,
  ImapError,
  ProtocolError,
  ResponseError,
  TimeoutError,
  TlsError,
} from '../model/errors.js'
import type { Response, StatusResponse } from '../model/response.js'
import { delay } from './clock.js'
import { checkGreeting } from './greeting.js'
import type { ConnectionSetup } from './options.js'

/** What a {@link Handshake} does on its connection. */
export interface HandshakePartner {
  /** Begins to read. */
  start(): void
  /** Runs STARTTLS and lays TLS over the connection. */
  upgrade(): Promise<void>
  /** Ends the connection; resolves when its socket is closed. */
  abandon(error: ImapError): Promise<unknown>
}

/** The opening of a connection between TCP (or TLS) and the first command of the user: greeting and STARTTLS. */
export class Handshake {
  readonly #setup: ConnectionSetup
  #greeting: StatusResponse | undefined
  #settle: ((error?: ImapError) => void) | undefined
  #failure: ImapError | undefined

  constructor(setup: ConnectionSetup) {
    this.#setup = setup
  }

  /** The greeting, once it has come. */
  get greeting(): StatusResponse | undefined {
    return this.#greeting
  }

  /**
   * Runs the handshake, bounded by `timeouts.greeting`.
   *
   * @throws ConnectError, TlsError, TimeoutError (`greeting`), AbortError, ProtocolError; the connection has ended then
   */
  async run(partner: HandshakePartner): Promise<void> {
    const { host, security, signal, timeouts } = this.#setup
    const timer = setTimeout(() => {
      const what = this.#greeting === undefined ? 'greet' : 'finish STARTTLS'
      const message = `${host} did not ${what} within ${timeouts.greeting} ms`
      this.#give(partner, new TimeoutError('greeting', message, 'closed'))
    }, delay(timeouts.greeting))
    const abort = (): void => {
      this.#give(partner, new AbortError('closed', { command: 'connect', cause: signal?.reason }))
    }
    signal?.addEventListener('abort', abort, { once: true })
    try {
      await new Promise<void>((resolve, reject) => {
        this.#settle = (error) => (error === undefined ? resolve() : reject(error))
        partner.start()
        if (signal?.aborted === true) abort()
      })
      if (security === 'starttls') await this.#upgrade(partner)
    } catch (error) {
      const failure = this.#failure ?? error
      const reason =
        failure instanceof ImapError ? failure : new ConnectionError(`Connecting to ${host} failed`, { cause: failure })
      await partner.abandon(reason)
      throw reason
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    }
  }

  /**
   * Takes the first response.
   *
   * @throws ConnectError when it is no greeting, or BYE; ProtocolError for PREAUTH where STARTTLS is asked for
   */
  greet(response: Response, text: string): StatusResponse {
    const greeting = checkGreeting(response, text)
    if (greeting.type === 'PREAUTH' && this.#setup.security === 'starttls') {
      throw new ProtocolError('The server greets with PREAUTH before TLS, which makes STARTTLS impossible', {
        text: greeting.text,
      })
    }
    this.#greeting = greeting
    this.#settle?.()
    return greeting
  }

  /** The connection has ended. */
  ended(reason: ImapError): void {
    this.#failure ??= reason
    this.#settle?.(reason)
  }

  async #upgrade(partner: HandshakePartner): Promise<void> {
    const code = this.#greeting?.code
    // Whoever took STARTTLS out of the list would also hold its answer back.
    if (code?.name === 'CAPABILITY' && !code.capabilities.some((name) => name.toUpperCase() === 'STARTTLS')) {
      throw new TlsError(`${this.#setup.host} does not offer STARTTLS`)
    }
    try {
      await partner.upgrade()
    } catch (error) {
      if (!(error instanceof ResponseError)) throw error
      throw new TlsError(`${this.#setup.host} refuses STARTTLS: ${error.text ?? ''}`, { cause: error })
    }
    // The time may have run out while TLS was on its way.
    if (this.#failure !== undefined) throw this.#failure
  }

  #give(partner: HandshakePartner, error: ImapError): void {
    this.#failure ??= error
    void partner.abandon(error)
  }
}
