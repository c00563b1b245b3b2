import type { Arguments } from '../arguments.js'
import type { Completion, Feature } from '../feature.js'
import { lookUp } from '../lookup.js'
import type { Session } from '../session.js'
import type { SelectRule } from '../slots.js'
import type { View } from '../store/view.js'
import { mailboxName, quoted } from '../syntax.js'

/** select = "SELECT" SP mailbox [SP "(" select-param *(SP select-param) ")"] */
function open(session: Session, args: Arguments, readOnly: boolean): Completion {
  args.sp()
  const name = args.mailbox()
  const parameters = args.take(' ') ? readParameters(session, args) : []
  args.end()
  const wasOpen = session.view !== null
  // The old mailbox is closed also when the new one cannot be opened (RFC 9051 §6.3.2).
  session.unselect()
  if (wasOpen && (session.rev2 || session.enabled.has('QRESYNC')))
    session.out.line('* OK [CLOSED] The old mailbox is closed')
  const chosen = parameters.map((parameter) => parameter.choose?.()).find((each) => each !== undefined)
  const mailbox = session.reach(chosen === undefined ? name : session.nameOf(chosen), 'r')
  // Without any right to change something the mailbox is read-only (RFC 4314 §5.2).
  const closed = readOnly || ![...'itews'].some((right) => session.access.may(mailbox, right))
  const view = session.select(mailbox, closed)
  describe(session, view)
  for (const hook of session.hooks('onSelect')) hook(session, view)
  for (const parameter of parameters) parameter.apply(view)
  return closed ? { code: 'READ-ONLY', text: 'Opened read-only' } : { code: 'READ-WRITE', text: 'Opened' }
}

function readParameters(session: Session, args: Arguments): SelectRule[] {
  return args.list(() => {
    const name = args.name('a parameter of SELECT')
    const parameter = lookUp(session, session.server.tables.selectParameters, name, 'parameter of SELECT')
    const rule = parameter.read(args, session)
    return typeof rule === 'function' ? { apply: rule } : rule
  })
}

/** The untagged data of SELECT (RFC 9051 §6.3.2, RFC 3501 §6.3.1). */
function describe(session: Session, view: View): void {
  const { out } = session
  const { mailbox, messages, readOnly, recent } = view
  const permanent = readOnly ? [] : session.permitted(mailbox, [...mailbox.flags, '\\*'])
  out.line(`* FLAGS (${mailbox.flags.join(' ')})`)
  // What follows is all that IMAP2 knows.
  if (session.imap2) {
    out.line(`* ${messages.length} EXISTS`)
    out.line(`* ${recent.size} RECENT`)
    return
  }
  out.line(`* OK [PERMANENTFLAGS (${permanent.join(' ')})] ${readOnly ? 'No flag can be changed' : 'Flags'}`)
  out.line(`* ${messages.length} EXISTS`)
  if (!session.rev2) {
    out.line(`* ${recent.size} RECENT`)
    const unseen = messages.findIndex((message) => !message.flags.has('\\Seen'))
    // With UIDONLY nothing is told by number (RFC 9586 §3).
    if (unseen >= 0 && !session.enabled.has('UIDONLY')) out.line(`* OK [UNSEEN ${unseen + 1}] First unseen`)
  }
  out.line(`* OK [UIDVALIDITY ${mailbox.uidValidity}] UIDs valid`)
  out.line(`* OK [UIDNEXT ${mailbox.uidNext}] Next UID`)
  if (session.has('CONDSTORE')) out.line(`* OK [HIGHESTMODSEQ ${mailbox.highestModSeq}] Highest mod-sequence`)
  if (session.rev2) {
    out.line(`* LIST () ${quoted(session.owner.delimiter)} ${mailboxName(session.nameOf(mailbox), session.utf8)}`)
  }
}

/** SELECT and EXAMINE (RFC 9051 §6.3.2, §6.3.3), CLOSE, UNSELECT and CHECK (§6.4.1, §6.4.2; RFC 3501 §6.4.1). */
export const selectFeature: Feature = {
  capabilities: ['UNSELECT'],
  commands: [
    { name: 'SELECT', states: ['authenticated'], run: (session, args) => open(session, args, false) },
    { name: 'EXAMINE', states: ['authenticated'], run: (session, args) => open(session, args, true) },
    {
      name: 'CLOSE',
      states: ['selected'],
      run(session, args) {
        args.end()
        const { mailbox, readOnly } = session.selected
        const expunges = !readOnly && session.access.may(mailbox, 'e')
        session.unselect()
        // Others are told, the one who closes is not.
        if (expunges) mailbox.expunge(mailbox.messages.filter((message) => message.flags.has('\\Deleted')))
      },
    },
    {
      name: 'UNSELECT',
      states: ['selected'],
      needs: ['UNSELECT'],
      run(session, args) {
        args.end()
        session.unselect()
      },
    },
    {
      name: 'CHECK',
      states: ['selected'],
      needs: ['IMAP4rev1', 'IMAP2'],
      run: (_session, args) => args.end(),
    },
  ],
}
