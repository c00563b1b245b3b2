import type { Call, Completion, Feature } from '../feature.js'
import { no } from '../refusal.js'
import type { Session } from '../session.js'
import type { StoredMessage } from '../store/message.js'

/** Removes those of the messages that are flagged \Deleted. */
function expunge(session: Session, messages: readonly StoredMessage[], call: Call): Completion {
  const { mailbox, readOnly } = session.selected
  if (readOnly) throw no('The mailbox is open read-only')
  session.access.need(mailbox, 'e')
  const deleted = messages.filter((message) => message.flags.has('\\Deleted') && !message.expunged)
  const gone = mailbox.expunge(session.limited(deleted, call))
  // RFC 7162 §3.2.7 asks for it with QRESYNC and allows it with CONDSTORE.
  return gone.length > 0 && session.condstore ? { code: `HIGHESTMODSEQ ${mailbox.highestModSeq}` } : {}
}

/** EXPUNGE and UID EXPUNGE (RFC 9051 §6.4.3, §6.4.9). */
export const expungeFeature: Feature = {
  capabilities: ['UIDPLUS'],
  commands: [
    {
      name: 'EXPUNGE',
      states: ['selected'],
      run(session, args, call) {
        args.end()
        return expunge(session, session.selected.messages, call)
      },
    },
    {
      name: 'UID EXPUNGE',
      states: ['selected'],
      needs: ['UIDPLUS'],
      run(session, args, call) {
        args.sp()
        const set = args.set()
        args.end()
        return expunge(session, session.numbered(set, true), call)
      },
    },
  ],
}
