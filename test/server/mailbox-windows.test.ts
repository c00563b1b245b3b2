import { describe, expect, it } from 'vitest'
import { AbortError, section, seqs, uids, type MessageBase } from 'imapkit'
import { bench, mail, mails } from './mailbox-tools.js'

const numbers = (messages: readonly MessageBase[]) => messages.map((message) => Number(message.uid))
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)
/** Lets what is on its way arrive. */
const settle = (milliseconds = 30) => new Promise((resolve) => setTimeout(resolve, milliseconds))

describe('a fetch over more than one window', () => {
  it('runs as several commands, and gives each message once', async () => {
    await using at = await bench({ messages: mails(3500) })
    expect(numbers(await at.inbox.fetch(uids('1:*'), { flags: true }).toArray())).toEqual(range(1, 3500))
    const sent = at.sent()
    expect(sent[0]).toBe('FETCH 1000,2000,3000,3500 (UID)')
    expect(sent.slice(1).every((line) => line.startsWith('UID FETCH '))).toBe(true)
    expect(sent.length).toBeGreaterThan(2)
  })

  it('asks for nothing beforehand when it knows the UIDs already', async () => {
    await using at = await bench({ messages: mails(2500) })
    await at.inbox.fetch(uids('1:*'), {}).toArray()
    at.sent()
    expect(numbers(await at.inbox.fetch(uids('100:*'), {}).toArray())).toEqual(range(100, 2500))
    expect(at.sent().every((line) => line.startsWith('UID FETCH '))).toBe(true)
  })

  it('costs nothing for UIDs that lie far apart', async () => {
    await using at = await bench({
      prepare: (outside) => {
        for (let i = 0; i < 3; i++) {
          outside.skipTo(1 + i * 1_400_000_000)
          outside.deliverAll(mails(700))
        }
      },
    })
    const found = numbers(await at.inbox.fetch(uids('1:4294967295'), {}).toArray())
    expect(found).toEqual([
      ...range(1, 700),
      ...range(1_400_000_001, 1_400_000_700),
      ...range(2_800_000_001, 2_800_000_700),
    ])
    expect(at.sent().length).toBeLessThanOrEqual(4)
    expect(numbers(await at.inbox.fetch(uids('600:1400000010'), {}).toArray())).toHaveLength(111)
  })

  it('costs one command where the mailbox fits a window, whatever the set says', async () => {
    await using at = await bench({ messages: mails(3) })
    await at.inbox.fetch(uids('1:4294967295'), {}).toArray()
    await at.inbox.fetch(uids('1:*'), {}).toArray()
    expect(at.sent()).toEqual(['UID FETCH 1:4294967295 (UID)', 'UID FETCH 1:* (UID)'])
  })

  it('keeps the lines short', async () => {
    await using at = await bench({ messages: mails(900), client: { limits: { commandLine: 200 } } })
    const odd = range(1, 900).filter((number) => number % 2 === 1)
    expect(numbers(await at.inbox.fetch(uids(odd), {}).toArray())).toEqual(odd)
    expect(Math.max(...at.sent().map((line) => line.length))).toBeLessThan(230)
  })

  it('fetches content in small windows', async () => {
    await using at = await bench({ messages: mails(100) })
    const all = await at.inbox.fetch(uids('1:*'), { sections: { all: section() } }).toArray()
    expect(all).toHaveLength(100)
    expect(at.sent().filter((line) => line.startsWith('UID FETCH')).length).toBeGreaterThan(1)
  })
})

describe('sequence numbers', () => {
  it('go on by UID after the first window', async () => {
    await using at = await bench({ messages: mails(2500) })
    at.outside.expunge(range(1, 10))
    await at.client.noop()
    at.sent()
    const all = await at.inbox.fetch(seqs('1:1000,1500:*'), {}).toArray()
    expect(numbers(all)).toEqual([...range(11, 1010), ...range(1510, 2500)])
    expect(
      at
        .sent()
        .slice(1)
        .every((line) => line.startsWith('UID FETCH ')),
    ).toBe(true)
  })

  it('are asked for by number where one command does', async () => {
    await using at = await bench({ messages: mails(20) })
    expect(numbers(await at.inbox.fetch(seqs('3,5:7'), {}).toArray())).toEqual([3, 5, 6, 7])
    expect(at.sent()).toEqual(['FETCH 3,5:7 (UID)'])
  })

  it('neither skip nor repeat a message while others are expunged', async () => {
    await using at = await bench({ messages: mails(3000) })
    const seen: number[] = []
    for await (const message of at.inbox.fetch(seqs('1:*'), { flags: true })) {
      seen.push(message.uid)
      if (seen.length === 1) at.outside.expunge(range(2, 900))
    }
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen).toEqual(expect.arrayContaining([1, ...range(901, 3000)]))
  })
})

describe('while the mailbox changes', () => {
  it('every message that was there throughout comes exactly once', async () => {
    await using at = await bench({ messages: mails(6000) })
    const gone = new Set<number>()
    const seen: number[] = []
    for await (const message of at.inbox.fetch(uids('1:*'), { flags: true, size: true })) {
      seen.push(message.uid)
      if (seen.length % 100 === 0) {
        const behind = seen[Math.floor(seen.length / 3)] ?? 1
        const ahead = message.uid + 700 + (seen.length % 77)
        for (const number of at.outside.expunge([behind, ahead, ahead + 3])) gone.add(number)
        at.outside.deliver(mail(9999))
        await at.client.noop()
      }
    }
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen).toEqual(expect.arrayContaining(range(1, 6000).filter((number) => !gone.has(number))))
  })

  it('moving away what was read leaves the rest', async () => {
    await using at = await bench({ messages: mails(2600) })
    let batch: number[] = []
    let read = 0
    for await (const message of at.inbox.fetch(uids('1:*'), { flags: true })) {
      read++
      batch.push(message.uid)
      if (batch.length === 100) {
        await at.inbox.copy(uids(batch), 'Archive')
        await at.inbox.delete(uids(batch))
        batch = []
      }
    }
    expect(read).toBe(2600)
    await at.client.noop()
    expect(at.inbox.exists).toBe(0)
    expect(at.server.user('alice').mailbox('Archive').messages).toHaveLength(2600)
  })
})

describe('inside the loop', () => {
  it('a command completes', async () => {
    await using at = await bench({ messages: mails(2500) })
    let count = 0
    for await (const message of at.inbox.fetch(uids('1:*'), { envelope: true, flags: true })) {
      if (count++ % 500 === 0) await at.inbox.store(message.uid, { add: ['\\Seen'] })
    }
    expect(count).toBe(2500)
    expect(at.outside.messages.filter(({ flags }) => flags.includes('\\Seen'))).toHaveLength(5)
  })

  it('another fetch completes, also when the first one is far from read', async () => {
    await using at = await bench({ messages: mails(1200).map((text) => text.padEnd(4000, 'x')) })
    let inner = 0
    for await (const message of at.inbox.fetch(uids('1:*'), { sections: { all: section() } })) {
      if (message.uid > 3) break
      inner += (await at.inbox.fetch(uids('1:*'), { flags: true }).toArray()).length
    }
    expect(inner).toBe(3600)
  })

  it.each(['break', 'throw', 'return'])('%s lets go of the connection and ends the commands', async (how) => {
    await using at = await bench({ messages: mails(40_000).map((text) => text.slice(0, 60)) })
    const read = async () => {
      for await (const message of at.inbox.fetch(uids('1:*'), { flags: true })) {
        if (message.uid < 10) continue
        if (how === 'throw') throw new RangeError('enough')
        if (how === 'return') return
        break
      }
    }
    await (how === 'throw' ? expect(read()).rejects.toThrow(RangeError) : read())
    expect((await at.inbox.search({}, { return: ['count'] })).count).toBe(40_000)
    await settle()
    expect(at.sent().filter((line) => line.startsWith('UID FETCH')).length).toBeLessThanOrEqual(5)
  })

  it('an abort rejects the next step and keeps the connection', async () => {
    await using at = await bench({ messages: mails(5000) })
    const controller = new AbortController()
    const iterator = at.inbox.fetch(uids('1:*'), { flags: true }, { signal: controller.signal })[Symbol.asyncIterator]()
    await iterator.next()
    await settle()
    controller.abort(new Error('enough'))
    const error: unknown = await iterator.next().catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(AbortError)
    expect(error).toMatchObject({ connection: 'kept', cause: new Error('enough') })
    expect((await iterator.next()).done).toBe(true)
    expect(await at.inbox.fetchOne(uids(7).min!, { size: true })).toMatchObject({ uid: 7 })
  })

  it('a reader that takes its time is not timed out', async () => {
    const timeouts = { silence: 600, command: 600 }
    await using at = await bench({ messages: mails(1500).map((text) => text.padEnd(3000, 'x')), client: { timeouts } })
    let count = 0
    for await (const message of at.inbox.fetch(uids('1:*'), { sections: { all: section() } })) {
      count++
      if (message.uid === 500) await settle(1500)
    }
    expect(count).toBe(1500)
  })
})
