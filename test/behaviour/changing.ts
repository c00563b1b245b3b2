import { ArgumentError, hasFlag, ResponseError, seqs, StateError, uids, type Mailbox, type Uid } from 'imapkit'
import { describe, expect } from 'vitest'
import { mail, mails } from './mails.js'
import { fromOutside, itNeeds, itOn, mailboxName, mailboxWith, open, outside, type Subject } from './subject.js'
import { rejection } from './tools.js'

/** Flags per UID, without \Recent. */
async function flagsOf(mailbox: Pick<Mailbox, 'fetch'>): Promise<Record<number, string[]>> {
  const found = await mailbox.fetch(uids('1:*'), { flags: true }).toArray()
  return Object.fromEntries(
    found.map(({ uid, flags }) => [uid, flags.filter((flag) => !hasFlag(['\\Recent'], flag)).sort()]),
  )
}

/** Flags, copies, moves, deletions. */
export function changing(subject: Subject): void {
  const it = itOn(subject)
  async function subjects(name: string): Promise<(string | null)[]> {
    await using client = await open(subject)
    await using mailbox = await client.examine(name)
    const all = await mailbox.fetch(uids('1:*'), { envelope: true }).toArray()
    return all.map((each) => each.envelope.subject)
  }

  describe('flags', () => {
    it('adds, removes, replaces, clears', async () => {
      await using client = await open(subject)
      await using mailbox = await client.select(await mailboxWith(subject, mails(3)))
      const { modified } = await mailbox.store(uids('1:2'), { add: ['\\Seen', '$Todo'] })
      expect(modified.isEmpty).toBe(true)
      await mailbox.store(2 as Uid, { remove: ['\\Seen'] })
      await mailbox.store(seqs('3'), { replace: ['\\Flagged', '\\Deleted'] })
      expect(await flagsOf(mailbox)).toEqual({ 1: ['$Todo', '\\Seen'], 2: ['$Todo'], 3: ['\\Deleted', '\\Flagged'] })
      await mailbox.store(uids('1:*'), { replace: [] })
      expect(await flagsOf(mailbox)).toEqual({ 1: [], 2: [], 3: [] })
    })

    it('sends nothing for an empty change and an empty set', async () => {
      await using client = await open(subject)
      await using mailbox = await client.select(await mailboxWith(subject, mails(1)))
      const before = client.traffic.bytesOut
      for (const change of [{ add: [] }, { remove: [] }]) await mailbox.store(uids(1), change)
      await mailbox.store(uids(), { add: ['\\Seen'] })
      expect(client.traffic.bytesOut).toBe(before)
    })

    it('is silent when asked to be', async () => {
      await using client = await open(subject)
      await using mailbox = await client.select(await mailboxWith(subject, mails(2)))
      await mailbox.store(uids('1:2'), { add: ['\\Seen'], silent: true })
      expect(await flagsOf(mailbox)).toEqual({ 1: ['\\Seen'], 2: ['\\Seen'] })
    })

    itNeeds(subject, 'CONDSTORE')('leaves alone what has changed meanwhile', async () => {
      await using client = await open(subject)
      const name = await mailboxWith(subject, mails(3))
      await using mailbox = await client.select(name)
      const unchangedSince = mailbox.highestModSeq ?? 0n
      await fromOutside(subject, name, ['STORE 2 +FLAGS (\\Flagged)'])
      const { modified } = await mailbox.store(uids('1:3'), { add: ['\\Deleted'], unchangedSince })
      expect(modified.toString()).toBe('2')
      expect(await flagsOf(mailbox)).toEqual({ 1: ['\\Deleted'], 2: ['\\Flagged'], 3: ['\\Deleted'] })
    })

    it('works inside a fetch loop', async () => {
      await using client = await open(subject)
      await using mailbox = await client.select(await mailboxWith(subject, mails(40)))
      for await (const { uid, flags } of mailbox.fetch(uids('1:*'), { flags: true })) {
        if (!hasFlag(flags, '\\Seen')) await mailbox.store(uid, { add: ['\\Seen'] })
      }
      expect((await mailbox.search({ seen: true })).size).toBe(40)
    })

    it('stores a long, scattered set in several commands', async () => {
      await using client = await open(subject, {}, { limits: { commandLine: 400 } })
      await using mailbox = await client.select(await mailboxWith(subject, mails(300)))
      const odd = uids(Array.from({ length: 150 }, (_, i) => 2 * i + 1))
      await mailbox.store(odd, { add: ['\\Flagged'] })
      expect((await mailbox.search({ flagged: true })).toString()).toBe(odd.toString())
    })

    it.each([
      [{}],
      [{ add: ['\\Seen'], remove: ['\\Seen'] }],
      [{ add: ['two words'] }],
      [{ add: ['a)'] }],
      [{ add: ['\\Recent'] }],
      [{ add: 'x' as unknown as string[] }],
    ])('refuses %j before a byte is sent', async (change) => {
      await using client = await open(subject)
      await using mailbox = await client.select(await mailboxWith(subject, mails(1)))
      const before = client.traffic.bytesOut
      expect(await rejection(mailbox.store(uids(1), change))).toBeInstanceOf(ArgumentError)
      expect(client.traffic.bytesOut).toBe(before)
    })
  })

  describe('copying, moving, deleting', () => {
    itNeeds(subject, 'UIDPLUS')('copies, and tells the new UIDs', async () => {
      await using client = await open(subject)
      const target = await mailboxWith(subject, mails(2, { subject: 'before' }))
      await using mailbox = await client.select(await mailboxWith(subject, mails(5)))
      const { uidMap } = await mailbox.copy(uids('2,4:5'), target)
      expect([...(uidMap ?? [])]).toEqual([
        [2, 3],
        [4, 4],
        [5, 5],
      ])
      expect(uidMap?.get(4 as Uid)).toBe(4)
      expect(uidMap?.uidValidity).toBe((await client.status(target, { uidValidity: true })).uidValidity)
      expect(mailbox.exists).toBe(5)
      expect(await subjects(target)).toEqual(['before', 'before', 'mail 2', 'mail 4', 'mail 5'])
    })

    itNeeds(
      subject,
      'MOVE',
      'UIDPLUS',
    )('moves, and tells the new UIDs', async () => {
      await using client = await open(subject)
      const target = mailboxName('Größe')
      await client.createMailbox(target)
      await using mailbox = await client.select(await mailboxWith(subject, mails(5)))
      const { uidMap } = await mailbox.move(uids('1:2,5'), target)
      expect([...(uidMap ?? [])].map(([from]) => from)).toEqual([1, 2, 5])
      expect((await mailbox.search({})).toString()).toBe('3:4')
      expect(mailbox.exists).toBe(2)
      expect(await subjects(target)).toEqual(['mail 1', 'mail 2', 'mail 5'])
    })

    itNeeds(subject, 'MOVE')('says TRYCREATE for a mailbox that is missing, and loses nothing', async () => {
      await using client = await open(subject)
      await using mailbox = await client.select(await mailboxWith(subject, mails(2)))
      for (const call of [mailbox.copy(uids(1), mailboxName('gone')), mailbox.move(uids(1), mailboxName('gone'))]) {
        const error = await rejection(call)
        expect(error).toBeInstanceOf(ResponseError)
        expect(error).toMatchObject({ responseCode: { name: 'TRYCREATE' } })
      }
      expect((await mailbox.search({})).size).toBe(2)
    })

    itNeeds(
      subject,
      'MOVE',
      'UIDPLUS',
    )('does nothing for a set of messages that are not there', async () => {
      await using client = await open(subject)
      const target = await mailboxWith(subject)
      await using mailbox = await client.select(await mailboxWith(subject, mails(1)))
      await mailbox.copy(uids('100:200'), target)
      await mailbox.move(uids('100:200'), target)
      await mailbox.move(uids(), target)
      await mailbox.delete(uids('100'))
      expect(await subjects(target)).toEqual([])
      expect(mailbox.exists).toBe(1)
    })

    itNeeds(subject, 'UIDPLUS')('deletes exactly these', async () => {
      await using client = await open(subject)
      await using mailbox = await client.select(
        await mailboxWith(subject, [...mails(3), mail({ flags: ['\\Deleted'] })]),
      )
      await mailbox.delete(uids('1,3'))
      expect((await mailbox.search({})).toString()).toBe('2,4')
      expect(mailbox.exists).toBe(2)
    })

    itNeeds(subject, 'UIDPLUS')('expunges some of what is marked, or all', async () => {
      await using client = await open(subject)
      const marked = Array.from({ length: 4 }, () => mail({ flags: ['\\Deleted'] }))
      await using mailbox = await client.select(await mailboxWith(subject, [...marked, mail()]))
      await mailbox.expunge(uids('2,5'))
      expect((await mailbox.search({})).toString()).toBe('1,3:5')
      await mailbox.expunge()
      expect((await mailbox.search({})).toString()).toBe('5')
    })

    itNeeds(subject, 'MOVE')(
      'moves every message inside a fetch loop',
      async () => {
        await using client = await open(subject)
        const target = await mailboxWith(subject)
        const count = 300
        await using mailbox = await client.select(await mailboxWith(subject, mails(count)))
        const seen: number[] = []
        for await (const { uid } of mailbox.fetch(uids('1:*'), { envelope: true })) {
          seen.push(uid)
          await mailbox.move(uid, target)
        }
        expect(seen).toEqual(Array.from({ length: count }, (_, i) => i + 1))
        expect(mailbox.exists).toBe(0)
        expect((await subjects(target)).length).toBe(count)
      },
      { cyrus: 'a MOVE for each of 300 messages takes too long there' },
    )

    it('reads and flags by number what is left, when messages go while the call waits', async () => {
      await using client = await open(subject)
      await using mailbox = await client.select(await mailboxWith(subject, mails(9)))
      const mark = (...which: number[]) => mailbox.store(uids(which), { add: ['\\Deleted'] })
      await mark(1, 2, 3)
      const [, left, closed] = await Promise.all([
        mailbox.expunge(),
        mailbox.fetch(seqs('1:*'), { flags: true }).toArray(),
        mailbox.fetch(seqs('2:9'), { flags: true }).toArray(),
      ])
      expect(left.map((each) => each.uid)).toEqual([4, 5, 6, 7, 8, 9])
      expect(closed.map((each) => each.uid)).toEqual([5, 6, 7, 8, 9])
      await mark(4, 5)
      await Promise.all([mailbox.expunge(), mailbox.store(seqs('1:*'), { add: ['\\Flagged'] })])
      expect((await mailbox.search({ flagged: true })).toString()).toBe('6:9')
      await mark(6, 7, 8, 9)
      const [, none] = await Promise.all([mailbox.expunge(), mailbox.fetch(seqs('1:*'), { envelope: true }).toArray()])
      expect(none).toEqual([])
    })

    it('fails with the words of the server in a read-only mailbox', async () => {
      await using client = await open(subject)
      const name = await mailboxWith(subject, mails(2))
      await using mailbox = await client.examine(name)
      const target = await mailboxWith(subject)
      await mailbox.copy(uids(1), target)
      expect(await subjects(target)).toEqual(['mail 1'])
      expect('store' in mailbox).toBe(false)
    })

    it('refuses a stale handle before a byte is sent', async () => {
      await using client = await open(subject)
      const mailbox = await client.select(await mailboxWith(subject, mails(2)))
      await mailbox.unselect()
      const before = client.traffic.bytesOut
      for (const call of [
        mailbox.store(uids(1), { add: ['\\Seen'] }),
        mailbox.copy(uids(1), 'INBOX'),
        mailbox.move(uids(1), 'INBOX'),
        mailbox.delete(uids(1)),
        mailbox.close(),
        mailbox.fetch(uids('1:*'), {}).toArray(),
      ]) {
        expect(await rejection(call)).toBeInstanceOf(StateError)
      }
      expect(client.traffic.bytesOut).toBe(before)
    })

    it('runs writes and reads at once without mixing them up', async () => {
      await using client = await open(subject)
      const name = await mailboxWith(subject, mails(60))
      const target = await mailboxWith(subject)
      await using mailbox = await client.select(name)
      await Promise.all([
        ...Array.from({ length: 20 }, (_, i) => mailbox.store((i + 1) as Uid, { add: [`$Key${i + 1}`] })),
        ...Array.from({ length: 20 }, (_, i) => mailbox.copy((i + 21) as Uid, target)),
        mailbox.delete(uids('41:50'), { allowFullExpunge: true }),
        ...Array.from({ length: 20 }, async (_, i) => {
          const uid = (i + 1) as Uid
          expect((await mailbox.fetchOne(uid, { envelope: true }))?.envelope.subject).toBe(`mail ${uid}`)
        }),
      ])
      const flags = await flagsOf(mailbox)
      for (let uid = 1; uid <= 20; uid++) expect(flags[uid]).toEqual([`$Key${uid}`])
      expect(mailbox.exists).toBe(50)
      await using raw = await outside(subject)
      expect(await raw.run(`STATUS "${target}" (MESSAGES)`)).toContain('MESSAGES 20')
    })
  })
}
