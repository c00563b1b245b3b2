import { createHash } from 'node:crypto'
import { no } from '../refusal.js'
import { MemoryMailbox, type Room } from './mailbox.js'

/** What happens to the mailboxes of an account, their messages apart: those tell a `Watcher`. */
export type AccountChange =
  | { readonly kind: 'created' | 'deleted' | 'subscribed' | 'unsubscribed'; readonly name: string }
  | { readonly kind: 'renamed'; readonly name: string; readonly oldName: string }
  /** Entries of METADATA (RFC 5464); `name` is empty for those of the server. */
  | { readonly kind: 'metadata'; readonly name: string; readonly entries: readonly string[] }

/** What one user can make the server keep, see the option `limits` of the server. */
export interface StoreLimits {
  readonly mailboxes: number
  readonly storage: number
  readonly keywords: number
  readonly history: number
}

/** One user: a tree of mailboxes and a list of subscribed names. */
export class Account {
  readonly name: string
  /** Stays with the account; an object identifier in the form of RFC 8474 §7. */
  readonly id: string
  readonly delimiter: string
  readonly #subscriptions = new Set<string>()
  readonly #listeners = new Set<(change: AccountChange) => void>()
  readonly #mailboxes = new Map<string, MemoryMailbox>()
  #uidValidity: number
  readonly #modSeq: bigint
  readonly #limits: StoreLimits
  readonly #room: Room

  constructor(name: string, delimiter: string, uidValidity: number, modSeq: bigint, limits: StoreLimits) {
    this.name = name
    this.id = `A${createHash('sha256').update(name).digest('hex').slice(0, 12)}`
    this.delimiter = delimiter
    this.#uidValidity = uidValidity
    this.#modSeq = modSeq
    this.#limits = limits
    this.#room = { octets: limits.storage, keywords: limits.keywords, history: limits.history }
    this.create('INBOX')
  }

  /** Names in the order of creation, INBOX first. */
  get mailboxes(): MemoryMailbox[] {
    return [...this.#mailboxes.values()]
  }

  /** The names that the user is subscribed to, whether they exist or not. */
  get subscriptions(): ReadonlySet<string> {
    return this.#subscriptions
  }

  /** Subscribes to a name. */
  subscribe(name: string): void {
    const canonical = this.canonical(name)
    if (this.#subscriptions.has(canonical)) return
    if (this.#subscriptions.size >= this.#limits.mailboxes) throw no('There are too many subscriptions', 'LIMIT')
    this.#subscriptions.add(canonical)
    this.tell({ kind: 'subscribed', name: canonical })
  }

  /** Ends a subscription. */
  unsubscribe(name: string): void {
    const canonical = this.canonical(name)
    if (this.#subscriptions.delete(canonical)) this.tell({ kind: 'unsubscribed', name: canonical })
  }

  /** Calls `listener` with every change from now on; what it returns ends that. */
  onChange(listener: (change: AccountChange) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Tells those who listen. */
  tell(change: AccountChange): void {
    for (const listener of [...this.#listeners]) listener(change)
  }

  /** INBOX is the one name in which case does not matter (RFC 9051 §5.1), also above other names. */
  canonical(name: string): string {
    const first = name.split(this.delimiter, 1)[0] ?? ''
    return first.toUpperCase() === 'INBOX' ? `INBOX${name.slice(5)}` : name
  }

  /** The mailbox of a name, INBOX in any case. */
  find(name: string): MemoryMailbox | undefined {
    return this.#mailboxes.get(this.canonical(name))
  }

  /** The mailbox of a name. @throws Refusal `[NONEXISTENT]` */
  mailbox(name: string): MemoryMailbox {
    const found = this.find(name)
    if (found === undefined) throw no('There is no such mailbox', 'NONEXISTENT')
    return found
  }

  /** The mailbox of a name, if it can hold messages. @throws Refusal */
  selectable(name: string): MemoryMailbox {
    const found = this.mailbox(name)
    if (!found.selectable) throw no('This name holds no messages', 'NONEXISTENT')
    return found
  }

  /** Whether there are names below this one. */
  hasChildren(name: string): boolean {
    const prefix = name + this.delimiter
    return this.mailboxes.some((mailbox) => mailbox.name.startsWith(prefix))
  }

  /** Creates a mailbox and the names above it (RFC 9051 §6.3.4). @throws Refusal `[ALREADYEXISTS]`, `[CANNOT]` */
  create(sent: string): MemoryMailbox {
    // A name with the delimiter at its end says that names below it will follow.
    const name = this.canonical(sent.endsWith(this.delimiter) ? sent.slice(0, -this.delimiter.length) : sent)
    this.#check(name)
    const existing = this.#mailboxes.get(name)
    if (existing?.selectable === true) throw no('The mailbox exists already', 'ALREADYEXISTS')
    this.#checkCount(name)
    this.#createAbove(name)
    this.#mailboxes.delete(name)
    return this.#announce(this.#make(name))
  }

  /** Deletes a mailbox; a name with others below it stays as `\Noselect` (RFC 9051 §6.3.5). @throws Refusal */
  delete(name: string): void {
    const mailbox = this.mailbox(name)
    if (mailbox.name === 'INBOX') throw no('INBOX cannot be deleted', 'CANNOT')
    if (!mailbox.selectable) throw no('This name has others below it', 'HASCHILDREN')
    mailbox.deleted = true
    mailbox.expunge(mailbox.messages)
    this.#mailboxes.delete(mailbox.name)
    if (this.hasChildren(mailbox.name)) this.#make(mailbox.name).selectable = false
    this.tell({ kind: 'deleted', name: mailbox.name })
  }

  /** Renames a mailbox and those below it; of INBOX only the messages move (RFC 9051 §6.3.6). @throws Refusal */
  rename(from: string, to: string): void {
    const mailbox = this.mailbox(from)
    const name = this.canonical(to)
    if (this.#mailboxes.has(name)) throw no('A mailbox of the new name exists already', 'ALREADYEXISTS')
    this.#check(name)
    if (mailbox.name === 'INBOX') {
      const target = this.create(name)
      target.add(mailbox.messages)
      mailbox.expunge(mailbox.messages)
      return
    }
    const prefix = mailbox.name + this.delimiter
    if (name.startsWith(prefix)) throw no('A mailbox cannot be moved below itself', 'CANNOT')
    this.#checkCount(name)
    const moved = this.mailboxes.filter((each) => each === mailbox || each.name.startsWith(prefix))
    for (const each of moved) this.#mailboxes.delete(each.name)
    this.#createAbove(name)
    for (const each of moved) {
      const oldName = each.name
      each.name = name + oldName.slice(prefix.length - this.delimiter.length)
      this.#mailboxes.set(each.name, each)
      this.tell({ kind: 'renamed', name: each.name, oldName })
    }
  }

  #make(name: string): MemoryMailbox {
    const uidValidity = this.#uidValidity++
    const mailbox = new MemoryMailbox(name, `F${this.id}-${uidValidity}`, uidValidity, this.#modSeq, this.#room)
    this.#mailboxes.set(name, mailbox)
    return mailbox
  }

  #announce(mailbox: MemoryMailbox): MemoryMailbox {
    this.tell({ kind: 'created', name: mailbox.name })
    return mailbox
  }

  #createAbove(name: string): void {
    const levels = name.split(this.delimiter)
    for (let i = 1; i < levels.length; i++) {
      const above = levels.slice(0, i).join(this.delimiter)
      if (!this.#mailboxes.has(above)) this.#announce(this.#make(above))
    }
  }

  /** Whether a name and those above it still have room. @throws Refusal `[LIMIT]` */
  #checkCount(name: string): void {
    if (this.#mailboxes.size + name.split(this.delimiter).length <= this.#limits.mailboxes) return
    throw no('There are too many mailboxes', 'LIMIT')
  }

  #check(name: string): void {
    if (name === '' || name.split(this.delimiter).includes('')) throw no('The name has an empty level', 'CANNOT')
    if (/\p{Surrogate}/u.test(name)) throw no('The name is no text: half of a surrogate pair', 'CANNOT')
    // RFC 9051 §5.1, RFC 6855 §3: nor the separators of lines and paragraphs.
    if (/[\x00-\x1f\x7f-\x9f\u2028\u2029]/.test(name)) throw no('A name cannot hold control characters', 'CANNOT')
    if (/[%*]/.test(name)) throw no('A name cannot hold % or *', 'CANNOT')
    if (Buffer.byteLength(name) > 1000) throw no('The name is too long', 'CANNOT')
  }
}
