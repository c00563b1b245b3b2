import type { ZonedDate } from '../arguments.js'

/** A message of the embedded server. Its octets never change; its flags and mod-sequence do. */
export class StoredMessage {
  readonly uid: number
  readonly raw: Buffer
  readonly received: ZonedDate
  readonly flags: Set<string>
  modSeq: bigint
  /** Whether a session has already been the first to hear of it (`\Recent`, RFC 3501 §2.3.2). */
  claimed = false
  expunged = false

  constructor(uid: number, raw: Buffer, received: ZonedDate, flags: Iterable<string>, modSeq: bigint) {
    this.uid = uid
    this.raw = raw
    this.received = received
    this.flags = new Set(flags)
    this.modSeq = modSeq
  }

  get size(): number {
    return this.raw.length
  }
}
