import { CapabilityError, ResponseError, seqs, uids, type ImapClient, type Mailbox } from 'imapkit'
import { describe, expect, it } from 'vitest'
import { mails } from './mails.js'
import { mailboxWith, open, outside, type Subject } from './subject.js'
import { bytesOf, record, within } from './tools.js'

/** Integers below `n`, the same ones for the same seed. */
function random(seed: number): (n: number) => number {
  let state = seed
  return (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    return (state >>> 8) % n
  }
}

/** Several clients that do whatever comes to their minds in one mailbox. */
export function stress(subject: Subject): void {
  describe('several clients in one mailbox', () => {
    it.each([1, 2, 3])('agree with the server at the end of it all (%i)', async (seed) => {
      const name = await mailboxWith(subject, mails(120))
      const target = await mailboxWith(subject)
      const warnings: unknown[] = []

      const work = async (client: ImapClient, mailbox: Mailbox, next: (n: number) => number): Promise<void> => {
        const some = () => uids({ from: 1 + next(150), to: 1 + next(150) })
        switch (next(10)) {
          case 0:
            return void (await client.append(name, `Subject: by ${seed}\n\nx\n`))
          case 1:
            return void (await mailbox.store(some(), { add: [next(2) === 0 ? '\\Seen' : '$Key'] }))
          case 2:
            return void (await mailbox.store(some(), { remove: ['\\Seen'], silent: true }))
          case 3:
            return void (await mailbox.move(uids(1 + next(150)), target, { allowNonAtomic: true }))
          case 4:
            return void (await mailbox.delete(uids(1 + next(150)), { allowFullExpunge: true }))
          case 5: {
            for await (const body of mailbox.stream(some())) expect((await bytesOf(body)).length).toBe(body.size)
            return
          }
          case 6: {
            let last = 0
            for await (const { uid } of mailbox.fetch(uids('1:*'), { envelope: true })) {
              expect(uid).toBeGreaterThan(last)
              last = uid
              if (next(40) === 0) return
            }
            return
          }
          case 7:
            return void (await mailbox.fetch(seqs('1:*'), { flags: true }).toArray())
          case 8:
            return void (await mailbox.search({ seen: next(2) === 0 }))
          default:
            return void (await client.status(target, { messages: true }))
        }
      }

      const run = async (index: number): Promise<void> => {
        await using client = await open(subject, {}, { idle: { delayMs: 0 } })
        const seen = record(client, 'warning')
        record(client, 'exists')
        await using mailbox = await client.select(name)
        const next = random(seed * 100 + index)
        for (let round = 0; round < 12; round++) {
          const calls = Array.from({ length: 8 }, () => work(client, mailbox, next))
          for (const result of await within(15_000, 'a round', Promise.allSettled(calls))) {
            if (result.status === 'fulfilled') continue
            // A message may be gone by the time its turn comes; nothing else may go wrong.
            expect(result.reason).toBeInstanceOf(ResponseError)
            expect(result.reason).not.toBeInstanceOf(CapabilityError)
            expect(String((result.reason as ResponseError).text)).toMatch(/expunged|no longer/i)
          }
        }
        await client.noop()
        const found = await mailbox.fetch(uids('1:*'), { flags: true }).toArray()
        expect(new Set(found.map((each) => each.uid)).size).toBe(found.length)
        warnings.push(...seen)
      }
      await Promise.all([run(1), run(2), run(3)])
      expect(warnings).toEqual([])

      await using raw = await outside(subject)
      const counted = Number(/EXISTS (\d+)|(\d+) EXISTS/.exec(await raw.run(`SELECT "${name}"`))?.[2])
      await using client = await open(subject)
      await using mailbox = await client.select(name)
      expect(mailbox.exists).toBe(counted)
      expect((await mailbox.search({})).size).toBe(counted)
    })
  })
}
