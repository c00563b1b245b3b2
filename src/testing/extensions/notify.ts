import type { Arguments } from '../arguments.js'
import type { Feature } from '../feature.js'
import { writeMessage } from '../fetch/answer.js'
import type { Session } from '../session.js'
import type { Account, AccountChange } from '../store/account.js'
import { Extra } from '../store/extra.js'
import type { MemoryMailbox, Watcher } from '../store/mailbox.js'
import type { StoredMessage } from '../store/message.js'
import type { Updates, View } from '../store/view.js'
import { mailboxName, quoted } from '../syntax.js'
import { onMetadata, type MetadataChange } from './metadata-store.js'
import { tellEntries } from './metadata.js'
import { readRequest, type Event, type Filter, type Request } from './notify-request.js'

/** Notifications that may wait in one go, where nothing else is said. */
const LIMIT = 1000
/** Commands by which a client changes the selected mailbox itself: of that it is told in any case. */
const OWN = /^(UID )?(EXPUNGE|MOVE|COPY|REPLACE)$|^APPEND$/

/** Whether a name, in the words of the session, is meant; `account` is whose it is. */
function fits(session: Session, { kind, names }: Filter, name: string, account: Account): boolean {
  if (kind === 'SUBSCRIBED') return session.owner.subscriptions.has(name)
  if (kind === 'MAILBOXES') return names.includes(name)
  if (kind === 'SUBTREE') return names.some((root) => name === root || name.startsWith(root + account.delimiter))
  return account === session.owner
}

/** What one session is told of, from its NOTIFY to the next. */
class Notifier {
  readonly #session: Session
  readonly #request: Request
  readonly #ends: (() => void)[] = []
  readonly #watched = new Set<MemoryMailbox>()
  /** What has happened in other mailboxes and waits to be told. */
  readonly #status = new Map<MemoryMailbox, Set<Event>>()
  /** Names that are told, with their attributes as they are then. */
  readonly #lists: (() => string)[] = []
  #renamed: string[] = []
  #waiting = false

  constructor(session: Session, request: Request) {
    this.#session = session
    this.#request = request
    for (const account of session.server.accounts()) {
      for (const mailbox of account.mailboxes) this.#watch(account, mailbox)
      this.#ends.push(account.onChange((change) => this.#changed(account, change)))
    }
    this.#ends.push(onMetadata(session.server, (change) => this.#metadata(change)))
  }

  /** Whether events of the selected mailbox are told. */
  get selected(): Request['selected'] {
    return this.#request.selected
  }

  /** Tells no more. */
  stop(): void {
    for (const end of this.#ends.splice(0)) end()
  }

  /** STATUS of all mailboxes whose messages are watched, and what cannot be watched (RFC 5465 §3.1). */
  begin(): void {
    const { out, access, utf8 } = this.#session
    for (const account of this.#session.server.accounts()) {
      for (const mailbox of account.mailboxes) {
        const events = this.#events(account, mailbox.name, mailbox)
        if (events.size === 0 || !access.may(mailbox, 'l')) continue
        if (!access.may(mailbox, 'r')) {
          const name = mailboxName(this.#session.nameOf(mailbox), utf8)
          out.line(`* LIST (\\NoAccess) ${quoted(account.delimiter)} ${name}`)
        } else if (this.#request.status && events.has('MessageNew') && this.#isOther(mailbox)) {
          const modSeq = events.has('FlagChange') && this.#session.has('CONDSTORE')
          this.#tellStatus(mailbox, ['MESSAGES', 'UIDNEXT', 'UIDVALIDITY', ...(modSeq ? ['HIGHESTMODSEQ'] : [])])
        }
      }
    }
  }

  #isOther(mailbox: MemoryMailbox): boolean {
    return mailbox.selectable && mailbox !== this.#session.view?.mailbox
  }

  /** The events that are wanted of a mailbox that is not selected. */
  #events(account: Account, name: string, mailbox?: MemoryMailbox): Set<Event> {
    const session = this.#session
    const shown = account === session.owner || mailbox === undefined ? name : session.nameOf(mailbox)
    const groups = this.#request.groups.filter(({ filter }) => fits(session, filter, shown, account))
    return new Set(groups.flatMap(({ events }) => [...events]))
  }

  #watch(account: Account, mailbox: MemoryMailbox): void {
    if (this.#watched.has(mailbox)) return
    this.#watched.add(mailbox)
    const happened = (event: Event): void => this.#happened(account, mailbox, event)
    const watcher: Watcher = {
      added: () => happened('MessageNew'),
      expunged: () => happened('MessageExpunge'),
      changed: () => happened('FlagChange'),
    }
    mailbox.watch(watcher)
    this.#ends.push(() => mailbox.unwatch(watcher))
  }

  #happened(account: Account, mailbox: MemoryMailbox, event: Event): void {
    const { access } = this.#session
    if (mailbox.deleted || !this.#isOther(mailbox) || this.#isOwn(event)) return
    if (!this.#events(account, mailbox.name, mailbox).has(event) || !access.may(mailbox, 'lr')) return
    const events = this.#status.get(mailbox) ?? new Set()
    this.#status.set(mailbox, events.add(event))
    this.#schedule()
  }

  /** What the client does itself it is not told of (RFC 5465 §5). */
  #isOwn(event: Event): boolean {
    const name = this.#session.busy ? running.get(this.#session) : ''
    if (event === 'MessageNew') return OWN.test(name)
    if (event === 'MessageExpunge') return name === 'CLOSE'
    if (event === 'MailboxName') return /^(CREATE|DELETE|RENAME)$/.test(name)
    return event === 'SubscriptionChange' && /^(UN)?SUBSCRIBE$/.test(name)
  }

  #changed(account: Account, change: AccountChange): void {
    const { name } = change
    const mailbox = account.find(name)
    if (mailbox !== undefined) this.#watch(account, mailbox)
    if (change.kind === 'metadata') return
    const mine = account === this.#session.owner
    // Of others only what can be seen now has a name here.
    if (!mine && (mailbox === undefined || !this.#session.access.may(mailbox, 'l'))) return
    const shown = mailbox === undefined || mine ? name : this.#session.nameOf(mailbox)
    const isSubscription = change.kind === 'subscribed' || change.kind === 'unsubscribed'
    const event = isSubscription ? 'SubscriptionChange' : 'MailboxName'
    if (isSubscription && !mine) return
    const wanted = this.#events(account, name, mailbox).has(event)
    // One that has just been left is no longer among the subscribed, and still was.
    const left =
      change.kind === 'unsubscribed' &&
      this.#request.groups.some(({ filter, events }) => filter.kind === 'SUBSCRIBED' && events.has(event))
    if (this.#isOwn(event) || !(wanted || left)) return
    if (change.kind === 'renamed') {
      // Names below move along and are not told (RFC 5465 §5.4).
      if (this.#renamed.some((old) => change.oldName.startsWith(old + account.delimiter))) return
      this.#renamed.push(change.oldName)
      const old = mailboxName(change.oldName, this.#session.utf8)
      this.#list(account, shown, name, ` ("OLDNAME" (${old}))`)
    } else {
      this.#list(account, shown, name)
      const above = name.slice(0, Math.max(0, name.lastIndexOf(account.delimiter)))
      if (!isSubscription && above !== '' && mine) this.#list(account, above, above)
    }
    this.#schedule()
  }

  /** Tells a name: mailbox-list. */
  #list(account: Account, shown: string, name: string, extended = ''): void {
    const { owner, utf8 } = this.#session
    this.#lists.push(() => {
      const mailbox = account.find(name)
      const attributes: string[] = []
      if (mailbox === undefined) attributes.push('\\NonExistent')
      else if (!mailbox.selectable) attributes.push('\\Noselect')
      if (owner.subscriptions.has(shown)) attributes.push('\\Subscribed')
      attributes.push(account.hasChildren(name) ? '\\HasChildren' : '\\HasNoChildren')
      const delimiter = quoted(account.delimiter)
      return `* LIST (${attributes.join(' ')}) ${delimiter} ${mailboxName(shown, utf8)}${extended}`
    })
  }

  #metadata(change: MetadataChange): void {
    const session = this.#session
    const { mailbox } = change
    if (mailbox === null) {
      const wanted = this.#request.groups.some(({ events }) => events.has('ServerMetadataChange'))
      if (wanted && !session.enabled.has('METADATA') && !session.enabled.has('METADATA-SERVER'))
        tellEntries(session, change)
      return
    }
    for (const account of session.server.accounts()) {
      if (account.find(mailbox.name) !== mailbox || session.enabled.has('METADATA')) continue
      if (this.#events(account, mailbox.name, mailbox).has('MailboxMetadataChange')) tellEntries(session, change)
    }
  }

  /** What happens in one go is told in one go. */
  #schedule(): void {
    if (this.#waiting) return
    this.#waiting = true
    queueMicrotask(() => {
      this.#waiting = false
      this.#renamed = []
      if (notifiers.get(this.#session) === this) this.#session.unsolicited(() => this.#flush())
    })
  }

  #flush(): void {
    const { out, server, condstore } = this.#session
    if (this.#status.size + this.#lists.length > (server.settings.extensions.notifications ?? LIMIT)) {
      out.line('* OK [NOTIFICATIONOVERFLOW] Too much happens: nothing is told any more')
      replace(this.#session, { status: false, selected: { delayed: false, events: new Set(), items: [] }, groups: [] })
      return
    }
    for (const text of this.#lists.splice(0)) out.line(text())
    for (const [mailbox, events] of this.#status) {
      if (mailbox.deleted) continue
      const names = events.has('MessageNew') || events.has('MessageExpunge') ? ['MESSAGES', 'UIDNEXT'] : []
      if (events.has('FlagChange')) names.push('UIDVALIDITY', 'UNSEEN')
      if (condstore) names.push('HIGHESTMODSEQ')
      this.#tellStatus(mailbox, names)
    }
    this.#status.clear()
  }

  #tellStatus(mailbox: MemoryMailbox, names: readonly string[]): void {
    const values: Readonly<Record<string, number | bigint>> = {
      MESSAGES: mailbox.messages.length,
      UIDNEXT: mailbox.uidNext,
      UIDVALIDITY: mailbox.uidValidity,
      UNSEEN: mailbox.messages.filter(({ flags }) => !flags.has('\\Seen')).length,
      HIGHESTMODSEQ: mailbox.highestModSeq,
    }
    const { out, utf8 } = this.#session
    const text = names.map((name) => `${name} ${values[name] ?? 0}`).join(' ')
    out.line(`* STATUS ${mailboxName(this.#session.nameOf(mailbox), utf8)} (${text})`)
  }
}

const notifiers = new Extra<Session, Notifier | null>(() => null)
/** The command that a session carries out. */
const running = new Extra<Session, string>(() => '')
/** Messages that came by a command of the session: it knows them. */
const own = new Extra<Session, WeakSet<StoredMessage>>(() => new WeakSet())

function replace(session: Session, request: Request): Notifier {
  notifiers.get(session)?.stop()
  const notifier = new Notifier(session, request)
  notifiers.set(session, notifier)
  session.flagsWithUid = true
  session.takeUpdates = takeUpdates
  listen(session)
  return notifier
}

/** Of the open mailbox only what was asked for is told; what the client does itself is told in any case. */
function takeUpdates(this: Session, view: View, expungeAllowed: boolean): Updates | null {
  const notifier = notifiers.get(this)
  if (notifier === null) return view.take(expungeAllowed)
  const { events } = notifier.selected
  if (!events.has('MessageNew') && !(this.busy && OWN.test(running.get(this)))) return null
  const updates = view.take(expungeAllowed)
  return events.has('FlagChange') ? updates : { ...updates, changed: [] }
}

/** Tells what happens in the open mailbox between commands too; IDLE takes this over for its time. */
function listen(session: Session): void {
  const { view } = session
  if (view === null || view.onPending !== null) return
  let waiting = false
  const pending = (): void => {
    if (waiting) return
    waiting = true
    queueMicrotask(() => {
      waiting = false
      const notifier = notifiers.get(session)
      // At the end of a command all is told anyway.
      if (notifier === null || session.busy || session.view !== view || view.onPending !== pending) return
      session.tellUpdates(!notifier.selected.delayed)
      session.out.flush()
    })
  }
  view.onPending = pending
}

function notify(session: Session, args: Arguments): void {
  replace(session, readRequest(session, args)).begin()
}

/** NOTIFY (RFC 5465). */
export const notifyFeature: Feature = {
  capabilities: ['NOTIFY'],
  commands: [{ name: 'NOTIFY', states: ['authenticated'], needs: ['NOTIFY'], run: notify }],
  hooks: {
    beforeCommand: (session, { name }) => running.set(session, name),
    onAdd(session, _mailbox, added) {
      for (const message of added) own.get(session).add(message)
    },
    onUpdates(session, updates) {
      const notifier = notifiers.get(session)
      if (notifier === null) return
      listen(session)
      const { items } = notifier.selected
      if (items.length === 0) return
      for (const message of updates?.arrived ?? []) {
        if (!own.get(session).has(message) && !message.expunged) writeMessage(session, message, items)
      }
    },
    onLogout(session) {
      notifiers.get(session)?.stop()
      notifiers.delete(session)
    },
  },
}
