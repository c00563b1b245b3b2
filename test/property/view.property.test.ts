import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MailboxView } from '../../src/connection/mailbox-view.js'
import { uids } from '../../src/model/number-set.js'

type Step =
  | { kind: 'arrive'; count: number }
  | { kind: 'expunge'; at: number }
  | { kind: 'vanish'; picks: number[] }
  | { kind: 'learn'; at: number }
  | { kind: 'learnAll' }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('arrive' as const), count: fc.integer({ min: 1, max: 1500 }) }),
  fc.record({ kind: fc.constant('expunge' as const), at: fc.nat() }),
  fc.record({ kind: fc.constant('vanish' as const), picks: fc.array(fc.nat(), { minLength: 1, maxLength: 400 }) }),
  fc.record({ kind: fc.constant('learn' as const), at: fc.nat() }),
  fc.record({ kind: fc.constant('learnAll' as const) }),
)

describe('MailboxView, against an array', () => {
  it.each([true, false])('says nothing wrong after any sequence of changes (complete: %s)', (complete) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const view = new MailboxView()
        let mailbox: number[] = []
        let nextUid = 1
        const arrive = (count: number): void => {
          for (let i = 0; i < count; i++) mailbox.push((nextUid += 1 + (nextUid % 3)))
          view.setExists(mailbox.length)
          if (complete) view.learnAll(mailbox)
        }
        for (const each of steps) {
          const length = mailbox.length
          if (each.kind === 'arrive') arrive(each.count)
          else if (each.kind === 'learnAll') view.learnAll(mailbox)
          else if (length === 0) continue
          else if (each.kind === 'expunge') {
            const [gone] = mailbox.splice(each.at % length, 1)
            const told = view.expunge((each.at % length) + 1)
            expect(told === undefined || told === gone).toBe(true)
          } else if (each.kind === 'learn') {
            expect(view.learn((each.at % length) + 1, mailbox[each.at % length]!)).toBe(true)
          } else {
            const gone = new Set(each.picks.map((pick) => mailbox[pick % length]!))
            view.vanish(uids(gone), (uid, seq) => {
              expect(mailbox[seq - 1]).toBe(uid)
              if (complete) mailbox.splice(seq - 1, 1)
              else mailbox = mailbox.filter((other) => other !== uid)
            })
            mailbox = mailbox.filter((uid) => !gone.has(uid))
          }
          expect(view.exists).toBe(mailbox.length)
          if (complete) expect(view.isComplete).toBe(true)
        }
        for (const [i, uid] of mailbox.entries()) {
          const known = view.uidOf(i + 1)
          if (complete) expect(known).toBe(uid)
          else expect(known === undefined || known === uid).toBe(true)
          expect(view.seqOf(uid)).toBe(known === undefined ? undefined : i + 1)
        }
        expect([...view.uids()].length).toBe(view.known)
      }),
      { numRuns: 150 },
    )
  })
})
