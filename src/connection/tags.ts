import { ProtocolError } from '../model/errors.js'

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const PREFIX_LENGTH = 6
/** Answers to commands that are not in flight, before the server is taken to be broken. */
const MAX_STRANGE = 16

/**
 * Gives tags: an unpredictable prefix for each connection and a counter, so that nobody can have answers ready for
 * commands that were not sent yet.
 */
export class TagSource {
  readonly #prefix: string
  #given = 0
  #strange = 0

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

  /** Gives the next tag away: it goes on the wire. */
  give(): string {
    const tag = this.next
    this.#given++
    return tag
  }

  /**
   * Judges the answer to a command that is not in flight. One to a command that was never sent is an attack or a
   * broken server, and so is a row of answers to commands that have been answered.
   */
  strange(tag: string): { readonly error: ProtocolError; readonly fatal: boolean } {
    // An IDLE that the server ends by itself can meet our DONE, which is then taken for a command.
    if (!this.#wasGiven(tag) && tag.toUpperCase() !== 'DONE') {
      return { error: new ProtocolError('The server answered a command that was never sent'), fatal: true }
    }
    const error = new ProtocolError('The server answered a command that was not in flight')
    return { error, fatal: ++this.#strange > MAX_STRANGE }
  }

  #wasGiven(tag: string): boolean {
    if (!tag.startsWith(this.#prefix)) return false
    const counter = tag.slice(PREFIX_LENGTH)
    return /^[1-9]\d{0,14}$/.test(counter) && Number(counter) <= this.#given
  }
}
