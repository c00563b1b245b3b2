import { savedResult, uids } from 'imapkit'
import { expect } from 'vitest'
import { mail, mails } from '../mails.js'
import { itNeeds, mailboxWith, open, type Subject } from '../subject.js'

/** Searching: ESEARCH, SEARCHRES, WITHIN, SEARCH=FUZZY, PARTIAL, CONTEXT=*, MULTISEARCH, FILTERS. */
export function search(subject: Subject): void {
  itNeeds(subject, 'ESEARCH')('tells count, first and last without the list', async () => {
    await using client = await open(subject)
    const name = await mailboxWith(subject, [...mails(6), mail({ flags: ['\\Flagged'] })])
    await using mailbox = await client.examine(name)
    const found = await mailbox.search({ flagged: false }, { return: ['min', 'max', 'count'] })
    expect(found).toEqual({ min: 1, max: 6, count: 6 })
    const { all, count } = await mailbox.search({ uid: uids('2:4,7') }, { return: ['all', 'count'] })
    expect([all.toString(), count]).toEqual(['2:4,7', 4])
    expect(await mailbox.search({ draft: true }, { return: ['count', 'min'] })).toMatchObject({ count: 0 })
  })

  itNeeds(subject, 'SEARCHRES')('keeps a result on the server, for FETCH, STORE and SEARCH', async () => {
    await using client = await open(subject)
    const name = await mailboxWith(subject, [...mails(3), mail({ flags: ['\\Flagged'] })])
    await using mailbox = await client.select(name)
    await mailbox.search({ flagged: false }, { return: ['save'] })
    expect((await mailbox.fetch(savedResult, { flags: true }).toArray()).map((each) => each.uid)).toEqual([1, 2, 3])
    await mailbox.store(savedResult, { add: ['\\Seen'] })
    expect((await mailbox.search({ uid: savedResult, seen: true })).toString()).toBe('1:3')
  })
}
