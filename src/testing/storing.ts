import { no } from './refusal.js'
import type { Session } from './session.js'
import type { MemoryMailbox, NewMessage } from './store/mailbox.js'
import type { StoredMessage } from './store/message.js'

/**
 * Stores messages for a command, all of them or none: with the flags that the user may set, and with a say for every
 * extension. `leaving` are messages that go in the same moment.
 *
 * @throws Refusal
 */
export function storeMessages(
  session: Session,
  mailbox: MemoryMailbox,
  messages: readonly NewMessage[],
  leaving: readonly StoredMessage[] = [],
): readonly StoredMessage[] {
  checkRoom(mailbox, messages, leaving)
  const allowed = messages.map((message) => ({ ...message, flags: session.permitted(mailbox, message.flags) }))
  for (const hook of session.hooks('beforeAdd')) hook(session, mailbox, allowed, leaving)
  const added = mailbox.add(allowed)
  if (added.length > 0) for (const hook of session.hooks('onAdd')) hook(session, mailbox, added)
  return added
}

/** @throws Refusal `[OVERQUOTA]` when the account holds as much as the server keeps for a user */
function checkRoom({ room }: MemoryMailbox, messages: readonly NewMessage[], leaving: readonly StoredMessage[]): void {
  const octets = (list: readonly Pick<NewMessage, 'raw'>[]): number =>
    list.reduce((sum, { raw }) => sum + raw.length, 0)
  const more = octets(messages) - octets(leaving)
  if (more > 0 && more > room.octets) throw no('The server keeps no more messages for this user', 'OVERQUOTA')
}

/** Messages as they are copied to another mailbox: they keep flags and INTERNALDATE (RFC 9051 §6.4.7). */
export function copiesOf(messages: readonly StoredMessage[]): NewMessage[] {
  return messages.map((message) => ({
    raw: message.raw,
    flags: message.flags,
    received: message.received,
    origin: message,
  }))
}

/** Asks whether a message (or a piece of one) may be so large. @throws Refusal */
export function checkSize(
  session: Session,
  mailbox: MemoryMailbox,
  octets: number,
  leaving: readonly StoredMessage[] = [],
): void {
  for (const hook of session.hooks('beforeMessage')) hook(session, mailbox, octets, leaving)
}
