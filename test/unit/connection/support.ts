import { Duplex } from 'node:stream'
import type { Collector, Command } from '../../../src/commands/command.js'
import { Connection } from '../../../src/connection/connection.js'
import { type ConnectionSetup, DEFAULT_TIMEOUTS, type Timeouts } from '../../../src/connection/options.js'
import type { ImapEvents } from '../../../src/model/events.js'
import { protocol } from '../../../src/protocol.js'
import { DEFAULT_LIMITS, type Limits } from '../../../src/wire/limits.js'

/** One end of a pair of streams in memory, with backpressure. */
class End extends Duplex {
  other: End | undefined
  #written: (() => void) | undefined

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    if (this.other === undefined || this.other.destroyed || this.other.push(chunk)) done()
    else this.other.#written = done
  }

  override _read(): void {
    const done = this.#written
    this.#written = undefined
    done?.()
  }

  override _final(done: () => void): void {
    if (this.other?.destroyed === false) this.other.push(null)
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const other = this.other
    this.#written?.()
    done(error)
    if (other !== undefined && !other.destroyed && !other.readableEnded) other.push(null)
  }
}

/** Two streams: what is written to one comes out of the other. */
export function pair(): [Duplex, Duplex] {
  const a = new End()
  const b = new End()
  a.other = b
  b.other = a
  return [a, b]
}

/** A server played by a test. */
export class Peer {
  readonly stream: Duplex
  #received = ''
  #read = 0
  #wake: (() => void) | undefined
  ended = false

  constructor(stream: Duplex) {
    this.stream = stream
    stream.on('data', (chunk: Buffer) => {
      this.#received += chunk.toString('latin1')
      this.#wake?.()
    })
    stream.on('error', () => undefined)
    stream.on('end', () => {
      this.ended = true
      this.#wake?.()
    })
  }

  /** All that has come in. */
  get received(): string {
    return this.#received
  }

  send(...lines: string[]): void {
    this.stream.write(Buffer.from(lines.map((line) => `${line}\r\n`).join(''), 'latin1'))
  }

  raw(text: string): void {
    this.stream.write(Buffer.from(text, 'latin1'))
  }

  /** The next line, without its CRLF. @throws Error when none comes within two seconds */
  async line(): Promise<string> {
    const end = await this.#until(() => {
      const found = this.#received.indexOf('\r\n', this.#read)
      return found === -1 ? undefined : found
    }, 'a line')
    const line = this.#received.slice(this.#read, end)
    this.#read = end + 2
    return line
  }

  /** The next octets. */
  async octets(count: number): Promise<string> {
    await this.#until(() => (this.#received.length - this.#read >= count ? true : undefined), `${count} octets`)
    const octets = this.#received.slice(this.#read, this.#read + count)
    this.#read += count
    return octets
  }

  /** The next command. */
  async command(): Promise<{ tag: string; text: string }> {
    const line = await this.line()
    const space = line.indexOf(' ')
    return { tag: line.slice(0, space), text: line.slice(space + 1) }
  }

  /** Reads the next command and answers it. */
  async answer(status = 'OK done', ...untagged: string[]): Promise<string> {
    const { tag, text } = await this.command()
    this.send(...untagged, `${tag} ${status}`)
    return text
  }

  async #until<T>(look: () => T | undefined, what: string): Promise<T> {
    const until = Date.now() + 2000
    for (;;) {
      const found = look()
      if (found !== undefined) return found
      if (this.ended) throw new Error(`the client left while ${what} was awaited`)
      if (Date.now() > until) throw new Error(`${what} did not come; received: ${this.#received.slice(this.#read)}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 50)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }
}

export type Emitted = { [K in keyof ImapEvents]: readonly [K, ImapEvents[K][0]] }[keyof ImapEvents]

/** What a test wants to be different. */
export interface Wish extends Partial<Omit<ConnectionSetup, 'timeouts' | 'limits'>> {
  timeouts?: Partial<Timeouts>
  limits?: Partial<Limits>
}

export { protocol }

/** A setup over a stream in memory, with the events that come of it. */
export function setup(wish: Wish = {}): { setup: ConnectionSetup; peer: Peer; events: Emitted[] } {
  const [near, far] = pair()
  const events: Emitted[] = []
  const { timeouts, limits, ...rest } = wish
  return {
    peer: new Peer(far),
    events,
    setup: {
      host: 'server.test',
      port: 143,
      security: 'plaintext',
      transport: () => near,
      timeouts: { ...DEFAULT_TIMEOUTS, ...timeouts },
      limits: { ...DEFAULT_LIMITS, ...limits },
      pipelining: 64,
      protocol,
      emit: (event, ...payload) => void events.push([event, payload[0]] as Emitted),
      listens: (event) => event !== 'trace',
      ...rest,
    },
  }
}

/** A connection that is open and authenticated. */
export async function open(
  wish: Wish = {},
  greeting = '* PREAUTH [CAPABILITY IMAP4rev1 IDLE LITERAL+ UIDPLUS] ready',
): Promise<{ connection: Connection; peer: Peer; events: Emitted[] }> {
  const made = setup(wish)
  made.peer.send(greeting)
  const connection = await Connection.open(made.setup)
  made.events.length = 0
  return { connection, peer: made.peer, events: made.events }
}

/** A command that a test makes up; by default it may be pipelined with anything. */
export function command<R = void>(wish: Partial<Command<R>> & { collector?: Partial<Collector<R>> } = {}): Command<R> {
  const { collector, ...rest } = wish
  return {
    name: 'XTEST',
    states: ['not-authenticated', 'authenticated', 'selected'],
    traits: {},
    collect: () => ({ done: () => undefined as R, ...collector }),
    ...rest,
  }
}

/** What a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('this should have been rejected')
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

/** The events of one name. */
export function named<K extends keyof ImapEvents>(events: readonly Emitted[], name: K): ImapEvents[K][0][] {
  return events.filter(([event]) => event === name).map(([, payload]) => payload as ImapEvents[K][0])
}
