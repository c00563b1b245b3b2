import { logout } from '../commands/simple.js'
import type { Connection } from '../connection/connection.js'
import { AbortError, ConnectionError, type ImapError } from '../model/errors.js'
import type { CallOptions } from './mailbox-context.js'

/** Logs out within the grace and closes, whatever the server says; resolves when the connection has ended. */
export async function leave(connection: Connection, { signal, timeout }: CallOptions): Promise<void> {
  try {
    if (connection.isOpen) await connection.run(logout(), { signal, timeout: timeout ?? connection.timeouts.grace })
  } finally {
    connection.close()
    await connection.closed
  }
}

/** From now on an abort of the signal closes the connection; the signal is let go when the connection has ended. */
export function closeOnAbort(connection: Connection, signal: AbortSignal | undefined): void {
  if (signal === undefined) return
  const abort = (): void => connection.close(new AbortError('closed', { command: 'connect', cause: signal.reason }))
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  void connection.closed.then(() => signal.removeEventListener('abort', abort))
}

/** Why a connection has ended. */
export async function ended(connection: Connection): Promise<ImapError> {
  const { error } = await connection.closed
  return error ?? new ConnectionError('The connection has ended', { retryable: false })
}
