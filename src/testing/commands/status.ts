import type { Arguments } from '../arguments.js'
import type { Feature } from '../feature.js'
import { lookUp } from '../lookup.js'
import type { Session } from '../session.js'
import type { StatusItem } from '../slots.js'
import type { MemoryMailbox } from '../store/mailbox.js'
import { mailboxName } from '../syntax.js'

const count = (mailbox: MemoryMailbox, flag: string, has: boolean): string =>
  String(mailbox.messages.reduce((sum, message) => sum + (message.flags.has(flag) === has ? 1 : 0), 0))

const items: Readonly<Record<string, StatusItem>> = {
  MESSAGES: { value: (mailbox) => String(mailbox.messages.length) },
  UIDNEXT: { value: (mailbox) => String(mailbox.uidNext) },
  UIDVALIDITY: { value: (mailbox) => String(mailbox.uidValidity) },
  UNSEEN: { value: (mailbox) => count(mailbox, '\\Seen', false) },
  RECENT: {
    needs: ['IMAP4rev1'],
    value: (mailbox) => String(mailbox.messages.filter((message) => !message.claimed).length),
  },
  DELETED: { needs: ['IMAP4rev2', 'QUOTA=RES-MESSAGE'], value: (mailbox) => count(mailbox, '\\Deleted', true) },
  SIZE: {
    needs: ['STATUS=SIZE'],
    value: (mailbox) => String(mailbox.messages.reduce((sum, message) => sum + message.size, 0)),
  },
  HIGHESTMODSEQ: {
    needs: ['CONDSTORE'],
    value(mailbox, session) {
      session.enableCondstore()
      return String(mailbox.highestModSeq)
    },
  },
}

/** "(" status-att *(SP status-att) ")" */
export function readStatusItems(session: Session, args: Arguments): string[] {
  return args.list(() => {
    const name = args.name('an item of STATUS')
    lookUp(session, session.server.tables.statusItems, name, 'item of STATUS')
    return name
  })
}

/** "STATUS" SP mailbox SP "(" [status-att-list] ")" */
export function writeStatus(session: Session, mailbox: MemoryMailbox, names: readonly string[]): void {
  const { tables } = session.server
  const values = names.map((name) => `${name} ${tables.statusItems.get(name)?.value(mailbox, session) ?? '0'}`)
  session.out.line(`* STATUS ${mailboxName(session.nameOf(mailbox), session.utf8)} (${values.join(' ')})`)
}

/** STATUS (RFC 9051 §6.3.11, RFC 8438). */
export const statusFeature: Feature = {
  capabilities: ['STATUS=SIZE'],
  statusItems: items,
  commands: [
    {
      name: 'STATUS',
      states: ['authenticated'],
      run(session, args) {
        args.sp()
        const name = args.mailbox()
        args.sp()
        const names = readStatusItems(session, args)
        args.end()
        writeStatus(session, session.reach(name, 'r'), names)
      },
    },
  ],
}
