import type { Collector, Command } from '../commands/command.js'
import { type ImapError, LimitError } from '../model/errors.js'
import { responseError } from '../model/response-error.js'
import type { Tagged } from '../model/response.js'
import { Dialogue, type DialoguePartner } from './dialogue.js'
import type { Encoded } from './encoding.js'
import { asImapError } from './failures.js'
import type { Waiting } from './flow.js'
import type { RunOptions } from './options.js'
import type { Queued } from './queue.js'

/** `writing`: some of its bytes have not been handed to the system; `sent`: all have. */
export type ExecutionStatus = 'queued' | 'writing' | 'sent' | 'ended'

/** One command on its way: from the queue over the wire to its answer. */
export class Execution implements Queued<Execution>, Waiting {
  readonly command: Command<unknown>
  readonly options: RunOptions
  status: ExecutionStatus = 'queued'
  tag = ''
  /** Octets of the command. */
  size = 0
  collector: Collector<unknown> | undefined
  dialogue: Dialogue | undefined
  /** The refusal that came before all bytes were written. */
  refusal: Tagged | undefined
  /** Bounds the call, and after its end the answer. */
  timer: NodeJS.Timeout | undefined
  previous: Execution | undefined
  next: Execution | undefined
  readonly #resolve: (value: unknown) => void
  readonly #reject: (error: ImapError) => void
  readonly #maxAnswer: number
  /** Octets of the responses that were collected. */
  #collected = 0
  #settled = false
  #flaw: ImapError | undefined

  constructor(
    command: Command<unknown>,
    options: RunOptions,
    resolve: (value: unknown) => void,
    reject: (error: ImapError) => void,
    maxAnswer: number,
  ) {
    this.command = command
    this.options = options
    this.#resolve = resolve
    this.#reject = reject
    this.#maxAnswer = maxAnswer
  }

  /** Whether the caller has got its answer; the command itself may still be in flight. */
  get isSettled(): boolean {
    return this.#settled
  }

  /** Whether it gives way to others, so that it keeps nobody busy. */
  get yields(): boolean {
    return this.command.traits?.yields === true
  }

  /** The consumer that it feeds. */
  get owner(): object | undefined {
    return this.options.owner
  }

  get isStream(): boolean {
    return this.options.stream === true
  }

  /** Whether only silence and the minimum rate bound it. */
  get isUnbounded(): boolean {
    return this.options.stream === true || this.options.timeout === Infinity
  }

  /** It goes on the wire now. */
  begin(tag: string, { size, collector }: Encoded, partner: DialoguePartner): void {
    this.tag = tag
    this.size = size
    this.collector = collector
    this.status = 'writing'
    if (collector.continued !== undefined) {
      this.dialogue = new Dialogue(collector, this.command.traits?.interrupt, partner)
    }
  }

  /**
   * The collector has taken a response of so many octets.
   *
   * @throws LimitError past `limits.answer`
   */
  collected(octets: number): void {
    this.#collected += octets
    if (this.#collected <= this.#maxAnswer) return
    throw new LimitError(
      'answer',
      `The answer to ${this.command.name} has more than ${this.#maxAnswer} octets, which is limits.answer`,
      { command: this.command.name },
    )
  }

  /** A part of the answer could not be read: what there is of it is no result. */
  spoil(error: ImapError): void {
    this.#flaw ??= error
  }

  /**
   * Gives the caller what the tagged response means, unless the call has ended before.
   *
   * @returns the error of a call that is rejected although the server answered OK
   */
  answer(tagged: Tagged): ImapError | undefined {
    if (this.#settled) return undefined
    const { collector, command } = this
    try {
      if (tagged.status !== 'OK') {
        this.reject(collector?.refused?.(tagged) ?? responseError(command.name, tagged))
        return undefined
      }
      if (this.#flaw !== undefined) throw this.#flaw
      const result = collector?.done(tagged)
      this.#settled = true
      this.#resolve(result)
      return undefined
    } catch (caught) {
      const error = asImapError(caught, command.name)
      this.reject(error)
      return error
    }
  }

  /** Rejects the call and tells the collector that no answer will come. What the collector throws then is moot. */
  reject(error: ImapError): void {
    if (this.#settled) return
    this.#settled = true
    this.#reject(error)
    try {
      this.collector?.failed?.(error)
    } catch {
      // The caller has already been told of a failure; a second one adds nothing.
    }
  }
}
