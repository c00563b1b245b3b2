import { describe, expect, expectTypeOf, it } from 'vitest'
import { thread, threadSeq, type Thread } from '../../../src/extensions/thread.js'
import { ArgumentError, LimitError } from '../../../src/model/errors.js'
import type { SeqNum } from '../../../src/model/ids.js'
import { seqs } from '../../../src/model/number-set.js'
import { answer, encode, Play, wrong } from '../commands/helpers.js'

type Tree = number | null | readonly [number | null, ...Tree[]]

/** A tree as nested lists: a message without replies is its number. */
const tree = ({ message, children }: Thread<number>): Tree =>
  children.length === 0 ? message : [message, ...children.map(tree)]

describe('THREAD', () => {
  it('is written with UTF-8', () => {
    expect(encode(thread('REFERENCES', { since: '2000-03-05' }))).toBe(
      'A1 UID THREAD REFERENCES UTF-8 SINCE 5-Mar-2000\r\n',
    )
    expect(encode(threadSeq('orderedsubject'))).toBe('A1 THREAD ORDEREDSUBJECT UTF-8 ALL\r\n')
  })

  it('needs its algorithm', () => {
    expect(thread('refs').needs).toBe('THREAD=REFS')
    expect(thread('X-OTHER').needs).toBe('THREAD=X-OTHER')
  })

  it.each(['', 'a b', '*', '(', 'ж', '"x"', 'a\r\nb'])('refuses %j for an algorithm', (algorithm) => {
    expect(() => thread(algorithm)).toThrow(ArgumentError)
  })

  it('refuses criteria that are none', () => {
    expect(() => thread('REFS', wrong({ colour: 1 }))).toThrow(ArgumentError)
    expect(() => thread(wrong(7))).toThrow(ArgumentError)
  })

  it('tells of sequence numbers', () => {
    expect(thread('REFS').traits).toEqual({ answers: 'THREAD', seqArgs: false, noExpunge: false })
    expect(threadSeq('REFS', { seq: seqs(1) }).traits).toEqual({ answers: 'THREAD', seqArgs: true, noExpunge: true })
  })
})

describe('answers to THREAD', () => {
  it.each<[string, string[], Tree[]]>([
    ['nothing', [], []],
    ['an empty one', ['* THREAD'], []],
    ['the example of RFC 5256 §4', ['* THREAD (2)(3 6 (4 23)(44 7 96))'], [2, [3, [6, [4, 23], [44, [7, 96]]]]]],
    ['siblings of a parent that was not found', ['* THREAD ((3)(5))'], [[null, 3, 5]]],
    ['several', ['* THREAD (1)', '* THREAD (2 3)'], [1, [2, 3]]],
    ['deeper siblings without a parent', ['* THREAD (1 ((2)(3))(4))'], [[1, [null, 2, 3], 4]]],
  ])('%s', (_title, lines, trees) => {
    expect(answer(thread('REFERENCES'), lines).map(tree)).toEqual(trees)
  })

  it('has no replies to replies in ORDEREDSUBJECT', () => {
    const lines = ['* THREAD (1 2 3)(4 (5 6 (7)(8))(9))']
    expect(answer(thread('ORDEREDSUBJECT'), lines).map(tree)).toEqual([
      [1, 2, 3],
      [4, 5, 6, 7, 8, 9],
    ])
    expect(answer(thread('REFS'), lines).map(tree)).toEqual([
      [1, [2, 3]],
      [4, [5, [6, 7, 8]], 9],
    ])
  })

  it('types sequence numbers as such', () => {
    const [first] = answer(threadSeq('REFS'), ['* THREAD (1)'])
    expectTypeOf(first?.message).toEqualTypeOf<SeqNum | null | undefined>()
    expect(first).toEqual({ message: 1, children: [] })
  })

  it('takes a conversation of any length', () => {
    const numbers = Array.from({ length: 50_000 }, (_, index) => index + 1)
    for (const algorithm of ['REFERENCES', 'ORDEREDSUBJECT']) {
      const found = answer(thread(algorithm), [`* THREAD (${numbers.join(' ')})`])
      let count = 0
      const waiting: Thread<number>[] = [...found]
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        count++
        waiting.push(...next.children)
      }
      expect(count).toBe(numbers.length)
    }
  })

  it('bounds the nesting', () => {
    expect(() => answer(thread('REFS'), [`* THREAD ${'('.repeat(5000)}1${')'.repeat(5000)}`])).toThrow(LimitError)
  })

  it('leaves other answers alone', () => {
    expect(new Play(thread('REFS')).send('* SORT 1', '* SEARCH 1', '* THREAD (1)').claims).toEqual([false, false, true])
  })
})
