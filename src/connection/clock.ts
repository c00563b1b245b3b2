/** Octets per second below which a server that nothing else bounds counts as silent. */
const MINIMUM_RATE = 16

/** setTimeout takes no more. */
const MAX_DELAY = 2 ** 31 - 1

/** A delay that setTimeout takes; Infinity and what is nearly so give the longest one. */
export function delay(milliseconds: number): number {
  return Math.min(milliseconds, MAX_DELAY)
}

/** What has moved on the wire. */
export interface Progress {
  /** Octets that came in, and octets that were taken from us. */
  readonly octets: number
  /** When the last of them moved, by `performance.now()`. */
  readonly at: number
}

/**
 * Watches for a server that says nothing while we wait on it, or so little that it will never be done. It costs
 * nothing per byte and next to nothing per command: one timer looks from time to time.
 */
export class SilenceClock {
  readonly #silence: number
  readonly #progress: Progress
  readonly #silent: (kind: 'silence' | 'trickle') => void
  #timer: NodeJS.Timeout | undefined
  #waitingSince: number | undefined
  #rated = false
  #windowStart = 0
  #windowOctets = 0

  /**
   * @param silence - milliseconds
   * @param silent - called once; the clock has stopped then
   */
  constructor(silence: number, progress: Progress, silent: (kind: 'silence' | 'trickle') => void) {
    this.#silence = delay(silence)
    this.#progress = progress
    this.#silent = silent
  }

  /**
   * Tells the clock how things stand.
   *
   * @param waiting - whether the server owes us something now
   * @param rated - whether the minimum rate holds, because something waits that no time-out bounds
   */
  update(waiting: boolean, rated: boolean): void {
    if (waiting && this.#waitingSince === undefined) {
      this.#waitingSince = performance.now()
      this.#newWindow(this.#waitingSince)
      this.#timer ??= this.#arm(this.#silence)
    } else if (!waiting) {
      // The timer may fire for nothing: cheaper than stopping and starting it for every command.
      this.#waitingSince = undefined
    }
    if (rated && !this.#rated) this.#newWindow(performance.now())
    this.#rated = rated
  }

  /** Stops for good. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#waitingSince = undefined
  }

  #newWindow(now: number): void {
    this.#windowStart = now
    this.#windowOctets = this.#progress.octets
  }

  /** The socket keeps the process alive as long as there is something to wait for; the clock need not. */
  #arm(milliseconds: number): NodeJS.Timeout {
    return setTimeout(this.#wake, Math.max(1, Math.ceil(milliseconds))).unref()
  }

  /** When the process was busy itself, bytes may lie unread in the socket: they get their chance before the look. */
  readonly #wake = (): void => {
    this.#timer = undefined
    setImmediate(this.#look)
  }

  readonly #look = (): void => {
    if (this.#timer !== undefined) return
    const since = this.#waitingSince
    if (since === undefined) return
    const now = performance.now()
    const silentUntil = Math.max(since, this.#progress.at) + this.#silence
    if (now >= silentUntil) return this.#end('silence')
    const windowEnd = this.#windowStart + this.#silence
    if (now >= windowEnd) {
      const octets = this.#progress.octets - this.#windowOctets
      if (this.#rated && octets < (MINIMUM_RATE * this.#silence) / 1000) return this.#end('trickle')
      this.#newWindow(now)
    }
    this.#timer = this.#arm(Math.min(silentUntil, this.#windowStart + this.#silence) - now)
  }

  #end(kind: 'silence' | 'trickle'): void {
    this.stop()
    this.#silent(kind)
  }
}
