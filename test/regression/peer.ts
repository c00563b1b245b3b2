import { createServer, type AddressInfo, type Socket } from 'node:net'
import { connect, type ConnectOptions, type ImapClient, type Mailbox } from 'imapkit'

/** One command as it came. */
interface Received {
  readonly tag: string
  /** In upper case, with `UID`. */
  readonly name: string
  readonly args: string
}

/** Answers a command: the lines to send, without their ends; undefined leaves it without an answer. */
type Answer = (command: Received, say: (line: string) => void) => readonly string[] | undefined

/** A client with a selected mailbox, whose server does what a test says. */
interface Opened extends AsyncDisposable {
  readonly client: ImapClient
  readonly mailbox: Mailbox
  /** What came, without the tags. */
  readonly log: string[]
}

/** Opens a mailbox of `exists` messages on a server that answers OK to all that `answer` gives `[]` for. */
export async function opened(exists: number, answer: Answer, more: Partial<ConnectOptions> = {}): Promise<Opened> {
  const log: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    const say = (line: string): void => void (socket.writable && socket.write(`${line}\r\n`))
    say('* PREAUTH [CAPABILITY IMAP4rev1 UIDPLUS MOVE] ready')
    let rest = ''
    socket.on('data', (data) => {
      const lines = (rest + data.toString('latin1')).split('\r\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        log.push(line.slice(line.indexOf(' ') + 1))
        const [, tag = '', name = '', args = ''] = /^(\S+) (UID \S+|\S+) ?(.*)$/.exec(line) ?? []
        const command = { tag, name: name.toUpperCase(), args }
        const said = command.name === 'SELECT' ? [`* ${exists} EXISTS`] : answer(command, say)
        if (said !== undefined) [...said, `${tag} OK done`].forEach(say)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const client = await connect({ host: '127.0.0.1', port, security: 'plaintext', id: false, idle: false, ...more })
  return {
    client,
    mailbox: await client.select('INBOX'),
    log,
    [Symbol.asyncDispose]: async () => {
      client.close()
      await client.closed
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Says something from time to time, so that the server is never silent, until the connection has ended. */
export function chatter(say: (line: string) => void, client: () => ImapClient | undefined): void {
  const timer = setInterval(() => {
    if (client()?.state === 'logout') clearInterval(timer)
    else say('* OK Still here, please wait')
  }, 40)
  timer.unref()
}
