import { Buffer } from 'node:buffer'
import { createHash, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { connect as connectTcp, type AddressInfo } from 'node:net'
import { connect as connectTls, createServer, type SecureVersion, type TLSSocket } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { AuthenticationError, connect, type ConnectOptions } from 'imapkit'
import { selfSigned } from '../../src/testing/certificate.js'
import { rejection } from '../behaviour/tools.js'
import { serve } from '../unit/sasl/scram-peer.js'

const certificate = selfSigned()
const PASSWORD = 'pencil'

/** How a peer answers. */
interface Behaviour {
  /** Mechanisms that it announces. */
  readonly offers: readonly string[]
  /** Kinds of channel binding that it knows; by default both of the client. */
  readonly knows?: readonly string[]
  /** What it says to a kind that it does not know: an error of SCRAM, or a tagged line. */
  readonly toUnknown?: string
  readonly greeting?: string
  /** Takes this for the data of every channel: what somebody in between would see. */
  readonly otherChannel?: boolean
  /** What it says after the login went through. */
  readonly finally?: string
}

interface Peer extends AsyncDisposable {
  readonly options: ConnectOptions
  /** Each AUTHENTICATE with the first part of its message: `SCRAM-SHA-256-PLUS p=tls-exporter`. */
  readonly attempts: string[]
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const unbase64 = (text: string): string => Buffer.from(text, 'base64').toString()

/** What this end of a connection knows of a kind of binding, by RFC 9266 §2 and RFC 5929 §4. */
function channel(socket: TLSSocket, type: string): Uint8Array {
  if (type === 'tls-exporter') return socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0))
  if (type === 'tls-server-end-point') {
    // The certificate is signed by ECDSA with SHA-256.
    return createHash('sha256').update(new X509Certificate(certificate.cert).raw).digest()
  }
  return Buffer.alloc(0)
}

/** An IMAP server that knows how to log in by SCRAM over TLS, and nothing else. */
async function peer(behaviour: Behaviour, version: SecureVersion = 'TLSv1.3'): Promise<Peer> {
  const { offers, knows = ['tls-exporter', 'tls-server-end-point'], toUnknown = '', greeting = 'ready' } = behaviour
  const attempts: string[] = []
  const capabilities = ['IMAP4rev1', 'SASL-IR', ...offers.map((name) => `AUTH=${name}`)].join(' ')

  async function converse(socket: TLSSocket): Promise<void> {
    const lines = linesOf(socket)
    const next = async (): Promise<string> => String((await lines.next()).value)
    socket.write(`* OK [CAPABILITY ${capabilities}] ${greeting}\r\n`)
    for (;;) {
      const [tag = '', command = '', name = '', initial = ''] = (await next()).split(' ')
      if (command !== 'AUTHENTICATE') {
        socket.write(command === 'LOGOUT' ? `* BYE\r\n${tag} OK bye\r\n` : `${tag} OK done\r\n`)
        if (command === 'LOGOUT' || command === '') return
        continue
      }
      const exchange = serve(name, PASSWORD, unbase64(initial))
      attempts.push(`${name} ${exchange.flag}`)
      const say = async (message: string): Promise<string> => {
        socket.write(`+ ${base64(message)}\r\n`)
        return await next()
      }
      const type = exchange.flag.replace(/^p=/, '')
      const isBound = type !== exchange.flag
      let outcome = `${tag} NO refused`
      if (exchange.flag === 'y' && offers.some((each) => each.endsWith('-PLUS'))) {
        await say('e=server-does-support-channel-binding')
      } else if (isBound && !knows.includes(type)) {
        const answer = await say(exchange.serverFirst)
        expect(unbase64(answer)).toMatch(/^c=/)
        if (toUnknown.startsWith('e=')) await say(toUnknown)
        else outcome = `${tag} ${toUnknown}`
      } else {
        const final = unbase64(await say(exchange.serverFirst))
        const data = isBound ? channel(socket, type) : Buffer.alloc(0)
        const verdict = exchange.finish(final, behaviour.otherChannel === true && isBound ? Buffer.alloc(32) : data)
        if (verdict === 'e=invalid-proof') outcome = `${tag} NO [AUTHENTICATIONFAILED] no`
        else if ((await say(verdict)) === '') outcome = `${tag} ${behaviour.finally ?? 'OK [CAPABILITY IMAP4rev1] in'}`
      }
      socket.write(`${outcome}\r\n`)
    }
  }

  const server = createServer({ ...certificate, minVersion: version, maxVersion: version }, (socket) => {
    socket.on('error', () => socket.destroy())
    void converse(socket).finally(() => socket.end())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    attempts,
    options: {
      host: 'localhost',
      port,
      security: 'tls',
      tls: { ca: certificate.cert },
      auth: { user: 'alice', password: PASSWORD },
      id: false,
      idle: false,
    },
    [Symbol.asyncDispose]: async () => {
      server.close()
      await once(server, 'close')
    },
  }
}

async function* linesOf(socket: TLSSocket): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of socket) {
    const lines = (rest + String(chunk)).split('\r\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}

async function logIn(options: ConnectOptions): Promise<void> {
  await using client = await connect(options)
  expect(client.state).toBe('authenticated')
}

const BOTH = ['SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS']

describe('a login is bound to the TLS that it runs over', () => {
  it.each<[string, SecureVersion, Behaviour, readonly string[]]>([
    ['the exporter of TLS 1.3', 'TLSv1.3', { offers: BOTH }, ['SCRAM-SHA-256-PLUS p=tls-exporter']],
    ['the certificate under TLS 1.2', 'TLSv1.2', { offers: BOTH }, ['SCRAM-SHA-256-PLUS p=tls-server-end-point']],
    [
      'the strongest hash',
      'TLSv1.3',
      { offers: [...BOTH, 'SCRAM-SHA-1-PLUS', 'SCRAM-SHA-512-PLUS', 'SCRAM-SHA-512'] },
      ['SCRAM-SHA-512-PLUS p=tls-exporter'],
    ],
    [
      'SHA-1 with a binding before SHA-512 without',
      'TLSv1.3',
      { offers: ['SCRAM-SHA-512', 'SCRAM-SHA-1-PLUS'] },
      ['SCRAM-SHA-1-PLUS p=tls-exporter'],
    ],
    ['nothing that the server could bind to', 'TLSv1.3', { offers: ['SCRAM-SHA-512'] }, ['SCRAM-SHA-512 y']],
    [
      'the certificate where the server knows no exporter',
      'TLSv1.3',
      { offers: BOTH, knows: ['tls-server-end-point'], toUnknown: 'e=unsupported-channel-binding-type' },
      ['SCRAM-SHA-256-PLUS p=tls-exporter', 'SCRAM-SHA-256-PLUS p=tls-server-end-point'],
    ],
    [
      'nothing where the server knows neither',
      'TLSv1.3',
      { offers: BOTH, knows: ['tls-unique'], toUnknown: 'e=unsupported-channel-binding-type' },
      ['SCRAM-SHA-256-PLUS p=tls-exporter', 'SCRAM-SHA-256-PLUS p=tls-server-end-point', 'SCRAM-SHA-256 n'],
    ],
    [
      'nothing where the server cannot bind after all',
      'TLSv1.3',
      { offers: BOTH, knows: [], toUnknown: 'e=channel-binding-not-supported' },
      ['SCRAM-SHA-256-PLUS p=tls-exporter', 'SCRAM-SHA-256 n'],
    ],
    [
      'nothing after a refusal that gives no reason',
      'TLSv1.3',
      { offers: BOTH, knows: ['tls-unique'], toUnknown: 'NO bad protocol / cancel' },
      ['SCRAM-SHA-256-PLUS p=tls-exporter', 'SCRAM-SHA-256 n'],
    ],
    [
      'nothing where the greeting tells that it would be refused',
      'TLSv1.3',
      { offers: BOTH, knows: ['tls-unique'], greeting: 'mail.example.org Cyrus IMAP 3.6.1-Debian server ready' },
      ['SCRAM-SHA-256 n'],
    ],
    [
      'the exporter of a Cyrus that may know it',
      'TLSv1.3',
      { offers: BOTH, greeting: 'mail.example.org Cyrus IMAP 3.60.1 server ready' },
      ['SCRAM-SHA-256-PLUS p=tls-exporter'],
    ],
  ])('%s', async (_title, version, behaviour, attempts) => {
    await using it = await peer(behaviour, version)
    await logIn(it.options)
    expect(it.attempts).toEqual(attempts)
  })

  it('also where the caller names -PLUS to a server whose greeting speaks against it', async () => {
    await using it = await peer({ offers: BOTH, greeting: 'Cyrus IMAP v2.4.17 server ready' })
    await logIn({ ...it.options, auth: { user: 'alice', password: PASSWORD, mechanisms: ['SCRAM-SHA-256-PLUS'] } })
    expect(it.attempts).toEqual(['SCRAM-SHA-256-PLUS p=tls-exporter'])
  })

  it('by the exporter once on a connection (RFC 9266 §4.1)', async () => {
    await using it = await peer({ offers: BOTH })
    const { auth: _, ...options } = it.options
    await using client = await connect(options)
    const wrong = await rejection(client.authenticate({ user: 'alice', password: 'wrong' }))
    expect(wrong).toBeInstanceOf(AuthenticationError)
    await client.authenticate({ user: 'alice', password: PASSWORD })
    expect(client.state).toBe('authenticated')
    expect(it.attempts).toEqual(['SCRAM-SHA-256-PLUS p=tls-exporter', 'SCRAM-SHA-256-PLUS p=tls-server-end-point'])
  })

  it('whose certificate has been looked at for its pin', async () => {
    await using it = await peer({ offers: BOTH }, 'TLSv1.2')
    const key = new X509Certificate(certificate.cert).publicKey.export({ type: 'spki', format: 'der' })
    await logIn({ ...it.options, tls: { pin: createHash('sha256').update(key).digest('base64') } })
    expect(it.attempts).toEqual(['SCRAM-SHA-256-PLUS p=tls-server-end-point'])
  })

  it('but not to a TLS that somebody else made', async () => {
    await using it = await peer({ offers: BOTH })
    const { port = 0 } = it.options
    await logIn({
      ...it.options,
      transport: async () => {
        const socket = connectTls({ socket: connectTcp(port, '127.0.0.1'), ca: certificate.cert, host: 'localhost' })
        await once(socket, 'secureConnect')
        return { stream: socket, secure: true }
      },
    })
    expect(it.attempts).toEqual(['SCRAM-SHA-256 n'])
  })
})

describe('no login', () => {
  const only = { user: 'alice', password: PASSWORD, mechanisms: ['SCRAM-SHA-256-PLUS'] }

  it.each<[string, Behaviour, ConnectOptions['auth'], RegExp, number]>([
    ['over another TLS connection', { offers: BOTH, otherChannel: true }, undefined, /stands in between/, 1],
    [
      'with a wrong password',
      { offers: BOTH },
      { user: 'alice', password: 'wrong' },
      /by SCRAM-SHA-256-PLUS: NO: no$/,
      1,
    ],
    [
      'without the binding that the caller asks for',
      { offers: BOTH, knows: ['tls-unique'], toUnknown: 'NO bad protocol / cancel' },
      only,
      /by SCRAM-SHA-256-PLUS: NO: bad protocol/,
      1,
    ],
    [
      'without the kinds of binding that the caller asks for',
      { offers: BOTH, knows: ['tls-unique'], toUnknown: 'e=unsupported-channel-binding-type' },
      only,
      /unsupported-channel-binding-type/,
      2,
    ],
    ...[
      ['NO bad protocol / cancel', /NO: bad protocol/, 1] as const,
      ['e=channel-binding-not-supported', /channel-binding-not-supported/, 1] as const,
      ['e=unsupported-channel-binding-type', /unsupported-channel-binding-type/, 2] as const,
    ].map(([toUnknown, message, attempts]): [string, Behaviour, ConnectOptions['auth'], RegExp, number] => [
      `without a binding after ${toUnknown}, where the caller names one beside others`,
      { offers: BOTH, knows: [], toUnknown },
      { user: 'alice', password: PASSWORD, mechanisms: ['scram-sha-256-plus', 'SCRAM-SHA-256'] },
      message,
      attempts,
    ]),
    ['by less than the caller asks for', { offers: ['SCRAM-SHA-256', 'PLAIN'] }, only, /none of SCRAM-SHA-256-PLUS/, 0],
    [
      'again after the server has taken the binding',
      { offers: BOTH, finally: 'NO the books are being counted' },
      undefined,
      /books are being counted/,
      1,
    ],
    [
      'again after a refusal that names the credentials',
      { offers: BOTH, knows: [], toUnknown: 'NO authentication failure' },
      undefined,
      /authentication failure/,
      1,
    ],
  ])('%s', async (_title, behaviour, auth, message, attempts) => {
    await using it = await peer(behaviour)
    const error = await rejection(logIn({ ...it.options, ...(auth !== undefined && { auth }) }))
    expect(error).toBeInstanceOf(AuthenticationError)
    expect((error as AuthenticationError).message).toMatch(message)
    expect(it.attempts).toHaveLength(attempts)
  })

  it('when -PLUS was taken out of the capabilities on their way', async () => {
    const hiding: Behaviour = { offers: BOTH }
    await using it = await peer(hiding)
    // The client is told of SCRAM-SHA-256 alone, as by somebody in between; the server knows better.
    const { port = 0 } = it.options
    const server = createServer(certificate, (socket) => {
      const onward = connectTls({ port, ca: certificate.cert, host: 'localhost' })
      for (const each of [socket, onward]) each.on('error', () => each.destroy())
      socket.pipe(onward)
      onward.on('data', (chunk: Buffer) => {
        socket.write(chunk.toString('latin1').replace(' AUTH=SCRAM-SHA-256-PLUS', ''), 'latin1')
      })
      onward.on('close', () => socket.end())
      socket.on('close', () => onward.destroy())
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const between = (server.address() as AddressInfo).port
    const error = await rejection(logIn({ ...it.options, port: between }))
    server.close()
    await once(server, 'close')
    expect(error).toMatchObject({ serverError: 'server-does-support-channel-binding' })
    expect(it.attempts).toEqual(['SCRAM-SHA-256 y'])
  })
})
