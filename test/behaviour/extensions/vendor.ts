import { getJmapAccess, uids } from 'imapkit'
import { expect } from 'vitest'
import { mails } from '../mails.js'
import { itNeeds, mailboxWith, open, type Subject } from '../subject.js'

/** What vendors made, and what few servers have: X-GM-EXT-1, LANGUAGE, I18NLEVEL=2, JMAPACCESS. */
export function vendor(subject: Subject): void {
  itNeeds(subject, 'X-GM-EXT-1')('reads, changes and finds labels and ids', async () => {
    await using client = await open(subject)
    const name = await mailboxWith(subject, mails(2))
    await using mailbox = await client.select(name)
    await mailbox.store(uids(1), { gmailLabels: { add: ['été', 'Work'] } })
    const query = { gmailLabels: true, gmailMessageId: true, gmailThreadId: true } as const
    const [first, second] = await mailbox.fetch(uids('1:2'), query).toArray()
    expect([...(first?.gmailLabels ?? [])].sort()).toEqual(['Work', 'été'])
    expect(second?.gmailLabels).toEqual([])
    expect(first?.gmailMessageId).not.toBe(second?.gmailMessageId)
    expect((await mailbox.search({ gmailLabels: 'été' })).toString()).toBe('1')
    expect((await mailbox.search({ gmailMessageId: second?.gmailMessageId })).toString()).toBe('2')
    await mailbox.store(uids(1), { gmailLabels: { remove: ['Work'] } })
    expect((await mailbox.search({ gmailLabels: 'Work' })).isEmpty).toBe(true)
  })

  itNeeds(subject, 'LANGUAGE')('chooses the language of texts', async () => {
    await using client = await open(subject)
    const tags = await client.language.list()
    expect(tags.map((tag) => tag.toLowerCase())).toContain('i-default')
    const wanted = tags.find((tag) => tag.toLowerCase() !== 'i-default') ?? 'i-default'
    expect(await client.language.use([wanted])).toEqual([wanted])
  })

  itNeeds(subject, 'I18NLEVEL=2')('tells by which order text is compared', async () => {
    await using client = await open(subject)
    const { active } = await client.language.comparator()
    expect(active).not.toBe('')
    expect((await client.language.comparator([active])).active).toBe(active)
  })

  itNeeds(subject, 'JMAPACCESS')('tells where the same mail can be had by JMAP', async () => {
    await using client = await open(subject)
    expect(await client.run(getJmapAccess())).toMatch(/^https:/)
  })
}
