/**
 * What an extension keeps of a mailbox, a message or a session without a field there: made on first use, gone with its
 * owner.
 */
export class Extra<K extends object, V> {
  readonly #kept = new WeakMap<K, V>()
  readonly #make: (owner: K) => V

  /** `make` gives the value of an owner that has none yet. */
  constructor(make: (owner: K) => V) {
    this.#make = make
  }

  /** The value of an owner. */
  get(owner: K): V {
    const known = this.#kept.get(owner)
    if (known !== undefined || this.#kept.has(owner)) return known as V
    const made = this.#make(owner)
    this.#kept.set(owner, made)
    return made
  }

  /** Puts another value in the place of the one that is there. */
  set(owner: K, value: V): void {
    this.#kept.set(owner, value)
  }

  /** Forgets the value: the next use makes a new one. */
  delete(owner: K): void {
    this.#kept.delete(owner)
  }
}
