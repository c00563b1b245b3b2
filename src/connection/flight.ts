import type { Execution } from './execution.js'
import type { Pipelined } from './pipelining.js'

/** The commands that have been sent and have no answer yet, in the order of sending, with their sums. */
export class Flight {
  readonly #executions: Execution[] = []
  readonly #commands: Pipelined[] = []
  readonly #byTag = new Map<string, Execution>()
  #size = 0
  #unbounded = 0
  #streams = 0

  get executions(): readonly Execution[] {
    return this.#executions
  }

  /** The same, for the rules of pipelining. */
  get commands(): readonly Pipelined[] {
    return this.#commands
  }

  get count(): number {
    return this.#executions.length
  }

  /** Octets of all of them. */
  get size(): number {
    return this.#size
  }

  /** Whether one is bounded by no time-out. */
  get isUnbounded(): boolean {
    return this.#unbounded > 0
  }

  /** Whether one asks for literals as streams. */
  get isStreaming(): boolean {
    return this.#streams > 0
  }

  get(tag: string): Execution | undefined {
    return this.#byTag.get(tag)
  }

  add(execution: Execution): void {
    this.#executions.push(execution)
    this.#commands.push(execution.command)
    this.#byTag.set(execution.tag, execution)
    this.#count(execution, 1)
  }

  /** Takes one out; false when it was not there. */
  remove(execution: Execution): boolean {
    const index = this.#executions.indexOf(execution)
    if (index === -1) return false
    this.#executions.splice(index, 1)
    this.#commands.splice(index, 1)
    this.#byTag.delete(execution.tag)
    this.#count(execution, -1)
    return true
  }

  #count(execution: Execution, sign: 1 | -1): void {
    this.#size += sign * execution.size
    // IDLE is silent by its nature.
    if (execution.isUnbounded && !execution.yields) this.#unbounded += sign
    if (execution.command.traits?.streams !== undefined) this.#streams += sign
  }
}
