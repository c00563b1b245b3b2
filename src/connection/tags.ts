const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const PREFIX_LENGTH = 6

/**
 * Gives tags: an unpredictable prefix for each connection and a counter, so that nobody can have answers ready for
 * commands that were not sent yet.
 */
export class TagSource {
  readonly #prefix: string
  #given = 0

  /** @param random - an unpredictable whole number from 0 up to below its argument */
  constructor(random: (limit: number) => number) {
    let prefix = ''
    for (let i = 0; i < PREFIX_LENGTH; i++) prefix += LETTERS.charAt(random(LETTERS.length))
    this.#prefix = prefix
  }

  /** The tag of the next command; {@link give} makes it count. */
  get next(): string {
    return `${this.#prefix}${this.#given + 1}`
  }

  /** The next tag goes on the wire. */
  give(): void {
    this.#given++
  }

  /** Whether a tag was given by this source. */
  wasGiven(tag: string): boolean {
    if (!tag.startsWith(this.#prefix)) return false
    const counter = tag.slice(PREFIX_LENGTH)
    return /^[1-9]\d{0,14}$/.test(counter) && Number(counter) <= this.#given
  }
}
