import { describe, expect, it } from 'vitest'
import { Memo } from '../../../src/mime/memo.js'

describe('Memo', () => {
  it('makes a value once, and gives it again', () => {
    const memo = new Memo<object>()
    expect(memo.get('a')).toBeUndefined()
    const made = memo.add('a', (text) => ({ text }))
    expect(made).toEqual({ text: 'a' })
    expect(memo.get('a')).toBe(made)
    expect(memo.get('b')).toBeUndefined()
  })

  it('keeps a text octet by octet', () => {
    const octets = String.fromCharCode(...Array.from({ length: 256 }, (_, code) => code))
    expect(new Memo<string>().add(octets, (text) => text)).toBe(octets)
  })

  it('stays small, whatever it is given', () => {
    const memo = new Memo<number>()
    for (let i = 0; i < 100_000; i++) memo.add(String(i), Number)
    const kept = Array.from({ length: 100_000 }, (_, i) => memo.get(String(i))).filter((value) => value !== undefined)
    expect(kept.length).toBeGreaterThan(0)
    expect(kept.length).toBeLessThanOrEqual(1000)
  })
})
