import type { Duplex } from 'node:stream'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Proxy, type ProxyScheme, type ProxyTarget } from '../../../src/connection/proxy.js'
import { openThrough } from '../../../src/connection/tunnel.js'
import { ConnectError } from '../../../src/model/errors.js'
import { pair, Peer, rejection } from './support.js'

interface Found {
  readonly address: string
  readonly family: number
}

/** What the name server says, and what it was asked. */
const names = vi.hoisted(() => ({ answer: async (): Promise<readonly Found[]> => [], asked: [] as unknown[][] }))

vi.mock('node:dns/promises', () => ({
  lookup: (...question: unknown[]) => {
    names.asked.push(question)
    return names.answer()
  },
}))

const found = (...addresses: string[]): readonly Found[] => addresses.map((address) => ({ address, family: 4 }))

/** Opens a tunnel by a proxy that takes one connection per address, and answers it as told. */
function opening(scheme: ProxyScheme, play: (peer: Peer, serial: number) => Promise<unknown>, signal?: AbortSignal) {
  const dialled: string[] = []
  const streams: Duplex[] = []
  const steps: string[] = []
  const sockets = {
    openTcp: async ({ host, port }: ProxyTarget, who: string) => {
      const [near, far] = pair()
      dialled.push(`${who}${host}:${port}`)
      streams.push(near)
      void play(new Peer(far), dialled.length)
      return near
    },
    layTls: async () => {
      throw new Error('no TLS is needed')
    },
  }
  const setup = {
    host: 'imap.example.test',
    port: 143,
    signal: signal ?? new AbortController().signal,
    onStep: (step: string) => void steps.push(step),
  }
  const opened = openThrough(new Proxy({ scheme, host: 'proxy', port: 1080 }), setup, sockets)
  return { opened, dialled, streams, steps }
}

beforeEach(() => {
  names.asked.length = 0
})

describe('the addresses of a server behind a proxy that takes no names', () => {
  it('are tried one after the other, until one does', async () => {
    names.answer = async () => found('10.0.0.1', '2001:db8::2', '10.0.0.3', '10.0.0.4')
    const asked: string[] = []
    const { opened, dialled, streams, steps } = opening('socks5', async (peer, serial) => {
      await peer.octets(3)
      peer.raw('\x05\x00')
      const type = (await peer.octets(4)).charCodeAt(3)
      asked.push(Buffer.from(await peer.octets(type === 1 ? 4 : 16), 'latin1').toString('hex'))
      await peer.octets(2)
      peer.raw(serial < 3 ? '\x05\x04\x00\x01' : '\x05\x00\x00\x01\0\0\0\0\0\0* OK hello\r\n')
    })
    const stream = await opened
    expect(names.asked).toEqual([['imap.example.test', { all: true, family: 0 }]])
    expect(asked).toEqual(['0a000001', '20010db8000000000000000000000002', '0a000003'])
    expect(dialled).toEqual(Array<string>(3).fill('the proxy proxy:1080'))
    expect(streams.map(({ destroyed }) => destroyed)).toEqual([true, true, false])
    expect(stream).toBe(streams[2])
    expect(String(stream.read())).toBe('* OK hello\r\n')
    expect(steps.at(-1)).toBe('the proxy proxy:1080 had connected, but TLS with the server was not finished')
  })

  it('are eight at most, and the last failure is told', async () => {
    names.answer = async () => found(...Array.from({ length: 20 }, (_, index) => `10.0.0.${index}`))
    const { opened, dialled, streams } = opening('socks4', async (peer) => {
      await peer.octets(9)
      peer.raw('\x00\x5b\0\0\0\0\0\0')
    })
    const error = await rejection(opened)
    expect(error).toBeInstanceOf(ConnectError)
    expect((error as Error).message).toContain('did not connect to 10.0.0.7:143')
    expect(dialled).toHaveLength(8)
    expect(streams.every(({ destroyed }) => destroyed)).toBe(true)
  })

  it('are those of IPv4 for SOCKS4', async () => {
    names.answer = async () => {
      throw Object.assign(new Error('none'), { code: 'ENOTFOUND' })
    }
    const { opened, dialled } = opening('socks4', async () => undefined)
    expect(((await rejection(opened)) as Error).message).toContain('no address of IPv4')
    expect(names.asked).toEqual([['imap.example.test', { all: true, family: 4 }]])
    expect(dialled).toEqual([])
  })

  it('are not gone on with where the rules of the proxy are the reason', async () => {
    names.answer = async () => found('10.0.0.1', '10.0.0.2')
    const { opened, dialled } = opening('socks5', async (peer) => {
      await peer.octets(3)
      peer.raw('\x05\x00')
      await peer.octets(10)
      peer.raw('\x05\x02')
    })
    expect(((await rejection(opened)) as Error).message).toContain('does not allow connections to 10.0.0.1:143')
    expect(dialled).toHaveLength(1)
  })

  it('are not dialled when somebody gave up while they were looked up', async () => {
    const controller = new AbortController()
    names.answer = async () => {
      controller.abort()
      return found('10.0.0.1')
    }
    const { opened, dialled } = opening('socks5', async () => undefined, controller.signal)
    expect(await rejection(opened)).toBeInstanceOf(ConnectError)
    expect(dialled).toEqual([])
  })

  it.each(['socks5h', 'socks4a', 'http'] as const)('are not looked up for %s', async (scheme) => {
    const { opened } = opening(scheme, async (peer) => peer.stream.end())
    expect(((await rejection(opened)) as Error).message).toContain('closed the connection before it had answered')
    expect(names.asked).toEqual([])
  })
})
