/** The system flags of RFC 9051 §2.3.2, and `\Recent` of RFC 3501. */
export const SYSTEM_FLAGS = ['\\Answered', '\\Flagged', '\\Deleted', '\\Seen', '\\Draft', '\\Recent'] as const

/** A system flag, in its usual spelling. */
export type SystemFlag = (typeof SYSTEM_FLAGS)[number]

/**
 * The registered keywords that a client of IMAP meets. Which of them a mailbox can store is told by its PERMANENTFLAGS.
 *
 * - `$MDNSent` (RFC 3503): a receipt was sent. `$Forwarded` (RFC 5550): the message was forwarded.
 * - `$SubmitPending` and `$Submitted` (RFC 5550): the message is on its way to submission, or was submitted.
 * - `$Junk`, `$NotJunk` and `$Phishing` (RFC 9051 §2.3.2): the first two exclude each other.
 * - `$Important` (RFC 8457): likely to matter to the user.
 * - `$hasattachment`, `$hasnoattachment` (RFC 9979): whether there is an attachment; with neither, nobody has looked.
 * - `$memo`: a note to oneself, `$hasmemo`: the message that it is about.
 * - `$muted`, `$followed`: of a whole thread; the second one counts where both are set.
 * - `$canunsubscribe`, `$unsubscribed`: mailing lists. `$autosent`: an automatic reply.
 * - `$imported`, `$istrusted`, `$maskedemail`: set by the server. `$new`: prominent again. `$notify`: to be announced.
 * - `$MailFlagBit0` to `$MailFlagBit2`: the colour of `\Flagged`; see {@link flagColor}.
 */
export const KEYWORDS = [
  '$MDNSent',
  '$Forwarded',
  '$SubmitPending',
  '$Submitted',
  '$Junk',
  '$NotJunk',
  '$Phishing',
  '$Important',
  '$MailFlagBit0',
  '$MailFlagBit1',
  '$MailFlagBit2',
  '$hasattachment',
  '$hasnoattachment',
  '$memo',
  '$hasmemo',
  '$canunsubscribe',
  '$unsubscribed',
  '$muted',
  '$followed',
  '$autosent',
  '$imported',
  '$istrusted',
  '$maskedemail',
  '$new',
  '$notify',
] as const

/** A registered keyword, in its registered spelling. */
export type Keyword = (typeof KEYWORDS)[number]

/**
 * Keywords that are registered so that nobody uses them over IMAP: the names that JMAP has for the system flags, and
 * `$recent` (RFC 8621 §10.4).
 */
export const RESERVED_KEYWORDS = ['$draft', '$seen', '$flagged', '$answered', '$recent'] as const

/** A system flag or a keyword. Flags are compared without regard to case: see {@link hasFlag}. */
export type Flag = SystemFlag | Keyword | (string & {})

/**
 * The special uses of RFC 6154 §2, RFC 8457 (`\Important`) and RFC 9979: `\Snoozed` holds mail put off to a later
 * time, `\Scheduled` mail to be sent later, `\Memos` notes to oneself.
 */
export const SPECIAL_USES = [
  '\\All',
  '\\Archive',
  '\\Drafts',
  '\\Flagged',
  '\\Important',
  '\\Junk',
  '\\Memos',
  '\\Scheduled',
  '\\Sent',
  '\\Snoozed',
  '\\Trash',
] as const

/** A special use of a mailbox (RFC 6154 §2). */
export type SpecialUse = (typeof SPECIAL_USES)[number]

/**
 * The registered attributes of mailbox names: those of RFC 9051 §7.3.1 (which took in RFC 3348 and RFC 5258), the special
 * uses, `\Inbox` (RFC 8621 §10.5) and `\NoAccess` (RFC 5465 §5.3), which tells that a mailbox may not be opened any more.
 */
export const MAILBOX_ATTRIBUTES = [
  '\\Noinferiors',
  '\\Noselect',
  '\\NoAccess',
  '\\Marked',
  '\\Unmarked',
  '\\HasChildren',
  '\\HasNoChildren',
  '\\NonExistent',
  '\\Subscribed',
  '\\Remote',
  '\\Inbox',
  ...SPECIAL_USES,
] as const

/** An attribute of a mailbox name, registered or not. They are compared without regard to case: see {@link hasFlag}. */
export type MailboxAttribute = (typeof MAILBOX_ATTRIBUTES)[number] | (string & {})

/**
 * Tells whether `flags` holds `flag`, without regard to case (RFC 9051 §2.3.2).
 *
 * @example
 * ```ts
 * import { hasFlag } from 'imapkit'
 * hasFlag(['\\seen', '$Junk'], '\\Seen') // true
 * ```
 */
export function hasFlag(flags: readonly string[], flag: Flag): boolean {
  const wanted = flag.toLowerCase()
  return flags.some((each) => each === flag || each.toLowerCase() === wanted)
}
