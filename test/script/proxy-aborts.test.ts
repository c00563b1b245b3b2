import { AbortError, connect } from 'imapkit'
import { describe, expect, it } from 'vitest'
import { leavesNothing, rejection, until } from '../behaviour/tools.js'
import { FakeProxy, readConnect, readSocks5, type Play } from './fake-proxy.js'

/** Plays up to a point, which it tells of, and is silent from there. */
type Phase = (reached: () => void) => Play

const PHASES: readonly (readonly [what: string, scheme: string, phase: Phase])[] = [
  ['TLS with the proxy', 'https', () => () => undefined],
  [
    'the answer to CONNECT',
    'http',
    (reached) => async (peer) => {
      await readConnect(peer)
      reached()
    },
  ],
  [
    'the middle of the answer to CONNECT',
    'http',
    (reached) => async (peer) => {
      await readConnect(peer)
      peer.raw('HTTP/1.1 200 OK\r\nVia: ')
      reached()
    },
  ],
  [
    'the greeting of SOCKS5',
    'socks5h',
    (reached) => async (peer) => {
      await peer.octets(4)
      reached()
    },
  ],
  [
    'the login of SOCKS5',
    'socks5h',
    (reached) => async (peer) => {
      await peer.octets(4)
      peer.raw('\x05\x02')
      await peer.octets(8)
      reached()
    },
  ],
  [
    'the answer of SOCKS4',
    'socks4a',
    (reached) => async (peer) => {
      await peer.octets(9)
      reached()
    },
  ],
  [
    'TLS with the server',
    'http',
    (reached) => async (peer, stream) => {
      await readConnect(peer)
      peer.raw('HTTP/1.1 200 OK\r\n\r\n')
      // The first record of TLS.
      stream.once('data', reached)
    },
  ],
]

describe('an abort', () => {
  it.each(PHASES)('during %s ends it at once, and leaves nothing', async (_what, scheme, phase) => {
    await leavesNothing('an abort', async () => {
      const controller = new AbortController()
      const reason = new Error('enough')
      const stop = () => controller.abort(reason)
      await using proxy = await FakeProxy.start(phase(stop))
      const user = scheme === 'socks4a' ? 'u' : 'u:pass'
      const url = `${scheme}://${user}@127.0.0.1:${proxy.port}`
      const connecting = rejection(connect({ host: 'imap.example.test', proxy: url, signal: controller.signal }))
      if (scheme === 'https') await until('the proxy has a client', () => proxy.open === 1).then(stop)
      const error = await connecting
      expect(error).toBeInstanceOf(AbortError)
      expect(error).toMatchObject({ connection: 'closed', cause: reason })
      await until('the proxy has lost its client', () => proxy.open === 0)
    })
  })

  it.each(['http', 'socks5'])('before anything has happened dials nobody: %s', async (scheme) => {
    await using proxy = await FakeProxy.start(() => undefined)
    const options = { host: 'localhost', proxy: `${scheme}://127.0.0.1:${proxy.port}` }
    const early = await rejection(connect({ ...options, signal: AbortSignal.abort() }))
    expect(early).toBeInstanceOf(AbortError)
    await leavesNothing('an abort in the same turn', async () => {
      const controller = new AbortController()
      const connecting = rejection(connect({ ...options, signal: controller.signal }))
      controller.abort()
      expect(await connecting).toBeInstanceOf(AbortError)
    })
    await until('the proxy has no client', () => proxy.open === 0)
  })

  it('between two addresses of a server ends the search', async () => {
    const controller = new AbortController()
    await using proxy = await FakeProxy.start(async (peer) => {
      await readSocks5(peer)
      controller.abort()
      peer.raw('\x05\x05\x00\x01')
    })
    const options = { host: 'localhost', proxy: `socks5://127.0.0.1:${proxy.port}`, signal: controller.signal }
    expect(await rejection(connect(options))).toBeInstanceOf(AbortError)
    await until('the proxy has lost its client', () => proxy.open === 0)
    expect(proxy.count).toBe(1)
  })
})
