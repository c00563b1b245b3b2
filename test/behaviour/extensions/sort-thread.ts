import { uids, type Thread } from 'imapkit'
import { expect } from 'vitest'
import { mail, type Mail } from '../mails.js'
import { until } from '../tools.js'
import { deliver, fromOutside, itNeeds, mailboxWith, open, type Subject } from '../subject.js'

const on = (day: number): Date => new Date(Date.UTC(2026, 0, day, 12))
const sent = (day: number): string => `${day} Jan 2026 12:00:00 +0000`

/** Five mails whose order is another one by every key. */
const FIVE: readonly Mail[] = [
  mail({
    from: 'Zoe <b@x.org>',
    to: 'Eve <q@x.org>',
    subject: 'Re: cherry',
    sent: sent(3),
    date: on(5),
    body: 'a'.repeat(500),
  }),
  mail({
    from: 'Ada <e@x.org>',
    to: 'Dan <r@x.org>',
    subject: 'apple',
    sent: sent(1),
    date: on(4),
    body: 'a'.repeat(100),
  }),
  mail({
    from: 'Max <a@x.org>',
    to: 'Ada <s@x.org>',
    subject: 'Fwd: banana',
    sent: sent(5),
    date: on(1),
    body: 'a'.repeat(900),
  }),
  mail({
    from: 'Ben <d@x.org>',
    to: 'Fay <p@x.org>',
    subject: 'elder',
    sent: sent(2),
    date: on(3),
    body: 'a'.repeat(300),
  }),
  mail({
    from: 'Kim <c@x.org>',
    to: 'Cay <t@x.org>',
    subject: 'date',
    sent: sent(4),
    date: on(2),
    body: 'a'.repeat(700),
    flags: ['\\Seen'],
  }),
]

const id = (name: string, ...references: readonly string[]): readonly string[] => [
  `Message-ID: <${name}@x.org>`,
  ...(references.length === 0 ? [] : [`References: ${references.map((each) => `<${each}@x.org>`).join(' ')}`]),
]

/** Two conversations; the reply in the middle of the first one is missing. */
const TALK: readonly Mail[] = [
  mail({ subject: 'lunch', sent: sent(1), fields: id('a') }),
  mail({ subject: 'Re: lunch', sent: sent(2), fields: id('b', 'a') }),
  mail({ subject: 'other', sent: sent(3), fields: id('x') }),
  mail({ subject: 'Re: lunch', sent: sent(4), fields: id('c', 'a', 'b') }),
  mail({ subject: 'Re: lunch', sent: sent(5), fields: id('d', 'a') }),
]

type Tree = number | null | readonly [number | null, ...Tree[]]

const tree = ({ message, children }: Thread<number>): Tree =>
  children.length === 0 ? message : [message, ...children.map(tree)]

/** Order and conversations: SORT, SORT=DISPLAY, ESORT, CONTEXT=SORT, THREAD=*, I18NLEVEL=*. */
export function sortThread(subject: Subject): void {
  itNeeds(subject, 'SORT')('sorts by every key, both ways, and by several', async () => {
    await using client = await open(subject)
    await using mailbox = await client.examine(await mailboxWith(subject, FIVE))
    expect(await mailbox.sort(['arrival'])).toEqual([3, 5, 4, 2, 1])
    expect(await mailbox.sort(['date'])).toEqual([2, 4, 1, 5, 3])
    expect(await mailbox.sort([{ key: 'date', reverse: true }])).toEqual([3, 5, 1, 4, 2])
    expect(await mailbox.sort(['from'])).toEqual([3, 1, 5, 4, 2])
    expect(await mailbox.sort(['to'])).toEqual([4, 1, 2, 3, 5])
    expect(await mailbox.sort(['size'])).toEqual([2, 4, 1, 5, 3])
    expect(await mailbox.sort(['subject'])).toEqual([2, 3, 1, 5, 4])
    // Nobody has a Cc field: the second key decides.
    expect(await mailbox.sort(['cc', { key: 'from', reverse: true }])).toEqual([2, 4, 5, 1, 3])
    expect(await mailbox.sort(['date'], { seen: false, larger: 100 })).toEqual([2, 4, 1, 3])
    expect(await mailbox.sort(['date'], { subject: 'nothing' })).toEqual([])
    expect(await mailbox.sortSeq(['date'], { seq: await mailbox.searchSeq({ seen: false }) })).toEqual([2, 4, 1, 3])
  })

  itNeeds(subject, 'SORT')('gives ends, count and parts of a sort', async () => {
    await using client = await open(subject)
    await using mailbox = await client.examine(await mailboxWith(subject, FIVE))
    const all = await mailbox.sort(['date'], {}, { return: ['min', 'max', 'count', 'all'] })
    expect(all).toMatchObject({ count: 5, all: [2, 4, 1, 5, 3] })
    expect((await mailbox.sort(['date'], {}, { partial: '2:3' })).partial).toEqual([4, 1])
    expect((await mailbox.sort(['date'], {}, { partial: '-1:-2', return: ['count'] })).partial).toEqual([5, 3])
    expect((await mailbox.sort(['date'], {}, { partial: '6:9' })).partial).toEqual([])
  })

  itNeeds(subject, 'SORT')('takes criteria beyond ASCII', async () => {
    await using client = await open(subject)
    const text = [mail({ subject: '=?UTF-8?Q?b_=C3=BCber?=' }), mail({}), mail({ subject: '=?UTF-8?Q?a_=C3=BCber?=' })]
    await using mailbox = await client.examine(await mailboxWith(subject, text))
    expect(await mailbox.sort(['subject'], { subject: 'über' })).toEqual([3, 1])
  })

  itNeeds(subject, 'SORT', 'ESORT')(
    'tells the first and the last of a sort alone',
    async () => {
      await using client = await open(subject)
      await using mailbox = await client.examine(await mailboxWith(subject, FIVE))
      expect(await mailbox.sort(['from'], {}, { return: ['min', 'max', 'count'] })).toEqual({
        min: 3,
        max: 2,
        count: 5,
      })
    },
    { cyrus: 'MIN and MAX are the lowest and the highest UID there, not the first and the last' },
  )

  itNeeds(subject, 'SORT=DISPLAY')('sorts by names as they are shown', async () => {
    await using client = await open(subject)
    await using mailbox = await client.examine(await mailboxWith(subject, FIVE))
    expect(await mailbox.sort(['displayFrom'])).toEqual([2, 4, 5, 3, 1])
    expect(await mailbox.sort([{ key: 'displayTo', reverse: true }])).toEqual([4, 1, 2, 5, 3])
  })

  itNeeds(
    subject,
    'SORT',
    'SEARCH=FUZZY',
  )('sorts by relevancy', async () => {
    await using client = await open(subject)
    await using mailbox = await client.examine(await mailboxWith(subject, FIVE))
    // What fits in about is for the server to say; it is among the messages in any case.
    const found = await mailbox.sort(['relevancy'], { fuzzy: { subject: 'apple' } })
    expect(found.every((each) => each >= 1 && each <= 5)).toBe(true)
    expect(new Set(found).size).toBe(found.length)
  })

  itNeeds(subject, 'THREAD=REFERENCES')('puts replies under what they answer', async () => {
    await using client = await open(subject)
    await using mailbox = await client.examine(await mailboxWith(subject, TALK))
    expect((await mailbox.thread('REFERENCES')).map(tree)).toEqual([[1, [2, 4], 5], 3])
    expect((await mailbox.threadSeq('REFERENCES', { subject: 'other' })).map(tree)).toEqual([3])
    expect(await mailbox.thread('REFERENCES', { subject: 'nothing' })).toEqual([])
    const [orphans] = await mailbox.thread('REFERENCES', { uid: uids('2,5') })
    expect(orphans?.message).toBeNull()
    expect(orphans?.children.map(tree)).toEqual([2, 5])
  })

  itNeeds(subject, 'THREAD=ORDEREDSUBJECT')('puts messages of one subject together', async () => {
    await using client = await open(subject)
    await using mailbox = await client.examine(await mailboxWith(subject, TALK))
    expect((await mailbox.thread('ORDEREDSUBJECT')).map(tree)).toEqual([[1, 2, 4, 5], 3])
  })

  itNeeds(subject, 'THREAD=REFS')('threads by references alone', async () => {
    await using client = await open(subject)
    const same = mail({ subject: 'lunch', sent: sent(6), fields: id('z') })
    await using mailbox = await client.examine(await mailboxWith(subject, [...TALK, same]))
    // Dovecot puts the conversation with the newest message last, Cyrus the one with the newest first message.
    const trees = (await mailbox.thread('REFS')).map(tree)
    expect(trees.map((each) => JSON.stringify(each)).sort()).toEqual(['3', '6', '[1,[2,4],5]'])
  })

  itNeeds(
    subject,
    'CONTEXT=SORT',
    'ESORT',
  )('keeps a sort up to date', async () => {
    await using client = await open(subject)
    const name = await mailboxWith(subject, FIVE)
    await using mailbox = await client.select(name)
    await using watch = await mailbox.watchSort(['date'], { seen: false })
    expect([watch.isLive, watch.uids]).toEqual([true, [2, 4, 1, 3]])
    await deliver(subject, name, [mail({ sent: '1 Jan 2026 13:00:00 +0000' })])
    await fromOutside(subject, name, ['UID STORE 4 +FLAGS (\\Seen)', 'UID STORE 5 -FLAGS (\\Seen)'])
    await until('the sort follows', async () => {
      await client.noop()
      return String(watch.uids) === '2,6,1,5,3'
    })
  })
}
