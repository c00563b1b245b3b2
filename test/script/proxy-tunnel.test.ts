import type { TLSSocket } from 'node:tls'
import { inspect } from 'node:util'
import { connect, type ConnectOptions, TlsError } from 'imapkit'
import { ImapServer, selfSigned } from 'imapkit/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { leavesNothing, rejection, until } from '../behaviour/tools.js'
import { FakeProxy, join, readConnect, readSocks5, type Play } from './fake-proxy.js'

const certificate = selfSigned()
const SECURITIES = ['tls', 'starttls', 'plaintext'] as const
let server: ImapServer

beforeAll(async () => {
  server = await ImapServer.start({
    users: { alice: { password: 'secret', mailboxes: { INBOX: [`Subject: long\r\n\r\n${'x'.repeat(300_000)}`] } } },
  })
})

afterAll(() => server.close())

/** One way through each kind of proxy, with the name `localhost`. */
const WAYS: readonly (readonly [scheme: string, play: Play])[] = [
  [
    'http',
    async (peer, stream) => {
      const lines = await readConnect(peer)
      const port = Number(/^CONNECT localhost:(\d+) HTTP\/1\.1$/.exec(lines[0] ?? '')?.[1])
      expect(lines).toEqual([`CONNECT localhost:${port} HTTP/1.1`, `Host: localhost:${port}`])
      peer.raw('HTTP/1.1 200 Connection established\r\nVia: 1.1 fake\r\n\r\n')
      join(stream, port)
    },
  ],
  [
    'socks5h',
    async (peer, stream) => {
      const { type, host, port } = await readSocks5(peer)
      expect([type, host]).toEqual([3, 'localhost'])
      // A name in the answer, which nobody needs.
      peer.raw('\x05\x00\x00\x03\x04here\x12\x34')
      join(stream, port)
    },
  ],
  [
    'socks5',
    async (peer, stream) => {
      const { type, host, port } = await readSocks5(peer)
      if (type === 4) return peer.raw('\x05\x05\x00\x04')
      expect([type, host]).toEqual([1, '\x7f\x00\x00\x01'])
      peer.raw(`\x05\x00\x00\x04${'\x00'.repeat(15)}\x01\x12\x34`)
      return join(stream, port)
    },
  ],
  [
    'socks4',
    async (peer, stream) => {
      expect(await peer.octets(2)).toBe('\x04\x01')
      const port = Buffer.from(await peer.octets(2), 'latin1').readUInt16BE()
      expect(await peer.octets(5)).toBe('\x7f\x00\x00\x01\x00')
      peer.raw('\x00\x5a\x12\x34\x7f\x00\x00\x01')
      join(stream, port)
    },
  ],
  [
    'socks4a',
    async (peer, stream) => {
      expect(await peer.octets(2)).toBe('\x04\x01')
      const port = Buffer.from(await peer.octets(2), 'latin1').readUInt16BE()
      expect(await peer.octets(15)).toBe('\x00\x00\x00\x01\x00localhost\x00')
      peer.raw('\x00\x5a\x00\x00\x00\x00\x00\x00')
      join(stream, port)
    },
  ],
]

/** Logs in, reads 300 KB, logs out. */
async function visit(options: ConnectOptions): Promise<void> {
  await using client = await connect(options)
  await using inbox = await client.select('INBOX')
  const mail = await inbox.parse(1 as never)
  expect(mail?.text?.trim()).toHaveLength(300_000)
}

/** That a connection is made, as a proxy of SOCKS says it. */
const ANSWERS: Readonly<Record<string, string>> = {
  socks5h: '\x05\x00\x00\x01\x7f\x00\x00\x01\x12\x34',
  socks4a: '\x00\x5a\x00\x00\x00\x00\x00\x00',
}

/** Octets that the head of an answer may have. */
const MAX_HEAD = 16 * 1024

describe('a tunnel through a proxy', () => {
  for (const [scheme, play] of WAYS) {
    it.each(SECURITIES)(`of ${scheme}: carries %s, and leaves nothing`, async (security) => {
      await leavesNothing('a visit', async () => {
        await using proxy = await FakeProxy.start(play)
        const options = server.connectOptions('alice', { security })
        await visit({ ...options, host: 'localhost', proxy: `${scheme}://127.0.0.1:${proxy.port}` })
        expect(proxy.failure).toBeUndefined()
      })
    })
  }

  it.each(SECURITIES)('of https: carries %s inside the TLS of the proxy', async (security) => {
    const play = WAYS[0]![1]
    await using proxy = await FakeProxy.start(play, certificate)
    const options = server.connectOptions('alice', { security })
    const url = `https://localhost:${proxy.port}`
    await visit({ ...options, host: 'localhost', proxy: { url, tls: { ca: certificate.cert } } })
    expect(proxy.failure).toBeUndefined()
  })

  it.each([1, 3])('is made by answers in pieces of %i', async (size) => {
    for (const [scheme, play] of WAYS) {
      const slow: Play = (peer, stream, serial) => {
        const whole = peer.raw.bind(peer)
        peer.raw = (text) => {
          for (let at = 0; at < text.length; at += size) whole(text.slice(at, at + size))
        }
        return play(peer, stream, serial)
      }
      await using proxy = await FakeProxy.start(slow)
      const options = server.connectOptions('alice', { security: 'starttls' })
      await visit({ ...options, host: 'localhost', proxy: `${scheme}://127.0.0.1:${proxy.port}` })
      expect(proxy.failure).toBeUndefined()
    }
  })

  it.each([
    ['http', 'HTTP/1.1 200 OK\r\n\r\n'],
    ['http', 'HTTP/1.0 299\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['http', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n'],
    ['http', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(MAX_HEAD - 24)}\r\n\r\n`],
    ['socks5h', '\x05\x00\x00\x01\x7f\x00\x00\x01\x12\x34'],
    ['socks4a', '\x00\x5a\x00\x00\x00\x00\x00\x00'],
  ])('hands on what comes in the packet of the answer: %s, %#', async (scheme, answer) => {
    const play: Play = async (peer) => {
      if (scheme === 'http') await readConnect(peer)
      else if (scheme === 'socks5h') await readSocks5(peer)
      else await peer.octets(26)
      peer.raw(`${answer}* PREAUTH [CAPABILITY IMAP4rev1] first`)
      peer.raw(' and second\r\n')
      expect(await peer.answer('OK done', '* 3 EXISTS')).toBe('NOOP')
    }
    await using proxy = await FakeProxy.start(play)
    const target = { host: 'imap.example.test', port: 143, security: 'plaintext', id: false, idle: false } as const
    const client = await connect({ ...target, proxy: `${scheme}://127.0.0.1:${proxy.port}` })
    expect(client.state).toBe('authenticated')
    await client.noop()
    client.close()
    expect(proxy.failure).toBeUndefined()
  })

  it('of an answer one octet too long is none', async () => {
    const answer = `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(MAX_HEAD - 23)}\r\n\r\n`
    await using proxy = await FakeProxy.start(async (peer) => {
      await readConnect(peer)
      peer.raw(answer)
    })
    const error = await rejection(connect({ host: 'imap.example.test', proxy: `http://127.0.0.1:${proxy.port}` }))
    expect((error as Error).message).toContain(`no end within ${MAX_HEAD} octets`)
  })

  it('gives TLS what follows the answer, which is nothing that TLS could be', async () => {
    const play: Play = async (peer) => {
      await readConnect(peer)
      peer.raw('HTTP/1.1 200 OK\r\n\r\n* PREAUTH evil\r\n')
    }
    await using proxy = await FakeProxy.start(play)
    const error = await rejection(connect({ host: 'imap.example.test', proxy: `http://127.0.0.1:${proxy.port}` }))
    expect(error).toBeInstanceOf(TlsError)
    expect((error as Error).message).toMatch(/^imap\.example\.test does not speak TLS/)
    await until('the proxy has lost its client', () => proxy.open === 0)
  })

  it.each(['http', 'socks5h', 'socks4a'])(
    'of %s: the proxy looks the name up, and TLS is with that name',
    async (scheme) => {
      const named = selfSigned({ names: ['imap.example.test'], addresses: [] })
      const names: unknown[] = []
      await using far = await FakeProxy.start((peer, stream) => {
        names.push((stream as TLSSocket & { servername: unknown }).servername)
        peer.send('* PREAUTH [CAPABILITY IMAP4rev1] here')
      }, named)
      await using proxy = await FakeProxy.start(async (peer, stream) => {
        if (scheme === 'http') expect((await readConnect(peer))[0]).toBe('CONNECT imap.example.test:993 HTTP/1.1')
        else if (scheme === 'socks5h') expect((await readSocks5(peer)).host).toBe('imap.example.test')
        else expect(await peer.octets(27)).toContain('\x00imap.example.test\x00')
        peer.raw(scheme === 'http' ? 'HTTP/1.1 200 OK\r\n\r\n' : ANSWERS[scheme]!)
        join(stream, far.port)
      })
      const options = { host: 'imap.example.test', id: false, proxy: `${scheme}://127.0.0.1:${proxy.port}` } as const
      const client = await connect({ ...options, tls: { ca: named.cert } })
      expect(client.state).toBe('authenticated')
      client.close()
      const other = selfSigned()
      const error = await rejection(connect({ ...options, tls: { ca: other.cert } }))
      expect(error).toBeInstanceOf(TlsError)
      expect((error as Error).message).toMatch(/^The certificate of imap\.example\.test is not trusted/)
      expect(names[0]).toBe('imap.example.test')
      expect(proxy.failure).toBeUndefined()
    },
  )

  it('shows its password neither in the client nor in traces and logs', async () => {
    const seen: unknown[] = []
    await using proxy = await FakeProxy.start(async (peer, stream) => {
      const lines = await readConnect(peer)
      expect(lines[2]).toBe(`Proxy-Authorization: Basic ${Buffer.from('carol:hunter22').toString('base64')}`)
      peer.raw('HTTP/1.1 200 OK\r\n\r\n')
      join(stream, server.portOf('starttls'))
    })
    const log = (message: string) => void seen.push(message)
    await using client = await connect({
      ...server.connectOptions('alice', { security: 'starttls' }),
      proxy: `http://carol:hunter22@127.0.0.1:${proxy.port}`,
      logger: { debug: log, info: log, warn: log, error: log },
      on: { trace: (line) => void seen.push(line) },
    })
    expect(proxy.failure).toBeUndefined()
    expect(seen.length).toBeGreaterThan(3)
    const all = inspect([client, seen], { depth: Infinity, showHidden: true, maxArrayLength: Infinity })
    expect(all).not.toContain('hunter22')
    expect(all).not.toContain(Buffer.from('carol:hunter22').toString('base64'))
  })
})
