import type { ProtocolTables } from '../connection/options.js'
import { impliedCapabilities, readFetchHead, readResponse } from '../protocol.js'

/** The grammar, as a connection wants it. */
export const protocol: ProtocolTables = {
  readResponse,
  readFetchHead,
  *implied(names) {
    for (const name of names) yield* impliedCapabilities(name)
  },
}
