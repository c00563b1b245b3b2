import type { Account } from '../store/account.js'
import { Extra } from '../store/extra.js'
import type { StoredMessage } from '../store/message.js'

/** Whose a value is (RFC 5257 §3.3). */
export type Scope = 'priv' | 'shared'

/** The values of one message: by entry, and by user where they are private. */
export class Annotations {
  readonly #values = new Map<string, Buffer>()

  /** Octets of all values, of all users. */
  get octets(): number {
    let total = 0
    for (const value of this.#values.values()) total += value.length
    return total
  }

  /** A value, or null. */
  get(user: Account, entry: string, scope: Scope): Buffer | null {
    return this.#values.get(key(user, entry, scope)) ?? null
  }

  /** Changes a value; null takes it away. Returns whether that made a difference. */
  set(user: Account, entry: string, scope: Scope, value: Buffer | null): boolean {
    const name = key(user, entry, scope)
    const old = this.#values.get(name)
    if (value === null) return this.#values.delete(name)
    this.#values.set(name, value)
    return old === undefined || !old.equals(value)
  }

  /** The entries of which a user sees a value, in the order in which they came. */
  entries(user: Account): string[] {
    const seen = new Set<string>()
    for (const name of this.#values.keys()) {
      const [entry = '', scope, owner] = name.split('\0')
      if (scope === 'shared' || owner === user.name) seen.add(entry)
    }
    return [...seen]
  }
}

function key(user: Account, entry: string, scope: Scope): string {
  return scope === 'shared' ? `${entry}\0shared` : `${entry}\0priv\0${user.name}`
}

/** The annotations of messages (RFC 5257). */
export const annotationsOf = new Extra<StoredMessage, Annotations>(() => new Annotations())

/** Octets of all annotations of a message. */
export function annotationOctets(message: StoredMessage): number {
  return annotationsOf.get(message).octets
}
