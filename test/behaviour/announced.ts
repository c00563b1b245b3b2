import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'
import { connect as tlsConnect } from 'node:tls'

/** Where a server is, and an account that may log in without TLS. */
export interface Address {
  readonly host: string
  readonly port: number
  readonly tlsPort: number
  /** Where STARTTLS is offered, if not at {@link port}. */
  readonly startTlsPort?: number
  readonly ca: string
  readonly user: string
  readonly password: string
}

/** All that a server says to these lines and LOGOUT, which are sent one after the other. */
async function ask(socket: Socket, lines: readonly string[]): Promise<string> {
  let received = ''
  let sent = 0
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => {
    received += chunk
    const awaited = sent === 0 ? '\\* OK' : `t${sent}`
    if (sent <= lines.length && new RegExp(`(?:^|\\n)${awaited} [^\\n]*\\n`).test(received)) {
      socket.write(`t${sent + 1} ${lines[sent] ?? 'LOGOUT'}\r\n`)
      sent++
    }
  })
  socket.setTimeout(10_000, () => socket.destroy(new Error(`no answer in ten seconds, after: ${received}`)))
  await once(socket, 'close')
  return received
}

/**
 * The capabilities that a server announces: in cleartext, by TLS, and after the login. Tests are registered by them, so
 * they are read before the tests are, and by other code than the library's.
 */
export async function announced(address: Address): Promise<readonly string[]> {
  const { host, port, tlsPort, startTlsPort = port, ca, user, password } = address
  const login = `LOGIN "${user}" "${password}"`
  const answers = await Promise.all([
    ask(createConnection({ host, port }), [login, 'CAPABILITY']),
    ask(createConnection({ host, port: startTlsPort }), ['CAPABILITY']),
    ask(tlsConnect({ host, port: tlsPort, ca }), ['CAPABILITY']),
  ])
  const said = answers.join('')
  const found = new Set<string>()
  for (const [, line = ''] of said.matchAll(/^\* CAPABILITY (.*?) *\r?$/gm)) {
    for (const each of line.split(' ')) found.add(each.toUpperCase())
  }
  if (!found.has('IMAP4REV1')) throw new Error(`${host}:${port} announces no IMAP4rev1: ${said}`)
  return [...found].sort()
}
