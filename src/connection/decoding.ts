import { ProtocolError } from '../model/errors.js'
import type { Response } from '../model/response.js'
import type { Frame } from '../wire/framer.js'
import type { ProtocolTables, ReadOptions } from './options.js'

/** Reads a response; whatever goes wrong is the error that is given, since the framing is intact all the same. */
export function decode(frame: Frame, protocol: ProtocolTables, options: ReadOptions): Response | ProtocolError {
  try {
    return protocol.readResponse(frame, options)
  } catch (cause) {
    return cause instanceof ProtocolError ? cause : new ProtocolError('A response could not be read', { cause })
  }
}

/** What looks like the tag of a response that could not be read. */
export function tagOf(text: string): string | undefined {
  return /^([A-Za-z0-9]{1,64}) /.exec(text)?.[1]
}

/** What looks like the name of an untagged response that could not be read, in upper case. */
export function nameOf(text: string): string | undefined {
  return /^\* *(?:\d+ +)?([A-Za-z][A-Za-z0-9-]*)/.exec(text)?.[1]?.toUpperCase()
}
