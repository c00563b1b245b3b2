import { authenticate, login } from '../commands/auth.js'
import { enable } from '../commands/enable.js'
import { id } from '../commands/id.js'
import { capability } from '../commands/simple.js'
import type { Connection } from '../connection/connection.js'
import { AuthenticationError, ResponseError, type ImapError } from '../model/errors.js'
import { VERSION } from '../version.js'
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
