import {
  AuthenticationError,
  ByeError,
  CapabilityError,
  connect,
  ConnectionError,
  ImapError,
  OutcomeUnknownError,
  RateLimitError,
  section,
  StateError,
  TimeoutError,
  TlsError,
  uids,
  type Uid,
} from 'imapkit'
import { ImapServer, ScriptedServer } from 'imapkit/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { rejection, until, within } from '../behaviour/tools.js'
import { left, open, type Open } from '../handles/ledger.js'
import { QUIET, scene } from '../script/client-tools.js'
import { ChaosProxy } from './proxy.js'

/** Far above what any bound here adds up to. */
const SOON = 8000
const READY = 'S: * PREAUTH [CAPABILITY IMAP4rev1 IDLE MOVE UIDPLUS LITERAL+] ready\n'
const SELECTED = `${READY}
C: <t> SELECT INBOX
S: * 4 EXISTS
S: * OK [UIDVALIDITY 7] valid
S: * OK [UIDNEXT 15] next
S: <t> OK [READ-WRITE] selected
`
let before: Open

beforeEach(() => {
  before = open()
})

afterEach(async () => {
  vi.restoreAllMocks()
  expect(await left(before)).toEqual([])
})

function start(): Promise<ImapServer> {
  const mailboxes = { box: ['Subject: one\n\none\n', 'Subject: two\n\ntwo\n'] }
  return ImapServer.start({ users: { alice: { password: 'secret', tokens: ['good'], mailboxes } } })
}

const plain = (server: ImapServer) => server.connectOptions('alice', { security: 'plaintext' })

/** Blocks the whole process, as a machine does that sleeps. */
function sleepSoundly(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}

describe('TLS', () => {
  it('that the two sides have no version of in common is a TlsError: the alert of the server', async () => {
    await using server = await start()
    const options = server.connectOptions('alice', { security: 'tls' })
    const tls = { ...options.tls, minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' } as const
    const error = await within(SOON, 'connecting', rejection(connect({ ...options, tls })))
    expect(error).toBeInstanceOf(TlsError)
    expect(error).toMatchObject({ retryable: false })
  })

  it('that breaks off in the middle of the handshake can be tried again', async () => {
    await using server = await start()
    const options = server.connectOptions('alice', { security: 'tls' })
    await using proxy = await ChaosProxy.start(options, { cut: { from: 'server', after: 50, how: 'rst' } })
    const error = await within(SOON, 'connecting', rejection(connect({ ...options, ...proxy.address })))
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error).toMatchObject({ retryable: true })
  })
})

it.each([
  ['[AUTHENTICATIONFAILED] wrong', AuthenticationError, false],
  ['[EXPIRED] the token is too old', AuthenticationError, false],
  ['[UNAVAILABLE] try later', ImapError, true],
  ['Request is throttled. Suggested Backoff Time: 1500 milliseconds', RateLimitError, true],
  ['[LIMIT] too many connections', ImapError, true],
] as const)('a login that is refused by %s', async (text, kind, retryable) => {
  await using server = await start()
  server.fault({ command: 'AUTHENTICATE', answer: `NO ${text}` })
  const error = await within(SOON, 'connecting', rejection(connect(plain(server))))
  expect(error).toBeInstanceOf(kind)
  expect(error).toMatchObject({ retryable })
})

describe('a socket that is half open in IDLE', () => {
  it('is noticed when IDLE is begun anew', async () => {
    await using server = await start()
    await using proxy = await ChaosProxy.start(plain(server))
    const client = await connect({
      ...plain(server),
      ...proxy.address,
      idle: { delayMs: 0, restartMs: 150 },
      timeouts: { grace: 100 },
    })
    await client.select('box')
    client.on('exists', () => undefined)
    await until('the client idles', () => server.log.some((line) => line.endsWith(' IDLE')))
    proxy.swallow()
    server.user('alice').mailbox('box').deliver('Subject: unheard\n\nx\n')
    const { reason, error } = await within(SOON, 'closed', client.closed)
    expect(reason).toBe('error')
    expect(error).toMatchObject({ name: 'TimeoutError', connection: 'closed', retryable: true })
  })

  it('is noticed by a command, whose call is rejected', async () => {
    await using server = await start()
    await using proxy = await ChaosProxy.start(plain(server))
    const timeouts = { silence: 200, grace: 100 }
    const client = await connect({ ...plain(server), ...proxy.address, idle: { delayMs: 0 }, timeouts })
    const box = await client.select('box')
    client.on('exists', () => undefined)
    await until('the client idles', () => server.log.some((line) => line.endsWith(' IDLE')))
    proxy.swallow()
    const calls = [box.search({}), client.append('box', 'Subject: x\n\nx\n')].map(rejection)
    // Neither has been sent: they wait for the end of IDLE.
    for (const error of await within(SOON, 'the calls', Promise.all(calls))) expect(error).toBeInstanceOf(TimeoutError)
    await within(SOON, 'closed', client.closed)
  })
})

describe('a machine that sleeps', () => {
  it('takes no answer for missing that came while it slept', async () => {
    await using server = await start()
    // Another thread keeps the answer coming while this one sleeps: what the proxy has written lies in the socket.
    const timeouts = { silence: 300, command: 300, grace: 100 }
    await using client = await connect({ ...plain(server), timeouts, idle: false })
    const box = await client.select('box')
    const found = box.search({})
    await until('the answer has been sent', () => server.log.some((line) => line.includes('SEARCH')))
    sleepSoundly(700)
    expect((await within(SOON, 'the search', found)).toString()).toBe('1:2')
    await client.noop()
  })

  it('does not mind what the clock on the wall says', async () => {
    await using server = await start()
    await using client = await connect({ ...plain(server), timeouts: { silence: 2000 }, idle: { delayMs: 0 } })
    const box = await client.select('box')
    const added = new Promise((resolve) => client.on('exists', resolve))
    const { now } = Date
    for (const jump of [86_400_000, -86_400_000, 4_000_000_000_000]) {
      vi.spyOn(Date, 'now').mockImplementation(() => now() + jump)
      expect((await box.search({ subject: 'one' })).toString()).toBe('1')
      expect((await box.fetchOne(2 as Uid, { size: true }))?.uid).toBe(2)
      vi.restoreAllMocks()
    }
    server.user('alice').mailbox('box').deliver('Subject: three\n\nthree\n')
    await within(SOON, 'the event', added)
  })
})

describe('a server that hangs up', () => {
  it.each([
    ['without a word in SELECT', 'C: <t> SELECT INBOX\nS: * 4 EXISTS\nS-close', ConnectionError],
    ['with BYE in SELECT', 'C: <t> SELECT INBOX\nS: * 4 EXISTS\nS: * BYE going down\nS-close', ByeError],
    ['in the middle of a line', 'C: <t> SELECT INBOX\nS-raw * 4 EXI\nS-close', ConnectionError],
    ['by a reset', 'C: <t> SELECT INBOX\nS: * 4 EXISTS\nS-reset', ConnectionError],
  ])('%s: the call is rejected, and may be made again', async (_, script, kind) => {
    await using s = await scene(`${READY}${script}`)
    const error = await within(SOON, 'the call', rejection(s.client.select('INBOX')))
    expect(error).toBeInstanceOf(kind)
    expect(error).toMatchObject({ retryable: true })
    expect(s.client.mailbox).toBeNull()
    expect(await within(SOON, 'closed', s.client.closed)).toMatchObject({ reason: 'error', error })
  })

  it.each([
    ['without a word', 'S-close'],
    ['with BYE', 'S: * BYE gone\nS-close'],
  ])('between the literal of APPEND and its answer, %s: the outcome is unknown', async (_, end) => {
    await using s = await scene(`${READY}C: <t> APPEND INBOX {15+}\nC: Subject: x\nC:\nC:\n${end}`)
    const error = await within(SOON, 'the call', rejection(s.client.append('INBOX', 'Subject: x\r\n\r\n')))
    expect(error).toBeInstanceOf(OutcomeUnknownError)
    expect((error as Error).cause).toBeInstanceOf(ConnectionError)
  })

  it('in the middle of a literal: the message is not delivered', async () => {
    await using s = await scene(
      `${SELECTED}C: <t> UID FETCH 11:14 (UID BODY.PEEK[])\nS-raw * 1 FETCH (UID 11 BODY[] {100}\\r\\nhalf\nS-close`,
    )
    const box = await s.client.select('INBOX')
    const seen: unknown[] = []
    const read = async () => {
      for await (const m of box.fetch(uids('11:14'), { sections: { all: section('') } })) seen.push(m)
    }
    expect(await within(SOON, 'the fetch', rejection(read()))).toBeInstanceOf(ImapError)
    expect(seen).toEqual([])
  })
})

describe('a server that goes wrong', () => {
  it('never answers DONE: who waits is rejected when the grace is over', async () => {
    await using s = await scene(`${SELECTED}C: <t> IDLE\nS: + idling\nC: DONE\nC-close`, {
      idle: { delayMs: 0 },
      timeouts: { grace: 100, silence: 200 },
    })
    await s.client.select('INBOX')
    s.client.on('exists', () => undefined)
    await until('the client idles', () => s.trace.some((line) => line.startsWith('in + ')))
    expect(await within(SOON, 'the call', rejection(s.client.noop()))).toBeInstanceOf(TimeoutError)
    await within(SOON, 'closed', s.client.closed)
    await s.done
  })

  it('floods: nothing is kept of what nobody asked for', async () => {
    await using server = await start()
    const flood = '* 2 EXISTS\r\n* 1 FETCH (FLAGS (\\Seen))\r\n* OK still here\r\n* LIST () "/" x\r\n'.repeat(50_000)
    await using client = await connect({ ...plain(server), idle: false })
    await client.select('box')
    server.fault({ command: 'NOOP', before: flood })
    globalThis.gc?.()
    await client.noop()
    globalThis.gc?.()
    const used = process.memoryUsage().heapUsed
    await client.noop()
    globalThis.gc?.()
    expect(client.traffic.bytesIn).toBeGreaterThan(2 * flood.length)
    expect(process.memoryUsage().heapUsed - used).toBeLessThan(flood.length * 4)
  })

  it('removes messages in the middle of a FETCH: each of the others comes once, under its own UID', async () => {
    await using s = await scene(`${SELECTED}
      C: <t> UID FETCH 1:* (UID FLAGS)
      S: * 1 FETCH (UID 11 FLAGS ())
      S: * 1 EXPUNGE
      S: * 1 FETCH (UID 12 FLAGS ())
      S: * 3 EXPUNGE
      S: * 2 FETCH (UID 13 FLAGS ())
      S: <t> OK done
    `)
    const box = await s.client.select('INBOX')
    const messages = await box.fetch(uids('1:*'), { flags: true }).toArray()
    expect(messages.map(({ uid }) => uid)).toEqual([11, 12, 13])
    expect(box.exists).toBe(2)
  })

  it('changes UIDVALIDITY while the mailbox is open: its handle serves no longer', async () => {
    await using s = await scene(`${SELECTED}C: <t> NOOP\nS: * OK [UIDVALIDITY 8] new\nS: <t> OK done`)
    const box = await s.client.select('INBOX')
    await s.client.noop()
    expect(await rejection(box.fetchOne(11 as Uid, { flags: true }))).toBeInstanceOf(StateError)
    expect(await rejection(box.move(uids(11), 'Archive'))).toBeInstanceOf(StateError)
    expect(s.warnings).toHaveLength(1)
  })

  it('answers twice: the second answer is a warning', async () => {
    await using s = await scene(`${READY}C: <t> NOOP\nS: <t> OK one\nS: <t> OK two\nC: <u> NOOP\nS: <u> OK three`)
    await s.client.noop()
    await s.client.noop()
    expect(s.warnings).toEqual([expect.stringContaining('not in flight')])
  })

  it('answers what was never asked: the connection ends, and the call is rejected', async () => {
    await using s = await scene(`${READY}C: <t> NOOP\nS: other9 OK done\nC-close`)
    expect(await within(SOON, 'the call', rejection(s.client.noop()))).toMatchObject({ name: 'ProtocolError' })
    await within(SOON, 'closed', s.client.closed)
  })

  it('forgets what it can do: what is missing then is named, and nothing is sent', async () => {
    await using s = await scene(`${SELECTED}C: <t> NOOP\nS: * CAPABILITY IMAP4rev1\nS: <t> OK done`)
    const box = await s.client.select('INBOX')
    await s.client.noop()
    expect(await rejection(box.move(uids(11), 'Archive'))).toBeInstanceOf(CapabilityError)
    await s.done
  })

  it('can do less when it is met again: each connection knows its own', async () => {
    await using server = await start()
    await using first = await connect(plain(server))
    server.setCapabilities(['IMAP4rev1', 'AUTH=PLAIN'])
    await using second = await connect(plain(server))
    expect([first.capabilities.has('MOVE'), second.capabilities.has('MOVE')]).toEqual([true, false])
    const box = await second.select('box')
    expect(await rejection(box.move(uids(1), 'INBOX'))).toMatchObject({ name: 'CapabilityError', needs: 'MOVE' })
  })
})

it('a greeting that comes late, but in time, is taken', async () => {
  await using peer = await ScriptedServer.start(
    'S-split 1\nS: * PREAUTH [CAPABILITY IMAP4rev1] ready\nC: <t> NOOP\nS: <t> OK done',
  )
  const { auth: _, ...options } = peer.connectOptions()
  await using proxy = await ChaosProxy.start(options, { delay: 2 })
  const client = await connect({ ...options, ...proxy.address, ...QUIET })
  await client.noop()
  client.close()
  await client.closed
})
