import { describe, expect, it } from 'vitest'
import { uidBatches } from '../../../src/extensions/uidbatches.js'
import { ArgumentError, ProtocolError } from '../../../src/model/errors.js'
import { answer, encode } from '../commands/helpers.js'

describe('UIDBATCHES', () => {
  it('asks for all batches, or for some', () => {
    expect(encode(uidBatches(2000))).toBe('A1 UIDBATCHES 2000\r\n')
    expect(encode(uidBatches(500, { from: 2, to: 4 }))).toBe('A1 UIDBATCHES 500 2:4\r\n')
  })

  it('gives the batches as sets, the newest first', () => {
    const found = answer(uidBatches(2000), ['* UIDBATCHES (TAG "A1") 215295:99696,99695:20351,7'])
    expect(found.map(String)).toEqual(['99696:215295', '20351:99695', '7'])
  })

  it('gives none for an empty mailbox', () => {
    expect(answer(uidBatches(500), ['* UIDBATCHES (TAG "A1")'])).toEqual([])
  })

  it('does not take the answer to another command, and does not do without one', () => {
    expect(() => answer(uidBatches(500), ['* UIDBATCHES (TAG "B7") 1:2'])).toThrow(ProtocolError)
  })

  it.each([
    [499, undefined],
    [1.5, undefined],
    [500, { from: 0, to: 1 }],
    [500, { from: 3, to: 2 }],
    [1000, { from: 1, to: 101 }],
  ])('refuses %o %o', (size, range) => {
    expect(() => uidBatches(size, range)).toThrow(ArgumentError)
  })
})
