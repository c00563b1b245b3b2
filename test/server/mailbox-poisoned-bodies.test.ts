import { describe, expect, it } from 'vitest'
import { IncompleteFetchError, ResponseError, uids, type IncompleteMessage, type Mailbox } from 'imapkit'
import { rejection } from '../behaviour/tools.js'
import { bench, mail, mails, type Bench } from './mailbox-tools.js'

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)
const without = (all: readonly number[], gone: readonly number[]) => all.filter((each) => !gone.includes(each))
const ascending = (some: readonly number[]) => [...some].sort((a, b) => a - b)

const LARGE = 'x'.repeat(300_000)

/** Messages of which those in `large` have many octets; the bodies of those in `bad` cannot be fetched. */
async function poisoned(count: number, bad: readonly number[], large: readonly number[] = []): Promise<Bench> {
  const messages = mails(count).map((each, index) => (large.includes(index + 1) ? mail(index + 1, LARGE) : each))
  const at = await bench({ messages, client: { limits: { piece: 100_000 } } })
  // The sizes are asked for first, and told.
  at.server.fault({ command: 'UID FETCH', poison: { uids: bad, items: ['BODY[]'] } })
  return at
}

/** The UIDs of the bodies that come, each whole. */
async function read(inbox: Mailbox, came: number[], onIncomplete?: 'skip' | ((each: IncompleteMessage) => void)) {
  for await (const body of inbox.stream(uids('1:*'), '', { onIncomplete })) {
    let octets = 0
    for await (const chunk of body) octets += chunk.length
    expect(octets).toBe(body.size)
    came.push(body.uid)
  }
}

describe('bodies of which the server refuses some', () => {
  it('come all but those, each once, and the stream rejects at the end', async () => {
    await using at = await poisoned(60, [1, 30, 31])
    const came: number[] = []
    const error = await rejection(read(at.inbox, came))
    expect(error).toBeInstanceOf(IncompleteFetchError)
    expect((error as IncompleteFetchError).messages.map(({ uid }) => uid)).toEqual([1, 30, 31])
    expect((error as Error).cause).toBeInstanceOf(ResponseError)
    expect(ascending(came)).toEqual(without(range(1, 60), [1, 30, 31]))
  })

  it('come where such a body is large, and would come in pieces', async () => {
    await using at = await poisoned(12, [3, 7], [2, 3, 8])
    const came: number[] = []
    const told: number[] = []
    await read(at.inbox, came, ({ data, error }) => {
      expect(error).toMatchObject({ responseCode: { name: 'UNAVAILABLE' } })
      told.push(Number(data.uid))
    })
    expect(ascending(came)).toEqual(without(range(1, 12), [3, 7]))
    expect(ascending(told)).toEqual([3, 7])
  })

  it('come where not even their sizes are told', async () => {
    await using at = await bench({ messages: mails(20) })
    at.server.fault({ command: 'FETCH', poison: { uids: [5, 6] } })
    const came: number[] = []
    await read(at.inbox, came, 'skip')
    expect(ascending(came)).toEqual(without(range(1, 20), [5, 6]))
  })

  it('are refused as the server says where it refuses all', async () => {
    await using at = await bench({ messages: mails(500) })
    at.server.fault({ command: 'FETCH', answer: 'NO [UNAVAILABLE] Server error while fetching messages' })
    const error = await rejection(read(at.inbox, []))
    expect(error).toMatchObject({ code: 'ERR_IMAP_NO', retryable: true })
    expect(at.sent().length).toBeLessThan(40)
  })

  it('end with the reader', async () => {
    await using at = await poisoned(40, [20])
    for await (const body of at.inbox.stream(uids('1:*'))) if (body.uid === 10) break
    await at.client.noop()
    at.sent()
    await at.client.noop()
    expect(at.sent()).toEqual(['NOOP'])
  })
})
