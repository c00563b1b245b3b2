import type { MailboxAttribute, SpecialUse } from './flags.js'
import type { Right } from './rights.js'

/** The items of STATUS (RFC 9051 §6.3.11 and extensions) and what each gives. */
export interface StatusItems {
  messages: number
  recent: number
  uidNext: number
  uidValidity: number
  unseen: number
  deleted: number
  /** The octets that an EXPUNGE would free (RFC 9208 §4.1.4). */
  deletedStorage: number
  size: number
  highestModSeq: bigint
  mailboxId: string
  appendLimit: number | null
  objectId: ReadonlyMap<string, string>
}

/** The answer to STATUS: what the server told of one mailbox. */
export type MailboxStatus = Partial<StatusItems>

/** One mailbox of a LIST, LSUB or XLIST answer (RFC 9051 §7.3.1). */
export interface MailboxInfo {
  /** The name, decoded. */
  readonly name: string
  /** The character that separates the levels of the name; null for a flat one. */
  readonly delimiter: string | null
  /** The attributes as sent, such as `\HasChildren`. Compare with `hasFlag`. */
  readonly attributes: readonly MailboxAttribute[]
  /** The first special use among the attributes (RFC 6154, RFC 8457, RFC 9979); see also `client.specialUses()`. */
  readonly specialUse: SpecialUse | null
  /** False for `\Noselect`, `\NonExistent` and `\NoAccess`. */
  readonly selectable: boolean
  /** Whether the mailbox is subscribed; undefined when the server was not asked. */
  readonly subscribed?: boolean
  /** The name of the mailbox before it was renamed (RFC 9051 §6.3.9.7). */
  readonly oldName?: string
  /** The selection criteria that children of this mailbox meet (RFC 9051 §6.3.9.6). */
  readonly childInfo?: readonly string[]
  /** The status, where it was asked for (RFC 9051 §6.3.9.8). */
  readonly status?: MailboxStatus
  /** What the user may do, where it was asked for (RFC 8440). */
  readonly myRights?: ReadonlySet<Right>
  /** Entries with their values, where they were asked for (RFC 9590). */
  readonly metadata?: ReadonlyMap<string, Uint8Array | null>
}

/** One namespace (RFC 9051 §6.3.10). */
export interface Namespace {
  readonly prefix: string
  readonly delimiter: string | null
  /** What to show for the prefix in the language of the user (RFC 5255 §3.4). */
  readonly translation?: string
}

/** The answer to NAMESPACE: three lists that may be empty. */
export interface Namespaces {
  readonly personal: readonly Namespace[]
  readonly otherUsers: readonly Namespace[]
  readonly shared: readonly Namespace[]
}
