import { describe, expect, it } from 'vitest'
import { section, seqs, uid, uids } from 'imapkit'
import { bench, mails, type Bench } from './mailbox-tools.js'

const large = (octets: number) => `Subject: large\r\n\r\n${'x'.repeat(octets)}\r\n`

/** Whole numbers below a bound, the same ones for the same seed. */
function numbers(seed: number): (bound: number) => number {
  let state = seed
  return (bound) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * bound)
  }
}

type How = 'all' | 'break' | 'abort'

/** Reads messages in one of several ways, leaves early or not, and says how many were read. */
async function readSome(at: Bench, sizes: ReadonlyMap<number, number>, kind: number, how: How, last: number) {
  const controller = new AbortController()
  const { signal } = controller
  let count = 0
  const isOver = () => {
    if (++count < last) return false
    if (how === 'abort') controller.abort()
    return how === 'break'
  }
  if (kind < 2) {
    const set = kind === 0 ? uids('1:*') : seqs('1:*')
    for await (const message of at.inbox.fetch(set, { size: true, flags: true }, { signal })) {
      expect(message.size).toBe(sizes.get(message.uid))
      if (message.uid % 300 === 0) expect(await at.inbox.fetchOne(message.uid, { envelope: true })).not.toBeNull()
      if (isOver()) break
    }
  } else if (kind < 4) {
    for await (const body of at.inbox.stream(uids('1:*'), '', { signal })) {
      let octets = 0
      for await (const chunk of body) octets += chunk.length
      expect(octets).toBe(sizes.get(body.uid))
      if (body.uid % 300 === 0) expect((await at.inbox.search({ uid: body.uid })).size).toBe(1)
      if (isOver()) break
    }
  } else {
    for await (const message of at.inbox.fetch(uids('1:*'), { sections: { all: section() } }, { signal })) {
      expect(message.sections.all?.length).toBe(sizes.get(message.uid))
      if (isOver()) break
    }
  }
  return count
}

describe('readings of the same messages at the same time', () => {
  it.each([1, 2, 3])('do not take from one another, whichever is left early (%i)', async (seed) => {
    const messages = [...mails(900), large(400_000), ...mails(100), large(150_000)]
    await using at = await bench({ messages, client: { limits: { piece: 50_000 } } })
    const sizes = new Map(at.outside.messages.map(({ uid: number, raw }) => [number, raw.length]))
    const random = numbers(seed)
    for (let round = 0; round < 3; round++) {
      const readings = Array.from({ length: 6 }, async () => {
        const how = (['all', 'break', 'abort'] as const)[random(3)] ?? 'all'
        const last = 1 + random(800)
        const reading = readSome(at, sizes, random(5), how, last)
        if (how === 'abort') await expect(reading).rejects.toMatchObject({ name: 'AbortError', connection: 'kept' })
        else expect(await reading).toBe(how === 'all' ? messages.length : last)
      })
      const other = at.inbox.download(uid(901)).then((whole) => whole?.bytes())
      await Promise.all(readings)
      expect((await other)?.length).toBe(sizes.get(901))
    }
  })

  it('a body that is fetched while it is streamed comes whole in both', async () => {
    const raw = large(300_000)
    await using at = await bench({ messages: [raw], client: { limits: { piece: 20_000 } } })
    const kept: (number | undefined)[] = []
    let octets = 0
    for await (const body of at.inbox.stream(uids('1:*'))) {
      for await (const chunk of body) {
        octets += chunk.length
        if (octets < 100_000) {
          const message = await at.inbox.fetchOne(uid(1), { sections: { all: section() } })
          kept.push(message?.sections.all?.length)
        }
      }
    }
    expect(octets).toBe(raw.length)
    expect(kept.length).toBeGreaterThan(0)
    expect(new Set(kept)).toEqual(new Set([raw.length]))
  })
})
