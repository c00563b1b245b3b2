import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ArgumentError, LimitError, ProtocolError } from '../../src/model/errors.js'
import { Cursor } from '../../src/wire/cursor.js'
import { type Frame, Framer } from '../../src/wire/framer.js'
import { DEFAULT_LIMITS } from '../../src/wire/limits.js'
import { decodeMailboxName, encodeMailboxName } from '../../src/wire/utf7.js'
import { Writer, type Segment } from '../../src/wire/writer.js'

const tight = { line: 60, literal: 20, response: 70 }

/** Bytes in which the characters that matter to the syntax are frequent. */
const octets = fc
  .array(
    fc.oneof(
      {
        weight: 6,
        arbitrary: fc.constantFrom(
          '\r\n',
          '\n',
          '\r',
          '\0',
          '{',
          '}',
          '"',
          '\\',
          '(',
          ')',
          '[',
          ']',
          ' ',
          '*',
          '+',
          '~',
        ),
      },
      {
        weight: 3,
        arbitrary: fc.constantFrom(
          '{0}\r\n',
          '{1}\r\n',
          '{3}\r\n',
          '~{2+}\r\n',
          '{99}\r\n',
          '* OK ',
          'A1 NO [',
          'NIL',
          '&',
          '&-',
          '1e3',
        ),
      },
      { weight: 2, arbitrary: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) },
      { weight: 1, arbitrary: fc.stringMatching(/^[a-z0-9]{1,8}$/) },
    ),
    { maxLength: 60 },
  )
  .map((parts) => Buffer.from(parts.join(''), 'latin1'))

/** Cuts bytes at places given as fractions. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [...places.map((place) => Math.floor(place * (bytes.length + 1))), 0, bytes.length].sort((a, b) => a - b)
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end))
}

interface Read {
  readonly frames: readonly unknown[]
  readonly error: string | undefined
}

/** All that a framer hands out, streamed literals put together again. */
function read(chunks: readonly Uint8Array[], limits = tight, stream: (size: number) => boolean = () => false): Read {
  const frames: unknown[] = []
  let streamed: string[] = []
  const framer = new Framer(
    {
      literal: (head, size) => {
        expect(head.text.endsWith('}')).toBe(true)
        if (!stream(size)) return undefined
        let taken = ''
        return {
          data: (bytes) => void (taken += Buffer.from(bytes).toString('latin1')),
          end: () => {
            expect(taken).toHaveLength(size)
            streamed.push(taken)
          },
          fail: () => undefined,
        }
      },
      response: (frame) => {
        const literals = frame.literals.map((each) => (each ? Buffer.from(each).toString('latin1') : streamed.shift()))
        expect(streamed).toEqual([])
        frames.push({ text: frame.text, literals })
        streamed = []
      },
    },
    limits,
  )
  framer.streaming = true
  try {
    for (const chunk of chunks) framer.push(chunk)
  } catch (error) {
    expect(error).toBeInstanceOf(LimitError)
    return { frames, error: (error as LimitError).limit }
  }
  return { frames, error: undefined }
}

describe('Framer', () => {
  it('finds the same responses wherever the chunks are cut, streamed or kept', () => {
    fc.assert(
      fc.property(octets, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 10 }), (bytes, places) => {
        for (const limits of [tight, DEFAULT_LIMITS]) {
          const whole = read([bytes], limits)
          expect(read(cut(bytes, places), limits)).toEqual(whole)
          expect(
            read(
              [...bytes].map((byte) => Uint8Array.of(byte)),
              limits,
            ),
          ).toEqual(whole)
        }
        const kept = read([bytes], DEFAULT_LIMITS)
        expect(read(cut(bytes, places), DEFAULT_LIMITS, (size) => size % 2 === 1)).toEqual(kept)
      }),
      { numRuns: 2000 },
    )
  })

  it('keeps the bytes of literals out of the responses, whatever they are', () => {
    const literal = fc.tuple(octets, fc.boolean())
    fc.assert(
      fc.property(fc.array(literal, { minLength: 1, maxLength: 4 }), fc.boolean(), (literals, code) => {
        const head = code ? 'A1 NO [BADCHARSET (' : '* X ('
        const tail = code ? ')] text {3}\r\n' : ')\r\n'
        const marker = ([bytes, binary]: readonly [Buffer, boolean]) => `${binary ? '~' : ''}{${bytes.length}}`
        const input = Buffer.concat([
          Buffer.from(head),
          ...literals.flatMap((each) => [Buffer.from(` ${marker(each)}\r\n`), each[0]]),
          Buffer.from(`${tail}* OK after\r\n`),
        ])
        const text = `${head}${literals.map((each) => ` ${marker(each)}`).join('')}${tail.slice(0, -2)}`
        const expected = [
          { text, literals: literals.map(([bytes]) => bytes.toString('latin1')) },
          { text: '* OK after', literals: [] },
        ]
        expect(read([input], DEFAULT_LIMITS)).toEqual({ frames: expected, error: undefined })
        expect(read([input], DEFAULT_LIMITS, () => true)).toEqual({ frames: expected, error: undefined })
      }),
    )
  })

  it('reads nothing more after a literal that was refused', () => {
    fc.assert(
      fc.property(octets, octets, (before, content) => {
        const clean = Buffer.from(
          before
            .toString('latin1')
            .replaceAll(/[^a-z]/g, 'x')
            .slice(0, 20),
        )
        const result = read([clean, Buffer.from(' {21}\r\n'), content, Buffer.from('\r\nA1 OK forged\r\n')])
        expect(result).toEqual({ frames: [], error: 'literal' })
      }),
    )
  })
})

describe('Cursor', () => {
  const readers: readonly ((cursor: Cursor) => unknown)[] = [
    (cursor) => cursor.atom(),
    (cursor) => cursor.word(),
    (cursor) => cursor.codeAtom(),
    (cursor) => cursor.number(),
    (cursor) => cursor.number64(),
    (cursor) => cursor.size(),
    (cursor) => cursor.flag(),
    (cursor) => cursor.flagList(),
    (cursor) => cursor.string(),
    (cursor) => cursor.nstring(),
    (cursor) => cursor.astring(),
    (cursor) => cursor.rawString(),
    (cursor) => cursor.rawNString(),
    (cursor) => cursor.bytes(),
    (cursor) => cursor.nbytes(),
    (cursor) => cursor.mailbox(),
    (cursor) => cursor.set(),
    (cursor) => cursor.skipValue(),
    (cursor) => cursor.valueText(),
    (cursor) => cursor.sp(),
    (cursor) => cursor.peekWord(),
    (cursor) => cursor.tryWord('NIL'),
    (cursor) => cursor.char('('),
    (cursor) => cursor.list(() => cursor.astring()),
  ]

  it('gives values or a ProtocolError for any bytes, and never goes back or past the end', () => {
    fc.assert(
      fc.property(octets, fc.array(fc.nat(readers.length - 1), { maxLength: 30 }), (bytes, order) => {
        const frames: Frame[] = []
        const framer = new Framer({ literal: () => undefined, response: (frame) => frames.push(frame) }, DEFAULT_LIMITS)
        framer.push(bytes)
        for (const frame of frames) {
          const cursor = new Cursor(frame, { nesting: 5, items: 50 })
          for (const which of order) {
            const before = cursor.pos
            try {
              readers[which]!(cursor)
              expect(cursor.pos).toBeGreaterThanOrEqual(before)
              expect(cursor.pos).toBeLessThanOrEqual(cursor.text.length)
            } catch (error) {
              if (!(error instanceof ProtocolError)) throw error
              cursor.pos = before
            }
          }
          cursor.rest()
          expect(cursor.atEnd).toBe(true)
        }
      }),
      { numRuns: 3000 },
    )
  })
})

/** Any string at all: controls, quotes, all of Unicode, halves of surrogate pairs. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc
    .array(
      fc.oneof(
        fc.constantFrom('\r', '\n', '\0', '"', '\\', '{5}', ' ', '(', ')', ']', '%', '*', 'NIL', '&', 'INBOX'),
        fc.string({ unit: 'grapheme', maxLength: 3 }),
      ),
    )
    .map((parts) => parts.join('')),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.integer({ min: 990, max: 1010 }).map((length) => 'y'.repeat(length)),
)

const options = fc.record({
  utf8: fc.boolean(),
  literalPlus: fc.boolean(),
  literalMinus: fc.boolean(),
  synchronize: fc.boolean(),
})

/** The line as a server would see it. */
function bytesOf(segments: readonly Segment[]): Buffer {
  return Buffer.concat(segments.map((each) => (each.kind === 'bytes' ? each.bytes : Buffer.alloc(0))))
}

/** Reads what was written; also checks that it is one line, and that no control that ends it stands outside literals. */
function readBack(bytes: Buffer, utf8: boolean): Cursor {
  const frames: Frame[] = []
  const framer = new Framer({ literal: () => undefined, response: (frame) => frames.push(frame) }, DEFAULT_LIMITS)
  framer.push(bytes)
  expect(framer.idle).toBe(true)
  expect(frames).toHaveLength(1)
  const cursor = new Cursor(frames[0]!)
  cursor.utf8 = utf8
  expect(cursor.text).not.toMatch(/[\r\n\0]/)
  cursor.word()
  return cursor
}

describe('Writer', () => {
  interface Method {
    readonly name: string
    readonly write: (writer: Writer, value: string) => unknown
    readonly read: (cursor: Cursor) => unknown
    readonly value?: (text: string) => unknown
  }
  const inbox = (name: string) => (name.toUpperCase() === 'INBOX' ? 'INBOX' : name)
  const methods: readonly Method[] = [
    { name: 'astring', write: (writer, value) => writer.astring(value), read: (cursor) => cursor.astring() },
    { name: 'string', write: (writer, value) => writer.string(value), read: (cursor) => cursor.string() },
    { name: 'nstring', write: (writer, value) => writer.nstring(value), read: (cursor) => cursor.nstring() },
    { name: 'atom', write: (writer, value) => writer.atom(value), read: (cursor) => cursor.atom() },
    { name: 'word', write: (writer, value) => writer.word(value), read: (cursor) => cursor.atom() },
    { name: 'flag', write: (writer, value) => writer.flag(value), read: (cursor) => cursor.flag() },
    {
      name: 'mailbox',
      write: (writer, value) => writer.mailbox(value),
      read: (cursor) => cursor.mailbox(),
      value: inbox,
    },
    {
      name: 'listMailbox',
      write: (writer, value) => writer.listMailbox(value),
      read: (cursor) => cursor.mailbox(),
      value: inbox,
    },
    {
      name: 'sectionHeaders',
      write: (writer, value) => writer.sectionHeaders('1', [value]),
      read: (cursor) => {
        cursor.char('[')
        cursor.word()
        cursor.sp()
        const [name] = cursor.list(() => cursor.astring())
        cursor.char(']')
        return name
      },
    },
    {
      name: 'flagList',
      write: (writer, value) => writer.flagList([`\\${value}`, '\\Seen']),
      read: (cursor) => cursor.flagList()[0]?.slice(1),
    },
  ]
  for (const { name, write, read: readValue, value: expected = (value: string) => value } of methods) {
    it(`${name} writes what is read back as the same, or refuses it`, () => {
      fc.assert(
        fc.property(text, options, (value, settings) => {
          const writer = new Writer(settings).word('X').sp()
          try {
            write(writer, value)
          } catch (error) {
            expect(error).toBeInstanceOf(ArgumentError)
            return
          }
          const { segments, size } = writer.sp().word('END').finish()
          const bytes = bytesOf(segments)
          expect(bytes).toHaveLength(size)
          const cursor = readBack(bytes, settings.utf8)
          cursor.sp()
          expect(readValue(cursor)).toEqual(expected(value))
          cursor.sp()
          expect(cursor.rest()).toBe('END')
          // Quoted UTF-8 only where it is allowed.
          if (!settings.utf8) expect(cursor.text).toMatch(/^[\x01-\x7f]*$/)
          expect(writer.trace).not.toMatch(/[\r\n\0]/)
        }),
        { numRuns: 1000 },
      )
    })
  }

  it('writes any bytes so that the same are read back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1100 }), options, fc.boolean(), (bytes, settings, binary) => {
        const writer = new Writer(settings).word('X').sp()
        const nul = bytes.includes(0)
        if (nul && !binary) {
          expect(() => writer.bytes(bytes)).toThrow(ArgumentError)
          expect(() => writer.literal(bytes)).toThrow(ArgumentError)
          return
        }
        writer.literal(bytes, { binary }).sp()
        if (!nul) writer.bytes(bytes)
        const cursor = readBack(bytesOf(writer.finish().segments), settings.utf8)
        for (let i = nul ? 1 : 0; i < 2; i++) {
          cursor.sp()
          expect(Buffer.from(cursor.bytes())).toEqual(Buffer.from(bytes))
        }
      }),
    )
  })

  it('waits before a literal exactly when the server must agree to it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5000 }), options, (size, settings) => {
        const { segments } = new Writer(settings).literal(Buffer.alloc(size, 'x')).finish()
        const free = !settings.synchronize && (settings.literalPlus || (settings.literalMinus && size <= 4096))
        expect(segments.map((each) => each.kind)).toEqual(free ? ['bytes'] : ['bytes', 'wait', 'bytes'])
        expect(
          bytesOf(segments)
            .toString()
            .startsWith(`{${size}${free ? '+' : ''}}\r\n`),
        ).toBe(true)
      }),
    )
  })

  it('never shows a secret in the trace', () => {
    const secret = fc.stringMatching(/^[A-Z]{6,20}[ "\\%ü]{0,3}$/)
    fc.assert(
      fc.property(secret, options, (value, settings) => {
        const writer = new Writer(settings).word('login').sp()
        writer.secret(() => writer.astring(value).sp().string(value).sp().mailbox(value))
        expect(writer.trace).toBe('login ***')
      }),
    )
  })
})

describe('modified UTF-7', () => {
  const name = fc.string({ unit: 'grapheme', maxLength: 20 })

  it('is lossless for names', () => {
    fc.assert(
      fc.property(
        fc.oneof(name, fc.string({ unit: fc.constantFrom('&', '-', 'a', 'ü', ',', '+', '\u{1F600}') })),
        (value) => {
          const encoded = encodeMailboxName(value)
          expect(encoded).toMatch(/^[\x20-\x7e]*$/)
          expect(decodeMailboxName(encoded)).toBe(value)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('reads text so that it can be written again, or leaves it alone', () => {
    const parts = fc.constantFrom('&', '-', 'APw', 'AOk', 'A', 'U,BTFw', '2D3eAA', '2D0', 'x', '+', '/', 'ü')
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 8 }), (each) => {
        const encoded = each.join('')
        const decoded = decodeMailboxName(encoded)
        if (decoded !== encoded) expect(encodeMailboxName(decoded)).toBe(encoded)
      }),
      { numRuns: 5000 },
    )
  })
})
