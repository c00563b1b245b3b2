/**
 * Connects many calls to few AbortSignals: one listener for each signal, however many calls share it, since the
 * platform warns of more than ten.
 */
export class Aborts<T> {
  readonly #signals = new Map<AbortSignal, { readonly members: Set<T>; readonly listener: () => void }>()
  readonly #aborted: (members: ReadonlySet<T>, signal: AbortSignal) => void

  /** @param aborted - called with the members of a signal that fires, in the order in which they were added */
  constructor(aborted: (members: ReadonlySet<T>, signal: AbortSignal) => void) {
    this.#aborted = aborted
  }

  /** Watches a signal that has not fired yet. */
  add(signal: AbortSignal, member: T): void {
    const watched = this.#signals.get(signal)
    if (watched !== undefined) {
      watched.members.add(member)
      return
    }
    const members = new Set([member])
    const listener = (): void => {
      this.#signals.delete(signal)
      this.#aborted(members, signal)
    }
    this.#signals.set(signal, { members, listener })
    signal.addEventListener('abort', listener, { once: true })
  }

  /** Forgets a member; a signal without members is let go. */
  remove(signal: AbortSignal, member: T): void {
    const watched = this.#signals.get(signal)
    if (watched === undefined) return
    watched.members.delete(member)
    if (watched.members.size > 0) return
    this.#signals.delete(signal)
    signal.removeEventListener('abort', watched.listener)
  }
}
