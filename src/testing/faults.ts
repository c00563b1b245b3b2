import type { Shape } from './output.js'

/** What FETCH answers leave out. */
export interface Omission {
  /** Names of items as they are answered, such as `FLAGS` or `BODY[]`. */
  readonly items?: readonly string[]
  /** Messages that are not answered at all. */
  readonly uids?: readonly number[]
}

/** Messages at which FETCH stops. */
export interface Poison {
  readonly uids: readonly number[]
  /** Only where one of these is asked for: names of items as they are answered, such as `ENVELOPE` or `BODY[]`. */
  readonly items?: readonly string[]
  /** Ends the command, behind the messages before the first of these; `NO [UNAVAILABLE] …` when left out. */
  readonly answer?: string
}

/** A fault: where it strikes, and what goes wrong there. All that is named happens. */
export interface Fault {
  /** The command, such as `FETCH` (its UID form too), `UID FETCH` or `GREETING`; left out: every command. */
  readonly command?: string
  /** Only the nth such command from now on, 1 for the next. */
  readonly nth?: number
  /** Only on the connection of this number, 1 for the first that the server took. */
  readonly connection?: number
  /** Milliseconds to wait before the command is carried out. */
  readonly delay?: number
  /** Nothing is answered any more, and nothing further is read. */
  readonly stall?: boolean
  /** The command is carried out, its untagged data are sent, and the tagged answer never comes. */
  readonly silent?: boolean
  /** Answers this instead of carrying the command out: `NO [INUSE] try later`; the tag is put before it. */
  readonly answer?: string
  /** Answers this, behind the tag, where a synchronizing literal asks to be sent: never with LITERAL+ on offer. */
  readonly refuseLiteral?: string
  /** Another tag in the tagged answer. */
  readonly tag?: string
  /** Sent as it is before anything else of the answer: a line needs its own CR LF. */
  readonly before?: string | Uint8Array
  /** Sent as it is before the tagged line. */
  readonly beforeTagged?: string | Uint8Array
  /** Every write has so many octets, in a packet of its own as far as the system lets it. */
  readonly split?: number
  /** Milliseconds between the writes of `split` (1 octet if that is left out). */
  readonly trickle?: number
  /** The connection breaks: after so many octets of the answer, in the middle of its first literal, or behind it. */
  readonly drop?: number | 'mid-literal' | 'after'
  /** What FETCH leaves out. */
  readonly omit?: Omission
  /** Messages that FETCH cannot answer: it answers those before the first one, and then this. */
  readonly poison?: Poison
  /** Changes every chunk of the answer before it is sent. */
  readonly rewrite?: (chunk: Buffer) => Buffer
}

/** A fault that has been set. */
export interface FaultHandle {
  /** How often it struck. */
  readonly hits: number
  /** Takes it away. */
  clear(): void
}

class Armed implements FaultHandle {
  readonly fault: Fault
  readonly #remove: (armed: Armed) => void
  #seen = 0
  hits = 0

  constructor(fault: Fault, remove: (armed: Armed) => void) {
    this.fault = fault
    this.#remove = remove
  }

  clear(): void {
    this.#remove(this)
  }

  strikes(command: string, connection: number): boolean {
    const { fault } = this
    if (fault.connection !== undefined && fault.connection !== connection) return false
    const name = fault.command?.toUpperCase()
    if (name === undefined ? command === 'GREETING' : name !== command && `UID ${name}` !== command) return false
    this.#seen++
    if (fault.nth !== undefined && fault.nth !== this.#seen) return false
    this.hits++
    return true
  }
}

/** The faults of a server. */
export class Faults {
  #armed: Armed[] = []

  add(fault: Fault): FaultHandle {
    const armed = new Armed(fault, (each) => (this.#armed = this.#armed.filter((other) => other !== each)))
    this.#armed.push(armed)
    return armed
  }

  clear(): void {
    this.#armed = []
  }

  /**
   * The faults that strike a command, merged; later ones win. Null when none does. Those that refuse a literal strike when
   * the literal is announced, the others when the command is whole.
   */
  strike(command: string, connection: number, at: 'literal' | 'command' = 'command'): Fault | null {
    const candidates = this.#armed.filter(({ fault }) => (fault.refuseLiteral !== undefined) === (at === 'literal'))
    const hit = candidates.filter((armed) => armed.strikes(command, connection))
    return hit.length === 0 ? null : hit.reduce((merged, armed) => ({ ...merged, ...armed.fault }), {} as Fault)
  }
}

/** How a fault bends the octets, or null when it does not. */
export function shapeOf(fault: Fault): Shape | null {
  const { split, trickle, drop, rewrite } = fault
  if (split === undefined && trickle === undefined && drop === undefined && rewrite === undefined) return null
  return {
    split: split ?? (trickle === undefined ? undefined : 1),
    pause: trickle,
    dropAt: typeof drop === 'number' ? drop : undefined,
    dropInLiteral: drop === 'mid-literal',
    rewrite,
  }
}
