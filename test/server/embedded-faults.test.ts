import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ImapServer } from 'imapkit/testing'
import { RawClient } from '../unit/testing/raw-client.js'

let server: ImapServer
let client: RawClient

beforeEach(async () => {
  const messages = ['a', 'b', 'c'].map((subject) => `Subject: ${subject}\n\n${'x'.repeat(500)}\n`)
  server = await ImapServer.start({ users: { alice: { password: 'secret', mailboxes: { INBOX: messages } } } })
  client = await RawClient.open({ port: server.port })
  await client.ok('LOGIN alice secret')
  await client.ok('SELECT INBOX')
})
afterEach(async () => {
  await client[Symbol.asyncDispose]()
  await server.close()
})

const last = (lines: readonly string[]): string => lines.at(-1) ?? ''

/** What has come after a while in which more would have come. */
async function soon(promise: Promise<unknown>, ms = 60): Promise<'settled' | 'pending'> {
  let timer: NodeJS.Timeout | undefined
  const pending = new Promise<'pending'>((resolve) => (timer = setTimeout(() => resolve('pending'), ms)))
  const result = await Promise.race([
    promise.then(
      () => 'settled' as const,
      () => 'settled' as const,
    ),
    pending,
  ])
  clearTimeout(timer)
  return result
}

describe('a fault', () => {
  it('answers with a line of its own, counted, until it is cleared', async () => {
    const fault = server.fault({ command: 'FETCH', answer: 'NO [INUSE] try later' })
    expect(await client.run('FETCH 1 UID')).toEqual(['NO [INUSE] try later'])
    expect(await client.run('UID FETCH 1 UID')).toEqual(['NO [INUSE] try later'])
    expect(await client.run('NOOP')).toEqual(['OK NOOP completed'])
    expect(fault.hits).toBe(2)
    fault.clear()
    expect(await client.ok('FETCH 1 UID')).toEqual(['* 1 FETCH (UID 1)'])
  })

  it('strikes the nth command of one connection', async () => {
    await using other = await RawClient.open({ port: server.port })
    server.fault({ command: 'noop', nth: 2, connection: 2, answer: 'BAD no' })
    for (const peer of [client, other]) expect(last(await peer.run('NOOP'))).toMatch(/^OK/)
    expect(last(await client.run('NOOP'))).toMatch(/^OK/)
    expect(last(await other.run('NOOP'))).toBe('BAD no')
    expect(last(await other.run('NOOP'))).toMatch(/^OK/)
    server.fault({ answer: 'NO everything' })
    expect(last(await other.run('CAPABILITY'))).toBe('NO everything')
    server.clearFaults()
    expect(last(await other.run('CAPABILITY'))).toMatch(/^OK/)
  })

  it('of UID FETCH spares FETCH', async () => {
    server.fault({ command: 'UID FETCH', answer: 'NO no' })
    expect(last(await client.run('FETCH 1 UID'))).toMatch(/^OK/)
    expect(last(await client.run('UID FETCH 1 UID'))).toBe('NO no')
  })

  it('delays, and leaves no timer when the connection ends', async () => {
    server.fault({ command: 'NOOP', delay: 80 })
    const start = Date.now()
    const answer = client.run('NOOP')
    expect(await soon(answer, 40)).toBe('pending')
    await answer
    expect(Date.now() - start).toBeGreaterThanOrEqual(75)
    server.fault({ command: 'NOOP', delay: 3_600_000 })
    client.send('x NOOP\r\n')
    await new Promise((resolve) => setTimeout(resolve, 20))
    await server.close()
    const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout')
    expect(timers.length).toBeLessThan(5)
  })

  it('stalls one connection and no other', async () => {
    await using other = await RawClient.open({ port: server.port })
    server.fault({ command: 'NOOP', connection: 1, stall: true, before: '* 99 EXI' })
    client.send('a NOOP\r\nb CAPABILITY\r\n')
    const line = client.line()
    expect(await soon(line)).toBe('pending')
    expect(last(await other.run('NOOP'))).toMatch(/^OK/)
    server.connections[0]?.destroy()
    await expect(line).rejects.toThrow('* 99 EXI')
  })

  it('keeps the tagged answer back', async () => {
    server.fault({ command: 'FETCH', silent: true })
    client.send('a FETCH 1 UID\r\nb NOOP\r\n')
    expect(await client.until(/^b /)).toEqual(['* 1 FETCH (UID 1)', 'b OK NOOP completed'])
  })

  it('puts other octets before the answer and before its end, and another tag into it', async () => {
    server.fault({
      command: 'FETCH',
      before: '* garbage\r\n',
      beforeTagged: Buffer.from('* \xff\xfe\r\n', 'latin1'),
      tag: 'zz9',
    })
    client.send('a FETCH 1 UID\r\n')
    expect(await client.until(/OK/)).toEqual(['* garbage', '* 1 FETCH (UID 1)', '* \xff\xfe', 'zz9 OK FETCH completed'])
  })

  it('refuses a literal where it asks to be sent', async () => {
    server.fault({ command: 'APPEND', nth: 1, refuseLiteral: 'NO [OVERQUOTA] full' })
    expect(await client.run('APPEND INBOX {5}')).toEqual(['NO [OVERQUOTA] full'])
    expect(await client.run('NOOP')).toEqual(['OK NOOP completed'])
    client.send('b APPEND INBOX {1}\r\n')
    expect(await client.line()).toMatch(/^\+ /)
    client.send('x\r\n')
    expect(last(await client.answer('b'))).toMatch(/^OK/)
  })

  it('splits the answer, octet by octet and slowly', async () => {
    const whole = await client.run('FETCH 1:3 (UID BODY.PEEK[])')
    const pieces: number[] = []
    client.socket.on('data', (chunk: Buffer) => pieces.push(chunk.length))
    server.fault({ command: 'FETCH', split: 1 })
    expect(await client.run('FETCH 1:3 (UID BODY.PEEK[])')).toEqual(whole)
    expect(pieces.length).toBeGreaterThan(100)
    server.clearFaults()
    server.fault({ command: 'NOOP', trickle: 5 })
    const start = Date.now()
    expect(await client.run('NOOP')).toEqual(['OK NOOP completed'])
    expect(Date.now() - start).toBeGreaterThan(100)
    server.clearFaults()
    expect(await client.run('FETCH 1:3 (UID BODY.PEEK[])')).toEqual(whole)
  })

  it.each<[name: string, drop: number | 'mid-literal' | 'after', rest: RegExp]>([
    ['at an octet', 10, /^\* 1 FETCH $/],
    ['at the first octet', 0, /^$/],
    ['in the middle of a literal', 'mid-literal', /^\* 1 FETCH \(BODY\[\] \{516\}\r\nSubject: a\r\n\r\nx{244}$/],
    ['behind the answer', 'after', /a OK FETCH completed\r\n$/],
  ])('drops the connection %s', async (_name, drop, rest) => {
    server.fault({ command: 'FETCH', drop })
    client.send('a FETCH 1:3 BODY.PEEK[]\r\n')
    expect(await client.rest()).toMatch(rest)
  })

  it('leaves items and messages out of FETCH', async () => {
    server.fault({ command: 'FETCH', nth: 1, omit: { items: ['flags', 'BODY[TEXT]'], uids: [2] } })
    expect(await client.ok('FETCH 1:3 (UID FLAGS BODY.PEEK[TEXT])')).toEqual(['* 1 FETCH (UID 1)', '* 3 FETCH (UID 3)'])
    expect(await client.ok('FETCH 2 (UID FLAGS)')).toEqual(['* 2 FETCH (UID 2 FLAGS (\\Recent))'])
  })

  it('changes octets on their way', async () => {
    server.fault({
      command: 'FETCH',
      rewrite: (chunk) => Buffer.from(chunk.toString('latin1').replace('UID', 'UUD'), 'latin1'),
    })
    expect(await client.ok('FETCH 1 UID')).toEqual(['* 1 FETCH (UUD 1)'])
  })

  it.each<[fault: object, greeting: RegExp]>([
    [{ answer: 'BYE too busy' }, /^\* BYE too busy/],
    [{ before: 'HTTP/1.1 400 Bad Request\r\n' }, /^HTTP/],
    [{ drop: 4 }, /^\* OK$/],
    [{ drop: 'after' }, /^\* OK .*ready\r\n$/],
  ])('strikes the greeting: %j', async (fault, greeting) => {
    server.fault({ command: 'GREETING', ...fault })
    await using other = await RawClient.dial({ port: server.port })
    if ('drop' in fault) expect(await other.rest()).toMatch(greeting)
    else expect(await other.line()).toMatch(greeting)
  })

  it('works over TLS, and a bad shape of it is said at once', async () => {
    await using secure = await RawClient.open({ port: server.tlsPort, ca: server.ca })
    server.fault({ command: 'CAPABILITY', drop: 7 })
    secure.send('a CAPABILITY\r\n')
    expect(await secure.rest()).toBe('* CAPAB')
    server.fault({ command: 'APPEND', refuseLiteral: 'OK fine' })
    client.send('a APPEND INBOX {1}\r\n')
    expect(await client.line()).toMatch(/^\* BYE \[SERVERBUG\]/)
    await expect(server.close()).rejects.toThrow('The embedded server failed')
  })
})

describe('from outside', () => {
  it('octets can be sent at any time', async () => {
    server.connections[0]?.send('* OK [ALERT] Hello\r\n')
    expect(await client.line()).toBe('* OK [ALERT] Hello')
  })
})
