import { capability } from '../commands/simple.js'
import type { Connection } from '../connection/connection.js'
import type { RunOptions } from '../connection/options.js'
import { ResponseError } from '../model/errors.js'

/** Asks what the server can do, unless it has told. A server that does not know the question speaks IMAP2 (RFC 1176). */
export async function askCapabilities(connection: Connection, options: RunOptions): Promise<void> {
  if (connection.capabilities.known) return
  try {
    await connection.run(capability(), options)
  } catch (error) {
    if (!(error instanceof ResponseError) || error.status !== 'BAD' || !connection.isOpen) throw error
    connection.assumeCapabilities(['IMAP2'])
  }
}
