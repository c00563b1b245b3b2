import {
  AuthenticationError,
  connect,
  hasFlag,
  headers,
  ResponseError,
  section,
  seqs,
  StateError,
  uids,
  type Uid,
} from 'imapkit'
import { describe, expect, it } from 'vitest'
import { bigMail, mail, mails, MIXED, sha256 } from './mails.js'
import { deliver, fromOutside, mailboxWith, newName, offers, open, type Subject } from './subject.js'
import { bytesOf, record, rejection, until } from './tools.js'

const FIRST = 1 as Uid

/** Whether a server gives back what it was given: imap4d adds header fields of its own to what it stores. */
const keepsBytes = (subject: Subject): boolean => subject.name !== 'imap4d'

/** What users do every day, in a few seconds: for servers on which not every behaviour is tried. */
export function essentials(subject: Subject): void {
  describe('essentials', () => {
    it.each(['tls', 'starttls', 'plaintext'] as const)('connects by %s, and logs out', async (security) => {
      const client = await open(subject, { security })
      expect(client.state).toBe('authenticated')
      expect(client.capabilities.has('IMAP4rev1')).toBe(true)
      await client.noop()
      await client.logout()
      expect(await client.closed).toMatchObject({ reason: 'logout' })
    })

    it('logs in by the LOGIN command', async () => {
      const { auth, ...options } = subject.options({ user: 'bob' })
      const mechanisms = ['LOGIN'] as const
      await using client = await connect({ ...options, auth: { ...auth, mechanisms } })
      await using inbox = await client.select('INBOX')
      expect(inbox.name).toBe('INBOX')
    })

    it('is refused with a wrong password', async () => {
      const { auth, ...options } = subject.options()
      const error = await rejection(connect({ ...options, auth: { ...auth, password: 'wrong' } }))
      expect(error).toBeInstanceOf(AuthenticationError)
    })

    it('creates, lists, renames and deletes mailboxes', async () => {
      await using client = await open(subject)
      const [from, to] = [newName(subject, 'Entwürfe & Größen'), newName(subject, 'renamed')]
      await client.createMailbox(from)
      const names = async () => (await client.list('*')).map((each) => each.name)
      expect(await names()).toEqual(expect.arrayContaining(['INBOX', from]))
      expect((await client.list(from))[0]).toMatchObject({ name: from, selectable: true })
      await client.subscribe(from)
      expect((await client.lsub('*')).map((each) => each.name)).toContain(from)
      await client.unsubscribe(from)
      await client.append(from, MIXED.raw)
      await client.renameMailbox(from, to)
      expect(await client.status(to, { messages: true, unseen: true })).toEqual({ messages: 1, unseen: 1 })
      expect(await names()).not.toContain(from)
      await client.deleteMailbox(to)
      expect(await names()).not.toContain(to)
    })

    it('tells what is wrong with a name', async () => {
      await using client = await open(subject)
      expect(await rejection(client.select(newName(subject, 'missing')))).toBeInstanceOf(ResponseError)
      expect(client.state).toBe('authenticated')
      expect(await rejection(client.append(newName(subject, 'missing'), 'Subject: x\r\n\r\nx\r\n'))).toBeInstanceOf(
        ResponseError,
      )
      await client.noop()
    })

    it('selects, examines, and changes between mailboxes', async () => {
      await using client = await open(subject)
      const [one, two] = [await mailboxWith(subject, mails(3)), await mailboxWith(subject, mails(1))]
      await using first = await client.select(one)
      expect(first).toMatchObject({ name: one, exists: 3, readOnly: false })
      expect(first.uidValidity).toBeGreaterThan(0)
      await using second = await client.examine(two)
      expect(second).toMatchObject({ name: two, exists: 1, readOnly: true })
      expect(await rejection(first.search({}))).toBeInstanceOf(StateError)
    })

    it('fetches what a list of messages shows', async () => {
      await using client = await open(subject)
      const date = new Date('2026-02-28T12:00:00Z')
      const given = [mail({ subject: 'first', flags: ['\\Seen'], date }), MIXED]
      await using mailbox = await client.examine(await mailboxWith(subject, given))
      const query = { flags: true, envelope: true, internalDate: true, size: true, bodyStructure: true } as const
      const found = await mailbox.fetch(uids('1:*'), query).toArray()
      expect(found.map((each) => [each.uid, each.seq])).toEqual([
        [1, 1],
        [2, 2],
      ])
      expect(hasFlag(found[0]?.flags ?? [], '\\Seen')).toBe(true)
      if (keepsBytes(subject)) expect(found[0]?.size).toBe(given[0]?.raw.length)
      expect(found[0]).toMatchObject({
        envelope: { subject: 'first', from: [{ name: 'Ann', address: 'ann@example.org' }] },
        bodyStructure: { kind: 'single', type: 'text/plain' },
      })
      expect(found[0]?.internalDate).toEqual(date)
      expect(found[1]).toMatchObject({
        envelope: { subject: 'Grüße aus Türkiye', messageId: '<mixed@example.org>' },
        bodyStructure: { kind: 'multipart', type: 'multipart/mixed' },
      })
      for (const each of found) expect(each.defects).toBeUndefined()
    })

    it('fetches sections and header fields, and sets no flag', async () => {
      await using client = await open(subject)
      await using mailbox = await client.select(await mailboxWith(subject, [MIXED]))
      const query = {
        sections: { all: section(''), text: section('1.1'), head: headers('Subject', 'X-Folded') },
      } as const
      const found = await mailbox.fetchOne(FIRST, query)
      const all = Buffer.from(found?.sections.all ?? [])
      const body = MIXED.raw.subarray(MIXED.raw.indexOf('\r\n\r\n'))
      expect(all.equals(MIXED.raw) || (!keepsBytes(subject) && all.subarray(-body.length).equals(body))).toBe(true)
      expect(Buffer.from(found?.sections.text ?? []).toString('latin1')).toContain('F=FCnf')
      expect(found?.sections.head?.get('subject')).toBe('Grüße aus Türkiye')
      expect((await mailbox.search({ seen: true })).isEmpty).toBe(true)
    })

    it('streams a body of a mebibyte, byte for byte', async () => {
      await using client = await open(subject)
      const given = bigMail(1 << 20)
      const name = await mailboxWith(subject)
      await client.append(name, given.raw)
      await using mailbox = await client.examine(name)
      const part = keepsBytes(subject) ? '' : 'TEXT'
      const expected = keepsBytes(subject) ? given.raw : given.raw.subarray(given.raw.indexOf('\r\n\r\n') + 4)
      for await (const body of mailbox.stream(uids(1), part)) expect(sha256(await bytesOf(body))).toBe(sha256(expected))
    })

    it('searches', async () => {
      await using client = await open(subject)
      const given = [
        mail({ from: 'Ben <ben@example.com>', subject: 'Invoice', body: 'Please pay.\r\n', flags: ['\\Flagged'] }),
        mail({ subject: 'Lunch', flags: ['\\Seen'] }),
        mail({ subject: 'Dinner' }),
      ]
      await using mailbox = await client.examine(await mailboxWith(subject, given))
      const cases = [
        [{}, '1:3'],
        [{ flagged: true }, '1'],
        [{ seen: false }, '1,3'],
        [{ subject: 'LUNCH' }, '2'],
        [{ from: 'ben@example.com' }, '1'],
        [{ body: 'pay' }, '1'],
        [{ or: [{ subject: 'lunch' }, { subject: 'dinner' }] }, '2:3'],
        [{ not: { subject: 'lunch' } }, '1,3'],
        [{ larger: 1_000_000 }, ''],
        [{ uid: uids('2:3') }, '2:3'],
      ] as const
      for (const [criteria, expected] of cases) {
        expect([criteria, (await mailbox.search(criteria)).toString()]).toEqual([criteria, expected])
      }
      expect((await mailbox.searchSeq({ subject: 'dinner' })).toString()).toBe('3')
      expect(await mailbox.search({ seen: false }, { return: ['count', 'min', 'max'] })).toEqual({
        count: 2,
        min: 1,
        max: 3,
      })
    })

    it('appends with flags and a date', async () => {
      await using client = await open(subject)
      const name = await mailboxWith(subject)
      const internalDate = new Date('2026-03-01T10:20:30Z')
      await client.append(name, [
        { content: 'Subject: one\r\n\r\nGrüße\r\n', flags: ['\\Seen', '\\Draft'], internalDate },
        { content: bigMail(200_000).raw },
      ])
      await using mailbox = await client.examine(name)
      const found = await mailbox.fetch(uids('1:*'), { flags: true, internalDate: true, envelope: true }).toArray()
      expect(found.map((each) => each.envelope.subject)).toEqual(['one', 'big 1'])
      expect(hasFlag(found[0]?.flags ?? [], '\\Draft')).toBe(true)
      expect(found[0]?.internalDate).toEqual(internalDate)
    })

    it('adds, removes and replaces flags', async () => {
      await using client = await open(subject)
      await using mailbox = await client.select(await mailboxWith(subject, mails(3)))
      await mailbox.store(uids('1:2'), { add: ['\\Seen', '\\Answered'] })
      await mailbox.store(FIRST, { remove: ['\\Seen'] })
      await mailbox.store(seqs('3'), { replace: ['\\Flagged'], silent: true })
      const flags = async (key: 'seen' | 'answered' | 'flagged') => (await mailbox.search({ [key]: true })).toString()
      expect([await flags('seen'), await flags('answered'), await flags('flagged')]).toEqual(['2', '1:2', '3'])
    })

    it('copies, moves and deletes', async () => {
      await using client = await open(subject)
      const target = await mailboxWith(subject)
      await using mailbox = await client.select(await mailboxWith(subject, mails(5)))
      await mailbox.copy(uids('1,3'), target)
      await mailbox.move(uids('4'), target, { allowNonAtomic: true })
      await mailbox.delete(uids('1:2'), { allowFullExpunge: true })
      const left = offers(subject, 'UIDPLUS') || offers(subject, 'MOVE') ? '3,5' : /^3(?:,|:)/
      expect((await mailbox.search({ deleted: false })).toString()).toMatch(left)
      expect(await client.status(target, { messages: true })).toEqual({ messages: 3 })
      await using other = await client.examine(target)
      const subjects = await other.fetch(uids('1:*'), { envelope: true }).toArray()
      expect(subjects.map((each) => each.envelope.subject)).toEqual(['mail 1', 'mail 3', 'mail 4'])
    })

    it('hears of what others do', async () => {
      const name = await mailboxWith(subject, mails(2))
      await using client = await open(subject)
      const [exists, expunge] = [record(client, 'exists'), record(client, 'expunge')]
      await using mailbox = await client.select(name)
      await deliver(subject, name, mails(1))
      await until('exists', async () => {
        await client.noop()
        return exists.some((each) => each.count === 3)
      })
      // imap4d tells the others nothing of that.
      if (subject.name === 'imap4d') return
      await fromOutside(subject, name, ['UID STORE 1 +FLAGS (\\Deleted)', 'EXPUNGE'])
      await until('expunge', async () => {
        await client.noop()
        return expunge.length === 1
      })
      expect(mailbox.exists).toBe(2)
    })

    it('runs many calls at once', async () => {
      await using client = await open(subject)
      await using mailbox = await client.select(await mailboxWith(subject, mails(20)))
      const calls = Array.from({ length: 20 }, async (_, i) => {
        const message = await mailbox.fetchOne((i + 1) as Uid, { envelope: true })
        return message?.envelope.subject
      })
      const [subjects, found] = await Promise.all([Promise.all(calls), mailbox.search({ subject: 'mail 20' })])
      expect(subjects).toEqual(Array.from({ length: 20 }, (_, i) => `mail ${i + 1}`))
      expect(found.toString()).toBe('20')
    })
  })
}
