import { Arguments } from './arguments.js'
import type { CommandText, Literal } from './command-reader.js'
import type { Call, CommandRecord, Completion } from './feature.js'
import { shapeOf, type Fault, type Faults } from './faults.js'
import { lookUp } from './lookup.js'
import { bad, Refusal } from './refusal.js'
import type { Session } from './session.js'

// tag = 1*<any ASTRING-CHAR except "+">
const TAG = /^[^(){ %*"\\+\x00-\x1f\x7f-\xff]+(?= |$)/

/** A command whose name is known. */
interface Parsed {
  readonly call: Call
  readonly record: CommandRecord
  readonly args: Arguments
}

/** Carries out the commands of one connection, one after the other. */
export class Executor {
  readonly #session: Session
  readonly #faults: Faults
  readonly #connection: number
  /** Settles when the client has left: what a stalled command waits for. */
  readonly #gone: Promise<void>
  /** How many commands in a row made no sense. */
  #nonsense = 0

  constructor(session: Session, faults: Faults, connection: number, gone: Promise<void>) {
    this.#session = session
    this.#faults = faults
    this.#connection = connection
    this.#gone = gone
  }

  /** Decides whether a synchronizing literal may come: null for yes. */
  grant(text: string, literals: readonly Literal[]): Refusal | null {
    const complete = { text, literals, fault: null }
    try {
      const { call, record, args } = this.#parse(complete)
      const fault = this.#faults.strike(call.name, this.#connection, 'literal')
      if (fault?.refuseLiteral !== undefined) return refusalOf(fault.refuseLiteral)
      record.beforeLiteral?.(this.#session, args, announcedOctets(text))
      return null
    } catch (error) {
      if (error instanceof Refusal) return error
      throw error
    }
  }

  /** Carries out one command and answers it. */
  async execute(command: CommandText): Promise<void> {
    const { out } = this.#session
    const tag = TAG.exec(command.text)?.[0]
    if (tag === undefined && command.fault?.kind !== 'BYE') {
      out.line(`* BAD ${command.fault?.message ?? 'There is no tag'}`)
      this.#count(true)
      out.flush()
      return
    }
    let parsed: Parsed | null = null
    let refusal = command.fault
    try {
      if (refusal === null) parsed = this.#parse(command)
    } catch (error) {
      refusal = asRefusal(error)
    }
    if (parsed === null) {
      this.#refuse(tag ?? '*', refusal ?? bad('Unknown command'))
      this.#count(true)
    } else {
      this.#count(false)
      this.#session.busy = true
      try {
        await this.#run(parsed)
      } finally {
        this.#session.busy = false
      }
    }
    out.flush()
  }

  /** The greeting as a command of its own, so that faults can strike it. */
  async greet(line: string): Promise<void> {
    const fault = this.#faults.strike('GREETING', this.#connection)
    if (fault !== null && !(await this.#before(fault))) return
    const answer = fault?.answer
    this.#session.out.line(answer === undefined ? line : `* ${answer}`)
    this.#session.out.flush()
    if (fault !== null) await this.#after(fault)
  }

  async #run({ call, record, args }: Parsed): Promise<void> {
    const { out } = this.#session
    const fault = this.#faults.strike(call.name, this.#connection)
    const tag = fault?.tag ?? call.tag
    let after: (() => void | Promise<void>) | undefined
    if (fault !== null && !(await this.#before(fault, call))) return
    if (fault?.answer !== undefined) {
      this.#beforeTagged(fault)
      out.line(`${tag} ${fault.answer}`)
    } else {
      this.#session.omission = fault?.omit ?? null
      this.#session.poison = fault?.poison ?? null
      try {
        for (const hook of this.#session.hooks('beforeCommand')) hook(this.#session, call, args)
        const completion = this.#completed(call, (await record.run(this.#session, args, call)) ?? {})
        this.#session.tellUpdates(record.tellsExpunge !== false)
        this.#beforeTagged(fault)
        const code = completion.code === undefined ? '' : `[${completion.code}] `
        const text = this.#session.translate(completion.text ?? `${call.name} completed`)
        if (fault?.silent !== true) out.line(`${tag} OK ${code}${text}`)
        after = completion.after
      } catch (error) {
        const refusal = asRefusal(error)
        // A refused command may tell what happened meanwhile as any other.
        this.#session.tellUpdates(record.tellsExpunge !== false)
        this.#beforeTagged(fault)
        if (fault?.silent !== true) this.#refuse(tag, refusal)
      }
      this.#session.omission = null
      this.#session.poison = null
    }
    out.flush()
    await after?.()
    if (fault !== null) await this.#after(fault)
  }

  #completed(call: Call, completion: Completion): Completion {
    const session = this.#session
    return session.hooks('onComplete').reduce((result, hook) => hook(session, call, result), completion)
  }

  /** What a fault does ahead of the answer; false when nothing may follow. */
  async #before(fault: Fault, call?: Call): Promise<boolean> {
    const session = this.#session
    const { out } = session
    if (fault.delay !== undefined) {
      const { delay } = fault
      const ends = call === undefined ? [] : session.hooks('onDelay').map((hook) => hook(session, call, delay))
      await this.#sleep(delay)
      for (const end of ends) end()
    }
    const shape = shapeOf(fault)
    if (shape !== null) out.shape = shape
    if (fault.before !== undefined) out.text(binaryText(fault.before))
    if (fault.stall !== true) return true
    out.flush()
    await this.#gone
    return false
  }

  #beforeTagged(fault: Fault | null): void {
    if (fault?.beforeTagged !== undefined) this.#session.out.text(binaryText(fault.beforeTagged))
  }

  async #after(fault: Fault): Promise<void> {
    const { out } = this.#session
    await Promise.race([out.drained(), this.#gone])
    out.shape = null
    if (fault.drop === 'after') out.destroy()
  }

  /** Waits, and leaves no timer behind when the connection ends meanwhile. */
  async #sleep(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))
    await Promise.race([over, this.#gone])
    clearTimeout(timer)
  }

  #parse(command: CommandText): Parsed {
    const session = this.#session
    const tag = TAG.exec(command.text)?.[0]
    if (tag === undefined) throw bad('There is no tag')
    const args = new Arguments(command, session.utf8, tag.length, session.imap2)
    args.sp()
    let name = args.name('the name of a command')
    if (name === 'UID') {
      args.sp()
      name = `UID ${args.name('the name of a command with UIDs')}`
    }
    const record = lookUp(session, session.server.tables.commands, name, 'command')
    checkState(session, record)
    return { call: { tag, name, uid: name.startsWith('UID ') }, record, args }
  }

  #refuse(tag: string, refusal: Refusal): void {
    const { out } = this.#session
    const code = refusal.responseCode === undefined ? '' : `[${refusal.responseCode}] `
    const text = this.#session.translate(refusal.message)
    if (refusal.kind === 'BYE') {
      out.line(`* BYE ${code}${text}`)
      this.#session.state = 'logout'
    } else out.line(`${tag} ${refusal.kind} ${code}${text}`)
  }

  /** Ends the connection of somebody who does not speak IMAP. */
  #count(nonsense: boolean): void {
    this.#nonsense = nonsense ? this.#nonsense + 1 : 0
    if (this.#nonsense < 50) return
    this.#session.out.line('* BYE Too many commands that make no sense')
    this.#session.state = 'logout'
  }
}

/** The size of the literal that is announced at the end of a line. */
function announcedOctets(text: string): number {
  return Number(/\{(\d+)\+?\}$/.exec(text)?.[1] ?? 0)
}

function checkState(session: Session, { name, states }: CommandRecord): void {
  if (states.includes('any') || states.includes(session.state)) return
  // What is allowed when authenticated is allowed when a mailbox is selected.
  if (session.state === 'selected' && states.includes('authenticated')) return
  throw bad(`${name} is not allowed in the ${session.state} state`)
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  throw error
}

/** `NO [CODE] text` as a refusal. */
function refusalOf(answer: string): Refusal {
  const match = /^(NO|BAD) (?:\[([^\]]*)\] )?(.*)$/.exec(answer)
  if (match === null) throw new Error(`A literal is refused with NO or BAD, not with: ${answer}`)
  return new Refusal(match[1] as 'NO' | 'BAD', match[3] as string, match[2])
}

function binaryText(data: string | Uint8Array): string {
  return Buffer.from(data).toString('latin1')
}
