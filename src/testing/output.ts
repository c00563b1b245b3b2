import type { Duplex } from 'node:stream'

/** Octets that may wait in the socket before a command that writes much has to wait. */
const HIGH_WATER = 256 * 1024
/** Text is gathered up to this before it is handed to the socket. */
const GATHER = 32 * 1024
/** Literals from this size on are handed over as they are, without a copy. */
const LARGE = 4096

/** Bends what a connection sends: see the faults of the server. */
export interface Shape {
  /** Octets per write. */
  readonly split?: number | undefined
  /** Milliseconds between writes. */
  readonly pause?: number | undefined
  /** The connection is destroyed when so many octets have been sent since the shape was set. */
  readonly dropAt?: number | undefined
  /** The connection is destroyed in the middle of the next literal. */
  readonly dropInLiteral?: boolean | undefined
  /** Changes a chunk. */
  readonly rewrite?: ((chunk: Buffer) => Buffer) | undefined
}

/**
 * What goes out on one connection, in order. Text is binary text (one char per octet). `flush` hands over what was
 * gathered; `room` is awaited by commands that write much, so that a slow reader slows them down.
 */
export class Output {
  #socket: Duplex
  #text = ''
  #shape: Shape | null = null
  #shaped = 0
  #queue: Promise<void> = Promise.resolve()
  #queued = 0
  #closed = false

  readonly #limit: number

  /** @param limit - octets that may wait for a client that does not read; beyond it the connection is broken */
  constructor(socket: Duplex, limit = Infinity) {
    this.#socket = socket
    this.#limit = limit
  }

  /** Whether so much waits for the client that nothing should be added without need. */
  get isFull(): boolean {
    return this.#socket.writableLength >= HIGH_WATER
  }

  /** Octets handed to the socket so far. */
  bytes = 0

  /** Goes on over another socket or a layer above it: after STARTTLS. */
  set socket(socket: Duplex) {
    this.#socket = socket
  }

  /** Sets how the following octets are bent; null ends it. */
  set shape(shape: Shape | null) {
    this.flush()
    this.#shape = shape
    this.#shaped = 0
  }

  /** Appends protocol text. */
  text(octets: string): this {
    this.#text += octets
    if (this.#text.length > GATHER) this.flush()
    return this
  }

  /** Appends a line. */
  line(octets: string): this {
    return this.text(`${octets}\r\n`)
  }

  /** Appends a literal with its marker. */
  literal(bytes: Buffer, binary = false): this {
    this.text(`${binary ? '~' : ''}{${bytes.length}}\r\n`)
    if (this.#shape?.dropInLiteral === true) {
      this.flush()
      this.#send(bytes.subarray(0, Math.floor(bytes.length / 2)))
      this.destroy()
      return this
    }
    if (bytes.length < LARGE) return this.text(bytes.toString('latin1'))
    this.flush()
    this.#send(bytes)
    return this
  }

  /** Hands over what was gathered. */
  flush(): void {
    if (this.#text === '') return
    const chunk = Buffer.from(this.#text, 'latin1')
    this.#text = ''
    this.#send(chunk)
  }

  /** Waits until the client has read enough. */
  async room(): Promise<void> {
    if (this.#queued > 0) await this.#queue
    const socket = this.#socket
    if (socket.writableLength < HIGH_WATER || this.#closed || socket.destroyed) return
    this.flush()
    await new Promise<void>((resolve) => {
      const done = (): void => {
        socket.off('drain', done)
        socket.off('close', done)
        resolve()
      }
      socket.once('drain', done)
      socket.once('close', done)
    })
  }

  /** Waits until all has been handed to the system, in the order it was written. */
  async drained(): Promise<void> {
    this.flush()
    await this.#queue
    const socket = this.#socket
    if (socket.destroyed || !socket.writable) return
    await new Promise<void>((resolve) => {
      const done = (): void => {
        socket.off('close', done)
        resolve()
      }
      socket.once('close', done)
      socket.write('', done)
    })
  }

  /** Ends the connection behind what was written. */
  async end(): Promise<void> {
    this.flush()
    await this.#queue
    this.#socket.end()
  }

  /** Breaks the connection behind what was handed over, without a word. */
  destroy(): void {
    this.#closed = true
    this.#text = ''
    const socket = this.#socket
    const finish = (): void => {
      // What was written before must arrive: the fault is where it stops.
      if (socket.writableLength === 0) socket.destroy()
      else socket.write('', () => socket.destroy())
    }
    if (this.#queued > 0) this.#queue = this.#queue.then(finish)
    else finish()
  }

  #send(chunk: Buffer): void {
    if (this.#closed || chunk.length === 0) return
    this.bytes += chunk.length
    const shape = this.#shape
    if (shape === null && this.#queued === 0) {
      this.#write(chunk)
      return
    }
    const bent = shape?.rewrite === undefined ? chunk : shape.rewrite(chunk)
    const left = shape?.dropAt === undefined ? Infinity : Math.max(0, shape.dropAt - this.#shaped)
    this.#shaped += bent.length
    this.#queued++
    this.#queue = this.#queue.then(async () => {
      await this.#trickle(bent.subarray(0, Math.min(bent.length, left)), shape)
      this.#queued--
    })
    if (bent.length >= left) this.destroy()
  }

  async #trickle(chunk: Buffer, shape: Shape | null): Promise<void> {
    const step = shape?.split ?? (chunk.length || 1)
    for (let at = 0; at < chunk.length; at += step) {
      if (this.#socket.destroyed) return
      this.#write(chunk.subarray(at, at + step))
      // A turn of the loop between writes keeps the pieces apart.
      await new Promise<void>((resolve) => {
        if (shape?.pause === undefined) setImmediate(resolve)
        else setTimeout(resolve, shape.pause)
      })
    }
  }

  #write(chunk: Buffer): void {
    const socket = this.#socket
    if (socket.writableLength > this.#limit) socket.destroy()
    else if (socket.writable) socket.write(chunk)
  }
}
