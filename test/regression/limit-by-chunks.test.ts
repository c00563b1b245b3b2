// Which limit a response had passed, and so the error that closed the connection, depended on how the bytes were cut.
import { expect, it } from 'vitest'
import { LimitError } from '../../src/model/errors.js'
import { Framer } from '../../src/wire/framer.js'
import { DEFAULT_LIMITS } from '../../src/wire/limits.js'

function passed(text: string, size: number): string | undefined {
  const framer = new Framer(
    { literal: () => undefined, response: () => undefined },
    { ...DEFAULT_LIMITS, line: 100, response: 120 },
  )
  const bytes = Buffer.from(text)
  try {
    for (let from = 0; from < bytes.length; from += size) framer.push(bytes.subarray(from, from + size))
  } catch (error) {
    if (error instanceof LimitError) return error.limit
    throw error
  }
  return undefined
}

it.each([
  ['the line, where literals leave room', 10, 'line'],
  ['the response, where they leave less than the line may have', 60, 'response'],
  ['the line, where both end at the same octet', 20, 'line'],
])('is %s', (_, literal, limit) => {
  const text = `* X {${literal}}\r\n${'l'.repeat(literal)}${' y'.repeat(100)}\r\n`
  for (const size of [1, 7, text.length]) expect(passed(text, size)).toBe(limit)
})
