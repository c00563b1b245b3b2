import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { describe, expect, it } from 'vitest'
import { AbortError, ImapError, seqs, StateError, uid, uids, type BodyStream } from 'imapkit'
import { bench, mail, mails } from './mailbox-tools.js'

const settle = (milliseconds = 30) => new Promise((resolve) => setTimeout(resolve, milliseconds))

async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** A message of so many octets that are all different from those around them. */
function large(octets: number, seed = 1): Buffer {
  const raw = Buffer.alloc(octets, `Subject: large ${seed}\r\n\r\n`)
  for (let at = 64; at + 8 < octets; at += 64) raw.write(`${seed}:${at}\r\n`, at, 'latin1')
  return raw
}

/** The next body of a loop that is written out. */
async function next(bodies: AsyncIterator<BodyStream>): Promise<BodyStream> {
  const step = await bodies.next()
  if (step.done === true) throw new Error('there is no body')
  return step.value
}

async function firstBody(bodies: AsyncIterable<BodyStream>): Promise<BodyStream> {
  return next(bodies[Symbol.asyncIterator]())
}

describe('small bodies', () => {
  it('come byte for byte, many in one command', async () => {
    await using at = await bench({ messages: mails(600) })
    const seen: number[] = []
    for await (const body of at.inbox.stream(uids('1:*'))) {
      seen.push(body.uid)
      expect(body.seq).toBe(body.uid)
      const bytes = await bytesOf(body)
      expect(body.size).toBe(bytes.length)
      expect(bytes.toString()).toBe(mail(body.uid))
    }
    expect(seen).toEqual(Array.from({ length: 600 }, (_, index) => index + 1))
    expect(at.sent().length).toBeLessThan(8)
  })

  it('come for sequence numbers, sections and single UIDs', async () => {
    await using at = await bench({ messages: mails(3) })
    const texts: string[] = []
    for await (const body of at.inbox.stream(seqs('2:3'), 'TEXT')) texts.push((await bytesOf(body)).toString())
    expect(texts).toEqual(['body 2\r\n', 'body 3\r\n'])
    const part = await firstBody(at.inbox.stream(uid(1), '1'))
    expect((await bytesOf(part)).toString()).toBe('body 1\r\n')
    const header = await firstBody(at.inbox.stream(uid(1), 'HEADER'))
    expect((await bytesOf(header)).toString()).toContain('Subject: mail 1\r\n')
  })

  it('send nothing for nothing', async () => {
    await using at = await bench({})
    for await (const body of at.inbox.stream(uids('1:*'))) expect(body).toBeUndefined()
    expect(at.sent()).toEqual([])
  })

  it('skip a message that is gone meanwhile', async () => {
    await using at = await bench({ messages: mails(4), client: { limits: { piece: 60 } } })
    const seen: number[] = []
    for await (const body of at.inbox.stream(uids('1:*,900'))) seen.push(body.uid)
    expect(seen).toEqual([1, 2, 3, 4])
  })

  it('never set \\Seen, unless told to', async () => {
    await using at = await bench({ messages: mails(2) })
    for await (const body of at.inbox.stream(uids(1))) await bytesOf(body)
    expect(at.outside.messages[0]?.flags).toEqual([])
    for await (const body of at.inbox.stream(uids(2), '', { markSeen: true })) await bytesOf(body)
    expect(at.outside.messages[1]?.flags).toEqual(['\\Seen'])
  })
})

describe('a large body', () => {
  it.each([
    ['a multiple of a piece', 10 * 4096],
    ['one octet more', 10 * 4096 + 1],
    ['one octet less', 10 * 4096 - 1],
    ['a bit more than one piece', 4097],
  ])('comes in pieces: %s', async (_what, octets) => {
    await using at = await bench({ messages: [large(octets)], client: { limits: { piece: 4096 } } })
    const body = await firstBody(at.inbox.stream(uids('1:*')))
    expect(body.size).toBe(octets)
    expect(digest(await bytesOf(body))).toBe(digest(large(octets)))
    const pieces = at.sent().filter((line) => line.includes('BODY.PEEK[]<'))
    expect(pieces.length).toBeGreaterThanOrEqual(Math.ceil(octets / 4096))
    expect(pieces.length).toBeLessThanOrEqual(Math.ceil(octets / 4096) + 1)
  })

  it('comes in one where that is asked for', async () => {
    await using at = await bench({ messages: [large(50_000)], client: { limits: { piece: 4096 } } })
    const body = await firstBody(at.inbox.stream(uids('1:*'), '', { single: true }))
    expect(digest(await bytesOf(body))).toBe(digest(large(50_000)))
    expect(at.sent()).toHaveLength(2)
  })

  it('comes as part of a message', async () => {
    const text = 'x'.repeat(30_000)
    const raw = `MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsmall\r\n--b\r\n\r\n${text}\r\n--b--\r\n`
    await using at = await bench({ messages: [raw], client: { limits: { piece: 4096 } } })
    const body = await firstBody(at.inbox.stream(uid(1), '2'))
    expect(body.size).toBe(30_000)
    expect((await bytesOf(body)).toString()).toBe(text)
    expect(at.sent().filter((line) => line.includes('BODY.PEEK[2]<')).length).toBeGreaterThan(6)
  })

  it('lets other commands through between its pieces', async () => {
    await using at = await bench({ messages: [large(400_000), mail(2)], client: { limits: { piece: 4096 } } })
    const body = await firstBody(at.inbox.stream(uid(1)))
    let octets = 0
    let asked = 0
    for await (const chunk of body) {
      octets += chunk.length
      if (octets > (asked + 1) * 50_000) {
        asked++
        expect(await at.inbox.fetchOne(uid(2), { size: true })).toMatchObject({ size: mail(2).length })
      }
    }
    expect(octets).toBe(400_000)
    expect(asked).toBe(7)
  })

  it('is discarded when the loop goes on, among small ones', async () => {
    const messages = [mail(1), large(3_000_000), mail(3), large(2_000_000, 4), mail(5)]
    await using at = await bench({ messages, client: { limits: { piece: 65_536 } } })
    const sizes: number[] = []
    for await (const body of at.inbox.stream(uids('1:*'))) {
      sizes.push(body.size)
      if (body.uid === 4) expect(digest(await bytesOf(body))).toBe(digest(large(2_000_000, 4)))
      else if (body.uid % 2 === 0) for await (const chunk of body) if (chunk.length > 0) break
    }
    expect(sizes).toEqual(messages.map((message) => message.length))
    expect(at.sent().filter((line) => /^UID FETCH 2 .*BODY/.test(line)).length).toBeLessThan(20)
  })

  it('that is read slowly does not pile up', async () => {
    await using at = await bench({ messages: [large(12_000_000)], client: { limits: { piece: 1_000_000 } } })
    const body = await firstBody(at.inbox.stream(uid(1)))
    const iterator = body[Symbol.asyncIterator]()
    await iterator.next()
    await settle(300)
    // What was on its way, and what the system keeps between the two ends.
    expect(at.client.traffic.bytesIn).toBeLessThan(8_000_000)
    let octets = 0
    for (let step = await iterator.next(); step.done !== true; step = await iterator.next()) octets += step.value.length
    expect(octets).toBeGreaterThan(11_000_000)
  })
})

describe('the forms of a body', () => {
  it('are a stream of Node and one of the web', async () => {
    await using at = await bench({
      messages: [large(100_000), large(90_000, 2)],
      client: { limits: { piece: 30_000 } },
    })
    for await (const body of at.inbox.stream(uids('1:*'))) {
      if (body.uid === 1) expect(digest(await bytesOf(body.toReadable()))).toBe(digest(large(100_000)))
      else expect(digest(await bytesOf(body.toWeb()))).toBe(digest(large(90_000, 2)))
    }
  })

  it('can be piped', async () => {
    await using at = await bench({ messages: [large(100_000)] })
    for await (const body of at.inbox.stream(uids('1:*'))) {
      const target = new PassThrough()
      const [bytes] = await Promise.all([bytesOf(target), pipeline(body, target)])
      expect(digest(bytes)).toBe(digest(large(100_000)))
    }
  })

  it('let go when the stream of Node is destroyed', async () => {
    await using at = await bench({ messages: [large(500_000), mail(2)], client: { limits: { piece: 10_000 } } })
    const seen: number[] = []
    for await (const body of at.inbox.stream(uids('1:*'))) {
      seen.push(body.uid)
      const readable = body.toReadable()
      await once(readable, 'readable')
      readable.destroy()
    }
    expect(seen).toEqual([1, 2])
    expect(at.sent().length).toBeLessThan(20)
  })

  it('can be read once', async () => {
    await using at = await bench({ messages: mails(1) })
    const body = await firstBody(at.inbox.stream(uids('1:*')))
    await bytesOf(body)
    await expect(bytesOf(body)).rejects.toThrow(StateError)
  })
})

describe('leaving', () => {
  it('a body that the loop has left cannot be read as if it were whole', async () => {
    await using at = await bench({ messages: mails(2) })
    const iterator = at.inbox.stream(uids('1:*'))[Symbol.asyncIterator]()
    const first = await next(iterator)
    await iterator.next()
    await expect(bytesOf(first)).rejects.toThrow(StateError)
  })

  it.each(['break', 'throw'])('%s leaves the connection usable', async (how) => {
    await using at = await bench({ messages: [large(2_000_000), ...mails(50)], client: { limits: { piece: 100_000 } } })
    const read = async () => {
      for await (const body of at.inbox.stream(uids('1:*'))) {
        for await (const chunk of body) {
          if (how === 'throw') throw new RangeError('enough')
          if (chunk.length > 0) break
        }
        break
      }
    }
    await (how === 'throw' ? expect(read()).rejects.toThrow(RangeError) : read())
    expect(await at.inbox.fetchOne(uid(2), { size: true })).toMatchObject({ uid: 2 })
    expect(at.sent().filter((line) => line.includes('<')).length).toBeLessThan(10)
  })

  it('an abort rejects the body and the loop, and keeps the connection', async () => {
    await using at = await bench({ messages: [large(5_000_000), mail(2)], client: { limits: { piece: 100_000 } } })
    const controller = new AbortController()
    const bodies = at.inbox.stream(uids('1:*'), '', { signal: controller.signal })[Symbol.asyncIterator]()
    const first = await next(bodies)
    const chunks = first[Symbol.asyncIterator]()
    await chunks.next()
    controller.abort()
    const error: unknown = await (async () => {
      for (;;) if ((await chunks.next()).done === true) return undefined
    })().catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(AbortError)
    await expect(bodies.next()).rejects.toThrow(AbortError)
    expect(await at.inbox.fetchOne(uid(2), { size: true })).toMatchObject({ uid: 2 })
  })

  it('a connection that breaks inside a body rejects both', async () => {
    await using at = await bench({ messages: [large(500_000)] })
    at.server.fault({ command: 'UID FETCH', nth: 2, drop: 'mid-literal' })
    const bodies = at.inbox.stream(uids('1:*'))[Symbol.asyncIterator]()
    const first = await next(bodies)
    await expect(bytesOf(first)).rejects.toThrow(ImapError)
    await expect(bodies.next()).rejects.toThrow(ImapError)
  })
})
