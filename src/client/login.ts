import { authenticate, login } from '../commands/auth.js'
import { enable } from '../commands/enable.js'
import { id } from '../commands/id.js'
import { capability } from '../commands/simple.js'
import type { Connection } from '../connection/connection.js'
import { withDeadline } from '../connection/deadline.js'
import { AuthenticationError, ResponseError, type ImapError } from '../model/errors.js'
import { resolveCredentials, type Auth, type CredentialAuth } from '../sasl/auth.js'
import { chooseMechanism } from '../sasl/choose.js'
import { VERSION } from '../model/version.js'
import type { CallOptions } from './mailbox-context.js'

/** What is done after login, by the caller's options. */
export interface SettleOptions extends CallOptions {
  readonly id?: Readonly<Record<string, string>> | false
  readonly enable?: readonly string[]
}

/** A deviation of the server that was met and worked around. */
export interface Quirk {
  readonly name: string
  readonly error: ImapError
}

/** What came of settling. */
export interface Settled {
  readonly serverId: ReadonlyMap<string, string | null> | null
  readonly quirks: readonly Quirk[]
}

/** How {@link logIn} is called. */
export interface LogInOptions extends CallOptions {
  /** The caller named `plaintext`, and so lets secrets cross the wire as they are. */
  readonly plaintextAllowed: boolean
  readonly host: string
  readonly port: number
}

/**
 * Logs in by the strongest mechanism that fits. A provider of tokens is asked once more after a rejection.
 *
 * @throws AuthenticationError when the server refuses, or no mechanism fits
 */
export async function logIn(connection: Connection, auth: Auth, options: LogInOptions): Promise<void> {
  const bound = { signal: options.signal, timeout: options.timeout, phase: 'auth' } as const
  if (connection.capabilities.size === 0) await connection.run(capability(), bound)
  if ('sasl' in auth) {
    const mechanism = typeof auth.sasl === 'function' ? auth.sasl() : auth.sasl
    if (mechanism.plaintext && !connection.secure && !options.plaintextAllowed) {
      throw new AuthenticationError(`${mechanism.name} would show the secret on a connection without TLS: use TLS`)
    }
    await connection.run(authenticate(mechanism), bound)
    return
  }
  try {
    await attempt(connection, auth, options, 'connect')
  } catch (error) {
    const again = 'accessToken' in auth && typeof auth.accessToken === 'function' && connection.isOpen
    // Without a text it was not the server that refused.
    if (!again || !(error instanceof AuthenticationError) || error.text === undefined) throw error
    await attempt(connection, auth, options, 'rejected')
  }
}

async function attempt(
  connection: Connection,
  auth: CredentialAuth,
  options: LogInOptions,
  reason: 'connect' | 'rejected',
): Promise<void> {
  const { signal, timeout, host, port, plaintextAllowed } = options
  const ms = timeout ?? connection.timeouts.auth
  const credentials = await withDeadline({ ms, phase: 'auth', what: 'The provider of tokens', signal }, (inner) =>
    resolveCredentials(auth, { reason, signal: inner }, { host, port }),
  )
  const choice = chooseMechanism(credentials, {
    capabilities: connection.capabilities,
    secure: connection.secure,
    plaintextAllowed,
    mechanisms: auth.mechanisms,
  })
  const bound = { signal, timeout, phase: 'auth' } as const
  if (choice.kind === 'sasl') await connection.run(authenticate(choice.mechanism), bound)
  else if ('password' in credentials) await connection.run(login(credentials.user, credentials.password), bound)
}

/** Enabled wherever they are offered. */
const ALWAYS = ['IMAP4rev2', 'CONDSTORE']

/**
 * What follows a login: capabilities where the server did not tell them, ID (some providers refuse SELECT without it)
 * and ENABLE, which has to come before the first SELECT. A refusal of ID or ENABLE is no reason to give up.
 */
export async function settle(connection: Connection, options: SettleOptions): Promise<Settled> {
  const call = { signal: options.signal, timeout: options.timeout }
  if (connection.capabilities.size === 0) await connection.run(capability(), call)
  const quirks: Quirk[] = []
  if (connection.state !== 'authenticated') return { serverId: null, quirks }
  const [serverId] = await Promise.all([
    options.id === false ? null : introduce(connection, options.id, quirks, call),
    enableAll(connection, options.enable ?? [], quirks, call),
  ])
  return { serverId, quirks }
}

async function introduce(
  connection: Connection,
  params: Readonly<Record<string, string>> | undefined,
  quirks: Quirk[],
  call: CallOptions,
): Promise<ReadonlyMap<string, string | null> | null> {
  if (!connection.capabilities.has('ID')) return null
  try {
    return await connection.run(id(params ?? { name: 'imapkit', version: VERSION }), call)
  } catch (error) {
    quirks.push(refusal('ID-REFUSED', error))
    return null
  }
}

async function enableAll(
  connection: Connection,
  more: readonly string[],
  quirks: Quirk[],
  call: CallOptions,
): Promise<void> {
  const { capabilities } = connection
  if (!capabilities.has('ENABLE')) return
  const wanted = [...new Set([...ALWAYS, ...more].map((name) => name.toUpperCase()))]
  const offered = wanted.filter((name) => capabilities.has(name))
  if (offered.length === 0) return
  try {
    await connection.run(enable(offered), call)
  } catch (error) {
    quirks.push(refusal('ENABLE-REFUSED', error))
    if (offered.length > 1) await enableEach(connection, offered, call)
  }
}

/** A server that refuses all for the sake of one may take the others. */
async function enableEach(connection: Connection, names: readonly string[], call: CallOptions): Promise<void> {
  for (const name of names) {
    try {
      await connection.run(enable([name]), call)
    } catch (error) {
      refusal(name, error)
    }
  }
}

/** Rethrows what is no refusal by the server. */
function refusal(name: string, error: unknown): Quirk {
  if (!(error instanceof ResponseError)) throw error
  return { name, error }
}
