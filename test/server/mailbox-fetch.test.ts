import { describe, expect, it } from 'vitest'
import {
  ArgumentError,
  CapabilityError,
  headers,
  IncompleteFetchError,
  savedResult,
  section,
  seqs,
  StateError,
  uid,
  uids,
  type MessageBase,
} from 'imapkit'
import { bench, mail, mails } from './mailbox-tools.js'

const numbers = (messages: readonly MessageBase[]) => messages.map((message) => Number(message.uid))

describe('fetch', () => {
  it('gives what was asked for and nothing else', async () => {
    await using at = await bench({ messages: [{ raw: mail(1), flags: ['\\Seen', 'work'] }] })
    const all = await at.inbox.fetch(uids('1:*'), { flags: true, size: true, envelope: true }).toArray()
    expect(all).toHaveLength(1)
    const [message] = all
    expect(Object.keys(message ?? {}).sort()).toEqual(['envelope', 'flags', 'seq', 'size', 'uid'])
    expect(message).toMatchObject({ uid: 1, seq: 1, size: mail(1).length })
    expect(message?.flags).toEqual(expect.arrayContaining(['\\Seen', 'work']))
    expect(message?.envelope.subject).toBe('mail 1')
  })

  it('never sets \\Seen, unless it is told to', async () => {
    await using at = await bench({ messages: mails(2) })
    const query = { sections: { all: section() } }
    await at.inbox.fetch(uids(1), query).toArray()
    expect(at.outside.messages[0]?.flags).toEqual([])
    await at.inbox.fetch(uids(1), query, { markSeen: true }).toArray()
    expect(at.outside.messages.map(({ flags }) => flags)).toEqual([['\\Seen'], []])
  })

  it('gives sections as bytes, as header fields, or null where there is none', async () => {
    await using at = await bench({ messages: [mail(1, 'hello')] })
    const message = await at.inbox.fetchOne(uid(1), {
      sections: {
        text: section('TEXT'),
        some: section('TEXT', { offset: 1, count: 3 }),
        head: headers('Subject', 'X-None'),
        all: headers(),
      },
    })
    expect(Buffer.from(message?.sections.text ?? []).toString()).toBe('hello\r\n')
    expect(Buffer.from(message?.sections.some ?? []).toString()).toBe('ell')
    expect(message?.sections.head?.get('subject')).toBe('mail 1')
    expect([...(message?.sections.head ?? [])]).toHaveLength(1)
    expect(message?.sections.all?.get('message-id')).toBe('<1@example.org>')
  })

  it('sends nothing for an empty set or mailbox', async () => {
    await using at = await bench({})
    expect(await at.inbox.fetch(uids('1:*'), { flags: true }).toArray()).toEqual([])
    expect(await at.inbox.fetch(seqs('*'), { flags: true }).toArray()).toEqual([])
    at.outside.deliver(mail(1))
    await at.client.noop()
    at.sent()
    expect(await at.inbox.fetch(uids(), { flags: true }).toArray()).toEqual([])
    expect(await at.inbox.fetch(seqs('2:9'), { flags: true }).toArray()).toEqual([])
    expect(at.sent()).toEqual([])
  })

  it('drops the last message where only its UID is lower than what was asked for', async () => {
    await using at = await bench({ messages: mails(3) })
    expect(await at.inbox.fetch(uids('500:*'), { flags: true }).toArray()).toEqual([])
    expect(await at.inbox.fetch(seqs('500:*'), { flags: true }).toArray()).toEqual([])
    expect(numbers(await at.inbox.fetch(uids('2:*'), { flags: true }).toArray())).toEqual([2, 3])
  })

  it('takes * for the last message', async () => {
    await using at = await bench({ messages: mails(3) })
    expect(numbers(await at.inbox.fetch(uids('*'), {}).toArray())).toEqual([3])
    expect(numbers(await at.inbox.fetch(seqs('*'), {}).toArray())).toEqual([3])
    expect(numbers(await at.inbox.fetch(uids('1,*'), {}).toArray())).toEqual([1, 3])
  })

  it('takes sequence numbers, a single UID and the saved result', async () => {
    await using at = await bench({ messages: mails(4) })
    at.outside.expunge(1)
    await at.client.noop()
    expect(numbers(await at.inbox.fetch(seqs('1:2'), {}).toArray())).toEqual([2, 3])
    expect(numbers(await at.inbox.fetch(uid(3), {}).toArray())).toEqual([3])
    if (!at.client.capabilities.has('SEARCHRES')) {
      await expect(at.inbox.fetch(savedResult, {}).toArray()).rejects.toThrow(CapabilityError)
    }
  })

  it('only what changed, where it is told so', async () => {
    await using at = await bench({ messages: mails(3) })
    const before = at.outside.highestModSeq
    at.outside.store(2, ['\\Flagged'])
    const changed = await at.inbox.fetch(uids('1:*'), { flags: true, modSeq: true }, { changedSince: before }).toArray()
    expect(changed).toEqual([{ uid: 2, seq: 2, flags: ['\\Flagged'], modSeq: at.outside.highestModSeq }])
  })
})

describe('fetchOne', () => {
  it('gives null for a message that is not there', async () => {
    await using at = await bench({ messages: mails(1) })
    expect(await at.inbox.fetchOne(uid(9), { flags: true })).toBeNull()
  })

  it('gives each of many calls its own answer, also for one message', async () => {
    await using at = await bench({ messages: mails(40) })
    const calls = Array.from({ length: 400 }, (_, index) => {
      const wanted = uid((index % 40) + 1)
      const query =
        index % 3 === 0 ? { envelope: true } : index % 3 === 1 ? { size: true } : { flags: true, size: true }
      return at.inbox.fetchOne(wanted, query).then((message) => ({ wanted, index, message }))
    })
    for (const { wanted, index, message } of await Promise.all(calls)) {
      expect(message?.uid).toBe(wanted)
      const keys = Object.keys(message ?? {}).filter((key) => key !== 'uid' && key !== 'seq')
      expect(keys).toEqual([['envelope'], ['size'], ['flags', 'size']][index % 3])
    }
  })
})

describe('what is wrong is told before a byte is written', () => {
  it.each([
    ['text for a set', (at: Awaited<ReturnType<typeof bench>>) => at.inbox.fetch('1:*' as never, {}).toArray()],
    ['an array for a set', (at) => at.inbox.fetch([1] as never, {}).toArray()],
    ['an unknown item', (at) => at.inbox.fetch(uids(1), { flag: true } as never).toArray()],
    ['a name that objects have', (at) => at.inbox.fetch(uids(1), { constructor: true } as never).toArray()],
    ['no query', (at) => at.inbox.fetch(uids(1), undefined as never).toArray()],
    ['a section that is text', (at) => at.inbox.fetchOne(uid(1), { sections: { a: '1]' } } as never)],
    ['a UID of 0', (at) => at.inbox.fetchOne(0 as never, {})],
    ['a UID that is text', (at) => at.inbox.fetchOne('1:*' as never, {})],
    ['a negative mod-sequence', (at) => at.inbox.fetch(uids(1), {}, { changedSince: -1n }).toArray()],
    ['no section', (at) => at.inbox.stream(uids(1), '1\r\nX LOGOUT')[Symbol.asyncIterator]().next()],
    ['no part', (at) => at.inbox.download(uid(1), '1]')],
  ] satisfies [string, (at: Awaited<ReturnType<typeof bench>>) => Promise<unknown>][])('%s', async (_what, call) => {
    await using at = await bench({ messages: mails(1) })
    await expect(call(at)).rejects.toThrow(ArgumentError)
    expect(at.sent()).toEqual([])
  })

  it('an iterable does not throw before its first step', async () => {
    await using at = await bench({ messages: mails(1) })
    const stream = at.inbox.fetch(7 as never, { nothing: true } as never)
    await expect(stream.first()).rejects.toThrow(ArgumentError)
  })
})

describe('a handle of a mailbox that was left', () => {
  it('rejects, also where nothing would be sent', async () => {
    await using at = await bench({ messages: mails(1) })
    await at.client.select('Archive')
    at.sent()
    await expect(at.inbox.fetch(uids('1:*'), { flags: true }).toArray()).rejects.toThrow(StateError)
    await expect(at.inbox.fetchOne(uid(1), { flags: true })).rejects.toThrow(StateError)
    await expect(at.inbox.search({})).rejects.toThrow(StateError)
    await expect(at.inbox.store(uids(), { add: ['\\Seen'] })).rejects.toThrow(StateError)
    await at.inbox[Symbol.asyncDispose]()
    expect(at.sent()).toEqual([])
    expect(at.client.mailbox?.name).toBe('Archive')
  })
})

describe('messages that lack an item', () => {
  const omit = { command: 'FETCH', omit: { items: ['ENVELOPE'], uids: [] } }

  it('reject at the end, after all others', async () => {
    await using at = await bench({ messages: mails(3) })
    at.server.fault({ ...omit, nth: 1 })
    const seen: number[] = []
    const reading = (async () => {
      for await (const message of at.inbox.fetch(uids('1:*'), { envelope: true, size: true })) seen.push(message.uid)
    })()
    const error: unknown = await reading.catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(IncompleteFetchError)
    expect((error as IncompleteFetchError).messages.map((data) => data.uid)).toEqual([1, 2, 3])
    expect((error as IncompleteFetchError).messages[0]?.size).toBe(mail(1).length)
    expect(seen).toEqual([])
    expect(await at.inbox.fetchOne(uid(1), { envelope: true })).not.toBeNull()
  })

  it('are left out, or told one by one, where that is asked for', async () => {
    await using at = await bench({ messages: mails(2) })
    at.server.fault(omit)
    const query = { envelope: true, size: true } as const
    expect(await at.inbox.fetch(uids('1:*'), query, { onIncomplete: 'skip' }).toArray()).toEqual([])
    const told: unknown[] = []
    await at.inbox.fetch(uids('1:*'), query, { onIncomplete: ({ seq, data }) => told.push([seq, data.uid]) }).toArray()
    expect(told).toEqual([
      [1, 1],
      [2, 2],
    ])
    await expect(at.inbox.fetchOne(uid(1), query)).rejects.toThrow(IncompleteFetchError)
  })

  it('reject with what the function throws', async () => {
    await using at = await bench({ messages: mails(1) })
    at.server.fault(omit)
    const onIncomplete = () => {
      throw new RangeError('not mine')
    }
    const reading = at.inbox.fetch(uids('1:*'), { envelope: true, size: true }, { onIncomplete }).toArray()
    await expect(reading).rejects.toThrow(RangeError)
  })
})
