import { AbortError, seqs, uids, type Uid } from 'imapkit'
import { beforeAll, describe, expect, it } from 'vitest'
import { mail, mails } from './mails.js'
import { fromOutside, mailboxName, mailboxWith, open, outside, type Subject } from './subject.js'
import { rejection, until } from './tools.js'

/** More than any first window, and more than one command carries. */
const MANY = 6000

/** Long fetches: many commands that look like one loop. */
export function windows(subject: Subject): void {
  describe(`a mailbox of ${MANY} messages`, () => {
    let name: string

    beforeAll(async () => {
      name = await mailboxWith(subject, mails(MANY))
    }, 60_000)

    it('gives each message once, in order', async () => {
      await using client = await open(subject)
      await using mailbox = await client.examine(name)
      let expected = 1
      for await (const { uid, envelope } of mailbox.fetch(uids('1:*'), { envelope: true })) {
        expect(uid).toBe(expected)
        expect(envelope.subject).toBe(`mail ${expected}`)
        expected++
      }
      expect(expected).toBe(MANY + 1)
    })

    it.each([
      ['seqs 1:*', seqs('1:*'), MANY],
      ['seqs in pieces', seqs('10:2500,3000:5990'), 2491 + 2991],
      ['uids in pieces', uids('1:2000,4000:*'), 2000 + 2001],
      ['scattered uids', uids(Array.from({ length: 2000 }, (_, i) => 3 * i + 1)), 2000],
    ])('gives all of %s', async (_, set, count) => {
      await using client = await open(subject)
      await using mailbox = await client.examine(name)
      const found = await mailbox.fetch(set, { flags: true }).toArray()
      expect(found.length).toBe(count)
      expect(new Set(found.map((each) => each.uid)).size).toBe(count)
      // In a mailbox that nobody has changed UIDs and numbers are the same.
      expect(found.every((each) => set.has(each.uid))).toBe(true)
    })

    it('runs commands inside the loop, on the same connection', async () => {
      await using client = await open(subject)
      await using mailbox = await client.examine(name)
      let seen = 0
      for await (const { uid } of mailbox.fetch(uids('1:*'), { flags: true })) {
        seen++
        if (uid % 1000 !== 1) continue
        expect((await mailbox.fetchOne(uid, { envelope: true }))?.envelope.subject).toBe(`mail ${uid}`)
        expect((await client.status('INBOX', { uidNext: true })).uidNext).toBeGreaterThan(0)
        expect((await mailbox.search({ uid: uids(uid) })).toString()).toBe(String(uid))
      }
      expect(seen).toBe(MANY)
    })

    it('runs two loops at a time, one inside the other', async () => {
      await using client = await open(subject)
      await using mailbox = await client.examine(name)
      let inner = 0
      for await (const { uid } of mailbox.fetch(uids('1:*'), { flags: true })) {
        if (uid % 2000 !== 0) continue
        for await (const each of mailbox.fetch(uids(`${uid - 999}:${uid}`), { size: true })) {
          expect(each.size).toBeGreaterThan(0)
          inner++
        }
      }
      expect(inner).toBe(3000)
      const [one, two] = await Promise.all([
        mailbox.fetch(uids('1:3000'), { envelope: true }).toArray(),
        mailbox.fetch(uids('2001:5000'), { flags: true }).toArray(),
      ])
      expect([one.length, two.length]).toEqual([3000, 3000])
    })

    it('leaves the connection free after break and throw', async () => {
      await using client = await open(subject)
      await using mailbox = await client.examine(name)
      let seen = 0
      for await (const _ of mailbox.fetch(uids('1:*'), { envelope: true })) if (++seen === 5) break
      expect(seen).toBe(5)
      await client.noop()
      const thrown = async () => {
        for await (const _ of mailbox.fetch(uids('1:*'), { envelope: true })) throw new Error('out of here')
      }
      expect(await rejection(thrown())).toEqual(new Error('out of here'))
      const { bytesIn } = client.traffic
      expect((await mailbox.fetchOne(MANY as Uid, { envelope: true }))?.envelope.subject).toBe(`mail ${MANY}`)
      // A break costs at most the windows that were under way, not the whole mailbox.
      expect(client.traffic.bytesIn - bytesIn).toBeLessThan(MANY * 150)
    })

    it('rejects the next step after an abort, and keeps the connection', async () => {
      await using client = await open(subject)
      await using mailbox = await client.examine(name)
      const controller = new AbortController()
      const reason = new Error('enough')
      let seen = 0
      const loop = async () => {
        for await (const _ of mailbox.fetch(uids('1:*'), { envelope: true }, { signal: controller.signal })) {
          // Messages that wait in the queue do not come any more.
          if (++seen === 3) controller.abort(reason)
        }
      }
      const error = await rejection(loop())
      expect(error).toBeInstanceOf(AbortError)
      expect(error).toMatchObject({ name: 'AbortError', code: 'ERR_IMAP_ABORTED', connection: 'kept', cause: reason })
      expect(seen).toBe(3)
      await client.noop()
      expect((await mailbox.search({})).size).toBe(MANY)
    })

    it('is aborted before its first step', async () => {
      await using client = await open(subject)
      await using mailbox = await client.examine(name)
      const before = client.traffic.bytesOut
      const stream = mailbox.fetch(uids('1:*'), { envelope: true }, { signal: AbortSignal.abort() })
      expect(await rejection(stream.toArray())).toBeInstanceOf(AbortError)
      expect(client.traffic.bytesOut).toBe(before)
    })

    it('serves a slow consumer without filling memory', async () => {
      await using client = await open(subject)
      await using mailbox = await client.examine(name)
      const iterator = mailbox.fetch(uids('1:*'), { envelope: true })[Symbol.asyncIterator]()
      await iterator.next()
      let before = -1
      await until('nothing more comes while nobody reads', async () => {
        const same = client.traffic.bytesIn === before
        before = client.traffic.bytesIn
        await new Promise((resolve) => setTimeout(resolve, 200))
        return same
      })
      let seen = 1
      while (!(await iterator.next()).done) seen++
      expect(seen).toBe(MANY)
    })
  })

  describe('a fetch while others change the mailbox', () => {
    it('gives every message that was there throughout exactly once', async () => {
      const count = 3000
      const name = await mailboxWith(subject, mails(count))
      const target = mailboxName('moved')
      await using client = await open(subject)
      await using mailbox = await client.select(name)
      await using raw = await outside(subject)
      await raw.run(`CREATE "${target}"`)
      await raw.run(`SELECT "${name}"`)
      const gone = new Set<number>()
      let round = 0
      const change = async () => {
        const victims = Array.from({ length: 40 }, (_, i) => ((round * 701 + i * 71) % count) + 1)
        for (const uid of victims) gone.add(uid)
        const set = [...new Set(victims)].join(',')
        if (round % 2 === 0 && raw.has('MOVE')) await raw.run(`UID MOVE ${set} "${target}"`)
        else {
          await raw.run(`UID STORE ${set} +FLAGS.SILENT (\\Deleted)`)
          await raw.run('EXPUNGE')
        }
        await raw.append(name, [mail({ subject: `late ${round}` })])
        round++
      }
      const seen = new Map<number, number>()
      for await (const { uid, envelope } of mailbox.fetch(uids('1:*'), { envelope: true, flags: true })) {
        seen.set(uid, (seen.get(uid) ?? 0) + 1)
        // Of a message that is gone already Dovecot sends what it knows, with NIL for the rest.
        if (uid <= count && !gone.has(uid)) expect(envelope.subject).toBe(`mail ${uid}`)
        if (seen.size % 100 === 0) {
          await change()
          // Lets the server tell of it, in the middle of the loop.
          await client.noop()
        }
      }
      expect(round).toBeGreaterThan(10)
      const twice = [...seen].filter(([, times]) => times > 1).map(([uid]) => uid)
      const missing = Array.from({ length: count }, (_, i) => i + 1).filter((uid) => !gone.has(uid) && !seen.has(uid))
      expect({ twice, missing }).toEqual({ twice: [], missing: [] })
      expect(mailbox.exists).toBe(count - gone.size + round)
    })

    it('does so by sequence number, too', async () => {
      const count = 2000
      const name = await mailboxWith(subject, mails(count))
      await using client = await open(subject)
      await using mailbox = await client.select(name)
      const gone = new Set<number>()
      const seen: number[] = []
      for await (const { uid } of mailbox.fetch(seqs('1:*'), { envelope: true })) {
        seen.push(uid)
        if (seen.length % 400 !== 0) continue
        const victims = [seen.length - 300, seen.length + 900].filter((each) => each <= count)
        for (const victim of victims) gone.add(victim)
        await fromOutside(subject, name, [`UID STORE ${victims.join(',')} +FLAGS.SILENT (\\Deleted)`, 'EXPUNGE'])
        await client.noop()
      }
      const missing = Array.from({ length: count }, (_, i) => i + 1).filter(
        (uid) => !gone.has(uid) && !seen.includes(uid),
      )
      expect(missing).toEqual([])
      expect(new Set(seen).size).toBe(seen.length)
    })
  })
}
