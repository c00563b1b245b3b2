import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AbortError, ArgumentError, StateError, uid, uids, type BodyStream } from 'imapkit'
import { bench, mail, mails } from './mailbox-tools.js'

/** A message of so many octets that are all different from those around them. */
function large(octets: number): Buffer {
  const raw = Buffer.alloc(octets, 'Subject: large\r\n\r\n')
  for (let at = 64; at + 12 < octets; at += 64) raw.write(`${at}\r\n`, at, 'latin1')
  return raw
}

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

async function first(bodies: AsyncIterable<BodyStream>): Promise<BodyStream> {
  const step = await bodies[Symbol.asyncIterator]().next()
  if (step.done === true) throw new Error('there is no body')
  return step.value
}

describe('forEach of a body', () => {
  it('lends every octet once, in order, of small and of large bodies', async () => {
    const messages = [...mails(200), large(3_000_000), ...mails(2)]
    await using at = await bench({ messages })
    const seen: string[] = []
    for await (const body of at.inbox.stream(uids('1:*'))) {
      const hash = createHash('sha256')
      await body.forEach((chunk) => hash.update(chunk))
      seen.push(hash.digest('hex'))
    }
    expect(seen).toEqual(messages.map((message) => digest(Buffer.from(message))))
  })

  it('uses the memory of a chunk again once it was given back, and not before', async () => {
    await using at = await bench({ messages: [large(4_000_000)] })
    const buffers = new Set<ArrayBufferLike>()
    let octets = 0
    for await (const body of at.inbox.stream(uids('1:*'))) {
      await body.forEach((chunk) => {
        buffers.add(chunk.buffer)
        octets += chunk.length
      })
    }
    expect(octets).toBe(4_000_000)
    expect(buffers.size).toBeLessThan(30)

    const hash = createHash('sha256')
    for await (const body of at.inbox.stream(uids('1:*'))) {
      await body.forEach(async (chunk) => {
        await new Promise((resolve) => setImmediate(resolve))
        hash.update(chunk)
      })
    }
    expect(hash.digest('hex')).toBe(digest(large(4_000_000)))
  })

  it('waits for what the function does, and lets commands in between', async () => {
    await using at = await bench({ messages: [large(2_500_000), mail(2)] })
    const path = join(tmpdir(), `imapkit-lent-${process.pid}`)
    let running = 0
    await using file = await open(path, 'w+')
    for await (const body of at.inbox.stream(uids(1))) {
      await body.forEach(async (chunk) => {
        expect(++running).toBe(1)
        await at.inbox.store(uid(2), { add: ['\\Flagged'], silent: true })
        await file.write(chunk)
        running--
      })
    }
    const written = Buffer.alloc(2_500_000)
    expect((await file.read(written, 0, written.length, 0)).bytesRead).toBe(2_500_000)
    expect(digest(written)).toBe(digest(large(2_500_000)))
  })

  it('rejects with what the function throws or rejects with, and the connection stays of use', async () => {
    await using at = await bench({ messages: [large(3_000_000), mail(2)] })
    const error = new Error('the disk is full')
    for (const use of [() => Promise.reject(error), throwing(error), later(error)]) {
      const body = await first(at.inbox.stream(uid(1)))
      await expect(body.forEach(use)).rejects.toBe(error)
      expect(await at.inbox.search({})).toHaveProperty('size', 2)
    }
  })

  it('reads a body once, and takes a function', async () => {
    await using at = await bench({ messages: mails(2) })
    for await (const body of at.inbox.stream(uids('1:*'))) {
      await expect(body.forEach('no' as never)).rejects.toBeInstanceOf(ArgumentError)
      await body.forEach(() => undefined)
      await expect(body.forEach(() => undefined)).rejects.toBeInstanceOf(StateError)
      await expect(body[Symbol.asyncIterator]().next()).rejects.toBeInstanceOf(StateError)
    }
  })

  it('ends when the loop goes on, is left, or is aborted', async () => {
    await using at = await bench({ messages: [large(3_000_000), mail(2)] })
    const bodies = at.inbox.stream(uids('1:*'))[Symbol.asyncIterator]()
    const body = (await bodies.next()).value as BodyStream
    let release = () => {}
    const reading = body.forEach(() => new Promise<void>((resolve) => (release = resolve)))
    const next = bodies.next()
    release()
    await expect(reading).rejects.toBeInstanceOf(StateError)
    expect(await next).toMatchObject({ value: { uid: 2 } })
    await bodies.return?.()

    const controller = new AbortController()
    const aborted = at.inbox.stream(uids('1:*'), '', { signal: controller.signal })[Symbol.asyncIterator]()
    const second = ((await aborted.next()).value as BodyStream).forEach(() => controller.abort())
    await expect(second).rejects.toBeInstanceOf(AbortError)
  })
})

const throwing = (error: Error) => () => {
  throw error
}

/** Fails at the tenth chunk. */
function later(error: Error): () => Promise<void> {
  let count = 0
  return async () => {
    await new Promise((resolve) => setImmediate(resolve))
    if (++count === 10) throw error
  }
}
