import type { Arguments, ZonedDate } from '../arguments.js'
import type { Completion, Feature } from '../feature.js'
import { no } from '../refusal.js'
import type { Session } from '../session.js'
import type { MemoryMailbox } from '../store/mailbox.js'

/** The mailbox that messages go to; one that is not there could be made (RFC 9051 §6.3.12). */
export function target(session: Session, name: string): MemoryMailbox {
  const mailbox = session.owner.find(name)
  if (mailbox === undefined) throw no('There is no such mailbox', 'TRYCREATE')
  if (!mailbox.selectable) throw no('This name holds no messages', 'CANNOT')
  return mailbox
}

/** append = "APPEND" SP mailbox [SP flag-list] [SP date-time] SP (literal / literal8) */
function append(session: Session, args: Arguments): Completion {
  args.sp()
  const name = args.mailbox()
  args.sp()
  let flags: string[] = []
  if (args.peek() === '(') {
    flags = args.flagList()
    args.sp()
  }
  let received: ZonedDate = { date: new Date(Math.floor(Date.now() / 1000) * 1000), zone: 0 }
  if (args.peek() === '"') {
    received = args.dateTime()
    args.sp()
  }
  const message = args.literal()
  if (message === null) throw args.expected('a literal')
  args.end()
  const mailbox = target(session, name)
  if (message.bytes.length === 0) throw no('An empty message is no message')
  const [added] = mailbox.add([{ raw: message.bytes, flags, received }])
  if (added === undefined || !session.has('UIDPLUS')) return {}
  return { code: `APPENDUID ${mailbox.uidValidity} ${added.uid}` }
}

/** APPEND (RFC 9051 §6.3.12, RFC 4315 §3). */
export const appendFeature: Feature = {
  commands: [
    {
      name: 'APPEND',
      states: ['authenticated'],
      run: append,
      beforeLiteral(session, args) {
        args.sp()
        // The announced literal may be the name itself.
        if (!args.atAnnouncement) target(session, args.mailbox())
      },
    },
  ],
}
