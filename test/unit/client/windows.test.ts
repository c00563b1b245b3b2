import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Windows, type Cut } from '../../../src/client/windows.js'
import { uids } from '../../../src/model/number-set.js'

function windows(set: string, count: number, cuts?: readonly Cut[], octets = 8000): string[] {
  const plan = new Windows(uids(set).ranges(), cuts, octets)
  const found: string[] = []
  for (let window = plan.next(count); window !== undefined; window = plan.next(count)) found.push(window.toString())
  return found
}

describe('windows of a set that lists its messages', () => {
  it.each([
    ['1:10', 4, ['1:4', '5:8', '9:10']],
    ['1:10', 10, ['1:10']],
    ['1,3,5,7', 2, ['1,3', '5,7']],
    ['1:3,10:13', 5, ['1:3,10:11', '12:13']],
    ['7', 1, ['7']],
    ['', 5, []],
  ])('%s by %i', (set, count, expected) => {
    expect(windows(set, count)).toEqual(expected)
  })

  it('may grow from one to the next', () => {
    const plan = new Windows(uids('1:100').ranges(), undefined, 8000)
    expect([1, 2, 50, 100].map((count) => plan.next(count)?.toString())).toEqual(['1', '2:3', '4:53', '54:100'])
    expect(plan.next(1)).toBeUndefined()
  })

  it('never makes a longer line than allowed', () => {
    const found = windows('1,3,5,7,9,11,13,15', 100, undefined, 12)
    expect(found.join(',')).toBe('1,3,5,7,9,11,13,15')
    expect(Math.max(...found.map((text) => text.length))).toBeLessThanOrEqual(12)
  })
})

describe('windows over sparse UIDs', () => {
  const cuts = [
    { upTo: 1000, count: 10 },
    { upTo: 90_000, count: 10 },
    { upTo: 4_000_000_000, count: 3 },
  ]

  it('end where so many messages have passed', () => {
    expect(windows('1:*', 10, cuts)).toEqual(['1:1000', '1001:90000', '90001:4000000000'])
    expect(windows('1:*', 20, cuts)).toEqual(['1:90000', '90001:4000000000'])
  })

  it('hold only what was asked for', () => {
    expect(windows('500:600,70000:*', 10, cuts)).toEqual(['500:600', '70000:90000', '90001:4000000000'])
    expect(windows('5000000:6000000', 10, cuts)).toEqual(['5000000:6000000'])
  })

  it('take little of a cut for little', () => {
    expect(windows('1,2,50000,50001', 10, cuts)).toEqual(['1:2,50000:50001'])
  })

  it('leave the end open where the last message is not known', () => {
    expect(
      windows('5:*', 10, [
        { upTo: 9, count: 5 },
        { upTo: Infinity, count: 10 },
      ]),
    ).toEqual(['5:*'])
  })

  it('are nothing where all is behind the last message', () => {
    expect(windows('4000000001:*', 10, cuts)).toEqual([])
  })
})

it('windows give every number once, in order', () => {
  const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 80 })
  const edges = fc.uniqueArray(fc.integer({ min: 1, max: 600 }), { maxLength: 10 })
  fc.assert(
    fc.property(
      numbers,
      edges,
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 60 }),
      (all, ends, count, octets) => {
        const set = uids(all)
        const cuts = [...ends.sort((a, b) => a - b), 1000].map((upTo) => ({ upTo, count: 7 }))
        for (const used of [undefined, cuts]) {
          const found = windows(set.toString(), count, used, octets)
          expect(found.flatMap((text) => [...uids(text)])).toEqual([...set])
        }
      },
    ),
  )
})
