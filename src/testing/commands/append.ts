import type { Arguments, ZonedDate } from '../arguments.js'
import type { Completion, Feature } from '../feature.js'
import { lookUp } from '../lookup.js'
import { no } from '../refusal.js'
import type { Session } from '../session.js'
import { wholeSeconds, type MemoryMailbox, type NewMessage } from '../store/mailbox.js'
import type { StoredMessage } from '../store/message.js'
import { checkSize, storeMessages } from '../storing.js'
import { setText } from '../syntax.js'

/** A message as APPEND and its like send it. */
export interface SentMessage {
  /** Puts it together; asked once, when the whole command has been read. @throws Refusal */
  compose(): NewMessage
  /** What extensions do with the message once it is stored. */
  readonly apply: readonly ((message: StoredMessage) => void)[]
}

/**
 * append-message = append-opts SP append-data
 *
 * append-opts = [SP flag-list] [SP date-time] *(SP append-ext) (RFC 4466 §2.8); the space ahead of it is taken here.
 */
export function readMessage(session: Session, args: Arguments): SentMessage {
  args.sp()
  let flags: string[] = []
  if (args.peek() === '(') {
    flags = args.flagList()
    args.sp()
  }
  let received: ZonedDate = { date: wholeSeconds(new Date()), zone: 0 }
  if (args.peek() === '"') {
    received = args.dateTime()
    args.sp()
  }
  const apply: ((message: StoredMessage) => void)[] = []
  let data = readData(session, args, apply)
  while (data === null) {
    args.sp()
    data = readData(session, args, apply)
  }
  const octets = data
  return { apply, compose: () => ({ raw: octets(), flags, received }) }
}

/** append-data = literal / literal8 / append-data-ext; null behind an append-ext. */
function readData(
  session: Session,
  args: Arguments,
  apply: ((message: StoredMessage) => void)[],
): (() => Buffer) | null {
  const literal = args.literal()
  if (literal !== null) return () => literal.bytes
  const { appendOptions, appendData } = session.server.tables
  if (!/[A-Za-z]/.test(args.peek())) throw args.expected('a literal')
  const name = args.name('a literal')
  const option = appendOptions.get(name)
  if (option !== undefined && session.has(...option.needs)) {
    apply.push(option.read(args, session))
    return null
  }
  return lookUp(session, appendData, name, 'kind of data for APPEND').read(args, session)
}

/** append = "APPEND" SP mailbox append-message; with MULTIAPPEND 1*append-message (RFC 3502 §6.3.11) */
function append(session: Session, args: Arguments): Completion {
  args.sp()
  const name = args.mailbox()
  const sent = [readMessage(session, args)]
  if (session.has('MULTIAPPEND')) while (!args.atEnd) sent.push(readMessage(session, args))
  args.end()
  return storeSent(session, session.reach(name, 'i', true), sent)
}

/** Stores what was sent, in the place of `leaving` where there are such messages; the completion tells the new UIDs (RFC 4315 §3). @throws Refusal */
export function storeSent(
  session: Session,
  mailbox: MemoryMailbox,
  sent: readonly SentMessage[],
  leaving: readonly StoredMessage[] = [],
): Completion {
  const messages = sent.map((each) => each.compose())
  for (const { raw } of messages) {
    if (raw.length === 0) throw no('An empty message is no message')
    checkSize(session, mailbox, raw.length, leaving)
  }
  const added = storeMessages(session, mailbox, messages, leaving)
  for (const [i, message] of added.entries()) for (const apply of sent[i]?.apply ?? []) apply(message)
  if (!session.has('UIDPLUS')) return {}
  return { code: `APPENDUID ${mailbox.uidValidity} ${setText(added.map((message) => message.uid))}` }
}

/** APPEND (RFC 9051 §6.3.12, RFC 4315 §3). */
export const appendFeature: Feature = {
  commands: [
    {
      name: 'APPEND',
      states: ['authenticated'],
      run: append,
      beforeLiteral(session, args, octets) {
        args.sp()
        // The announced literal may be the name itself.
        if (args.atAnnouncement) return
        const mailbox = session.reach(args.mailbox(), 'i', true)
        checkSize(session, mailbox, octets)
      },
    },
  ],
}
