import { seqs, StateError, uidBatches, uids, type Uid, type UidSet } from 'imapkit'
import { expect } from 'vitest'
import { mails } from '../mails.js'
import { fromOutside, itNeeds, mailboxWith, newName, open, type Subject } from '../subject.js'
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

  itNeeds(subject, 'QRESYNC')('tells on selecting what has happened since a known state', async () => {
    await using client = await open(subject, {}, { enable: ['QRESYNC'] })
    const name = await mailboxWith(subject, mails(6))
    const first = await client.select(name)
    const known = { uidValidity: first.uidValidity ?? 0, modSeq: first.highestModSeq ?? 0n }
    await first.unselect()
    await fromOutside(subject, name, ['UID STORE 2,4 +FLAGS (\\Deleted)', 'EXPUNGE', 'UID STORE 5 +FLAGS (\\Flagged)'])
    await using again = await client.select(name, { qresync: { ...known, known: uids('1:6') } })
    expect(again.resync?.vanished.intersection(uids('1:6')).toString()).toBe('2,4')
    const changed = again.resync?.changed ?? []
    expect(changed.find((each) => each.uid === 5)?.flags).toContain('\\Flagged')
    expect(again.exists).toBe(4)
    const gone: string[] = []
    const options = { changedSince: known.modSeq, vanished: (set: UidSet) => gone.push(...set.toString().split(',')) }
    const news = await again.fetch(uids('1:6'), { flags: true }, options).toArray()
    expect(news.map((each) => each.uid)).toContain(5)
    expect(gone).toEqual(expect.arrayContaining(['2', '4']))
  })

  itNeeds(subject, 'QRESYNC')('tells nothing when nothing has happened', async () => {
    await using client = await open(subject, {}, { enable: ['QRESYNC'] })
    const name = await mailboxWith(subject, mails(3))
    const first = await client.select(name)
    const known = { uidValidity: first.uidValidity ?? 0, modSeq: first.highestModSeq ?? 0n }
    await first.unselect()
    await using again = await client.select(name, { qresync: known })
    expect(again.resync?.vanished.isEmpty).toBe(true)
    expect(again.resync?.changed).toEqual([])
    expect(again.exists).toBe(3)
  })

  itNeeds(subject, 'PREVIEW')(
    'gives the first words of messages',
    async () => {
      await using client = await open(subject)
      const [mail] = mails(1)
      const raw = Buffer.from('Subject: preview\r\n\r\nThese are the first words of the message.\r\n')
      const name = await mailboxWith(subject, mail === undefined ? [] : [{ ...mail, raw }])
      await using mailbox = await client.select(name)
      const [message] = await mailbox.fetch(uids('1:*'), { preview: true }).toArray()
      expect(message?.preview).toMatch(/^These are the first words/)
      const [lazy] = await mailbox.fetch(uids('1:*'), { preview: { lazy: true } }).toArray()
      expect(lazy?.preview === null || lazy?.preview === message?.preview).toBe(true)
    },
    { cyrus: 'its previews are empty until a job of the server has made them' },
  )

  itNeeds(subject, 'SAVEDATE')('tells when a message was put into its mailbox', async () => {
    await using client = await open(subject)
    const before = Date.now()
    const name = await mailboxWith(subject, mails(2))
    await using mailbox = await client.select(name)
    const [message] = await mailbox.fetch(uids('1:*'), { saveDate: true }).toArray()
    expect(Math.abs((message?.saveDate?.getTime() ?? 0) - before)).toBeLessThan(600_000)
    const day = 24 * 3600 * 1000
    expect((await mailbox.search({ savedSince: new Date(before - 2 * day) })).size).toBe(2)
    expect((await mailbox.search({ savedBefore: new Date(before - 2 * day) })).size).toBe(0)
  })

  itNeeds(subject, 'OBJECTID')('tells ids of messages and mailboxes that outlive a copy and a new name', async () => {
    await using client = await open(subject)
    const name = await mailboxWith(subject, mails(1))
    const other = await mailboxWith(subject)
    const { mailboxId } = await client.status(name, { mailboxId: true })
    expect(mailboxId).toMatch(/^[\w-]+$/)
    const ids: string[] = []
    for (const each of [name, other]) {
      await using mailbox = await client.select(each)
      const [message] = await mailbox.fetch(uids('1:*'), { emailId: true, threadId: true }).toArray()
      ids.push(message?.emailId ?? '')
      if (each === name) {
        expect(mailbox.mailboxId).toBe(mailboxId)
        expect((await mailbox.search({ emailId: message?.emailId })).size).toBe(1)
        await mailbox.copy(uids('1:*'), other)
      }
    }
    expect(ids[0]).toMatch(/^[\w-]+$/)
    expect(ids[1]).toBe(ids[0])
    const renamed = newName(subject, 'renamed')
    await client.renameMailbox(name, renamed)
    expect((await client.status(renamed, { mailboxId: true })).mailboxId).toBe(mailboxId)
  })

  itNeeds(subject, 'UIDONLY')('does without sequence numbers', async () => {
    await using client = await open(subject, {}, { enable: ['UIDONLY'] })
    expect(client.enabled.has('UIDONLY')).toBe(true)
    const name = await mailboxWith(subject, mails(5))
    await using mailbox = await client.select(name)
    const gone = record(client, 'expunge')
    const found = await mailbox.fetch(uids('1:*'), { flags: true, size: true }).toArray()
    expect(found.map(({ uid, seq }) => [uid, seq])).toEqual([1, 2, 3, 4, 5].map((each) => [each, undefined]))
    await mailbox.store(uids('4:*'), { add: ['\\Deleted'] })
    await mailbox.expunge(uids('4:5'))
    expect(mailbox.exists).toBe(3)
    expect(gone.map((each) => [each.uid, each.seq])).toEqual([
      [4, undefined],
      [5, undefined],
    ])
    let octets = 0
    for await (const body of mailbox.stream(uids('1:*'))) for await (const bytes of body) octets += bytes.length
    expect(octets).toBe(found.slice(0, 3).reduce((sum, { size }) => sum + size, 0))
    await expect(mailbox.fetch(seqs('1:2'), { flags: true }).toArray()).rejects.toThrow(StateError)
  })

  itNeeds(subject, 'UIDBATCHES')('cuts a mailbox into ranges of UIDs', async () => {
    await using client = await open(subject)
    const name = await mailboxWith(subject, mails(3))
    await using mailbox = await client.select(name)
    const [batch, ...more] = await client.run(uidBatches(500))
    expect(more).toEqual([])
    expect([1, 2, 3].every((each) => batch?.has(each as Uid) === true)).toBe(true)
    expect(mailbox.exists).toBe(3)
  })

  itNeeds(subject, 'OBJECTID+')('tells all ids in one item, and selects by id', async () => {
    await using client = await open(subject, {}, { enable: ['OBJECTID+'] })
    const name = await mailboxWith(subject, mails(1))
    const { objectId } = await client.status(name, { objectId: true })
    const mailboxId = objectId.get('MAILBOXID') ?? ''
    const renamed = newName(subject, 'renamed')
    await client.renameMailbox(name, renamed)
    await using mailbox = await client.select(name, { objectId: { mailboxId } })
    expect(mailbox.exists).toBe(1)
    const [message] = await mailbox.fetch(uids('1:*'), { objectId: true }).toArray()
    expect(message?.objectId.get('EMAILID')).toMatch(/^[\w-]+$/)
  })
}
