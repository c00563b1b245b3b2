import { uids, type UidSet } from '../model/number-set.js'

/** What has changed in a result since the step before: a message that only moved is in both. */
export interface SearchChange {
  readonly added: UidSet
  readonly removed: UidSet
}

/**
 * Hands changes to readers, each at its own pace. What a reader has not fetched yet is put together, so that a slow one
 * costs no more memory than the mailbox has messages.
 */
export class ChangeFeed {
  readonly #readers = new Set<Reader>()
  #isOver = false

  added(numbers: UidSet): void {
    for (const reader of this.#readers) reader.add(numbers)
  }

  removed(numbers: UidSet): void {
    for (const reader of this.#readers) reader.remove(numbers)
  }

  /** The changes of one response are complete. */
  tell(): void {
    for (const reader of this.#readers) reader.wake(false)
  }

  end(): void {
    this.#isOver = true
    for (const reader of this.#readers) reader.wake(true)
    this.#readers.clear()
  }

  /** Makes a reader of all changes from here on. */
  read(): AsyncIterator<SearchChange> {
    const reader = new Reader(this.#isOver)
    if (!this.#isOver) this.#readers.add(reader)
    return {
      next: () => reader.next(),
      return: () => {
        this.#readers.delete(reader)
        reader.wake(true)
        return Promise.resolve({ done: true, value: undefined })
      },
    }
  }
}

/** What one reader has not fetched yet. */
class Reader {
  #added: UidSet = uids()
  #removed: UidSet = uids()
  #isOver: boolean
  readonly #waiting: ((result: IteratorResult<SearchChange>) => void)[] = []

  constructor(isOver: boolean) {
    this.#isOver = isOver
  }

  add(numbers: UidSet): void {
    this.#added = this.#added.union(numbers)
  }

  /** What came and went between two steps was never there for the reader. */
  remove(numbers: UidSet): void {
    const known = numbers.difference(this.#added)
    this.#added = this.#added.difference(numbers)
    this.#removed = this.#removed.union(known)
  }

  wake(isOver: boolean): void {
    this.#isOver ||= isOver
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const result = this.#result()
      if (result === undefined) {
        this.#waiting.unshift(next)
        return
      }
      next(result)
    }
  }

  next(): Promise<IteratorResult<SearchChange>> {
    const result = this.#result()
    if (result !== undefined) return Promise.resolve(result)
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #result(): IteratorResult<SearchChange> | undefined {
    const added = this.#added
    const removed = this.#removed
    if (added.isEmpty && removed.isEmpty) return this.#isOver ? { done: true, value: undefined } : undefined
    this.#added = uids()
    this.#removed = uids()
    return { done: false, value: { added, removed } }
  }
}
