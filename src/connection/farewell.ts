import { ConnectionError, type ImapError } from '../model/errors.js'
import type { CloseInfo } from '../model/events.js'
import type { StatusResponse } from '../model/response.js'
import type { Dispatcher } from './dispatcher.js'
import type { Execution } from './execution.js'
import { byeError, closedError } from './failures.js'
import { closedBeforeGreeting } from './opening.js'

/** After an unasked BYE the server closes at once; answers that it still sends are read for so long (milliseconds). */
const BYE_LINGER = 1000

/** What a {@link Farewell} needs of its connection. */
export interface FarewellSetup {
  readonly dispatcher: Dispatcher
  readonly host: string
  /** Milliseconds that an answer may take after the call was given up. */
  readonly grace: number
  /** Ends the connection. */
  readonly end: (info: CloseInfo, reason: ImapError) => void
}

/** How a connection comes to its end: by LOGOUT, by BYE, or because the other side is gone (RFC 9051 §3.4). */
export class Farewell {
  readonly #setup: FarewellSetup
  #reason: ImapError | undefined
  #linger: NodeJS.Timeout | undefined

  constructor(setup: FarewellSetup) {
    this.#setup = setup
  }

  /** Why nothing more can be run. */
  get reason(): ImapError | undefined {
    return this.#reason
  }

  /** BYE after LOGOUT is in order; otherwise the connection is over once what the server still says has been read. */
  bye(response: StatusResponse): void {
    if (this.#leaving !== undefined || this.#reason !== undefined) return
    const { dispatcher, grace } = this.#setup
    const reason = byeError(response)
    this.#reason = reason
    dispatcher.suspend()
    dispatcher.rejectQueue(reason)
    this.#linger = setTimeout(() => this.fail(reason), Math.min(BYE_LINGER, grace))
  }

  /** LOGOUT was answered. */
  loggedOut(): void {
    this.#setup.end({ reason: 'logout' }, closedError('logout'))
  }

  /** The other side has closed, or is gone. */
  lost(error: ImapError | undefined, isGreeted: boolean): void {
    const { dispatcher, host } = this.#setup
    const leaving = this.#leaving
    if (this.#reason === undefined && leaving?.status === 'sent') {
      // Some servers close after BYE without an answer to LOGOUT.
      dispatcher.tagged({ kind: 'tagged', tag: leaving.tag, status: 'OK', code: null, text: '' })
      return this.loggedOut()
    }
    if (!isGreeted && error === undefined) return this.fail(closedBeforeGreeting(host))
    this.fail(this.#reason ?? error ?? new ConnectionError(`${host} closed the connection`))
  }

  fail(error: ImapError): void {
    this.#setup.end({ reason: 'error', error }, error)
  }

  /** The connection has ended. */
  ended(reason: ImapError): void {
    this.#reason = reason
    clearTimeout(this.#linger)
  }

  get #leaving(): Execution | undefined {
    return this.#setup.dispatcher.inFlight.find(({ command }) => command.traits?.effect?.kind === 'logout')
  }
}
