import { Buffer } from 'node:buffer'

/** Entries that are kept; then all are forgotten, so that hostile input costs no memory. */
const MAX_ENTRIES = 1000

/** Remembers what was made of texts that come again and again, such as the names of senders. */
export class Memo<T> {
  readonly #entries = new Map<string, T>()

  /** What was made of a text before. */
  get(text: string): T | undefined {
    return this.#entries.get(text)
  }

  /** Makes something of a text and remembers it. `make` gets a copy: a slice would keep the whole response in memory. */
  add(text: string, make: (text: string) => T): T {
    const copy = Buffer.from(text, 'latin1').toString('latin1')
    const made = make(copy)
    if (this.#entries.size >= MAX_ENTRIES) this.#entries.clear()
    this.#entries.set(copy, made)
    return made
  }
}
