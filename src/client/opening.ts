import { Connection } from '../connection/connection.js'
import type { ConnectionSetup } from '../connection/options.js'
import { AbortError, TimeoutError } from '../model/errors.js'
import type { ResolvedOptions } from './options.js'
import type { Protocol } from '../protocol.js'

/** Opens the connection up to its first command; of the options it gets what it needs, which is no credential. */
export function openConnection(
  options: ResolvedOptions,
  protocol: Protocol,
  events: Pick<ConnectionSetup, 'emit' | 'listens'>,
): Promise<Connection> {
  const { host, port, security, tls, transport, proxy, timeouts, limits, pipelining, signal } = options
  return Connection.open({
    ...{ host, port, security, tls, transport, proxy, timeouts, limits, pipelining, signal },
    ...{ protocol, ...events },
  })
}

/** The error of a call that was given up, as it stands once its connection has been closed for it. */
export function asClosed(error: unknown): unknown {
  if (error instanceof AbortError) return new AbortError('closed', { command: 'connect', cause: error.cause })
  if (error instanceof TimeoutError) {
    const { phase, message, command, cause } = error
    return new TimeoutError(phase, message, 'closed', { command, ...(cause !== undefined && { cause }) })
  }
  return error
}
