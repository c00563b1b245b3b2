import type { Arguments } from '../arguments.js'
import type { Call, Feature } from '../feature.js'
import { bad } from '../refusal.js'
import { readCharset, readKeys, searchContext } from '../search/program.js'
import { allReturned, readReturns, returnData, writeData, type WantedReturns } from '../search/returns.js'
import type { Session } from '../session.js'
import type { SearchAnswer } from '../slots.js'
import { MemoryMailbox } from '../store/mailbox.js'
import { View } from '../store/view.js'
import { mailboxName } from '../syntax.js'

/** The mailboxes that a command names. */
interface Sources {
  readonly mailboxes: readonly MemoryMailbox[]
  /** Whether that is the selected mailbox and nothing else. */
  readonly onlySelected: boolean
}

/** one-or-more-mailbox = mailbox / "(" mailbox *(SP mailbox) ")" (RFC 5465 §8) */
function readMailboxes(args: Arguments): string[] {
  args.sp()
  return args.peek() === '(' ? args.list(() => args.mailbox()) : [args.mailbox()]
}

/** What a filter takes, of all mailboxes: those that it names, and those that it finds. */
function readFilter(session: Session, args: Arguments): { named: MemoryMailbox[]; found: MemoryMailbox[] } {
  const { access, owner } = session
  const all = access.candidates()
  const pick = (test: (name: string, subscribed: boolean) => boolean): MemoryMailbox[] =>
    all.flatMap(({ name, mailbox, subscribed }) => (mailbox !== null && test(name, subscribed) ? mailbox : []))
  const start = args.pos
  const filter = args.name('a filter of mailboxes')
  switch (filter) {
    case 'SELECTED':
      if (session.view === null) throw bad('No mailbox is selected')
      return { named: [session.view.mailbox], found: [] }
    case 'INBOXES':
      return { named: [], found: pick((name) => name === 'INBOX') }
    case 'PERSONAL':
      return { named: [], found: pick((name) => access.locate(name).account === owner) }
    case 'SUBSCRIBED':
      return { named: [], found: pick((_name, subscribed) => subscribed) }
    case 'MAILBOXES':
      return { named: readMailboxes(args).flatMap((name) => access.find(name) ?? []), found: [] }
    case 'SUBTREE':
    case 'SUBTREE-ONE': {
      const names = readMailboxes(args)
      const isBelow = (name: string, above: string): boolean => {
        const rest = name.startsWith(above + owner.delimiter) ? name.slice(above.length + 1) : ''
        return rest !== '' && (filter === 'SUBTREE' || !rest.includes(owner.delimiter))
      }
      return {
        named: names.flatMap((name) => access.find(name) ?? []),
        found: pick((name) => names.some((above) => isBelow(name, owner.canonical(above)))),
      }
    }
    default:
      args.pos = start
      throw args.expected('selected, inboxes, personal, subscribed, subtree, subtree-one or mailboxes')
  }
}

/** esearch-source-opts = "IN" SP "(" source-mbox [SP "(" scope-options ")"] ")"; no scope option is defined. */
function readSources(session: Session, args: Arguments): Sources | null {
  const start = args.pos
  if (!args.take(' ') || !args.takeWord('IN')) {
    args.pos = start
    return null
  }
  args.sp()
  const chosen = new Set<MemoryMailbox>()
  let filters = 0
  let selected = 0
  args.list(() => {
    filters++
    if (/^selected[ )]/i.test(args.text.slice(args.pos, args.pos + 9))) selected++
    const { named, found } = readFilter(session, args)
    // What the user may not read, or know of, is passed over without a word (§2.2).
    for (const mailbox of named) if (session.access.may(mailbox, 'r')) chosen.add(mailbox)
    for (const mailbox of found) if (session.access.may(mailbox, 'lr')) chosen.add(mailbox)
  })
  return { mailboxes: [...chosen].filter(({ selectable }) => selectable), onlySelected: filters === selected }
}

/** esearch = "ESEARCH" [SP esearch-source-opts] [SP search-return-opts] SP search-program */
function esearch(session: Session, args: Arguments, sent: Call): void {
  const sources = readSources(session, args)
  const wanted = readReturns(session, args) ?? allReturned(session, args)
  const call = { ...sent, uid: true }
  if (sources === null && session.view === null) throw bad('No mailbox is selected, and there is no IN')
  if (wanted.has('UPDATE') && session.view === null) throw bad('UPDATE is for the mailbox that is selected')
  if (wanted.has('SAVE') && sources?.onlySelected === false) throw bad('SAVE is for the selected mailbox alone')
  const start = args.pos
  // Read once for its grammar, whether there is anything to search or not.
  withView(session, new MemoryMailbox('', '', 1), (view) => read(session, args, view))
  for (const mailbox of sources?.mailboxes ?? [session.selected.mailbox]) {
    args.pos = start
    withView(session, mailbox, (view) => searchOne(session, args, call, view, wanted))
  }
}

/** search-program; numbers that no message has are no error (§2). */
function read(session: Session, args: Arguments, view: View): Pick<SearchAnswer, 'context' | 'test'> {
  const context = searchContext(session, view, true)
  readCharset(args, context)
  args.sp()
  const test = readKeys(args, context)
  args.end()
  return { context, test }
}

function searchOne(session: Session, args: Arguments, call: Call, view: View, wanted: WantedReturns): void {
  const { context, test } = read(session, args, view)
  const messages = view === session.view ? session.limited(view.messages, call) : view.messages
  const found = messages.filter((message) => !message.expunged && test(message))
  const { mailbox } = view
  const name = mailboxName(session.nameOf(mailbox), session.utf8)
  const correlator = ` MAILBOX ${name} UIDVALIDITY ${mailbox.uidValidity}`
  const answer = { session, call, number: ({ uid }: { uid: number }) => uid, sorted: false, correlator, context, test }
  const data = returnData(found, wanted, answer)
  // A mailbox without results is not told of, and with SAVE alone none is (§2.1, RFC 5182 §2.1).
  if (found.length > 0 && !(wanted.size === 1 && wanted.has('SAVE'))) writeData(answer, data)
}

/** The mailbox as it is seen: by this session where it is selected, else as it is now. */
function withView(session: Session, mailbox: MemoryMailbox, use: (view: View) => void): void {
  if (session.view?.mailbox === mailbox) {
    use(session.view)
    return
  }
  const view = new View(mailbox, true)
  try {
    use(view)
  } finally {
    view.close()
  }
}

/** MULTISEARCH (RFC 7377). */
export const multiSearchFeature: Feature = {
  capabilities: ['MULTISEARCH'],
  commands: [{ name: 'ESEARCH', states: ['authenticated'], needs: ['MULTISEARCH'], run: esearch }],
}
