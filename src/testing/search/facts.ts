import type { Session } from '../session.js'
import { parseAddresses, type ParsedAddress } from '../mime/address.js'
import { field } from '../mime/headers.js'
import { parsed } from '../mime/part.js'
import { Extra } from '../store/extra.js'
import type { StoredMessage } from '../store/message.js'
import { activeCollation, sortText } from './collation.js'
import { sentTime } from './dates.js'
import { baseSubject, type BaseSubject } from './subject.js'
import { headerText } from './text.js'

/** What sorting and threading need of a message, kept so that its header is read once. */
interface Facts {
  /** Milliseconds. */
  readonly sent: number
  readonly subject: BaseSubject
  /** The octets of the Subject field. */
  readonly rawSubject: string
  readonly from: ParsedAddress | null
  readonly to: ParsedAddress | null
  readonly cc: ParsedAddress | null
  readonly references: readonly string[]
  readonly id: string | null
}

/** What is known of a message. */
export const facts = new Extra<StoredMessage, Facts>((message) => {
  const { header } = parsed(message).root
  const value = (key: string): string => field(header, key) ?? ''
  const first = (key: string): ParsedAddress | null => parseAddresses(value(key))[0] ?? null
  const references = messageIds(value('references'))
  return {
    sent: sentTime(field(header, 'date')) ?? message.received.date.getTime(),
    subject: baseSubject(value('subject')),
    rawSubject: value('subject'),
    from: first('from'),
    to: first('to'),
    cc: first('cc'),
    references: references.length > 0 ? references : messageIds(value('in-reply-to')).slice(0, 1),
    id: messageIds(value('message-id'))[0] ?? null,
  }
})

/** msg-id = "<" id-left "@" id-right ">", with quoting taken out of the left side (RFC 5256 §3). */
function messageIds(text: string): string[] {
  const pattern = /<\s*(?:"((?:[^"\\]|\\[\s\S])*)"|([^\s<>"@]+))\s*@\s*([^\s<>@]+)\s*>/g
  return [...text.matchAll(pattern)].map(([, quoted, plain, right]) => {
    return `${quoted?.replace(/\\([\s\S])/g, '$1') ?? plain}@${right}`
  })
}

/** The base subject of a message in the form of `sortText`, by the comparator that is active. */
export function subjectText(session: Session, message: StoredMessage): string {
  const { subject, rawSubject } = facts.get(message)
  return sortText(activeCollation.get(session), subject.text, rawSubject)
}

/** addr-mailbox of an address in that form; the empty string where there is none. */
export function mailboxText(session: Session, address: ParsedAddress | null): string {
  const octets = address?.mailbox ?? ''
  return sortText(activeCollation.get(session), headerText(octets), octets)
}

/** The name that people see of an address in that form (RFC 5957 §3). */
export function displayText(session: Session, address: ParsedAddress | null): string {
  const octets = address?.name ?? ''
  const name = headerText(octets)
  if (name !== '') return sortText(activeCollation.get(session), name, octets)
  const { mailbox = null, host = null } = address ?? {}
  return mailboxText(session, {
    name: null,
    route: null,
    mailbox: host === null ? mailbox : `${mailbox}@${host}`,
    host,
  })
}
