import { Buffer } from 'node:buffer'
import type { Collector } from '../commands/command.js'
import { ArgumentError } from '../model/errors.js'
import type { Continuation } from '../model/response.js'

const CR = 0x0d
const LF = 0x0a

/** What a {@link Dialogue} needs of the connection. */
export interface DialoguePartner {
  /** Sends a line, its CRLF included. */
  write(line: Uint8Array): void
  /** The command's own code failed; the server gets the interrupt. */
  failed(error: unknown): void
  /** Whose turn it is has changed. */
  turned(): void
}

/** The exchange after an AUTHENTICATE or IDLE: the server asks with `+`, the command answers with lines. */
export class Dialogue {
  readonly #collector: Collector<unknown>
  readonly #interrupt: string | undefined
  readonly #partner: DialoguePartner
  #ourTurn = false
  #interrupting = false
  #ended = false

  /** @param interrupt - the line that ends the exchange early: `DONE` or `*` */
  constructor(collector: Collector<unknown>, interrupt: string | undefined, partner: DialoguePartner) {
    this.#collector = collector
    this.#interrupt = interrupt
    this.#partner = partner
  }

  /** Whether the server waits for us, so that its silence is in order. */
  get ourTurn(): boolean {
    return this.#ourTurn
  }

  /** Takes a continuation request; false when nobody expected it. */
  continued(request: Continuation): boolean {
    if (this.#ended || this.#ourTurn || this.#collector.continued === undefined) return false
    this.#turn(true)
    if (this.#interrupting) {
      this.#writeInterrupt()
      return true
    }
    try {
      const answer = this.#collector.continued(request)
      if (answer instanceof Promise) {
        answer.then(
          (line) => this.#answer(line),
          (error: unknown) => this.#fail(error),
        )
      } else this.#answer(answer)
    } catch (error) {
      this.#fail(error)
    }
    return true
  }

  /** Ends the exchange early, once; where the server has not asked yet, as soon as it does. */
  interrupt(): void {
    if (this.#interrupting || this.#interrupt === undefined) return
    this.#interrupting = true
    if (this.#ourTurn) this.#writeInterrupt()
  }

  /** The tagged answer has come: nothing more is written. */
  end(): void {
    this.#ended = true
  }

  #answer(line: Uint8Array | null): void {
    // Null leaves the turn with us: IDLE stays until it is interrupted.
    if (line === null || this.#ended || this.#interrupting) return
    if (line.includes(CR) || line.includes(LF)) {
      return this.#fail(new ArgumentError('An answer to a continuation request holds CR or LF'))
    }
    this.#turn(false)
    this.#partner.write(Buffer.concat([line, Buffer.from('\r\n')]))
  }

  #fail(error: unknown): void {
    if (this.#ended) return
    this.#partner.failed(error)
    this.interrupt()
  }

  #writeInterrupt(): void {
    if (this.#ended) return
    this.#turn(false)
    this.#partner.write(Buffer.from(`${this.#interrupt ?? ''}\r\n`, 'latin1'))
  }

  #turn(ours: boolean): void {
    this.#ourTurn = ours
    this.#partner.turned()
  }
}
