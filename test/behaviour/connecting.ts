import { createHash } from 'node:crypto'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { connect as tlsConnect, type TLSSocket } from 'node:tls'
import {
  AbortError,
  ArgumentError,
  AuthenticationError,
  connect,
  ConnectError,
  ConnectionError,
  ImapError,
  StateError,
  TlsError,
} from 'imapkit'
import { describe, expect, it } from 'vitest'
import { open, outside, type Subject, type Target } from './subject.js'
import { rejection } from './tools.js'

/** Ways in: security, certificates, what is refused before a secret is sent. */
export function connecting(subject: Subject): void {
  describe('connecting', () => {
    it.each(['tls', 'starttls', 'plaintext'] as const)('connects by %s', async (security) => {
      await using client = await open(subject, { security })
      expect(client.state).toBe('authenticated')
      expect(client.capabilities.has('imap4rev1')).toBe(true)
      await client.noop()
      expect(client.traffic.bytesIn).toBeGreaterThan(0)
      expect(client.traffic.bytesOut).toBeGreaterThan(0)
      expect(client.traffic.roundTrips).toBeGreaterThan(0)
    })

    it('takes a URL, with the user in it', async () => {
      const { host, port, tls, auth } = subject.options({ security: 'starttls' })
      const url = `imap://${auth.user}@${host}:${port ?? 0}/`
      await using client = await connect(url, {
        ...(tls === undefined ? {} : { tls }),
        auth: { password: auth.password },
      })
      expect(client.state).toBe('authenticated')
    })

    it('waits for authenticate() when no credentials are given', async () => {
      const { auth, ...target } = subject.options()
      await using client = await connect(target)
      expect(client.state).toBe('not-authenticated')
      expect(await rejection(client.select('INBOX'))).toBeInstanceOf(StateError)
      await client.authenticate(auth)
      expect(client.state).toBe('authenticated')
      await using inbox = await client.select('inbox')
      expect(inbox.name).toBe('INBOX')
    })

    it('logs out politely, and says why it ended', async () => {
      const client = await open(subject)
      await client.logout()
      expect(client.state).toBe('logout')
      expect(await client.closed).toMatchObject({ reason: 'logout' })
      expect(await rejection(client.noop())).toBeInstanceOf(ImapError)
      client.close()
    })

    it('closes at once, as often as one likes', async () => {
      const client = await open(subject)
      const waiting = rejection(client.noop())
      client.close()
      client.close()
      expect(await client.closed).toMatchObject({ reason: 'closed' })
      expect(await waiting).toBeInstanceOf(ImapError)
      expect(await rejection(client.noop())).toBeInstanceOf(ImapError)
    })

    it('tells of states and capabilities from before the greeting on', async () => {
      const states: string[] = []
      let capabilities = 0
      const on = { state: ({ to }: { to: string }) => states.push(to), capability: () => capabilities++ }
      {
        await using client = await open(subject, {}, { on })
        await using inbox = await client.select('INBOX')
        expect(inbox.readOnly).toBe(false)
      }
      expect(states).toEqual(['authenticated', 'selected', 'authenticated', 'logout'])
      expect(capabilities).toBeGreaterThan(0)
    })

    it('refuses a certificate of an unknown authority', async () => {
      const { tls: _, ...options } = subject.options()
      expect(await rejection(connect(options))).toBeInstanceOf(TlsError)
      expect(
        await rejection(connect({ ...options, ...subject.options({ security: 'starttls' }), tls: {} })),
      ).toBeInstanceOf(TlsError)
    })

    it.each(['expired', 'wrong host', 'self-signed'] as const)('refuses a certificate: %s', async (place) => {
      const { auth } = subject.options()
      const error = await rejection(connect({ ...subject.target(place), auth }))
      expect(error).toBeInstanceOf(TlsError)
      expect(error).toMatchObject({ code: 'ERR_IMAP_TLS', retryable: false })
    })

    it('takes a self-signed certificate by its pin, and nothing else by that pin', async () => {
      const target = subject.target('self-signed')
      const { auth, ...trusted } = subject.options()
      const pin = await pinOf(target)
      await using client = await connect({ ...target, tls: { pin }, auth })
      expect(client.state).toBe('authenticated')
      await using either = await connect({ ...target, tls: { pin: ['A'.repeat(43) + '=', pin] }, auth })
      expect(either.state).toBe('authenticated')
      // The pin stands in place of the other checks, so a good certificate with another key is refused.
      expect(await rejection(connect({ ...trusted, tls: { ...trusted.tls, pin }, auth }))).toBeInstanceOf(TlsError)
    })

    it('sends no password where the server says LOGINDISABLED', async () => {
      const { auth } = subject.options()
      const sent: string[] = []
      const on = {
        trace: ({ direction, text }: { direction: string; text: string }) => direction === 'out' && sent.push(text),
      }
      const options = { ...subject.target('login disabled'), auth: { ...auth, mechanisms: ['PLAIN', 'LOGIN'] }, on }
      const error = await rejection(connect(options))
      expect(error).toBeInstanceOf(AuthenticationError)
      expect(sent.filter((line) => /LOGIN |AUTHENTICATE/.test(line))).toEqual([])
    })

    it('sends no password in the clear unless the port was named plaintext', async () => {
      // STARTTLS is required once it was asked for: a server that cannot is refused.
      const { auth } = subject.options()
      await using server = await greeter('* OK [CAPABILITY IMAP4rev1] ready\r\n')
      const error = await rejection(connect({ host: '127.0.0.1', port: server.port, security: 'starttls', auth }))
      expect(error).toBeInstanceOf(ImapError)
      expect(server.received()).not.toContain(auth.password)
    })

    it('says that nobody answers, or that it is no IMAP server', async () => {
      const { auth } = subject.options()
      const gone = await greeter('')
      await gone[Symbol.asyncDispose]()
      const refused = await rejection(connect({ host: '127.0.0.1', port: gone.port, security: 'plaintext', auth }))
      expect(refused).toBeInstanceOf(ConnectError)
      expect(refused).toMatchObject({ code: 'ERR_IMAP_CONNECT', retryable: true })
      await using smtp = await greeter('220 mx.example.org ESMTP\r\n')
      const wrong = await rejection(connect({ host: '127.0.0.1', port: smtp.port, security: 'plaintext', auth }))
      expect(wrong).toBeInstanceOf(ImapError)
      expect(smtp.received()).toBe('')
    })

    it('fails with a typed error when TLS is spoken to a cleartext port', async () => {
      const options = subject.options({ security: 'plaintext' })
      const error = await rejection(connect({ ...options, security: 'tls', timeouts: { connect: 5000 } }))
      expect(error).toBeInstanceOf(ConnectionError)
    })

    it('is aborted before and while it connects', async () => {
      const aborted = await rejection(open(subject, {}, { signal: AbortSignal.abort(new Error('not now')) }))
      expect(aborted).toBeInstanceOf(AbortError)
      expect(aborted).toMatchObject({ connection: 'closed', cause: new Error('not now') })
      const controller = new AbortController()
      await using silent = await greeter('')
      const waiting = rejection(
        connect({ host: '127.0.0.1', port: silent.port, security: 'plaintext', signal: controller.signal }),
      )
      await silent.connected
      controller.abort()
      expect(await waiting).toBeInstanceOf(AbortError)
    })

    it.each([
      [{ host: '' }],
      [{ host: 'imaps://localhost' }],
      [{ port: 0 }],
      [{ port: 99_999 }],
      [{ security: 'ssl' as 'tls' }],
      [{ timeouts: { greeting: -1 } }],
      [{ limits: { literal: Number.NaN } }],
      [{ pipelining: 0 }],
    ])('refuses %j before it connects', async (wrong) => {
      expect(await rejection(open(subject, {}, wrong))).toBeInstanceOf(ArgumentError)
    })

    it('identifies both sides by ID', async () => {
      await using client = await open(subject, {}, { id: { name: 'behaviour', version: '1' } })
      expect(client.serverId?.get('name')).toBeTypeOf('string')
    })

    it('knows the namespaces', async () => {
      await using client = await open(subject)
      const { personal } = await client.namespace()
      expect(personal[0]).toEqual({ prefix: '', delimiter: '/' })
    })

    it('lets a client that was told nothing else do what others do', async () => {
      // The outside connection shares no code with the library, so this also checks the helper of all other tests.
      await using raw = await outside(subject)
      expect(await raw.run('NOOP')).toMatch(/^r\d+ OK/m)
    })
  })
}

/** The pin of whatever certificate a server shows. */
async function pinOf({ host, port = 0 }: Target): Promise<string> {
  const socket: TLSSocket = tlsConnect({ host, port, rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const key = socket.getPeerX509Certificate()?.publicKey.export({ type: 'spki', format: 'der' })
  socket.destroy()
  if (key === undefined) throw new Error('the server showed no certificate')
  return createHash('sha256').update(key).digest('base64')
}

/** A socket server that says one thing, answers BAD to everything, and keeps what it is told. */
async function greeter(greeting: string) {
  let received = ''
  let connected: () => void = () => undefined
  const first = new Promise<void>((resolve) => (connected = resolve))
  const server = createServer((socket) => {
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1')
      for (const line of chunk.toString('latin1').split('\r\n')) {
        const [tag = ''] = line.split(' ')
        if (tag !== '') socket.write(`${tag} BAD What is that?\r\n`)
      }
    })
    socket.on('error', () => socket.destroy())
    socket.on('end', () => socket.end())
    socket.write(greeting)
    connected()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    connected: first,
    received: () => received,
    [Symbol.asyncDispose]: async () => {
      if (!server.listening) return
      server.close()
      await once(server, 'close')
    },
  }
}
