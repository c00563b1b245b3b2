import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ProtocolError } from '../../src/model/errors.js'
import { readResponse } from '../../src/protocol.js'
import { Framer } from '../../src/wire/framer.js'
import { DEFAULT_LIMITS } from '../../src/wire/limits.js'
import { describeResponse } from './describe.js'
import { type CorpusCase, parseCorpus } from './format.js'

/** Reads the bytes in chunks that end at `cuts`; an error is given as the text that a case expects. */
function read(bytes: Uint8Array, cuts: Iterable<number>, expected: CorpusCase['expected']): unknown[] {
  const found: unknown[] = []
  const framer = new Framer(
    {
      literal: () => undefined,
      response: (frame) => {
        try {
          found.push({ value: describeResponse(readResponse(frame)) })
        } catch (error) {
          if (!(error instanceof ProtocolError)) throw error
          const wanted = expected[found.length]
          const known = wanted !== undefined && 'error' in wanted && error.message.includes(wanted.error)
          found.push({ error: known ? wanted.error : error.message })
        }
      },
    },
    DEFAULT_LIMITS,
  )
  let from = 0
  for (const to of [...cuts, bytes.length]) {
    framer.push(bytes.subarray(from, to))
    from = to
  }
  expect(framer.idle).toBe(true)
  return found
}

/** Ascending places to cut at, the same in every run. */
function randomCuts(length: number, seed: number): number[] {
  let state = seed
  const next = (): number => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 2 ** 32
  const cuts: number[] = []
  for (let at = 1 + Math.floor(next() * 12); at < length; at += 1 + Math.floor(next() * 24)) cuts.push(at)
  return cuts
}

const directory = new URL('.', import.meta.url)
const files = readdirSync(directory).filter((name) => name.endsWith('.txt'))

it('has corpus files', () => {
  expect(files).toContain('rfc9051.txt')
})

describe.each(files)('%s', (file) => {
  const cases = parseCorpus(readFileSync(new URL(file, directory), 'utf8'))

  it('has no two cases of one title', () => {
    expect(new Set(cases.map((each) => each.title)).size).toBe(cases.length)
  })

  it.each(cases)('$title', ({ bytes, expected }) => {
    expect(expected.length).toBeGreaterThan(0)
    expect(read(bytes, [], expected)).toEqual(expected)
    expect(
      read(
        bytes,
        Array.from({ length: bytes.length - 1 }, (_, i) => i + 1),
        expected,
      ),
    ).toEqual(expected)
    for (let seed = 1; seed <= 5; seed++) {
      expect(read(bytes, randomCuts(bytes.length, seed), expected)).toEqual(expected)
    }
  })
})
