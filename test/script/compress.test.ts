import { createServer, type AddressInfo, type Server } from 'node:net'
import { Duplex } from 'node:stream'
import { constants, createDeflateRaw, createInflateRaw, deflateRawSync } from 'node:zlib'
import {
  CapabilityError,
  compressDeflate,
  connect,
  ConnectionError,
  LimitError,
  ProtocolError,
  ResponseError,
  StateError,
  uid,
  type ConnectOptions,
  type ImapClient,
} from 'imapkit'
import { afterEach, describe, expect, it } from 'vitest'
import { Connection } from '../../src/connection/connection.js'
import { within } from '../behaviour/tools.js'
import { pair, Peer, rejection, setup } from '../unit/connection/support.js'
import { QUIET } from './client-tools.js'

const GREETING = '* PREAUTH [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE UNAUTHENTICATE LITERAL+] ready'
const servers: Server[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve))
})

/** The two ways in which octets reach a connection: data events, and blocks that are read to again and again. */
const ways: [string, (greeting?: string) => Promise<Line>][] = [
  ['a stream', (greeting) => line(greeting)],
  [
    'a socket',
    async (greeting = GREETING) => {
      let accept: (stream: Duplex) => void = () => undefined
      const accepted = new Promise<Duplex>((resolve) => (accept = resolve))
      const server = createServer((socket) => accept(socket))
      servers.push(server)
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const { port } = server.address() as AddressInfo
      const wire = async (): Promise<Duplex> => {
        const stream = await accepted
        stream.write(`${greeting}\r\n`)
        return stream
      }
      return { options: { ...base, host: '127.0.0.1', port }, wire: wire() }
    },
  ],
]

/** Where a client connects to, and the server's end. */
interface Line {
  readonly options: ConnectOptions
  readonly wire: Promise<Duplex>
}

const base = { host: 'server.test', security: 'plaintext', ...QUIET } as const

function line(greeting = GREETING): Promise<Line> {
  const [near, far] = pair()
  far.write(`${greeting}\r\n`)
  return Promise.resolve({ options: { ...base, transport: () => near }, wire: Promise.resolve(far) })
}

/** The server's side of RFC 4978, laid over its end of the line once COMPRESS has been answered. */
class Compressed extends Duplex {
  readonly #wire: Duplex
  readonly #deflater = createDeflateRaw({ flush: constants.Z_SYNC_FLUSH })
  readonly #inflater = createInflateRaw()
  /** Whether the client ended its data as RFC 1951 says. */
  isFinished = false

  constructor(wire: Duplex) {
    super()
    this.#wire = wire
    wire.removeAllListeners('data')
    wire.on('data', (chunk: Buffer) => void this.#inflater.write(chunk))
    wire.on('end', () => this.#inflater.end())
    wire.resume()
    wire.on('error', () => undefined)
    this.#deflater.on('data', (chunk: Buffer) => void wire.write(chunk))
    this.#inflater.on('data', (chunk: Buffer) => void this.push(chunk))
    this.#inflater.on('end', () => (this.isFinished = true))
    // A client that closes at once leaves its data unfinished.
    this.#inflater.on('error', () => this.push(null))
  }

  /** What of text becomes compressed data of this stream. */
  async deflated(text: string): Promise<Buffer> {
    const found: Buffer[] = []
    this.#deflater.removeAllListeners('data').on('data', (chunk: Buffer) => void found.push(chunk))
    await new Promise((resolve) => this.#deflater.write(text, resolve))
    this.#deflater.removeAllListeners('data').on('data', (chunk: Buffer) => void this.#wire.write(chunk))
    return Buffer.concat(found)
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#deflater.write(chunk, () => done())
  }

  override _read(): void {
    // All is pushed as it comes.
  }
}

/** A client that is compressed, and the server behind it. */
async function compressed(
  way: (greeting?: string) => Promise<Line> = line,
  more: Partial<ConnectOptions> = {},
): Promise<{ client: ImapClient; wire: Duplex; layer: Compressed; peer: Peer }> {
  const { options, wire: opening } = await way()
  const connecting = connect({ ...options, ...more })
  const wire = await opening
  const client = await connecting
  const plain = new Peer(wire)
  const compressing = client.compress()
  expect(await plain.answer('OK DEFLATE active')).toBe('COMPRESS DEFLATE')
  expect(await compressing).toBe(true)
  const layer = new Compressed(wire)
  return { client, wire, layer, peer: new Peer(layer) }
}

describe.each(ways)('COMPRESS over %s', (_name, way) => {
  it('compresses all that follows, both ways', async () => {
    const { client, peer } = await compressed(way)
    expect(client.compressed).toBe(true)
    for (let i = 0; i < 3; i++) {
      const done = client.noop()
      expect(await peer.answer()).toBe('NOOP')
      await done
    }
    const before = client.traffic
    const appending = client.append('x', 'a'.repeat(300_000))
    await peer.line()
    const message = await peer.octets(300_000)
    expect(message).toBe('a'.repeat(300_000))
    peer.send(`${tagOf(peer)} OK done`)
    await appending
    // The octets of the wire are counted.
    expect(client.traffic.bytesOut - before.bytesOut).toBeLessThan(3000)
    client.close()
    await client.closed
  })

  it('reads what is compressed behind the answer in the same chunk', async () => {
    const { options, wire: opening } = await way('* PREAUTH [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] ready')
    const alerts: string[] = []
    const connecting = connect({ ...options, compress: true, on: { alert: ({ text }) => void alerts.push(text) } })
    const wire = await opening
    const { tag } = await new Peer(wire).command()
    const layer = new Compressed(wire)
    const behind = await layer.deflated('* OK [ALERT] first\r\n* OK [ALERT] second\r\n')
    wire.write(Buffer.concat([Buffer.from(`${tag} OK go\r\n`), behind]))
    const client = await connecting
    const done = client.noop()
    await new Peer(layer).answer()
    await done
    expect(alerts).toEqual(['first', 'second'])
    client.close()
    await client.closed
  })

  it('reads what comes octet by octet', async () => {
    const { client, wire, layer, peer } = await compressed(way)
    const done = client.status('x', { messages: true })
    const { tag } = await peer.command()
    for (const octet of await layer.deflated(`* STATUS x (MESSAGES 5)\r\n${tag} OK done\r\n`)) {
      wire.write(Buffer.of(octet))
      await new Promise(setImmediate)
    }
    expect(await done).toEqual({ messages: 5 })
    client.close()
    await client.closed
  })

  it('says good-bye in order, and hears it', async () => {
    const { client, wire, layer, peer } = await compressed(way)
    const leaving = client.logout()
    const { tag, text } = await peer.command()
    expect(text).toBe('LOGOUT')
    wire.write(await layer.deflated(`* BYE bye\r\n${tag} OK done\r\n`))
    await leaving
    expect(await client.closed).toEqual({ reason: 'logout' })
    await within(
      1000,
      'the end of the data',
      until(() => layer.isFinished),
    )
  })

  it('reads to the end what came before the server closed', async () => {
    const { client, wire, layer, peer } = await compressed(way)
    const [first, second] = [client.noop(), rejection(client.noop())]
    const { tag } = await peer.command()
    wire.end(await layer.deflated(`${tag} OK done\r\n`))
    await first
    expect(await second).toBeInstanceOf(ConnectionError)
  })

  it.each([
    ['is no compressed data', Buffer.from('* OK hello, this is no compressed data at all\r\n'.repeat(3))],
    [
      'goes on after the end of the compressed data',
      Buffer.concat([deflateRawSync('* 1 EXISTS\r\n'), Buffer.from('x')]),
    ],
  ])('ends with an error when what comes %s', async (_what, octets) => {
    const { client, wire } = await compressed(way)
    const failed = rejection(client.noop())
    wire.write(octets)
    const error = await failed
    expect(error).toBeInstanceOf(ConnectionError)
    expect(String(error)).toContain('cannot be decompressed')
    expect(await client.closed).toMatchObject({ reason: 'error' })
  })

  it.each([
    ['a line', '* 1 FETCH (', { line: 100_000 }],
    ['a literal', '* 1 FETCH (BODY[] {99000000}\r\n', { literal: 1_000_000 }],
  ])('keeps to the limits when few octets inflate to very many: %s', async (_what, begin, limits) => {
    const { client, wire } = await compressed(way, { limits })
    const failed = rejection(client.noop())
    const before = client.traffic.bytesIn
    wire.write(deflateRawSync(Buffer.concat([Buffer.from(begin), Buffer.alloc(64 * 1024 * 1024, 'a')])))
    expect(await failed).toBeInstanceOf(LimitError)
    expect(client.traffic.bytesIn - before).toBeLessThan(100_000)
    await client.closed
  })

  it('inflates nothing while a reader is full', async () => {
    const { options, wire: opening } = await way()
    const { proxy: _, ...direct } = options
    const made = setup({ transport: undefined, ...direct, listens: () => false })
    const connecting = Connection.open(made.setup)
    const wire = await opening
    const connection = await connecting
    const compressing = connection.run(compressDeflate())
    await new Peer(wire).answer()
    await compressing
    const layer = new Compressed(wire)
    let octets = 0
    connection.onResponse((response) => {
      if (response.kind === 'untagged' && 'text' in response) octets += response.text.length
    })
    const held = connection.hold({ buffered: 0 })
    const [count, text] = [2000, 'x'.repeat(10_000)]
    for (let i = 0; i < count; i++) layer.write(`* OK ${text}\r\n`)
    await new Promise((resolve) => setTimeout(resolve, 200))
    // One chunk of the inflater may have been on its way.
    expect(octets).toBeLessThan(200_000)
    held.release()
    await within(
      5000,
      'the rest',
      until(() => octets === count * text.length),
    )
    connection.close()
    await connection.closed
  })

  it.each([
    ['at a flush', (rest: Buffer) => rest],
    ['by an empty last block', (rest: Buffer) => Buffer.concat([Buffer.of(3, 0), rest])],
  ])('ends with UNAUTHENTICATE: %s', async (_how, end) => {
    const { client, wire, layer, peer } = await compressed(way)
    const leaving = client.unauthenticate()
    const { tag, text } = await peer.command()
    expect(text).toBe('UNAUTHENTICATE')
    const answer = await layer.deflated(`* OK one\r\n${tag} OK done\r\n`)
    // What follows is as it was before COMPRESS, even in the same chunk.
    const follows = end(Buffer.from('* CAPABILITY IMAP4rev1 AUTH=PLAIN LOGIN-IS-BACK\r\n'))
    wire.write(Buffer.concat([answer, follows]))
    await leaving
    expect(client.state).toBe('not-authenticated')
    expect(client.compressed).toBe(false)
    const plain = new Peer(wire.removeAllListeners('data'))
    const asking = client.noop()
    expect(await plain.answer()).toBe('NOOP')
    await asking
    expect(client.capabilities.has('LOGIN-IS-BACK')).toBe(true)
    client.close()
    await client.closed
  })
})

describe('COMPRESS', () => {
  it('is for those who have logged in', async () => {
    const { client, peer } = await plain('* OK [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] hello')
    await expect(client.compress()).rejects.toBeInstanceOf(StateError)
    expect(peer.received).toBe('')
    client.close()
  })

  it('is refused before a byte is sent where it is not offered; the option is a wish', async () => {
    const { client, peer } = await plain('* PREAUTH [CAPABILITY IMAP4rev1] hello', { compress: true })
    const error = await rejection(client.compress())
    expect(error).toBeInstanceOf(CapabilityError)
    expect(error).toMatchObject({ needs: 'COMPRESS=DEFLATE' })
    expect(peer.received).toBe('')
    client.close()
  })

  it('is not put upon another compression', async () => {
    const { client, peer } = await plain(GREETING)
    const compressing = client.compress()
    await peer.answer('NO [COMPRESSIONACTIVE] DEFLATE active via TLS')
    expect(await compressing).toBe(false)
    expect(client.compressed).toBe(false)
    const done = client.noop()
    expect(await peer.answer()).toBe('NOOP')
    await done
    client.close()
  })

  it('runs once, however it is asked for', async () => {
    const { client, peer } = await compressed()
    expect(await client.compress()).toBe(true)
    expect(await rejection(client.run(compressDeflate()))).toBeInstanceOf(StateError)
    expect(peer.received).toBe('')
    client.close()
  })

  it('comes after ENABLE, and a refusal of it is no reason to give up', async () => {
    const { options, wire } = await line('* PREAUTH [CAPABILITY IMAP4rev1 ID ENABLE CONDSTORE COMPRESS=DEFLATE] hello')
    const warnings: Error[] = []
    const connecting = connect({
      ...options,
      id: { name: 'x' },
      compress: true,
      on: { warning: ({ error }) => void warnings.push(error) },
    })
    const peer = new Peer(await wire)
    const asked = [await peer.answer('OK done', '* ID NIL'), await peer.answer(), await peer.answer('BAD no such')]
    expect(asked).toEqual(['ID ("name" "x")', 'ENABLE CONDSTORE', 'COMPRESS DEFLATE'])
    const client = await connecting
    expect(client.quirks).toContain('COMPRESS-REFUSED')
    expect(warnings).toEqual([expect.any(ResponseError)])
    expect(client.compressed).toBe(false)
    client.close()
  })

  it('sends nothing between the command and its answer', async () => {
    const { client, peer } = await plain(GREETING)
    const compressing = client.compress()
    const noop = client.noop()
    const { tag } = await peer.command()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(peer.received.match(/\r\n/g)).toHaveLength(1)
    const wire = peer.stream
    wire.removeAllListeners('data')
    const layer = new Compressed(wire)
    wire.write(`${tag} OK go\r\n`)
    expect(await new Peer(layer).answer()).toBe('NOOP')
    await Promise.all([compressing, noop])
    client.close()
  })

  it('is a switch', async () => {
    const { options } = await line()
    await expect(connect({ ...options, compress: 'yes' as never })).rejects.toThrow('compress is true or false')
  })
})

describe('UNAUTHENTICATE', () => {
  it('forgets the session, and another user may log in', async () => {
    const { client, peer } = await plain(GREETING.replace('LITERAL+', 'NAMESPACE CONDSTORE'))
    const selecting = client.select('x')
    await peer.answer('OK [READ-WRITE] done', '* 1 EXISTS', '* OK [UIDVALIDITY 1] x')
    const mailbox = await selecting
    const namespace = client.namespace()
    await peer.answer('OK done', '* NAMESPACE (("" "/")) NIL NIL', '* ENABLED CONDSTORE')
    await namespace
    expect([...client.enabled]).toEqual(['CONDSTORE'])
    const leaving = client.unauthenticate()
    expect(await peer.answer()).toBe('UNAUTHENTICATE')
    await leaving
    expect(client).toMatchObject({ state: 'not-authenticated', mailbox: null, namespaces: null })
    expect(client.enabled.size).toBe(0)
    expect(client.capabilities.known).toBe(false)
    await expect(mailbox.store(uid(1), { add: ['\\Seen'] })).rejects.toBeInstanceOf(StateError)
    const login = client.authenticate({ user: 'bob', password: 'secret' })
    expect(await peer.answer('OK done', '* CAPABILITY IMAP4rev1')).toBe('CAPABILITY')
    expect(await peer.answer('OK [CAPABILITY IMAP4rev1] hello')).toMatch(/^LOGIN bob /)
    await login
    expect(client.state).toBe('authenticated')
    client.close()
  })

  it('keeps the capabilities that its answer tells', async () => {
    const { client, peer } = await plain(GREETING)
    const leaving = client.unauthenticate()
    await peer.answer('OK [CAPABILITY IMAP4rev1 AUTH=EXTERNAL] done')
    await leaving
    expect(client.capabilities.mechanisms()).toEqual(['EXTERNAL'])
    client.close()
  })

  it('is refused before a byte is sent where it is not offered', async () => {
    const { client, peer } = await plain('* PREAUTH [CAPABILITY IMAP4rev1] hello')
    await expect(client.unauthenticate()).rejects.toBeInstanceOf(CapabilityError)
    expect(peer.received).toBe('')
    client.close()
  })

  it('leaves compression on when the server refuses', async () => {
    const { client, peer } = await compressed()
    const refused = rejection(client.unauthenticate())
    await peer.answer('BAD not now')
    expect(await refused).toBeInstanceOf(ResponseError)
    const done = client.noop()
    await peer.answer()
    await done
    expect(client).toMatchObject({ state: 'authenticated', compressed: true })
    client.close()
  })

  it('ends the connection when more is compressed than the answer', async () => {
    const { client, peer } = await compressed()
    const leaving = client.unauthenticate().catch(() => undefined)
    const { tag } = await peer.command()
    peer.send(`${tag} OK done`, '* OK [CAPABILITY IMAP4rev1 X-OF-THE-OTHER] hello')
    await leaving
    const info = await client.closed
    expect(info).toMatchObject({ reason: 'error', error: expect.any(ProtocolError) as unknown })
  })
})

async function plain(
  greeting: string,
  more: Partial<ConnectOptions> = {},
): Promise<{ client: ImapClient; peer: Peer }> {
  const { options, wire } = await line(greeting)
  const peer = new Peer(await wire)
  return { client: await connect({ ...options, ...more }), peer }
}

/** The tag of the command that came last. */
function tagOf(peer: Peer): string {
  const lines = peer.received.split('\r\n').filter((each) => / APPEND /.test(each))
  return lines.at(-1)?.split(' ')[0] ?? ''
}

async function until(look: () => boolean): Promise<void> {
  while (!look()) await new Promise((resolve) => setTimeout(resolve, 5))
}
