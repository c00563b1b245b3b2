import { createHash, createHmac, pbkdf2Sync, X509Certificate } from 'node:crypto'
import { TLSSocket } from 'node:tls'
import { connect, type SecureVersion } from 'node:tls'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ImapServer } from 'imapkit/testing'
import { RawClient } from '../../unit/testing/raw-client.js'
import { capabilities } from './tools.js'

const base64 = (data: string | Uint8Array): string => Buffer.from(data).toString('base64')
const unbase64 = (text: string): string => Buffer.from(text, 'base64').toString()

let server: ImapServer
beforeAll(async () => {
  server = await ImapServer.start({ users: { alice: { password: 'pencil' } }, scramIterations: 64 })
})
afterAll(() => server.close())

/** What a client takes for its channel (RFC 9266 §2, RFC 5929 §4); the certificate is signed with SHA-256. */
function channel(socket: unknown, type: string): Uint8Array {
  if (!(socket instanceof TLSSocket)) return Buffer.alloc(0)
  if (type === 'tls-exporter') return socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0))
  if (type === 'tls-server-end-point') {
    return createHash('sha256').update(new X509Certificate(server.ca).raw).digest()
  }
  return Buffer.from('?')
}

interface Login {
  readonly mechanism?: string
  readonly flag?: string
  /** What is sent as the channel in place of the real one. */
  readonly bound?: Uint8Array
  readonly password?: string
}

/** One login; all that the server said, base64 undone. */
async function login(client: RawClient, { mechanism = 'SCRAM-SHA-256-PLUS', flag = 'p=tls-exporter', ...rest }: Login) {
  const hash = mechanism.includes('512') ? 'sha512' : mechanism.includes('256') ? 'sha256' : 'sha1'
  const length = { sha512: 64, sha256: 32, sha1: 20 }[hash]
  const hmac = (key: Buffer, text: string): Buffer => createHmac(hash, key).update(text).digest()
  const said: string[] = []
  const next = async (): Promise<string> => {
    const line = await client.line()
    said.push(line.startsWith('+ ') ? unbase64(line.slice(2)) : line)
    return said.at(-1) ?? ''
  }
  const bare = 'n=alice,r=abc'
  client.send(`a AUTHENTICATE ${mechanism} ${base64(`${flag},,${bare}`)}\r\n`)
  const first = await next()
  const match = /^r=([^,]+),s=([^,]+),i=64$/.exec(first)
  if (match === null) return said
  const [, nonce = '', salt = ''] = match
  const data = flag.startsWith('p=') ? (rest.bound ?? channel(client.socket, flag.slice(2))) : Buffer.alloc(0)
  const withoutProof = `c=${base64(Buffer.concat([Buffer.from(`${flag},,`), data]))},r=${nonce}`
  const salted = pbkdf2Sync(rest.password ?? 'pencil', Buffer.from(salt, 'base64'), 64, length, hash)
  const key = hmac(salted, 'Client Key')
  const message = `${bare},${first},${withoutProof}`
  const signature = hmac(createHash(hash).update(key).digest(), message)
  const proof = Buffer.from(key.map((octet, i) => octet ^ (signature[i] ?? 0)))
  client.send(`${base64(`${withoutProof},p=${base64(proof)}`)}\r\n`)
  const last = await next()
  if (!/^[ve]=/.test(last)) return said
  if (last.startsWith('v=')) expect(last).toBe(`v=${base64(hmac(hmac(salted, 'Server Key'), message))}`)
  client.send('\r\n')
  await next()
  return said
}

const secure = (): Promise<RawClient> => RawClient.open({ port: server.tlsPort, ca: server.ca })

describe('SCRAM-*-PLUS (RFC 5802 §6)', () => {
  it('is announced over TLS only', async () => {
    await using plain = await RawClient.open({ port: server.port })
    expect((await capabilities(plain)).join()).not.toContain('-PLUS')
    expect((await capabilities(plain)).join()).toContain('AUTH=SCRAM-SHA-512')
    expect(
      (await plain.run(`AUTHENTICATE SCRAM-SHA-256-PLUS ${base64('p=tls-exporter,,n=alice,r=abc')}`)).at(-1),
    ).toMatch(/^NO \[CANNOT\]/)
    await using tls = await secure()
    expect(await capabilities(tls)).toEqual(
      expect.arrayContaining(['AUTH=SCRAM-SHA-1-PLUS', 'AUTH=SCRAM-SHA-256-PLUS', 'AUTH=SCRAM-SHA-512-PLUS']),
    )
  })

  it.each(['SCRAM-SHA-1-PLUS', 'SCRAM-SHA-256-PLUS', 'SCRAM-SHA-512-PLUS'])('logs in by %s', async (mechanism) => {
    for (const type of ['tls-exporter', 'tls-server-end-point']) {
      await using client = await secure()
      expect((await login(client, { mechanism, flag: `p=${type}` })).at(-1)).toMatch(/^a OK /)
    }
  })

  it('works behind STARTTLS', async () => {
    await using client = await RawClient.open({ port: server.startTlsPort })
    await client.ok('STARTTLS')
    await client.startTls(server.ca)
    expect((await login(client, {})).at(-1)).toMatch(/^a OK /)
  })

  it.each<[name: string, options: Login, expected: RegExp[]]>([
    ['another channel', { bound: Buffer.alloc(32) }, [/^r=/, /^e=channel-bindings-dont-match$/, /^a NO \[AUTH/]],
    [
      'the certificate of somebody in between',
      { flag: 'p=tls-server-end-point', bound: Buffer.alloc(32) },
      [/^r=/, /^e=channel-bindings-dont-match$/, /^a NO \[AUTH/],
    ],
    ['an unknown kind', { flag: 'p=tls-unique' }, [/^r=/, /^e=unsupported-channel-binding-type$/, /^a NO \[AUTH/]],
    ['a wrong password', { password: 'pen' }, [/^r=/, /^a NO \[AUTH/]],
    ['no binding', { flag: 'n' }, [/^a BAD /]],
    ['no binding where the client could', { flag: 'y' }, [/^a BAD /]],
    [
      'a client that was told of no -PLUS',
      { mechanism: 'SCRAM-SHA-256', flag: 'y' },
      [/^r=/, /^e=server-does-support-channel-binding$/, /^a NO \[AUTH/],
    ],
    ['a binding without -PLUS', { mechanism: 'SCRAM-SHA-512', flag: 'p=tls-exporter' }, [/^a BAD /]],
  ])('refuses %s', async (_name, options, expected) => {
    await using client = await secure()
    const said = await login(client, options)
    expect(said).toEqual(expected.map((each) => expect.stringMatching(each) as string))
  })

  it('takes a client that cannot bind', async () => {
    await using client = await secure()
    expect((await login(client, { mechanism: 'SCRAM-SHA-512', flag: 'n' })).at(-1)).toMatch(/^a OK /)
  })

  it('has no tls-exporter below TLS 1.3 (RFC 9266 §3)', async () => {
    const maxVersion: SecureVersion = 'TLSv1.2'
    const socket = connect({ host: 'localhost', port: server.tlsPort, ca: server.ca, maxVersion })
    await once(socket, 'secureConnect')
    let received = ''
    socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')))
    const line = async (pattern: RegExp): Promise<string> => {
      while (!pattern.test(received)) await once(socket, 'data')
      return pattern.exec(received)?.[1] ?? ''
    }
    socket.write(`a AUTHENTICATE SCRAM-SHA-256-PLUS ${base64('p=tls-exporter,,n=alice,r=abc')}\r\n`)
    const nonce = /^r=([^,]+)/.exec(unbase64(await line(/\+ (\S+)\r\n/)))?.[1] ?? ''
    received = ''
    socket.write(`${base64(`c=${base64('p=tls-exporter,,')},r=${nonce},p=AAAA`)}\r\n`)
    expect(unbase64(await line(/\+ (\S+)\r\n/))).toBe('e=unsupported-channel-binding-type')
    socket.destroy()
  })
})
