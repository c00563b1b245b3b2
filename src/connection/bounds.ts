import { ArgumentError, type ImapError } from '../model/errors.js'
import { Aborts } from './aborts.js'
import { delay } from './clock.js'
import type { Execution } from './execution.js'
import type { Timeouts } from './options.js'

/** Milliseconds by which a timer may be late in a process that is not overloaded. */
const LATE = 100

/** Is told which bound of a command was reached. */
export interface BoundsListener {
  aborted(executions: ReadonlySet<Execution>, signal: AbortSignal): void
  timedOut(execution: Execution, milliseconds: number): void
  /** A command that was given up has got no answer within the grace. */
  overdue(execution: Execution): void
  /** Whether a held consumer keeps answers from being read. */
  isPaused(): boolean
}

/** Bounds every command in time and by its signal. */
export class Bounds {
  readonly #timeouts: Timeouts
  readonly #listener: BoundsListener
  readonly #aborts: Aborts<Execution>

  constructor(timeouts: Timeouts, listener: BoundsListener) {
    this.#timeouts = timeouts
    this.#listener = listener
    this.#aborts = new Aborts((executions, signal) => listener.aborted(executions, signal))
  }

  /** Begins to bound a command; gives the error for a bound that is none. */
  watch(execution: Execution): ImapError | undefined {
    const { options, command } = execution
    const { auth, command: whole } = this.#timeouts
    const bound = options.timeout ?? (options.stream === true ? Infinity : options.phase === 'auth' ? auth : whole)
    if (Number.isNaN(bound) || bound < 0) {
      return new ArgumentError('timeout is no number of milliseconds', { command: command.name })
    }
    if (bound !== Infinity) {
      execution.timer = this.#after(bound, execution, () => this.#listener.timedOut(execution, bound))
    }
    if (options.signal !== undefined) this.#aborts.add(options.signal, execution)
    return undefined
  }

  /** Bounds the answer to a command that was given up. */
  grace(execution: Execution): void {
    execution.timer = this.#after(this.#timeouts.grace, execution, () => {
      // What the consumer holds back cannot have come.
      if (this.#listener.isPaused()) this.grace(execution)
      else this.#listener.overdue(execution)
    })
  }

  /** Ends all bounds of a command. */
  release(execution: Execution): void {
    clearTimeout(execution.timer)
    execution.timer = undefined
    const { signal } = execution.options
    if (signal !== undefined) this.#aborts.remove(signal, execution)
  }

  /** A timer that fires late tells of a busy process: then an answer that lies unread in the socket gets its chance. */
  #after(milliseconds: number, execution: Execution, work: () => void): NodeJS.Timeout {
    const due = performance.now() + milliseconds
    const timer = setTimeout(() => {
      if (performance.now() - due < LATE) return work()
      setImmediate(() => {
        if (execution.timer === timer) work()
      })
    }, delay(milliseconds))
    return timer
  }
}
