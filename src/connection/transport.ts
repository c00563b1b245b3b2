import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { ConnectError, ConnectionError, type ImapError } from '../model/errors.js'
import type { ChannelBinding } from '../model/sasl.js'
import { channelBindings } from './channel-binding.js'
import type { Progress } from './clock.js'
import { DeflateLayer, withoutTrailer } from './deflate.js'
import { dial, layTls, type DialSetup, type Opened } from './dial.js'
import type { TlsOptions } from './options.js'
import type { ByteTarget } from './outgoing.js'
import type { ReadBlocks } from './read-blocks.js'
import { errorCode, parsePins, tlsError } from './tls.js'

/** What a transport leads to, and how. */
export interface TransportSetup extends DialSetup {
  readonly tlsOptions: TlsOptions
}

/** Takes what a transport reads. */
export interface TransportSink {
  /** Whether bytes may be kept after {@link data} has returned. */
  keeps(): boolean
  /** Whether compression may end in what comes next. */
  mayExpand(): boolean
  /** Takes what was read, and tells whether it keeps some of it. */
  data(chunk: Uint8Array): boolean
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

/** Milliseconds that closing may take. */
const MAX_CLOSING = 1000

/** A socket, or what stands for one: bytes in, bytes out, TLS, compression, pausing. */
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
  #layer: DeflateLayer | undefined
  /** More has come than the layer has inflated. */
  #crowded = false
  /** Compression has just ended, and what comes may still belong to its end. */
  #trailing = false

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
    const { host, security, tlsOptions, signal } = setup
    parsePins(tlsOptions.pin)
    const opened = await dial(setup)
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

  /** Whether what crosses the wire is compressed. */
  get isCompressed(): boolean {
    return this.#layer !== undefined
  }

  /** Octets that came over the wire, compressed ones as they came. */
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
    else this.#blocks.listener = { keeps: () => this.isCompressed || sink.keeps(), data: this.#onData }
    this.#read()
    if (this.#finished) sink.ended(undefined)
  }

  /** Stops reading until {@link resume}. */
  pause(): void {
    this.#paused = true
    this.#layer?.pause()
    this.#read()
  }

  resume(): void {
    this.#paused = false
    this.#layer?.resume()
    this.#read()
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
    return !this.#isFull
  }

  /** Resolves when the system takes more bytes, or the connection is gone. */
  drain(): Promise<void> {
    if (this.#finished || !this.#isFull) return Promise.resolve()
    return new Promise((resolve) => void this.#drained.push(resolve))
  }

  /**
   * Lays TLS over the stream. Reading must have stopped, and nothing must be left of what was read.
   *
   * @throws TlsError when the certificate, the host name or the pin is wrong; nothing has been sent then
   */
  async secure(): Promise<void> {
    const plain = this.#stream
    this.#detach()
    plain.removeListener('data', this.#onData)
    let socket
    try {
      socket = await layTls(plain, this.#host, this.#tls)
    } catch (error) {
      this.#finished = true
      throw error
    }
    this.#stream = socket
    this.#secure = true
    this.#tlsSocket = socket
    this.#attach()
    if (this.#sink !== undefined) {
      socket.on('data', this.#onData)
      if (this.#paused) socket.pause()
    }
  }

  /**
   * Compresses all that is written from now on, and expands what comes (RFC 4978 §3).
   *
   * @param rest - what came behind the answer to COMPRESS; it is compressed already
   */
  compress(rest: Uint8Array): void {
    this.#flush()
    const layer = new DeflateLayer({
      data: (chunk) => {
        if (!this.#finished) this.#sink?.data(chunk)
      },
      send: (bytes) => this.#send(bytes),
      drained: () => this.#wake(),
      crowded: (isCrowded) => {
        this.#crowded = isCrowded
        this.#read()
      },
      failed: (cause) => {
        const message = `${this.#host} sent what cannot be decompressed: ${cause.message}`
        this.#finish(new ConnectionError(message, { cause }))
      },
    })
    this.#layer = layer
    if (this.#paused) layer.pause()
    layer.receive(rest, false)
  }

  /**
   * Ends compression (RFC 8437 §4.1). To be called while the sink takes the last of what was compressed.
   *
   * @returns what came behind that; undefined when more than the sink has just been given was compressed
   */
  expand(): Uint8Array | undefined {
    const rest = this.#layer?.leave()
    if (rest === undefined) return undefined
    this.#layer = undefined
    this.#crowded = false
    this.#trailing = true
    this.#read()
    return this.#withoutTrailer(rest)
  }

  /**
   * Ends; resolves when the socket is closed.
   *
   * @param orderly - sends what was written before, and says good-bye on the layers below
   */
  close(orderly = false): Promise<void> {
    if (orderly) this.#flush()
    this.#finish(undefined)
    const [stream, layer] = [this.#stream, this.#layer]
    const end = (): void => void stream.end(() => stream.destroy())
    if (!orderly || stream.destroyed) stream.destroy()
    else if (layer === undefined) end()
    else layer.finish(end)
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        layer?.destroy()
        resolve()
      }
      // A peer that does not read, or a stream of somebody else that never says that it is closed.
      const timer = setTimeout(() => {
        stream.destroy()
        done()
      }, MAX_CLOSING)
      if (stream.closed) done()
      else stream.once('close', done)
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

  readonly #onData = (chunk: Uint8Array): boolean => {
    if (this.#finished) return false
    this.#bytesIn += chunk.length
    this.#lastByteAt = Date.now()
    this.#movedAt = performance.now()
    if (this.#layer === undefined) {
      return this.#sink?.data(this.#trailing ? this.#withoutTrailer(chunk) : chunk) === true
    }
    this.#layer.receive(chunk, this.#sink?.mayExpand() === true)
    return true
  }

  readonly #onError = (error: Error): void => {
    // With TLS 1.3, that the server wants a certificate of the client comes after the handshake.
    const isTls = errorCode(error)?.startsWith('ERR_SSL_') === true
    const message = `The connection to ${this.#host} failed: ${error.message}`
    this.#finish(isTls ? tlsError(error, this.#host) : new ConnectionError(message, { cause: error }))
  }

  /** What has come is read to its end, as without compression. */
  readonly #onEnd = (): void => {
    if (this.#layer === undefined || this.#finished) this.#finish(undefined)
    else this.#layer.end(() => this.#finish(undefined))
  }

  readonly #onDrain = (): void => {
    if (this.#layer === undefined) this.#wake()
    else this.#layer.drained()
  }

  get #isFull(): boolean {
    return this.#layer?.isFull ?? this.#stream.writableNeedDrain
  }

  /** Reads or does not, as things stand. */
  #read(): void {
    if (this.#paused || this.#crowded) this.#stream.pause()
    else if (this.#sink !== undefined) this.#stream.resume()
  }

  #withoutTrailer(bytes: Uint8Array): Uint8Array {
    const rest = withoutTrailer(bytes)
    this.#trailing = rest.length === 0
    return rest
  }

  /** More can be written. */
  #wake(): void {
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
    if (this.#layer === undefined) this.#send(bytes)
    else this.#layer.write(bytes)
  }

  #send(bytes: Uint8Array): boolean {
    this.#bytesOut += bytes.length
    return this.#stream.write(bytes, (error) => {
      if (error !== null && error !== undefined) return
      this.#accepted += bytes.length
      this.#movedAt = performance.now()
    })
  }

  #finish(error: ImapError | undefined): void {
    if (this.#finished) return
    this.#finished = true
    this.#outgoing = []
    this.#wake()
    this.#sink?.ended(error)
  }
}
