import type { Account } from '../store/account.js'
import type { MemoryMailbox } from '../store/mailbox.js'

/** A name that LIST may tell of. */
export interface Candidate {
  readonly name: string
  /** Null for a name that is only subscribed, or only stands above one. */
  readonly mailbox: MemoryMailbox | null
  readonly subscribed: boolean
  /** Whether it is on another server. */
  readonly elsewhere?: boolean
}

/** Mailboxes, subscribed names that do not exist, and the names above those; sorted, INBOX first. */
export function candidates(account: Account): Candidate[] {
  const names = new Set(account.mailboxes.map((mailbox) => mailbox.name))
  for (const name of account.subscriptions) {
    names.add(name)
    for (const above of levelsAbove(name, account.delimiter)) names.add(above)
  }
  const sorted = [...names].sort((a, b) => {
    if (a === 'INBOX' || b === 'INBOX') return a === b ? 0 : a === 'INBOX' ? -1 : 1
    return a < b ? -1 : 1
  })
  return sorted.map((name) => ({
    name,
    mailbox: account.find(name) ?? null,
    subscribed: account.subscriptions.has(name),
  }))
}

/** The names that stand above one of these. */
export function namesAbove(below: readonly Candidate[], delimiter: string): Set<string> {
  return new Set(below.flatMap(({ name }) => levelsAbove(name, delimiter)))
}

function levelsAbove(name: string, delimiter: string): string[] {
  const levels: string[] = []
  for (let at = name.indexOf(delimiter); at > 0; at = name.indexOf(delimiter, at + 1)) levels.push(name.slice(0, at))
  return levels
}
