import type { ZonedDate } from '../arguments.js'

/** What is known of a message when it is stored. */
export interface MessageFacts {
  readonly uid: number
  readonly raw: Buffer
  readonly received: ZonedDate
  readonly flags: Iterable<string>
  readonly modSeq: bigint
  readonly saved: Date
  readonly origin: StoredMessage | null
}

/** A message of the embedded server. Its octets never change; its flags and mod-sequence do. */
export class StoredMessage {
  readonly uid: number
  readonly raw: Buffer
  readonly received: ZonedDate
  readonly flags: Set<string>
  /** When it came into its mailbox, in whole seconds (RFC 8514). */
  readonly saved: Date
  /** The message that it was copied or moved from. */
  readonly origin: StoredMessage | null
  modSeq: bigint
  /** Whether a session has already been the first to hear of it (`\Recent`, RFC 3501 §2.3.2). */
  claimed = false
  expunged = false

  constructor({ uid, raw, received, flags, modSeq, saved, origin }: MessageFacts) {
    this.uid = uid
    this.raw = raw
    this.received = received
    this.flags = new Set(flags)
    this.modSeq = modSeq
    this.saved = saved
    this.origin = origin
  }

  /** Octets. */
  get size(): number {
    return this.raw.length
  }
}
