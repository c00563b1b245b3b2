import { createServer, type Server, type Socket } from 'node:net'
import { createSecureContext, createServer as createTlsServer } from 'node:tls'
import { selfSigned, type Certificate } from '../certificate.js'
import type { ConnectOptions } from '../server.js'
import type { ServerSecurity } from '../settings.js'
import { parseScript, type PlacedStep, type ScriptStep } from './parse.js'
import { Player, ScriptError } from './player.js'

/** How a scripted server is started. */
export interface ScriptOptions {
  /** `tls` listens for TLS; `starttls` has a certificate for the step `S-starttls`. Default `plaintext`. */
  readonly security?: ServerSecurity
  /** PEM of a certificate; left out: one is made where it is needed. */
  readonly tls?: Certificate
  /** Milliseconds that a step waits for the client; default 5000. */
  readonly timeout?: number
}

/**
 * A server that plays a transcript, for dialogues that no honest server has.
 *
 * `C:` lines are expected, `S:` lines are sent. In a `C:` line `<word>` matches one word and keeps it under that name,
 * `<=word>` matches what was kept, `<*>` matches anything, and a line between slashes is a regular expression. In an `S:`
 * line `<word>` is what was kept. Literals are lines like others. Further steps: `S-raw` (octets with `\r`, `\n`, `\xHH`,
 * without a line end), `S-wait ms`, `S-split octets`, `S-close`, `S-reset`, `S-starttls`, `C-close`; `---` starts the next
 * connection, `#` a comment.
 *
 * @example
 * ```ts
 * import { ScriptedServer } from 'imapkit/testing'
 * await using server = await ScriptedServer.start(`
 *   S: * PREAUTH ready
 *   C: <tag> NOOP
 *   S: * BYE gone
 *   S-close
 * `)
 * ```
 */
export class ScriptedServer implements AsyncDisposable {
  /** The certificate in PEM, or the empty string. */
  readonly ca: string
  /** Resolves when the whole script has been played, rejects with a {@link ScriptError} when a client does otherwise. */
  readonly done: Promise<void>
  readonly #security: ServerSecurity
  readonly #certificate: Certificate | null
  readonly #timeout: number
  readonly #scripts: readonly (readonly PlacedStep[])[]
  readonly #listener: Server
  readonly #sockets = new Set<Socket>()
  #resolve: () => void = () => undefined
  #reject: (error: Error) => void = () => undefined
  #connections = 0
  #played = 0

  private constructor(script: string | readonly ScriptStep[], options: ScriptOptions) {
    this.#scripts = parseScript(script)
    this.#security = options.security ?? 'plaintext'
    this.#certificate = options.tls ?? (this.#security === 'plaintext' ? null : selfSigned())
    this.ca = this.#certificate?.cert ?? ''
    this.#timeout = options.timeout ?? 5000
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    // A test that looks at the client's error only need not await this one as well.
    this.done.catch(() => undefined)
    const serve = (socket: Socket): void => void this.#serve(socket)
    this.#listener =
      this.#security === 'tls'
        ? createTlsServer({ ...this.#certificate }, serve)
        : createServer({ noDelay: true }, serve)
    this.#listener.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
  }

  /** Starts a server; it listens when the promise resolves. @throws Error for a script with a line that is no step */
  static async start(script: string | readonly ScriptStep[], options: ScriptOptions = {}): Promise<ScriptedServer> {
    const server = new ScriptedServer(script, options)
    await new Promise<void>((resolve, reject) => {
      server.#listener.once('error', reject)
      server.#listener.listen(0, '127.0.0.1', resolve)
    })
    return server
  }

  /** The port that the server listens on. */
  get port(): number {
    const address = this.#listener.address()
    if (address === null || typeof address === 'string') throw new Error('The server is closed')
    return address.port
  }

  /** How many clients have connected. */
  get connectionCount(): number {
    return this.#connections
  }

  /** The options of `connect()`: spread them and add your own. */
  connectOptions(user = 'user', password = 'secret'): ConnectOptions {
    const auth = { user, password }
    return { host: '127.0.0.1', port: this.port, security: this.#security, auth, tls: { ca: this.ca } }
  }

  /** Breaks all connections and stops listening; may be called twice. A script that was not played to its end rejects `done`. */
  async close(): Promise<void> {
    const played = `${this.#played} of ${this.#scripts.length} connections`
    this.#reject(new ScriptError(`The server was closed before the script was over: ${played} had been played`))
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => this.#listener.close(() => resolve()))
  }

  /** The same as {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #serve(socket: Socket): Promise<void> {
    const connection = ++this.#connections
    const steps = this.#scripts[connection - 1]
    const secureContext = this.#certificate === null ? null : createSecureContext({ ...this.#certificate })
    const player = new Player(socket, { connection, secureContext, timeout: this.#timeout })
    try {
      if (steps === undefined) throw new ScriptError(`The script has no connection ${connection}`)
      await player.play(steps)
      if (++this.#played === this.#scripts.length) this.#resolve()
    } catch (error) {
      this.#reject(error instanceof Error ? error : new Error(String(error)))
      socket.destroy()
      return
    }
    await player.linger()
  }
}
