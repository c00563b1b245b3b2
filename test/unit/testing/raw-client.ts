import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** How a raw client connects. */
export interface RawOptions {
  readonly port: number
  /** A CA in PEM: TLS from the start. */
  readonly ca?: string
}

/** A socket and lines, nothing of IMAP: what the tests of the server speak through. */
export class RawClient implements AsyncDisposable {
  #socket: Socket
  #received = ''
  #ended = false
  #wake: (() => void) | null = null
  #tag = 0

  private constructor(socket: Socket) {
    this.#socket = socket
    this.#attach(socket)
  }

  /** Connects and reads the greeting. */
  static async open({ port, ca }: RawOptions): Promise<RawClient> {
    const client = await RawClient.dial({ port, ...(ca === undefined ? {} : { ca }) })
    await client.line()
    return client
  }

  /** Connects. */
  static async dial({ port, ca }: RawOptions): Promise<RawClient> {
    const host = '127.0.0.1'
    const socket = ca === undefined ? connectTcp({ host, port }) : connectTls({ host: 'localhost', port, ca })
    await once(socket, ca === undefined ? 'connect' : 'secureConnect')
    return new RawClient(socket)
  }

  get socket(): Socket {
    return this.#socket
  }

  /** Goes on over TLS. */
  async startTls(ca: string): Promise<void> {
    this.#socket.removeAllListeners('data')
    this.#socket.removeAllListeners('close')
    const socket = connectTls({ socket: this.#socket, ca, servername: 'localhost' })
    await once(socket, 'secureConnect')
    this.#socket = socket
    this.#attach(socket)
  }

  /** Sends octets given as latin1 text. */
  send(text: string): void {
    this.#socket.write(Buffer.from(text, 'latin1'))
  }

  /** The next line without its CR LF; literals are lines as any others. @throws Error at the end of the connection */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#received.indexOf('\r\n')
      if (end >= 0) {
        const line = this.#received.slice(0, end)
        this.#received = this.#received.slice(end + 2)
        return line
      }
      if (this.#ended) throw new Error(`The server closed the connection behind: ${JSON.stringify(this.#received)}`)
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  /** Lines up to and with the first that matches. */
  async until(pattern: RegExp): Promise<string[]> {
    const lines: string[] = []
    for (;;) {
      const line = await this.line()
      lines.push(line)
      if (pattern.test(line)) return lines
    }
  }

  /** Sends a command; all lines of the answer, the tag of the last one replaced by `OK`, `NO` or `BAD` at its start. */
  async run(command: string): Promise<string[]> {
    const tag = `t${++this.#tag}`
    this.send(`${tag} ${command}\r\n`)
    return this.answer(tag)
  }

  /** The lines of the answer to a tag. */
  async answer(tag: string): Promise<string[]> {
    const lines = await this.until(new RegExp(`^${tag} `))
    return [...lines.slice(0, -1), (lines.at(-1) as string).slice(tag.length + 1)]
  }

  /** Runs a command that must succeed; the untagged lines. */
  async ok(command: string): Promise<string[]> {
    const lines = await this.run(command)
    const last = lines.pop() as string
    if (!last.startsWith('OK')) throw new Error(`${command}: ${last}`)
    return lines
  }

  /** Everything up to the end of the connection. */
  async rest(): Promise<string> {
    while (!this.#ended) await new Promise<void>((resolve) => (this.#wake = resolve))
    return this.#received
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) {
      const closed = once(this.#socket, 'close')
      this.#socket.destroy()
      await closed
    }
  }

  #attach(socket: Socket): void {
    const wake = (): void => {
      const resolve = this.#wake
      this.#wake = null
      resolve?.()
    }
    socket.on('data', (chunk: Buffer) => {
      this.#received += chunk.toString('latin1')
      wake()
    })
    // A reset is an end; the tests look at what came before it.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      this.#ended = true
      wake()
    })
  }
}
