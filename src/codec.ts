import { ProtocolError } from './model/errors.js'
import type { Response } from './model/response.js'
import { readResponse } from './protocol.js'
import { Framer } from './wire/framer.js'
import { DEFAULT_LIMITS } from './wire/limits.js'

export { Cursor } from './wire/cursor.js'
export { type Frame, Framer, type FramerSink, type LiteralSink } from './wire/framer.js'
export { DEFAULT_LIMITS, type Limits } from './wire/limits.js'
export type { ByteStream, LiteralSource, Segment } from './wire/segments.js'
export { decodeMailboxName, encodeMailboxName } from './wire/utf7.js'
export { Writer, type WriterOptions } from './wire/writer.js'
export { readResponse, type ReadOptions } from './protocol.js'
export type { Warn } from './grammar/tables.js'
export { LimitError, ProtocolError } from './model/errors.js'

/**
 * Reads all responses that a server sent.
 *
 * @param bytes - whole responses, each with its CRLF
 * @throws ProtocolError when a response is malformed or the last one has no end; LimitError past the default limits
 * @example
 * ```ts
 * import { decodeResponses } from 'imapkit/codec'
 * const [exists, ok] = decodeResponses(Buffer.from('* 3 EXISTS\r\nA1 OK [READ-WRITE] Done\r\n'))
 * ```
 */
export function decodeResponses(bytes: Uint8Array): Response[] {
  const responses: Response[] = []
  const framer = new Framer(
    { literal: () => undefined, response: (frame) => responses.push(readResponse(frame)) },
    DEFAULT_LIMITS,
  )
  framer.push(bytes)
  if (!framer.idle) throw new ProtocolError('The last response has no end')
  return responses
}
