import type { Arguments } from '../arguments.js'
import { readMessage, storeSent } from '../commands/append.js'
import type { Call, Completion, Feature } from '../feature.js'
import { no } from '../refusal.js'
import type { Session } from '../session.js'
import type { MemoryMailbox } from '../store/mailbox.js'
import type { StoredMessage } from '../store/message.js'
import { checkSize } from '../storing.js'

/** The message that is to go: seq-number = nz-number / "*". @throws Refusal */
function readTarget(session: Session, args: Arguments, uid: boolean): StoredMessage {
  args.sp()
  const start = args.pos
  const set = args.set()
  if (!/^(?:\d+|\*)$/.test(args.text.slice(start, args.pos))) {
    args.pos = start
    throw args.expected('the number of one message')
  }
  const [message] = session.numbered(set, uid)
  if (message === undefined) throw no('There is no such message', 'NONEXISTENT')
  if (message.expunged) throw no('The message is no more', 'EXPUNGEISSUED')
  return message
}

/** Where the new message goes to: rights as for UID STORE, UID EXPUNGE and APPEND (RFC 8508 §4.1). @throws Refusal */
function reachTarget(session: Session, name: string): MemoryMailbox {
  const { mailbox, readOnly } = session.selected
  if (readOnly) throw no('The mailbox is open read-only')
  session.access.need(mailbox, 'te')
  return session.reach(name, 'i', true)
}

/** replace = "REPLACE" SP seq-number SP mailbox append-message */
function replace(session: Session, args: Arguments, call: Call): Completion {
  const old = readTarget(session, args, call.uid)
  args.sp()
  const name = args.mailbox()
  // One message takes the place of one: no MULTIAPPEND here (§4.7).
  const sent = readMessage(session, args)
  args.end()
  const target = reachTarget(session, name)
  const { code } = storeSent(session, target, [sent], [old])
  // The new UID is told ahead of the removal (§4.3), as is the new message (§3.2).
  if (code !== undefined) session.out.line(`* OK [${code}] Replacement message ready`)
  session.tellUpdates(false)
  session.selected.mailbox.expunge([old])
  return {}
}

/** Spares the client the octets, as APPEND does. */
function beforeLiteral(uid: boolean) {
  return (session: Session, args: Arguments, octets: number): void => {
    const old = readTarget(session, args, uid)
    args.sp()
    // The announced literal may be the name itself.
    if (args.atAnnouncement) return
    checkSize(session, reachTarget(session, args.mailbox()), octets, [old])
  }
}

/** REPLACE (RFC 8508): APPEND and UID EXPUNGE of one message in one. */
export const replaceFeature: Feature = {
  capabilities: ['REPLACE'],
  commands: [
    { name: 'REPLACE', states: ['selected'], needs: ['REPLACE'], run: replace, beforeLiteral: beforeLiteral(false) },
    { name: 'UID REPLACE', states: ['selected'], needs: ['REPLACE'], run: replace, beforeLiteral: beforeLiteral(true) },
  ],
}
