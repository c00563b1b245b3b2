import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { Access } from './access.js'
import type { SentSet } from './arguments.js'
import type { ByteSource } from './byte-source.js'
import type { Certificate } from './certificate.js'
import type { Call, Tables } from './feature.js'
import type { Hooks } from './hooks.js'
import type { Output } from './output.js'
import type { Omission, Poison } from './faults.js'
import { no } from './refusal.js'
import type { ServerSettings } from './settings.js'
import type { Account } from './store/account.js'
import type { MemoryMailbox } from './store/mailbox.js'
import type { StoredMessage } from './store/message.js'
import { View, type Updates } from './store/view.js'

/** The states of RFC 9051 §3. */
export type SessionState = 'not-authenticated' | 'authenticated' | 'selected' | 'logout'

/** What a session needs of the server around it. */
export interface Surroundings {
  readonly settings: ServerSettings
  readonly tables: Tables
  /** Of the server, in PEM. */
  readonly certificate: Certificate
  /** The account of a user. */
  account(name: string): Account | undefined
  /** The accounts of all users. */
  accounts(): Iterable<Account>
}

/** What a session needs of the connection below it. */
export interface Line {
  readonly out: Output
  readonly source: ByteSource
  /** The TLS layer, when there is one. */
  readonly tls: TLSSocket | null
  readonly secure: boolean
  /** Whether STARTTLS is on offer on this listener. */
  readonly canStartTls: boolean
  /** Whether a password may cross this line as it is now. */
  readonly passwordsAllowed: boolean
  /** Goes on over TLS. For the `after` of a completion. */
  startTls(): Promise<void>
  /**
   * Sends and receives through a layer from now on; what has come already and was not read goes through it. For the
   * `after` of a completion.
   */
  through(layer: (below: Duplex) => Duplex): Promise<void>
  /** The next line of an AUTHENTICATE or IDLE dialogue, null when the client is gone; `secret` keeps it out of the log. */
  dialogueLine(secret: boolean): Promise<string | null>
}

const AUTHENTICATION = /^(AUTH=.*|STARTTLS|LOGINDISABLED|SASL-IR)$/
/** What IMAP4rev2 has without naming it (RFC 9051, appendix E). */
const IN_REV2 = new Set(
  'NAMESPACE UNSELECT UIDPLUS ESEARCH SEARCHRES ENABLE IDLE SASL-IR LIST-EXTENDED LIST-STATUS MOVE LITERAL- BINARY SPECIAL-USE STATUS=SIZE CHILDREN'.split(
    ' ',
  ),
)

/** What a capability brings without naming it (RFC 7162 §3.2.3, RFC 6855 §6). */
const BROUGHT_BY = new Map([
  ['CONDSTORE', 'QRESYNC'],
  ['UTF8=ACCEPT', 'UTF8=ONLY'],
])

/** The protocol state of one connection, and the untagged data that any command may cause. */
export class Session {
  readonly server: Surroundings
  readonly line: Line
  readonly out: Output
  readonly enabled = new Set<string>()
  state: SessionState = 'not-authenticated'
  account: Account | null = null
  view: View | null = null
  /** `$`: the saved result of a search (RFC 9051 §6.4.4.1). */
  saved: ReadonlySet<StoredMessage> = new Set()
  /** What a fault keeps out of FETCH answers. */
  omission: Omission | null = null
  /** Where a fault has FETCH answers end. */
  poison: Poison | null = null
  #access: Access | null = null

  constructor(server: Surroundings, line: Line) {
    this.server = server
    this.line = line
    this.out = line.out
  }

  /** Whether names and quoted strings are UTF-8. */
  get utf8(): boolean {
    return this.enabled.has('IMAP4REV2') || this.enabled.has('UTF8=ACCEPT')
  }

  /** Whether IMAP4rev2 has been enabled. */
  get rev2(): boolean {
    return this.enabled.has('IMAP4REV2')
  }

  /** Whether the server speaks IMAP2 and nothing else (RFC 1176). */
  get imap2(): boolean {
    return this.has('IMAP2') && !this.has('IMAP4rev1', 'IMAP4rev2')
  }

  /** Whether CONDSTORE has been enabled (RFC 7162 §3.1). */
  get condstore(): boolean {
    return this.enabled.has('CONDSTORE')
  }

  /** The account that is logged in. */
  get owner(): Account {
    if (this.account === null) throw new Error('A command ran in the wrong state')
    return this.account
  }

  /** The mailbox that is selected. */
  get selected(): View {
    if (this.view === null) throw new Error('A command ran in the wrong state')
    return this.view
  }

  /**
   * Whether one of these capabilities is on offer; IMAP4rev2 brings those that it took in, QRESYNC brings CONDSTORE. A name
   * that ends in `=` asks for any value.
   */
  has(...names: readonly string[]): boolean {
    const { offer } = this.server.settings
    return names.some((name) => {
      const upper = name.toUpperCase()
      if (offer.has(name) || (IN_REV2.has(upper) && offer.has('IMAP4REV2'))) return true
      const bringer = BROUGHT_BY.get(upper)
      return bringer !== undefined && offer.has(bringer)
    })
  }

  /** What is announced behind `name=`: the values of a capability. */
  values(name: string): string[] {
    return this.server.settings.offer.values(name)
  }

  /** What CAPABILITY answers in this state. */
  capabilities(): string[] {
    const { announcedWhen } = this.server.tables
    return this.server.settings.offer.announced.filter(
      (name) => this.#isAnnounced(name.toUpperCase()) && announcedWhen.get(name.toUpperCase())?.(this) !== false,
    )
  }

  #isAnnounced(name: string): boolean {
    const { line } = this
    if (!AUTHENTICATION.test(name)) return true
    if (this.state !== 'not-authenticated') return name === 'SASL-IR'
    if (name === 'STARTTLS') return line.canStartTls
    if (name === 'LOGINDISABLED') return !line.passwordsAllowed
    if (!name.startsWith('AUTH=')) return true
    const mechanism = this.server.tables.mechanisms.get(name.slice(5))
    if (mechanism === undefined) return true
    return (!mechanism.plaintext || line.passwordsAllowed) && mechanism.offered?.(this) !== false
  }

  /** The hooks of one kind, of the extensions that are on offer. */
  hooks<K extends Exclude<keyof Hooks, 'needs'>>(kind: K): NonNullable<Hooks[K]>[] {
    const found: NonNullable<Hooks[K]>[] = []
    for (const hooks of this.server.tables.hooks) {
      const hook = hooks[kind]
      if (hook !== undefined && (hooks.needs === undefined || this.has(...hooks.needs))) found.push(hook)
    }
    return found
  }

  /** Whoever owns the account is logged in from now on. */
  logIn(account: Account): void {
    this.account = account
    this.state = 'authenticated'
    this.#access = new Access(account)
    for (const hook of this.hooks('access')) this.#access = hook(this, this.#access)
  }

  /** Nobody is logged in any more: all is as before (RFC 8437 §3). */
  logOut(): void {
    this.unselect()
    if (this.account !== null) for (const hook of this.hooks('onLogout')) hook(this)
    this.account = null
    this.#access = null
    this.enabled.clear()
    this.takeUpdates = takeUpdates
    this.flagsWithUid = false
    this.tellExpunged = tellExpunged
    this.tellExists = tellExists
    this.fetchHead = fetchHead
    this.translate = sameText
    if (this.state !== 'logout') this.state = 'not-authenticated'
  }

  /** Opens a mailbox in the place of the one that is open. */
  select(mailbox: MemoryMailbox, readOnly: boolean): View {
    this.unselect()
    this.view = new View(mailbox, readOnly)
    this.state = 'selected'
    return this.view
  }

  /** Leaves the mailbox that is open, if there is one. */
  unselect(): void {
    const { view } = this
    if (view !== null) {
      for (const hook of this.hooks('onUnselect')) hook(this, view)
      view.close()
    }
    this.view = null
    this.saved = new Set()
    if (this.state === 'selected') this.state = 'authenticated'
  }

  /** Which mailboxes the user can name. */
  get access(): Access {
    if (this.#access === null) throw new Error('A command ran in the wrong state')
    return this.#access
  }

  /**
   * A mailbox that holds messages, by name, and with these rights on it (RFC 4314 §4). `target` is for one that messages go
   * to: it could be created (RFC 9051 §6.3.12).
   *
   * @throws Refusal `[NONEXISTENT]`, `[TRYCREATE]`, `[CANNOT]` or `[NOPERM]`
   */
  reach(name: string, rights: string, target = false): MemoryMailbox {
    const mailbox = this.access.find(name)
    if (mailbox === undefined) throw no('There is no such mailbox', target ? 'TRYCREATE' : 'NONEXISTENT')
    if (!mailbox.selectable) throw no('This name holds no messages', target ? 'CANNOT' : 'NONEXISTENT')
    this.access.need(mailbox, rights)
    return mailbox
  }

  /** The name by which this session calls a mailbox. */
  nameOf(mailbox: MemoryMailbox): string {
    return this.access.nameOf(mailbox)
  }

  /** Of flags those that the user may set in a mailbox: `s` for \Seen, `t` for \Deleted, `w` for others (RFC 4314 §4). */
  permitted(mailbox: MemoryMailbox, flags: Iterable<string>): string[] {
    const rightFor: Readonly<Record<string, string>> = { '\\Seen': 's', '\\Deleted': 't' }
    return [...flags].filter((flag) => this.access.may(mailbox, rightFor[flag] ?? 'w'))
  }

  /** The messages of a set that a command is to treat. @throws Refusal */
  resolve(set: SentSet, call: Call): readonly StoredMessage[] {
    return this.limited(this.numbered(set, call.uid), call)
  }

  /** The messages of a set, all of them. @throws Refusal */
  numbered(set: SentSet, uid: boolean, view = this.selected): StoredMessage[] {
    if (!uid && set !== '$') for (const hook of this.hooks('beforeSequenceNumbers')) hook(this)
    return view.resolve(set, uid, this.saved)
  }

  /** Of the messages that a command names, those that it is to treat; with `whole` all of them or none. @throws Refusal */
  limited(messages: readonly StoredMessage[], call: Call, whole = false): readonly StoredMessage[] {
    return this.hooks('limit').reduce((left, hook) => hook(this, call, left, whole), messages)
  }

  /** Takes what is told now of the open mailbox; null to keep it for later (RFC 5465 §3.1). */
  takeUpdates: (this: Session, view: View, expungeAllowed: boolean) => Updates | null = takeUpdates

  /** Whether flags that somebody else changed are told with the UID (RFC 5465 §5.1). */
  flagsWithUid = false

  /** Tells of removals, sequence numbers descending; an extension that is enabled may tell them otherwise. */
  tellExpunged: (this: Session, expunged: Updates['expunged']) => void = tellExpunged

  /** Tells of messages that came. */
  tellExists: (this: Session, exists: number, arrived: readonly StoredMessage[]) => void = tellExists

  /** The start of an untagged FETCH, up to and with its opening parenthesis; null for a message that has no number here. */
  fetchHead: (this: Session, message: StoredMessage) => string | null = fetchHead

  /** What people read in status responses, in their language (RFC 5255). */
  translate: (text: string) => string = sameText

  /** Whether a command is being carried out, IDLE excepted. */
  busy = false
  readonly #waiting: (() => void)[] = []

  /** Tells something of its own accord: at once between commands and in IDLE, else at the end of the command in progress. */
  unsolicited(write: () => void): void {
    if (this.state === 'logout') return
    if (this.busy) {
      this.#waiting.push(write)
      return
    }
    write()
    this.out.flush()
  }

  /** Tells what has happened in the mailbox, as far as it may be told now. */
  tellUpdates(expungeAllowed: boolean): void {
    let updates: Updates | null = null
    if (this.view !== null) {
      this.tellKeywords()
      for (const hook of this.hooks('beforeUpdates')) hook(this)
      updates = this.takeUpdates(this.view, expungeAllowed)
    }
    if (updates !== null) {
      const { expunged, exists, arrived, changed } = updates
      if (expunged.length > 0) this.tellExpunged(expunged)
      if (exists !== null) this.tellExists(exists, arrived)
      for (const message of changed) this.tellFlags(message)
    }
    for (const hook of this.hooks('onUpdates')) hook(this, updates)
    for (const write of this.#waiting.splice(0)) write()
  }

  /** FLAGS, when there are keywords that the session does not know (RFC 9051 §7.3.5). */
  tellKeywords(): void {
    const { view } = this
    if (view === null || view.keywordsTold === view.mailbox.keywordCount) return
    view.keywordsTold = view.mailbox.keywordCount
    this.out.line(`* FLAGS (${view.mailbox.flags.join(' ')})`)
  }

  /** An untagged FETCH with the flags of a message, as the session sees them. */
  tellFlags(message: StoredMessage, withUid = this.condstore || this.rev2 || this.flagsWithUid): void {
    const head = this.fetchHead(message)
    if (head === null) return
    const items = [`FLAGS (${this.flagsOf(message).join(' ')})`]
    if (withUid) items.unshift(`UID ${message.uid}`)
    if (this.condstore) items.push(`MODSEQ (${message.modSeq})`)
    this.out.line(`${head}${items.join(' ')})`)
  }

  /** The flags of a message with `\Recent` where this session sees it so. */
  flagsOf(message: StoredMessage): string[] {
    const recent = !this.rev2 && this.view?.recent.has(message) === true
    return recent ? [...message.flags, '\\Recent'] : [...message.flags]
  }

  /** Switches CONDSTORE on; a mailbox that is open then tells its HIGHESTMODSEQ (RFC 7162 §3.1.2). */
  enableCondstore(): void {
    if (this.condstore || !this.has('CONDSTORE')) return
    this.enabled.add('CONDSTORE')
    if (this.view !== null) {
      this.out.line(`* OK [HIGHESTMODSEQ ${this.view.mailbox.highestModSeq}] Highest mod-sequence`)
    }
  }
}

function takeUpdates(this: Session, view: View, expungeAllowed: boolean): Updates {
  return view.take(expungeAllowed)
}

function tellExpunged(this: Session, expunged: Updates['expunged']): void {
  for (const { seq } of expunged) this.out.line(`* ${seq} EXPUNGE`)
}

function tellExists(this: Session, exists: number): void {
  this.out.line(`* ${exists} EXISTS`)
  if (!this.rev2) this.out.line(`* ${this.view?.recent.size ?? 0} RECENT`)
}

function fetchHead(this: Session, message: StoredMessage): string | null {
  const seq = this.view?.seqOf(message) ?? 0
  return seq === 0 ? null : `* ${seq} FETCH (`
}

function sameText(text: string): string {
  return text
}
