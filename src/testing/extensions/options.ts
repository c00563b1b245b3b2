import type { AnnotationOptions } from './annotate.js'
import type { InProgressOptions } from './inprogress.js'
import type { MetadataOptions } from './metadata.js'
import type { ReferralOptions } from './referrals.js'

/** What single extensions of the embedded server can be told; each has one field of its own here. */
export interface ExtensionOptions {
  /**
   * Octets of the largest message that APPEND takes (RFC 7889): one number for all mailboxes, announced as `APPENDLIMIT=n`,
   * or numbers by the name of the mailbox, others then have none. Default the limit of literals.
   */
  readonly appendLimit?: number | Readonly<Record<string, number>>
  /**
   * Limits that every account has at the start (RFC 9208), by resource: STORAGE and ANNOTATION-STORAGE in units of 1024
   * octets, MESSAGE and MAILBOX in numbers. Default none; SETQUOTA changes them.
   */
  readonly quota?: Readonly<Record<string, number>>
  /** Limits of METADATA (RFC 5464). */
  readonly metadata?: MetadataOptions
  /** How many notifications of NOTIFY may come in one go; more end them with NOTIFICATIONOVERFLOW. Default 1000. */
  readonly notifications?: number
  /** Limits of annotations of messages (RFC 5257). */
  readonly annotations?: AnnotationOptions
  /** How commands that a fault delays tell of their progress (RFC 9585). */
  readonly inProgress?: InProgressOptions
  /** The URL of the session resource over JMAP (RFC 9698); left out: JMAPACCESS is not offered. */
  readonly jmapAccess?: string
  /** Users and mailboxes that live on other servers (RFC 2221, RFC 2193). */
  readonly referrals?: ReferralOptions
  /** Searches with UPDATE that one session may have at once (RFC 5267); default 16. */
  readonly updateContexts?: number
  /** Filters that all users can name in a search (RFC 5466), by name: search criteria in UTF-8. */
  readonly filters?: Readonly<Record<string, string>>
  /** Users who may fetch URLs of `submit+` access: the mail submission servers (RFC 4467 §3). Default none. */
  readonly urlSubmitters?: readonly string[]
  /** Bulletin boards of IMAP2 by name, and the mailbox of the user that each one is (RFC 1176). Default none. */
  readonly bboards?: Readonly<Record<string, string>>
}
