import { checkArray, checkCapability, checkName, checkObject } from '../commands/checks.js'
import type { Command, EncodeContext } from '../commands/command.js'
import type { AskedItem } from '../commands/fetch.js'
import { uidItem } from '../commands/fetch-items.js'
import { loggedIn } from '../commands/states.js'
import { ArgumentError } from '../model/errors.js'
import type { Writer } from '../wire/writer.js'
import { namesOf, writeNames } from './entries.js'
import type { Extension } from './extension.js'

/** Events of messages; the first two only together, the others only with them (RFC 5465 §5). */
const MESSAGE_EVENTS = ['MessageNew', 'MessageExpunge', 'FlagChange', 'AnnotationChange'] as const

/** Events of mailboxes and of the server. */
const OTHER_EVENTS = ['MailboxName', 'SubscriptionChange', 'MailboxMetadataChange', 'ServerMetadataChange'] as const

/** An event of NOTIFY (RFC 5465 §5). */
export type NotifyEvent = (typeof MESSAGE_EVENTS)[number] | (typeof OTHER_EVENTS)[number]

const SELECTED = ['selected', 'selected-delayed'] as const
const SETS = ['inboxes', 'personal', 'subscribed'] as const

/**
 * Which mailboxes are meant (RFC 5465 §6): the one that is selected at the time, all personal ones, those into which mail
 * is delivered, the subscribed ones, single ones, or some with all below them.
 *
 * With `selected` an expunge can be told at any time, so that sequence numbers mean nothing any more; with
 * `selected-delayed` it is told only when a command allows it.
 */
export type NotifyMailboxes =
  | (typeof SELECTED)[number]
  | (typeof SETS)[number]
  | { readonly mailboxes: string | readonly string[] }
  | { readonly subtree: string | readonly string[] }

/** What to be told of some mailboxes. */
export interface NotifyGroup {
  readonly mailboxes: NotifyMailboxes
  /** None silences the mailboxes. */
  readonly events: readonly NotifyEvent[]
  /** What to tell of each new message; only for the selected mailbox. */
  readonly items?: readonly AskedItem[] | undefined
}

/** How NOTIFY begins. */
export interface NotifyOptions {
  /** Has the server tell the status of all these mailboxes at once, but the selected one; it comes as events. */
  readonly status?: boolean | undefined
}

/**
 * NOTIFY SET: from now on the server tells what happens to these mailboxes, at any time (RFC 5465 §3.1). What was set
 * before no longer holds.
 *
 * @throws ArgumentError for no group, and for events that the RFC does not allow there
 */
export function notifySet(groups: readonly NotifyGroup[], options: NotifyOptions = {}): Command<void> {
  checkArray('The groups of events', groups)
  if (groups.length === 0) throw new ArgumentError('NOTIFY SET needs at least one group; notifyNone() ends all')
  for (const group of groups) checkGroup(group)
  if (groups.filter((group) => isSelected(group.mailboxes)).length > 1) {
    throw new ArgumentError('Only one group can be about the selected mailbox')
  }
  return {
    name: 'NOTIFY',
    needs: 'NOTIFY',
    states: loggedIn,
    traits: {},
    safe: true,
    encode: (w, context) => {
      w.sp().word('SET')
      if (options.status === true) w.sp().word('STATUS')
      for (const group of groups) writeGroup(w.sp(), group, context)
    },
    collect: () => ({ done: () => undefined }),
  }
}

/** NOTIFY NONE: the server tells nothing more, not even of the selected mailbox (RFC 5465 §3.1). */
export function notifyNone(): Command<void> {
  return {
    name: 'NOTIFY',
    needs: 'NOTIFY',
    states: loggedIn,
    traits: {},
    safe: true,
    encode: (w) => void w.sp().word('NONE'),
    collect: () => ({ done: () => undefined }),
  }
}

const isOneOf = (list: readonly string[], value: unknown): boolean => list.some((each) => each === value)
const isSelected = (mailboxes: NotifyMailboxes): boolean => isOneOf(SELECTED, mailboxes)

function checkGroup(group: NotifyGroup): void {
  checkObject('A group of events', group)
  const { mailboxes, events, items } = group
  checkMailboxes(mailboxes)
  checkArray('events', events)
  for (const event of events) {
    if (!isOneOf([...MESSAGE_EVENTS, ...OTHER_EVENTS], event)) {
      throw new ArgumentError(`events are ${[...MESSAGE_EVENTS, ...OTHER_EVENTS].join(', ')}`)
    }
    if (isSelected(mailboxes) && isOneOf(OTHER_EVENTS, event)) {
      throw new ArgumentError(`${event} is no event of the selected mailbox: give it in another group`)
    }
  }
  const hasBoth = events.includes('MessageNew') && events.includes('MessageExpunge')
  if (!hasBoth && events.some((event) => isOneOf(MESSAGE_EVENTS, event))) {
    throw new ArgumentError('Events of messages need both MessageNew and MessageExpunge')
  }
  if (items !== undefined && items.length > 0 && !(isSelected(mailboxes) && hasBoth)) {
    throw new ArgumentError('Items of new messages can be had of the selected mailbox only, with MessageNew')
  }
}

/** @throws ArgumentError */
function checkMailboxes(mailboxes: NotifyMailboxes): void {
  if (isOneOf([...SELECTED, ...SETS], mailboxes)) return
  for (const name of namesIn(mailboxes).names) checkName(name)
}

/** "subtree" and "mailboxes" with their names. @throws ArgumentError for anything else */
function namesIn(mailboxes: NotifyMailboxes): { readonly kind: string; readonly names: readonly string[] } {
  const given: unknown = mailboxes
  if (typeof given === 'object' && given !== null) {
    const entries = Object.entries(given) as [string, string | readonly string[]][]
    const [only] = entries
    if (entries.length === 1 && only !== undefined && isOneOf(['subtree', 'mailboxes'], only[0])) {
      return { kind: only[0], names: namesOf(only[0], only[1]) }
    }
  }
  throw new ArgumentError(`mailboxes is ${[...SELECTED, ...SETS].join(', ')}, { mailboxes } or { subtree }`)
}

/**
 * event-group      = "(" filter-mailboxes SP events ")"
 * filter-mailboxes = "selected" / "selected-delayed" / "inboxes" / "personal" / "subscribed" /
 *                    ( "subtree" SP one-or-more-mailbox ) / ( "mailboxes" SP one-or-more-mailbox )
 * events           = ( "(" event *(SP event) ")" ) / "NONE"   (RFC 5465 §8)
 */
function writeGroup(w: Writer, { mailboxes, events, items = [] }: NotifyGroup, context: EncodeContext): void {
  w.open()
  if (typeof mailboxes === 'string') w.word(mailboxes)
  else {
    const { kind, names } = namesIn(mailboxes)
    w.word(kind).sp()
    writeNames(w, names, (name) => w.mailbox(name))
  }
  w.sp()
  if (events.length === 0) w.word('NONE')
  else {
    w.list(events, (event) => {
      w.word(event)
      if (event === 'MessageNew' && items.length > 0) writeItems(w.sp(), items, context)
    })
  }
  w.close()
}

/** "(" fetch-att *(SP fetch-att) ")" ; the UID always */
function writeItems(w: Writer, items: readonly AskedItem[], context: EncodeContext): void {
  const asked = items.some((each) => each.item.key === 'uid') ? items : [{ item: uidItem, ask: true }, ...items]
  w.list(asked, ({ item, ask }) => {
    checkCapability(context, item.needs, `The FETCH item ${item.key}`)
    item.write(w, ask as never, context)
  })
}

/** NOTIFY: news of any mailbox at any time (RFC 5465). */
export const notify: Extension = {
  capability: 'NOTIFY',
  spec: [5465],
  summary: 'Has the server tell at once what happens to any mailbox, not only to the selected one.',
  usage: "client.notify.set([{ mailboxes: 'personal', events: ['MessageNew', 'MessageExpunge'] }])",
  note: 'The news come as the events `status`, `list`, `metadata`, `exists`, `expunge`, `vanished` and `flags`.',
  examples: ['rfc5465.txt'],
  tested: ['embedded', 'transcript', 'dovecot'],
}
