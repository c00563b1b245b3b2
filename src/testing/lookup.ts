import { bad } from './refusal.js'
import type { Session } from './session.js'

/** What a table holds, and what must be on offer for it: one of `needs`. */
interface Offered {
  readonly needs?: readonly string[]
}

/** The entry of a table by name. @throws Refusal BAD when there is none, or when it is not on offer */
export function lookUp<T extends Offered>(
  session: Session,
  table: ReadonlyMap<string, T>,
  name: string,
  what: string,
): T {
  const entry = table.get(name)
  if (entry === undefined || (entry.needs !== undefined && !session.has(...entry.needs))) {
    throw bad(`Unknown ${what}: ${name.slice(0, 40)}`)
  }
  return entry
}
