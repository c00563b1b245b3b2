import { describe, expect, it } from 'vitest'
import {
  IncompleteFetchError,
  RateLimitError,
  ResponseError,
  section,
  seqs,
  uids,
  type IncompleteMessage,
  type MessageBase,
} from 'imapkit'
import { rejection } from '../behaviour/tools.js'
import { bench, mails, type Bench } from './mailbox-tools.js'

const numbers = (messages: readonly MessageBase[]) => messages.map((message) => Number(message.uid))
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)
const without = (all: readonly number[], gone: readonly number[]) => all.filter((each) => !gone.includes(each))
const ascending = (some: readonly number[]) => [...some].sort((a, b) => a - b)

/** A mailbox in which some messages cannot be fetched. */
async function poisoned(count: number, bad: readonly number[], answer?: string): Promise<Bench> {
  const at = await bench({ messages: mails(count) })
  at.server.fault({ command: 'FETCH', poison: { uids: bad, ...(answer !== undefined && { answer }) } })
  return at
}

describe('a fetch with messages that the server refuses', () => {
  it('delivers each of the others once, and rejects at the end', async () => {
    await using at = await poisoned(150, [1, 77, 78, 150])
    const came: number[] = []
    const error = await rejection(
      (async () => {
        for await (const { uid } of at.inbox.fetch(uids('1:*'), { envelope: true })) came.push(uid)
      })(),
    )
    expect(ascending(came)).toEqual(without(range(1, 150), [1, 77, 78, 150]))
    expect(error).toBeInstanceOf(IncompleteFetchError)
    expect(error).toMatchObject({ message: expect.stringContaining('UID 1, UID 77, UID 78, UID 150') as string })
    expect((error as IncompleteFetchError).messages.map(({ uid }) => uid)).toEqual([1, 77, 78, 150])
    expect((error as Error).cause).toBeInstanceOf(ResponseError)
    expect((error as Error).cause).toMatchObject({ responseCode: { name: 'UNAVAILABLE' } })
    // A search at first, then at most two commands for each halving of 150 messages.
    expect(at.sent().length).toBeLessThan(4 * 2 * Math.ceil(Math.log2(150)))
  })

  it('tells of each where that is asked for, with the reason', async () => {
    await using at = await poisoned(40, [13], 'NO Internal error')
    const told: IncompleteMessage[] = []
    const all = at.inbox.fetch(uids('1:40'), { flags: true }, { onIncomplete: (each) => void told.push(each) })
    expect(ascending(numbers(await all.toArray()))).toEqual(without(range(1, 40), [13]))
    expect(told).toMatchObject([{ data: { uid: 13 }, error: { text: 'Internal error', status: 'NO' } }])
  })

  it('leaves them out with a warning where that is asked for', async () => {
    await using at = await poisoned(40, [13, 40])
    const warnings: string[] = []
    at.client.on('warning', ({ error }) => void warnings.push(error.message))
    const all = await at.inbox.fetch(uids('1:*'), { flags: true }, { onIncomplete: 'skip' }).toArray()
    expect(ascending(numbers(all))).toEqual(without(range(1, 40), [13, 40]))
    expect(warnings).toHaveLength(2)
    expect(warnings[0]).toContain('Server error while fetching messages')
  })

  it('finds them by sequence number, in content, and in several windows', async () => {
    await using at = await poisoned(120, [20, 100])
    at.outside.expunge(range(1, 10))
    await at.client.noop()
    const query = { sections: { all: section() } }
    const told: number[] = []
    const onIncomplete = ({ data }: IncompleteMessage) => void told.push(Number(data.uid))
    const all = await at.inbox.fetch(seqs('1:*'), query, { onIncomplete }).toArray()
    expect(ascending(numbers(all))).toEqual(without(range(11, 120), [20, 100]))
    expect(told).toEqual([20, 100])
  })

  it('finds them by places of the set', async () => {
    await using at = await poisoned(60, [5, 55])
    const told: number[] = []
    const onIncomplete = ({ data }: IncompleteMessage) => void told.push(Number(data.uid))
    const all = await at.inbox.fetch(uids('1:*'), { size: true }, { partial: '1:10', onIncomplete }).toArray()
    expect(ascending(numbers(all))).toEqual(without(range(1, 10), [5]))
    expect(told).toEqual([5])
  })

  it('believes a BAD that comes after messages', async () => {
    await using at = await poisoned(9, [5], 'BAD Command failed')
    const all = at.inbox.fetch(uids('1:9'), { flags: true }, { onIncomplete: 'skip' })
    expect(ascending(numbers(await all.toArray()))).toEqual(without(range(1, 9), [5]))
  })

  it('asks only once more for a message that was refused in passing', async () => {
    await using at = await bench({ messages: mails(8) })
    at.server.fault({ command: 'FETCH', nth: 1, poison: { uids: [8] } })
    expect(numbers(await at.inbox.fetch(uids('1:8'), { flags: true }).toArray())).toEqual(range(1, 8))
    expect(at.sent()).toEqual(['UID FETCH 1:8 (UID FLAGS)', 'UID FETCH 8 (UID FLAGS)'])
  })

  it('ends when the loop is left', async () => {
    await using at = await poisoned(200, range(100, 110))
    for await (const { uid } of at.inbox.fetch(uids('1:*'), { flags: true })) if (uid === 99) break
    await at.client.noop()
    const { length } = at.sent()
    await at.client.noop()
    expect(at.sent()).toEqual(['NOOP'])
    expect(length).toBeLessThan(6)
  })
})

describe('a refusal of everything', () => {
  it('is told soon, as it came', async () => {
    await using at = await bench({ messages: mails(500) })
    at.server.fault({ command: 'FETCH', answer: 'NO [UNAVAILABLE] Server error while fetching messages' })
    const error = await rejection(at.inbox.fetch(uids('1:500'), { flags: true }).toArray())
    expect(error).toMatchObject({ code: 'ERR_IMAP_NO', retryable: true })
    expect(at.sent().length).toBeLessThan(20)
  })

  it('is told as it came where there are only few messages', async () => {
    await using at = await poisoned(2, [1, 2])
    const error = await rejection(at.inbox.fetch(uids('1:2'), { flags: true }).toArray())
    expect(error).toBeInstanceOf(ResponseError)
  })

  it('is told when too many in a row are refused', async () => {
    await using at = await poisoned(100, range(50, 100))
    const error = await rejection(at.inbox.fetch(uids('1:*'), { flags: true }).toArray())
    expect(error).toBeInstanceOf(ResponseError)
    expect(at.sent().length).toBeLessThan(60)
  })

  it.each([
    ['the syntax', 'BAD Unknown item', ResponseError],
    ['what the client did', 'NO [CLIENTBUG] Not so', ResponseError],
    ['rights', 'NO [NOPERM] Not yours', ResponseError],
    ['throttling', 'NO Request is throttled. Suggested Backoff Time: 5000 milliseconds', RateLimitError],
  ])('is not looked into where it is about %s', async (_, answer, type) => {
    await using at = await bench({ messages: mails(10) })
    at.server.fault({ command: 'FETCH', answer })
    const error = await rejection(at.inbox.fetch(uids('1:10'), { flags: true }).toArray())
    expect(error).toBeInstanceOf(type)
    expect(at.sent()).toHaveLength(1)
  })

  it('ends the search for one message that brings another refusal', async () => {
    await using at = await bench({ messages: mails(10) })
    at.server.fault({ command: 'FETCH', nth: 1, poison: { uids: [4] } })
    at.server.fault({ command: 'FETCH', nth: 2, answer: 'BAD Request is throttled' })
    const error = await rejection(at.inbox.fetch(uids('1:10'), { flags: true }).toArray())
    expect(error).toBeInstanceOf(RateLimitError)
    expect(at.sent()).toHaveLength(2)
  })

  it('and a lost connection is a lost connection', async () => {
    await using at = await bench({ messages: mails(10) })
    at.server.fault({ command: 'FETCH', nth: 1, poison: { uids: [4] } })
    at.server.fault({ command: 'FETCH', nth: 2, drop: 10 })
    const error = await rejection(at.inbox.fetch(uids('1:10'), { flags: true }).toArray())
    expect(error).toMatchObject({ code: expect.stringMatching(/^ERR_IMAP_CONNECTION/) as string })
  })
})
