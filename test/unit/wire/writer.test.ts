import { describe, expect, it } from 'vitest'
import { ArgumentError, StateError } from '../../../src/model/errors.js'
import { savedResult, seqs, uids } from '../../../src/model/number-set.js'
import { Writer, type Segment, type WriterOptions } from '../../../src/wire/writer.js'

const plain: WriterOptions = { utf8: false, literalPlus: false, literalMinus: false }
const plus: WriterOptions = { ...plain, literalPlus: true }
const minus: WriterOptions = { ...plain, literalMinus: true }
const utf8: WriterOptions = { ...plain, utf8: true }

/** What is sent, as latin1: `<wait>` where the server is waited for. */
function sent(write: (writer: Writer) => unknown, options = plain): string {
  const writer = new Writer(options)
  write(writer)
  const { segments, size } = writer.finish()
  const octets = segments.reduce((sum, each) => sum + octetsIn(each), 0)
  expect(size).toBe(octets)
  const line = segments.map(shown).join('')
  expect(line.endsWith('\r\n')).toBe(true)
  return line.slice(0, -2)
}

function octetsIn(segment: Segment): number {
  return segment.kind === 'bytes' ? segment.bytes.length : segment.kind === 'stream' ? segment.size : 0
}

function shown(segment: Segment): string {
  if (segment.kind === 'bytes') return Buffer.from(segment.bytes).toString('latin1')
  return segment.kind === 'wait' ? '<wait>' : `<stream ${segment.size}>`
}

const long = 'x'.repeat(1001)

describe('Writer strings', () => {
  const rows: readonly (readonly [
    method: 'astring' | 'string' | 'mailbox' | 'listMailbox',
    text: string,
    line: string,
    options?: WriterOptions,
  ])[] = [
    ['astring', 'abc', 'abc'],
    ['astring', 'a.b@c-d+$&/[', 'a.b@c-d+$&/['],
    ['astring', '', '""'],
    ['astring', 'NIL', '"NIL"'],
    ['astring', 'nil', '"nil"'],
    ['astring', 'NILS', 'NILS'],
    ['astring', 'a b', '"a b"'],
    ['astring', 'a]', '"a]"'],
    ['astring', 'a%', '"a%"'],
    ['astring', '*', '"*"'],
    ['astring', '{5}', '"{5}"'],
    ['astring', 'a"b\\c', '"a\\"b\\\\c"'],
    ['astring', '\t', '"\t"'],
    ['astring', 'x'.repeat(1000), 'x'.repeat(1000)],
    ['astring', long, `{1001}\r\n<wait>${long}`],
    ['astring', 'a\r\nb', '{4}\r\n<wait>a\r\nb'],
    ['astring', '\n', '{1}\r\n<wait>\n'],
    ['astring', 'ü', '{2}\r\n<wait>\xc3\xbc'],
    ['astring', 'ü', '"\xc3\xbc"', utf8],
    ['astring', '\u{1F600}', '"\xf0\x9f\x98\x80"', utf8],
    ['astring', 'ü\r', '{3}\r\n<wait>\xc3\xbc\r', utf8],
    // 1000 octets, not characters.
    ['astring', 'ü'.repeat(500), `"${'\xc3\xbc'.repeat(500)}"`, utf8],
    ['astring', 'ü'.repeat(501), `{1002}\r\n<wait>${'\xc3\xbc'.repeat(501)}`, utf8],
    ['astring', 'ü', '{2+}\r\n\xc3\xbc', plus],
    ['astring', 'ü', '{2+}\r\n\xc3\xbc', minus],
    ['astring', 'ü', '{2}\r\n<wait>\xc3\xbc', { ...plus, synchronize: true }],
    ['string', 'abc', '"abc"'],
    ['string', 'NIL', '"NIL"'],
    ['string', '', '""'],
    ['string', 'a\rb', '{3}\r\n<wait>a\rb'],
    ['mailbox', 'inBox', 'INBOX'],
    ['mailbox', 'Inbox/x', 'Inbox/x'],
    ['mailbox', '[Gmail]/All Mail', '"[Gmail]/All Mail"'],
    ['mailbox', 'Entwürfe', 'Entw&APw-rfe'],
    ['mailbox', 'Entwürfe', '"Entw\xc3\xbcrfe"', utf8],
    ['mailbox', 'R&D', 'R&-D'],
    ['mailbox', 'R&D', 'R&D', utf8],
    ['mailbox', 'a\r\nb', 'a&AA0ACg-b'],
    ['mailbox', '', '""'],
    ['mailbox', 'NIL', '"NIL"'],
    ['listMailbox', '*', '*'],
    ['listMailbox', 'a/%', 'a/%'],
    ['listMailbox', 'Entwürfe/*', 'Entw&APw-rfe/*'],
    ['listMailbox', 'a b/*', '"a b/*"'],
    ['listMailbox', 'a]*', '"a]*"'],
    ['listMailbox', '', '""'],
    ['listMailbox', 'Nil', '"Nil"'],
  ]
  for (const [method, text, line, options] of rows) {
    it(`${method} ${JSON.stringify(text.slice(0, 20))} ${JSON.stringify(options ?? {})}`, () => {
      expect(sent((writer) => writer[method](text), options)).toBe(line)
    })
  }

  it.each(['astring', 'string', 'mailbox', 'listMailbox'] as const)('%s refuses what no form can carry', (method) => {
    for (const options of [plain, plus, utf8]) {
      for (const text of ['\0', 'a\0b', 'ü\0', '\ud800', 'a\udc00', `${long}\0`, `${long}\ud800`]) {
        expect(() => new Writer(options)[method](text)).toThrow(ArgumentError)
      }
    }
  })

  it('writes NIL for null only', () => {
    expect(sent((writer) => writer.nstring(null).sp().nstring('NIL').sp().nstring(''))).toBe('NIL "NIL" ""')
  })

  it.each([
    ['plain', '"plain"'],
    ['', '""'],
    ['a"\\', '"a\\"\\\\"'],
    ['a\r\n', '{3}\r\n<wait>a\r\n'],
    ['\xff', '{1}\r\n<wait>\xff'],
  ])('writes the bytes %j', (octets, line) => {
    expect(sent((writer) => writer.bytes(Buffer.from(octets, 'latin1')))).toBe(line)
  })

  it('refuses bytes with NUL outside a literal8', () => {
    const nul = Buffer.from('a\0b')
    expect(() => new Writer(plain).bytes(nul)).toThrow(ArgumentError)
    expect(() => new Writer(plain).literal(nul)).toThrow(/NUL/)
    expect(sent((writer) => writer.literal(nul, { binary: true }))).toBe('~{3}\r\n<wait>a\0b')
    expect(sent((writer) => writer.literal(nul, { binary: true }), plus)).toBe('~{3+}\r\na\0b')
  })
})

describe('Writer literals', () => {
  it.each([
    [plain, 1, '{1}'],
    [plus, 1, '{1+}'],
    [plus, 1_000_000, '{1000000+}'],
    [minus, 4096, '{4096+}'],
    [minus, 4097, '{4097}'],
    [{ ...plus, literalMinus: true }, 4097, '{4097+}'],
    [{ ...plus, literalMinus: true, synchronize: true }, 1, '{1}'],
  ])('with %j, %i octets are announced as %s', (options, size, header) => {
    const line = sent((writer) => writer.literal(Buffer.alloc(size, 'x')), options)
    expect(line).toBe(`${header}\r\n${header.includes('+') ? '' : '<wait>'}${'x'.repeat(size)}`)
  })

  const kinds = (write: (writer: Writer) => unknown, options: WriterOptions) => {
    const writer = new Writer(options)
    write(writer)
    return writer.finish().segments.map((each) => each.kind)
  }

  it('puts all that goes out together into one segment', () => {
    expect(kinds((writer) => writer.command('A', 'X').sp().astring('ü').sp().astring('ö'), plus)).toEqual(['bytes'])
    expect(kinds((writer) => writer.literal(Buffer.alloc(0)), plus)).toEqual(['bytes'])
  })

  it('does not copy large literals', () => {
    const body = Buffer.alloc(1 << 20, 'x')
    const writer = new Writer(plus)
    const { segments } = writer.word('APPEND').sp().literal(body).finish()
    expect(segments.map((each) => each.kind)).toEqual(['bytes', 'bytes', 'bytes'])
    expect((segments[1] as { bytes: Uint8Array }).bytes).toBe(body)
  })

  it('waits between the header and the literal', () => {
    expect(kinds((writer) => writer.word('A').literal(Buffer.from('x')), plain)).toEqual(['bytes', 'wait', 'bytes'])
    const stream = [Buffer.from('abc')]
    expect(kinds((writer) => writer.word('A').literal({ stream, size: 3 }), plain)).toEqual([
      'bytes',
      'wait',
      'stream',
      'bytes',
    ])
    expect(kinds((writer) => writer.word('A').literal({ stream, size: 3 }), plus)).toEqual(['bytes', 'stream', 'bytes'])
  })

  it('hands a stream on as it is', () => {
    const stream = [Buffer.from('abc')]
    const { segments, size } = new Writer(plus).literal({ stream, size: 3 }).finish()
    expect(segments[1]).toEqual({ kind: 'stream', stream, size: 3 })
    expect(size).toBe('{3+}\r\nabc\r\n'.length)
    expect(() => new Writer(plus).literal({ stream, size: -1 })).toThrow(ArgumentError)
    expect(() => new Writer(plus).literal({ stream, size: 1.5 })).toThrow(ArgumentError)
  })
})

describe('Writer values', () => {
  const written: readonly (readonly [line: string, write: (writer: Writer) => unknown])[] = [
    ['A1 NOOP', (w) => w.command('A1', 'NOOP')],
    ['x.9 UID FETCH 1:3', (w) => w.command('x.9', 'UID FETCH').sp().set(uids('1:3'))],
    ['+FLAGS.SILENT (\\Seen $a)', (w) => w.word('+FLAGS.SILENT').sp().flagList(['\\Seen', '$a'])],
    ['AUTH=PLAIN dGVzdA== * +', (w) => w.word('AUTH=PLAIN').sp().word('dGVzdA==').sp().word('*').sp().word('+')],
    ['a-b.c', (w) => w.atom('a-b.c')],
    ['0 4294967296 9007199254740991', (w) => w.number(0).sp().number(4294967296).sp().number(Number.MAX_SAFE_INTEGER)],
    [
      '0 9223372036854775807',
      (w) =>
        w
          .number(0n)
          .sp()
          .number(2n ** 63n - 1n),
    ],
    ['()', (w) => w.flagList([])],
    ['\\Deleted', (w) => w.flag('\\Deleted')],
    [
      '(1 (2 3) ())',
      (w) =>
        w.list([[1], [2, 3], []], (row) => (row.length === 1 ? w.number(row[0]!) : w.list(row, (n) => w.number(n)))),
    ],
    ['1:4,9:* 7 $', (w) => w.set(uids('9:*', '1:4')).sp().set(seqs(7)).sp().set(savedResult)],
    ['1-Jan-2026', (w) => w.date('2026-01-01')],
    ['29-Feb-2024', (w) => w.date('2024-02-29')],
    ['31-Dec-2025', (w) => w.date(new Date('2025-12-31T23:59:59Z'))],
    ['1-Jan-0033', (w) => w.date('0033-01-01')],
    ['" 1-Jan-2026 02:03:04 +0000"', (w) => w.dateTime(new Date('2026-01-01T02:03:04Z'))],
    ['"31-Jan-2026 22:00:00 +0000"', (w) => w.dateTime(new Date('2026-02-01T00:00:00+02:00'))],
    ['BODY.PEEK[]', (w) => w.word('BODY.PEEK').section('')],
    ['[1.2.MIME][text][3][1.header]', (w) => w.section('1.2.MIME').section('text').section('3').section('1.header')],
    ['[HEADER.FIELDS (Subject "a]")]', (w) => w.sectionHeaders('', ['Subject', 'a]'])],
    ['[1.2.HEADER.FIELDS.NOT (To)]', (w) => w.sectionHeaders('1.2', ['To'], true)],
    ['[]<0.1024>', (w) => w.section('').partial(0, 1024)],
    ['()', (w) => w.open().close()],
  ]
  for (const [line, write] of written) {
    it(line, () => {
      expect(sent(write)).toBe(line)
    })
  }

  const refused: readonly (readonly [name: string, write: (writer: Writer) => unknown])[] = [
    ...['', 'a b', 'a\r\nB LOGOUT', 'a"', 'a(', 'a)', '{5}', '\\a', 'ü', '\x7f', '\0', '\u0141'].flatMap((text) => [
      [`word ${JSON.stringify(text)}`, (w: Writer) => w.word(text)] as const,
      [`command ${JSON.stringify(text)}`, (w: Writer) => w.command(text, 'NOOP')] as const,
      [`atom ${JSON.stringify(text)}`, (w: Writer) => w.atom(text)] as const,
      [`flag ${JSON.stringify(`\\${text}`)}`, (w: Writer) => w.flag(`\\${text}`)] as const,
    ]),
    ['command name', (w) => w.command('A', 'UID  FETCH')],
    ['atom %', (w) => w.atom('a%')],
    ['atom *', (w) => w.atom('*')],
    ['atom ]', (w) => w.atom(']')],
    ['flag \\*', (w) => w.flag('\\*')],
    ['flag empty', (w) => w.flag('')],
    ['flag list', (w) => w.flagList(['\\Seen) X'])],
    ['number -1', (w) => w.number(-1)],
    ['number 1.5', (w) => w.number(1.5)],
    ['number NaN', (w) => w.number(NaN)],
    ['number 2^53', (w) => w.number(2 ** 53)],
    ['number -1n', (w) => w.number(-1n)],
    ['number 2^63', (w) => w.number(2n ** 63n)],
    ['empty set', (w) => w.set(uids())],
    ['forged set', (w) => w.set({ kind: 'uid', toString: () => '1 FLAGS' })],
    ['forged saved set', (w) => w.set({ kind: 'saved', toString: () => '$ X' })],
    ['$ as a set of UIDs', (w) => w.set({ kind: 'uid', toString: () => '$' })],
    ...['', '2026-1-1', '2026-02-30', '2026-13-01', '1-Jan-2026', '2026-01-01T00:00:00Z', '2026-01-01\r\n'].map(
      (day) => [`date ${JSON.stringify(day)}`, (w: Writer) => w.date(day)] as const,
    ),
    ['invalid date', (w) => w.date(new Date(NaN))],
    ['date in the year 10000', (w) => w.dateTime(new Date('+010000-01-01T00:00:00Z'))],
    ['date before the year 0', (w) => w.dateTime(new Date('-000001-01-01T00:00:00Z'))],
    ...['0', '1.', '.1', '1..2', '01', 'MIME', 'HEADER.FIELDS (To)', '1.2]', 'TEXT\r\n', 'x'].map(
      (text) => [`section ${JSON.stringify(text)}`, (w: Writer) => w.section(text)] as const,
    ),
    ['headers of no part', (w) => w.sectionHeaders('TEXT', ['To'])],
    ['no headers', (w) => w.sectionHeaders('', [])],
    ...['', 'To:', 'a b', 'a\r\n', 'ü', '\0'].map(
      (name) => [`header ${JSON.stringify(name)}`, (w: Writer) => w.sectionHeaders('', [name])] as const,
    ),
    ['partial of nothing', (w) => w.partial(0, 0)],
    ['partial from -1', (w) => w.partial(-1, 1)],
    ['close without open', (w) => w.close()],
    ['open without close', (w) => w.open().finish()],
  ]
  for (const [name, write] of refused) {
    it(`refuses ${name}`, () => {
      expect(() => write(new Writer(utf8))).toThrow(ArgumentError)
    })
  }

  it('shows little of a refused argument', () => {
    const message = (() => {
      try {
        new Writer(plain).atom(`${'y'.repeat(50)}\r\n`)
      } catch (error) {
        return (error as Error).message
      }
      return ''
    })()
    expect(message).toContain(`"${'y'.repeat(40)}…"`)
    expect(message).not.toContain('\n')
  })

  it('finishes once', () => {
    const writer = new Writer(plain).command('A', 'NOOP')
    writer.finish()
    expect(() => writer.finish()).toThrow(StateError)
  })
})

describe('Writer trace', () => {
  it('shows literals by their size', () => {
    const writer = new Writer(plus).command('A', 'APPEND').sp().mailbox('a').sp().literal(Buffer.from('private'))
    writer.sp().literal({ stream: [], size: 9 }, { binary: true })
    writer.finish()
    expect(writer.trace).toBe('A APPEND a {7+} ~{9+}')
  })

  it.each(['pass', 'pass word', 'pässword', long])('shows nothing of the secret %s', (secret) => {
    const writer = new Writer(plus).command('A', 'LOGIN').sp().astring('me').sp()
    writer.secret(() =>
      writer
        .astring(secret)
        .sp()
        .secret(() => writer.string(secret)),
    )
    writer.sp().word('x')
    expect(writer.trace).toBe('A LOGIN me *** x')
    const { segments } = writer.finish()
    expect(Buffer.concat(segments.map((each) => (each as { bytes: Uint8Array }).bytes)).toString()).toContain(secret)
  })

  it('keeps a secret also when writing it fails', () => {
    const writer = new Writer(plain).word('LOGIN').sp()
    expect(() => writer.secret(() => writer.word('half').astring('\0'))).toThrow(ArgumentError)
    writer.sp().word('x')
    expect(writer.trace).toBe('LOGIN  x')
  })
})
