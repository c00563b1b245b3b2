import type { Connection } from '../connection/connection.js'
import { compressDeflate } from '../extensions/compress.js'
import { ResponseError } from '../model/errors.js'
import type { CallOptions } from './mailbox-context.js'

/**
 * Compresses the connection (RFC 4978).
 *
 * @returns whether this connection is compressed now; false when another layer does it already (COMPRESSIONACTIVE)
 * @throws CapabilityError without COMPRESS=DEFLATE; ResponseError for another refusal
 */
export async function compressConnection(connection: Connection, call: CallOptions): Promise<boolean> {
  if (connection.compressed) return true
  try {
    await connection.run(compressDeflate(), call)
    return true
  } catch (error) {
    if (error instanceof ResponseError && error.responseCode?.name === 'COMPRESSIONACTIVE') return false
    throw error
  }
}
