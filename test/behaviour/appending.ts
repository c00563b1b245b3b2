import { Readable } from 'node:stream'
import { ReadableStream } from 'node:stream/web'
import { ArgumentError, hasFlag, ImapError, ResponseError, uids, type Uid } from 'imapkit'
import { describe, expect, it } from 'vitest'
import { bigMail, mail, sha256 } from './mails.js'
import { itNeeds, mailboxName, mailboxWith, open, type Subject } from './subject.js'
import { bytesOf, rejection, sleep } from './tools.js'

/** Cuts bytes into pieces of odd sizes. */
function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0, size = 1; at < bytes.length; at += size, size = (size * 3 + 1) % 20_011) {
    yield bytes.subarray(at, at + size)
  }
}

/** The same, now and then a little later. */
async function* slowPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (const piece of pieces(bytes)) {
    await sleep(1)
    yield piece
  }
}

/** Putting messages into mailboxes. */
export function appending(subject: Subject): void {
  describe('appending', () => {
    /** What is in a mailbox as its only message, with what the server says of it. */
    async function only(name: string) {
      await using client = await open(subject)
      await using mailbox = await client.examine(name)
      expect((await mailbox.search({})).toString()).toBe('1')
      const message = await mailbox.fetchOne(1 as Uid, { flags: true, internalDate: true, size: true })
      const bytes: Buffer[] = []
      for await (const body of mailbox.stream(uids(1))) bytes.push(await bytesOf(body))
      return { ...message, bytes: Buffer.concat(bytes) }
    }

    it('appends text: its line ends become CRLF', async () => {
      await using client = await open(subject)
      const name = await mailboxWith(subject)
      await client.append(name, 'Subject: ünï\n\none\r\ntwo\rthree\n')
      const found = await only(name)
      expect(found.bytes.toString()).toBe('Subject: ünï\r\n\r\none\r\ntwo\r\nthree\r\n')
      expect(found.flags?.filter((flag) => !hasFlag(['\\Recent'], flag))).toEqual([])
    })

    it('appends bytes as they are, with flags and a date', async () => {
      await using client = await open(subject)
      const name = await mailboxWith(subject)
      const { raw } = bigMail(5000, 3, true)
      const internalDate = new Date('2001-02-03T04:05:06Z')
      await client.append(name, raw, { flags: ['\\Seen', '\\Draft', '$Custom'], internalDate })
      const found = await only(name)
      expect(sha256(found.bytes)).toBe(sha256(raw))
      expect(found.size).toBe(raw.length)
      expect(found.internalDate).toEqual(internalDate)
      for (const flag of ['\\Seen', '\\Draft', '$Custom']) expect(hasFlag(found.flags ?? [], flag)).toBe(true)
    })

    it.each([
      ['an async iterable', slowPieces],
      ['a Readable', (raw: Buffer) => Readable.from(pieces(raw))],
      ['a web stream', (raw: Buffer) => ReadableStream.from<Uint8Array>(pieces(raw))],
      ['an array', (raw: Buffer) => [...pieces(raw)]],
    ] as const)('appends %s of a known size', async (_, make) => {
      await using client = await open(subject)
      const name = await mailboxWith(subject)
      const { raw } = bigMail(300_000, 4, true)
      await client.append(name, { stream: make(raw), size: raw.length })
      expect(sha256((await only(name)).bytes)).toBe(sha256(raw))
    })

    it('appends a large message', async () => {
      await using client = await open(subject)
      const name = await mailboxWith(subject)
      const { raw } = bigMail(12_000_000, 5)
      await client.append(name, { stream: pieces(raw), size: raw.length })
      expect(sha256((await only(name)).bytes)).toBe(sha256(raw))
    })

    it.each([
      ['too short', -1],
      ['too long', 1],
    ])('never makes a torn message of a source that is %s', async (_, difference) => {
      const client = await open(subject)
      const name = await mailboxWith(subject)
      const { raw } = bigMail(50_000)
      const source = Readable.from(pieces(raw))
      const error = await rejection(client.append(name, { stream: source, size: raw.length - difference }))
      expect(error).toBeInstanceOf(ImapError)
      client.close()
      await client.closed
      await using other = await open(subject)
      expect(await other.status(name, { messages: true })).toEqual({ messages: 0 })
    })

    it('passes on what a source throws, and appends nothing', async () => {
      const client = await open(subject)
      const name = await mailboxWith(subject)
      const cause = new Error('the disk is gone')
      const source = (async function* () {
        yield Buffer.alloc(1000, 'x')
        await Promise.resolve()
        throw cause
      })()
      const error = await rejection(client.append(name, { stream: source, size: 2000 }))
      expect(error === cause || (error as Error).cause === cause).toBe(true)
      client.close()
      await using other = await open(subject)
      expect(await other.status(name, { messages: true })).toEqual({ messages: 0 })
    })

    it('appends a list of messages', async () => {
      await using client = await open(subject)
      const name = await mailboxWith(subject)
      const results = await client.append(name, [
        { content: 'Subject: one\n\n1\n', flags: ['\\Seen'] },
        { content: Buffer.from('Subject: two\r\n\r\n2\r\n'), internalDate: new Date('2010-10-10T10:10:10Z') },
        { content: 'Subject: three\n\n3\n' },
      ])
      expect(results.length).toBe(3)
      await using mailbox = await client.examine(name)
      const all = await mailbox
        .fetch(await mailbox.search({}), { envelope: true, flags: true, internalDate: true })
        .toArray()
      expect(all.map((each) => each.envelope.subject)).toEqual(['one', 'two', 'three'])
      expect(all.map((each) => hasFlag(each.flags, '\\Seen'))).toEqual([true, false, false])
      expect(all[1]?.internalDate).toEqual(new Date('2010-10-10T10:10:10Z'))
    })

    itNeeds(subject, 'UIDPLUS')('tells the UIDs of what it appends', async () => {
      await using client = await open(subject)
      const name = await mailboxWith(subject, [mail()])
      const { uidValidity } = await client.status(name, { uidValidity: true })
      expect(await client.append(name, 'Subject: x\n\nx\n')).toEqual({ uid: 2, uidValidity })
      const two = [{ content: 'Subject: y\n\ny\n' }, { content: 'Subject: z\n\nz\n' }]
      expect((await client.append(name, two)).map((each) => each.uid)).toEqual([3, 4])
    })

    it('says TRYCREATE where there is no such mailbox', async () => {
      await using client = await open(subject)
      const error = await rejection(client.append(mailboxName('missing'), 'Subject: x\n\nx\n'))
      expect(error).toBeInstanceOf(ResponseError)
      expect(error).toMatchObject({ responseCode: { name: 'TRYCREATE' } })
      await client.noop()
    })

    it('shows an appended message to the mailbox that is selected', async () => {
      await using client = await open(subject)
      const name = await mailboxWith(subject, [mail()])
      await using mailbox = await client.select(name)
      await client.append(name, 'Subject: second\n\nx\n')
      expect((await mailbox.fetchOne(2 as Uid, { envelope: true }))?.envelope.subject).toBe('second')
    })

    it.each([
      [{ flags: ['\\Seen (\\Deleted)'] }],
      [{ flags: ['two words'] }],
      [{ flags: [''] }],
      [{ internalDate: new Date(NaN) }],
    ])('refuses %j before a byte is sent', async (options) => {
      await using client = await open(subject)
      const before = client.traffic.bytesOut
      expect(await rejection(client.append('INBOX', 'Subject: x\n\nx\n', options))).toBeInstanceOf(ArgumentError)
      expect(client.traffic.bytesOut).toBe(before)
    })

    it('refuses what is no message', async () => {
      await using client = await open(subject)
      const wrongs: unknown[] = [undefined, 5, { stream: [] }, { stream: [], size: -1 }]
      for (const wrong of wrongs) {
        expect(await rejection(client.append('INBOX', wrong as string))).toBeInstanceOf(ArgumentError)
      }
    })
  })
}
