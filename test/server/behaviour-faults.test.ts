import {
  ByeError,
  connect,
  ConnectionError,
  ImapError,
  IncompleteFetchError,
  LimitError,
  OutcomeUnknownError,
  ProtocolError,
  RateLimitError,
  ResponseError,
  TimeoutError,
  uids,
  type ConnectOptions,
  type Uid,
} from 'imapkit'
import { ImapServer, type ServerOptions } from 'imapkit/testing'
import { describe, expect, it } from 'vitest'
import { bigMail, mails, sha256 } from '../behaviour/mails.js'
import { bytesOf, leavesNothing, record, rejection, until, within } from '../behaviour/tools.js'

/** Far above what any bound here adds up to, far below the defaults. */
const SOON = 8000
const QUICK = { connect: 1000, greeting: 400, auth: 400, silence: 400, command: 1500, grace: 300 }

function start(options: ServerOptions = {}): Promise<ImapServer> {
  const mailboxes = { INBOX: mails(50), big: [bigMail(3_000_000), ...mails(3)], other: [] }
  return ImapServer.start({ users: { alice: { password: 'secret', mailboxes } }, ...options })
}

function open(server: ImapServer, more: Partial<ConnectOptions> = {}) {
  return connect({ ...server.connectOptions('alice'), timeouts: QUICK, idle: false, ...more })
}

const commands = (server: ImapServer): string[] => server.log.map((line) => line.split(' ').slice(1).join(' '))

describe('greetings', () => {
  it.each(['tls', 'plaintext'] as const)('takes PREAUTH by %s, and sends no credentials', async (security) => {
    await using server = await start({ greeting: 'preauth' })
    await using client = await open(server, { ...server.connectOptions('alice', { security }) })
    expect(client.state).toBe('authenticated')
    expect(commands(server).filter((line) => /^(?:LOGIN|AUTHENTICATE)/.test(line))).toEqual([])
    await using inbox = await client.select('INBOX')
    expect(inbox.exists).toBe(50)
  })

  it('refuses PREAUTH where STARTTLS is required', async () => {
    await using server = await start({ greeting: 'preauth' })
    const error = await rejection(open(server, server.connectOptions('alice', { security: 'starttls' })))
    expect(error).toBeInstanceOf(ImapError)
    expect(commands(server).filter((line) => /^(?:LOGIN|AUTHENTICATE)/.test(line))).toEqual([])
  })

  it('tells what the server says when it hangs up at once', async () => {
    await using server = await start({ greeting: 'bye' })
    const error = await rejection(open(server))
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error).toMatchObject({ text: 'No connections at this time', retryable: true })
  })

  it('refuses bytes that follow the OK of STARTTLS', async () => {
    await using server = await start()
    server.fault({ command: 'STARTTLS', rewrite: (chunk) => Buffer.concat([chunk, Buffer.from('* 99 EXISTS\r\n')]) })
    const error = await rejection(open(server, server.connectOptions('alice', { security: 'starttls' })))
    expect(error).toBeInstanceOf(ProtocolError)
    expect(commands(server)).toEqual(['STARTTLS'])
  })
})

describe('a server that stalls', () => {
  it.each(['GREETING', 'AUTHENTICATE', 'SELECT', 'FETCH', 'SEARCH', 'APPEND', 'LOGOUT'])(
    'in %s: everything settles in time, and nothing is left open',
    async (command) => {
      await leavesNothing(command, async () => {
        await using server = await start()
        server.fault({ command, stall: true })
        const errors: unknown[] = []
        const keep = (error: unknown) => void errors.push(error)
        const work = async () => {
          const client = await open(server)
          const inbox = await client.select('INBOX')
          const calls: Promise<unknown>[] = [
            inbox.fetch(uids('1:*'), { envelope: true }).toArray(),
            inbox.fetchOne(1 as Uid, { flags: true }),
            inbox.search({ seen: false }),
            client.append('other', 'Subject: x\n\nx\n'),
            client.noop(),
          ]
          await Promise.all(calls.map((call) => call.catch(keep)))
          await client.logout()
        }
        await within(SOON, 'all of it', work().catch(keep))
        expect(errors.length).toBeGreaterThan(0)
        for (const error of errors) expect(error).toBeInstanceOf(ImapError)
        expect(errors.some((error) => error instanceof TimeoutError || error instanceof OutcomeUnknownError)).toBe(true)
      })
    },
  )

  it('counts as silent, whoever waits', async () => {
    await using server = await start()
    await using client = await open(server)
    await using inbox = await client.select('INBOX')
    server.fault({ command: 'SEARCH', stall: true })
    const error = await within(SOON, 'the call', rejection(inbox.search({})))
    expect(error).toBeInstanceOf(TimeoutError)
    expect(error).toMatchObject({ code: 'ERR_IMAP_TIMEOUT', phase: 'silence', connection: 'closed' })
  })

  it('cannot be disposed into a hang', async () => {
    await using server = await start()
    server.fault({ command: 'LOGOUT', stall: true })
    const dispose = async () => {
      await using client = await open(server)
      await client.noop()
    }
    await within(SOON, 'disposal', dispose())
  })

  it('holds up the others only until the grace is over', async () => {
    await using server = await start()
    await using client = await open(server, { timeouts: { ...QUICK, silence: 60_000 } })
    await using inbox = await client.select('INBOX')
    server.fault({ command: 'SEARCH', stall: true })
    const first = rejection(inbox.search({}, { timeout: 100 }))
    const others = [rejection(client.noop()), rejection(inbox.fetchOne(1 as Uid, { flags: true }))]
    expect(await within(SOON, 'the stalled call', first)).toMatchObject({ phase: 'command' })
    for (const each of await within(SOON, 'the others', Promise.all(others))) expect(each).toBeInstanceOf(ImapError)
    expect(await within(SOON, 'closed', client.closed)).toMatchObject({ reason: 'error' })
  })

  it('keeps the connection when the late answer comes within the grace', async () => {
    await using server = await start()
    await using client = await open(server)
    await using inbox = await client.select('INBOX')
    const fault = server.fault({ command: 'SEARCH', delay: 200 })
    expect(await rejection(inbox.search({}, { timeout: 50 }))).toMatchObject({ phase: 'command', connection: 'kept' })
    fault.clear()
    expect((await inbox.search({ subject: 'mail 7' })).toString()).toBe('7')
  })

  it('is noticed while it idles', async () => {
    await using server = await start()
    const client = await open(server, { idle: { delayMs: 0 } })
    await client.select('INBOX')
    server.fault({ command: 'IDLE', silent: true })
    client.on('exists', () => undefined)
    await until('the client idles', () => commands(server).includes('IDLE'))
    expect(await within(SOON, 'the call', rejection(client.noop()))).toBeInstanceOf(ImapError)
    await within(SOON, 'closed', client.closed)
  })
})

describe('a server that trickles', () => {
  it('is bounded by the time for the whole call', async () => {
    await using server = await start()
    await using client = await open(server)
    await using inbox = await client.select('INBOX')
    server.fault({ command: 'SEARCH', trickle: 100 })
    const error = await within(SOON, 'the call', rejection(inbox.search({}, { timeout: 600 })))
    expect(error).toMatchObject({ code: 'ERR_IMAP_TIMEOUT', phase: 'command' })
  })

  it('counts as silent for iterators and bodies', async () => {
    await leavesNothing('a trickling server', async () => {
      await using server = await start()
      const client = await open(server)
      const big = await client.select('big')
      server.fault({ command: 'FETCH', trickle: 150 })
      const list = rejection(big.fetch(uids('1:*'), { envelope: true }).toArray())
      expect(await within(SOON, 'the list', list)).toBeInstanceOf(TimeoutError)
      await within(SOON, 'closed', client.closed)
    })
  })

  it('is read when it only splits what it sends', async () => {
    await using server = await start()
    server.fault({ split: 7 })
    server.fault({ command: 'GREETING', split: 3 })
    await using client = await open(server, { timeouts: { ...QUICK, silence: 5000 } })
    await using inbox = await client.select('INBOX')
    const found = await inbox.fetch(uids('1:*'), { envelope: true, bodyStructure: true }).toArray()
    expect(found.map((each) => each.envelope.subject)).toEqual(Array.from({ length: 50 }, (_, i) => `mail ${i + 1}`))
  })
})

describe('a line that breaks', () => {
  it.each(['mid-literal', 5, 100_000] as const)('in the middle of a body: %s', async (drop) => {
    await using server = await start()
    const client = await open(server)
    const big = await client.select('big')
    server.fault({ command: 'FETCH', nth: 2, drop })
    const read = async () => {
      for await (const body of big.stream(uids(1), '', { single: true })) await bytesOf(body)
    }
    expect(await within(SOON, 'the body', rejection(read()))).toBeInstanceOf(ConnectionError)
    expect(await client.closed).toMatchObject({ reason: 'error' })
  })

  it('leaves the outcome of an APPEND unknown, and never sends it again', async () => {
    await using server = await start()
    const client = await open(server)
    server.fault({ command: 'APPEND', drop: 0 })
    const error = await within(SOON, 'the call', rejection(client.append('other', 'Subject: once\n\nx\n')))
    expect(error).toBeInstanceOf(OutcomeUnknownError)
    expect(error).toMatchObject({ code: 'ERR_IMAP_OUTCOME_UNKNOWN', command: 'APPEND', retryable: false })
    expect((error as Error).cause).toBeInstanceOf(ConnectionError)
    await client.closed
    server.clearFaults()
    expect(server.user('alice').mailbox('other').messages.length).toBe(1)
    expect(commands(server).filter((line) => line.startsWith('APPEND')).length).toBe(1)
  })

  it.each([
    ['copy', 'COPY', true],
    ['move', 'MOVE', true],
    ['fetchOne', 'FETCH', false],
    ['search', 'SEARCH', false],
  ] as const)('tells whether %s may be repeated', async (method, command, unknown) => {
    await using server = await start()
    const client = await open(server)
    const inbox = await client.select('INBOX')
    server.fault({ command, drop: 0 })
    const calls = {
      copy: () => inbox.copy(uids('1:3'), 'other'),
      move: () => inbox.move(uids('1:3'), 'other'),
      fetchOne: () => inbox.fetchOne(1 as Uid, { flags: true }),
      search: () => inbox.search({}),
    }
    const error = await within(SOON, 'the call', rejection(calls[method]()))
    expect(error).toBeInstanceOf(unknown ? OutcomeUnknownError : ConnectionError)
    await client.closed
  })

  it('tells what the server said when it hung up while commands waited', async () => {
    await using server = await start()
    const client = await open(server)
    const byes = record(client, 'bye')
    const inbox = await client.select('INBOX')
    server.fault({ command: 'SEARCH', stall: true })
    const calls = [inbox.search({}), client.noop(), client.append('other', 'Subject: x\n\nx\n')].map(rejection)
    await until('the search has arrived', () => commands(server).some((line) => line.includes('SEARCH')))
    for (const each of server.connections) each.bye('Maintenance')
    const [first, ...others] = await within(SOON, 'all calls', Promise.all(calls))
    expect(first).toBeInstanceOf(ByeError)
    expect(first).toMatchObject({ text: 'Maintenance' })
    for (const each of others) expect(each instanceof ByeError || each instanceof OutcomeUnknownError).toBe(true)
    expect(byes).toEqual([{ text: 'Maintenance' }])
    expect(await client.closed).toMatchObject({ reason: 'error' })
  })

  it('leaves nothing open', async () => {
    await leavesNothing('a broken connection', async () => {
      await using server = await start()
      const client = await open(server)
      const inbox = await client.select('INBOX')
      server.fault({ command: 'SEARCH', drop: 0 })
      await rejection(inbox.search({}))
      await client.closed
    })
  })
})

describe('nonsense', () => {
  it.each([
    '* 5 WHAT (IS "this")\r\n',
    '* NONSENSE\r\n',
    '* 1 FETCH (UID oops)\r\n',
    '* 99 FETCH (FLAGS (\\Seen)\r\n',
    '* OK [UIDNEXT -5] odd\r\n',
    '* LIST () "/" {3}\r\nabc extra\r\n',
    '+ nobody asked\r\n',
    '* 4294967296999 EXISTS\r\n',
  ])('is passed over: %j', async (before) => {
    await using server = await start()
    await using client = await open(server)
    const warnings = record(client, 'warning')
    await using inbox = await client.select('INBOX')
    server.fault({ command: 'SEARCH', before })
    expect((await inbox.search({ subject: 'mail 7' })).toString()).toBe('7')
    expect((await inbox.fetch(uids('1:*'), { flags: true }).toArray()).length).toBe(50)
    for (const { error } of warnings) expect(error).toBeInstanceOf(ImapError)
  })

  it('in the place of an answer fails what it was the answer to, and nothing else', async () => {
    await using server = await start()
    await using client = await open(server)
    await using inbox = await client.select('INBOX')
    server.fault({ command: 'SEARCH', before: '* SEARCH one two\r\n' })
    expect(await rejection(inbox.search({ subject: 'mail 7' }))).toMatchObject({ code: 'ERR_IMAP_PROTOCOL' })
    expect((await inbox.fetch(uids('1:*'), { flags: true }).toArray()).length).toBe(50)
  })

  it('is a protocol error when it answers with the wrong tag', async () => {
    await using server = await start()
    const client = await open(server)
    server.fault({ command: 'NOOP', tag: 'wrong99' })
    const error = await within(SOON, 'the call', rejection(client.noop()))
    expect(error).toBeInstanceOf(ImapError)
    await within(SOON, 'closed', Promise.resolve(client.close()))
  })

  it('cannot fill memory', async () => {
    await using server = await start()
    const client = await open(server, { limits: { line: 64 * 1024, literal: 256 * 1024 } })
    server.fault({ command: 'NOOP', before: `* OK ${'x'.repeat(1_000_000)}\r\n` })
    const error = await within(SOON, 'the call', rejection(client.noop()))
    expect(error).toBeInstanceOf(LimitError)
    await client.closed
    const other = await open(server, { limits: { literal: 256 * 1024 } })
    server.fault({ command: 'SEARCH', before: '* LIST () "/" {900000000}\r\n' })
    const inbox = await other.select('INBOX')
    expect(await within(SOON, 'the call', rejection(inbox.search({})))).toBeInstanceOf(LimitError)
    await other.closed
  })

  it('lacks items that were asked for: the others come first', async () => {
    await using server = await start()
    await using client = await open(server)
    await using inbox = await client.select('INBOX')
    server.fault({ command: 'FETCH', omit: { items: ['ENVELOPE'], uids: [] } })
    const error = await rejection(inbox.fetch(uids('1:3'), { envelope: true }).toArray())
    expect(error).toBeInstanceOf(IncompleteFetchError)
    expect((error as IncompleteFetchError).messages.length).toBe(3)
    server.clearFaults()
    server.fault({ command: 'FETCH', omit: { uids: [2] } })
    const found = await inbox.fetch(uids('1:3'), { envelope: true }).toArray()
    expect(found.map((each) => each.uid)).toEqual([1, 3])
  })
})

describe('refusals', () => {
  it('sends no message whose literal was refused', async () => {
    const capabilities = (all: readonly string[]) => all.filter((each) => !/^(?:LITERAL[+-]|IMAP4rev2)$/i.test(each))
    await using server = await start({ capabilities })
    await using client = await open(server)
    server.fault({ command: 'APPEND', nth: 1, refuseLiteral: 'NO [OVERQUOTA] Too much' })
    const { bytesOut } = client.traffic
    const error = await rejection(client.append('other', bigMail(500_000).raw))
    expect(error).toBeInstanceOf(ResponseError)
    expect(error).toMatchObject({ status: 'NO', text: 'Too much', responseCode: { name: 'OVERQUOTA' } })
    expect(client.traffic.bytesOut - bytesOut).toBeLessThan(1000)
    await client.append('other', bigMail(500_000).raw)
    const [message] = server.user('alice').mailbox('other').messages
    expect(sha256(message?.raw ?? Buffer.alloc(0))).toBe(sha256(bigMail(500_000).raw))
  })

  it('tells throttling from other refusals', async () => {
    await using server = await start()
    await using client = await open(server)
    server.fault({ command: 'NOOP', answer: 'NO Request is throttled. Suggested Backoff Time: 1500 milliseconds' })
    const error = await rejection(client.noop())
    expect(error).toBeInstanceOf(RateLimitError)
    expect(error).toMatchObject({ retryAfterMs: 1500, retryable: true, code: 'ERR_IMAP_RATE_LIMIT' })
  })

  it('keeps alerts', async () => {
    await using server = await start()
    server.fault({ command: 'NOOP', before: '* OK [ALERT] The disk is nearly full\r\n' })
    await using client = await open(server)
    const alerts = record(client, 'alert')
    await client.noop()
    expect(alerts).toEqual([{ text: 'The disk is nearly full' }])
    expect(client.alerts).toContain('The disk is nearly full')
  })
})
