import type { Holder } from './options.js'

/** A command that may wait behind a held consumer. */
export interface Waiting {
  /** The consumer that it feeds itself. */
  readonly owner: object | undefined
  readonly isStream: boolean
}

/** What {@link Flow} steers. */
export interface FlowControl<T extends Waiting> {
  pause(): void
  resume(): void
  /** Commands that have no answer yet and for which somebody waits, in the queue and in flight. */
  waiting(): Iterable<T>
  /** Rejects commands, since they cannot be let past the held consumer. */
  busy(commands: readonly T[]): void
}

/**
 * Reading stops while a consumer is full, unless somebody else waits behind it; then reading goes on until the
 * consumers hold more than is allowed, and from there on those who wait are turned away. A consumer that is full of what it
 * does not want yet waits behind itself.
 */
export class Flow<T extends Waiting> {
  readonly #control: FlowControl<T>
  readonly #limit: number
  readonly #holders = new Set<Holder>()
  #paused = false
  #updating = false

  /** @param limit - octets that one held consumer may keep */
  constructor(control: FlowControl<T>, limit: number) {
    this.#control = control
    this.#limit = limit
  }

  get isPaused(): boolean {
    return this.#paused
  }

  /** A consumer is full; it calls `release` when it has room again or is gone. */
  hold(holder: Holder): { release(): void } {
    this.#holders.add(holder)
    this.update()
    return {
      release: () => {
        if (this.#holders.delete(holder)) this.update()
      },
    }
  }

  /** Looks again: a command came or ended, or bytes have come in. */
  update(): void {
    if (this.#updating) return
    if (this.#holders.size === 0) return this.#pause(false)
    if (this.#anyWaits() && this.#isOver()) this.#turnAway()
    this.#pause(!this.#anyWaits())
  }

  #anyWaits(): boolean {
    return this.#othersWait() || this.#starving().length > 0
  }

  #starving(): readonly Holder[] {
    return [...this.#holders].filter((holder) => holder.isStarving === true)
  }

  #turnAway(): void {
    const starving: readonly unknown[] = this.#starving()
    const others = [...this.#control.waiting()].filter(
      ({ owner }) => owner === undefined || !this.#holders.has(owner as Holder) || starving.includes(owner),
    )
    this.#updating = true
    this.#control.busy(others)
    this.#updating = false
  }

  #isOver(): boolean {
    for (const holder of this.#holders) if (holder.buffered > this.#limit) return true
    return false
  }

  /** Whether somebody waits for something else than room in the held consumers. */
  #othersWait(): boolean {
    let own = false
    let nameless = false
    for (const { owner, isStream } of this.#control.waiting()) {
      if (owner !== undefined && this.#holders.has(owner as Holder)) own = true
      else if (owner === undefined && isStream) nameless = true
      else return true
    }
    // A stream that does not say whom it feeds is taken to feed the held consumer, if no other does.
    return own && nameless
  }

  #pause(paused: boolean): void {
    if (paused === this.#paused) return
    this.#paused = paused
    if (paused) this.#control.pause()
    else this.#control.resume()
  }
}
