import { savedResult, uids } from 'imapkit'
import { expect } from 'vitest'
import { mail, mails } from '../mails.js'
import { deliver, fromOutside, itNeeds, mailboxWith, open, type Subject } from '../subject.js'
import { until } from '../tools.js'

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

  itNeeds(subject)('gives parts of a result, also where the server cannot', async () => {
    await using client = await open(subject)
    const name = await mailboxWith(subject, [...mails(4), mail({ flags: ['\\Flagged'] }), ...mails(2)])
    await using mailbox = await client.examine(name)
    const part = async (partial: string) => (await mailbox.search({ flagged: false }, { partial })).partial.toString()
    expect(await part('1:2')).toBe('1:2')
    expect(await part('6:4')).toBe('4,6:7')
    expect(await part('6:90')).toBe('7')
    expect(await part('7:9')).toBe('')
    expect(await part('-1:-2')).toBe('6:7')
    expect(await part('-6:-5')).toBe('1:2')
    expect(await part('-7:-9')).toBe('')
    const both = await mailbox.search({ flagged: false }, { partial: '-1:-3', return: ['count', 'min'] })
    expect([both.partial.toString(), both.count, both.min]).toEqual(['4,6:7', 6, 1])
    expect((await mailbox.searchSeq({ flagged: false }, { partial: '1:1' })).partial.toString()).toBe('1')
  })

  itNeeds(
    subject,
    'PARTIAL',
    'SEARCHRES',
  )('keeps a part of a result on the server', async () => {
    await using client = await open(subject)
    await using mailbox = await client.examine(await mailboxWith(subject, mails(6)))
    const { partial } = await mailbox.search({}, { return: ['save'], partial: '-1:-2' })
    expect(partial.toString()).toBe('5:6')
    expect((await mailbox.search({ uid: savedResult })).toString()).toBe('5:6')
  })

  itNeeds(subject)(
    'fetches parts of a set, also where the server cannot',
    async () => {
      await using client = await open(subject)
      await using mailbox = await client.examine(await mailboxWith(subject, mails(6)))
      const fetched = async (partial: string, set: ReturnType<typeof uids>) =>
        (await mailbox.fetch(set, { flags: true }, { partial }).toArray()).map((each) => each.uid)
      expect(await fetched('-1:-2', uids('1:*'))).toEqual([5, 6])
      expect(await fetched('2:3', uids('1,3:900'))).toEqual([3, 4])
      expect(await fetched('7:9', uids('1:6'))).toEqual([])
      expect(await fetched('1:2000', uids('2:3'))).toEqual([2, 3])
    },
    { imap4d: 'UID SEARCH finds nothing by a set of UIDs with * in it' },
  )

  itNeeds(
    subject,
    'CONTEXT=SEARCH',
    'ESEARCH',
  )('keeps a result up to date, in IDLE or at the end of commands', async () => {
    await using client = await open(subject)
    const name = await mailboxWith(subject, [...mails(3), mail({ flags: ['\\Flagged'] })])
    await using mailbox = await client.select(name)
    const watch = await mailbox.watchSearch({ flagged: true })
    expect([watch.isLive, watch.uids.toString()]).toEqual([true, '4'])
    const follows = (wanted: string) =>
      until(`the result is ${wanted}`, async () => {
        await client.noop()
        return watch.uids.toString() === wanted
      })
    await deliver(subject, name, [mail({ flags: ['\\Flagged'] }), mail()])
    await follows('4:5')
    await mailbox.store(uids('1,4'), { add: ['\\Flagged'] })
    await follows('1,4:5')
    await fromOutside(subject, name, ['UID STORE 4 -FLAGS (\\Flagged)', 'UID STORE 5 +FLAGS (\\Deleted)', 'EXPUNGE'])
    await follows('1')
    await watch.stop()
    await mailbox.store(uids(2), { add: ['\\Flagged'] })
    await client.noop()
    expect(watch.uids.toString()).toBe('1')
    expect((await mailbox.search({ flagged: true })).toString()).toBe('1:2')
  })

  itNeeds(
    subject,
    'CONTEXT=SEARCH',
    'ESEARCH',
  )('tells a hint beside other results', async () => {
    await using client = await open(subject)
    await using mailbox = await client.examine(await mailboxWith(subject, mails(3)))
    expect(await mailbox.search({}, { return: ['context', 'count'] })).toEqual({ count: 3 })
  })

  itNeeds(
    subject,
    'SEARCH=FUZZY',
    'ESEARCH',
  )('finds what fits in about', async () => {
    await using client = await open(subject)
    await using mailbox = await client.examine(await mailboxWith(subject, mails(3)))
    // What fits is for the server to say; scores are as many as messages, or none.
    const { all, relevancy } = await mailbox.search({ fuzzy: { subject: 'mail' } }, { return: ['all', 'relevancy'] })
    expect(all.difference(uids('1:3')).isEmpty).toBe(true)
    expect([0, all.size]).toContain(relevancy.length)
    expect(relevancy.every((score) => score >= 1 && score <= 100)).toBe(true)
  })

  itNeeds(subject, 'CONDSTORE')('finds messages by the mod-sequence of a flag', async () => {
    await using client = await open(subject)
    const name = await mailboxWith(subject, mails(3))
    await using mailbox = await client.select(name, { condstore: true })
    await mailbox.store(uids(2), { add: ['\\Flagged'] })
    const [changed] = await mailbox.fetch(uids(2), { modSeq: true }).toArray()
    const value = changed!.modSeq
    const modSeq = { entry: '/flags/\\Flagged', type: 'all', value } as const
    expect((await mailbox.search({ modSeq })).toString()).toBe('2')
    expect((await mailbox.search({ modSeq: value })).toString()).toBe('2')
  })

  itNeeds(subject, 'MULTISEARCH')('searches many mailboxes without selecting them', async () => {
    await using client = await open(subject)
    const [first, second] = [await mailboxWith(subject, mails(2)), await mailboxWith(subject, [mail(), ...mails(1)])]
    const none = await mailboxWith(subject, [mail({ subject: 'other' })])
    await using mailbox = await client.examine(none)
    const found = await client.searchIn({ mailboxes: [first, second, none] }, { subject: 'mail' })
    const shown = found.map((each) => [each.mailbox, each.all.toString(), each.uidValidity > 0])
    expect(shown.sort()).toEqual(
      [
        [first, '1:2', true],
        [second, '2', true],
      ].sort(),
    )
    expect(client.mailbox).toBe(mailbox)
    const counted = await client.searchIn(
      { selected: true, subtreeOne: first },
      {},
      { return: ['count'], partial: '1:1' },
    )
    expect(counted.map((each) => [each.mailbox, each.count, each.partial.toString()]).sort()).toEqual(
      [
        [first, 2, '1'],
        [none, 1, '1'],
      ].sort(),
    )
  })

  itNeeds(subject, 'WITHIN')('finds messages by their age', async () => {
    await using client = await open(subject)
    const day = 24 * 3600
    const [old, young] = mails(2)
    const given =
      old === undefined || young === undefined ? [] : [{ ...old, date: new Date(Date.now() - 10 * day * 1000) }, young]
    const name = await mailboxWith(subject, given)
    await using mailbox = await client.examine(name)
    expect((await mailbox.search({ younger: day })).toString()).toBe('2')
    expect((await mailbox.search({ older: day })).toString()).toBe('1')
    expect((await mailbox.search({ older: 5 * day, younger: 20 * day })).toString()).toBe('1')
  })

  itNeeds(subject, 'I18NLEVEL=1')('finds text beyond ASCII whatever its case', async () => {
    await using client = await open(subject)
    const raw = Buffer.from('Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe_aus_K=C3=96LN?=\r\n\r\nhello\r\n')
    await using mailbox = await client.examine(await mailboxWith(subject, [{ raw }]))
    expect((await mailbox.search({ subject: 'köln' })).size).toBe(1)
    expect((await mailbox.search({ subject: 'GRÜ' })).size).toBe(1)
    expect((await mailbox.search({ subject: 'bonn' })).size).toBe(0)
  })
}
