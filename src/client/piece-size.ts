import type { Limits } from '../wire/limits.js'

/** Octets of the first pieces, where the limits allow as many. */
const FIRST = 1024 * 1024
/** Milliseconds within which a piece has come fast, and above which it has come slowly. */
const FAST = 100
const SLOW = 500

/**
 * How much one command of a stream asks for: on a fast line more and more, so that the commands cost nothing, and on a
 * slow line, or for a slow reader, little, so that other commands soon get their turn.
 *
 * What is on its way has to be buffered when another command is let past a reader that is busy: of `limits.buffered` a
 * piece takes half at most, and another one is asked for when no more than a quarter is on its way.
 */
export class PieceSize {
  readonly #quarter: number
  readonly #least: number
  readonly #largest: number
  #octets: number
  #since = performance.now()

  constructor({ piece, buffered }: Pick<Limits, 'piece' | 'buffered'>) {
    this.#quarter = Math.max(1, Math.floor(buffered / 4))
    this.#largest = Math.min(piece, 2 * this.#quarter)
    this.#least = Math.min(FIRST, this.#largest)
    this.#octets = this.#least
  }

  /** Octets to be asked for by the next command. */
  get octets(): number {
    return this.#octets
  }

  /** The same for a command that brings many small bodies: two are on their way at a time. */
  get group(): number {
    return Math.min(this.#octets, Math.ceil(this.#quarter / 2))
  }

  /** Octets that may be on their way when more is asked for. */
  get ahead(): number {
    return Math.min(2 * this.#octets, this.#quarter)
  }

  /** A command is sent; `isFirst` when none was on its way, so that time only begins to count. */
  sent(isFirst: boolean): void {
    if (isFirst) this.#since = performance.now()
  }

  /** A command has brought what it asked for. */
  came(): void {
    const now = performance.now()
    const took = now - this.#since
    this.#since = now
    if (took < FAST) this.#octets = Math.min(this.#largest, this.#octets * 2)
    else if (took > SLOW) this.#octets = Math.max(this.#least, Math.floor(this.#octets / 2))
  }
}
