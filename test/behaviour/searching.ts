import { ArgumentError, ResponseError, savedResult, seqs, uids, type SearchCriteria } from 'imapkit'
import { beforeAll, describe, expect } from 'vitest'
import { mail } from './mails.js'
import { itNeeds, itOn, mailboxWith, open, type Subject } from './subject.js'
import { rejection } from './tools.js'

const day = (text: string): Date => new Date(`${text}T12:00:00Z`)

const MAILS = [
  mail({ from: 'Ann <ann@example.org>', subject: 'Invoice for May', body: 'Please pay.\r\n', date: day('2026-01-10') }),
  mail({ from: 'Ben <ben@example.com>', subject: 'Lunch?', flags: ['\\Seen', '\\Answered'], date: day('2026-02-10') }),
  mail({
    to: 'Ann <ann@example.org>',
    subject: '=?UTF-8?B?R3LDvMOfZSBhdXMgV2llbg==?=',
    fields: ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 8bit', 'Cc: cc@example.net'],
    body: 'Grüße und 漢字.\r\n',
    flags: ['\\Flagged', '$Work'],
    date: day('2026-02-11'),
  }),
  mail({
    subject: 'Large',
    body: 'x'.repeat(70) + '\r\n' + 'padding\r\n'.repeat(900),
    flags: ['\\Draft'],
    date: day('2026-02-12'),
  }),
  mail({
    sent: 'Mon, 1 Jun 2026 23:30:00 -0800',
    fields: ['X-Tag: blue', 'Bcc: secret@example.net'],
    flags: ['\\Deleted', '\\Seen'],
    date: day('2026-06-03'),
  }),
  mail({ subject: 'quotes "and" back\\slash', fields: ['X-Tag: green', 'X-Empty:'], date: day('2026-07-01') }),
]

/** Finding messages. */
export function searching(subject: Subject): void {
  const it = itOn(subject)
  describe('searching', () => {
    let name: string

    beforeAll(async () => {
      name = await mailboxWith(subject, MAILS)
    })

    it.each<[SearchCriteria, string]>([
      [{}, '1:6'],
      [{ seen: true }, '2,5'],
      [{ seen: false }, '1,3:4,6'],
      [{ answered: true }, '2'],
      [{ answered: false, flagged: false }, '1,4:6'],
      [{ flagged: true }, '3'],
      [{ draft: true }, '4'],
      [{ draft: false }, '1:3,5:6'],
      [{ deleted: true }, '5'],
      [{ deleted: false }, '1:4,6'],
      [{ keyword: '$Work' }, '3'],
      [{ not: { keyword: '$work' } }, '1:2,4:6'],
      [{ from: 'ben@' }, '2'],
      [{ to: 'ann@example.org' }, '3'],
      [{ cc: 'cc@example.net' }, '3'],
      [{ bcc: 'secret' }, '5'],
      [{ subject: 'INVOICE' }, '1'],
      [{ subject: ['invoice', 'may'] }, '1'],
      [{ subject: 'quotes "and" back\\slash' }, '6'],
      [{ body: 'please pay' }, '1'],
      [{ text: 'lunch' }, '2'],
      [{ header: { 'X-Tag': 'blue' } }, '5'],
      [{ header: { 'x-tag': '' } }, '5:6'],
      [{ header: { 'X-Empty': '' } }, '6'],
      [{ header: { 'X-Missing': '' } }, ''],
      [{ since: '2026-02-11' }, '3:6'],
      [{ before: '2026-02-11' }, '1:2'],
      [{ on: '2026-02-11' }, '3'],
      [{ since: new Date('2026-02-11T23:59:59Z'), before: day('2026-06-03') }, '3:4'],
      [{ sentSince: '2026-05-01' }, '5'],
      [{ sentBefore: '2026-05-01' }, '1:4,6'],
      [{ sentOn: '2026-06-01' }, '5'],
      [{ larger: 5000 }, '4'],
      [{ smaller: 5000 }, '1:3,5:6'],
      [{ uid: uids('2:4') }, '2:4'],
      [{ uid: uids() }, ''],
      [{ seq: seqs('*') }, '6'],
      [{ seq: seqs() }, ''],
      [{ or: [{ from: 'ben' }, { draft: true }] }, '2,4'],
      [{ or: [{ from: 'ben' }, { draft: true }, { subject: 'invoice', seen: false }, { flagged: true }] }, '1:4'],
      [{ or: [{ flagged: true }] }, '3'],
      [{ not: { seen: true, deleted: true } }, '1:4,6'],
      [{ not: { or: [{ seen: true }, { flagged: true }] }, smaller: 5000 }, '1,6'],
      [{ not: { not: { seen: true } } }, '2,5'],
    ])('finds %o', async (criteria, expected) => {
      await using client = await open(subject)
      await using mailbox = await client.examine(name)
      expect((await mailbox.search(criteria)).toString()).toBe(expected)
    })

    it.each<[SearchCriteria, string]>([
      [{ subject: 'Grüße' }, '3'],
      [{ body: '漢字' }, '3'],
      [{ text: 'GRÜSSE', subject: 'wien' }, ''],
      [{ or: [{ subject: 'Grüße' }, { from: 'ben' }] }, '2:3'],
      [{ not: { body: '漢字' } }, '1:2,4:6'],
    ])('finds text beyond ASCII: %o', async (criteria, expected) => {
      await using client = await open(subject)
      await using mailbox = await client.examine(name)
      // Whether ss equals ß is the server's business.
      if (criteria.text === 'GRÜSSE')
        expect((await mailbox.search(criteria)).difference(uids('3')).toString()).toBe(expected)
      else expect((await mailbox.search(criteria)).toString()).toBe(expected)
    })

    it('returns what was asked for', async () => {
      await using client = await open(subject)
      await using mailbox = await client.examine(name)
      expect(await mailbox.search({ seen: false }, { return: ['min', 'max', 'count'] })).toMatchObject({
        min: 1,
        max: 6,
        count: 4,
      })
      const { all } = await mailbox.search({ seen: true }, { return: ['all'] })
      expect(all.toString()).toBe('2,5')
      expect(await mailbox.search({ subject: 'nowhere' }, { return: ['min', 'max', 'count', 'all'] })).toMatchObject({
        min: null,
        max: null,
        count: 0,
        all: uids(),
      })
    })

    itNeeds(subject, 'CONDSTORE')('finds by mod-sequence', async () => {
      await using client = await open(subject)
      await using mailbox = await client.examine(name)
      expect((await mailbox.search({ modSeq: 1n })).toString()).toBe('1:6')
      expect((await mailbox.search({ modSeq: 1n << 62n })).toString()).toBe('')
    })

    itNeeds(subject, 'SEARCHRES')('saves a result on the server and uses it', async () => {
      await using client = await open(subject)
      await using mailbox = await client.examine(name)
      await mailbox.search({ seen: false }, { return: ['save'] })
      expect((await mailbox.search({ uid: savedResult, smaller: 5000 })).toString()).toBe('1,3,6')
      const { count, all } = await mailbox.search({ flagged: true }, { return: ['save', 'count', 'all'] })
      expect([count, all.toString()]).toEqual([1, '3'])
      expect((await mailbox.fetch(savedResult, { flags: true }).toArray()).map((each) => each.uid)).toEqual([3])
    })

    it('gives sequence numbers when asked for', async () => {
      await using client = await open(subject)
      await using mailbox = await client.examine(name)
      const found = await mailbox.searchSeq({ flagged: true })
      expect(found.kind).toBe('seq')
      expect(found.toString()).toBe('3')
    })

    it('gives every one of many searches at once its own answer', async () => {
      await using client = await open(subject)
      await using mailbox = await client.examine(name)
      const results = await Promise.all(
        Array.from({ length: 60 }, (_, i) =>
          mailbox.search({ uid: uids((i % 6) + 1) }).then((found) => found.toString()),
        ),
      )
      expect(results).toEqual(Array.from({ length: 60 }, (_, i) => String((i % 6) + 1)))
    })

    it('finds a large and scattered set', async () => {
      await using client = await open(subject)
      await using mailbox = await client.examine(name)
      const scattered = uids(Array.from({ length: 5000 }, (_, i) => 2 * i + 1))
      expect((await mailbox.search({ uid: scattered })).toString()).toBe('1,3,5')
    })

    it.each([
      [{ subjekt: 'x' }],
      [{ or: [] }],
      [{ since: '11.02.2026' }],
      [{ since: '2026-02-30' }],
      [{ on: new Date(NaN) }],
      [{ larger: -1 }],
      [{ larger: 1.5 }],
      [{ subject: 'a\0b' }],
      [{ keyword: 'two words' }],
      [{ header: { 'bad name': 'x' } }],
      [{ uid: 5.5 }],
      [[]],
    ] as unknown as [SearchCriteria][])('refuses %o before a byte is sent', async (criteria) => {
      await using client = await open(subject)
      await using mailbox = await client.examine(name)
      const before = client.traffic.bytesOut
      expect(await rejection(mailbox.search(criteria))).toBeInstanceOf(ArgumentError)
      expect(client.traffic.bytesOut).toBe(before)
      expect((await mailbox.search({ seen: true })).size).toBe(2)
    })

    it('sends text with line ends as it is, or refuses it', async () => {
      await using client = await open(subject)
      await using mailbox = await client.examine(name)
      const outcome: unknown = await mailbox.search({ body: 'a\r\nx LOGOUT' }).catch((error: unknown) => error)
      if (outcome instanceof Error) expect([ArgumentError, ResponseError]).toContain(outcome.constructor)
      else expect(String(outcome)).toBe('')
      expect((await mailbox.search({ seen: true })).size).toBe(2)
    })
  })
}
