import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LimitError } from '../../src/model/errors.js'
import { Framer } from '../../src/wire/framer.js'
import { DEFAULT_LIMITS } from '../../src/wire/limits.js'

/** Lines and literals, some of them long enough to be kept as pieces of their own, and cut off anywhere. */
const input = fc
  .array(
    fc.oneof(
      fc.constantFrom('* OK x\r\n', '\r\n', '{0}\r\n', '* 1 FETCH (BODY[] {5}\r\nhel', 'lo)\r\n', '\0', '{99999}\r\n'),
      fc.string({ maxLength: 20 }),
      fc.integer({ min: 0, max: 9000 }).map((length) => `* X ${'y'.repeat(length)}\r\n`),
      fc.integer({ min: 0, max: 9000 }).map((length) => `* Z {${length}}\r\n${'z'.repeat(length)} end\r\n`),
    ),
    { maxLength: 12 },
  )
  .map((parts) => Buffer.from(parts.join(''), 'latin1'))

const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 })

function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const ends = [...at.map((place) => Math.floor(place * bytes.length)), 0, bytes.length].sort((a, b) => a - b)
  return ends.slice(1).map((end, i) => bytes.subarray(ends[i], end))
}

interface Way {
  /** Whether each chunk is overwritten as soon as it has been pushed. */
  readonly overwrite: boolean
  /** Every so many responses the sink throws, or stops the reading. */
  readonly throwEach: number
  readonly stopEach: number
}

/** What is found in the end; responses are looked at only then. */
function found(chunks: readonly Buffer[], { overwrite, throwEach, stopEach }: Way): unknown {
  const frames: { text: string; literals: readonly (Uint8Array | undefined)[] }[] = []
  const framer: Framer = new Framer(
    {
      literal: () => undefined,
      response: (frame) => {
        frames.push(frame)
        if (frames.length % stopEach === 0) framer.stop()
        if (frames.length % throwEach === 0) throw new Error('of the sink')
      },
    },
    { ...DEFAULT_LIMITS, line: 8000 },
  )
  const thrown: unknown[] = []
  const attempt = (work: () => void): void => {
    try {
      work()
    } catch (error) {
      thrown.push(error instanceof LimitError ? error.limit : String(error))
    }
  }
  for (const chunk of chunks) {
    const memory = Buffer.from(chunk)
    attempt(() => framer.push(memory))
    if (overwrite) memory.fill('}\r\n')
  }
  // Each going on may stop or throw again.
  for (let count = -1; count < frames.length;) {
    count = frames.length
    attempt(() => framer.resume())
  }
  const rest = Buffer.from(framer.takeRest()).toString('latin1')
  const texts = frames.map(({ text, literals }) => [text, literals.map((each) => each && Buffer.from(each).toString())])
  return { texts, thrown, rest }
}

describe('Framer', () => {
  it('needs a chunk no longer than push takes', () => {
    fc.assert(
      fc.property(input, places, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), (bytes, at, a, b) => {
        for (const [throwEach, stopEach] of [
          [Infinity, Infinity],
          [a, Infinity],
          [Infinity, b],
          [a, b],
        ] as const) {
          const chunks = cut(bytes, at)
          const way = { throwEach, stopEach }
          expect(found(chunks, { ...way, overwrite: true })).toEqual(found(chunks, { ...way, overwrite: false }))
        }
      }),
      { numRuns: 500 },
    )
  })
})
