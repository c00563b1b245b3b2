import type { Socket } from 'node:net'
import { TLSSocket, type SecureContext } from 'node:tls'
import { ByteSource } from '../byte-source.js'
import type { PlacedStep, Step } from './parse.js'
import { compileExpected, fillIn } from './template.js'

/** A client did not do what the script says. */
export class ScriptError extends Error {
  static {
    this.prototype.name = 'ScriptError'
  }
}

/** A line that a client may send in a script. */
const LINE_LIMIT = 16 * 1024 * 1024
const TIMED_OUT = Symbol('timed out')

/** How a script is played. */
export interface PlayerOptions {
  readonly connection: number
  readonly secureContext: SecureContext | null
  /** Milliseconds that a step waits for the client. */
  readonly timeout: number
}

/** Plays the steps of one connection. */
export class Player {
  readonly #options: PlayerOptions
  readonly #captured = new Map<string, string>()
  readonly #played: string[] = []
  readonly #source: ByteSource
  #socket: Socket
  #split = 0

  constructor(socket: Socket, options: PlayerOptions) {
    this.#socket = socket
    this.#options = options
    this.#source = new ByteSource({ pause: () => this.#socket.pause(), resume: () => this.#socket.resume() })
    this.#attach(socket)
  }

  /** Plays all steps. @throws ScriptError */
  async play(steps: readonly PlacedStep[]): Promise<void> {
    for (const placed of steps) {
      await this.#one(placed)
      this.#played.push(placed.source)
    }
  }

  /** Says goodbye to a client that logs out behind the end of the script, and passes over everything else. */
  async linger(): Promise<void> {
    for (;;) {
      const line = await this.#source.line(LINE_LIMIT)
      if (line === null) break
      const tag = /^(\S+) LOGOUT$/i.exec(line.bytes.toString('latin1'))?.[1]
      if (tag !== undefined) {
        this.#socket.end(`* BYE Goodbye\r\n${tag} OK LOGOUT completed\r\n`)
        break
      }
    }
    this.#socket.end()
  }

  async #one(placed: PlacedStep): Promise<void> {
    const { step } = placed
    switch (step.kind) {
      case 'send':
        return this.#send(Buffer.from(`${fillIn(step.text, this.#captured)}\r\n`, 'utf8'))
      case 'bytes':
        return this.#send(step.bytes)
      case 'split':
        this.#split = step.size
        return
      case 'wait':
        return sleep(step.ms)
      case 'close':
        this.#socket.end()
        return
      case 'reset':
        this.#socket.resetAndDestroy()
        return
      case 'starttls':
        this.#startTls(placed)
        return
      case 'client-close':
        return this.#expectClose(placed)
      case 'receive':
        return this.#expectBytes(placed, step.bytes)
      case 'expect':
      case 'match':
        return this.#expectLine(placed, step)
    }
  }

  async #send(bytes: Uint8Array): Promise<void> {
    const size = this.#split > 0 ? this.#split : bytes.length || 1
    for (let at = 0; at < bytes.length; at += size) {
      if (!this.#socket.writable) return
      const piece = bytes.subarray(at, at + size)
      await new Promise<void>((resolve) => this.#socket.write(piece, () => resolve()))
      // A turn of the loop keeps the pieces apart.
      if (this.#split > 0) await sleep(0)
    }
  }

  async #expectLine(placed: PlacedStep, step: Step & { kind: 'expect' | 'match' }): Promise<void> {
    const line = await this.#timed(this.#source.line(LINE_LIMIT), placed)
    if (line === null) throw this.#error(placed, 'the connection was closed')
    if (!line.crlf) throw this.#error(placed, `a line with a bare LF: ${JSON.stringify(line.bytes.toString('latin1'))}`)
    const text = asText(line.bytes)
    const pattern = step.kind === 'match' ? step.pattern : compileExpected(step.text, this.#captured)
    const match = pattern.exec(text)
    if (match === null) throw this.#error(placed, text)
    for (const [name, value] of Object.entries(match.groups ?? {})) this.#captured.set(name, value)
  }

  async #expectBytes(placed: PlacedStep, expected: Uint8Array): Promise<void> {
    const received = await this.#timed(this.#source.bytes(expected.length), placed)
    if (received === null) throw this.#error(placed, 'the connection was closed')
    if (!received.equals(expected))
      throw this.#error(placed, JSON.stringify(received.toString('latin1').slice(0, 2000)))
  }

  async #expectClose(placed: PlacedStep): Promise<void> {
    const line = await this.#timed(this.#source.line(LINE_LIMIT), placed)
    if (line !== null) throw this.#error(placed, asText(line.bytes))
  }

  #startTls(placed: PlacedStep): void {
    const { secureContext } = this.#options
    if (secureContext === null) throw this.#error(placed, 'no certificate: start the server with the option tls')
    const plain = this.#socket
    plain.removeAllListeners('data')
    plain.removeAllListeners('end')
    this.#socket = new TLSSocket(plain, { isServer: true, secureContext })
    this.#attach(this.#socket)
  }

  async #timed<T>(promise: Promise<T>, placed: PlacedStep): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<typeof TIMED_OUT>((resolve) => {
      timer = setTimeout(() => resolve(TIMED_OUT), this.#options.timeout)
    })
    const result = await Promise.race([promise, late])
    clearTimeout(timer)
    if (result === TIMED_OUT) throw this.#error(placed, `nothing for ${this.#options.timeout} ms`)
    return result
  }

  #error({ source, line }: PlacedStep, received: string): ScriptError {
    const before = this.#played.slice(-5).map((each) => `    ${each}\n`)
    return new ScriptError(
      `Connection ${this.#options.connection}, line ${line} of the script\n${before.join('')}  expected: ${source}\n  received: ${received}`,
    )
  }

  #attach(socket: Socket): void {
    socket.on('data', (chunk: Buffer) => this.#source.push(chunk))
    socket.on('end', () => this.#source.end())
    // A reset is an end too; the step that waits says so.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      if (socket === this.#socket) this.#source.end()
    })
  }
}

function asText(bytes: Buffer): string {
  const text = bytes.toString('utf8')
  return text.includes('\ufffd') ? bytes.toString('latin1') : text
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
