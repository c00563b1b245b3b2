import { facts, subjectText } from '../search/facts.js'
import type { Session } from '../session.js'
import type { ThreadNode } from '../slots.js'
import type { StoredMessage } from '../store/message.js'

/** ORDEREDSUBJECT (RFC 5256 §3): messages of one base subject are a thread, all answers below the first of them. */
export function orderedSubject(found: readonly StoredMessage[], session: Session): ThreadNode[] {
  const sent = (message: StoredMessage): number => facts.get(message).sent
  const threads = new Map<string, StoredMessage[]>()
  // `found` is in the order of the mailbox, which decides between equal dates.
  for (const message of [...found].sort((a, b) => sent(a) - sent(b))) {
    const subject = subjectText(session, message)
    const thread = threads.get(subject)
    if (thread === undefined) threads.set(subject, [message])
    else thread.push(message)
  }
  // A map keeps its order, so the threads stand by their first messages already.
  return [...threads.values()].map(([first, ...others]) => ({
    message: first as StoredMessage,
    children: others.map((message) => ({ message, children: [] })),
  }))
}
