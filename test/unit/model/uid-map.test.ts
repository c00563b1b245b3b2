import { describe, expect, it } from 'vitest'
import { ProtocolError } from '../../../src/model/errors.js'
import { uid, uids } from '../../../src/model/number-set.js'
import { UidMap } from '../../../src/model/uid-map.js'

type Ranges = readonly (readonly [number, number])[]

const pairs: readonly (readonly [
  name: string,
  source: Ranges,
  target: Ranges,
  expected: readonly (readonly [number, number])[],
])[] = [
  ['nothing', [], [], []],
  ['one', [[304, 304]], [[3956, 3956]], [[304, 3956]]],
  // RFC 9051 §7.1: COPYUID 432432 304,319:320 3956:3958
  [
    'ranges of other lengths',
    [
      [304, 304],
      [319, 320],
    ],
    [[3956, 3958]],
    [
      [304, 3956],
      [319, 3957],
      [320, 3958],
    ],
  ],
  [
    'the order of the wire',
    [
      [9, 9],
      [1, 2],
    ],
    [[100, 102]],
    [
      [1, 101],
      [2, 102],
      [9, 100],
    ],
  ],
  [
    'reversed ranges',
    [[3, 1]],
    [[12, 10]],
    [
      [1, 10],
      [2, 11],
      [3, 12],
    ],
  ],
]

describe('UidMap', () => {
  it.each(pairs)('of %s', (_, source, target, expected) => {
    const map = new UidMap(7, source, target)
    expect([...map]).toEqual(expected)
    expect([map.uidValidity, map.size]).toEqual([7, expected.length])
    for (const [from, to] of expected) expect(map.get(uid(from))).toBe(to)
    expect(map.intervals().reduce((size, each) => size + each.length, 0)).toBe(expected.length)
  })

  it('has no UID for others', () => {
    const map = new UidMap(
      7,
      [
        [5, 6],
        [9, 9],
      ],
      [[1, 3]],
    )
    expect([4, 7, 8, 10].map((each) => map.get(uid(each)))).toEqual([undefined, undefined, undefined, undefined])
  })

  it.each<[Ranges, Ranges]>([
    [[[1, 3]], [[1, 2]]],
    [
      [[1, 2]],
      [
        [1, 2],
        [5, 5],
      ],
    ],
    [[[1, 1]], []],
  ])('refuses sets of different sizes', (source, target) => {
    expect(() => new UidMap(7, source, target)).toThrow(ProtocolError)
  })

  it('does not expand ranges', () => {
    const map = new UidMap(7, [[1, 4_000_000_000]], [[2, 4_000_000_001]])
    expect([map.size, map.get(uid(3_999_999_999)), map.intervals().length]).toEqual([4_000_000_000, 4_000_000_000, 1])
  })

  it.each([
    ['', true],
    ['5:6', true],
    ['5:9', true],
    ['5:7,9', true],
    ['5,12', true],
    ['4', false],
    ['4:6', false],
    ['9:10', false],
    ['5:12', false],
    ['13', false],
    ['5:*', false],
    ['*', false],
  ])('covers %j: %j', (set, expected) => {
    const map = new UidMap(
      7,
      [
        [12, 12],
        [8, 9],
        [5, 7],
      ],
      [[1, 6]],
    )
    expect(map.covers(uids(set))).toBe(expected)
  })

  it('covers a large set of single messages', () => {
    const odd: Ranges = Array.from({ length: 100_000 }, (_, i) => [2 * i + 1, 2 * i + 1])
    const map = new UidMap(7, odd, [[1, 100_000]])
    const set = uids(odd.map(([from]) => from))
    // Each interval is looked at once; a look at all for each range would take minutes.
    expect(map.covers(set)).toBe(true)
    expect(map.covers(set.union(uids(100_000)))).toBe(false)
  })

  it('joins', () => {
    const a = new UidMap(7, [[5, 6]], [[1, 2]])
    const b = new UidMap(7, [[1, 1]], [[3, 3]])
    expect([...(UidMap.join([a, b]) ?? [])]).toEqual([
      [1, 3],
      [5, 1],
      [6, 2],
    ])
    expect(UidMap.join([a])).toBe(a)
    expect(UidMap.join([])).toBeUndefined()
  })
})
