import { Buffer } from 'node:buffer'
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LimitError, ProtocolError } from '../../src/model/errors.js'
import { protocol, readResponse } from '../../src/protocol.js'
import { Framer } from '../../src/wire/framer.js'
import { DEFAULT_LIMITS } from '../../src/wire/limits.js'
import { describeResponse } from '../corpus/describe.js'
import { parseCorpus } from '../corpus/format.js'

const corpus = new URL('../corpus/', import.meta.url)
const samples = readdirSync(corpus)
  .filter((name) => name.endsWith('.txt'))
  .flatMap((name) => parseCorpus(readFileSync(new URL(name, corpus), 'utf8')).map((each) => each.bytes))

/** Reads everything; only the two errors that a caller has to expect may come out. */
function read(bytes: Uint8Array, cuts: readonly number[] = []): unknown[] {
  const found: unknown[] = []
  const framer = new Framer(
    {
      literal: (head) => {
        expectOnly(() => protocol.readFetchHead(head))
        return undefined
      },
      response: (frame) => found.push(expectOnly(() => describeResponse(readResponse(frame)))),
    },
    { ...DEFAULT_LIMITS, literal: 100_000, response: 200_000 },
  )
  framer.streaming = true
  let from = 0
  try {
    for (const to of [...cuts, bytes.length]) {
      framer.push(bytes.subarray(from, to))
      from = to
    }
  } catch (error) {
    if (!(error instanceof LimitError)) throw error
    found.push(error.message)
  }
  return found
}

function expectOnly(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    return error.message
  }
}

/** What the grammar is made of, so that random sequences of it get far into the readers. */
const tokens = fc.constantFrom(
  ...[
    '* ',
    '+ ',
    'a1 ',
    '1 ',
    '4294967296 ',
    'OK ',
    'NO ',
    'BYE ',
    'FETCH (',
    'LIST (',
    'STATUS ',
    'SEARCH ',
    'ESEARCH ',
  ],
  ...[
    'NAMESPACE ',
    'ID (',
    'VANISHED ',
    'CAPABILITY ',
    'FLAGS (',
    'EXISTS',
    'EXPUNGE',
    'ENABLED ',
    '[',
    ']',
    '[COPYUID ',
  ],
  ...[
    '[UIDNEXT ',
    '[PERMANENTFLAGS (',
    '[BADCHARSET (',
    'UID ',
    'ENVELOPE (',
    'BODYSTRUCTURE (',
    'BODY[',
    'BODY ',
    'RFC822 ',
  ],
  ...[
    'BINARY[',
    'BINARY.SIZE[',
    'INTERNALDATE ',
    'RFC822.SIZE ',
    'MODSEQ (',
    '(',
    ')',
    ' ',
    '"',
    '\\',
    'NIL ',
    'nil',
    '"x" ',
  ],
  ...[
    '"text" "plain" ',
    '{0}\r\n',
    '{3}\r\n',
    '~{2}\r\n',
    '{99999999999}',
    '=?utf-8?Q?=C3?=',
    '\u00ff',
    '\0',
    '\r\n',
    '\n',
    '<0>',
  ],
  ...['1:3,5 ', '-1', '1e99', '9.5e+1', '"17-Jul-1996 02:44:25 -0700" ', '"FILENAME*0*" "x\'\'%41" ', 'X-NEW ', '*'],
)

describe('reading what a server may send', () => {
  it('any bytes give values, ProtocolError or LimitError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        read(Buffer.concat([bytes, Buffer.from('\r\n')]))
      }),
      { numRuns: 2000 },
    )
  })

  it('any sequence of tokens gives values, ProtocolError or LimitError', () => {
    fc.assert(
      fc.property(fc.array(tokens, { maxLength: 60 }), (parts) => {
        read(Buffer.from(`* ${parts.join('')}\r\n* 1 FETCH (${parts.join('')})\r\n`, 'latin1'))
      }),
      { numRuns: 4000 },
    )
  })

  it('mutated samples give values, ProtocolError or LimitError', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 3 }), fc.nat({ max: 255 })), {
          minLength: 1,
          maxLength: 6,
        }),
        (sample, edits) => {
          let bytes = Buffer.from(sample)
          for (const [place, kind, octet] of edits) {
            const at = place % (bytes.length + 1)
            const removed = kind === 1 ? 0 : kind === 2 ? 1 : kind === 3 ? 9 : 1
            const added = kind >= 2 ? [] : [octet]
            bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(added), bytes.subarray(at + removed)])
          }
          read(bytes)
        },
      ),
      { numRuns: 4000 },
    )
  })

  it('any split of mutated samples gives the same', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.nat(),
        fc.nat({ max: 255 }),
        fc.array(fc.nat(), { maxLength: 12 }),
        (sample, place, octet, places) => {
          const bytes = Buffer.from(sample)
          bytes[place % bytes.length] = octet
          const cuts = places.map((each) => each % bytes.length).sort((a, b) => a - b)
          expect(read(bytes, cuts)).toEqual(read(bytes))
        },
      ),
      { numRuns: 2000 },
    )
  })

  it.each([
    ['parentheses', '* 1 FETCH (X ', '('],
    ['body structures', '* 1 FETCH (BODYSTRUCTURE ', '('],
    ['quotes', '* 1 FETCH (ENVELOPE (', '"a" '],
    ['broken quotes', '* 1 FETCH (ENVELOPE (', '"a"b'],
    ['group starts', '* 1 FETCH (ENVELOPE (NIL NIL (', '(NIL NIL "g" NIL)'],
    ['broken items', '* 1 FETCH (', 'ENVELOPE (x) '],
    ['encoded words', '* 1 FETCH (ENVELOPE (NIL "', '=?utf-8?Q?=C3?= '],
    ['starts of encoded words', '* 1 FETCH (ENVELOPE (NIL "', '=?a'],
    ['parameters', '* 1 FETCH (BODYSTRUCTURE ("text" "plain" (', '"a*0*" "x" '],
    ['childless look-alikes', '* 1 FETCH (BODYSTRUCTURE (', '("X" ("a" "b") NIL NIL NIL 1)'],
    ['brackets', '* OK [X ', '"]'],
    ['sets', '* VANISHED ', '1,'],
    ['capabilities', '* CAPABILITY ', 'LITERAL + '],
    ['flags', '* FLAGS (', '\\a'],
    ['unknown items', '* 1 FETCH (', 'X[ '],
  ])('time grows no faster than the answer: %s', (_, start, repeated) => {
    const time = (count: number): number => {
      const bytes = Buffer.from(`${start}${repeated.repeat(count)}\r\n`, 'latin1')
      const began = performance.now()
      read(bytes)
      return performance.now() - began
    }
    time(1000)
    // A quadratic reader would take seconds to minutes for what takes milliseconds.
    expect(time(200_000)).toBeLessThan(3000)
  })
})
