import { CapabilityError, savedResult, uids, type Uid } from 'imapkit'
import { describe, expect, it } from 'vitest'
import { mail, mails } from './mails.js'
import { deliver, fromOutside, mailboxWith, open, type Subject } from './subject.js'
import { record, rejection, until } from './tools.js'

/** What a base server cannot: it is named, done in another way that gives the same, or done on request only. */
export function fallbacks(subject: Subject): void {
  describe('without extensions', () => {
    it('moves only when told that it need not be atomic', async () => {
      await using client = await open(subject)
      const target = await mailboxWith(subject)
      await using mailbox = await client.select(
        await mailboxWith(subject, [mail({ flags: ['\\Deleted'] }), ...mails(3)]),
      )
      const before = client.traffic.bytesOut
      const error = await rejection(mailbox.move(uids('2:3'), target))
      expect(error).toBeInstanceOf(CapabilityError)
      expect(error).toMatchObject({ needs: 'MOVE', code: 'ERR_IMAP_CAPABILITY' })
      expect(client.traffic.bytesOut).toBe(before)
      await mailbox.move(uids('2:3'), target, { allowNonAtomic: true })
      expect(await client.status(target, { messages: true })).toEqual({ messages: 2 })
      // What somebody else had marked is still there; the originals are at least marked.
      expect((await mailbox.search({ deleted: false })).toString()).toBe('4')
      expect((await mailbox.fetchOne(1 as Uid, { flags: true }))?.uid).toBe(1)
    })

    it('expunges what others had marked only when told to', async () => {
      await using client = await open(subject)
      await using mailbox = await client.select(
        await mailboxWith(subject, [mail({ flags: ['\\Deleted'] }), ...mails(3)]),
      )
      const before = client.traffic.bytesOut
      for (const call of [mailbox.delete(uids(2)), mailbox.expunge(uids(2))]) {
        expect(await rejection(call)).toMatchObject({ needs: 'UIDPLUS' })
      }
      expect(client.traffic.bytesOut).toBe(before)
      await mailbox.delete(uids(2), { allowFullExpunge: true })
      expect((await mailbox.search({})).toString()).toBe('3:4')
    })

    it.each([
      ['CONDSTORE', 'changedSince', { changedSince: 1n }],
      ['CONDSTORE', 'modSeq', {}],
    ])('names what is missing: %s for %s', async (needs, _, options) => {
      await using client = await open(subject)
      await using mailbox = await client.select(await mailboxWith(subject, mails(1)))
      const query = 'changedSince' in options ? { flags: true } : { modSeq: true }
      const error = await rejection(mailbox.fetch(uids('1:*'), query as { modSeq: true }, options).toArray())
      expect(error).toBeInstanceOf(CapabilityError)
      expect(error).toMatchObject({ needs })
    })

    it('refuses what cannot be made up', async () => {
      await using client = await open(subject)
      await using mailbox = await client.select(await mailboxWith(subject, mails(1)))
      const calls = [
        [() => mailbox.search({}, { return: ['save'] }), 'SEARCHRES'],
        [() => mailbox.fetch(savedResult, { flags: true }).toArray(), 'SEARCHRES'],
        [() => mailbox.search({ modSeq: 5n }), 'CONDSTORE'],
        [() => mailbox.store(uids(1), { add: ['\\Seen'], unchangedSince: 5n }), 'CONDSTORE'],
        [() => client.status('INBOX', { highestModSeq: true }), 'CONDSTORE'],
        [() => client.namespace(), 'NAMESPACE'],
        [() => client.id(null), 'ID'],
      ] as const
      for (const [call, needs] of calls) expect(await rejection(call())).toMatchObject({ needs })
      await client.noop()
    })

    it('finds what changed in the selected mailbox by asking now and then', async () => {
      const name = await mailboxWith(subject, mails(2))
      await using client = await open(subject, {}, { idle: { delayMs: 0, pollMs: 100 } })
      await using mailbox = await client.select(name)
      const [exists, expunge] = [record(client, 'exists'), record(client, 'expunge')]
      await deliver(subject, name, mails(1))
      await until('exists', () => exists.some((each) => each.count === 3))
      await fromOutside(subject, name, ['STORE 1 +FLAGS (\\Deleted)', 'EXPUNGE'])
      await until('expunge', () => expunge.length === 1)
      expect(mailbox.exists).toBe(2)
    })
  })
}
