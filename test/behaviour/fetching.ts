import { ArgumentError, hasFlag, headers, savedResult, section, seqs, uids, type Uid } from 'imapkit'
import { describe, expect } from 'vitest'
import { mail, mails, MIXED } from './mails.js'
import { fromOutside, itNeeds, itOn, mailboxWith, open, type Subject } from './subject.js'
import { rejection } from './tools.js'

const FIRST = 1 as Uid

/** What can be asked for of messages. */
export function fetching(subject: Subject): void {
  const it = itOn(subject)
  describe('fetching', () => {
    it('fetches every item of a query', async () => {
      await using client = await open(subject)
      const date = new Date('2020-02-29T23:59:58Z')
      const given = mail({ subject: 'all of it', flags: ['\\Seen', '$Keyword'], date })
      await using mailbox = await client.examine(await mailboxWith(subject, [given]))
      const query = {
        flags: true,
        envelope: true,
        internalDate: true,
        size: true,
        bodyStructure: true,
      } as const
      const [found] = await mailbox.fetch(uids('1:*'), query).toArray()
      expect(found).toMatchObject({ uid: 1, seq: 1, internalDate: date, size: given.raw.length })
      expect(found?.flags.filter((flag) => !hasFlag(['\\Recent'], flag)).sort()).toEqual(['$Keyword', '\\Seen'])
      expect(found?.envelope).toMatchObject({
        subject: 'all of it',
        date: new Date('2026-01-02T09:00:00Z'),
        from: [{ name: 'Ann', address: 'ann@example.org', mailbox: 'ann', host: 'example.org' }],
        to: [{ name: 'Bob', address: 'bob@example.org' }],
        cc: [],
        messageId: null,
      })
      expect(found?.bodyStructure).toMatchObject({ kind: 'single', type: 'text/plain', part: '1', lines: 1 })
      expect(found?.defects).toBeUndefined()
    })

    it('gives the UID alone to an empty query, and nothing that was not asked for', async () => {
      await using client = await open(subject)
      await using mailbox = await client.examine(await mailboxWith(subject, mails(2)))
      const found = await mailbox.fetch(uids('1:*'), {}).toArray()
      expect(found.map((each) => each.uid)).toEqual([1, 2])
      const [first] = await mailbox.fetch(uids('1:*'), { flags: true, envelope: false }).toArray()
      expect((first as { envelope?: unknown } | undefined)?.envelope).toBeUndefined()
    })

    it('decodes the envelope: encoded words, groups, zones', async () => {
      await using client = await open(subject)
      await using mailbox = await client.examine(await mailboxWith(subject, [MIXED]))
      const found = await mailbox.fetchOne(FIRST, { envelope: true })
      expect(found?.envelope).toMatchObject({
        subject: 'Grüße aus Türkiye',
        date: new Date('2026-01-01T18:00:45Z'),
        from: [{ name: 'Ğülşen Çelik', address: 'gulsen@example.com.tr' }],
        to: [
          { name: 'André Pirard', address: 'PIRARD@vm1.ulg.ac.be' },
          { name: 'Doe, J.', address: 'doe@example.org' },
        ],
        messageId: '<mixed@example.org>',
        inReplyTo: '<earlier@example.org>',
      })
      expect(found?.envelope.cc.map((each) => each.address)).toEqual(['ada@example.org', 'grace@example.com'])
      expect(found?.envelope.cc[0]?.group).toBe('Board')
      expect(found?.envelope.rawSubject).toContain('=?ISO-8859-1?Q?')
    })

    it('reads a nested body structure', async () => {
      await using client = await open(subject)
      await using mailbox = await client.examine(await mailboxWith(subject, [MIXED]))
      const found = await mailbox.fetchOne(FIRST, { bodyStructure: true })
      expect(found?.bodyStructure).toMatchObject({
        kind: 'multipart',
        type: 'multipart/mixed',
        children: [
          {
            kind: 'multipart',
            type: 'multipart/alternative',
            children: [
              { part: '1.1', type: 'text/plain', encoding: 'quoted-printable' },
              { part: '1.2', type: 'text/html', encoding: 'base64' },
            ],
          },
          { part: '2', kind: 'single', type: 'application/octet-stream', disposition: 'attachment' },
        ],
      })
    })

    it('fetches sections, partials and header fields', async () => {
      await using client = await open(subject)
      await using mailbox = await client.examine(await mailboxWith(subject, [MIXED]))
      const query = {
        sections: {
          whole: section(''),
          head: section('HEADER'),
          text: section('TEXT', { offset: 2, count: 9 }),
          html: section('1.2'),
          mime: section('2.MIME'),
          beyond: section('TEXT', { offset: 1_000_000, count: 10 }),
          some: headers('Subject', 'X-Folded', 'Missing'),
          all: headers(),
        },
      } as const
      const { sections } = (await mailbox.fetchOne(FIRST, query)) ?? {}
      const raw = MIXED.raw.toString('latin1')
      const text = (bytes: Uint8Array | null | undefined) => Buffer.from(bytes ?? []).toString('latin1')
      const bodyAt = raw.indexOf('\r\n\r\n') + 4
      expect(text(sections?.whole)).toBe(raw)
      expect(text(sections?.head)).toBe(raw.slice(0, bodyAt))
      expect(text(sections?.text)).toBe(raw.slice(bodyAt + 2, bodyAt + 11))
      expect(Buffer.from(text(sections?.html), 'base64').toString()).toContain('漢字')
      expect(text(sections?.mime)).toMatch(/^Content-Type: application\/octet-stream/)
      expect(text(sections?.beyond)).toBe('')
      expect(sections?.some?.get('x-folded')).toMatch(/^one\s+two$/)
      expect(sections?.some?.get('subject')).toBe('Grüße aus Türkiye')
      expect(sections?.some?.has('missing')).toBe(false)
      expect(sections?.some?.has('from')).toBe(false)
      expect(sections?.all?.get('message-id')).toBe('<mixed@example.org>')
    })

    it('never sets \\Seen by reading', async () => {
      await using client = await open(subject)
      const name = await mailboxWith(subject, [MIXED])
      await using mailbox = await client.select(name)
      const sections = { whole: section(''), head: headers('Subject'), part: section('1.1') }
      await mailbox.fetch(uids('1:*'), { sections }).toArray()
      for await (const body of mailbox.stream(uids('1:*'))) for await (const _ of body);
      await mailbox.parse(FIRST)
      await mailbox.download(FIRST, '2').then((file) => file?.bytes())
      expect(await fromOutside(subject, name, ['FETCH 1 (FLAGS)'])).not.toMatch(/FETCH \(.*\\Seen/)
    })

    it('gives null for a message that is not there', async () => {
      await using client = await open(subject)
      await using mailbox = await client.examine(await mailboxWith(subject, mails(2)))
      expect(await mailbox.fetchOne(999 as Uid, { flags: true })).toBeNull()
      expect(await mailbox.fetch(uids('500:600'), { flags: true }).toArray()).toEqual([])
      expect((await mailbox.fetchOne(2 as Uid, { flags: true }))?.uid).toBe(2)
    })

    it('sends nothing for an empty set and an empty mailbox', async () => {
      await using client = await open(subject)
      await using mailbox = await client.examine(await mailboxWith(subject))
      const before = client.traffic.bytesOut
      expect(await mailbox.fetch(uids('1:*'), { flags: true }).toArray()).toEqual([])
      expect(await mailbox.fetch(uids(), { flags: true }).toArray()).toEqual([])
      expect(client.traffic.bytesOut).toBe(before)
    })

    it('drops what was not asked for: 500:* is answered with the last message', async () => {
      await using client = await open(subject)
      await using mailbox = await client.examine(await mailboxWith(subject, mails(3)))
      expect(await mailbox.fetch(uids('500:*'), { flags: true }).toArray()).toEqual([])
      expect((await mailbox.fetch(uids('*'), { flags: true }).toArray()).map((each) => each.uid)).toEqual([3])
      expect((await mailbox.fetch(uids('2:*'), { flags: true }).toArray()).map((each) => each.uid)).toEqual([2, 3])
    })

    it('fetches by sequence number', async () => {
      await using client = await open(subject)
      const name = await mailboxWith(subject, mails(5))
      await fromOutside(subject, name, ['STORE 2 +FLAGS (\\Deleted)', 'EXPUNGE'])
      await using mailbox = await client.examine(name)
      const found = await mailbox.fetch(seqs('2:3'), { flags: true }).toArray()
      expect(found.map((each) => [each.seq, each.uid])).toEqual([
        [2, 3],
        [3, 4],
      ])
      expect((await mailbox.fetch(seqs('*'), {}).toArray()).map((each) => each.uid)).toEqual([5])
    })

    itNeeds(subject, 'CONDSTORE')('fetches what changed since a mod-sequence', async () => {
      await using client = await open(subject)
      const name = await mailboxWith(subject, mails(4))
      await using mailbox = await client.select(name)
      const changedSince = mailbox.highestModSeq ?? 0n
      await fromOutside(subject, name, ['STORE 3 +FLAGS (\\Flagged)'])
      const found = await mailbox.fetch(uids('1:*'), { flags: true, modSeq: true }, { changedSince }).toArray()
      expect(found.map((each) => each.uid)).toEqual([3])
      expect(found[0]?.modSeq).toBeGreaterThan(changedSince)
    })

    itNeeds(subject, 'SEARCHRES')('fetches the saved result of a search', async () => {
      await using client = await open(subject)
      await using mailbox = await client.examine(
        await mailboxWith(subject, [mail(), mail({ subject: 'kept' }), mail()]),
      )
      await mailbox.search({ subject: 'kept' }, { return: ['save'] })
      const found = await mailbox.fetch(savedResult, { envelope: true }).toArray()
      expect(found.map((each) => each.envelope.subject)).toEqual(['kept'])
    })

    it('takes one message, and gives batches', async () => {
      await using client = await open(subject)
      await using mailbox = await client.examine(await mailboxWith(subject, mails(30)))
      expect((await mailbox.fetch(uids('5:20'), { flags: true }).first())?.uid).toBe(5)
      const seen: number[] = []
      for await (const batch of mailbox.fetch(uids('1:*'), { flags: true }).batches()) {
        expect(batch.length).toBeGreaterThan(0)
        seen.push(...batch.map((each) => each.uid))
      }
      expect(seen).toEqual(Array.from({ length: 30 }, (_, i) => i + 1))
    })

    it('answers each of 200 pipelined fetchOne', async () => {
      await using client = await open(subject)
      await using mailbox = await client.examine(await mailboxWith(subject, mails(200)))
      const found = await Promise.all(
        Array.from({ length: 200 }, (_, i) =>
          mailbox.fetchOne(
            (i + 1) as Uid,
            i % 3 === 0 ? { envelope: true, sections: { all: section('') } } : { envelope: true },
          ),
        ),
      )
      expect(found.map((each) => [each?.uid, each?.envelope.subject])).toEqual(
        Array.from({ length: 200 }, (_, i) => [i + 1, `mail ${i + 1}`]),
      )
    })

    it('answers each of 200 pipelined fetchOne of few messages, for different items', async () => {
      await using client = await open(subject)
      const given = mails(3, { body: 'x'.repeat(3000) })
      await using mailbox = await client.examine(await mailboxWith(subject, given))
      const calls = Array.from({ length: 200 }, async (_, i) => {
        const index = i % 3
        const uid = (index + 1) as Uid
        const raw = given[index]?.raw ?? Buffer.alloc(0)
        switch (i % 5) {
          case 0:
            return expect((await mailbox.fetchOne(uid, { flags: true }))?.uid).toBe(uid)
          case 1: {
            const found = await mailbox.fetchOne(uid, { sections: { all: section('') } })
            return expect(Buffer.from(found?.sections.all ?? []).equals(raw)).toBe(true)
          }
          case 2: {
            const found = await mailbox.fetchOne(uid, { sections: { all: section('', { offset: i, count: 50 }) } })
            return expect(Buffer.from(found?.sections.all ?? []).equals(raw.subarray(i, i + 50))).toBe(true)
          }
          case 3:
            return expect((await mailbox.fetchOne(uid, { size: true }))?.size).toBe(raw.length)
          default:
            return expect(await mailbox.fetchOne((uid + 100) as Uid, { size: true })).toBeNull()
        }
      })
      await Promise.all(calls)
    })

    it('refuses sets and queries that cannot be', async () => {
      await using client = await open(subject)
      await using mailbox = await client.examine(await mailboxWith(subject, mails(1)))
      expect(() => uids('0')).toThrow(ArgumentError)
      expect(() => uids('1:')).toThrow(ArgumentError)
      expect(() => seqs('1 2')).toThrow(ArgumentError)
      const query = { envelopes: true } as object
      expect(await rejection(mailbox.fetch(uids('1'), query).toArray())).toBeInstanceOf(ArgumentError)
      expect(await rejection(mailbox.fetch('1:*' as never, {}).toArray())).toBeInstanceOf(ArgumentError)
      expect(await rejection(mailbox.fetchOne(0 as Uid, {}))).toBeInstanceOf(ArgumentError)
      expect(() => section('1.0')).toThrow(ArgumentError)
      expect(() => headers('a b')).toThrow(ArgumentError)
    })
  })
}
