import type { ByteSource } from './byte-source.js'
import type { Tables } from './feature.js'
import type { Output } from './output.js'
import type { Omission } from './faults.js'
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
  account(name: string): Account | undefined
}

/** What a session needs of the connection below it. */
export interface Line {
  readonly out: Output
  readonly source: ByteSource
  readonly secure: boolean
  /** Whether STARTTLS is on offer on this listener. */
  readonly canStartTls: boolean
  /** Whether a password may cross this line as it is now. */
  readonly passwordsAllowed: boolean
  startTls(): Promise<void>
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

  constructor(server: Surroundings, line: Line) {
    this.server = server
    this.line = line
    this.out = line.out
  }

  /** Whether names and quoted strings are UTF-8. */
  get utf8(): boolean {
    return this.enabled.has('IMAP4REV2') || this.enabled.has('UTF8=ACCEPT')
  }

  get rev2(): boolean {
    return this.enabled.has('IMAP4REV2')
  }

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

  /** Whether one of these capabilities is on offer; IMAP4rev2 brings those that it took in. */
  has(...names: readonly string[]): boolean {
    const { capabilities } = this.server.settings
    return names.some((name) => {
      const upper = name.toUpperCase()
      return capabilities.has(upper) || (IN_REV2.has(upper) && capabilities.has('IMAP4REV2'))
    })
  }

  /** What CAPABILITY answers in this state. */
  capabilities(): string[] {
    const { line } = this
    return this.server.settings.announced.filter((name) => {
      const upper = name.toUpperCase()
      if (!AUTHENTICATION.test(upper)) return true
      if (this.state !== 'not-authenticated') return upper === 'SASL-IR'
      if (upper === 'STARTTLS') return line.canStartTls
      if (upper === 'LOGINDISABLED') return !line.passwordsAllowed
      if (upper.startsWith('AUTH=')) {
        const mechanism = this.server.tables.mechanisms.get(upper.slice(5))
        return mechanism === undefined || !mechanism.plaintext || line.passwordsAllowed
      }
      return true
    })
  }

  logIn(account: Account): void {
    this.account = account
    this.state = 'authenticated'
  }

  select(mailbox: MemoryMailbox, readOnly: boolean): View {
    this.unselect()
    this.view = new View(mailbox, readOnly)
    this.state = 'selected'
    return this.view
  }

  unselect(): void {
    this.view?.close()
    this.view = null
    this.saved = new Set()
    if (this.state === 'selected') this.state = 'authenticated'
  }

  /** Tells of removals, sequence numbers descending; an extension that is enabled may tell them otherwise. */
  tellExpunged: (expunged: Updates['expunged']) => void = (expunged) => {
    for (const { seq } of expunged) this.out.line(`* ${seq} EXPUNGE`)
  }

  /** Tells what has happened in the mailbox, as far as it may be told now. */
  tellUpdates(expungeAllowed: boolean): void {
    if (this.view === null) return
    this.tellKeywords()
    const { expunged, exists, changed } = this.view.take(expungeAllowed)
    if (expunged.length > 0) this.tellExpunged(expunged)
    if (exists !== null) {
      this.out.line(`* ${exists} EXISTS`)
      if (!this.rev2) this.out.line(`* ${this.view.recent.size} RECENT`)
    }
    for (const message of changed) this.tellFlags(message)
  }

  /** FLAGS, when there are keywords that the session does not know (RFC 9051 §7.3.5). */
  tellKeywords(): void {
    const { view } = this
    if (view === null || view.keywordsTold === view.mailbox.keywordCount) return
    view.keywordsTold = view.mailbox.keywordCount
    this.out.line(`* FLAGS (${view.mailbox.flags.join(' ')})`)
  }

  /** An untagged FETCH with the flags of a message, as the session sees them. */
  tellFlags(message: StoredMessage, withUid = this.condstore || this.rev2): void {
    const seq = this.view?.seqOf(message) ?? 0
    if (seq === 0) return
    const items = [`FLAGS (${this.flagsOf(message).join(' ')})`]
    if (withUid) items.unshift(`UID ${message.uid}`)
    if (this.condstore) items.push(`MODSEQ (${message.modSeq})`)
    this.out.line(`* ${seq} FETCH (${items.join(' ')})`)
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
