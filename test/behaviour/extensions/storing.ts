import { binary, uids, type Uid } from 'imapkit'
import { expect } from 'vitest'
import { ATTACHMENT, mail, mails, MIXED } from '../mails.js'
import { itNeeds, mailboxWith, newName, open, type Subject } from '../subject.js'

/** What stores and moves: UIDPLUS, MOVE, BINARY, MULTIAPPEND, CATENATE, APPENDLIMIT=, REPLACE, URLAUTH. */
export function storing(subject: Subject): void {
  itNeeds(subject, 'UIDPLUS')('tells the UIDs of what it appends and copies', async () => {
    await using client = await open(subject)
    const [name, target] = [await mailboxWith(subject, mails(2)), await mailboxWith(subject, mails(1))]
    await using mailbox = await client.select(name)
    const { uid, uidValidity } = await client.append(name, 'Subject: third\r\n\r\nx\r\n')
    expect([uid, uidValidity]).toEqual([3, mailbox.uidValidity])
    // Courier copies what the session has been told of.
    await client.noop()
    const { uidMap } = await mailbox.copy(uids('1,3'), target)
    expect([...(uidMap ?? [])]).toEqual([
      [1, 2],
      [3, 3],
    ])
    expect(uidMap?.uidValidity).toBe((await client.status(target, { uidValidity: true })).uidValidity)
  })

  itNeeds(subject, 'UIDPLUS')('expunges nothing but what it is told to', async () => {
    await using client = await open(subject)
    const name = await mailboxWith(subject, [mail({ flags: ['\\Deleted'] }), ...mails(3)])
    await using mailbox = await client.select(name)
    await mailbox.delete(uids('3:4'))
    expect((await mailbox.search({})).toString()).toBe('1:2')
    expect(mailbox.exists).toBe(2)
  })

  itNeeds(subject, 'MOVE')('moves in one step', async () => {
    await using client = await open(subject)
    const target = newName(subject, 'Größe')
    await client.createMailbox(target)
    await using mailbox = await client.select(await mailboxWith(subject, mails(5)))
    const { uidMap } = await mailbox.move(uids('1:2,5'), target)
    if (uidMap !== undefined) expect([...uidMap].map(([from]) => from)).toEqual([1, 2, 5])
    expect((await mailbox.search({})).toString()).toBe('3:4')
    expect(mailbox.exists).toBe(2)
    expect(await client.status(target, { messages: true })).toEqual({ messages: 3 })
  })

  itNeeds(subject, 'BINARY')('fetches a part decoded by the server', async () => {
    await using client = await open(subject)
    await using mailbox = await client.examine(await mailboxWith(subject, [MIXED]))
    const found = await mailbox.fetchOne(1 as Uid, { sections: { attachment: binary('2') }, binarySizes: ['2'] })
    expect(Buffer.from(found?.sections.attachment ?? []).equals(ATTACHMENT)).toBe(true)
    expect(found?.binarySizes.get('2')).toBe(ATTACHMENT.length)
  })
}
