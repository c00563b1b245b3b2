import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { random } from './random.js'

/** Whose octets are meant. */
export type Side = 'client' | 'server'

/** A place in what one side sends: behind so many of its octets. */
export interface Place {
  readonly from: Side
  readonly after: number
}

/** What is wrong with the line. All that is named happens. */
export interface Weather {
  /** The line breaks there, both ways: in order (FIN) or not (RST). What was passed on before still arrives. */
  readonly cut?: Place & { readonly how: 'fin' | 'rst' }
  /** From there on nothing arrives any more, whoever sends it, and nobody is told: a half-open connection. */
  readonly swallow?: Place
  /** From there on nothing of that side is read any more: its buffers fill. {@link ChaosProxy.release} ends it. */
  readonly stall?: Place
  /** Octets are passed on in pieces of this size, each in a packet of its own; 0 for random sizes, from `seed`. */
  readonly pieces?: number
  readonly seed?: number
  /** Milliseconds that each piece, or each chunk, is late. */
  readonly delay?: number
}

/** One connection through the proxy, as it went. */
export interface Passage {
  /** What came from each side, the octets that were not passed on included. */
  readonly came: Readonly<Record<Side, Buffer[]>>
  /** How many octets of each side were passed on. */
  readonly passed: Record<Side, number>
  /** Resolves when both sockets are closed. */
  readonly over: Promise<void>
}

/** What one side sent, a character per octet. */
export function said(passage: Passage, side: Side): string {
  return Buffer.concat(passage.came[side]).toString('latin1')
}

/** What of that arrived at the other side. */
export function arrived(passage: Passage, side: Side): string {
  return said(passage, side).slice(0, passage.passed[side])
}

const OTHER = { client: 'server', server: 'client' } as const

/** A line between a client and a server that breaks on request, at the same octet each time. */
export class ChaosProxy implements AsyncDisposable {
  /** What the next connections meet. */
  weather: Weather
  /** The connections, oldest first. */
  readonly passages: Passage[] = []
  readonly #listener: Server
  readonly #lines = new Set<Line>()

  private constructor(target: { readonly host: string; readonly port: number }, weather: Weather) {
    this.weather = weather
    this.#listener = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
      const line = new Line(socket, connect({ ...target, noDelay: true, allowHalfOpen: true }), this.weather)
      this.passages.push(line)
      this.#lines.add(line)
      void line.over.then(() => this.#lines.delete(line))
    })
  }

  /** Starts a proxy in front of a server; it listens on loopback when the promise resolves. */
  static async start(
    target: { readonly host: string; readonly port: number },
    weather: Weather = {},
  ): Promise<ChaosProxy> {
    const { host, port } = target
    const proxy = new ChaosProxy({ host, port }, weather)
    proxy.#listener.listen(0, '127.0.0.1')
    await once(proxy.#listener, 'listening')
    return proxy
  }

  /** Where clients have to connect to. */
  get address(): { readonly host: string; readonly port: number } {
    return { host: '127.0.0.1', port: (this.#listener.address() as AddressInfo).port }
  }

  /** Ends every stall. */
  release(): void {
    for (const line of this.#lines) line.release()
  }

  /** Breaks every connection now. */
  cut(how: 'fin' | 'rst'): void {
    for (const line of this.#lines) line.cut(how)
  }

  /** Passes nothing on any more, and tells nobody. */
  swallow(): void {
    for (const line of this.#lines) line.swallow()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const line of this.#lines) line.cut('rst')
    const closed = once(this.#listener, 'close')
    this.#listener.close()
    await Promise.all([closed, ...[...this.#lines].map((line) => line.over)])
  }
}

/** One connection: two sockets, and what goes from each to the other. */
class Line implements Passage {
  readonly came: Record<Side, Buffer[]> = { client: [], server: [] }
  readonly passed: Record<Side, number> = { client: 0, server: 0 }
  readonly over: Promise<void>
  readonly #sockets: Readonly<Record<Side, Socket>>
  readonly #weather: Weather
  readonly #queue: Record<Side, Buffer[]> = { client: [], server: [] }
  readonly #ended: Record<Side, boolean> = { client: false, server: false }
  readonly #random: () => number
  readonly #timers = new Set<NodeJS.Timeout>()
  #state: 'open' | 'swallowing' | 'cut' = 'open'
  #stalled: Side | undefined

  constructor(client: Socket, server: Socket, weather: Weather) {
    this.#sockets = { client, server }
    this.#weather = weather
    this.#random = random(weather.seed ?? 1)
    this.over = Promise.all([this.#attach('client'), this.#attach('server')]).then(() => {
      for (const timer of this.#timers) clearTimeout(timer)
    })
    this.#strike('client')
    this.#strike('server')
  }

  release(): void {
    const side = this.#stalled
    if (side === undefined) return
    this.#stalled = undefined
    this.#pump(side)
    this.#sockets[side].resume()
  }

  swallow(): void {
    if (this.#state === 'open') this.#state = 'swallowing'
  }

  cut(how: 'fin' | 'rst'): void {
    if (this.#state === 'cut') return
    this.#state = 'cut'
    for (const socket of Object.values(this.#sockets)) {
      // Nobody may be kept from closing by what is not read any more.
      socket.resume()
      if (how === 'rst' || socket.connecting) reset(socket)
      else socket.end()
    }
  }

  /** Resolves when the socket is closed. */
  #attach(side: Side): Promise<void> {
    const socket = this.#sockets[side]
    socket.on('data', (chunk: Buffer) => {
      this.came[side].push(chunk)
      if (this.#state !== 'open') return
      this.#queue[side].push(chunk)
      if (this.#queue[side].length === 1) this.#pump(side)
    })
    socket.on('end', () => {
      this.#ended[side] = true
      // After a cut each side has been told already, and answers.
      if (this.#state === 'cut') socket.end()
      else if (this.#state === 'open' && this.#queue[side].length === 0) this.#sockets[OTHER[side]].end()
    })
    socket.on('error', () => reset(this.#sockets[OTHER[side]]))
    return new Promise((resolve) => {
      socket.on('close', () => {
        // Whoever is gone cannot be waited for by the other one.
        if (this.#state === 'swallowing' || !this.#ended[side]) this.#sockets[OTHER[side]].destroy()
        resolve()
      })
    })
  }

  #pump(side: Side): void {
    if (this.#weather.pieces !== undefined || this.#weather.delay !== undefined) return this.#later(side)
    while (this.#step(side)) continue
  }

  /** Passes the next piece of a side on; whether there may be more. */
  #step(side: Side): boolean {
    const chunk = this.#queue[side].shift()
    if (chunk === undefined || this.#state !== 'open') return false
    const { pieces } = this.#weather
    const wanted = pieces === 0 ? 1 + Math.floor(this.#random() * 40) : (pieces ?? chunk.length)
    const size = Math.min(wanted, chunk.length, this.#left(side))
    const piece = chunk.subarray(0, size)
    if (size < chunk.length) this.#queue[side].unshift(chunk.subarray(size))
    this.passed[side] += size
    const target = this.#sockets[OTHER[side]]
    if (!target.destroyed) target.write(piece)
    if (this.#strike(side)) return false
    const isMore = this.#queue[side].length > 0
    if (!isMore && this.#ended[side]) target.end()
    return isMore
  }

  #later(side: Side): void {
    const next = (): void => {
      if (this.#step(side)) this.#later(side)
    }
    const { delay } = this.#weather
    if (delay === undefined) return void setImmediate(next)
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      next()
    }, delay)
    this.#timers.add(timer)
  }

  /** How many octets of a side go on before something happens. */
  #left(side: Side): number {
    const { cut, swallow, stall } = this.#weather
    const places = [cut, swallow, stall].filter((place) => place?.from === side)
    const ahead = places.map((place) => (place?.after ?? 0) - this.passed[side]).filter((left) => left > 0)
    return Math.min(...ahead, Infinity)
  }

  /** Lets happen what is due at this place; whether anything is. */
  #strike(side: Side): boolean {
    const { cut, swallow, stall } = this.#weather
    const isHere = (place: Place | undefined): boolean => place?.from === side && place.after === this.passed[side]
    if (cut !== undefined && isHere(cut)) this.cut(cut.how)
    else if (isHere(swallow)) this.swallow()
    else if (isHere(stall)) {
      this.#stalled = side
      this.#sockets[side].pause()
    } else return false
    return true
  }
}

/** A socket that is just saying good-bye cannot be reset any more: it would stay open for ever. */
function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy()
  else socket.resetAndDestroy()
}
