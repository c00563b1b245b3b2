import { describe, expect, it } from 'vitest'
import { FLAG_COLOR_BITS, type FlagColor, flagColor, flagColorBits } from '../../../src/model/flag-color.js'
import {
  hasFlag,
  KEYWORDS,
  MAILBOX_ATTRIBUTES,
  RESERVED_KEYWORDS,
  SPECIAL_USES,
  SYSTEM_FLAGS,
} from '../../../src/model/flags.js'

describe('names of flags', () => {
  it.each([
    ['system flags', SYSTEM_FLAGS, /^\\[A-Z][a-z]+$/, 6],
    ['keywords', KEYWORDS, /^\$[A-Za-z0-9]+$/, 25],
    ['reserved keywords', RESERVED_KEYWORDS, /^\$[a-z]+$/, 5],
    ['special uses', SPECIAL_USES, /^\\[A-Z][a-z]+$/, 11],
    ['attributes', MAILBOX_ATTRIBUTES, /^\\[A-Z][A-Za-z]+$/, 22],
  ])('%s are well formed, and told once', (_title, names, form, count) => {
    expect(names).toHaveLength(count)
    for (const name of names) expect(name).toMatch(form)
    expect(new Set(names.map((each) => each.toLowerCase())).size).toBe(names.length)
  })

  it('no keyword is reserved', () => {
    expect(RESERVED_KEYWORDS.filter((each) => hasFlag(KEYWORDS, each))).toEqual([])
  })

  it('compares without regard to case', () => {
    expect(hasFlag(['\\seen', '$JUNK'], '\\Seen')).toBe(true)
    expect(hasFlag(['\\seen', '$JUNK'], '$Junk')).toBe(true)
    expect(hasFlag(['$Junk'], 'Junk')).toBe(false)
  })
})

describe('the colour of a flagged message (RFC 9979)', () => {
  const table: [FlagColor, number[]][] = [
    ['red', []],
    ['orange', [0]],
    ['yellow', [1]],
    ['green', [0, 1]],
    ['blue', [2]],
    ['purple', [0, 2]],
    ['gray', [1, 2]],
  ]

  it.each(table)('%s has the bits %j', (color, bits) => {
    const keywords = bits.map((bit) => `$MailFlagBit${bit}`)
    expect(flagColorBits(color)).toEqual(keywords)
    expect(flagColor(['\\flagged', '$Other', ...keywords.map((each) => each.toUpperCase())])).toBe(color)
  })

  it('there is none without \\Flagged, nor for all three bits', () => {
    expect(flagColor(FLAG_COLOR_BITS)).toBeNull()
    expect(flagColor([])).toBeNull()
    expect(flagColor(['\\Flagged', ...FLAG_COLOR_BITS])).toBeNull()
  })
})
