import { hasFlag, uids, type Uid } from 'imapkit'
import { describe, expect, it } from 'vitest'
import { mails } from './mails.js'
import { deliver, fromOutside, itNeeds, mailboxWith, open, outside, type Subject } from './subject.js'
import { leavesNothing, record, sleep, until } from './tools.js'

const EAGER = { idle: { delayMs: 0 } }

/** Whether a client has gone into IDLE, seen from what it sends. */
function idling(sent: readonly string[]): boolean {
  return /\bIDLE\b/.test(sent.at(-1) ?? '')
}

/** What is told unasked. */
export function events(subject: Subject): void {
  /** A client that idles on a mailbox, and what it sends. */
  async function watcher(name: string) {
    const sent: string[] = []
    const on = {
      trace: ({ direction, text }: { direction: string; text: string }) => direction === 'out' && sent.push(text),
    }
    const client = await open(subject, {}, { ...EAGER, on })
    return {
      client,
      sent,
      mailbox: await client.select(name),
      [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
    }
  }

  describe('events', () => {
    itNeeds(subject, 'IDLE')('tells of new, changed and removed messages through IDLE', async () => {
      const name = await mailboxWith(subject, mails(3))
      await using watch = await watcher(name)
      const [exists, expunge, flags] = [
        record(watch.client, 'exists'),
        record(watch.client, 'expunge'),
        record(watch.client, 'flags'),
      ]
      await until('the client idles', () => idling(watch.sent))
      await deliver(subject, name, mails(1))
      await until('exists', () => exists.length > 0)
      expect(exists[0]).toEqual({ mailbox: name, count: 4, previous: 3 })
      expect(watch.mailbox.exists).toBe(4)
      await fromOutside(subject, name, ['UID STORE 2 +FLAGS (\\Flagged $Told)'])
      await until('flags', () => flags.some((each) => hasFlag(each.flags, '$Told')))
      expect(flags.find((each) => hasFlag(each.flags, '$Told'))).toMatchObject({ mailbox: name, seq: 2 })
      await fromOutside(subject, name, ['UID STORE 3 +FLAGS (\\Deleted)', 'EXPUNGE'])
      await until('expunge', () => expunge.length > 0)
      expect(expunge).toMatchObject([{ mailbox: name, seq: 3 }])
      expect(watch.mailbox.exists).toBe(3)
    })

    itNeeds(subject, 'IDLE')('gives way to commands at once, and comes back', async () => {
      const name = await mailboxWith(subject, mails(5))
      await using watch = await watcher(name)
      const exists = record(watch.client, 'exists')
      for (let round = 1; round <= 3; round++) {
        await until('the client idles', () => idling(watch.sent))
        const found = await watch.mailbox.fetchOne(round as Uid, { envelope: true })
        expect(found?.envelope.subject).toBe(`mail ${round}`)
        expect((await watch.mailbox.search({})).size).toBe(5)
      }
      await until('the client idles', () => idling(watch.sent))
      await deliver(subject, name, mails(1))
      await until('exists', () => exists.some((each) => each.count === 6))
    })

    itNeeds(subject, 'IDLE')('idles only while somebody listens', async () => {
      const name = await mailboxWith(subject, mails(1))
      await using watch = await watcher(name)
      await sleep(300)
      expect(watch.sent.some((line) => /\bIDLE\b/.test(line))).toBe(false)
      const listener = () => undefined
      watch.client.on('exists', listener)
      await until('the client idles', () => idling(watch.sent))
      watch.client.off('exists', listener)
      await until('the client stops', () => !idling(watch.sent))
      const { length } = watch.sent
      await sleep(300)
      expect(watch.sent.length).toBe(length)
    })

    it('tells what came with the answer to a command, without IDLE', async () => {
      await using client = await open(subject, {}, { idle: false })
      const name = await mailboxWith(subject, mails(3))
      await using mailbox = await client.select(name)
      const [exists, expunge] = [record(client, 'exists'), record(client, 'expunge')]
      await fromOutside(subject, name, ['STORE 1 +FLAGS (\\Deleted)', 'EXPUNGE'])
      await deliver(subject, name, mails(2))
      await client.noop()
      expect(expunge).toMatchObject([{ mailbox: name, seq: 1 }])
      expect(exists.at(-1)).toMatchObject({ mailbox: name, count: 4 })
      expect(mailbox.exists).toBe(4)
    })

    it('fires nothing for the data of SELECT itself', async () => {
      await using client = await open(subject, {}, { idle: false })
      const [exists, flags] = [record(client, 'exists'), record(client, 'flags')]
      const name = await mailboxWith(subject, mails(3))
      await using mailbox = await client.select(name)
      await mailbox.fetch(uids('1:*'), { flags: true }).toArray()
      expect([exists, flags]).toEqual([[], []])
    })

    itNeeds(
      subject,
      'IDLE',
      'UIDPLUS',
    )('tells a second client of what the first one did', async () => {
      const name = await mailboxWith(subject, mails(4))
      await using watch = await watcher(name)
      const [exists, expunge] = [record(watch.client, 'exists'), record(watch.client, 'expunge')]
      await using client = await open(subject)
      await using mailbox = await client.select(name)
      await until('the client idles', () => idling(watch.sent))
      await client.append(name, 'Subject: new\n\nx\n')
      await until('exists', () => exists.some((each) => each.count === 5))
      await mailbox.delete(uids('1:2'))
      await until('both are gone', () => expunge.length === 2)
      expect(watch.mailbox.exists).toBe(3)
      expect((await watch.mailbox.search({})).toString()).toBe('3:5')
    })

    it('serves several clients of several users at once', async () => {
      const names = await Promise.all(
        Array.from({ length: 6 }, (_, i) => mailboxWith(subject, mails(20), i % 2 === 0 ? 'alice' : 'bob')),
      )
      await Promise.all(
        names.map(async (name, i) => {
          await using client = await open(subject, { user: i % 2 === 0 ? 'alice' : 'bob' })
          await using mailbox = await client.select(name)
          for await (const { uid } of mailbox.fetch(uids('1:*'), { envelope: true })) {
            await mailbox.store(uid, { add: [`$From${i}`] })
          }
          expect((await mailbox.search({ keyword: `$From${i}` })).size).toBe(20)
        }),
      )
    })

    it('rethrows what a listener throws on its own, and goes on', async () => {
      const name = await mailboxWith(subject, mails(1))
      await using client = await open(subject, {}, { idle: false })
      await using mailbox = await client.select(name)
      const thrown: unknown[] = []
      const others = process.listeners('uncaughtException')
      process.removeAllListeners('uncaughtException')
      const keep = (error: unknown) => void thrown.push(error)
      process.on('uncaughtException', keep)
      try {
        client.on('exists', () => {
          throw new Error('a bug of the listener')
        })
        await using raw = await outside(subject)
        await raw.append(name, mails(1))
        await client.noop()
        expect(mailbox.exists).toBe(2)
        await until('the error comes out', () => thrown.length > 0)
        expect(thrown).toEqual([new Error('a bug of the listener')])
      } finally {
        process.off('uncaughtException', keep)
        for (const other of others) process.on('uncaughtException', other)
      }
      expect((await mailbox.search({})).size).toBe(2)
    })

    itNeeds(subject, 'IDLE')('leaves no timer and no socket after IDLE', async () => {
      const name = await mailboxWith(subject, mails(1))
      await leavesNothing('an idling client', async () => {
        const { client, sent } = await watcher(name)
        client.on('exists', () => undefined)
        await until('the client idles', () => idling(sent))
        await client.logout()
        await client.closed
      })
      await leavesNothing('a closed client', async () => {
        const { client, sent } = await watcher(name)
        client.on('exists', () => undefined)
        await until('the client idles', () => idling(sent))
        client.close()
        await client.closed
      })
    })
  })
}
