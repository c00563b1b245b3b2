import { createServer, connect as connectTcp, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'
import { inspect } from 'node:util'
import { createServer as createTlsServer } from 'node:tls'
import { connect, ConnectError, TlsError, uids, type ConnectOptions } from 'imapkit'
import { ImapServer, selfSigned } from 'imapkit/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { leavesNothing, rejection, until } from '../behaviour/tools.js'
import { describeProxies, type ProxyName } from './proxies.js'
import { describeReal } from './server.js'

/** Every way to speak to each proxy. */
const WAYS = [
  ['http', 'http'],
  ['http', 'http-auth'],
  ['socks5', 'socks5'],
  ['socks5h', 'socks5'],
  ['socks5', 'socks5-auth'],
  ['socks5h', 'socks5-auth'],
  ['socks5', 'dante'],
  ['socks5h', 'dante'],
  ['socks4', 'dante'],
] as const satisfies readonly (readonly [scheme: string, name: ProxyName])[]

const SECURITIES = ['tls', 'starttls', 'plaintext'] as const
const BODY = 'x'.repeat(76) + '\r\n'

describeProxies('real proxies', (proxies) => {
  const mail = `Subject: long\r\n\r\n${BODY.repeat(4_000)}`
  let server: ImapServer

  beforeAll(async () => {
    server = await ImapServer.start({ users: { alice: { password: 'secret', mailboxes: { INBOX: [mail] } } } })
  })

  afterAll(() => server.close())

  /** By name, so that somebody has to look it up. */
  const target = (security: 'tls' | 'starttls' | 'plaintext'): ConnectOptions => ({
    ...server.connectOptions('alice', { security }),
    host: 'localhost',
  })

  describe.each(WAYS)('%s to %s', (scheme, name) => {
    it.each(SECURITIES)('carries %s to the embedded server, and leaves nothing', async (security) => {
      await leavesNothing('a visit', async () => {
        await using client = await connect({ ...target(security), proxy: proxies.url(scheme, name) })
        await using inbox = await client.select('INBOX')
        const octets: Uint8Array[] = []
        for await (const body of inbox.stream(uids(1))) for await (const piece of body) octets.push(piece.slice())
        expect(Buffer.concat(octets).toString('latin1') === mail).toBe(true)
        const uploaded = await client.append('INBOX', 'Subject: up\r\n\r\nthrough the proxy\r\n')
        expect(uploaded.uid).toBeDefined()
      })
      await until('the server has lost its client', () => server.connections.length === 0)
    })

    it('says that the server, and not the proxy, refused', async () => {
      const gone = createServer()
      gone.listen(0, '127.0.0.1')
      await once(gone, 'listening')
      const { port } = gone.address() as AddressInfo
      gone.close()
      await once(gone, 'close')
      await leavesNothing('a failure', async () => {
        const options = { host: '127.0.0.1', port, proxy: proxies.url(scheme, name) }
        const error = await rejection(connect(options))
        expect(error).toBeInstanceOf(ConnectError)
        const { message } = error as Error
        expect(message).toMatch(/^The proxy 127\.0\.0\.1:\d+ (?:could|did) not connect to 127\.0\.0\.1:\d+: /)
        expect(message).toContain(`connect to 127.0.0.1:${port}: `)
        expect(error).toMatchObject({ retryable: true })
      })
    })

    it('checks the certificate of the server, not that of somebody else', async () => {
      const other = selfSigned()
      const error = await rejection(
        connect({ ...target('tls'), tls: { ca: other.cert }, proxy: proxies.url(scheme, name) }),
      )
      expect(error).toBeInstanceOf(TlsError)
      expect((error as Error).message).toMatch(/^The certificate of localhost is not trusted/)
    })
  })

  it.each([
    ['http', 'http-auth', /refuses the user or the password \(40[17]\): check those in proxy/],
    ['socks5h', 'socks5-auth', /refuses the user or the password: check those in proxy/],
  ] as const)('%s to %s: a wrong password is refused, and shown nowhere', async (scheme, name, message) => {
    const error = await rejection(connect({ ...target('tls'), proxy: proxies.url(scheme, name, 'wr0ng-passw0rd') }))
    expect(error).toBeInstanceOf(ConnectError)
    expect(error).toMatchObject({ retryable: false })
    expect((error as Error).message).toMatch(message)
    const shown = inspect(error, { depth: Infinity, showHidden: true })
    expect(shown).not.toContain('wr0ng')
    expect(shown).not.toContain(Buffer.from('carol:wr0ng-passw0rd').toString('base64'))
  })

  it.each([
    ['http', 'http-auth', /wants a user and a password \(407\): give them in proxy/],
    ['socks5h', 'socks5-auth', /wants a user and a password: give them in proxy/],
  ] as const)('%s to %s: somebody without a password is told to give one', async (scheme, name, message) => {
    const proxy = `${scheme}://127.0.0.1:${proxies.port(name)}`
    const error = await rejection(connect({ ...target('tls'), proxy }))
    expect(error).toBeInstanceOf(ConnectError)
    expect((error as Error).message).toMatch(message)
  })

  it.each(['socks5', 'socks4'])('%s to dante: what its rules forbid', async (scheme) => {
    const options = { host: '127.0.0.9', port: 143, proxy: proxies.url(scheme, 'dante') }
    const error = await rejection(connect(options))
    expect(error).toBeInstanceOf(ConnectError)
    expect((error as Error).message).toMatch(
      scheme === 'socks5'
        ? /does not allow connections to 127\.0\.0\.9:143/
        : /did not connect to 127\.0\.0\.9:143: it refuses/,
    )
  })

  it('socks4a to dante, which takes no names: that may be why it fails', async () => {
    const error = await rejection(connect({ ...target('tls'), proxy: proxies.url('socks4a', 'dante') }))
    expect(error).toBeInstanceOf(ConnectError)
    expect((error as Error).message).toMatch(
      /did not connect to localhost:\d+: it refuses to, cannot, or takes no names$/,
    )
  })

  it.each([
    ['http', 'http', 'CONNECT localhost:PORT HTTP/1.1'],
    ['socks5h', 'socks5', 'connected to localhost:PORT'],
    ['socks5', 'socks5', 'connected to 127.0.0.1:PORT'],
    ['socks4', 'dante', ' 127.0.0.1.PORT'],
  ] as const)('%s to %s: looks the name up where it has to', async (scheme, name, line) => {
    const before = proxies.log(name).length
    const options = target('tls')
    const client = await connect({ ...options, proxy: proxies.url(scheme, name) })
    client.close()
    await client.closed
    const wanted = line.replace('PORT', String(options.port))
    await until('the proxy has logged it', () => proxies.log(name).slice(before).includes(wanted))
  })

  it.each(SECURITIES)('an HTTP proxy behind TLS of its own carries %s', async (security) => {
    const certificate = selfSigned()
    const sockets = new Set<Socket>()
    const front = createTlsServer(certificate, (near) => {
      const far = connectTcp(proxies.port('http-auth'), '127.0.0.1')
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        // prettier-ignore
        sockets.add(one)
        one.on('error', () => other.destroy())
        one.on('close', () => other.destroy())
        one.pipe(other)
      }
    })
    front.listen(0, '127.0.0.1')
    await once(front, 'listening')
    const url = `https://localhost:${(front.address() as AddressInfo).port}`
    const [user, password] = [proxies.fact('USER'), proxies.fact('PASS')]
    const proxy = { url, user, password, tls: { ca: certificate.cert } }
    {
      await using client = await connect({ ...target(security), proxy })
      await using inbox = await client.select('INBOX')
      expect((await inbox.fetch(uids(1), { size: true }).first())?.size).toBe(mail.length)
    }
    for (const socket of sockets) socket.destroy()
    front.close()
    await once(front, 'close')
  })

  describeReal('with Dovecot behind them', (dovecot) => {
    const rows = WAYS.map(([scheme, name], index) => [scheme, name, index % 2 === 0 ? 'starttls' : 'tls'] as const)
    it.each([...rows, ['http', 'http', 'tls'], ['socks5h', 'socks5', 'starttls']] as const)(
      '%s to %s carries %s',
      async (scheme, name, security) => {
        await using client = await connect({ ...dovecot.options({ security }), proxy: proxies.url(scheme, name) })
        expect(client.state).toBe('authenticated')
        await using inbox = await client.select('INBOX')
        expect(inbox.name).toBe('INBOX')
      },
    )
  })
})
