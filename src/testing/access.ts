import { candidates, type Candidate } from './list/candidates.js'
import { no } from './refusal.js'
import type { Account } from './store/account.js'
import type { MemoryMailbox } from './store/mailbox.js'
import { quoted } from './syntax.js'

/** All rights of RFC 4314 §2.1. */
export const ALL_RIGHTS = 'lrswipkxtea'

/** A name, and the account that it belongs to. */
export interface Located {
  readonly account: Account
  /** The name there. */
  readonly name: string
}

/**
 * Which mailboxes a session can name, and what it may do with them: here all of its own account and nothing else. An
 * extension with shared mailboxes extends this class and gives it to the server by the slot `access`.
 */
export class Access {
  /** Who is logged in. */
  readonly account: Account

  constructor(account: Account) {
    this.account = account
  }

  /** Where a name of this session lies. */
  locate(name: string): Located {
    return { account: this.account, name }
  }

  /** The name by which this session calls a mailbox. */
  nameOf(mailbox: MemoryMailbox): string {
    return mailbox.name
  }

  /** What the user may do with a mailbox, in letters of RFC 4314. */
  rights(_mailbox: MemoryMailbox): string {
    return ALL_RIGHTS
  }

  /** What LIST and LSUB can tell of. */
  candidates(): Candidate[] {
    return candidates(this.account)
  }

  /** What RLIST, RLSUB and the option REMOTE tell of beside that: mailboxes on other servers (RFC 2193 §5). */
  remote(): Candidate[] {
    return []
  }

  /** namespace = nil / "(" 1*namespace-descr ")", three of them: personal, other users', shared (RFC 2342). */
  namespaces(): string {
    return `(("" ${quoted(this.account.delimiter)})) NIL NIL`
  }

  /** The mailbox of a name, if there is one and the user may know of it. */
  find(name: string): MemoryMailbox | undefined {
    const at = this.locate(name)
    return at.account.find(at.name)
  }

  /** The mailbox of a name. @throws Refusal `[NONEXISTENT]` */
  mailbox(name: string): MemoryMailbox {
    const found = this.find(name)
    if (found === undefined) throw no('There is no such mailbox', 'NONEXISTENT')
    return found
  }

  /** Whether the user has all of these rights. */
  may(mailbox: MemoryMailbox, rights: string): boolean {
    const granted = this.rights(mailbox)
    return [...rights].every((right) => granted.includes(right))
  }

  /** Asks for rights. @throws Refusal `[NOPERM]` */
  need(mailbox: MemoryMailbox, rights: string): void {
    if (!this.may(mailbox, rights)) throw no(`This needs the rights "${rights}" on the mailbox`, 'NOPERM')
  }

  /** Creates a mailbox: `k` on the name above it. @throws Refusal */
  create(name: string): MemoryMailbox {
    this.checkAbove(name)
    const at = this.locate(name)
    return at.account.create(at.name)
  }

  /** Deletes a mailbox: `x`. @throws Refusal */
  delete(name: string): void {
    this.need(this.mailbox(name), 'x')
    const at = this.locate(name)
    at.account.delete(at.name)
  }

  /** Renames a mailbox: `x` on it, `k` on the name above the new one. @throws Refusal */
  rename(from: string, to: string): void {
    this.need(this.mailbox(from), 'x')
    this.checkAbove(to)
    const source = this.locate(from)
    const target = this.locate(to)
    if (source.account !== target.account) throw no('A mailbox stays with its owner', 'CANNOT')
    source.account.rename(source.name, target.name)
  }

  /** `k` on the nearest name above a new one that exists (RFC 4314 §4). @throws Refusal `[NOPERM]` */
  protected checkAbove(name: string): void {
    const { delimiter } = this.account
    for (let at = name.lastIndexOf(delimiter); at > 0; at = name.lastIndexOf(delimiter, at - 1)) {
      const above = this.find(name.slice(0, at))
      if (above === undefined) continue
      this.need(above, 'k')
      return
    }
  }
}
