import { authenticate, login } from '../commands/auth.js'
import type { Connection } from '../connection/connection.js'
import { withDeadline } from '../connection/deadline.js'
import { ArgumentError, AuthenticationError, ImapError, StateError } from '../model/errors.js'
import type { ChannelBinding, MechanismName, SaslMechanism } from '../model/sasl.js'
import { resolveCredentials, type Auth, type CredentialAuth, type SaslAuth } from '../sasl/auth.js'
import { chooseMechanism, type Choice, type Credentials } from '../sasl/choose.js'
import { bindingsLeft, noteBinding, usableBindings } from './binding.js'
import { askCapabilities } from './capabilities.js'
import type { CallOptions } from './mailbox-context.js'
import { checkAuth } from './options-checks.js'

/** How {@link logIn} is called. */
export interface LogInOptions extends CallOptions {
  /** The caller named `plaintext`, and so lets secrets cross the wire as they are. */
  readonly plaintextAllowed: boolean
  readonly host: string
  readonly port: number
  /** Whether the server is known to refuse this user by AUTHENTICATE. */
  readonly prefersLogin?: (user: string) => boolean
}

/** One login: where it is and what bounds each of its commands. */
interface Attempt extends LogInOptions {
  readonly connection: Connection
  readonly signal: AbortSignal
  readonly bound: { readonly signal: AbortSignal; readonly timeout: number; readonly phase: 'auth' }
  /** Notes what is waited for. */
  readonly waits: (what: string) => void
}

/**
 * Logs in by the strongest mechanism that fits, within `timeouts.auth` for all that it takes. A provider of tokens is
 * asked once more after a rejection.
 *
 * @throws AuthenticationError when the server refuses, or no mechanism fits
 */
export async function logIn(connection: Connection, auth: Auth, options: LogInOptions): Promise<void> {
  checkAuth(auth)
  if (connection.isOpen && connection.state !== 'not-authenticated') {
    // No provider of tokens is bothered for what cannot be.
    throw new StateError('The connection is logged in already: connect again for another user', {
      command: 'AUTHENTICATE',
    })
  }
  const ms = options.timeout ?? connection.timeouts.auth
  let waiting = 'Logging in'
  const deadline = {
    ms,
    phase: 'auth',
    command: 'AUTHENTICATE',
    what: () => waiting,
    signal: options.signal,
  } as const
  await withDeadline(deadline, async (signal) => {
    const bound = { signal, timeout: ms, phase: 'auth' } as const
    const waits = (what: string): void => {
      waiting = what
    }
    await askCapabilities(connection, bound)
    const attempt = { ...options, connection, signal, bound, waits }
    if (isSasl(auth)) await bySasl(attempt, auth)
    else await byCredentials(attempt, auth)
  })
}

async function bySasl({ connection, plaintextAllowed, bound }: Attempt, auth: SaslAuth): Promise<void> {
  const mechanism = makeMechanism(auth)
  // Who does not say that the secret stays hidden is taken to show it.
  const hides: unknown = mechanism.plaintext
  if (hides !== false && !connection.secure && !plaintextAllowed) {
    throw new AuthenticationError(`${mechanism.name} would show the secret on a connection without TLS: use TLS`)
  }
  await connection.run(authenticate(mechanism), bound)
}

async function byCredentials(attempt: Attempt, auth: CredentialAuth): Promise<void> {
  try {
    await tryOnce(attempt, auth, 'connect')
  } catch (error) {
    const again = 'accessToken' in auth && typeof auth.accessToken === 'function' && attempt.connection.isOpen
    // Without a text it was not the server that refused.
    if (!again || !(error instanceof AuthenticationError) || error.text === undefined) throw error
    await tryOnce(attempt, auth, 'rejected')
  }
}

async function tryOnce(attempt: Attempt, auth: CredentialAuth, reason: 'connect' | 'rejected'): Promise<void> {
  const { signal, host, port, waits } = attempt
  waits('The provider of access tokens')
  const credentials = await resolveCredentials(auth, { reason, signal }, { host, port })
  waits('Logging in')
  // Whoever gave up while the provider was asked wants no login any more.
  signal.throwIfAborted()
  await byChoice(attempt, credentials, auth.mechanisms)
}

/** Bounded: each new try has less to bind to. */
async function byChoice(
  attempt: Attempt,
  credentials: Credentials,
  mechanisms: readonly MechanismName[] | undefined,
): Promise<void> {
  const { connection, bound, host, plaintextAllowed, prefersLogin } = attempt
  const choose = (bindings: readonly ChannelBinding[]): Choice =>
    chooseMechanism(credentials, {
      capabilities: connection.capabilities,
      secure: connection.secure,
      plaintextAllowed,
      mechanisms,
      bindings,
      host,
    })
  const mayShow = connection.secure || plaintextAllowed
  const isFree = mechanisms === undefined && !connection.capabilities.has('LOGINDISABLED')
  if ('password' in credentials && mayShow && isFree && prefersLogin?.(credentials.user) === true) {
    return connection.run(login(credentials.user, credentials.password), bound)
  }
  let bindings = usableBindings(connection, mechanisms !== undefined)
  let choice = choose(bindings)
  while (choice.kind === 'sasl') {
    const mechanism = await choice.make()
    noteBinding(connection, mechanism, bindings)
    try {
      return await connection.run(authenticate(mechanism), bound)
    } catch (error) {
      const left = bindingsLeft(mechanism, bindings, error, mechanisms)
      if (left === undefined || !connection.isOpen) throw error
      bindings = left
      choice = orThrow(error, () => choose(left))
    }
  }
  if ('password' in credentials) await connection.run(login(credentials.user, credentials.password), bound)
}

/** Where nothing is left to try, the refusal of the server tells more than that. */
function orThrow<T>(error: unknown, run: () => T): T {
  try {
    return run()
  } catch {
    throw error
  }
}

function isSasl(auth: Auth): auth is SaslAuth {
  return 'sasl' in auth && (auth.sasl as unknown) !== undefined
}

/** @throws AuthenticationError when the caller's function fails; ArgumentError for what is no mechanism */
function makeMechanism({ sasl }: SaslAuth): SaslMechanism {
  let made: unknown
  try {
    made = typeof sasl === 'function' ? sasl() : sasl
  } catch (error) {
    if (error instanceof ImapError) throw error
    throw new AuthenticationError('The function auth.sasl failed', { cause: error })
  }
  if (!isMechanism(made)) throw new ArgumentError('auth.sasl is a SASL mechanism: { name, plaintext, respond, … }')
  return made
}

function isMechanism(value: unknown): value is SaslMechanism {
  if (typeof value !== 'object' || value === null) return false
  const { name, respond } = value as Readonly<Record<string, unknown>>
  return typeof name === 'string' && typeof respond === 'function'
}
