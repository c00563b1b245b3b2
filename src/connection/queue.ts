/** What can stand in a {@link Queue}: it carries its own links. */
export interface Queued<T> {
  previous: T | undefined
  next: T | undefined
}

/** A queue from whose middle an element can be taken: every operation is O(1). */
export class Queue<T extends Queued<T>> implements Iterable<T> {
  #head: T | undefined
  #tail: T | undefined
  #length = 0

  get head(): T | undefined {
    return this.#head
  }

  get tail(): T | undefined {
    return this.#tail
  }

  get length(): number {
    return this.#length
  }

  push(element: T): void {
    element.previous = this.#tail
    element.next = undefined
    if (this.#tail === undefined) this.#head = element
    else this.#tail.next = element
    this.#tail = element
    this.#length++
  }

  /** Puts an element in front of those at the end of which something holds. */
  insert(element: T, isBehind: (other: T) => boolean): void {
    const behind: T[] = []
    for (let tail = this.#tail; tail !== undefined && isBehind(tail); tail = this.#tail) {
      this.remove(tail)
      behind.unshift(tail)
    }
    for (const each of [element, ...behind]) this.push(each)
  }

  /** Takes an element out, which must stand in this queue. */
  remove(element: T): void {
    const { previous, next } = element
    if (previous === undefined) this.#head = next
    else previous.next = next
    if (next === undefined) this.#tail = previous
    else next.previous = previous
    element.previous = undefined
    element.next = undefined
    this.#length--
  }

  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (let element = this.#head; element !== undefined;) {
      // The element may be taken out while it is looked at.
      const { next } = element
      yield element
      element = next
    }
  }
}
