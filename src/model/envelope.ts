/** One address of an envelope (RFC 9051 §7.5.2), groups resolved to their members. */
export interface Address {
  /** The display name, encoded words decoded; null where there is none. */
  readonly name: string | null
  /** The display name as the server sent it, one character per byte. */
  readonly rawName: string | null
  /** The part before the `@`. */
  readonly mailbox: string | null
  /** The part after the `@`. */
  readonly host: string | null
  /** `mailbox@host`, or what there is of it; the empty string when there is nothing. */
  readonly address: string
  /** The name of the group (RFC 5322 §3.4) that the address was a member of. */
  readonly group?: string
}

/** The envelope of a message (RFC 9051 §7.5.2). */
export interface Envelope {
  /** The Date field as a point in time; null where it is missing or no date. */
  readonly date: Date | null
  /** The Date field as text. */
  readonly rawDate: string | null
  /** The subject, encoded words decoded. */
  readonly subject: string | null
  /** The subject as the server sent it, one character per byte. */
  readonly rawSubject: string | null
  readonly from: readonly Address[]
  readonly sender: readonly Address[]
  readonly replyTo: readonly Address[]
  readonly to: readonly Address[]
  readonly cc: readonly Address[]
  readonly bcc: readonly Address[]
  readonly inReplyTo: string | null
  readonly messageId: string | null
}
