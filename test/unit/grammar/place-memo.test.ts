import { describe, expect, it } from 'vitest'
import { PlaceMemo } from '../../../src/grammar/place-memo.js'

describe('PlaceMemo', () => {
  const text = 'x ("TEXT" "PLAIN") 1 ("TEXT" "HTML") 2 ("TEXT" "PLAIN") 3'
  const [first, second, again] = [2, 21, 39]
  const length = '("TEXT" "PLAIN") '.length
  const note = (memo: PlaceMemo<string>, at: number, size = length) =>
    memo.note(text, at, at + size, at + 15, (copy) => `made of ${copy}`)

  it('remembers what came for the second time, wherever it stands', () => {
    const memo = new PlaceMemo<string>(100)
    expect(memo.find(text, first, first + 15)).toBeUndefined()
    note(memo, first)
    expect(memo.find(text, first, first + 15)).toBeUndefined()
    note(memo, first)
    const found = { text: '("TEXT" "PLAIN") ', value: 'made of ("TEXT" "PLAIN") ' }
    expect(memo.find(text, first, first + 15)).toEqual(found)
    expect(memo.find(text, again, again + 15)).toEqual(found)
    expect(memo.find(text, second, second + 15)).toBeUndefined()
  })

  it('keeps no long text, and none of which nothing was made', () => {
    const memo = new PlaceMemo<string>(10)
    note(memo, first)
    note(memo, first)
    expect(memo.find(text, first, first + 15)).toBeUndefined()
    const none = new PlaceMemo<string>(100)
    for (let i = 0; i < 3; i++) none.note(text, first, first + length, first + 15, () => undefined)
    expect(none.find(text, first, first + 15)).toBeUndefined()
  })

  it('never mixes texts up, and forgets when there are too many', () => {
    const memo = new PlaceMemo<number>(100)
    const texts = Array.from({ length: 20_000 }, (_, i) => `("PART${i}" "${i % 7}") `)
    for (const each of texts) {
      const make = (copy: string) => Number(/\d+/.exec(copy)?.[0])
      for (let twice = 0; twice < 2; twice++) memo.note(each, 0, each.length, each.length - 1, make)
      expect(memo.find(each, 0, each.length - 1)?.value).toBe(make(each))
    }
    const known = texts.filter((each) => memo.find(each, 0, each.length - 1) !== undefined)
    for (const each of known) expect(memo.find(each, 0, each.length - 1)?.text).toBe(each)
    expect(known.length).toBeGreaterThan(100)
    expect(known.length).toBeLessThanOrEqual(4096)
  })
})
