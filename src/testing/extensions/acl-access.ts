import { Access, type Located } from '../access.js'
import { candidates, type Candidate } from '../list/candidates.js'
import { no } from '../refusal.js'
import type { Session } from '../session.js'
import type { Account } from '../store/account.js'
import { Extra } from '../store/extra.js'
import type { MemoryMailbox } from '../store/mailbox.js'
import { quoted } from '../syntax.js'

/** All rights that can be granted: those of RFC 4314 §2.1, and `n` of RFC 5257 §3.7. */
export const RIGHTS = 'lrswipkxtean'
/** What an owner always has: nobody can lock himself out. */
export const OF_OWNER = 'la'
/** One of these lets a user know of a mailbox (RFC 4314 §4, MYRIGHTS). */
const KNOWING = [...'lrikxa']

/** The access control list of a mailbox: rights by identifier; null while nobody has changed it. */
const lists = new Extra<MemoryMailbox, Map<string, string> | null>(() => null)

/** The access control list of a mailbox, to be read and changed. */
export function listOf(mailbox: MemoryMailbox, owner: Account): Map<string, string> {
  const known = lists.get(mailbox)
  if (known !== null) return known
  const made = new Map([[owner.name, RIGHTS]])
  lists.set(mailbox, made)
  return made
}

/** Rights in their usual order, each once. */
export function ordered(rights: Iterable<string>): string {
  const set = new Set(rights)
  return [...RIGHTS].filter((right) => set.has(right)).join('')
}

/** What a user may do: the union of all that fits, less what is taken away from an identifier that fits (RFC 4314 §2). */
function rightsOf(mailbox: MemoryMailbox, owner: Account, user: Account): string {
  const list = listOf(mailbox, owner)
  const granted = new Set(`${list.get(user.name) ?? ''}${list.get('anyone') ?? ''}`)
  for (const right of `${list.get(`-${user.name}`) ?? ''}${list.get('-anyone') ?? ''}`) granted.delete(right)
  if (user === owner) for (const right of OF_OWNER) granted.add(right)
  return ordered(granted)
}

/** Mailboxes of others under `#users/NAME/…`, and what lists of rights allow with them and with one's own. */
export class SharedAccess extends Access {
  readonly #accounts: () => Iterable<Account>
  readonly #root: string

  constructor(account: Account, session: Session) {
    super(account)
    this.#accounts = () => session.server.accounts()
    this.#root = `#users${account.delimiter}`
  }

  /** Who owns a mailbox. */
  ownerOf(mailbox: MemoryMailbox): Account {
    if (this.account.find(mailbox.name) === mailbox) return this.account
    for (const account of this.#accounts()) if (account.find(mailbox.name) === mailbox) return account
    // It has been deleted: it was this user's, or is out of reach.
    return this.account
  }

  override locate(name: string): Located {
    const { account } = this
    if (!name.startsWith(this.#root)) return { account, name }
    const rest = name.slice(this.#root.length)
    for (const other of this.#accounts()) {
      const prefix = `${other.name}${account.delimiter}`
      if (other !== account && rest.startsWith(prefix)) return { account: other, name: rest.slice(prefix.length) }
    }
    return { account, name }
  }

  override nameOf(mailbox: MemoryMailbox): string {
    return this.#nameIn(this.ownerOf(mailbox), mailbox.name)
  }

  override rights(mailbox: MemoryMailbox): string {
    return rightsOf(mailbox, this.ownerOf(mailbox), this.account)
  }

  /** Who may not know of a mailbox is told that there is none (RFC 4314 §6). */
  override find(name: string): MemoryMailbox | undefined {
    const found = super.find(name)
    if (found === undefined) return undefined
    const rights = this.rights(found)
    return KNOWING.some((right) => rights.includes(right)) ? found : undefined
  }

  override candidates(): Candidate[] {
    const shared: Candidate[] = []
    for (const other of this.#accounts()) {
      if (other === this.account) continue
      for (const each of candidates(other)) {
        if (each.mailbox === null || !rightsOf(each.mailbox, other, this.account).includes('l')) continue
        const name = this.#nameIn(other, each.name)
        shared.push({ name, mailbox: each.mailbox, subscribed: this.account.subscriptions.has(name) })
      }
    }
    const taken = new Set(shared.map(({ name }) => name))
    return [...super.candidates().filter(({ name }) => !taken.has(name)), ...shared]
  }

  override namespaces(): string {
    const delimiter = quoted(this.account.delimiter)
    const alone = [...this.#accounts()].every((account) => account === this.account)
    return alone ? super.namespaces() : `(("" ${delimiter})) ((${quoted(this.#root)} ${delimiter})) NIL`
  }

  /** A new mailbox inherits the list of the one above it (RFC 4314 §4). */
  override create(name: string): MemoryMailbox {
    const at = this.locate(name)
    const { delimiter } = at.account
    const levels = at.name.split(delimiter).map((_, i, all) => all.slice(0, i + 1).join(delimiter))
    const before = new Set(levels.filter((level) => at.account.find(level) !== undefined))
    const made = super.create(name)
    let inherited: Map<string, string> | null = null
    for (const level of levels) {
      const mailbox = at.account.find(level)
      if (mailbox === undefined) continue
      if (before.has(level)) inherited = listOf(mailbox, at.account)
      else if (inherited !== null) lists.set(mailbox, new Map(inherited))
    }
    return made
  }

  protected override checkAbove(name: string): void {
    const at = this.locate(name)
    const { delimiter } = at.account
    if (at.account === this.account && name.startsWith(this.#root)) throw no('There is no such user', 'CANNOT')
    for (let end = at.name.lastIndexOf(delimiter); end > 0; end = at.name.lastIndexOf(delimiter, end - 1)) {
      const above = at.account.find(at.name.slice(0, end))
      if (above === undefined) continue
      this.need(above, 'k')
      return
    }
    if (at.account !== this.account) throw no('Only its owner creates a mailbox here', 'NOPERM')
  }

  #nameIn(owner: Account, name: string): string {
    return owner === this.account ? name : `${this.#root}${owner.name}${owner.delimiter}${name}`
  }
}
