import { enable } from '../commands/enable.js'
import { id } from '../commands/id.js'
import type { Connection } from '../connection/connection.js'
import { ProtocolError, ResponseError, type ImapError } from '../model/errors.js'
import { VERSION } from '../model/version.js'
import { askCapabilities } from './capabilities.js'
import { compressConnection } from './compressing.js'
import type { CallOptions } from './mailbox-context.js'
import type { Quirks } from './quirks.js'

/** What is done after login, by the caller's options. */
export interface SettleOptions extends CallOptions {
  readonly id?: Readonly<Record<string, string>> | false
  readonly enable?: readonly string[]
  readonly compress?: boolean
  /** The quirks of the server, which shows itself here. */
  readonly known: Quirks
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
 * and ENABLE, which has to come before the first SELECT, and then COMPRESS. A refusal of these is no reason to give up.
 */
export async function settle(connection: Connection, options: SettleOptions): Promise<Settled> {
  const call = { signal: options.signal, timeout: options.timeout }
  await askCapabilities(connection, call)
  options.known.detect({ capabilities: connection.capabilities.names })
  const quirks: Quirk[] = []
  if (connection.state !== 'authenticated') return { serverId: null, quirks }
  const note = (name: string, error: unknown): void => {
    if (!isTolerable(connection, error)) throw error
    quirks.push({ name, error })
  }
  const [serverId] = await Promise.all([
    introduce(connection, options, note, call),
    enableAll(connection, options, note, call),
  ])
  if (options.compress === true && connection.capabilities.has('COMPRESS=DEFLATE')) {
    await compressConnection(connection, call).catch((error: unknown) => note('COMPRESS-REFUSED', error))
  }
  return { serverId, quirks }
}

/** Takes note of what can be tolerated, and rethrows what cannot. */
type Note = (quirk: string, error: unknown) => void

async function introduce(
  connection: Connection,
  { id: params, known }: SettleOptions,
  note: Note,
  call: CallOptions,
): Promise<ReadonlyMap<string, string | null> | null> {
  if (params === false || !connection.capabilities.has('ID')) return null
  try {
    const ask = () => connection.run(id(params ?? { name: 'imapkit', version: VERSION }), call)
    const answer = await ask()
    const told = answer?.size === 1 && known.repeatsId ? await ask() : answer
    known.detect({ id: told })
    return told
  } catch (error) {
    note('ID-REFUSED', error)
    return null
  }
}

async function enableAll(
  connection: Connection,
  { enable: more = [], known }: SettleOptions,
  note: Note,
  call: CallOptions,
): Promise<void> {
  const { capabilities } = connection
  if (!capabilities.has('ENABLE')) return
  // A server of UTF8=ONLY does nothing for whoever has not enabled it (RFC 6855 §7).
  const required = capabilities.has('UTF8=ONLY') ? ['UTF8=ACCEPT'] : []
  const wanted = [...new Set([...ALWAYS, ...required, ...more].map((name) => name.toUpperCase()))]
  const offered = wanted.filter((name) => capabilities.has(name))
  if (offered.length === 0) return
  try {
    const named = await connection.run(enable(offered), call)
    if (named.length === 0 && known.enables) connection.assumeEnabled(offered)
  } catch (error) {
    note('ENABLE-REFUSED', error)
    if (offered.length > 1) await enableEach(connection, offered, call)
  }
}

/** A server that refuses all for the sake of one may take the others; which it refuses then is no news. */
async function enableEach(connection: Connection, names: readonly string[], call: CallOptions): Promise<void> {
  for (const name of names) {
    try {
      await connection.run(enable([name]), call)
    } catch (error) {
      if (!isTolerable(connection, error)) throw error
    }
  }
}

/** The server refused, or answered what nobody can read, and the connection goes on. */
function isTolerable(connection: Connection, error: unknown): error is ImapError {
  return connection.isOpen && (error instanceof ResponseError || error instanceof ProtocolError)
}
