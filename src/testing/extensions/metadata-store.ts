import type { Session, Surroundings } from '../session.js'
import type { Account } from '../store/account.js'
import { Extra } from '../store/extra.js'
import type { MemoryMailbox } from '../store/mailbox.js'

/** An entry as it is stored: names are compared without regard to case (RFC 5464 §3.2). */
interface Entry {
  readonly name: string
  readonly value: Buffer
}

/** The entries of one mailbox or of the server: `/shared/…` for all, `/private/…` for every user. */
export class Metadata {
  readonly #shared = new Map<string, Entry>()
  readonly #private = new Map<Account, Map<string, Entry>>()

  /** The value of an entry as a user sees it, or null. */
  get(user: Account, name: string): Buffer | null {
    return this.#of(user, name).get(name.toLowerCase())?.value ?? null
  }

  /** Changes an entry; null takes it away. Returns whether that made a difference. */
  set(user: Account, name: string, value: Buffer | null): boolean {
    const entries = this.#of(user, name)
    const key = name.toLowerCase()
    const old = entries.get(key)
    if (value === null) return entries.delete(key)
    entries.set(key, { name: old?.name ?? name, value })
    return old === undefined || !old.value.equals(value)
  }

  /** The names of the entries that a user sees, sorted. */
  names(user: Account): string[] {
    const all = [...this.#shared.values(), ...(this.#private.get(user)?.values() ?? [])]
    return all.map(({ name }) => name).sort()
  }

  #of(user: Account, name: string): Map<string, Entry> {
    if (!/^\/private(\/|$)/i.test(name)) return this.#shared
    const own = this.#private.get(user) ?? new Map<string, Entry>()
    this.#private.set(user, own)
    return own
  }
}

/** The entries of a mailbox. */
export const mailboxMetadata = new Extra<MemoryMailbox, Metadata>(() => new Metadata())
/** The entries of the server. */
export const serverMetadata = new Extra<Surroundings, Metadata>(() => new Metadata())

/** Entries that somebody has changed; `mailbox` is null for those of the server. */
export interface MetadataChange {
  readonly mailbox: MemoryMailbox | null
  readonly entries: readonly string[]
  readonly by: Session
}

type Listener = (change: MetadataChange) => void

const listeners = new Extra<Surroundings, Set<Listener>>(() => new Set())

/** Calls `listener` with every change from now on; what it returns ends that. */
export function onMetadata(server: Surroundings, listener: Listener): () => void {
  const all = listeners.get(server)
  all.add(listener)
  return () => void all.delete(listener)
}

/** Tells those who listen. */
export function tellMetadata(change: MetadataChange): void {
  if (change.entries.length > 0) for (const listener of [...listeners.get(change.by.server)]) listener(change)
}

/** Of the entries of a change those that a session may know of; none of its own changes (RFC 5464 §4.4). */
export function visibleEntries(session: Session, { mailbox, entries, by }: MetadataChange): readonly string[] {
  if (by === session || session.account === null) return []
  if (mailbox !== null && !mayAnnotate(session, mailbox)) return []
  return by.account === session.account ? entries : entries.filter((name) => !/^\/private\//i.test(name))
}

/** `l` and one of `r`, `s`, `w`, `i`, `p` (RFC 5464 §3.3). */
export function mayAnnotate({ access }: Session, mailbox: MemoryMailbox): boolean {
  return access.may(mailbox, 'l') && [...'rswip'].some((right) => access.may(mailbox, right))
}
