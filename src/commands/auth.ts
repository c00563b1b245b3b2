import { Buffer } from 'node:buffer'
import { ArgumentError, AuthenticationError, ImapError, ProtocolError } from '../model/errors.js'
import { responseError } from '../model/response-error.js'
import type { Continuation, Tagged } from '../model/response.js'
import type { SaslMechanism } from '../model/sasl.js'
import { checkString } from './checks.js'
import type { Collector, Command } from './command.js'
import { beforeLogin } from './states.js'

/**
 * LOGIN: authenticates with user name and password, which cross the wire as they are (RFC 9051 §6.2.3).
 *
 * What stands beyond ASCII is sent as UTF-8, without any preparation. A refusal is an `AuthenticationError`.
 */
export function login(user: string, password: string): Command<void> {
  checkString('The user name', user)
  checkString('The password', password)
  return {
    name: 'LOGIN',
    states: beforeLogin,
    traits: { exclusive: true, effect: { kind: 'authenticate' } },
    safe: true,
    encode: (w, context) => {
      if (context.has('LOGINDISABLED')) {
        throw new AuthenticationError('The server allows no LOGIN here: use TLS, or a SASL mechanism that it offers', {
          command: 'LOGIN',
        })
      }
      w.sp().secret(() => w.astring(user).sp().astring(password))
    },
    collect: () => ({
      done: () => undefined,
      refused: (tagged) => refusal('LOGIN', tagged, undefined),
    }),
  }
}

/**
 * AUTHENTICATE: runs a SASL mechanism (RFC 9051 §6.2.2, RFC 4422), with an initial response where the server has SASL-IR
 * (RFC 4959). A refusal is an `AuthenticationError`; an OK is one too when the server has not proved itself.
 *
 * @param mechanism - serves one run: the command must not be run twice
 */
export function authenticate(mechanism: SaslMechanism): Command<void> {
  const exchange = new Exchange(mechanism)
  return {
    name: 'AUTHENTICATE',
    states: beforeLogin,
    needs: `AUTH=${mechanism.name}`,
    traits: { exclusive: true, effect: { kind: 'authenticate' }, interrupt: '*' },
    safe: true,
    encode: (w, context) => {
      w.sp().atom(mechanism.name)
      const initial = exchange.begin(context.has('SASL-IR'))
      // "=" stands for an initial response that is empty.
      if (initial !== undefined) w.sp().secret(() => w.atom(initial === '' ? '=' : initial))
    },
    collect: () => exchange,
  }
}

/** The line that cancels the exchange (RFC 9051 §6.2.2). */
const CANCEL = Buffer.from('*', 'latin1')

/** One run of a mechanism: what is sent for each continuation request, and how it ends. */
class Exchange implements Collector<void> {
  readonly #mechanism: SaslMechanism
  #started = false
  /** The initial response, until it is sent; an empty challenge asks for it where the server lacks SASL-IR. */
  #initial: Uint8Array | undefined
  #error: unknown
  #cancelled = false

  constructor(mechanism: SaslMechanism) {
    this.#mechanism = mechanism
  }

  /** Gives the initial response in base64 where it is to be sent with the command. */
  begin(withCommand: boolean): string | undefined {
    if (this.#started) throw new ArgumentError('A SASL mechanism serves one authentication: make a new one')
    this.#started = true
    const initial = this.#mechanism.initial?.()
    if (initial !== undefined && withCommand) return base64(initial)
    this.#initial = initial
    return undefined
  }

  async continued(request: Continuation): Promise<Uint8Array> {
    try {
      const initial = this.#initial
      this.#initial = undefined
      const response = initial ?? (await this.#mechanism.respond(decode(request.text)))
      return Buffer.from(base64(response), 'latin1')
    } catch (error) {
      this.#error = error
      this.#cancelled = true
      return CANCEL
    }
  }

  done(): void {
    if (this.#cancelled) throw this.#reason('The server answered OK to an authentication that was cancelled')
    try {
      this.#mechanism.verify?.()
    } catch (error) {
      this.#error = error
      throw this.#reason('The server has not proved that it knows the password')
    }
  }

  refused(tagged: Tagged): ImapError | undefined {
    if (this.#cancelled) return this.#reason('The authentication was cancelled')
    return refusal('AUTHENTICATE', tagged, this.#mechanism)
  }

  #reason(otherwise: string): ImapError {
    if (this.#error instanceof ImapError) return this.#error
    return new AuthenticationError(otherwise, { command: 'AUTHENTICATE', cause: this.#error })
  }
}

/** Codes that say nothing about the credentials (RFC 5530 §3): trying again later may help. */
const PASSING = new Set(['UNAVAILABLE', 'INUSE', 'LIMIT', 'SERVERBUG'])

/** Undefined leaves it to the usual error: throttling, and failures of the server itself. */
function refusal(command: string, tagged: Tagged, mechanism: SaslMechanism | undefined): ImapError | undefined {
  const usual = responseError(command, tagged)
  if (usual.code === 'ERR_IMAP_RATE_LIMIT' || PASSING.has(tagged.code?.name ?? '')) return undefined
  const serverError = mechanism?.failure?.()
  const said = tagged.text === '' ? tagged.status : `${tagged.status}: ${tagged.text}`
  const by = mechanism === undefined ? 'LOGIN' : mechanism.name
  return new AuthenticationError(`The server refused to log in by ${by}: ${said}`, {
    command,
    status: usual.status,
    text: tagged.text,
    responseCode: tagged.code,
    ...(serverError !== undefined && { serverError }),
  })
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')
}

/** base64 = *(4base64-char) [base64-terminal]; spaces around it are tolerated. */
function decode(text: string): Uint8Array {
  const trimmed = text.trim()
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(trimmed)) {
    throw new ProtocolError('The server sent a challenge that is no base64', { command: 'AUTHENTICATE' })
  }
  return Buffer.from(trimmed, 'base64')
}
