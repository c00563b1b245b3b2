import { connect as connectTcp, isIP, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { ConnectError, ConnectionError, ImapError } from '../model/errors.js'
import type { ChannelBinding } from '../model/sasl.js'
import { channelBindings } from './channel-binding.js'
import type { Progress } from './clock.js'
import type { Security, TlsOptions, TransportFactory } from './options.js'
import type { ByteTarget } from './outgoing.js'
import { ReadBlocks } from './read-blocks.js'
import { checkPin, connectionOptions, errorCode, parsePins, tlsError } from './tls.js'

/** What a transport leads to, and how. */
export interface TransportSetup {
  readonly host: string
  readonly port: number
  /** Whether TLS is spoken from the first byte, or after STARTTLS, or never. */
  readonly security: Security
  readonly tlsOptions: TlsOptions
  readonly factory: TransportFactory | undefined
  readonly signal: AbortSignal
}

/** Takes what a transport reads. */
export interface TransportSink {
  /** Whether bytes may be kept after {@link data} has returned. */
  keeps(): boolean
  data(chunk: Uint8Array): void
  /** Nothing more comes; with an error unless the peer ended in order. Called once. */
  ended(error: ImapError | undefined): void
}

/** How much has gone over a connection. */
export interface Traffic {
  readonly bytesIn: number
  readonly bytesOut: number
  /** When the last byte came in, in milliseconds of the epoch. */
  readonly lastByteAt: number
  /** How often an answer had to be waited for before anything else could be sent. */
  readonly roundTrips: number
}

/** Writes up to this size are gathered until the end of the tick. */
const GATHERED = 64 * 1024

/** Milliseconds without traffic before the system asks whether the peer is still there. */
const KEEP_ALIVE = 120_000

/** Milliseconds for one address before the next is tried; the platform's 250 are too few for far-away servers. */
const ATTEMPT = 1000

/** Milliseconds that closing may take. */
const MAX_CLOSING = 1000

/** A socket, or what stands for one: bytes in, bytes out, TLS, pausing. The only module that knows the network. */
export class Transport implements ByteTarget, Progress {
  #stream: Duplex
  #secure: boolean
  /** The TLS of ours, if any. */
  #tlsSocket: TLSSocket | undefined
  readonly #host: string
  readonly #tls: TlsOptions
  readonly #blocks: ReadBlocks | undefined
  #sink: TransportSink | undefined
  #outgoing: Uint8Array[] = []
  #outgoingSize = 0
  #flushing = false
  #drained: (() => void)[] = []
  #finished = false
  #bytesIn = 0
  #bytesOut = 0
  #accepted = 0
  #lastByteAt = Date.now()
  #movedAt = performance.now()
  #paused = false

  private constructor({ stream, secure, blocks }: Opened, host: string, tls: TlsOptions) {
    this.#stream = stream
    this.#secure = secure
    this.#blocks = blocks
    this.#host = host
    this.#tls = tls
    this.#attach()
  }

  /**
   * Connects; with TLS, resolves when the certificate or the pin is known to be good.
   *
   * @throws ConnectError, TlsError, ArgumentError
   */
  static async open(setup: TransportSetup): Promise<Transport> {
    const { host, security, tlsOptions, factory, signal } = setup
    parsePins(tlsOptions.pin)
    const opened = factory === undefined ? await openTcp(setup) : await openWith(factory, setup)
    const transport = new Transport(opened, host, tlsOptions)
    // An abort or a time-out during the handshake must not leave a socket behind.
    const abort = () => void transport.close()
    signal.addEventListener('abort', abort)
    try {
      if (signal.aborted) throw new ConnectError(`Connecting to ${host} was given up`)
      if (security === 'tls' && !opened.secure) await transport.secure()
    } catch (error) {
      await transport.close()
      throw error
    } finally {
      signal.removeEventListener('abort', abort)
    }
    return transport
  }

  /** Whether TLS protects the bytes. */
  get isSecure(): boolean {
    return this.#secure
  }

  /** See {@link channelBindings}; none without TLS, or when the TLS is somebody else's. */
  get channelBindings(): readonly ChannelBinding[] {
    return this.#tlsSocket === undefined ? [] : channelBindings(this.#tlsSocket)
  }

  get bytesIn(): number {
    return this.#bytesIn
  }

  get bytesOut(): number {
    return this.#bytesOut
  }

  /** Octets that have moved: those that came in, and those that the system has taken from us. */
  get octets(): number {
    return this.#bytesIn + this.#accepted
  }

  /** When the last octet moved, by `performance.now()`. */
  get at(): number {
    return this.#movedAt
  }

  /** When the last byte came in, in milliseconds of the epoch. */
  get lastByteAt(): number {
    return this.#lastByteAt
  }

  /** Whether bytes wait inside that nobody has read. */
  get hasUnread(): boolean {
    return this.#stream.readableLength > 0
  }

  /** Begins to read. */
  start(sink: TransportSink): void {
    this.#sink = sink
    if (this.#blocks === undefined) this.#stream.on('data', this.#onData)
    else this.#blocks.listener = { keeps: () => sink.keeps(), data: this.#onData }
    if (!this.#paused) this.#stream.resume()
    if (this.#finished) sink.ended(undefined)
  }

  /** Stops reading until {@link resume}. */
  pause(): void {
    this.#paused = true
    this.#stream.pause()
  }

  resume(): void {
    this.#paused = false
    if (this.#sink !== undefined) this.#stream.resume()
  }

  /** Sends bytes; what is written in one tick goes out together. False: wait for {@link drain} before more. */
  write(bytes: Uint8Array): boolean {
    if (this.#finished) return true
    this.#outgoing.push(bytes)
    this.#outgoingSize += bytes.length
    if (this.#outgoingSize >= GATHERED) {
      this.#flush()
    } else if (!this.#flushing) {
      this.#flushing = true
      process.nextTick(this.#flushLater)
    }
    return !this.#stream.writableNeedDrain
  }

  /** Resolves when the system takes more bytes, or the connection is gone. */
  drain(): Promise<void> {
    if (this.#finished || !this.#stream.writableNeedDrain) return Promise.resolve()
    return new Promise((resolve) => void this.#drained.push(resolve))
  }

  /**
   * Lays TLS over the stream. Reading must have stopped, and nothing must be left of what was read.
   *
   * @throws TlsError when the certificate, the host name or the pin is wrong; nothing has been sent then
   */
  async secure(): Promise<void> {
    const plain = this.#stream
    const pins = parsePins(this.#tls.pin)
    this.#detach()
    plain.removeListener('data', this.#onData)
    const options = connectionOptions(this.#host, isIP(this.#host) !== 0, this.#tls, pins)
    const socket = connectTls({ ...options, socket: plain })
    this.#stream = socket
    // The streams below and above end together; an error must never be without a listener.
    plain.on('error', ignore)
    plain.once('close', () => socket.destroy())
    socket.once('close', () => plain.destroy())
    try {
      await new Promise<void>((resolve, reject) => {
        const failed = (error: Error) => reject(error)
        socket.once('error', failed)
        socket.once('close', () => reject(new ConnectionError('The connection was closed during the TLS handshake')))
        socket.once('secureConnect', () => {
          socket.removeListener('error', failed)
          resolve()
        })
      })
      checkPin(socket, pins)
    } catch (error) {
      socket.on('error', ignore)
      this.#finished = true
      socket.destroy()
      plain.destroy()
      throw tlsError(error, this.#host)
    }
    this.#secure = true
    this.#tlsSocket = socket
    this.#attach()
    if (this.#sink !== undefined) {
      socket.on('data', this.#onData)
      if (this.#paused) socket.pause()
    }
  }

  /**
   * Ends; resolves when the socket is closed.
   *
   * @param orderly - sends what was written before, and says good-bye on the layers below
   */
  close(orderly = false): Promise<void> {
    if (orderly) this.#flush()
    this.#finish(undefined)
    const stream = this.#stream
    if (!orderly || stream.destroyed) stream.destroy()
    else stream.end(() => stream.destroy())
    if (stream.closed) return Promise.resolve()
    return new Promise((resolve) => {
      // A peer that does not read, or a stream of somebody else that never says that it is closed.
      const timer = setTimeout(() => {
        stream.destroy()
        resolve()
      }, MAX_CLOSING)
      stream.once('close', () => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  #attach(): void {
    const stream = this.#stream
    if (stream instanceof Socket) stream.setNoDelay(true)
    stream.on('error', this.#onError)
    stream.on('end', this.#onEnd)
    stream.on('close', this.#onEnd)
    stream.on('drain', this.#onDrain)
  }

  #detach(): void {
    const stream = this.#stream
    stream.removeListener('error', this.#onError)
    stream.removeListener('end', this.#onEnd)
    stream.removeListener('close', this.#onEnd)
    stream.removeListener('drain', this.#onDrain)
  }

  readonly #onData = (chunk: Uint8Array): void => {
    if (this.#finished) return
    this.#bytesIn += chunk.length
    this.#lastByteAt = Date.now()
    this.#movedAt = performance.now()
    this.#sink?.data(chunk)
  }

  readonly #onError = (error: Error): void => {
    this.#finish(new ConnectionError(`The connection to ${this.#host} failed: ${error.message}`, { cause: error }))
  }

  readonly #onEnd = (): void => this.#finish(undefined)

  readonly #onDrain = (): void => {
    const waiting = this.#drained
    this.#drained = []
    for (const resolve of waiting) resolve()
  }

  readonly #flushLater = (): void => {
    this.#flushing = false
    this.#flush()
  }

  #flush(): void {
    const [first] = this.#outgoing
    if (first === undefined || this.#finished) return
    const size = this.#outgoingSize
    const bytes = this.#outgoing.length === 1 ? first : Buffer.concat(this.#outgoing, size)
    this.#outgoing = []
    this.#outgoingSize = 0
    this.#bytesOut += size
    this.#stream.write(bytes, (error) => {
      if (error !== null && error !== undefined) return
      this.#accepted += size
      this.#movedAt = performance.now()
    })
  }

  #finish(error: ImapError | undefined): void {
    if (this.#finished) return
    this.#finished = true
    this.#outgoing = []
    this.#onDrain()
    this.#sink?.ended(error)
  }
}

interface Opened {
  readonly stream: Duplex
  readonly secure: boolean
  /** Where the stream reads to, in place of giving data events. */
  readonly blocks?: ReadBlocks | undefined
}

/** Happy eyeballs (RFC 8305): the platform tries the addresses of both families. */
function openTcp({ host, port, security, signal }: TransportSetup): Promise<Opened> {
  return new Promise((resolve, reject) => {
    // TLS over a socket reads from the socket itself.
    const blocks = security === 'plaintext' ? new ReadBlocks() : undefined
    const socket = connectTcp({
      host,
      port,
      noDelay: true,
      // A peer that is gone shows even while IDLE says nothing for long.
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: ATTEMPT,
      ...(blocks !== undefined && { onread: blocks.onread }),
    })
    // Nothing is read before somebody takes it.
    if (blocks !== undefined) socket.pause()
    const abort = (): void => {
      socket.destroy()
      reject(new ConnectError(`Connecting to ${host} was given up`))
    }
    const done = (): void => signal.removeEventListener('abort', abort)
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort)
    socket.once('error', (cause) => {
      done()
      reject(connectError(cause, host, port))
    })
    socket.once('connect', () => {
      done()
      socket.removeAllListeners('error')
      resolve({ stream: socket, secure: false, blocks })
    })
  })
}

async function openWith(
  factory: TransportFactory,
  { host, port, signal }: TransportSetup,
): Promise<{ stream: Duplex; secure: boolean }> {
  try {
    const made = await factory({ host, port, signal })
    const { stream, secure } = 'stream' in made ? made : { stream: made, secure: false }
    if (signal.aborted) stream.on('error', ignore).destroy()
    return { stream, secure }
  } catch (cause) {
    if (cause instanceof ImapError) throw cause
    throw connectError(cause, host, port)
  }
}

function connectError(cause: unknown, host: string, port: number): ConnectError {
  const code = errorCode(cause)
  const where = `${host}:${port}`
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new ConnectError(`There is no address for ${host}: check the name and the network`, { cause })
  }
  if (code === 'ECONNREFUSED') return new ConnectError(`Nothing listens at ${where}`, { cause })
  const said = cause instanceof Error && cause.message !== '' ? cause.message : (code ?? String(cause))
  return new ConnectError(`Connecting to ${where} failed: ${said}`, { cause })
}

function ignore(): void {
  // The failure is reported by whoever waits for the stream above.
}
