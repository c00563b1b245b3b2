import type { MailboxOptions, MessageInput, MessageOptions, ServerSettings, UserOptions } from './settings.js'
import { Account } from './store/account.js'
import { wholeSeconds, type MemoryMailbox, type NewMessage } from './store/mailbox.js'

/** Makes a user's account of the options. */
export function makeAccount(name: string, options: UserOptions, settings: ServerSettings): Account {
  const account = new Account(name, settings.delimiter, settings.uidValidity, settings.modSeq, settings.limits)
  account.subscribe('INBOX')
  for (const [mailboxName, given] of Object.entries(options.mailboxes ?? {})) {
    const { messages = [], specialUse, subscribed = true, selectable = true } = asMailbox(given)
    const mailbox = account.find(mailboxName) ?? account.create(mailboxName)
    if (specialUse !== undefined) mailbox.attributes.add(specialUse)
    if (subscribed) account.subscribe(mailbox.name)
    else account.unsubscribe(mailbox.name)
    mailbox.selectable = selectable
    fill(mailbox, messages)
  }
  return account
}

function asMailbox(given: readonly MessageInput[] | MailboxOptions): MailboxOptions {
  // Array.isArray does not narrow readonly arrays.
  return 'length' in given ? { messages: given } : given
}

function fill(mailbox: MemoryMailbox, messages: readonly MessageInput[]): void {
  mailbox.add(messages.map(asMessage))
}

/** A message as it is stored: line ends of text become CR LF, octets stay as they are. */
export function asMessage(input: MessageInput): NewMessage {
  const message: MessageOptions = typeof input === 'string' || input instanceof Uint8Array ? { raw: input } : input
  const { raw, flags = [], internalDate = new Date(), savedDate } = message
  const bytes = typeof raw === 'string' ? Buffer.from(raw.replace(/\r\n|\r|\n/g, '\r\n'), 'utf8') : Buffer.from(raw)
  const saved = savedDate === undefined ? undefined : wholeSeconds(savedDate)
  return { raw: bytes, flags, received: { date: wholeSeconds(internalDate), zone: 0 }, saved }
}
