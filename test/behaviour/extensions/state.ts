import { uids, type Uid } from 'imapkit'
import { expect } from 'vitest'
import { mails } from '../mails.js'
import { fromOutside, itNeeds, mailboxWith, open, type Subject } from '../subject.js'
import { record, until } from '../tools.js'

/** What messages and mailboxes remember: CONDSTORE, QRESYNC, OBJECTID, SAVEDATE, PREVIEW, UIDONLY. */
export function state(subject: Subject): void {
  itNeeds(subject, 'CONDSTORE')('fetches and finds what changed since a mod-sequence', async () => {
    await using client = await open(subject)
    const name = await mailboxWith(subject, mails(4))
    await using mailbox = await client.select(name)
    const before = mailbox.highestModSeq ?? 0n
    expect(before).toBeGreaterThan(0n)
    await fromOutside(subject, name, ['UID STORE 3 +FLAGS (\\Flagged)'])
    const changed = mailbox.fetch(uids('1:*'), { flags: true, modSeq: true }, { changedSince: before })
    const [found, ...others] = await changed.toArray()
    expect(others).toEqual([])
    expect(found).toMatchObject({ uid: 3 })
    expect(found?.modSeq).toBeGreaterThan(before)
    expect((await mailbox.search({ modSeq: before + 1n })).toString()).toBe('3')
    expect((await client.status(name, { highestModSeq: true })).highestModSeq).toBe(found?.modSeq)
  })

  itNeeds(subject, 'CONDSTORE')('leaves alone what has changed meanwhile', async () => {
    await using client = await open(subject)
    const name = await mailboxWith(subject, mails(3))
    await using mailbox = await client.select(name)
    const unchangedSince = mailbox.highestModSeq ?? 0n
    await fromOutside(subject, name, ['UID STORE 2 +FLAGS (\\Flagged)'])
    const { modified } = await mailbox.store(uids('1:3'), { add: ['\\Answered'], unchangedSince })
    expect(modified.toString()).toBe('2')
    expect((await mailbox.search({ answered: true })).toString()).toBe('1,3')
  })

  itNeeds(subject, 'QRESYNC')('is told of removed messages by their UIDs', async () => {
    await using client = await open(subject, {}, { enable: ['QRESYNC'] })
    const name = await mailboxWith(subject, mails(5))
    await using mailbox = await client.select(name)
    const gone = record(client, 'expunge')
    await fromOutside(subject, name, ['UID STORE 2,4 +FLAGS (\\Deleted)', 'EXPUNGE'])
    await until('both are gone', async () => {
      await client.noop()
      return gone.length === 2
    })
    expect(gone.map((each) => each.uid).sort()).toEqual([2, 4])
    expect(mailbox.exists).toBe(3)
    expect((await mailbox.fetchOne(5 as Uid, { flags: true }))?.uid).toBe(5)
  })
}
