import { randomInt } from 'node:crypto'
import {
  AbortError,
  ArgumentError,
  type ImapError,
  ProtocolError,
  StateError,
  StreamBusyError,
  TimeoutError,
} from '../model/errors.js'
import { responseError } from '../model/response-error.js'
import type { Continuation, Tagged, Untagged } from '../model/response.js'
import { Writer } from '../wire/writer.js'
import { Aborts } from './aborts.js'
import { refusal } from './admission.js'
import { type Claim, offer } from './claims.js'
import { delay } from './clock.js'
import { Dialogue } from './dialogue.js'
import type { Execution } from './execution.js'
import { asImapError, lostError } from './failures.js'
import type { Timeouts } from './options.js'
import { type ByteTarget, Outgoing } from './outgoing.js'
import { canSend, type Pipelined } from './pipelining.js'
import { Queue } from './queue.js'
import type { ConnectionState } from './state.js'
import { TagSource } from './tags.js'
import { traceLine } from './trace.js'

/** Octets of commands in flight at most; one command always goes. */
const MAX_IN_FLIGHT = 256 * 1024
/** Answers to commands that have already been answered, before the server is taken to be broken. */
const MAX_DUPLICATES = 16

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
}

/** Queues commands, sends them as far as pipelining allows, and gives each its answer. */
export class Dispatcher {
  readonly #setup: DispatcherSetup
  readonly #state: ConnectionState
  readonly #queue = new Queue<Execution>()
  readonly #inFlight: Execution[] = []
  readonly #commands: Pipelined[] = []
  readonly #byTag = new Map<string, Execution>()
  readonly #tags = new TagSource((limit) => randomInt(limit))
  readonly #outgoing: Outgoing
  readonly #aborts = new Aborts<Execution>((executions, signal) => this.#abort(executions, signal))
  #writing: Execution | undefined
  #inFlightSize = 0
  #duplicates = 0
  #busy = 0
  #unbounded = 0
  #streams = 0
  #roundTrips = 0
  /** Nothing is sent while a chunk is being read: its answers must not meet commands that were not on the wire then. */
  #receiving = false
  #pumping = false
  #suspended = false
  #closed: ImapError | undefined

  constructor(setup: DispatcherSetup) {
    this.#setup = setup
    this.#state = setup.state
    this.#outgoing = new Outgoing(setup.target, {
      written: () => this.#written(),
      torn: (error) => setup.fatal(error),
      turned: () => setup.changed(),
    })
  }

  /** Commands that have been sent, in the order of sending. */
  get inFlight(): readonly Execution[] {
    return this.#inFlight
  }

  /** Whether nothing is queued or in flight but what gives way. */
  get isQuiet(): boolean {
    return this.#busy === 0
  }

  /** Whether the server owes us an answer now. */
  get isOwed(): boolean {
    const [first] = this.#inFlight
    if (first === undefined) return false
    if (this.#inFlight.length > 1) return true
    if (first.status === 'writing') return !this.#outgoing.waitsForSource
    return first.dialogue?.ourTurn !== true
  }

  /** Whether something is in flight that no time-out bounds. */
  get isUnbounded(): boolean {
    return this.#unbounded > 0
  }

  /** Whether literals may be wanted as streams. */
  get isStreaming(): boolean {
    return this.#streams > 0
  }

  /** How often an answer was waited for: sendings into an empty pipeline, and waits for `+`. */
  get roundTrips(): number {
    return this.#roundTrips
  }

  /** What has no answer yet and is waited for. */
  *waiting(): Generator<Execution, void, undefined> {
    for (const execution of this.#inFlight) if (!execution.isSettled && !execution.yields) yield execution
    for (const execution of this.#queue) if (!execution.yields) yield execution
  }

  /** Queues a command. */
  run(execution: Execution): void {
    const { command, options } = execution
    if (this.#closed !== undefined) return execution.reject(this.#closed)
    const { signal } = options
    if (signal?.aborted === true) {
      return execution.reject(new AbortError('kept', { command: command.name, cause: signal.reason }))
    }
    if (this.#queue.length >= this.#setup.maxQueue) {
      const message = `${command.name}: ${this.#queue.length} commands wait already, which is limits.queue`
      return execution.reject(new StateError(message, { command: command.name, retryable: true }))
    }
    const bound = this.#bound(execution)
    if (Number.isNaN(bound) || bound < 0) {
      return execution.reject(new ArgumentError('timeout is no number of milliseconds', { command: command.name }))
    }
    if (bound !== Infinity) execution.timer = setTimeout(() => this.#timedOut(execution, bound), delay(bound))
    if (signal !== undefined) this.#aborts.add(signal, execution)
    this.#queue.push(execution)
    if (!execution.yields) this.#busy++
    // A held consumer may turn it away before it is sent.
    this.#setup.changed()
    this.pump()
    this.#setup.changed()
  }

  /** A chunk is going to be read. */
  receive(read: () => void): void {
    this.#hold(read)
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
      if (this.#queue.head !== undefined) for (const each of this.#inFlight) if (each.yields) each.dialogue?.interrupt()
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
    for (const execution of this.#inFlight) {
      if (execution.status === 'sent' && execution.dialogue?.continued(request) === true) return
    }
    this.#setup.warn(new ProtocolError('The server sent a continuation request for which nothing waits'))
  }

  /** Offers an untagged response to the commands in flight. */
  untagged(response: Untagged): Claim {
    return offer(response, this.#inFlight, this.failed)
  }

  /** Takes the tagged response that ends a command. */
  tagged(tagged: Tagged): void {
    const execution = this.#byTag.get(tagged.tag)
    if (execution === undefined) return this.#strangeTag(tagged.tag)
    if (execution.status !== 'writing') return this.#complete(execution, tagged)
    if (tagged.status === 'OK' || execution.refusal !== undefined) {
      const { name } = execution.command
      return this.#setup.fatal(new ProtocolError(`${name} was answered before it was sent completely`, { command: name }))
    }
    // The server may refuse a literal before it has read it (RFC 7888 §4).
    execution.refusal = tagged
    this.#state.completed(execution.command.traits?.effect, tagged)
    this.#setup.completed(execution, tagged)
    this.#settle(execution, tagged)
    this.#outgoing.refuse()
  }

  /** The tagged response of a command could not be read. */
  unreadable(tag: string, error: ImapError): boolean {
    const execution = this.#byTag.get(tag)
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
    this.#hold(() => {
      for (const execution of executions) {
        const { name } = execution.command
        const message = `${name} waits behind a body that is not being read: read it to its end or leave its loop first`
        this.#giveUp(execution, new StreamBusyError(message, { command: name, retryable: true }))
      }
    })
  }

  /** The connection has ended: everything that waits is rejected, and all that comes. */
  close(reason: ImapError): void {
    if (this.#closed !== undefined) return
    this.#closed = reason
    this.#outgoing.close(reason)
    for (const execution of [...this.#inFlight]) {
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

  #mayGo(head: Execution): boolean {
    if (this.#inFlight.length === 0) return true
    if (this.#outgoing.isBusy || this.#inFlight.length >= this.#setup.pipelining) return false
    return this.#inFlightSize < MAX_IN_FLIGHT && canSend(head.command, this.#commands)
  }

  /** The command's turn has come: it is checked, written with what holds at this moment, and sent. */
  #start(execution: Execution): void {
    const { command } = execution
    this.#unlink(execution)
    const refused = refusal(command, execution.options.selection, this.#state)
    if (refused !== undefined) return this.#drop(execution, refused)
    const tag = this.#tags.next
    let writer: Writer
    let finished: ReturnType<Writer['finish']>
    try {
      writer = this.#writer().command(tag, command.name)
      command.encode?.(writer, this.#context)
      finished = writer.finish()
      execution.collector = command.collect({ tag, uidOf: (seq) => this.#state.uidOf(seq) })
    } catch (error) {
      return this.#drop(execution, asImapError(error, command.name))
    }
    const { collector } = execution
    this.#tags.give()
    execution.tag = tag
    execution.size = finished.size
    execution.status = 'writing'
    if (collector.continued !== undefined) {
      execution.dialogue = new Dialogue(collector, command.traits?.interrupt, {
        write: (line) => {
          this.#setup.trace(() => traceLine(line))
          this.#setup.target.write(line)
        },
        failed: (error) => this.failed(execution, error),
        turned: () => this.#setup.changed(),
      })
    }
    this.#enter(execution)
    this.#setup.trace(() => writer.trace)
    this.#outgoing.send(finished.segments)
  }

  readonly #context = {
    has: (capability: string): boolean => this.#state.capabilities.has(capability),
    isEnabled: (extension: string): boolean => this.#state.enabled.has(extension.toUpperCase()),
  }

  #writer(): Writer {
    const { capabilities, utf8 } = this.#state
    return new Writer({ utf8, literalPlus: capabilities.has('LITERAL+'), literalMinus: capabilities.has('LITERAL-') })
  }

  #enter(execution: Execution): void {
    const { traits } = execution.command
    if (this.#inFlight.length === 0) this.#roundTrips++
    this.#inFlight.push(execution)
    this.#commands.push(execution.command)
    this.#byTag.set(execution.tag, execution)
    this.#inFlightSize += execution.size
    if (execution.isUnbounded && !execution.yields) this.#unbounded++
    if (traits?.streams !== undefined) this.#streams++
    this.#writing = execution
    this.#state.sent(traits?.effect)
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
    this.#remove(execution)
    this.#state.completed(execution.command.traits?.effect, tagged)
    this.#setup.completed(execution, tagged)
    this.#settle(execution, tagged)
    this.#setup.changed()
    this.pump()
  }

  #settle(execution: Execution, tagged: Tagged): void {
    const { collector, command } = execution
    if (execution.isSettled) return
    try {
      if (tagged.status === 'OK') execution.resolve(collector?.done(tagged))
      else execution.reject(collector?.refused?.(tagged) ?? responseError(command.name, tagged))
    } catch (error) {
      execution.reject(asImapError(error, command.name))
    }
  }

  #bound({ options }: Execution): number {
    const { auth, command } = this.#setup.timeouts
    return options.timeout ?? (options.stream === true ? Infinity : options.phase === 'auth' ? auth : command)
  }

  #timedOut(execution: Execution, bound: number): void {
    const { command, options } = execution
    const where = execution.status === 'queued' ? 'waited in the queue for' : 'was not answered within'
    const message = `${command.name} ${where} ${bound} ms`
    this.#giveUp(execution, new TimeoutError(options.phase ?? 'command', message, this.#keeps(execution), { command: command.name }))
  }

  #abort(executions: ReadonlySet<Execution>, signal: AbortSignal): void {
    this.#hold(() => {
      for (const execution of executions) {
        const details = { command: execution.command.name, cause: signal.reason as unknown }
        this.#giveUp(execution, new AbortError(this.#keeps(execution), details))
      }
    })
  }

  /** Sends nothing while `work` runs: giving one command up must not send the next, which may be given up as well. */
  #hold(work: () => void): void {
    const outer = this.#receiving
    this.#receiving = true
    try {
      work()
    } finally {
      this.#receiving = outer
      this.pump()
    }
  }

  /** A stream that is left in the middle of its literal tears the command: only closing ends it. */
  #keeps(execution: Execution): 'kept' | 'closed' {
    return execution.status === 'writing' && this.#outgoing.hasStream ? 'closed' : 'kept'
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
    this.#release(execution)
    execution.reject(error)
    if (!keeps) return this.#setup.fatal(error)
    execution.dialogue?.interrupt()
    this.#startGrace(execution)
    this.#setup.changed()
  }

  #startGrace(execution: Execution): void {
    const { grace } = this.#setup.timeouts
    execution.timer = setTimeout(() => {
      // What the consumer holds back cannot have come.
      if (this.#setup.isPaused()) return this.#startGrace(execution)
      const { name } = execution.command
      const message = `The server did not end ${name} within ${grace} ms after it was given up`
      this.#setup.fatal(new TimeoutError('grace', message, 'closed', { command: name }))
    }, delay(grace))
  }

  #strangeTag(tag: string): void {
    // An IDLE that the server ends by itself can meet our DONE, which is then taken for a command.
    const known = this.#tags.wasGiven(tag) || tag.toUpperCase() === 'DONE'
    const error = new ProtocolError(
      known ? 'The server answered a command that was not in flight' : 'The server answered a command that was never sent',
    )
    if (!known || ++this.#duplicates > MAX_DUPLICATES) this.#setup.fatal(error)
    else this.#setup.warn(error)
  }

  /** Takes a command out of the flight. */
  #remove(execution: Execution): void {
    const index = this.#inFlight.indexOf(execution)
    if (index === -1) return
    const { traits } = execution.command
    this.#inFlight.splice(index, 1)
    this.#commands.splice(index, 1)
    this.#byTag.delete(execution.tag)
    this.#inFlightSize -= execution.size
    if (execution.isUnbounded && !execution.yields) this.#unbounded--
    if (traits?.streams !== undefined) this.#streams--
    execution.dialogue?.end()
    this.#ended(execution)
  }

  /** Rejects a command before anything of it was written. */
  #drop(execution: Execution, error: ImapError): void {
    this.#ended(execution)
    execution.reject(error)
  }

  #unqueue(execution: Execution): void {
    this.#unlink(execution)
    this.#ended(execution)
  }

  #unlink(execution: Execution): void {
    this.#queue.remove(execution)
  }

  #ended(execution: Execution): void {
    execution.status = 'ended'
    if (!execution.yields) this.#busy--
    this.#release(execution)
  }

  #release(execution: Execution): void {
    clearTimeout(execution.timer)
    const { signal } = execution.options
    if (signal !== undefined) this.#aborts.remove(signal, execution)
  }
}
