import { readdirSync, readFileSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { connect, uids, type ConnectOptions, type ImapClient } from 'imapkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bytesOf, record, rejection, until } from '../behaviour/tools.js'
import { endless, endOf, text } from './failing.js'
import { describeReal, RealServer } from './server.js'
import { STARTERS } from './servers.js'
import { startServer, type Running } from './starting.js'

// A server of its own, since its processes are killed and its files removed.
describeReal('Dovecot on a Maildir', () => {
  let running: Running
  let server: RealServer

  beforeAll(async () => {
    running = await startServer(STARTERS.dovecot, { FORMAT: 'maildir' })
    server = new RealServer(running.facts)
  })

  afterAll(() => running.stop())

  const open = (user: string, more: Partial<ConnectOptions> = {}): Promise<ImapClient> =>
    connect({ ...server.options({ user, security: 'plaintext' }), idle: { delayMs: 0 }, ...more })

  /** The process that serves the only connection of a user. */
  async function processOf(user: string): Promise<number> {
    let found: number[] = []
    await until('one process serves the user', async () => {
      const lines = await server.doveadm('who', '-1', user)
      found = [...lines.matchAll(/\simap\s+(\d+)\s/g)].map((match) => Number(match[1]))
      return found.length === 1
    })
    return found[0] ?? NaN
  }

  it('a message whose file was removed behind its back is gone, and the others are there', async () => {
    const name = server.mailboxName('files')
    await using client = await open('alice', { idle: false })
    const expunge = record(client, 'expunge')
    await client.createMailbox(name)
    for (const size of [10, 20, 30]) await client.append(name, text(size * 34))
    await using mailbox = await client.select(name)
    const directory = join(server.fact('DIR'), 'home/alice/mail', `.${name}`)
    const files = ['new', 'cur'].flatMap((each) =>
      readdirSync(join(directory, each)).map((file) => join(directory, each, file)),
    )
    const victim = files.find((file) => file.includes(`W=${text(20 * 34).length}`))
    unlinkSync(victim ?? '')
    const sizes: number[] = []
    // The first reading may still believe that the file is there; then the server says so, and for this message alone.
    for (let round = 0; round < 3 && expunge.length === 0; round++) {
      try {
        for await (const body of mailbox.stream(uids('1:*'))) await bytesOf(body)
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/^ERR_IMAP_(NO|INCOMPLETE)/) as string })
      }
      await client.noop()
    }
    expect(expunge).toMatchObject([{ mailbox: name, seq: 2, uid: 2 }])
    for await (const body of mailbox.stream(uids('1:*'))) sizes.push((await bytesOf(body)).length)
    expect(sizes).toEqual([text(10 * 34).length, text(30 * 34).length])
  })

  it('tells an idling client that its process was killed', async () => {
    const client = await open('bob')
    const sent: string[] = []
    client.on('trace', ({ direction, text }) => direction === 'out' && sent.push(text))
    client.on('exists', () => undefined)
    await client.select('INBOX')
    await until('the client idles', () => /IDLE/.test(sent.at(-1) ?? ''))
    process.kill(await processOf('bob'), 'SIGKILL')
    expect(await endOf(client)).toMatchObject({ code: 'ERR_IMAP_CONNECTION', retryable: true })
  })

  it('tells a stream that its process was killed in the middle of a body', async () => {
    const client = await open('bob', { idle: false })
    await client.append('INBOX', text(8_000_000))
    const mailbox = await client.select('INBOX')
    const id = await processOf('bob')
    let octets = 0
    const error = await rejection(
      (async () => {
        for await (const body of mailbox.stream(uids('1:*'), '', { single: true })) {
          for await (const chunk of body) {
            if (octets === 0) process.kill(id, 'SIGKILL')
            octets += chunk.length
            await new Promise((resolve) => setImmediate(resolve))
          }
        }
      })(),
    )
    expect(error).toMatchObject({ code: 'ERR_IMAP_CONNECTION', retryable: true })
    expect(octets).toBeLessThan(8_000_000)
    expect(await endOf(client)).toBe(error)
  })

  it('rejects an upload whose process was killed half-way, and nothing was stored', async () => {
    const client = await open('bob', { idle: false })
    const before = (await client.status('INBOX', { messages: true })).messages
    const id = await processOf('bob')
    const stream = endless(() => process.kill(id, 'SIGKILL'))
    // The message was never whole on the wire, so the server cannot have taken it: it may be sent again.
    expect(await rejection(client.append('INBOX', { stream, size: 1_000_000 }))).toMatchObject({
      code: 'ERR_IMAP_CONNECTION',
      retryable: true,
    })
    await endOf(client)
    await using other = await open('bob')
    expect((await other.status('INBOX', { messages: true })).messages).toBe(before)
  })

  it('cannot know what became of a message that was sent whole, and says so', async () => {
    const client = await open('bob', { idle: false })
    const id = await processOf('bob')
    process.kill(id, 'SIGSTOP')
    const before = client.traffic.bytesOut
    const message = text(5000)
    const result = rejection(client.append('INBOX', message))
    await until('all is sent', () => client.traffic.bytesOut >= before + message.length)
    process.kill(id, 'SIGKILL')
    expect(await result).toMatchObject({
      name: 'OutcomeUnknownError',
      command: 'APPEND',
      retryable: false,
      cause: { code: 'ERR_IMAP_CONNECTION' },
    })
    await endOf(client)
  })

  // The last one: there is no server after it.
  it('serves who is connected when its master was killed, and takes no other', async () => {
    await using client = await open('carol@example.test', { idle: false })
    process.kill(Number(readFileSync(join(server.fact('DIR'), 'pid'), 'utf8')), 'SIGKILL')
    let error: unknown
    await until('nobody listens any more', async () => {
      error = await connect(server.options({ security: 'plaintext' })).then(
        (other) => other.close(),
        (reason: unknown) => reason,
      )
      return error !== undefined && (error as { code: string }).code === 'ERR_IMAP_CONNECT'
    })
    expect(error).toMatchObject({ name: 'ConnectError', code: 'ERR_IMAP_CONNECT', retryable: true })
    await client.noop()
    expect(client.state).toBe('authenticated')
  })
})
