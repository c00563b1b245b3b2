/** The system flags of RFC 9051 §2.3.2, and `\Recent` of RFC 3501. */
export const SYSTEM_FLAGS = ['\\Answered', '\\Flagged', '\\Deleted', '\\Seen', '\\Draft', '\\Recent'] as const

/** A system flag, in its usual spelling. */
export type SystemFlag = (typeof SYSTEM_FLAGS)[number]

/** A system flag or a keyword. Flags are compared without regard to case: see {@link hasFlag}. */
export type Flag = SystemFlag | (string & {})

/** The special uses of RFC 6154 §2 and RFC 8457 (`\Important`). */
export const SPECIAL_USES = [
  '\\All',
  '\\Archive',
  '\\Drafts',
  '\\Flagged',
  '\\Important',
  '\\Junk',
  '\\Sent',
  '\\Trash',
] as const

/** A special use of a mailbox (RFC 6154 §2), or one that this library does not know. */
export type SpecialUse = (typeof SPECIAL_USES)[number]

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
