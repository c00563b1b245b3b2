import dns from 'node:dns'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { connect, ConnectError, ConnectionError, TimeoutError, type ConnectOptions } from 'imapkit'
import { ImapServer, type ServerSecurity } from 'imapkit/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { rejection, within } from '../behaviour/tools.js'
import { selfSigned } from '../../src/testing/certificate.js'
import { left, open, type Open } from '../handles/ledger.js'
import { BlackHole } from './black-hole.js'
import { ChaosProxy } from './proxy.js'

const NAME = 'imap.example.test'
const [HERE, REFUSES, HOLE] = ['127.0.0.1', '127.0.0.2', '127.0.0.3'] as const
const certificate = selfSigned({ names: [NAME], addresses: [] })

type Answer = (error: NodeJS.ErrnoException | null, addresses: { address: string; family: number }[]) => void
let resolveName: (answer: Answer) => void
let before: Open

beforeEach(() => {
  before = open()
  const { lookup } = dns
  const answered = (host: string, options: dns.LookupAllOptions, answer: Answer): void => {
    if (host === NAME) resolveName(answer)
    else lookup(host, options, answer)
  }
  vi.spyOn(dns, 'lookup').mockImplementation(answered as typeof dns.lookup)
})

afterEach(async () => {
  vi.restoreAllMocks()
  expect(await left(before)).toEqual([])
})

function has(...addresses: readonly string[]): void {
  resolveName = (answer) =>
    setImmediate(
      answer,
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
}

function fails(code: string): void {
  resolveName = (answer) => setImmediate(answer, Object.assign(new Error(`getaddrinfo ${code}`), { code }), [])
}

const start = (security: ServerSecurity): Promise<ImapServer> =>
  ImapServer.start({ security, tls: certificate, users: { alice: { password: 'secret' } } })

const byName = (server: ImapServer): ConnectOptions => ({ ...server.connectOptions('alice'), host: NAME, idle: false })

async function works(options: ConnectOptions): Promise<void> {
  await using client = await within(10_000, 'connecting', connect(options))
  const inbox = await client.select('INBOX')
  expect(inbox.exists).toBe(0)
}

/** A port on which nobody listens now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, HERE)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

describe.each(['plaintext', 'starttls', 'tls'] as const)('a name with several addresses, %s', (security) => {
  it('is reached by the second when the first one refuses', async () => {
    await using server = await start(security)
    has(REFUSES, HERE)
    await works(byName(server))
  })

  it('is reached by the last when one refuses, one is no route, and one says nothing', async () => {
    await using server = await start(security)
    await using _ = await BlackHole.open({ host: HOLE, port: server.portOf(security) })
    has('::1', REFUSES, HOLE, HERE)
    await works(byName(server))
  })
})

describe('a name', () => {
  it('none of whose addresses answers is an error that says so', async () => {
    has(REFUSES, '127.0.0.4')
    const port = await freePort()
    const error = await within(10_000, 'connecting', rejection(connect({ host: NAME, port, security: 'plaintext' })))
    expect(error).toBeInstanceOf(ConnectError)
    expect(error).toMatchObject({ retryable: true, message: `Nothing listens at ${NAME}:${port}` })
  })

  it('whose only address is a black hole is given up in time', async () => {
    const port = await freePort()
    await using _ = await BlackHole.open({ host: HOLE, port })
    has(HOLE)
    const timeouts = { connect: 300 }
    const error = await within(8000, 'connecting', rejection(connect({ host: NAME, port, security: 'tls', timeouts })))
    expect(error).toBeInstanceOf(TimeoutError)
    expect(error).toMatchObject({ phase: 'connect', connection: 'closed', retryable: true })
  })

  it.each(['ENOTFOUND', 'EAI_AGAIN'])('that cannot be looked up is an error that says so: %s', async (code) => {
    fails(code)
    const error = await rejection(connect({ host: NAME, security: 'plaintext' }))
    expect(error).toBeInstanceOf(ConnectError)
    expect(error).toMatchObject({ retryable: true, message: expect.stringContaining(NAME) as string })
    expect((error as Error).cause).toMatchObject({ code })
  })

  it('whose look-up never ends is given up in time, and by the signal', async () => {
    let late: Answer | undefined
    resolveName = (answer) => void (late = answer)
    const options = { host: NAME, security: 'plaintext' } as const
    const error = await within(8000, 'connecting', rejection(connect({ ...options, timeouts: { connect: 100 } })))
    expect(error).toMatchObject({ name: 'TimeoutError', phase: 'connect' })
    // An answer that comes after all must not open anything.
    late?.(null, [{ address: HERE, family: 4 }])
    const controller = new AbortController()
    const aborted = rejection(connect({ ...options, signal: controller.signal }))
    controller.abort()
    expect(await within(8000, 'connecting', aborted)).toMatchObject({ name: 'AbortError', connection: 'closed' })
  })
})

it.each(['fin', 'rst'] as const)('a line that ends before the greeting by %s is no server', async (how) => {
  await using server = await start('plaintext')
  await using proxy = await ChaosProxy.start(server, { cut: { from: 'server', after: 0, how } })
  const error = await rejection(connect({ ...server.connectOptions('alice'), ...proxy.address }))
  expect(error).toBeInstanceOf(ConnectionError)
  expect(error).toMatchObject({ retryable: true })
})
