import { describe, expect, it, vi } from 'vitest'
import { ArgumentError } from '../../../src/model/errors.js'
import { prepared, saslPrep } from '../../../src/sasl/prepare.js'

const loaded = vi.hoisted(() => ({ count: 0 }))
vi.mock('@mongodb-js/saslprep', async (original) => {
  loaded.count++
  return await original()
})

/** Runs first, as a module is loaded once. */
it('loads no tables for ASCII', async () => {
  expect(await saslPrep('password', ' USER ~!')).toBe(' USER ~!')
  await expect(saslPrep('password', 'a\x07')).rejects.toBeInstanceOf(ArgumentError)
  expect(loaded.count).toBe(0)
  expect(await saslPrep('password', 'é')).toBe('é')
  expect(loaded.count).toBe(1)
})

describe('SASLprep', () => {
  it.each([
    ['soft hyphen mapped to nothing', 'I\u00adX', 'IX'],
    ['no transformation', 'user', 'user'],
    ['case preserved', 'USER', 'USER'],
    ['NFKC of ISO 8859-1', '\u00aa', 'a'],
    ['NFKC', '\u2168', 'IX'],
  ])('RFC 4013 §3: %s', async (_title, text, result) => {
    expect(await saslPrep('password', text)).toBe(result)
  })

  it.each([
    ['combining characters', 'wo\u0308rd', 'wörd'],
    ['a space that is not of ASCII', 'a\u00a0b\u3000c', 'a b c'],
    ['full width', '\uff41\uff22', 'aB'],
    ['a code point that Unicode 3.2 did not know', 'p\u{1f600}', 'p\u{1f600}'],
    ['right-to-left from end to end', '\u0627\u0628\u0627', '\u0627\u0628\u0627'],
  ])('%s', async (_title, text, result) => {
    expect(await saslPrep('password', text)).toBe(result)
  })

  it.each([
    ['RFC 4013 §3, example 6', '\u0007'],
    ['RFC 4013 §3, example 7: bidirectional check', '\u06271'],
    ['left-to-right within right-to-left', '\u0627secret\u0627'],
    ['DEL', 'secret\x7f'],
    ['a line break', 'secret\n'],
    ['NUL', 'secret\0'],
    ['a control character beyond ASCII', 'secret\u0085'],
    ['private use', 'secret\ue000'],
    ['no character', 'secret\ufffe'],
    ['half of a pair', 'secret\ud800'],
    ['replacement character', 'secret\ufffd'],
    ['a mark of direction', 'secret\u200e'],
    ['a tag', 'secret\u{e0041}'],
    ['nothing but what is left out', '\u00ad'],
    ['nothing', ''],
  ])('refuses %s, and does not show it', async (_title, text) => {
    const error: unknown = await saslPrep('password', text).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ArgumentError)
    const { message, cause } = error as ArgumentError
    expect(message).toMatch(/^The password/)
    expect(message).not.toMatch(/secret/)
    expect(cause).toBeUndefined()
  })

  it('refuses what is no string', async () => {
    await expect(saslPrep('password', JSON.parse('7') as string)).rejects.toBeInstanceOf(ArgumentError)
  })

  it('survives text of any length', async () => {
    const result = await saslPrep('password', 'é'.repeat(300_000)).catch((error: unknown) => error)
    expect(result === 'é'.repeat(300_000) || result instanceof ArgumentError).toBe(true)
  })
})

it('prepares name and password, and leaves the authzid', async () => {
  expect(await prepared({ user: '\uff41', password: '\u2168', authzid: '\u2168' })).toEqual({
    user: 'a',
    password: 'IX',
    authzid: '\u2168',
  })
  await expect(prepared({ user: 'a\x01', password: 'x' })).rejects.toThrow(/user name/)
})
