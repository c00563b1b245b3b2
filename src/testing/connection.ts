import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket, type SecureContext } from 'node:tls'
import { ByteSource } from './byte-source.js'
import type { ConnectedClient } from './client.js'
import { readCommand, type LiteralPolicy } from './command-reader.js'
import { Executor } from './executor.js'
import type { Faults } from './faults.js'
import { maskSecrets } from './log.js'
import { Output } from './output.js'
import { bad } from './refusal.js'
import { Session, type Line, type SessionState, type Surroundings } from './session.js'
import type { ServerSecurity } from './settings.js'

const LITERAL8 = ['BINARY', 'UTF8=ACCEPT', 'UTF8=ONLY', 'METADATA', 'METADATA-SERVER']

/** What a connection gets from the server. */
export interface ConnectionContext extends Surroundings {
  readonly faults: Faults
  readonly secureContext: SecureContext | null
  /** Keeps a line that a client sent. */
  record(line: string): void
}

/** One client of the embedded server. */
export class ServerConnection implements Line, ConnectedClient {
  readonly number: number
  readonly out: Output
  readonly source: ByteSource
  readonly session: Session
  /** Settles when the connection is gone and its loop has ended. */
  readonly closed: Promise<void>
  readonly #context: ConnectionContext
  readonly #security: ServerSecurity
  readonly #executor: Executor
  readonly #gone: Promise<void>
  readonly #lost: () => void
  /** The client sends nothing more, though it may still read: nothing is worth waiting for. */
  readonly #left: () => void
  /** The connection itself. */
  #socket: Socket
  /** Where octets come from and go to: the socket, or a layer above it. */
  #stream: Duplex

  constructor(number: number, socket: Socket, security: ServerSecurity, context: ConnectionContext) {
    this.number = number
    this.#context = context
    this.#security = security
    this.#socket = socket
    this.#stream = socket
    let lost: () => void = () => undefined
    this.#gone = new Promise((resolve) => (lost = resolve))
    this.#lost = lost
    let left: () => void = () => undefined
    const leaving = new Promise<void>((resolve) => (left = resolve))
    this.#left = left
    this.out = new Output(socket, context.settings.limits.unread)
    this.source = new ByteSource({ pause: () => this.#stream.pause(), resume: () => this.#stream.resume() })
    this.session = new Session(context, this)
    this.#executor = new Executor(this.session, context.faults, number, leaving)
    this.#attach(socket)
    this.closed = this.#serve()
  }

  get state(): SessionState {
    return this.session.state
  }

  get user(): string | null {
    return this.session.account?.name ?? null
  }

  get tls(): TLSSocket | null {
    return this.#socket instanceof TLSSocket ? this.#socket : null
  }

  get secure(): boolean {
    return this.tls !== null
  }

  get bytesSent(): number {
    return this.out.bytes
  }

  get canStartTls(): boolean {
    return this.#security === 'starttls' && !this.secure && this.#context.secureContext !== null
  }

  get passwordsAllowed(): boolean {
    return this.secure || this.#security === 'plaintext'
  }

  send(data: string | Uint8Array): void {
    this.out.text(Buffer.from(data).toString('latin1')).flush()
  }

  bye(text = 'The server is going down'): void {
    this.session.state = 'logout'
    this.out.line(`* BYE ${text}`)
    void this.out.end()
    this.source.end()
  }

  destroy(): void {
    this.#socket.destroy()
    this.source.end()
  }

  async startTls(): Promise<void> {
    const { secureContext } = this.#context
    if (secureContext === null) throw new Error('STARTTLS without a certificate')
    await this.out.drained()
    const plain = this.#socket
    plain.removeAllListeners('data')
    plain.removeAllListeners('end')
    // Who leaves in the middle of the handshake is gone.
    plain.allowHalfOpen = false
    const secure = new TLSSocket(plain, { isServer: true, secureContext })
    this.#socket = secure
    this.#stream = secure
    this.out.socket = secure
    this.#attach(secure)
  }

  async through(layer: (below: Duplex) => Duplex): Promise<void> {
    await this.out.drained()
    const below = this.#stream
    below.removeAllListeners('data')
    below.removeAllListeners('end')
    below.pause()
    // The client may have been faster: what it sent behind the answer is for the layer.
    const early = this.source.takeAll()
    if (early.length > 0) below.unshift(early)
    const stream = layer(below)
    stream.on('data', (chunk: Buffer) => this.source.push(chunk))
    stream.on('end', () => this.source.end())
    // What is no valid data for the layer ends the connection.
    stream.on('error', () => this.destroy())
    this.#stream = stream
    this.out.socket = stream
  }

  async dialogueLine(secret: boolean): Promise<string | null> {
    this.out.flush()
    const line = await this.source.line(this.#context.settings.limits.line)
    if (line === null) return null
    const text = line.bytes.toString('latin1')
    this.#context.record(secret && !this.#context.settings.logSecrets && text !== '*' ? '***' : text)
    if (line.cut) throw bad('The line is too long', 'TOOBIG')
    if (!line.crlf) throw bad('A line must end in CR LF, this one ended in a bare LF')
    return text
  }

  #attach(socket: Socket): void {
    socket.on('data', (chunk: Buffer) => this.source.push(chunk))
    socket.on('end', () => {
      this.source.end()
      this.#left()
    })
    // A client may break the connection at any time; 'close' follows.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      if (socket !== this.#socket) return
      this.source.end()
      this.#left()
      this.#lost()
    })
  }

  async #serve(): Promise<void> {
    try {
      await this.#greet()
      while (!this.#isOver()) {
        const command = await readCommand(this.source, this.#policy())
        if (command === null) break
        this.#context.record(this.#context.settings.logSecrets ? command.text : maskSecrets(command.text))
        await this.#executor.execute(command)
        // Who does not read gets nothing more to read.
        await this.out.room()
      }
      if (!this.#socket.destroyed) await Promise.race([this.out.end(), this.#gone])
    } catch (error) {
      this.out.line('* BYE [SERVERBUG] The embedded server failed, its close() says how')
      await Promise.race([this.out.end(), this.#gone])
      throw error
    } finally {
      this.session.state = 'logout'
      this.session.logOut()
      // What a client still sends is of no interest, and must not keep the socket from closing.
      this.#stream.resume()
      this.#socket.resume()
    }
    await this.#gone
  }

  #isOver(): boolean {
    return this.session.state === 'logout'
  }

  async #greet(): Promise<void> {
    const { settings } = this.#context
    const { greeting } = settings
    if (greeting === 'bye') {
      await this.#executor.greet('* BYE No connections at this time')
      this.session.state = 'logout'
      return
    }
    if (greeting === 'preauth') {
      const account = this.#context.account(Object.keys(settings.users)[0] ?? '')
      if (account !== undefined) this.session.logIn(account)
    }
    const told = settings.greetingCapabilities && !this.session.imap2
    const code = told ? `[CAPABILITY ${this.session.capabilities().join(' ')}] ` : ''
    await this.#executor.greet(`* ${this.session.account === null ? 'OK' : 'PREAUTH'} ${code}imapkit testing ready`)
  }

  #policy(): LiteralPolicy {
    const { limits } = this.#context.settings
    const small = this.session.has('LITERAL-') ? 4096 : 0
    return {
      line: limits.line,
      literal: limits.literal,
      total: limits.literal * 2,
      nonSynchronizing: this.session.has('LITERAL+') ? Infinity : small,
      // literal8 comes with each of these (RFC 3516 §4.4, RFC 6855 §4, RFC 5464 §5), and not with IMAP4rev2, which took in
      // only what BINARY does to FETCH (RFC 9051, appendix B).
      binary: LITERAL8.some((name) => this.#context.settings.offer.has(name)),
      grant: (text, literals) => {
        const refusal = this.#executor.grant(text, literals)
        if (refusal === null) {
          this.out.line('+ Ready for the literal')
          this.out.flush()
        }
        return refusal
      },
    }
  }
}
