import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ArgumentError } from '../../../src/model/errors.js'
import { type SetPart, savedResult, seqs, uid, uids } from '../../../src/model/number-set.js'

const MAX = 4294967295

describe('uids', () => {
  it.each<[readonly SetPart[], string]>([
    [[], ''],
    [[''], ''],
    [[[]], ''],
    [['1:5,9,20:*'], '1:5,9,20:*'],
    [['5:1'], '1:5'],
    [['*:5'], '5:*'],
    [['*'], '*'],
    [['*:*'], '*'],
    [['3,1,2'], '1:3'],
    [['1:3,4:6'], '1:6'],
    [['1:3,5:6'], '1:3,5:6'],
    [['1:9,2:3,4'], '1:9'],
    [['5:*,2:9'], '2:*'],
    [['5:*,*'], '5:*'],
    [[`${MAX},*`], `${MAX},*`],
    [[`1:${MAX}`, '*'], `1:${MAX},*`],
    [['1:3', 7, { from: 9, to: '*' }], '1:3,7,9:*'],
    [[{ from: 9, to: 7 }, 8], '7:9'],
    [[[3, 1, 2], new Set([5])], '1:3,5'],
    [[uids('1:3'), uids('4')], '1:4'],
    [[MAX], String(MAX)],
  ])('of %j are %j', (parts, text) => {
    const set = uids(...parts)
    expect(set.toString()).toBe(text)
    expect(JSON.stringify(set)).toBe(JSON.stringify(text))
    expect(uids(text).equals(set)).toBe(true)
  })

  const wrong: readonly SetPart[] = [
    0,
    -1,
    1.5,
    NaN,
    Infinity,
    MAX + 1,
    '0',
    '01',
    '1:',
    ':1',
    '1,',
    ',1',
    '1 ,2',
    ' 1',
    '1:2:3',
    '1\r\n',
    '$',
    'x',
    '4294967296',
    '99999999999',
    [1, 0],
    ['1'] as never,
    { from: 0, to: 5 },
    { from: 1, to: NaN },
    {} as never,
    null as never,
    undefined as never,
    5n as never,
    savedResult as never,
    seqs('1:3'),
  ]
  it.each(wrong.map((part) => [inspect(part), part] as const))('refuses %s', (_, part) => {
    expect(() => uids(part)).toThrow(ArgumentError)
  })

  it('does not mix with sequence numbers', () => {
    expect(() => seqs(uids(1))).toThrow('cannot be in one set')
    expect(uids(1).kind).toBe('uid')
    expect(seqs(seqs(1), 2).kind).toBe('seq')
  })

  it('makes one of a number', () => {
    expect(uid(7)).toBe(7)
    for (const wrong of [0, 1.5, NaN, MAX + 1]) expect(() => uid(wrong)).toThrow(ArgumentError)
  })
})

describe('NumberSet', () => {
  it.each([
    ['', { isEmpty: true, hasStar: false, rangeCount: 0, min: undefined, max: undefined }],
    ['3:5,9', { isEmpty: false, hasStar: false, rangeCount: 2, min: 3, max: 9, size: 4 }],
    ['3:5,9:*', { isEmpty: false, hasStar: true, rangeCount: 2, min: 3, max: undefined }],
    ['*', { isEmpty: false, hasStar: true, rangeCount: 1, min: undefined, max: undefined }],
  ])('%j is described', (text, expected) => {
    expect(uids(text)).toMatchObject(expected)
  })

  it('holds numbers', () => {
    const set = uids('3:5,9,20:*')
    const held = [1, 2, 3, 4, 5, 6, 8, 9, 10, 19, 20, 21, MAX]
    expect(held.filter((number) => set.has(number))).toEqual([3, 4, 5, 9, 20, 21, MAX])
    expect([NaN, 3.5, MAX + 1, 0, -3, Infinity].filter((number) => set.has(number))).toEqual([])
    expect(uids('*').has(MAX)).toBe(false)
  })

  it('gives its ranges and numbers', () => {
    expect([...uids('1:3,7,9:*').ranges()]).toEqual([
      { from: 1, to: 3 },
      { from: 7, to: 7 },
      { from: 9, to: '*' },
    ])
    expect([...uids('*').ranges()]).toEqual([{ from: '*', to: '*' }])
    expect([...uids('1:3,7')]).toEqual([1, 2, 3, 7])
  })

  it('refuses what needs to know the last message', () => {
    for (const text of ['*', '5:*']) {
      expect(() => [...uids(text)]).toThrow(ArgumentError)
      expect(() => uids(text).size).toThrow('has no size')
      expect(() => uids(text).take(1)).toThrow(ArgumentError)
    }
    expect(() => uids('*').intersection(uids(1))).toThrow(ArgumentError)
    expect(() => uids(1).difference(uids('3,*'))).toThrow(ArgumentError)
  })

  it.each([
    ['1:5,9', '4:7', '1:7,9', '4:5', '1:3,9'],
    ['1:5', '6:9', '1:9', '', '1:5'],
    ['1:9', '3,5:6', '1:9', '3,5:6', '1:2,4,7:9'],
    ['1:3', '1:3', '1:3', '1:3', ''],
    ['', '1:3', '1:3', '', ''],
    ['1:3', '', '1:3', '', '1:3'],
    ['5:*', '1:10', '1:*', '5:10', '11:*'],
    ['1:10', '5:*', '1:*', '5:10', '1:4'],
    ['1:2,4:5,7:8', '2:4,8:9', '1:5,7:9', '2,4,8', '1,5,7'],
    [`1:${MAX}`, `${MAX}`, `1:${MAX}`, `${MAX}`, `1:${MAX - 1}`],
  ])('%j and %j combine', (a, b, union, intersection, difference) => {
    expect(uids(a).union(uids(b)).toString()).toBe(union)
    expect(uids(b).union(uids(a)).toString()).toBe(union)
    expect(uids(a).intersection(uids(b)).toString()).toBe(intersection)
    expect(uids(a).difference(uids(b)).toString()).toBe(difference)
  })

  it('combines like sets of numbers do', () => {
    // Every pair of subsets of 1 to 5.
    const subset = (bits: number) => [1, 2, 3, 4, 5].filter((number) => bits & (1 << number))
    for (let a = 0; a < 64; a += 2) {
      for (let b = 0; b < 64; b += 2) {
        const [first, second] = [uids(subset(a)), uids(subset(b))]
        expect([...first.union(second)]).toEqual(subset(a | b))
        expect([...first.intersection(second)]).toEqual(subset(a & b))
        expect([...first.difference(second)]).toEqual(subset(a & ~b))
        expect(first.overlaps(second)).toBe((a & b) !== 0)
        expect(first.equals(second)).toBe(a === b)
      }
    }
  })

  it.each([
    ['*', '1', true],
    ['1', '3,*', true],
    // 9:* is the last message even when the mailbox has but three.
    ['9:*', '1:3', true],
    ['1:3', '9:*', true],
    ['*', '', false],
    ['', '', false],
  ])('%j may overlap %j: %j', (a, b, expected) => {
    expect(uids(a).overlaps(uids(b))).toBe(expected)
  })

  it.each([
    ['1,3,5,7', 3, ['1,3', '5,7']],
    ['1,3,5,7', 4, ['1,3', '5,7']],
    ['1,3,5,7', 5, ['1,3,5', '7']],
    ['1,3,5,7', 7, ['1,3,5,7']],
    ['100:200,300:400', 1, ['100:200', '300:400']],
    ['', 10, []],
    ['1:5,9:*', 5, ['1:5', '9:*']],
  ])('%j is cut into texts of %i octets', (text, octets, chunks) => {
    expect(uids(text).chunks(octets).map(String)).toEqual(chunks)
  })

  it('loses nothing when cut', () => {
    const set = uids(Array.from({ length: 500 }, (_, i) => (i * i) % 9973 || 1))
    for (const octets of [1, 10, 99, 100, 101, 8000]) {
      const chunks = set.chunks(octets)
      expect(chunks.reduce((all, each) => all.union(each), uids()).equals(set)).toBe(true)
      expect(chunks.filter((each) => each.rangeCount > 1 && String(each).length > octets)).toEqual([])
    }
  })

  it.each([
    ['1:3,7', 0, '', '1:3,7'],
    ['1:3,7', 2, '1:2', '3,7'],
    ['1:3,7', 3, '1:3', '7'],
    ['1:3,7', 4, '1:3,7', ''],
    ['1:3,7', 9, '1:3,7', ''],
    ['', 1, '', ''],
  ])('of %j the first %i are taken', (text, count, head, tail) => {
    const taken = uids(text).take(count)
    expect([taken.head.toString(), taken.tail.toString()]).toEqual([head, tail])
  })

  it.each([-1, 1.5, NaN])('refuses to take %d', (count) => {
    expect(() => uids('1:3').take(count)).toThrow(ArgumentError)
  })

  it('keeps large ranges as ranges', () => {
    const set = uids(`1:${MAX}`)
    expect([set.size, set.rangeCount, set.has(MAX)]).toEqual([MAX, 1, true])
  })

  it('is shown as what it is', () => {
    expect(inspect(uids('1:3'))).toBe('UidSet(1:3)')
    expect(inspect(seqs('*'))).toBe('SeqSet(*)')
    expect(String(savedResult)).toBe('$')
  })
})
