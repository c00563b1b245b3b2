import { Extra } from '../store/extra.js'
import type { StoredMessage } from '../store/message.js'

/** The values of a message: by entry, an attribute with its user where it is private. */
export type Annotations = Map<string, Buffer>

/** The annotations of messages (RFC 5257), under keys `ENTRY\0ATTRIBUTE[\0USER]`. */
export const annotationsOf = new Extra<StoredMessage, Annotations>(() => new Map())

/** Octets of all annotations of a message. */
export function annotationOctets(message: StoredMessage): number {
  let total = 0
  for (const value of annotationsOf.get(message).values()) total += value.length
  return total
}
