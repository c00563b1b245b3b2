import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'
import type { Mail } from './mails.js'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/**
 * A client in the fewest lines: it sends text and waits for the tag. Tests use it to change mailboxes from outside and
 * to look at what the library did, so that a fault of the library cannot hide itself.
 */
export class RawClient implements AsyncDisposable {
  readonly #socket: Socket
  #received = ''
  #count = 0
  #capabilities: readonly string[] = []
  #wake: () => void = () => undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      this.#received += chunk
      this.#wake()
    })
    socket.on('error', () => this.#wake())
    socket.on('close', () => this.#wake())
  }

  static async open(host: string, port: number, user: string, password: string): Promise<RawClient> {
    const socket = createConnection({ host, port, noDelay: true })
    const client = new RawClient(socket)
    await once(socket, 'connect')
    await client.#until(/^\* OK .*\r\n/)
    await client.run(`LOGIN "${user.replace(/["\\]/g, '\\$&')}" "${password.replace(/["\\]/g, '\\$&')}"`)
    const [, capabilities = ''] = /\* CAPABILITY (.*)\r\n/.exec(await client.run('CAPABILITY')) ?? []
    client.#capabilities = capabilities.split(' ')
    return client
  }

  /** Runs one command; returns all that the server said meanwhile. @throws Error unless the answer is OK */
  async run(command: string): Promise<string> {
    const tag = `r${++this.#count}`
    this.#socket.write(`${tag} ${command}\r\n`, 'latin1')
    const answer = await this.#until(new RegExp(`(?:^|\\r\\n)${tag} .*\\r\\n`))
    if (!new RegExp(`(?:^|\\r\\n)${tag} OK`).test(answer)) throw new Error(`${command}: ${answer}`)
    return answer
  }

  /** Whether the server announces a capability. */
  has(capability: string): boolean {
    return this.#capabilities.includes(capability)
  }

  /** Appends mails, all sent at once where the server allows that. */
  async append(mailbox: string, mails: readonly Mail[]): Promise<void> {
    if (mails.length === 0) return
    const plus = this.has('LITERAL+') ? '+' : ''
    for (const { raw, flags = [], date } of mails) {
      const when = date === undefined ? '' : ` "${internalDate(date)}"`
      this.#socket.write(`r${++this.#count} APPEND "${mailbox}" (${flags.join(' ')})${when} {${raw.length}${plus}}\r\n`)
      if (plus === '') await this.#until(/(?:^|\r\n)\+ .*\r\n/)
      this.#socket.write(raw)
      this.#socket.write('\r\n')
    }
    const answer = await this.#until(new RegExp(`(?:^|\\r\\n)r${this.#count} .*\\r\\n`))
    const refused = /(?:^|\r\n)(r\d+ (?:NO|BAD).*)\r\n/.exec(answer)
    if (refused !== null) throw new Error(`APPEND: ${refused[1]}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#socket.destroyed) return
    const closed = once(this.#socket, 'close')
    this.#socket.end('z LOGOUT\r\n')
    await closed
  }

  async #until(pattern: RegExp): Promise<string> {
    for (;;) {
      const match = pattern.exec(this.#received)
      if (match !== null) {
        const end = match.index + match[0].length
        const answer = this.#received.slice(0, end)
        this.#received = this.#received.slice(end)
        return answer
      }
      if (this.#socket.destroyed) throw new Error(`The server hung up: ${this.#received.slice(-500)}`)
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }
}

function internalDate(date: Date): string {
  const day = String(date.getUTCDate()).padStart(2, ' ')
  return `${day}-${MONTHS[date.getUTCMonth()] ?? ''}-${date.getUTCFullYear()} ${date.toISOString().slice(11, 19)} +0000`
}
