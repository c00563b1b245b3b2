import type { Arguments } from '../arguments.js'
import type { Call, Completion, Feature } from '../feature.js'
import { no } from '../refusal.js'
import type { Session } from '../session.js'
import type { StoredMessage } from '../store/message.js'
import { copiesOf, storeMessages } from '../storing.js'
import { setText } from '../syntax.js'

/** Copies all messages of a set or none; the response code that tells their UIDs, or undefined. */
function copy(
  session: Session,
  args: Arguments,
  call: Call,
): { messages: readonly StoredMessage[]; code: string | undefined } {
  args.sp()
  const set = args.set()
  args.sp()
  const name = args.mailbox()
  args.end()
  const messages = session.resolve(set, call)
  const mailbox = session.reach(name, 'i', true)
  if (messages.some((message) => message.expunged)) throw no('Some of the messages are no more', 'EXPUNGEISSUED')
  const added = storeMessages(session, mailbox, copiesOf(messages))
  if (added.length === 0 || !session.has('UIDPLUS')) return { messages, code: undefined }
  const source = setText(messages.map((message) => message.uid))
  return { messages, code: `COPYUID ${mailbox.uidValidity} ${source} ${setText(added.map((message) => message.uid))}` }
}

function runCopy(session: Session, args: Arguments, call: Call): Completion {
  return { code: copy(session, args, call).code }
}

/** The new UIDs are told ahead of the removals, the mod-sequence that came of them behind (RFC 6851 §4.3, §4.4). */
function runMove(session: Session, args: Arguments, call: Call): Completion {
  const { mailbox, readOnly } = session.selected
  if (readOnly) throw no('The mailbox is open read-only')
  // It is as COPY, STORE and EXPUNGE together (RFC 6851 §4.4).
  session.access.need(mailbox, 'te')
  const { messages, code } = copy(session, args, call)
  if (code !== undefined) session.out.line(`* OK [${code}] Moved`)
  mailbox.expunge(messages)
  return messages.length > 0 && session.condstore ? { code: `HIGHESTMODSEQ ${mailbox.highestModSeq}` } : {}
}

/** COPY and MOVE with their UID forms (RFC 9051 §6.4.7, §6.4.8). */
export const copyFeature: Feature = {
  capabilities: ['MOVE'],
  commands: [
    { name: 'COPY', states: ['selected'], run: runCopy },
    { name: 'UID COPY', states: ['selected'], run: runCopy },
    { name: 'MOVE', states: ['selected'], needs: ['MOVE'], run: runMove },
    { name: 'UID MOVE', states: ['selected'], needs: ['MOVE'], run: runMove },
  ],
}
