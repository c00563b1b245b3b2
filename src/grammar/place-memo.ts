import { Buffer } from 'node:buffer'

/** Places in the table, and entries of each; what is full forgets its oldest, so that hostile input costs no memory. */
const SLOTS = 1024
const WAYS = 4

interface Entry<T> {
  readonly text: string
  readonly value: T
}

/**
 * Remembers what was made of texts that come again and again within longer ones, such as the heads of body parts: what
 * stands at a place is recognised before anybody knows where it ends.
 *
 * A text has to tell by itself where it ends: another text may only begin with it when it means the same up to there.
 */
export class PlaceMemo<T> {
  readonly #slots = new Array<Entry<T>[] | undefined>(SLOTS).fill(undefined)
  /** Hashes of texts that were seen once: most texts never come again, and are not worth a copy. */
  readonly #seen = new Int32Array(SLOTS * 8)
  readonly #longest: number

  /** @param longest - length of the longest text that is remembered, in characters */
  constructor(longest: number) {
    this.#longest = longest
  }

  /**
   * The entry whose text stands at `at`.
   *
   * @param mark - a place behind `at` that is the same for equal texts, best near their end: it only says where to look
   */
  find(text: string, at: number, mark: number): Entry<T> | undefined {
    const slot = this.#slots[hash(text, at, mark) & (SLOTS - 1)]
    if (slot === undefined) return undefined
    for (let i = 0; i < slot.length; i++) {
      const entry = slot[i] as Entry<T>
      // Faster than `startsWith`, which compares character by character.
      if (text.slice(at, at + entry.text.length) === entry.text) return entry
    }
    return undefined
  }

  /**
   * Remembers what stands from `start` to `end` when it comes for the second time and is short enough.
   *
   * @param make - makes the value of a copy, since a slice would keep the whole response in memory; undefined: of this
   *   text nothing is remembered
   */
  note(text: string, start: number, end: number, mark: number, make: (copy: string) => T | undefined): void {
    if (end - start > this.#longest) return
    const code = hash(text, start, mark)
    const first = code & (this.#seen.length - 1)
    if (this.#seen[first] !== code) {
      this.#seen[first] = code
      return
    }
    const index = code & (SLOTS - 1)
    const copy = Buffer.from(text.slice(start, end), 'latin1').toString('latin1')
    const value = make(copy)
    if (value === undefined) return
    const entry = { text: copy, value }
    const slot = this.#slots[index]
    if (slot === undefined) this.#slots[index] = [entry]
    else if (slot.unshift(entry) > WAYS) slot.pop()
  }
}

/** How many characters before the mark count. */
const MIXED = 24

/** Mixes the length with characters before the mark; outside the text they count as 0. */
function hash(text: string, from: number, mark: number): number {
  let code = mark - from
  for (let i = Math.max(from, mark - MIXED); i < mark; i++) code = (Math.imul(code, 31) + text.charCodeAt(i)) | 0
  return code ^ (code >>> 10) ^ (code >>> 20)
}
