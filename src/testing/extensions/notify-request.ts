import type { Arguments } from '../arguments.js'
import { readItem } from '../fetch/answer.js'
import type { FetchItem } from '../fetch/item.js'
import { bad, no } from '../refusal.js'
import type { Session } from '../session.js'

/** What a client can be told of (RFC 5465 §5); AnnotationChange is not among it. */
export type Event =
  | 'MessageNew'
  | 'MessageExpunge'
  | 'FlagChange'
  | 'MailboxName'
  | 'SubscriptionChange'
  | 'MailboxMetadataChange'
  | 'ServerMetadataChange'

/** Which mailboxes, besides the selected one, a group of events is about (RFC 5465 §6). */
export interface Filter {
  readonly kind: 'INBOXES' | 'PERSONAL' | 'SUBSCRIBED' | 'SUBTREE' | 'MAILBOXES'
  /** Of SUBTREE and MAILBOXES. */
  readonly names: readonly string[]
}

/** Events of the mailboxes of a filter. */
export interface Group {
  readonly filter: Filter
  readonly events: ReadonlySet<Event>
}

/** Events of the selected mailbox; none of them where `events` is empty. */
export interface Selected {
  readonly delayed: boolean
  readonly events: ReadonlySet<Event>
  /** What is told of new messages. */
  readonly items: readonly FetchItem[]
}

/** A NOTIFY, read. */
export interface Request {
  readonly status: boolean
  readonly selected: Selected
  readonly groups: readonly Group[]
}

const NOTHING: Selected = { delayed: false, events: new Set(), items: [] }
const MESSAGE_EVENTS: readonly Event[] = ['MessageNew', 'MessageExpunge', 'FlagChange']

/** The events that are on offer. */
function supported(session: Session): Event[] {
  const events: Event[] = [...MESSAGE_EVENTS, 'MailboxName', 'SubscriptionChange']
  if (session.has('METADATA')) events.push('MailboxMetadataChange')
  if (session.has('METADATA', 'METADATA-SERVER')) events.push('ServerMetadataChange')
  return events
}

/** notify = "NOTIFY" SP ("SET" [SP "STATUS"] SP event-group *(SP event-group) / "NONE") */
export function readRequest(session: Session, args: Arguments): Request {
  args.sp()
  if (args.takeWord('NONE')) {
    args.end()
    return { status: false, selected: NOTHING, groups: [] }
  }
  if (!args.takeWord('SET')) throw args.expected('SET or NONE')
  args.sp()
  const status = args.takeWord('STATUS')
  if (status) args.sp()
  const groups: Group[] = []
  const selections: Selected[] = []
  let unknown = false
  do {
    args.char('(')
    const kind = args.name('which mailboxes are meant')
    const isSelected = kind === 'SELECTED' || kind === 'SELECTED-DELAYED'
    const filter = isSelected ? null : { kind: filterKind(args, kind), names: readNames(args, kind) }
    args.sp()
    const read = readEvents(session, args, isSelected)
    args.char(')')
    unknown ||= read.unknown
    if (filter === null)
      selections.push({ delayed: kind === 'SELECTED-DELAYED', events: read.events, items: read.items })
    else groups.push({ filter, events: read.events })
  } while (args.take(' '))
  args.end()
  if (selections.length > 1) throw bad('Only one of SELECTED and SELECTED-DELAYED is allowed, and only once')
  if (unknown) throw no('An event is not supported', `BADEVENT (${supported(session).join(' ')})`)
  return { status, selected: selections[0] ?? NOTHING, groups }
}

function filterKind(args: Arguments, kind: string): Filter['kind'] {
  if (
    kind === 'INBOXES' ||
    kind === 'PERSONAL' ||
    kind === 'SUBSCRIBED' ||
    kind === 'SUBTREE' ||
    kind === 'MAILBOXES'
  ) {
    return kind
  }
  throw args.expected('SELECTED, SELECTED-DELAYED, INBOXES, PERSONAL, SUBSCRIBED, SUBTREE or MAILBOXES')
}

/** one-or-more-mailbox = mailbox / "(" mailbox *(SP mailbox) ")" */
function readNames(args: Arguments, kind: string): string[] {
  if (kind !== 'SUBTREE' && kind !== 'MAILBOXES') return []
  args.sp()
  return args.peek() === '(' ? args.list(() => args.mailbox()) : [args.mailbox()]
}

/** events = "(" event *(SP event) ")" / "NONE" */
function readEvents(session: Session, args: Arguments, isSelected: boolean) {
  const events = new Set<Event>()
  let items: FetchItem[] = []
  let unknown = false
  if (args.takeWord('NONE')) return { events, items, unknown }
  args.list(() => {
    const name = args.atom('an event').toUpperCase()
    const event = supported(session).find((each) => each.toUpperCase() === name)
    if (event === undefined) {
      unknown = true
      return
    }
    if (isSelected && !MESSAGE_EVENTS.includes(event)) throw bad(`${event} is no event of the selected mailbox`)
    events.add(event)
    if (event === 'MessageNew' && args.text.startsWith(' (', args.pos)) {
      if (!isSelected) throw bad('Only new messages of the selected mailbox can be told with items')
      args.sp()
      items = args.list(() => readItem(session, args))
    }
  })
  const both = events.has('MessageNew') && events.has('MessageExpunge')
  if (!both && MESSAGE_EVENTS.some((event) => events.has(event))) {
    throw bad('MessageNew and MessageExpunge come together, and with FlagChange')
  }
  return { events, items, unknown }
}
