import { createHash, X509Certificate } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { createServer, type Server, type TlsOptions } from 'node:tls'
import { connect, TlsError, type ConnectOptions } from 'imapkit'
import { afterAll, describe, expect, it } from 'vitest'
import { selfSigned } from '../../src/testing/certificate.js'

const DAY = 86_400_000
const good = selfSigned()
const another = selfSigned()
const past = selfSigned({ from: new Date(Date.now() - 9 * DAY), to: new Date(Date.now() - DAY) })
const future = selfSigned({ from: new Date(Date.now() + DAY), to: new Date(Date.now() + 9 * DAY) })
const wrongHost = selfSigned({ names: ['other.example'], addresses: [] })
const servers: Server[] = []

afterAll(async () => {
  for (const server of servers) await new Promise((resolve) => server.close(resolve))
})

const pinOf = ({ cert }: { readonly cert: string }): string =>
  createHash('sha256')
    .update(new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64')

/** Logs in at a server with these options of TLS; tells what the server got to see. */
async function met(
  server: TlsOptions,
  tls: ConnectOptions['tls'],
  host = 'localhost',
): Promise<{ error: unknown; received: string }> {
  let received = ''
  const listening = createServer(server, (socket) => {
    socket.on('error', () => undefined)
    socket.write('* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready\r\n')
    socket.on('data', (data: Buffer) => {
      received += data.toString('latin1')
      for (const [, tag, name] of data.toString('latin1').matchAll(/^(\S+) (\S+).*\r\n/gm)) {
        const told = name === 'CAPABILITY' ? '* CAPABILITY IMAP4rev1\r\n' : ''
        socket.write(`${told}${tag} OK done\r\n`)
      }
    })
  })
  listening.on('tlsClientError', () => undefined)
  servers.push(listening)
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  const { port } = listening.address() as AddressInfo
  const auth = { user: 'alice', password: 'hunter2' }
  try {
    const client = await connect({ host, port, auth, id: false, idle: false, ...(tls && { tls }) })
    client.close()
    await client.closed
    return { error: undefined, received }
  } catch (error) {
    return { error, received }
  }
}

describe('a certificate', () => {
  it.each<[string, TlsOptions, ConnectOptions['tls'], string?]>([
    ['of an authority that is given', good, { ca: good.cert }],
    ['of an address that is connected to', good, { ca: good.cert }, '127.0.0.1'],
    ['whose key is pinned', good, { pin: pinOf(good) }],
    ['whose key is one of those pinned', good, { pin: [pinOf(another), `sha256/${pinOf(good)}`] }],
    ['that has expired, whose key is pinned', past, { pin: pinOf(past) }],
    ['of another host, whose key is pinned', wrongHost, { pin: pinOf(wrongHost) }],
    [
      'that asks for one of the client, which is given',
      { ...good, requestCert: true, ca: another.cert, rejectUnauthorized: false },
      { ca: good.cert, key: another.key, cert: another.cert },
    ],
  ])('%s is taken', async (_, server, tls, host) => {
    const { error, received } = await met(server, tls, host)
    expect(error).toBeUndefined()
    expect(received).toContain('AUTHENTICATE PLAIN')
  })

  it.each<[string, TlsOptions, ConnectOptions['tls'], RegExp, string?]>([
    ['of another host', wrongHost, { ca: wrongHost.cert }, /certificate of localhost is for another name/],
    [
      'of another address',
      wrongHost,
      { ca: wrongHost.cert },
      /certificate of 127\.0\.0\.1 is for another name/,
      '127.0.0.1',
    ],
    ['that has expired', past, { ca: past.cert }, /not trusted \(.*expired.*\): set tls\.ca or tls\.pin/],
    ['that is not valid yet', future, { ca: future.cert }, /not trusted \(.*not yet valid.*\)/],
    ['that nobody has signed but itself', good, undefined, /not trusted \(.*self-signed.*\)/],
    ['of another authority', good, { ca: another.cert }, /not trusted/],
    ['with another key than the pinned one', good, { pin: pinOf(another) }, /not a pinned one: its SHA-256 is /],
    [
      'with another key than the pinned one, of a known authority',
      good,
      { ca: good.cert, pin: pinOf(another) },
      /not a pinned one/,
    ],
    [
      'on a server of TLS 1.1',
      { ...good, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
      { ca: good.cert },
      /^localhost speaks no version of TLS that is allowed: TLS 1\.2 is the lowest/,
    ],
  ])('%s is refused before a byte is sent', async (_, server, tls, message, host) => {
    const { error, received } = await met(server, tls, host)
    expect(error).toBeInstanceOf(TlsError)
    expect(error).toMatchObject({
      code: 'ERR_IMAP_TLS',
      retryable: false,
      message: expect.stringMatching(message) as string,
    })
    expect(received).toBe('')
  })
})

// With TLS 1.3 the server refuses after the client has finished its part; nothing that was sent has been read by then.
it.each(['TLSv1.2', 'TLSv1.3'] as const)(
  'a server of %s that wants a certificate of the client gets no login without it',
  async (version) => {
    const server: TlsOptions = {
      ...good,
      requestCert: true,
      ca: another.cert,
      rejectUnauthorized: true,
      minVersion: version,
      maxVersion: version,
    }
    const { error, received } = await met(server, { ca: good.cert })
    expect(error).toBeInstanceOf(TlsError)
    expect((error as Error).message).toMatch(/^localhost .*certificate of the client/)
    expect(received).toBe('')
  },
)
