/** Octets waiting for the consumer above which reading stops, and below which it goes on. */
const HIGH_WATER = 1024 * 1024
const LOW_WATER = 256 * 1024

/** The part of a connection that stops and resumes reading. */
export interface Holdable {
  hold(holder: { readonly buffered: number; readonly isStarving: boolean }): { release(): void }
}

/**
 * Counts the octets that wait for one consumer, and holds the connection while they are too many.
 * The connection goes on reading nevertheless when another command waits behind; see `limits.buffered`.
 */
export class Flow {
  readonly #connection: Holdable
  readonly #resumed: () => void
  #buffered = 0
  #ahead = 0
  #held: { release(): void } | undefined
  #isStarving = false
  #closed = false

  /** @param resumed - called when there is room again */
  constructor(connection: Holdable, resumed: () => void) {
    this.#connection = connection
    this.#resumed = resumed
  }

  /** Octets that wait. */
  get buffered(): number {
    return this.#buffered + this.#ahead
  }

  /** Whether nothing more should be asked of the server for now. */
  get isFull(): boolean {
    return this.#held !== undefined
  }

  /** Whether the consumer waits for something else than what is there. */
  get isStarving(): boolean {
    return this.#isStarving
  }

  /** The consumer waits for what has not come, until it takes something: the connection must go on, whatever else is there. */
  starve(): void {
    if (this.#isStarving) return
    this.#isStarving = true
    this.#holdAgain()
  }

  /** Something came in. */
  add(octets: number): void {
    this.#buffered += octets
    if (this.#buffered > HIGH_WATER && this.#held === undefined && !this.#closed) {
      this.#held = this.#connection.hold(this)
    }
  }

  /**
   * Something came in before that which the consumer wants first, or (negative) it came to its turn. The connection is not
   * held for it: what is wanted first would never come.
   */
  addAhead(octets: number): void {
    this.#ahead += octets
  }

  /** The consumer took something, or it was thrown away. */
  remove(octets: number): void {
    this.#buffered = Math.max(0, this.#buffered - octets)
    const hasStarved = this.#isStarving
    this.#isStarving = false
    if (this.#buffered < LOW_WATER && this.#held !== undefined) {
      this.#release()
      this.#resumed()
    } else if (hasStarved) this.#holdAgain()
  }

  /** The consumer is gone: the connection is held no longer, whatever still comes. */
  close(): void {
    this.#closed = true
    this.#buffered = 0
    this.#release()
  }

  /** Has the connection look again. */
  #holdAgain(): void {
    if (this.#held !== undefined) this.#held = this.#connection.hold(this)
  }

  #release(): void {
    const held = this.#held
    this.#held = undefined
    held?.release()
  }
}
