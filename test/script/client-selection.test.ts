import { describe, expect, it } from 'vitest'
import { connect, examine, Mailbox, ReadonlyMailbox, ResponseError, select, StateError, uids } from 'imapkit'
import { rejection } from '../behaviour/tools.js'
import { pair, Peer } from '../unit/connection/support.js'
import { QUIET, scene } from './client-tools.js'

const GREETING = 'S: * PREAUTH [CAPABILITY IMAP4rev1 UNSELECT] ready\n'
const into = (name: string, count = 1, command = 'SELECT'): string => `
  C: <t> ${command} ${name}
  S: * ${count} EXISTS
  S: * OK [UIDVALIDITY ${count}] valid
  S: <t> OK [${command === 'SELECT' ? 'READ-WRITE' : 'READ-ONLY'}] in
`

describe('the selected mailbox', () => {
  it('is null before, the handle while, and null after', async () => {
    await using it = await scene(`${GREETING}${into('a')}C: <t> UNSELECT\nS: <t> OK done`)
    expect(it.client.mailbox).toBeNull()
    const handle = await it.client.select('a')
    expect(it.client.mailbox).toBe(handle)
    await handle.unselect()
    expect(it.client.mailbox).toBeNull()
    await it.done
  })

  it('follows a SELECT that was run as a command value', async () => {
    await using it = await scene(GREETING + into('a') + into('b', 2) + into('c', 3, 'EXAMINE'))
    const first = await it.client.select('a')
    await it.client.run(select('b'))
    const second = it.client.mailbox
    expect(second).toBeInstanceOf(Mailbox)
    expect(second).toMatchObject({ name: 'b', exists: 2 })
    expect(it.client.mailbox).toBe(second)
    await it.client.run(examine('c'))
    expect(it.client.mailbox).toBeInstanceOf(ReadonlyMailbox)
    expect(it.client.mailbox).not.toBeInstanceOf(Mailbox)
    expect(it.client.mailbox?.name).toBe('c')
    for (const stale of [first, second]) {
      expect(await rejection(stale!.search({}))).toBeInstanceOf(StateError)
    }
    await it.done
  })

  it('is that of each call when two select at once', async () => {
    await using it = await scene(GREETING + into('a', 1) + into('b', 2))
    const [a, b] = await Promise.all([it.client.select('a'), it.client.select('b')])
    expect([a.name, a.exists, b.name, b.exists]).toEqual(['a', 1, 'b', 2])
    expect(it.client.mailbox).toBe(b)
    const error = await rejection(a.store(uids(1), { add: ['\\Seen'] }))
    expect(error).toBeInstanceOf(StateError)
    expect(await rejection(a.fetch(uids('1'), { flags: true }).toArray())).toBeInstanceOf(StateError)
    await it.done
  })

  it('is the one that was answered, also when the server closes it in the same breath', async () => {
    const [near, far] = pair()
    const peer = new Peer(far)
    peer.send('* PREAUTH [CAPABILITY IMAP4rev1] ready')
    const client = await connect({ host: 'h', security: 'plaintext', transport: () => near, ...QUIET })
    const selecting = client.select('a')
    const { tag } = await peer.command()
    // All in one chunk.
    peer.send('* 1 EXISTS', `${tag} OK in`, '* OK [CLOSED] gone')
    const handle = await selecting
    expect(handle.name).toBe('a')
    expect(client.mailbox).toBeNull()
    expect(await rejection(handle.search({}))).toBeInstanceOf(StateError)
    client.close()
    await client.closed
  })

  it('is none after a refusal, and the old handle is stale', async () => {
    await using it = await scene(`${GREETING}${into('a')}C: <t> SELECT b\nS: <t> NO [NONEXISTENT] no b`)
    const handle = await it.client.select('a')
    expect(await rejection(it.client.select('b'))).toBeInstanceOf(ResponseError)
    expect(it.client.mailbox).toBeNull()
    expect(it.client.state).toBe('authenticated')
    expect(await rejection(handle.search({}))).toBeInstanceOf(StateError)
    await it.done
  })

  it('gets a handle after a select() that was given up', async () => {
    const controller = new AbortController()
    await using it = await scene(
      `${GREETING}
      C: <t> SELECT a
      S: * OK waiting
      S: * 1 EXISTS
      S: <t> OK [READ-WRITE] in
      C: <t> NOOP
      S: <t> OK done
    `,
      { on: { trace: ({ text }) => text.includes('waiting') && controller.abort() } },
    )
    expect(await rejection(it.client.select('a', { signal: controller.signal }))).toMatchObject({ name: 'AbortError' })
    await it.client.noop()
    expect(it.client.mailbox?.name).toBe('a')
    await it.done
  })

  it('is a Mailbox that says readOnly where the server opens it so', async () => {
    await using it = await scene(`${GREETING}C: <t> SELECT a\nS: <t> OK [READ-ONLY] in`)
    const handle = await it.client.select('a')
    expect(handle.readOnly).toBe(true)
    expect(it.client.mailbox).toBe(handle)
  })

  it('takes condstore', async () => {
    await using it = await scene(
      'S: * PREAUTH [CAPABILITY IMAP4rev1 CONDSTORE] ready\nC: <t> SELECT a (CONDSTORE)\nS: * OK [HIGHESTMODSEQ 7] x\nS: <t> OK in',
    )
    expect((await it.client.select('a', { condstore: true })).highestModSeq).toBe(7n)
    await it.done
  })
})

describe('alerts', () => {
  it('keeps the last hundred', async () => {
    const alerts = Array.from({ length: 150 }, (_, index) => `S: * OK [ALERT] number ${index}`)
    const heard: string[] = []
    await using it = await scene([GREETING.trim(), 'C: <t> NOOP', ...alerts, 'S: <t> OK done'], {
      on: { alert: ({ text }) => void heard.push(text) },
    })
    await it.client.noop()
    expect(heard).toHaveLength(150)
    expect(it.client.alerts).toHaveLength(100)
    expect(it.client.alerts.at(0)).toBe('number 50')
    expect(it.client.alerts.at(-1)).toBe('number 149')
  })
})

describe('a logger', () => {
  it('gets lines, states, alerts, warnings and the end, and its own methods as they are', async () => {
    class Log {
      readonly lines: string[] = []
      debug(message: string): void {
        this.lines.push(`debug ${message}`)
      }
      info(message: string): void {
        this.lines.push(`info ${message}`)
      }
      warn(message: string): void {
        this.lines.push(`warn ${message}`)
      }
      error(message: string): void {
        this.lines.push(`error ${message}`)
      }
    }
    const logger = new Log()
    await using it = await scene(
      `${GREETING}C: <t> NOOP\nS: * OK [ALERT] careful\nS: * 5 EXPUNGE x y\nS: * FLAGS\nS: * BYE enough\nS-close`,
      { logger },
    )
    await rejection(it.client.noop())
    await it.client.closed
    const { lines } = logger
    expect(lines).toContain('debug imap: S: * OK [ALERT] careful')
    expect(lines.some((line) => /^debug imap: C: \w+ NOOP$/.test(line))).toBe(true)
    expect(lines).toContain('info imap: not-authenticated -> authenticated')
    expect(lines).toContain('warn imap: alert: careful')
    expect(lines.filter((line) => line.startsWith('warn')).length).toBeGreaterThan(1)
    expect(lines).toContain('error imap: closed: The server ended the connection: enough')
  })

  it('costs no trace without debug', async () => {
    const lines: string[] = []
    await using it = await scene(GREETING, { logger: { info: (line) => void lines.push(line) } })
    it.client.removeAllListeners('trace')
    expect(it.client.listenerCount('trace')).toBe(0)
    it.client.close()
    await it.client.closed
    expect(lines.at(-1)).toBe('imap: closed (closed)')
  })
})

it('the client is plain data as JSON', async () => {
  await using it = await scene(GREETING + into('a'))
  await it.client.select('a')
  it.client.on('exists', () => undefined)
  expect(JSON.parse(JSON.stringify(it.client))).toEqual({
    host: '127.0.0.1',
    port: expect.any(Number) as number,
    security: 'plaintext',
    state: 'selected',
    mailbox: 'a',
  })
})
