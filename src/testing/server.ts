import { createServer, type Server, type Socket } from 'node:net'
import { createSecureContext, createServer as createTlsServer } from 'node:tls'
import { selfSigned, type Certificate } from './certificate.js'
import type { ConnectedClient } from './client.js'
import { ServerConnection, type ConnectionContext } from './connection.js'
import { Faults, type Fault, type FaultHandle } from './faults.js'
import { compose } from './feature.js'
import { FEATURES } from './features.js'
import { LineLog } from './log.js'
import type { WantedCapabilities } from './offer.js'
import { settle, type ServerOptions, type ServerSecurity, type ServerSettings } from './settings.js'
import { makeAccount } from './start.js'
import type { Account } from './store/account.js'
import { UserHandle } from './user.js'

/** What `connect()` takes to reach a server. */
export interface ConnectOptions {
  /** The address. */
  readonly host: string
  /** The port of the listener. */
  readonly port: number
  /** How the listener is protected. */
  readonly security: ServerSecurity
  /** Who logs in. */
  readonly auth: { readonly user: string; readonly password: string }
  /** The certificate to trust, in PEM. */
  readonly tls: { readonly ca: string }
}

/**
 * An IMAP server in memory on loopback sockets, for tests: IMAP4rev1 and IMAP4rev2, TLS, several users and clients at
 * once, faults on request.
 *
 * @example
 * ```ts
 * import { ImapServer } from 'imapkit/testing'
 * await using server = await ImapServer.start({ users: { alice: { password: 'secret' } } })
 * server.user('alice').mailbox('INBOX').deliver('Subject: hello\n\nworld\n')
 * ```
 */
export class ImapServer implements AsyncDisposable {
  /** The certificate in PEM: give it to a client as `tls.ca`. */
  readonly ca: string
  readonly #settings: ServerSettings
  readonly #certificate: Certificate
  readonly #context: ConnectionContext
  readonly #accounts = new Map<string, Account>()
  readonly #listeners = new Map<ServerSecurity, Server>()
  readonly #connections = new Set<ServerConnection>()
  /** All sockets, those in the middle of a TLS handshake included. */
  readonly #sockets = new Set<Socket>()
  readonly #faults = new Faults()
  readonly #log: LineLog
  /** What went wrong inside the server: a fault of this code, told by {@link close}. */
  readonly #failures: unknown[] = []
  #count = 0

  private constructor(options: ServerOptions) {
    const tables = compose([...FEATURES, ...(options.features ?? [])])
    this.#settings = settle(options, tables)
    this.#log = new LineLog(this.#settings.limits.log)
    const { tls = true } = options
    this.#certificate = tls === true ? selfSigned() : tls
    this.ca = this.#certificate.cert
    this.#context = {
      settings: this.#settings,
      tables,
      faults: this.#faults,
      secureContext: createSecureContext({ ...this.#certificate }),
      certificate: this.#certificate,
      account: (name) => this.#accounts.get(name),
      accounts: () => this.#accounts.values(),
      record: (line) => this.#log.add(line),
    }
    for (const [name, user] of Object.entries(this.#settings.users)) {
      this.#accounts.set(name, makeAccount(name, user, this.#settings))
    }
  }

  /** Starts a server; it listens when the promise resolves. */
  static async start(options: ServerOptions = {}): Promise<ImapServer> {
    const server = new ImapServer(options)
    try {
      for (const security of server.#settings.securities) await server.#listen(security)
    } catch (error) {
      await server.close()
      throw error
    }
    return server
  }

  /** The address that the server listens on. */
  get host(): string {
    return this.#settings.host
  }

  /** The port for cleartext. @throws Error when that listener is not open */
  get port(): number {
    return this.portOf('plaintext')
  }

  /** The port for implicit TLS. @throws Error when that listener is not open */
  get tlsPort(): number {
    return this.portOf('tls')
  }

  /** The port that offers STARTTLS and takes no password before it. @throws Error when that listener is not open */
  get startTlsPort(): number {
    return this.portOf('starttls')
  }

  /** The port of a listener. @throws Error when it is not open */
  portOf(security: ServerSecurity): number {
    const address = this.#listeners.get(security)?.address()
    if (address === null || address === undefined || typeof address === 'string') {
      throw new Error(`The server does not listen for ${security}: name it in the option "security"`)
    }
    return address.port
  }

  /** The options of `connect()` for a user: spread them and add your own. */
  connectOptions(user: string, options: { readonly security?: ServerSecurity } = {}): ConnectOptions {
    const { securities, users, host } = this.#settings
    const security = options.security ?? securities[0] ?? 'tls'
    const auth = { user, password: users[user]?.password ?? '' }
    return { host, port: this.portOf(security), security, auth, tls: { ca: this.ca } }
  }

  /** The lines that clients sent, oldest first; passwords and tokens are masked. */
  get log(): readonly string[] {
    return this.#log.lines
  }

  /** Forgets the log. */
  clearLog(): void {
    this.#log.clear()
  }

  /** The connections that are open, oldest first. */
  get connections(): readonly ConnectedClient[] {
    return [...this.#connections]
  }

  /** How many connections the server has taken since its start. */
  get connectionCount(): number {
    return this.#count
  }

  /** A user's mailboxes, to look into and to change from outside. @throws Error when there is no such user */
  user(name: string): UserHandle {
    const account = this.#accounts.get(name)
    if (account === undefined) throw new Error(`The server has no user ${name}`)
    return new UserHandle(account)
  }

  /** Offers other capabilities from now on; connections that are open are not told. */
  setCapabilities(wanted: WantedCapabilities): void {
    this.#settings.offer.change(wanted)
  }

  /** Makes something go wrong from now on. */
  fault(fault: Fault): FaultHandle {
    return this.#faults.add(fault)
  }

  /** Takes all faults away. */
  clearFaults(): void {
    this.#faults.clear()
  }

  /** Breaks all connections and stops listening; may be called twice. */
  async close(): Promise<void> {
    const listeners = [...this.#listeners.values()]
    this.#listeners.clear()
    const ended = listeners.map((listener) => new Promise<void>((resolve) => listener.close(() => resolve())))
    const connections = [...this.#connections]
    for (const connection of connections) connection.destroy()
    for (const socket of this.#sockets) socket.destroy()
    await Promise.allSettled([...ended, ...connections.map((connection) => connection.closed)])
    if (this.#failures.length > 0) throw new AggregateError(this.#failures.splice(0), 'The embedded server failed')
  }

  /** The same as {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #listen(security: ServerSecurity): Promise<void> {
    const serve = (socket: Socket): void => this.#serve(socket, security)
    // A client that has sent all it has to say may still read; with TLS it could leave in the middle of the handshake.
    const listener =
      security === 'tls'
        ? createTlsServer({ ...this.#certificate, noDelay: true }, serve)
        : createServer({ noDelay: true, allowHalfOpen: true })
    listener.on('connection', (socket: Socket) => {
      if (this.#sockets.size >= this.#settings.limits.connections) return turnAway(socket, security)
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
      if (security !== 'tls') serve(socket)
    })
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject)
      listener.listen(0, this.#settings.host, () => {
        listener.off('error', reject)
        resolve()
      })
    })
    this.#listeners.set(security, listener)
  }

  #serve(socket: Socket, security: ServerSecurity): void {
    const connection = new ServerConnection(++this.#count, socket, security, this.#context)
    this.#connections.add(connection)
    connection.closed
      .catch((error: unknown) => void this.#failures.push(error))
      .finally(() => this.#connections.delete(connection))
      // Nothing is left that could fail.
      .catch(() => undefined)
  }
}

/** Ends a connection that is one too many. */
function turnAway(socket: Socket, security: ServerSecurity): void {
  socket.on('error', () => socket.destroy())
  // Before TLS nobody could read why.
  if (security === 'tls') socket.destroy()
  else socket.end('* BYE [LIMIT] Too many connections\r\n', () => socket.destroy())
}
