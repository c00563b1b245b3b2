import { connect, type ConnectOptions } from 'imapkit'
import { ImapServer, selfSigned } from 'imapkit/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { leavesNothing } from '../behaviour/tools.js'
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
})
