import { LimitError, seqs, uids } from 'imapkit'
import { Cursor, DEFAULT_LIMITS, Framer, type Limits } from 'imapkit/codec'
import { describe, expect, it } from 'vitest'
import { responseError } from '../../src/model/response-error.js'
import type { Tagged } from '../../src/model/response.js'
import { readResponse } from '../../src/protocol.js'
import { scram } from '../../src/sasl/scram.js'
import { MailboxView } from '../../src/connection/mailbox-view.js'
import { command, open, rejection } from '../unit/connection/support.js'
import { connected } from './connected.js'

/** What a reader says to input: undefined when it takes it, else the name of the limit. */
function outcome(run: () => unknown): string | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    if (error instanceof LimitError) return error.limit
    throw error
  }
}

const framed = (limits: Partial<Limits>, text: string) =>
  outcome(() =>
    new Framer({ literal: () => undefined, response: () => undefined }, { ...DEFAULT_LIMITS, ...limits }).push(
      Buffer.from(text, 'latin1'),
    ),
  )
const readWith = (limits: Partial<Limits>, text: string) =>
  outcome(() => readResponse({ text, literals: [] }, { limits }))

describe('a limit on what is read', () => {
  it.each<[string, () => unknown, () => unknown, string]>([
    [
      'line',
      () => framed({ line: 100 }, `* ${'x'.repeat(98)}\r\n`),
      () => framed({ line: 100 }, `* ${'x'.repeat(99)}\r\n`),
      'line',
    ],
    [
      'line around literals',
      () => framed({ line: 20 }, `* X {1}\r\na${'x'.repeat(13)}\r\n`),
      () => framed({ line: 20 }, `* X {1}\r\na${'x'.repeat(14)}\r\n`),
      'line',
    ],
    [
      'literal',
      () => framed({ literal: 10 }, '* X {10}\r\n'),
      () => framed({ literal: 10 }, '* X {11}\r\n'),
      'literal',
    ],
    [
      'response',
      () => framed({ response: 20 }, '* X {8}\r\n12345678 abcd\r\n'),
      () => framed({ response: 20 }, '* X {8}\r\n12345678 abcdef\r\n'),
      'response',
    ],
    [
      'literals of a response',
      () => framed({}, `*${' {0}\r\n'.repeat(100_000)}\r\n`),
      () => framed({}, `*${' {0}\r\n'.repeat(100_001)}\r\n`),
      'response',
    ],
    [
      'nesting',
      () => readWith({ nesting: 5 }, `* THREAD ${'(1 '.repeat(5)}${')'.repeat(5)}`),
      () => readWith({ nesting: 5 }, `* THREAD ${'(1 '.repeat(6)}${')'.repeat(6)}`),
      'nesting',
    ],
    [
      'items of a search',
      () => readWith({ items: 5 }, '* SEARCH 1 2 3 4 5'),
      () => readWith({ items: 5 }, '* SEARCH 1 2 3 4 5 6'),
      'items',
    ],
    [
      'items of lists',
      () => readWith({ items: 5 }, '* FLAGS (a b c d e)'),
      () => readWith({ items: 5 }, '* FLAGS (a b c d e f)'),
      'items',
    ],
    [
      'items of what is skipped',
      () => outcome(() => new Cursor({ text: '(a b)', literals: [] }, { items: 5 }).skipValue()),
      () => outcome(() => new Cursor({ text: '(a b c)', literals: [] }, { items: 5 }).skipValue()),
      'items',
    ],
    [
      'intervals of a set',
      () => readWith({ items: 4 }, '* OK [COPYUID 1 1,3,5 7:9] x'),
      () => readWith({ items: 4 }, '* VANISHED 1,3,5,7,9'),
      'items',
    ],
  ])('%s: what just fits is taken, one more is not', (_, fits, past, limit) => {
    expect(fits()).toBeUndefined()
    expect(past()).toBe(limit)
  })

  it('numbers: 32 bits, 63 bits, and sizes up to 2^53-1; longer runs of digits are not read to their end', () => {
    const cursor = (text: string) => new Cursor({ text, literals: [] })
    expect(cursor('4294967295').number()).toBe(4294967295)
    expect(() => cursor('4294967296').number()).toThrow('32 bits')
    expect(cursor('9223372036854775807').number64()).toBe(2n ** 63n - 1n)
    expect(() => cursor('9223372036854775808').number64()).toThrow('63 bits')
    expect(cursor('9007199254740991').size()).toBe(Number.MAX_SAFE_INTEGER)
    expect(() => cursor('9007199254740992').size()).toThrow('2^53-1')
    expect(() => cursor('9'.repeat(1_000_000)).size()).toThrow('too many digits')
  })

  it('all are finite, and documented in octets or counts', () => {
    for (const value of Object.values(DEFAULT_LIMITS)) expect(Number.isSafeInteger(value)).toBe(true)
  })
})

describe('sets are never expanded', () => {
  const ALL = '1:4294967295'
  it.each<[string, string]>([
    ['VANISHED', `* VANISHED ${ALL}`],
    ['COPYUID', `* OK [COPYUID 1 ${ALL} ${ALL}] done`],
    ['ESEARCH', `* ESEARCH (TAG "a") UID ALL ${ALL}`],
    // Each line of 45 octets cost five million steps before somebody had asked for it.
    ['ADDTO', `* ESEARCH (TAG "a") UID ADDTO (0 ${ALL})`],
    ['MODIFIED', `* OK [MODIFIED ${ALL}] done`],
  ])('%s of all numbers there can be is read as it is', (_, text) => {
    expect(readWith({ items: 10 }, text)).toBeUndefined()
  })

  it('a set of all numbers has one range', () => {
    expect([uids(ALL).rangeCount, uids(ALL).size, seqs(`${ALL},*`).toString()]).toEqual([1, 4294967295, `${ALL},*`])
  })
})

describe('limits.answer bounds what one command collects', () => {
  const line = (name: string) => `* LIST () "/" ${name}`

  it('what just fits is given; one octet more rejects, and the connection goes on', async () => {
    const octets = line('a').length + line('b').length
    for (const [answer, found] of [
      [octets, ['a', 'b']],
      [octets - 1, 'answer'],
    ] as const) {
      await using it = await connected({ limits: { answer } })
      const listing = it.client.list('*').then(
        (all) => all.map(({ name }) => name),
        (error: unknown) => error,
      )
      await it.peer.answer('OK done', line('a'), line('b'))
      const result = await listing
      if (found === 'answer') expect(result).toMatchObject({ name: 'LimitError', limit: 'answer', command: 'LIST' })
      else expect(result).toEqual(found)
      const done = it.client.noop()
      await it.peer.answer()
      await done
    }
  })

  it('literals count, and what others are told does not', async () => {
    const { connection, peer } = await open({ limits: { answer: 60 } })
    const taking = command({ collector: { untagged: (response) => response.type === 'LIST' } })
    const fits = connection.run(taking)
    await peer.answer('OK done', '* 1 EXISTS', line('x'), `* STATUS ${'x'.repeat(100)} (MESSAGES 1)`)
    await fits
    const past = rejection(connection.run(taking))
    await peer.answer('OK done', `* LIST () "/" {50}\r\n${'x'.repeat(50)}`)
    expect(await past).toMatchObject({ limit: 'answer' })
    connection.close()
  })
})

describe('what nobody asked for', () => {
  it('costs no memory: alerts, capabilities, names of what is enabled', async () => {
    await using it = await connected()
    for (let i = 0; i < 300; i++)
      it.peer.send(`* OK [ALERT] ${i}`, `* ENABLED ${Array.from({ length: 50 }, (_, j) => `X${i}-${j}`).join(' ')}`)
    const done = it.client.noop()
    await it.peer.answer()
    await done
    expect(it.client.alerts).toHaveLength(100)
    expect(it.client.alerts.at(-1)).toBe('299')
    expect(it.client.enabled.size).toBe(1000)
  })

  it('a mailbox is mapped up to 2^24 messages, and beyond that only counted', () => {
    const view = new MailboxView()
    view.setExists(2 ** 24)
    view.learn(2 ** 24, 7)
    expect(view.uidOf(2 ** 24)).toBe(7)
    view.setExists(2 ** 32 - 1)
    view.learn(2 ** 24 + 1, 9)
    expect(view.uidOf(2 ** 24 + 1)).toBeUndefined()
  })
})

describe('what a server chooses', () => {
  it.each([
    [299, 299_000],
    [300, 300_000],
    [301, 300_000],
    [999_999_999, 300_000],
  ])('a wait of %i seconds is at most five minutes', (seconds, expected) => {
    const tagged: Tagged = {
      kind: 'tagged',
      tag: 'a',
      status: 'NO',
      code: { name: 'OTHER', atom: 'THROTTLED', text: '' },
      text: `Request is throttled. Suggested Backoff Time: ${seconds * 1000} milliseconds`,
    }
    expect(responseError('FETCH', tagged)).toMatchObject({ name: 'RateLimitError', retryAfterMs: expected })
  })

  it.each([
    [4095, /4096 to 1000000/],
    [4096, undefined],
    [1_000_001, /4096 to 1000000/],
    [9_999_999_999, /4096 to 1000000/],
  ])('%i rounds of SCRAM', async (rounds, refused) => {
    const mechanism = scram('SCRAM-SHA-256', { user: 'a', password: 'b' }, { nonce: 'abc' })
    void mechanism.initial?.()
    const answer = Promise.resolve(mechanism.respond(Buffer.from(`r=abcdef,s=QSXCR+Q6sek8bf92,i=${rounds}`)))
    if (refused === undefined) expect(Buffer.from(await answer).toString()).toMatch(/,p=/)
    else await expect(answer).rejects.toThrow(refused)
  })
})
