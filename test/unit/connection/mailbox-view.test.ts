import { describe, expect, it } from 'vitest'
import { MailboxView } from '../../../src/connection/mailbox-view.js'
import { uids } from '../../../src/model/number-set.js'

function filled(count: number, uid: (seq: number) => number = (seq) => seq * 2): MailboxView {
  const view = new MailboxView()
  view.setExists(count)
  view.learnAll(Array.from({ length: count }, (_, i) => uid(i + 1)))
  return view
}

describe('MailboxView', () => {
  it('knows what it was told, and nothing else', () => {
    const view = new MailboxView()
    expect(view.isComplete).toBe(true)
    view.setExists(3000)
    expect(view.isComplete).toBe(false)
    expect(view.learn(2500, 9000)).toBe(true)
    expect([view.uidOf(2500), view.uidOf(2499), view.uidOf(0), view.uidOf(3001)]).toEqual([
      9000,
      undefined,
      undefined,
      undefined,
    ])
    expect([view.seqOf(9000), view.seqOf(8999), view.seqOf(9001)]).toEqual([2500, undefined, undefined])
    expect(view.known).toBe(1)
    expect([...view.uids()]).toEqual([9000])
    expect(view.learn(4000, 1)).toBe(true)
    expect(view.known).toBe(1)
  })

  it('takes all UIDs only when there are as many as messages, ascending', () => {
    const view = new MailboxView()
    view.setExists(3)
    for (const wrong of [
      [1, 2],
      [1, 2, 3, 4],
      [1, 3, 2],
      [1, 1, 2],
    ]) {
      view.learnAll(wrong)
      expect(view.known).toBe(0)
    }
    view.learnAll(new Set([1, 2, 5]))
    expect(view.isComplete).toBe(true)
  })

  it('moves the numbers at an EXPUNGE', () => {
    const view = filled(5000)
    expect(view.expunge(1500)).toBe(3000)
    expect(view.exists).toBe(4999)
    expect(view.uidOf(1500)).toBe(3002)
    expect(view.seqOf(3000)).toBeUndefined()
    expect(view.seqOf(10_000)).toBe(4999)
    expect(view.expunge(5000)).toBe(false)
    expect(view.expunge(0)).toBe(false)
    const unknown = new MailboxView()
    unknown.setExists(2)
    expect(unknown.expunge(1)).toBeUndefined()
    expect(unknown.exists).toBe(1)
  })

  it('notes UIDs at their place after an EXPUNGE in front of them', () => {
    const view = new MailboxView()
    view.setExists(2292)
    expect(view.learn(1500, 3000)).toBe(true)
    expect(view.expunge(1)).toBeUndefined()
    expect(view.learn(1025, 2052)).toBe(true)
    expect(view.learn(1024, 2050)).toBe(true)
    expect([1023, 1024, 1025, 1499].map((seq) => view.uidOf(seq))).toEqual([undefined, 2050, 2052, 3000])
    expect([2050, 2052, 3000].map((uid) => view.seqOf(uid))).toEqual([1024, 1025, 1499])
  })

  it('keeps what it knows when messages come, also after expunges in the last bucket', () => {
    const view = filled(1030)
    view.expunge(1030)
    view.expunge(1029)
    view.setExists(1033)
    expect(view.uidOf(1029)).toBeUndefined()
    expect(view.learn(1033, 9000)).toBe(true)
    expect([view.uidOf(1028), view.uidOf(1029), view.uidOf(1033)]).toEqual([2056, undefined, 9000])
    expect(view.seqOf(9000)).toBe(1033)
  })

  it('forgets the map when EXISTS falls, or a UID contradicts another', () => {
    const fallen = filled(10)
    expect(fallen.setExists(9)).toBe(false)
    expect([fallen.exists, fallen.known]).toEqual([9, 0])
    for (const [seq, uid] of [
      [5, 11],
      [6, 10],
      [5, 8],
    ] as const) {
      const view = filled(10)
      view.expunge(10)
      view.setExists(10)
      expect(view.learn(seq, uid)).toBe(false)
      expect(view.known).toBe(0)
      expect(view.exists).toBe(10)
    }
    const between = new MailboxView()
    between.setExists(3)
    between.learn(1, 10)
    expect(between.learn(2, 5)).toBe(false)
  })

  it('removes by UID, and tells what it removed with the number of that moment', () => {
    const view = filled(10)
    const removed: [number, number][] = []
    view.vanish(uids('3:7,20'), (uid, seq) => removed.push([uid, seq]))
    expect(removed).toEqual([[4, 2], [6, 2], [20, 8]]) // prettier-ignore
    expect(view.exists).toBe(7)
    expect(view.uidOf(2)).toBe(8)
    expect(view.isComplete).toBe(true)
  })

  it('lowers the count for what it did not know, and forgets the map then', () => {
    const view = new MailboxView()
    view.setExists(10)
    view.learn(3, 30)
    view.vanish(uids('30'))
    expect([view.exists, view.known]).toEqual([9, 0])
    view.learn(3, 40)
    view.vanish(uids('1:3'))
    expect([view.exists, view.known]).toEqual([6, 0])
    view.vanish(uids('1:4000000000'))
    expect(view.exists).toBe(0)
  })

  it('believes no list beyond a complete map', () => {
    const view = filled(10)
    view.vanish(uids('1:4294967295'))
    expect(view.exists).toBe(0)
    const other = filled(10)
    other.vanish(uids('1001:2000'))
    expect(other.exists).toBe(10)
  })

  it('takes no room for a count that is a lie', () => {
    const view = new MailboxView()
    view.setExists(4_294_967_295)
    expect(view.learn(4_294_967_295, 5)).toBe(true)
    expect(view.uidOf(4_294_967_295)).toBeUndefined()
    expect(view.expunge(4_000_000_000)).toBeUndefined()
    expect(view.learn(2, 5)).toBe(true)
    expect(view.seqOf(5)).toBe(2)
  })

  it('is quick with a million messages, and gives room back', () => {
    const view = filled(1_000_000)
    const start = performance.now()
    for (let i = 0; i < 100_000; i++) view.expunge(((i * 7919) % view.exists) + 1)
    for (let i = 0; i < 100_000; i++) view.seqOf(2 * i)
    expect(performance.now() - start).toBeLessThan(8000)
    view.vanish(uids('1:1999000'))
    expect(view.exists).toBeLessThanOrEqual(500)
    expect([...view.uids()]).toHaveLength(view.exists)
    expect(view.seqOf(2_000_000)).toBe(view.uidOf(view.exists) === 2_000_000 ? view.exists : undefined)
  })
})
