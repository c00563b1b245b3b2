import { describe, expect, it } from 'vitest'
import { ConnectionError, LimitError } from '../../../src/model/errors.js'
import { type Frame, Framer, type LiteralSink } from '../../../src/wire/framer.js'
import { DEFAULT_LIMITS } from '../../../src/wire/limits.js'
import { charactersRead } from './work.js'

const octets = (text: string): Buffer => Buffer.from(text, 'latin1')
const small = { line: 40, literal: 20, response: 50 }

/** Frames with their literals as text. */
function frames(chunks: readonly Uint8Array[], limits = DEFAULT_LIMITS as typeof small) {
  const found: { text: string; literals: (string | undefined)[] }[] = []
  const framer = new Framer({ literal: () => undefined, response: (frame) => found.push(plain(frame)) }, limits)
  for (const chunk of chunks) framer.push(chunk)
  return { found, idle: framer.idle }
}

function plain(frame: Frame) {
  return {
    text: frame.text,
    literals: frame.literals.map((each) => each && Buffer.from(each).toString('latin1')),
  }
}

/** A framer that streams every literal into `log`. */
function streaming(options: { throwIn?: 'literal' | 'data' | 'end' | 'response' } = {}) {
  const log: string[] = []
  const pieces: Uint8Array[] = []
  const trip = (where: string) => {
    if (options.throwIn === where) throw new Error(`thrown in ${where}`)
  }
  const sink: LiteralSink = {
    data: (bytes) => {
      pieces.push(bytes)
      log.push(`data ${Buffer.from(bytes).toString('latin1')}`)
      trip('data')
    },
    end: () => {
      log.push('end')
      trip('end')
    },
    fail: (error) => log.push(`fail ${error.message}`),
  }
  const framer = new Framer(
    {
      literal: (head, size) => {
        log.push(`literal ${size} ${JSON.stringify(plain(head))}`)
        trip('literal')
        return sink
      },
      response: (frame) => {
        log.push(`response ${JSON.stringify(plain(frame))}`)
        trip('response')
      },
    },
    DEFAULT_LIMITS,
  )
  framer.streaming = true
  return { framer, log, pieces }
}

const cases: readonly (readonly [name: string, input: string, expected: readonly (readonly string[])[]])[] = [
  ['one line', '* OK hi\r\n', [['* OK hi']]],
  ['several lines', '* 1 EXISTS\r\n* 2 RECENT\r\nA1 OK\r\n', [['* 1 EXISTS'], ['* 2 RECENT'], ['A1 OK']]],
  ['a bare LF ends a line too', '* 1 EXISTS\n* 2 RECENT\n', [['* 1 EXISTS'], ['* 2 RECENT']]],
  ['a CR alone does not', '* OK a\rb\r\n', [['* OK a\rb']]],
  ['NULs before a response', '\0\0* 1 EXISTS\r\n\0A OK\r\n', [['* 1 EXISTS'], ['A OK']]],
  ['empty lines between responses', '\r\n\n* 1 EXISTS\r\n\r\n', [['* 1 EXISTS']]],
  ['a literal', '* 1 FETCH (BODY[] {5}\r\nhello)\r\n', [['* 1 FETCH (BODY[] {5})', 'hello']]],
  ['a literal after a bare LF', '* 1 FETCH (BODY[] {5}\nhello)\r\n', [['* 1 FETCH (BODY[] {5})', 'hello']]],
  ['a literal with CRLF in it', '* LIST () "/" {4}\r\na\r\nb\r\n', [['* LIST () "/" {4}', 'a\r\nb']]],
  ['a literal that looks like responses', '* X {9}\r\nA1 OK no\n\r\n', [['* X {9}', 'A1 OK no\n']]],
  ['a literal with NUL', '* X ~{3}\r\n\0\0\0 1\r\n', [['* X ~{3} 1', '\0\0\0']]],
  ['a non-synchronizing marker', '* X {2+}\r\nab ~{1+}\r\nc\r\n', [['* X {2+} ~{1+}', 'ab', 'c']]],
  ['an empty literal', '* X {0}\r\n {0}\r\n\r\n', [['* X {0} {0}', '', '']]],
  ['leading zeros', '* X {0003}\r\nabc\r\n', [['* X {0003}', 'abc']]],
  ['8-bit octets', '* LIST "\xc3\xa9" {2}\r\n\xc3\xa9\r\n', [['* LIST "\xc3\xa9" {2}', '\xc3\xa9']]],
  [
    'braces that are no marker',
    '* X {}\r\n* X {a}\r\n* X 5}\r\n* X {5} \r\n',
    [['* X {}'], ['* X {a}'], ['* X 5}'], ['* X {5} ']],
  ],
  ['an untagged status text', '* OK see {5}\r\n* NO {5}\r\n', [['* OK see {5}'], ['* NO {5}']]],
  ['a status text in any case and spacing', '*  bye x {5}\r\nA1  Bad {5}\r\n', [['*  bye x {5}'], ['A1  Bad {5}']]],
  ['a continuation', '+ {5}\r\n+ [X] {5}\r\n+{5}\r\n', [['+ {5}'], ['+ [X] {5}'], ['+{5}']]],
  ['text after a code', '* OK [ALERT] {5}\r\nA NO [X "]"] {5}\r\n', [['* OK [ALERT] {5}'], ['A NO [X "]"] {5}']]],
  ['a literal within a code', 'A NO [BADCHARSET ({3}\r\nx]y)] {5}\r\n', [['A NO [BADCHARSET ({3})] {5}', 'x]y']]],
  ['a bracket in a string in a code', 'A NO [X "a]\\"]" {1}\r\n]]\r\n', [['A NO [X "a]\\"]" {1}]', ']']]],
  ['two literals within a code', 'A NO [X {1}\r\n] {1}\r\n]] {1}\r\n', [['A NO [X {1} {1}] {1}', ']', ']']]],
  ['a word that only begins like a status', '* OKAY {1}\r\na\r\n* OK\r\n', [['* OKAY {1}', 'a'], ['* OK']]],
  ['quotes that do not pair up', '* LIST () "/ {3}\r\nabc\r\n', [['* LIST () "/ {3}', 'abc']]],
]

describe('Framer', () => {
  for (const [name, input, expected] of cases) {
    const wanted = expected.map(([text, ...literals]) => ({ text, literals }))
    it(name, () => {
      expect(frames([octets(input)])).toEqual({ found: wanted, idle: true })
    })
    it(`${name}: byte by byte`, () => {
      expect(frames([...octets(input)].map((byte) => Uint8Array.of(byte)))).toEqual({ found: wanted, idle: true })
    })
  }

  it('is idle between responses only', () => {
    const states: [string, boolean][] = []
    const framer = new Framer({ literal: () => undefined, response: () => undefined }, DEFAULT_LIMITS)
    for (const chunk of ['', '\0', '\r', '\n', '* X', ' {2}', '\r\n', 'a', 'b', '\r\n', '* X {0}\r\n', '\n']) {
      framer.push(octets(chunk))
      states.push([chunk, framer.idle])
    }
    expect(states).toEqual([
      ['', true],
      ['\0', true],
      ['\r', false],
      ['\n', true],
      ['* X', false],
      [' {2}', false],
      ['\r\n', false],
      ['a', false],
      ['b', false],
      ['\r\n', true],
      ['* X {0}\r\n', false],
      ['\n', true],
    ])
  })

  it('keeps literals in buffers of their own and exact size', () => {
    const kept: Uint8Array[] = []
    const chunk = octets('* X {3}\r\nabc\r\n')
    const sink = {
      literal: () => undefined,
      response: (frame: Frame) => kept.push(...(frame.literals as Uint8Array[])),
    }
    new Framer(sink, DEFAULT_LIMITS).push(chunk)
    chunk.fill(0)
    expect(kept).toEqual([Buffer.from('abc')])
    expect(kept[0]?.buffer.byteLength).toBe(3)
  })

  it('does not ask for sinks while not streaming', () => {
    const { framer, log } = streaming()
    framer.streaming = false
    framer.push(octets('* X {1}\r\na\r\n'))
    expect(log).toEqual(['response {"text":"* X {1}","literals":["a"]}'])
  })

  it('streams literals as views into the chunks', () => {
    const { framer, log, pieces } = streaming()
    const chunk = octets('* 1 FETCH (BODY[] {5}\r\nhel')
    framer.push(chunk)
    framer.push(octets('lo X {0}\r\n)\r\n* OK\r\n'))
    expect(log).toEqual([
      'literal 5 {"text":"* 1 FETCH (BODY[] {5}","literals":[]}',
      'data hel',
      'data lo',
      'end',
      'literal 0 {"text":"* 1 FETCH (BODY[] {5} X {0}","literals":[null]}',
      'end',
      'response {"text":"* 1 FETCH (BODY[] {5} X {0})","literals":[null,null]}',
      'response {"text":"* OK","literals":[]}',
    ])
    expect(pieces[0]?.buffer).toBe(chunk.buffer)
  })

  it('keeps a literal whose sink is refused, after one that was streamed and one that was empty', () => {
    const streamed: string[] = []
    const found: unknown[] = []
    const framer = new Framer(
      {
        literal: (_, size) =>
          size === 3
            ? {
                data: (bytes) => streamed.push(Buffer.from(bytes).toString()),
                end: () => streamed.push('.'),
                fail: () => undefined,
              }
            : undefined,
        response: (frame) => found.push(plain(frame)),
      },
      DEFAULT_LIMITS,
    )
    framer.streaming = true
    framer.push(octets('* X {0}\r\n {3}\r\nabc {2}\r\nde\r\n'))
    expect(streamed).toEqual(['abc', '.'])
    expect(found).toEqual([{ text: '* X {0} {3} {2}', literals: ['', undefined, 'de'] }])
  })

  it('asks for no sink once the response got long, so that reading its head stays cheap', () => {
    const asked: number[] = []
    const framer = new Framer(
      { literal: (head) => void asked.push(head.literals.length), response: () => undefined },
      DEFAULT_LIMITS,
    )
    framer.streaming = true
    framer.push(octets(`* X${' {1}\r\na'.repeat(200)}\r\n`))
    expect(asked).toHaveLength(64)
    framer.push(octets(`* X ${'a'.repeat(70_000)}{1}\r\na\r\n`))
    expect(asked).toHaveLength(64)
  })

  it('joins short and long pieces of a line in their order', () => {
    const text = Array.from({ length: 3000 }, (_, i) => `<${i}>`).join('')
    const chunks: Buffer[] = []
    const sizes = [10, 5000, 7, 1, 4096, 4095, 3]
    for (let at = 0, i = 0; at < text.length; i++) {
      const size = sizes[i % sizes.length]!
      chunks.push(octets(text.slice(at, at + size)))
      at += size
    }
    expect(frames([...chunks, octets('\r\n')]).found).toEqual([{ text, literals: [] }])
  })

  it('takes plain Uint8Arrays, with an offset too', () => {
    const whole = new Uint8Array(octets('xx* OK hi\r\nyy'))
    expect(frames([whole.subarray(2, 11)]).found).toEqual([{ text: '* OK hi', literals: [] }])
  })
})

describe('Framer limits', () => {
  const breaches: readonly (readonly [name: string, input: string, limit: string])[] = [
    ['a line', `* ${'x'.repeat(39)}\r\n`, 'line'],
    ['a line without end', `* ${'x'.repeat(41)}`, 'line'],
    ['lines around literals together', `* ${'x'.repeat(20)} {1}\r\na${'x'.repeat(20)}\r\n`, 'line'],
    ['a literal', '* X {21}\r\n', 'literal'],
    ['a literal beyond all numbers', `* X {${'9'.repeat(30)}}\r\n`, 'literal'],
    ['a literal beyond safe integers', '* X {9007199254740992}\r\n', 'literal'],
    ['literals together', '* X {20}\r\n12345678901234567890 {20}\r\n', 'response'],
    ['literals and lines together', `* X {20}\r\n12345678901234567890${'x'.repeat(30)}\r\n`, 'response'],
  ]
  for (const [name, input, limit] of breaches) {
    for (const cut of ['whole', 'byte by byte']) {
      it(`${name}: ${cut}`, () => {
        const found: string[] = []
        const framer = new Framer({ literal: () => undefined, response: (frame) => found.push(frame.text) }, small)
        const chunks = cut === 'whole' ? [octets(input)] : [...octets(input)].map((byte) => Uint8Array.of(byte))
        const error = caught(() => chunks.forEach((chunk) => framer.push(chunk)))
        expect(error).toBeInstanceOf(LimitError)
        expect(error).toMatchObject({ limit, code: 'ERR_IMAP_LIMIT' })
        // What follows a refused literal is its content, and must not be taken for a response.
        expect(caught(() => framer.push(octets('A1 OK forged\r\n')))).toBe(error)
        framer.resume()
        expect(found).toEqual([])
      })
    }
  }

  it('allows what just fits', () => {
    const line = `* ${'x'.repeat(38)}`
    expect(frames([octets(`${line}\r\n`)], small).found).toEqual([{ text: line, literals: [] }])
    const both = `* X {20}\r\n12345678901234567890${'x'.repeat(22)}\r\n`
    expect(frames([octets(both)], small).found).toHaveLength(1)
  })

  it('counts each response for itself', () => {
    expect(frames([octets('* X {20}\r\n12345678901234567890\r\n'.repeat(9))], small).found).toHaveLength(9)
  })

  it('has no limit on streamed literals', () => {
    const { log, pieces } = streaming()
    const framer = new Framer(
      {
        literal: () => ({ data: (bytes) => pieces.push(bytes), end: () => log.push('end'), fail: () => undefined }),
        response: () => undefined,
      },
      small,
    )
    framer.streaming = true
    framer.push(octets('* X {1000}\r\n'))
    framer.push(Buffer.alloc(1000, 'x'))
    expect([pieces.length, log]).toEqual([1, ['end']])
  })

  it('bounds the number of literals in one response', () => {
    const error = caught(() => frames([octets(`* X${' {0}\r\n'.repeat(100_001)}`)]))
    expect(error).toMatchObject({ limit: 'response' })
  })
})

describe('Framer and sinks that interfere', () => {
  it('stops after the response and keeps the rest', () => {
    const found: string[] = []
    const framer = new Framer(
      {
        literal: () => undefined,
        response: (frame) => {
          found.push(frame.text)
          if (frame.text.startsWith('A')) framer.stop()
        },
      },
      DEFAULT_LIMITS,
    )
    framer.push(octets('* 1 EXISTS\r\nA OK\r\n* injected\r\n'))
    framer.push(octets('* more\r\n'))
    expect(found).toEqual(['* 1 EXISTS', 'A OK'])
    expect(Buffer.from(framer.takeRest()).toString()).toBe('* injected\r\n* more\r\n')
    expect(framer.takeRest()).toHaveLength(0)
    framer.push(octets('* 2 EXISTS\r\nB O'))
    framer.resume()
    expect(found).toEqual(['* 1 EXISTS', 'A OK', '* 2 EXISTS'])
    framer.push(octets('K\r\n'))
    expect(found.at(-1)).toBe('B OK')
    expect(framer.takeRest()).toHaveLength(0)
  })

  it('gives the rest to a sink that asks for it, an unfinished line included', () => {
    let rest = ''
    const framer = new Framer(
      { literal: () => undefined, response: () => void (rest = Buffer.from(framer.takeRest()).toString()) },
      DEFAULT_LIMITS,
    )
    framer.push(octets('A OK\r\n* half'))
    expect(rest).toBe('* half')
    expect(framer.idle).toBe(true)
    framer.push(octets('* half'))
    expect(Buffer.from(framer.takeRest()).toString()).toBe('* half')
    expect(framer.idle).toBe(true)
  })

  it('reads on in order when a sink pushes', () => {
    const found: string[] = []
    const framer = new Framer(
      {
        literal: () => undefined,
        response: (frame) => {
          found.push(`${frame.text} begins`)
          if (frame.text === 'a') framer.push(octets('c\r\n'))
          found.push(`${frame.text} ends`)
        },
      },
      DEFAULT_LIMITS,
    )
    framer.push(octets('a\r\nb\r\n'))
    expect(found).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
  })

  it.each([
    ['literal', ['response {"text":"* X {3}","literals":[null]}', 'response {"text":"* OK","literals":[]}']],
    ['data', ['response {"text":"* X {3}","literals":[null]}', 'response {"text":"* OK","literals":[]}']],
    ['end', ['response {"text":"* X {3}","literals":[null]}', 'response {"text":"* OK","literals":[]}']],
    ['response', ['response {"text":"* OK","literals":[]}']],
  ] as const)('is not upset by a throw in %s', (throwIn, after) => {
    const options: { throwIn?: 'literal' | 'data' | 'end' | 'response' } = { throwIn }
    const { framer, log } = streaming(options)
    expect(() => framer.push(octets('* X {3}\r\nabc\r\n* OK\r\n'))).toThrow(`thrown in ${throwIn}`)
    delete options.throwIn
    log.length = 0
    framer.push(octets(''))
    expect(log).toEqual(after)
    expect(framer.idle).toBe(true)
  })

  it('skips the rest of a literal whose sink threw', () => {
    const options: { throwIn?: 'data' } = { throwIn: 'data' }
    const { framer, log } = streaming(options)
    expect(() => framer.push(octets('* X {6}\r\nabc'))).toThrow('thrown in data')
    delete options.throwIn
    framer.push(octets('def\r\n'))
    expect(log.slice(1)).toEqual(['data abc', 'response {"text":"* X {6}","literals":[null]}'])
  })

  it('tells the sink when the connection is lost, and reads no more', () => {
    const { framer, log } = streaming()
    framer.push(octets('* X {6}\r\nabc'))
    framer.fail(new ConnectionError('gone'))
    framer.push(octets('def\r\nA OK\r\n'))
    framer.fail(new ConnectionError('gone again'))
    expect(log.slice(1)).toEqual(['data abc', 'fail gone'])
  })

  it('can be ended from within a sink', () => {
    const log: string[] = []
    const sink = (where: string): LiteralSink => ({
      data: () => {
        if (where === 'data') framer.fail(new ConnectionError('cut'))
      },
      end: () => log.push('end'),
      fail: (error) => log.push(`fail ${error.message}`),
    })
    let where = 'data'
    let framer!: Framer
    const make = () =>
      new Framer(
        {
          literal: () => {
            if (where === 'literal') framer.fail(new ConnectionError('cut'))
            return sink(where)
          },
          response: (frame) => log.push(frame.text),
        },
        DEFAULT_LIMITS,
      )
    for (where of ['data', 'literal']) {
      framer = make()
      framer.streaming = true
      framer.push(octets('* X {3}\r\nabc\r\nA OK\r\n'))
    }
    expect(log).toEqual(['fail cut', 'fail cut'])
  })
})

describe('Framer work', () => {
  /** Counts the octets over which a search for LF went. */
  function searched(run: () => void): number {
    const prototype = Buffer.prototype as Buffer
    const original = prototype.indexOf
    let count = 0
    Object.assign(prototype, {
      indexOf(this: Buffer, value: number, from: number): number {
        const found = Reflect.apply(original, this, [value, from]) as number
        count += (found === -1 ? this.length : found + 1) - from
        return found
      },
    })
    try {
      run()
    } finally {
      Object.assign(prototype, { indexOf: original })
    }
    return count
  }

  /** Counts the octets that are copied to join pieces. */
  function joined(run: () => void): number {
    const original = Buffer.concat
    let count = 0
    Buffer.concat = (list, total) => {
      count += list.reduce((sum, each) => sum + each.length, 0)
      return original(list, total)
    }
    try {
      run()
    } finally {
      Buffer.concat = original
    }
    return count
  }

  it.each([1, 7, 4095, 4096, 65_536])('looks at each octet once, and joins it once, in chunks of %i', (size) => {
    // Fewer where each octet is a chunk: making the chunks is what takes the time.
    const length = size === 1 ? 1 << 18 : 1 << 20
    const line = Buffer.alloc(length, 'x')
    line.write('\r\n', length - 2)
    const push = () => {
      const framer = new Framer({ literal: () => undefined, response: () => undefined }, DEFAULT_LIMITS)
      for (let at = 0; at < length; at += size) framer.push(line.subarray(at, at + size))
      expect(framer.idle).toBe(true)
    }
    let copied = 0
    expect(searched(() => (copied = joined(push)))).toBe(length)
    expect(copied).toBeLessThanOrEqual(length)
    expect(copied).toBeGreaterThan(length - size - 1)
  })

  it('does not scan a response again for each of its literals', () => {
    const scan = (literals: number) =>
      charactersRead(() => frames([octets(`* NO [X ${'{1}\r\n] "]" '.repeat(literals)}{1}\r\n]]\r\n`)]))
    expect(scan(1000)).toBeGreaterThan(1000)
    expect(scan(2000) / scan(1000)).toBeLessThan(2.1)
  })
})

function caught(run: () => void): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('Nothing was thrown')
}
