import { Buffer } from 'node:buffer'
import { randomInt } from 'node:crypto'
import { type ImapError, ProtocolError, StateError } from '../model/errors.js'
import type { Continuation, Tagged, Untagged } from '../model/response.js'
import { refusal } from './admission.js'
import { Bounds } from './bounds.js'
import { type Claim, offer } from './claims.js'
import { encode, type Encoded } from './encoding.js'
import type { Execution } from './execution.js'
import { abortedError, asImapError, busyError, lostError, overdueError, timedOutError } from './failures.js'
import type { Kept, Standing } from './failures.js'
import { Flight } from './flight.js'
import type { Timeouts } from './options.js'
import { type ByteTarget, Outgoing } from './outgoing.js'
import { canSend } from './pipelining.js'
import { Queue } from './queue.js'
import type { ConnectionState } from './state.js'
import { TagSource } from './tags.js'
import { SECRET_LINE, traceLine } from './trace.js'

/** Octets of commands in flight at most; one command always goes. */
const MAX_IN_FLIGHT = 256 * 1024

/** What a {@link Dispatcher} needs of its connection. */
export interface DispatcherSetup {
  readonly state: ConnectionState
  readonly target: ByteTarget
  readonly timeouts: Timeouts
  readonly pipelining: number
  readonly maxQueue: number
  /** Ends the connection. */
  fatal(error: ImapError): void
  warn(error: ImapError): void
  /** A command has ended, its state changes included. */
  completed(execution: Execution, tagged: Tagged): void
  /** Something was queued, sent, answered or given up. */
  changed(): void
  /** Whether a held consumer keeps answers from being read. */
  isPaused(): boolean
  /** Notes what goes out; `text` is called only when somebody listens. */
  trace(text: () => string): void
  /** Notes what went out as a secret. */
  secret(octets: string): void
}

/** Queues commands, sends them as far as pipelining allows, and gives each its answer. */
export class Dispatcher {
  readonly #setup: DispatcherSetup
  readonly #state: ConnectionState
  readonly #queue = new Queue<Execution>()
  readonly #flight = new Flight()
  readonly #tags = new TagSource((limit) => randomInt(limit))
  readonly #outgoing: Outgoing
  readonly #bounds: Bounds
  #writing: Execution | undefined
  /** Commands that have not ended, those that give way left out. */
  #busy = 0
  #roundTrips = 0
  /** Nothing is sent while a chunk is being read: its answers must not meet commands that were not on the wire then. */
  #receiving = false
  #pumping = false
  #suspended = false
  #closed: ImapError | undefined

  constructor(setup: DispatcherSetup) {
    this.#setup = setup
    this.#state = setup.state
    this.#bounds = new Bounds(setup.timeouts, {
      aborted: (executions, signal) => this.#abort(executions, signal),
      timedOut: (execution, milliseconds) => this.#timedOut(execution, milliseconds),
      overdue: ({ command }) => setup.fatal(overdueError(command.name, setup.timeouts.grace)),
      isPaused: () => setup.isPaused(),
    })
    this.#outgoing = new Outgoing(setup.target, {
      written: () => this.#written(),
      torn: (error) => setup.fatal(error),
      turned: () => setup.changed(),
    })
  }

  /** Commands that have been sent, in the order of sending. */
  get inFlight(): readonly Execution[] {
    return this.#flight.executions
  }

  /** Whether nothing is queued or in flight but what gives way. */
  get isQuiet(): boolean {
    return this.#busy === 0
  }

  /** Whether the server owes us an answer now. */
  get isOwed(): boolean {
    const [first] = this.inFlight
    if (first === undefined) return false
    if (this.#flight.count > 1) return true
    if (first.status === 'writing') return !this.#outgoing.waitsForSource
    return first.dialogue?.ourTurn !== true
  }

  /** Whether something is in flight that no time-out bounds. */
  get isUnbounded(): boolean {
    return this.#flight.isUnbounded
  }

  /** Whether literals may be wanted as streams. */
  get isStreaming(): boolean {
    return this.#flight.isStreaming
  }

  /** How often an answer was waited for: sendings into an empty pipeline, and waits for `+`. */
  get roundTrips(): number {
    return this.#roundTrips
  }

  /** What has no answer yet and is waited for. */
  *waiting(): Generator<Execution, void, undefined> {
    for (const execution of this.inFlight) if (!execution.isSettled && !execution.yields) yield execution
    for (const execution of this.#queue) if (!execution.yields) yield execution
  }

  /** Queues a command. */
  run(execution: Execution): void {
    const { command, options } = execution
    if (this.#closed !== undefined) return execution.reject(this.#closed)
    const { signal } = options
    if (signal?.aborted === true) {
      return execution.reject(abortedError(command.name, signal, 'kept'))
    }
    if (this.#queue.length >= this.#setup.maxQueue) {
      const message = `${command.name}: ${this.#queue.length} commands wait already, which is limits.queue`
      return execution.reject(new StateError(message, { command: command.name, retryable: true }))
    }
    const unbounded = this.#bounds.watch(execution)
    if (unbounded !== undefined) return execution.reject(unbounded)
    this.#enqueue(execution)
    // A held consumer may turn it away before it is sent.
    this.#setup.changed()
    this.pump()
    this.#setup.changed()
  }

  /**
   * Sends nothing while `work` runs, such as the reading of a chunk: giving one command up must not send the next, which
   * may be given up as well.
   */
  hold(work: () => void): void {
    const outer = this.#receiving
    this.#receiving = true
    try {
      work()
    } finally {
      this.#receiving = outer
      this.pump()
    }
  }

  /** Takes no command from the queue until {@link proceed}. */
  suspend(): void {
    this.#suspended = true
  }

  proceed(): void {
    this.#suspended = false
    this.pump()
  }

  /** Sends what may be sent. */
  pump(): void {
    if (this.#pumping || this.#receiving || this.#suspended) return
    this.#pumping = true
    try {
      for (let head = this.#queue.head; head !== undefined && this.#closed === undefined; head = this.#queue.head) {
        if (!this.#mayGo(head)) break
        this.#start(head)
      }
      // IDLE gives way to whatever waits.
      if (this.#queue.head !== undefined) for (const each of this.inFlight) if (each.yields) each.dialogue?.interrupt()
    } finally {
      this.#pumping = false
    }
  }

  /** Takes a continuation request (RFC 9051 §7.6): it belongs to the literal that waits, or to the dialogue. */
  continuation(request: Continuation): void {
    if (this.#outgoing.waitsForContinuation) {
      this.#roundTrips++
      this.#outgoing.continued()
      return
    }
    for (const execution of this.inFlight) {
      if (execution.status === 'sent' && execution.dialogue?.continued(request) === true) return
    }
    this.#setup.warn(new ProtocolError('The server sent a continuation request for which nothing waits'))
  }

  /** Offers an untagged response to the commands in flight. */
  untagged(response: Untagged, octets: number): Claim {
    return offer(response, octets, this.inFlight, this.failed)
  }

  /** Takes the tagged response that ends a command. */
  tagged(tagged: Tagged): void {
    const execution = this.#flight.get(tagged.tag)
    if (execution === undefined) return this.#strangeTag(tagged.tag)
    if (execution.status !== 'writing') return this.#complete(execution, tagged)
    if (tagged.status === 'OK' || execution.refusal !== undefined) {
      const { name } = execution.command
      return this.#setup.fatal(
        new ProtocolError(`${name} was answered before it was sent completely`, { command: name }),
      )
    }
    // The server may refuse a literal before it has read it (RFC 7888 §4).
    execution.refusal = tagged
    this.#state.completed(execution.command.traits?.effect, tagged)
    this.#setup.completed(execution, tagged)
    execution.answer(tagged)
    this.#outgoing.refuse()
  }

  /** The tagged response of a command could not be read. */
  unreadable(tag: string, error: ImapError): boolean {
    const execution = this.#flight.get(tag)
    if (execution?.status !== 'sent') return false
    const { effect } = execution.command.traits ?? {}
    execution.reject(error)
    // What such a command has changed cannot be guessed.
    if (effect !== undefined) this.#setup.fatal(error)
    else this.#remove(execution)
    return true
  }

  /** The code of a command or of its consumer failed: the call is rejected, its answer discarded. */
  readonly failed = (execution: Execution, error: unknown): void => {
    this.#giveUp(execution, asImapError(error, execution.command.name))
  }

  /** Turns commands away that cannot be let past a held consumer. */
  busy(executions: readonly Execution[]): void {
    this.#giveUpAll(executions, (execution) => busyError(execution.command.name, this.#standing(execution)))
  }

  /** The connection has ended: everything that waits is rejected, and all that comes. */
  close(reason: ImapError): void {
    if (this.#closed !== undefined) return
    this.#closed = reason
    this.#outgoing.close(reason)
    for (const execution of [...this.inFlight]) {
      execution.reject(lostError(execution.command, execution.status === 'sent', reason))
      this.#remove(execution)
    }
    this.rejectQueue(reason)
  }

  /** Rejects what has not been sent. */
  rejectQueue(reason: ImapError): void {
    for (const execution of this.#queue) {
      this.#unqueue(execution)
      execution.reject(reason)
    }
  }

  /** What gives way waits behind all that does not. */
  #enqueue(execution: Execution): void {
    if (!execution.yields) this.#busy++
    this.#queue.insert(execution, (other) => other.yields && !execution.yields)
  }

  #mayGo(head: Execution): boolean {
    const { count, size, commands } = this.#flight
    if (count === 0) return true
    if (this.#outgoing.isBusy || count >= this.#setup.pipelining || size >= MAX_IN_FLIGHT) return false
    return canSend(head.command, commands, this.#state.selection !== null)
  }

  /** The command's turn has come: it is checked, written with what holds at this moment, and sent. */
  #start(execution: Execution): void {
    const { command } = execution
    this.#queue.remove(execution)
    let encoded: Encoded
    try {
      const refused = refusal(command, execution.options.selection, this.#state)
      if (refused !== undefined) throw refused
      encoded = encode(command, this.#tags.next, this.#state)
    } catch (error) {
      this.#ended(execution)
      return execution.reject(asImapError(error, command.name))
    }
    for (const octets of encoded.secrets) this.#setup.secret(octets)
    execution.begin(this.#tags.give(), encoded, {
      write: (line) => {
        const shown = traceLine(line)
        if (shown === SECRET_LINE) this.#setup.secret(Buffer.from(line).toString('latin1'))
        this.#setup.trace(() => shown)
        this.#setup.target.write(line)
      },
      failed: (error) => this.failed(execution, error),
      turned: () => this.#setup.changed(),
    })
    if (this.#flight.count === 0) this.#roundTrips++
    this.#flight.add(execution)
    this.#writing = execution
    this.#state.sent(command.traits?.effect)
    this.#setup.trace(encoded.trace)
    this.#outgoing.send(encoded.segments)
  }

  #written(): void {
    const execution = this.#writing
    this.#writing = undefined
    if (execution === undefined) return
    execution.status = 'sent'
    if (execution.refusal !== undefined) this.#remove(execution)
    this.#setup.changed()
    this.pump()
  }

  #complete(execution: Execution, tagged: Tagged): void {
    const { effect } = execution.command.traits ?? {}
    this.#remove(execution)
    this.#state.completed(effect, tagged)
    this.#setup.completed(execution, tagged)
    const failure = execution.answer(tagged)
    // The server takes this for a session, the client does not: a server that has not proved itself is left.
    if (failure !== undefined && effect?.kind === 'authenticate') return this.#setup.fatal(failure)
    this.#setup.changed()
    this.pump()
  }

  #timedOut(execution: Execution, bound: number): void {
    const { command, options } = execution
    const phase = options.phase ?? 'command'
    this.#giveUp(execution, timedOutError(command.name, phase, bound, this.#standing(execution)))
  }

  #abort(executions: ReadonlySet<Execution>, signal: AbortSignal): void {
    this.#giveUpAll(executions, (execution) => abortedError(execution.command.name, signal, this.#keeps(execution)))
  }

  #giveUpAll(executions: Iterable<Execution>, error: (execution: Execution) => ImapError): void {
    this.hold(() => {
      for (const execution of executions) this.#giveUp(execution, error(execution))
    })
  }

  /** A stream that is left in the middle of its literal tears the command: only closing ends it. */
  #keeps(execution: Execution): Kept {
    return execution.status === 'writing' && this.#outgoing.hasStream ? 'closed' : 'kept'
  }

  /** What is kept is answered in the background, and so carried out. */
  #standing(execution: Execution): Standing {
    const queued = execution.status === 'queued'
    const connection = this.#keeps(execution)
    const inDoubt = !queued && connection === 'kept' && execution.command.safe !== true
    return { queued, connection, inDoubt }
  }

  /** Rejects the call at once. What is on the wire is answered in the background, within the grace. */
  #giveUp(execution: Execution, error: ImapError): void {
    if (execution.status === 'ended' || execution.isSettled) return
    if (execution.status === 'queued') {
      this.#unqueue(execution)
      execution.reject(error)
      this.#setup.changed()
      return this.pump()
    }
    const keeps = this.#keeps(execution) === 'kept'
    this.#bounds.release(execution)
    execution.reject(error)
    if (!keeps) return this.#setup.fatal(error)
    execution.dialogue?.interrupt()
    this.#bounds.grace(execution)
    this.#setup.changed()
  }

  #strangeTag(tag: string): void {
    const { error, fatal } = this.#tags.strange(tag)
    if (fatal) this.#setup.fatal(error)
    else this.#setup.warn(error)
  }

  /** Takes a command out of the flight. */
  #remove(execution: Execution): void {
    if (!this.#flight.remove(execution)) return
    execution.dialogue?.end()
    this.#ended(execution)
  }

  #unqueue(execution: Execution): void {
    this.#queue.remove(execution)
    this.#ended(execution)
  }

  #ended(execution: Execution): void {
    execution.status = 'ended'
    if (!execution.yields) this.#busy--
    this.#bounds.release(execution)
  }
}
