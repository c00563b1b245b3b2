import { createHash } from 'node:crypto'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AbortError, ImapError, uids, type Uid } from 'imapkit'
import { describe, expect, it } from 'vitest'
import { bigMail, mails, MIXED, sha256, type Mail } from './mails.js'
import { fromOutside, mailboxWith, open, type Subject } from './subject.js'
import { bytesOf, rejection, sleep, until } from './tools.js'

/** Small enough to be quick, large enough to be cut into pieces. */
const SMALL_PIECES = { limits: { piece: 64 * 1024 } }
const HUGE = 6_000_000

/** Whole messages and sections, streamed. */
export function bodies(subject: Subject): void {
  describe('bodies', () => {
    const assorted: readonly Mail[] = [
      ...mails(20),
      bigMail(500_000, 1),
      MIXED,
      bigMail(200_000, 2, true),
      ...mails(5, { body: '' }),
      bigMail(1, 3),
      bigMail(90_001, 4, true),
    ]

    it.each([
      ['whole', {}],
      ['in pieces', SMALL_PIECES],
    ])('streams bodies byte by byte as they were appended, %s', async (_, options) => {
      await using client = await open(subject, {}, options)
      await using mailbox = await client.examine(await mailboxWith(subject, assorted))
      const found: [number, number, string][] = []
      for await (const body of mailbox.stream(uids('1:*'))) {
        const hash = createHash('sha256')
        let size = 0
        for await (const chunk of body) {
          hash.update(chunk)
          size += chunk.length
        }
        expect(body.size).toBe(size)
        found.push([body.uid, size, hash.digest('hex')])
      }
      expect(found).toEqual(assorted.map(({ raw }, i) => [i + 1, raw.length, sha256(raw)]))
    })

    it('streams one section', async () => {
      await using client = await open(subject)
      await using mailbox = await client.examine(await mailboxWith(subject, [MIXED]))
      for await (const body of mailbox.stream(uids('1:*'), 'TEXT')) {
        const raw = MIXED.raw.subarray(MIXED.raw.indexOf('\r\n\r\n') + 4)
        expect(sha256(await bytesOf(body))).toBe(sha256(raw))
      }
    })

    it('gives streams of Node and of the web', async () => {
      await using client = await open(subject, {}, SMALL_PIECES)
      const big = bigMail(300_000, 5)
      await using mailbox = await client.examine(await mailboxWith(subject, [big, big]))
      const hashes: string[] = []
      for await (const body of mailbox.stream(uids('1:*'))) {
        const source = body.uid === 1 ? body.toReadable() : (body.toWeb() as AsyncIterable<Uint8Array>)
        const chunks: Uint8Array[] = []
        await pipeline(source, async function (input: AsyncIterable<Uint8Array>) {
          for await (const chunk of input) chunks.push(chunk)
        })
        hashes.push(sha256(...chunks))
      }
      expect(hashes).toEqual([sha256(big.raw), sha256(big.raw)])
    })

    it('waits for a slow consumer', async () => {
      await using client = await open(subject)
      const big = bigMail(4_000_000, 6)
      await using mailbox = await client.examine(await mailboxWith(subject, [big]))
      for await (const body of mailbox.stream(uids(1))) {
        const hash = createHash('sha256')
        const slow = new Writable({
          highWaterMark: 1,
          write(chunk: Uint8Array, _, done) {
            hash.update(chunk)
            setTimeout(done, 2)
          },
        })
        await pipeline(body, slow)
        expect(hash.digest('hex')).toBe(sha256(big.raw))
      }
      await client.noop()
    })

    it('does not read ahead without bound while nobody reads', async () => {
      await using client = await open(subject, {}, { limits: { piece: 512 * 1024 } })
      const big = bigMail(HUGE * 2, 7)
      await using mailbox = await client.examine(await mailboxWith(subject, [big]))
      const { bytesIn } = client.traffic
      for await (const body of mailbox.stream(uids(1))) {
        const iterator = body[Symbol.asyncIterator]()
        const first = await iterator.next()
        await sleep(700)
        expect(client.traffic.bytesIn - bytesIn).toBeLessThan(HUGE)
        const chunks: Uint8Array[] = [first.value ?? new Uint8Array()]
        for await (const chunk of iterator) chunks.push(chunk)
        expect(sha256(...chunks)).toBe(sha256(big.raw))
      }
    })

    it('discards what is left of a body by going on', async () => {
      await using client = await open(subject, {}, SMALL_PIECES)
      const given = [bigMail(400_000, 8), ...mails(3), bigMail(400_000, 9), bigMail(10_000, 10)]
      await using mailbox = await client.examine(await mailboxWith(subject, given))
      const seen: number[] = []
      for await (const body of mailbox.stream(uids('1:*'))) {
        seen.push(body.uid)
        if (body.uid === 5) for await (const _ of body) break
        if (body.uid === 6) expect(sha256(await bytesOf(body))).toBe(sha256(given[5]?.raw ?? Buffer.alloc(0)))
      }
      expect(seen).toEqual([1, 2, 3, 4, 5, 6])
      await client.noop()
    })

    it('rejects a body that is read after the loop has gone on', async () => {
      await using client = await open(subject)
      await using mailbox = await client.examine(await mailboxWith(subject, [bigMail(300_000, 11), bigMail(1000, 12)]))
      const kept = []
      for await (const body of mailbox.stream(uids('1:*'))) kept.push(body)
      const [first] = kept
      if (first === undefined) throw new Error('there was no body')
      expect(await rejection(bytesOf(first))).toBeInstanceOf(ImapError)
      await client.noop()
    })

    it('runs commands between the pieces of a huge body', async () => {
      await using client = await open(subject, {}, { limits: { piece: 256 * 1024 } })
      const huge = bigMail(HUGE, 13)
      await using mailbox = await client.select(await mailboxWith(subject, [huge, ...mails(2)]))
      for await (const body of mailbox.stream(uids(1))) {
        const hash = createHash('sha256')
        let chunks = 0
        let commands = 0
        for await (const chunk of body) {
          hash.update(chunk)
          if (++chunks % 20 !== 0) continue
          commands++
          expect((await mailbox.fetchOne(2 as Uid, { envelope: true }))?.envelope.subject).toBe('mail 1')
          await mailbox.store(3 as Uid, { add: [`$n${commands}`] })
        }
        expect(commands).toBeGreaterThan(2)
        expect(hash.digest('hex')).toBe(sha256(huge.raw))
      }
    })

    it('settles a command behind one single huge literal, whether or not it can be let past', async () => {
      await using client = await open(subject)
      const huge = bigMail(HUGE, 14)
      await using mailbox = await client.select(await mailboxWith(subject, [huge]))
      for await (const body of mailbox.stream(uids(1), '', { single: true })) {
        const iterator = body[Symbol.asyncIterator]()
        const hash = createHash('sha256').update((await iterator.next()).value ?? '')
        // All of it fits into limits.buffered, so that the command completes.
        await client.noop()
        for await (const chunk of iterator) hash.update(chunk)
        expect(hash.digest('hex')).toBe(sha256(huge.raw))
      }
    })

    it('rejects the waiting command, not the body, where the literal cannot be kept', async () => {
      await using client = await open(subject, {}, { limits: { piece: 64 * 1024, buffered: 512 * 1024 } })
      const huge = bigMail(HUGE, 15)
      await using mailbox = await client.select(await mailboxWith(subject, [huge]))
      for await (const body of mailbox.stream(uids(1), '', { single: true })) {
        const iterator = body[Symbol.asyncIterator]()
        const hash = createHash('sha256').update((await iterator.next()).value ?? '')
        const error = await rejection(client.noop())
        expect(error).toMatchObject({ code: 'ERR_IMAP_STREAM_BUSY' })
        for await (const chunk of iterator) hash.update(chunk)
        expect(hash.digest('hex')).toBe(sha256(huge.raw))
      }
      await client.noop()
    })

    it('ends on break and abort, and keeps the connection', async () => {
      await using client = await open(subject, {}, SMALL_PIECES)
      const given = Array.from({ length: 8 }, (_, i) => bigMail(300_000, 20 + i))
      await using mailbox = await client.examine(await mailboxWith(subject, given))
      for await (const body of mailbox.stream(uids('1:*'))) {
        for await (const _ of body) break
        if (body.uid === 2) break
      }
      await client.noop()
      const controller = new AbortController()
      const reading = async () => {
        for await (const body of mailbox.stream(uids('1:*'), '', { signal: controller.signal })) {
          for await (const _ of body) if (body.uid === 2) controller.abort()
        }
      }
      const error = await rejection(reading())
      expect(error).toBeInstanceOf(AbortError)
      expect(error).toMatchObject({ connection: 'kept' })
      expect((await mailbox.search({})).size).toBe(8)
    })

    it('passes over messages that are gone', async () => {
      await using client = await open(subject)
      const name = await mailboxWith(subject, mails(6))
      await using mailbox = await client.select(name)
      await fromOutside(subject, name, ['UID STORE 2,5 +FLAGS (\\Deleted)', 'EXPUNGE'])
      const seen: number[] = []
      for await (const body of mailbox.stream(uids('1:10'))) {
        seen.push(body.uid)
        expect((await bytesOf(body)).length).toBe(body.size)
      }
      expect(seen).toEqual([1, 3, 4, 6])
    })

    it('streams from two loops at a time', async () => {
      await using client = await open(subject, {}, SMALL_PIECES)
      const given = Array.from({ length: 6 }, (_, i) => bigMail(150_000 + i, 30 + i))
      await using mailbox = await client.examine(await mailboxWith(subject, given))
      const read = async () => {
        const hashes: string[] = []
        for await (const body of mailbox.stream(uids('1:*'))) hashes.push(sha256(await bytesOf(body)))
        return hashes
      }
      const expected = given.map(({ raw }) => sha256(raw))
      expect(await Promise.all([read(), read(), read()])).toEqual([expected, expected, expected])
      await until('it is quiet', () => client.state !== 'logout')
    })
  })
}
