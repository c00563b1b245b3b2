import { execFileSync } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer, type TLSSocket, TLSSocket as TlsSocket } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { capability, noop } from '../../src/commands/simple.js'
import { Connection } from '../../src/connection/connection.js'
import {
  AbortError,
  ArgumentError,
  ConnectError,
  ConnectionError,
  ProtocolError,
  TimeoutError,
  TlsError,
} from '../../src/model/errors.js'
import { command, named, pair, Peer, rejection, setup, sleep, type Wish } from '../unit/connection/support.js'

let directory: string
let key: string
let cert: string
let pin: string
const servers: Server[] = []

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'imapkit-'))
  const [keyFile, certFile] = [join(directory, 'key.pem'), join(directory, 'cert.pem')]
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile, '-out', certFile, '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'], // prettier-ignore
    { stdio: 'ignore' },
  )
  key = readFileSync(keyFile, 'utf8')
  cert = readFileSync(certFile, 'utf8')
  const spki = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' })
  pin = createHash('sha256').update(spki).digest('base64')
})

afterAll(() => rmSync(directory, { recursive: true }))

afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve))
})

async function listen(server: Server): Promise<number> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  return (server.address() as AddressInfo).port
}

/** A server that plays the same to each client. */
async function plain(play: (peer: Peer, socket: Socket) => void): Promise<number> {
  return listen(
    createServer((socket) => {
      play(new Peer(socket), socket)
    }),
  )
}

async function secure(play: (peer: Peer, socket: TLSSocket) => void): Promise<number> {
  const server = createTlsServer({ key, cert }, (socket) => {
    play(new Peer(socket), socket)
  })
  server.on('tlsClientError', () => undefined)
  return listen(server)
}

/** The options for a real socket. */
const real = (port: number, wish: Wish = {}): ReturnType<typeof setup> =>
  setup({ host: 'localhost', port, transport: undefined, ...wish })

const connecting = (wish: Wish, ...greeting: string[]): Promise<Connection> => {
  const made = setup(wish)
  if (greeting.length > 0) made.peer.send(...greeting)
  return Connection.open(made.setup)
}

describe('the greeting', () => {
  it('opens the connection, with what it tells', async () => {
    const { setup: made, peer, events } = setup()
    peer.send('* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] [ALERT] hello')
    const connection = await Connection.open(made)
    expect(connection.state).toBe('not-authenticated')
    expect(connection.capabilities.mechanisms()).toEqual(['PLAIN'])
    expect(connection.greeting).toMatchObject({ type: 'OK' })
    expect(connection.secure).toBe(false)
    expect(named(events, 'capability')).toHaveLength(1)
    connection.close()
    await connection.closed
    expect(named(events, 'close')).toEqual([{ reason: 'closed' }])
  })

  it('skips authentication with PREAUTH', async () => {
    const connection = await connecting({}, '* PREAUTH ready')
    expect(connection.state).toBe('authenticated')
    connection.close()
  })

  it.each([
    ['* BYE too many connections', 'turned the connection away: too many connections'],
    ['220 mx.example.org ESMTP Postfix', 'it speaks SMTP'],
    ['+OK POP3 ready', 'it speaks POP3'],
    ['SSH-2.0-OpenSSH', 'it speaks SSH'],
    ['HTTP/1.1 400 Bad Request', 'it speaks HTTP'],
    ['* 3 EXISTS', 'no IMAP server'],
    ['A1 OK hello', 'no IMAP server'],
    ['\u0007\u0001 garbage', 'it greets with "?? garbage"'],
    ['* BYE', 'turned'],
  ])('refuses %j', async (line, message) => {
    const error = await rejection(connecting({}, line))
    expect(error).toBeInstanceOf(ConnectError)
    expect((error as Error).message).toContain(message)
  })

  it('knows TLS where none was expected', async () => {
    const { setup: made, peer } = setup()
    peer.raw('\u0015\u0003\u0001\u0000\u0002\u0002\u0050')
    expect(await rejection(Connection.open(made))).toMatchObject({
      name: 'ConnectError',
      message: expect.stringContaining('TLS') as string,
    })
  })

  it('is bounded in time and in size, and by the signal', async () => {
    expect(await rejection(connecting({ timeouts: { greeting: 30 } }))).toMatchObject({
      name: 'TimeoutError',
      phase: 'greeting',
    })
    const { setup: made, peer } = setup({ limits: { line: 100 } })
    peer.raw('x'.repeat(1000))
    expect(await rejection(Connection.open(made))).toMatchObject({ name: 'LimitError' })
    const controller = new AbortController()
    const aborted = rejection(connecting({ signal: controller.signal }))
    await sleep(5)
    controller.abort('enough')
    expect(await aborted).toBeInstanceOf(AbortError)
    expect(await aborted).toMatchObject({ connection: 'closed', cause: 'enough' })
    expect(await rejection(connecting({ signal: AbortSignal.abort() }))).toBeInstanceOf(AbortError)
  })

  it('says that the server hung up before it', async () => {
    const { setup: made, peer } = setup()
    peer.stream.end()
    expect(await rejection(Connection.open(made))).toMatchObject({
      name: 'ConnectError',
      message: expect.stringContaining('before its greeting') as string,
    })
  })
})

describe('the transport', () => {
  it('says that nothing listens, and that a name has no address', async () => {
    const port = await plain(() => undefined)
    await new Promise((resolve) => servers.pop()?.close(resolve))
    expect(await rejection(Connection.open(real(port).setup))).toMatchObject({
      name: 'ConnectError',
      retryable: true,
      message: `Nothing listens at localhost:${port}`,
    })
    const nowhere = real(port, { host: 'nowhere.invalid', timeouts: { connect: 5000 } })
    expect(await rejection(Connection.open(nowhere.setup))).toBeInstanceOf(ConnectionError)
  })

  it('is bounded by timeouts.connect even when a transport of the user never comes', async () => {
    const [a] = [setup()]
    const never = { transport: () => new Promise<never>(() => undefined), timeouts: { connect: 30 } }
    expect(await rejection(connecting(never))).toMatchObject({ phase: 'connect', connection: 'closed' })
    const late = new Promise<typeof a.peer.stream>((resolve) => setTimeout(() => resolve(a.peer.stream), 60))
    expect(await rejection(connecting({ transport: () => late, timeouts: { connect: 20 } }))).toBeInstanceOf(
      TimeoutError,
    )
    await sleep(80)
    expect(a.peer.stream.destroyed).toBe(true)
  })

  it('rejects with what a transport of the user fails with', async () => {
    const cause = new Error('proxy says no')
    const failing = { transport: () => Promise.reject(cause) }
    expect(await rejection(connecting(failing))).toMatchObject({ name: 'ConnectError', cause })
    const thrown = {
      transport: () => {
        throw new ArgumentError('a bad proxy')
      },
    }
    expect(await rejection(connecting(thrown))).toMatchObject({ name: 'ArgumentError' })
  })

  it('counts bytes and round trips, and sends what is written in one tick in one packet', async () => {
    const packets: number[] = []
    const port = await plain((peer, socket) => {
      socket.on('data', (chunk) => packets.push(chunk.length))
      peer.send('* PREAUTH hi')
      void (async () => {
        for (let i = 0; i < 10; i++) await peer.answer()
      })().catch(() => undefined)
    })
    const connection = await Connection.open(real(port).setup)
    await Promise.all(Array.from({ length: 10 }, () => connection.run(noop())))
    expect(packets).toHaveLength(1)
    const { bytesIn, bytesOut, roundTrips, lastByteAt } = connection.traffic
    expect(bytesOut).toBe(packets[0])
    expect(bytesIn).toBeGreaterThan(100)
    expect(roundTrips).toBe(1)
    expect(Date.now() - lastByteAt).toBeLessThan(2000)
    connection.close()
    await connection.closed
  })

  it('rejects what waits when the server resets the connection', async () => {
    const port = await plain((peer, socket) => {
      peer.send('* PREAUTH hi')
      void peer.command().then(() => socket.resetAndDestroy())
    })
    const connection = await Connection.open(real(port).setup)
    expect(await rejection(connection.run(noop()))).toMatchObject({
      name: 'ConnectionError',
      cause: { code: 'ECONNRESET' },
    })
    expect(await connection.closed).toMatchObject({ reason: 'error' })
  })

  it('leaves no socket and no timer behind', async () => {
    const port = await plain((peer) => {
      peer.send('* PREAUTH hi')
      void peer.answer().catch(() => undefined)
    })
    const count = (kind: string): number => process.getActiveResourcesInfo().filter((each) => each === kind).length
    await sleep(60)
    const before = { sockets: count('TCPSocketWrap'), timers: count('Timeout') }
    const connection = await Connection.open(real(port).setup)
    await connection.run(noop())
    connection.run(noop(), { timeout: 10_000 }).catch(() => undefined)
    const controller = new AbortController()
    connection.run(command(), { signal: controller.signal }).catch(() => undefined)
    controller.abort()
    connection.close()
    await connection.closed
    await sleep(20)
    expect(count('TCPSocketWrap')).toBeLessThanOrEqual(before.sockets)
    expect(count('Timeout')).toBeLessThanOrEqual(before.timers)
  })
})

describe('TLS', () => {
  const tls = (port: number, wish: Wish = {}) => real(port, { security: 'tls', ...wish })

  it('speaks from the first byte, with the host name for the server', async () => {
    let servername: string | false | undefined
    const port = await secure((peer, socket) => {
      servername = (socket as TLSSocket & { servername?: string | false }).servername
      peer.send('* OK hi')
      void peer.answer().catch(() => undefined)
    })
    const connection = await Connection.open(tls(port, { tls: { ca: cert } }).setup)
    expect(connection.secure).toBe(true)
    expect(servername).toBe('localhost')
    await connection.run(noop())
    connection.close()
    await connection.closed
  })

  it.each([
    ['an authority that nobody knows', {}, {}, 'not trusted'],
    ['another host name', { host: '127.0.0.1' }, { ca: true }, 'for another name'],
    ['another key', {}, { pin: Buffer.alloc(32).toString('base64') }, 'not a pinned one'],
  ])(
    'refuses a certificate of %s before a byte is sent',
    async (_, wish, { ca, ...options }: { ca?: boolean; pin?: string }, message) => {
      const received: string[] = []
      const port = await secure((peer) => {
        peer.send('* OK hi')
        peer.stream.on('data', (chunk: Buffer) => received.push(chunk.toString()))
      })
      if ('host' in wish) {
        // The loopback address may be one of two.
        const { address } = servers.at(-1)?.address() as AddressInfo
        Object.assign(wish, { host: address })
      }
      const error = await rejection(
        Connection.open(tls(port, { ...wish, tls: { ...(ca === true && { ca: cert }), ...options } }).setup),
      )
      expect(error).toBeInstanceOf(TlsError)
      expect(error).toMatchObject({ retryable: false, message: expect.stringContaining(message) as string })
      expect(received).toEqual([])
    },
  )

  it('takes the pinned key instead of chain and host name', async () => {
    const port = await secure((peer) => peer.send('* OK hi'))
    const pins = [Buffer.alloc(32, 1).toString('base64'), `sha256/${pin}`]
    const connection = await Connection.open(tls(port, { tls: { pin: pins } }).setup)
    expect(connection.secure).toBe(true)
    connection.close()
    await connection.closed
  })

  it.each([['short'], [[]]])('refuses the pin %j before it connects', async (wrong) => {
    expect(await rejection(Connection.open(tls(1, { tls: { pin: wrong } }).setup))).toBeInstanceOf(ArgumentError)
  })

  it('says that the port speaks no TLS', async () => {
    const port = await plain((peer) => peer.send('* OK hi'))
    expect(await rejection(Connection.open(tls(port).setup))).toMatchObject({
      name: 'TlsError',
      message: expect.stringContaining('starttls') as string,
    })
  })

  it('bounds the handshake', async () => {
    const port = await plain(() => undefined)
    expect(await rejection(Connection.open(tls(port, { timeouts: { connect: 50 } }).setup))).toMatchObject({
      phase: 'connect',
    })
    const slammed = await plain((_peer, socket) => socket.destroy())
    expect(await rejection(Connection.open(tls(slammed).setup))).toBeInstanceOf(TlsError)
  })

  it('is laid over the stream of a transport', async () => {
    const [near, far] = pair()
    const served = new TlsSocket(far, { isServer: true, key, cert })
    served.on('error', () => undefined)
    const peer = new Peer(served)
    peer.send('* PREAUTH hi')
    const wish: Wish = { security: 'tls', host: 'localhost', tls: { ca: cert }, transport: async () => near }
    const connection = await Connection.open(setup(wish).setup)
    expect(connection.secure).toBe(true)
    const running = connection.run(noop())
    await peer.answer()
    await running
    connection.close()
    await connection.closed
  })

  it('is not laid over a transport that is secure by itself', async () => {
    for (const security of ['tls', 'starttls'] as const) {
      const [near, far] = pair()
      const peer = new Peer(far)
      peer.send('* OK hi')
      const connection = await Connection.open(
        setup({ security, transport: () => ({ stream: near, secure: true }) }).setup,
      )
      expect(connection.secure).toBe(true)
      expect(peer.received).toBe('')
      connection.close()
      await connection.closed
    }
  })
})

describe('STARTTLS', () => {
  /** A server that plays up to STARTTLS, and then serves TLS. */
  async function starting(
    before: (peer: Peer) => Promise<void>,
    after: (peer: Peer) => void = () => undefined,
  ): Promise<number> {
    return plain((peer, socket) => {
      void before(peer).then(
        () => {
          socket.removeAllListeners('data')
          const upgraded = new TlsSocket(socket, { isServer: true, key, cert })
          upgraded.on('error', () => undefined)
          after(new Peer(upgraded))
        },
        () => undefined,
      )
    })
  }

  const wish = (port: number, more: Wish = {}) => real(port, { security: 'starttls', tls: { ca: cert }, ...more })

  it('forgets all that came before TLS', async () => {
    const port = await starting(
      async (peer) => {
        peer.send('* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN] hi')
        const { tag, text } = await peer.command()
        expect(text).toBe('STARTTLS')
        peer.send(
          '* CAPABILITY IMAP4rev1 AUTH=EVIL',
          '* OK [ALERT] visit evil.example',
          '* 3 EXISTS',
          `${tag} OK [CAPABILITY EVIL] go`,
        )
      },
      (peer) => void peer.answer('OK', '* CAPABILITY IMAP4rev1 AUTH=SCRAM-SHA-256').catch(() => undefined),
    )
    const { setup: made, events } = wish(port)
    const connection = await Connection.open(made)
    expect(connection.secure).toBe(true)
    expect(connection.capabilities.known).toBe(false)
    expect(events).toEqual([])
    await connection.run(capability())
    expect(connection.capabilities.mechanisms()).toEqual(['SCRAM-SHA-256'])
    connection.close()
    await connection.closed
  })

  it('is fatal with bytes behind its OK', async () => {
    const port = await starting(async (peer) => {
      peer.send('* OK hi')
      const { tag } = await peer.command()
      peer.raw(`${tag} OK go\r\n* PREAUTH you are in\r\n`)
      await new Promise(() => undefined)
    })
    expect(await rejection(Connection.open(wish(port).setup))).toMatchObject({
      name: 'ProtocolError',
      message: expect.stringContaining('STARTTLS') as string,
    })
  })

  it('is fatal with half a line behind its OK', async () => {
    const port = await starting(async (peer) => {
      peer.send('* OK hi')
      const { tag } = await peer.command()
      peer.raw(`${tag} OK go\r\nX`)
      await new Promise(() => undefined)
    })
    expect(await rejection(Connection.open(wish(port).setup))).toBeInstanceOf(ProtocolError)
  })

  it.each(['NO', 'BAD'])('is an error of TLS when it is refused with %s', async (status) => {
    const port = await starting(async (peer) => {
      peer.send('* OK hi')
      await peer.answer(`${status} not here`)
      await new Promise(() => undefined)
    })
    expect(await rejection(Connection.open(wish(port).setup))).toMatchObject({
      name: 'TlsError',
      message: expect.stringContaining('not here') as string,
    })
  })

  it.each([
    ['the greeting does not offer it', '* OK [CAPABILITY IMAP4rev1] hi', 'TlsError'],
    ['the greeting is PREAUTH', '* PREAUTH hi', 'ProtocolError'],
  ])('is not tried when %s', async (_, greeting, name) => {
    let received = ''
    const port = await starting(async (peer) => {
      peer.send(greeting)
      received = await peer.line()
    })
    expect(await rejection(Connection.open(wish(port).setup))).toMatchObject({ name })
    expect(received).toBe('')
  })

  it('is bounded, and checks the certificate', async () => {
    const silent = await starting(async (peer) => {
      peer.send('* OK hi')
      await peer.command()
      await new Promise(() => undefined)
    })
    const slow = wish(silent, { timeouts: { greeting: 50 } })
    expect(await rejection(Connection.open(slow.setup))).toMatchObject({
      phase: 'greeting',
      message: expect.stringContaining('STARTTLS') as string,
    })
    const untrusted = await starting(async (peer) => {
      peer.send('* OK hi')
      await peer.answer()
    })
    expect(await rejection(Connection.open(wish(untrusted, { tls: {} }).setup))).toMatchObject({ name: 'TlsError' })
  })

  it('ends with the reason when the server says BYE', async () => {
    const port = await starting(async (peer) => {
      peer.send('* OK hi')
      await peer.command()
      peer.send('* BYE [ALERT] going down')
      peer.stream.end()
      await new Promise(() => undefined)
    })
    const { setup: made, events } = wish(port)
    expect(await rejection(Connection.open(made))).toMatchObject({ name: 'ByeError' })
    expect(named(events, 'alert')).toEqual([])
  })
})
