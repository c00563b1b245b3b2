import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { connect, type ConnectOptions } from 'imapkit'
import { afterAll, describe, expect, it } from 'vitest'
import { selfSigned } from '../../src/testing/certificate.js'

const { key, cert } = selfSigned()
const servers: Server[] = []
const sockets = new Set<Socket>()

afterAll(async () => {
  for (const socket of sockets) socket.destroy()
  for (const server of servers) await new Promise((resolve) => server.close(resolve))
})

/** What a server does in clear text. `answer` gets the tag of STARTTLS, and may speak in several packets. */
interface Play {
  readonly greeting?: string
  readonly early?: string
  answer?(tag: string, socket: Socket): void
}

/** Connects to a server that plays; tells how that ended, and all that the server got to see. */
async function met(play: Play): Promise<{ error: unknown; received: string; heard: string[]; inTls: string }> {
  let received = ''
  let inTls = ''
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.write(play.greeting ?? '* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN] ready\r\n')
    socket.on('data', (data: Buffer) => {
      received += data.toString('latin1')
      const tag = /(\S+) STARTTLS\r\n$/.exec(received)?.[1]
      if (tag === undefined) return
      socket.removeAllListeners('data')
      if (play.answer !== undefined) play.answer(tag, socket)
      else socket.write(`${tag} OK go\r\n`)
      // Whoever goes on in clear text is seen, and so is whoever speaks TLS.
      const tls = new TLSSocket(socket, { isServer: true, key, cert })
      tls.on('error', () => undefined)
      tls.on('data', (more: Buffer) => {
        inTls += more.toString('latin1')
        const command = /(\S+) (\S+).*\r\n$/.exec(inTls)
        const told = command?.[2] === 'CAPABILITY' ? '* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR\r\n' : ''
        tls.write(`${told}${command?.[1] ?? ''} OK done\r\n`)
      })
    })
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const heard: string[] = []
  const options: ConnectOptions = {
    ...{ host: 'localhost', port: (server.address() as AddressInfo).port, security: 'starttls', tls: { ca: cert } },
    ...{ auth: { user: 'alice', password: 'hunter2' }, id: false, idle: false, timeouts: { greeting: 3000 } },
    on: {
      alert: ({ text }) => void heard.push(`alert ${text}`),
      capability: ({ capabilities }) => void heard.push(`capability ${[...capabilities].join(' ')}`),
      exists: () => void heard.push('exists'),
      list: () => void heard.push('list'),
      bye: () => void heard.push('bye'),
    },
  }
  try {
    const client = await connect(options)
    const alerts = client.alerts.map((text) => `kept ${text}`)
    client.close()
    await client.closed
    return { error: undefined, received, heard: [...heard, ...alerts], inTls }
  } catch (error) {
    return { error, received, heard, inTls }
  }
}

const later = (work: () => void): void => void setImmediate(() => setImmediate(work))

describe('STARTTLS', () => {
  it('goes through where nobody interferes: the capabilities are asked for again', async () => {
    const { error, received, inTls } = await met({})
    expect(error).toBeUndefined()
    expect(received).not.toContain('hunter2')
    expect(inTls).toMatch(/^\S+ CAPABILITY\r\n\S+ AUTHENTICATE PLAIN /)
  })

  it.each<[string, Play, string]>([
    [
      'a response behind the OK',
      { answer: (tag, socket) => socket.write(`${tag} OK go\r\n* OK [ALERT] evil\r\n`) },
      'ProtocolError',
    ],
    [
      'a tagged answer behind the OK',
      { answer: (tag, socket) => socket.write(`${tag} OK go\r\n${tag.replace(/\d+$/, '2')} OK in\r\n`) },
      'ProtocolError',
    ],
    ['one octet behind the OK', { answer: (tag, socket) => socket.write(`${tag} OK go\r\n*`) }, 'ProtocolError'],
    ['a NUL behind the OK', { answer: (tag, socket) => socket.write(`${tag} OK go\r\n\0`) }, 'ProtocolError'],
    ['an empty line behind the OK', { answer: (tag, socket) => socket.write(`${tag} OK go\r\n\r\n`) }, 'ProtocolError'],
    [
      'half a literal behind the OK',
      { answer: (tag, socket) => socket.write(`${tag} OK go\r\n* 1 FETCH (BODY[] {90}\r\nab`) },
      'ProtocolError',
    ],
    // A record of TLS it is not, so that the handshake fails.
    [
      'a response in the next packet',
      {
        answer: (tag, socket) => (
          socket.write(`${tag} OK go\r\n`),
          later(() => socket.write('* PREAUTH [CAPABILITY IMAP4rev1] in\r\n'))
        ),
      },
      'TlsError|ProtocolError',
    ],
    [
      'a tagged OK with the greeting, for a guessed tag',
      { greeting: '* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\nA1 OK go\r\n* OK [ALERT] evil\r\n' },
      'ProtocolError',
    ],
    [
      'a second OK in the same packet',
      { answer: (tag, socket) => socket.write(`${tag} OK go\r\n${tag} OK go\r\n`) },
      'ProtocolError',
    ],
    ['a tagged NO', { answer: (tag, socket) => socket.write(`${tag} NO [ALERT] not now\r\n`) }, 'TlsError'],
    ['a tagged BAD', { answer: (tag, socket) => socket.write(`${tag} BAD what\r\n`) }, 'TlsError'],
    ['a tagged PREAUTH', { answer: (tag, socket) => socket.write(`${tag} PREAUTH in\r\n`) }, 'ProtocolError'],
    [
      'a BYE in place of the OK',
      { answer: (_tag, socket) => socket.end('* BYE [ALERT] use evil.example\r\n') },
      'ByeError',
    ],
    ['a tagged BYE', { answer: (tag, socket) => socket.end(`${tag} BYE bye\r\n`) }, 'ByeError'],
    ['PREAUTH as the greeting', { greeting: '* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] in\r\n' }, 'ProtocolError'],
    ['a greeting without STARTTLS', { greeting: '* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi\r\n' }, 'TlsError'],
    ['a greeting that is none', { greeting: '* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n' }, 'ConnectError'],
    ['a greeting in the name of a command', { greeting: 'A1 OK [CAPABILITY IMAP4rev1] in\r\n' }, 'ConnectError'],
    ['NO as the greeting', { greeting: '* NO hi\r\n' }, 'ConnectError'],
    ['BAD as the greeting', { greeting: '* BAD hi\r\n' }, 'ConnectError'],
    ['a referral as the greeting', { greeting: '* BYE [REFERRAL imap://evil.example/] try that\r\n' }, 'ConnectError'],
    [
      'a referral in the answer',
      { answer: (tag, socket) => socket.write(`${tag} NO [REFERRAL imap://evil.example/] try that\r\n`) },
      'TlsError',
    ],
  ])('is given up at %s, before a secret is sent', async (_, play, name) => {
    const { error, received, heard, inTls } = await met(play)
    expect(error).toMatchObject({ name: expect.stringMatching(`^(?:${name})$`) as string })
    expect(received).not.toMatch(/AUTHENTICATE|LOGIN|hunter2/)
    expect(received.match(/\r\n/g)?.length ?? 0).toBeLessThan(2)
    expect(inTls).toBe('')
    expect(heard).toEqual([])
  })

  it.each([
    ['a capability list', '* CAPABILITY IMAP4rev1 AUTH=EVIL'],
    ['an ALERT', '* OK [ALERT] call 0900-evil'],
    ['capabilities in a code', '* OK [CAPABILITY IMAP4rev1 AUTH=EVIL] hm'],
    ['a referral', '* OK [REFERRAL imap://evil.example/] hm'],
    ['data of a mailbox', '* 3 EXISTS\r\n* LIST () "/" evil\r\n* FLAGS (evil)\r\n* SEARCH 1'],
    ['what was enabled', '* ENABLED UTF8=ACCEPT'],
    ['a namespace', '* NAMESPACE (("evil" "/")) NIL NIL'],
    ['what nobody can read', '* 3 FETCH ((((('],
  ])('takes no notice of %s before TLS', async (_, line) => {
    const before = await met({ answer: (tag, socket) => socket.write(`${line}\r\n${tag} OK [CAPABILITY EVIL] go\r\n`) })
    const greeting = `* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n${line}\r\n`
    for (const { error, received, heard, inTls } of [before, await met({ greeting })]) {
      expect(error).toBeUndefined()
      expect(received).toMatch(/^\S+ STARTTLS\r\n$/)
      expect(inTls).toMatch(/^\S+ CAPABILITY\r\n\S+ AUTHENTICATE PLAIN /)
      // What is told after TLS, and nothing else.
      expect([...new Set(heard)]).toEqual([expect.stringMatching(/^capability (?!.*EVIL)/i)])
    }
  })
})

describe('without TLS', () => {
  it.each([undefined, 'starttls' as const])('no secret is sent by default: security %s', async (security) => {
    let received = ''
    const server = createServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('data', (data: Buffer) => (received += data.toString('latin1')))
      socket.write('* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi\r\n')
    })
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const auth = { user: 'alice', password: 'hunter2' }
    const error: unknown = await connect({ host: '127.0.0.1', port, auth, ...(security && { security }) }).catch(
      (reason: unknown) => reason,
    )
    expect(error).toMatchObject({ name: 'TlsError' })
    expect(received).not.toMatch(/hunter2|alice|LOGIN|AUTHENTICATE/)
  })
})
