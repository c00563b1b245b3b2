import { Arguments } from './arguments.js'
import { cut, readSection, sectionBytes, type Partial, type Section } from './fetch/section.js'
import { findPart, parsed, type Part } from './mime/part.js'
import { Refusal } from './refusal.js'
import type { MemoryMailbox } from './store/mailbox.js'
import type { StoredMessage } from './store/message.js'

/** An IMAP URL of a message, or of a piece of one (RFC 5092 §6, RFC 2192 §8). */
export interface MessageUrl {
  /** Decoded; null for the one that is selected. */
  readonly mailbox: string | null
  readonly uidValidity: number | null
  readonly uid: number
  readonly section: Section
  readonly partial: Partial | null
}

// bchar = achar / ":" / "@" / "/"     achar = uchar / "&" / "="     uchar = unreserved / sub-delims-sh / pct-encoded
const BCHAR = "(?:[A-Za-z0-9\\-._~!$'()*+,&=:@/]|%[0-9A-Fa-f]{2})"
// imessagepart = enc-mailbox [uidvalidity] iuid [isection] [ipartial]
const MESSAGE_PART = new RegExp(
  `^(?:(${BCHAR}+?)(?:;UIDVALIDITY=([1-9]\\d*))?/)?;UID=([1-9]\\d*)` +
    `(?:/;SECTION=(${BCHAR}+?))?(?:/;PARTIAL=(\\d+)(?:\\.([1-9]\\d*))?)?$`,
  'i',
)

/** Reads imessagepart, or `;UID=…` alone for a message of the selected mailbox; null for anything else. */
export function parseMessagePart(text: string): MessageUrl | null {
  const match = MESSAGE_PART.exec(text)
  if (match === null) return null
  const [, encoded, uidValidity, uid, sectionText, offset, count] = match
  // The slash ahead of `;UID=` may stand twice: `INBOX/;UID=1` and `INBOX;UIDVALIDITY=2/;UID=1` both have one.
  const mailbox = encoded === undefined ? null : decode(encoded)
  const section = sectionText === undefined ? WHOLE : parseSection(decode(sectionText))
  if (mailbox === undefined || section === undefined) return null
  return {
    mailbox,
    uidValidity: uidValidity === undefined ? null : Number(uidValidity),
    uid: Number(uid),
    section,
    partial:
      offset === undefined ? null : { offset: Number(offset), count: count === undefined ? Infinity : Number(count) },
  }
}

const WHOLE: Section = { numbers: [], text: '', names: [] }

/** Percent-encoding undone: the octets are UTF-8; undefined when they are not. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

function parseSection(text: string | undefined): Section | undefined {
  if (text === undefined) return undefined
  try {
    const args = new Arguments({ text: `[${text}]`, literals: [] })
    const { section } = readSection(args, false)
    return args.atEnd ? section : undefined
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}

/** The message that a URL names, undefined when it is not there (any more). */
export function messageOf(mailbox: MemoryMailbox, { uid, uidValidity }: MessageUrl): StoredMessage | undefined {
  return uidValidity !== null && uidValidity !== mailbox.uidValidity ? undefined : mailbox.find(uid)
}

/** The octets that a URL names, null when the message has no such part. */
export function octetsOf(message: StoredMessage, { section, partial }: MessageUrl): Buffer | null {
  const bytes = sectionBytes(message, section)
  return bytes === null ? null : cut(bytes, partial)
}

/** The part that a URL names by numbers alone, or the whole message; null for a header or a text. */
export function partOf(message: StoredMessage, { section: { numbers, text } }: MessageUrl): Part | null {
  return text === '' ? findPart(parsed(message).root, numbers) : null
}
