import { describe, expect, it } from 'vitest'
import { LimitError, ProtocolError } from '../../../src/model/errors.js'
import { Cursor } from '../../../src/wire/cursor.js'
import { charactersRead } from './work.js'

/** A cursor on text in which characters above 0x7F stand for octets. */
const on = (text: string, ...literals: (string | undefined)[]) =>
  new Cursor({ text, literals: literals.map((each) => (each === undefined ? undefined : Buffer.from(each, 'latin1'))) })
/** The octets of UTF-8, one character each. */
const utf8 = (text: string) => Buffer.from(text).toString('latin1')

type Method = {
  [K in keyof Cursor]: Cursor[K] extends () => unknown ? K : never
}[keyof Cursor]
type Row = readonly [
  method: Method,
  text: string,
  value: unknown,
  rest?: string,
  literals?: readonly (string | undefined)[],
]

const values: readonly Row[] = [
  ['atom', 'abc def', 'abc', ' def'],
  ['atom', 'BODY[1.2]<0>)', 'BODY[1.2]<0>', ')'],
  ['atom', 'a\\*%b(', 'a\\*%b', '('],
  ['atom', 'a{3}', 'a', '{3}', ['xyz']],
  ['atom', 'a"b', 'a', '"b'],
  ['atom', 'a\tb', 'a', '\tb'],
  ['word', 'Fetch (', 'FETCH', ' ('],
  ['codeAtom', 'ALERT] x', 'ALERT', '] x'],
  ['peekWord', 'BODY[1]', 'BODY', 'BODY[1]'],
  ['peekWord', '(a', '', '(a'],

  ['number', '0', 0],
  ['number', '4294967295 x', 4294967295, ' x'],
  ['number', '0000000001', 1],
  ['number', '1.2', 1, '.2'],
  ['number', '1exists', 1, 'exists'],
  ['number', '9.3736e+06)', 9373600, ')'],
  ['number', '1E3', 1000],
  // Too large to be a whole number that is known exactly: not read as one.
  ['number', '1e99', 1, 'e99'],
  ['size', '1.5e0', 1, '.5e0'],
  ['number64', '0', 0n],
  ['number64', '9223372036854775807]', 9223372036854775807n, ']'],
  ['number64', '999999999999999', 999999999999999n],
  ['number64', '1000000000000000', 1000000000000000n],
  ['number64', '9.3736e+06', 9373600n],
  ['size', '9007199254740991', 9007199254740991],
  ['size', '-1 x', 0, ' x'],

  ['set', '1:4,7,9:* x', '1:4,7,9:*', ' x'],
  ['flag', '\\Seen)', '\\Seen', ')'],
  ['flag', '\\*)', '\\*', ')'],
  ['flag', '\\ )', '\\', ' )'],
  ['flag', '$Junk ', '$Junk', ' '],
  ['flag', '"\\\\Seen")', '\\Seen', ')'],
  ['flag', '\\Seen\\Draft', '\\Seen', '\\Draft'],
  ['flagList', '(\\Seen $a \\*) x', ['\\Seen', '$a', '\\*'], ' x'],
  ['flagList', '()', []],
  ['flagList', 'NIL', []],
  ['flagList', '( \\Seen  NIL\\Draft )', ['\\Seen', '\\Draft']],

  ['string', '"a b" c', 'a b', ' c'],
  ['string', '""', ''],
  ['string', '"a\\"b\\\\c")', 'a"b\\c', ')'],
  ['string', '"DOMAIN\\user"', 'DOMAIN\\user'],
  ['string', '{3} x', 'a"b', ' x', ['a"b']],
  ['string', '~{2+}', 'ab', '', ['ab']],
  ['string', '{0}', '', '', ['']],
  ['string', 'NIL', ''],
  ['string', 'text/plain)', 'text/plain', ')'],
  ['string', `"${utf8('grüße')}"`, 'grüße'],
  ['string', '"gr\xfc\xdfe"', 'grüße'],
  ['string', `"\\"${utf8('ü')}\\\\"`, '"ü\\'],
  ['string', '{7}', 'grüße', '', [utf8('grüße')]],
  ['string', '{5}', 'grüße', '', ['gr\xfc\xdfe']],
  // Unescaped quotes, as some servers send them.
  ['string', '"MOUNDARY="_006_5DBB"" "OCTET"', 'MOUNDARY="_006_5DBB"', ' "OCTET"'],
  ['string', '"say "hi""]', 'say "hi"', ']'],
  ['string', '"a"b', 'a', 'b'],
  ['string', '"a"b"c', 'a', 'b"c'],

  ['nstring', 'NIL)', null, ')'],
  ['nstring', 'nil', null],
  ['nstring', '() x', null, ' x'],
  ['nstring', 'NILS', 'NILS'],
  ['nstring', '"NIL"', 'NIL'],
  ['nstring', '{3}', 'NIL', '', ['NIL']],

  ['astring', 'NIL x', 'NIL', ' x'],
  ['astring', 'a]b c', 'a]b', ' c'],
  ['astring', '[Gmail]/x)', '[Gmail]/x', ')'],
  ['astring', utf8('ü'), 'ü'],
  ['astring', '{3}', 'a b', '', ['a b']],

  ['rawString', `"${utf8('ü')}\\""`, `${utf8('ü')}"`],
  ['rawString', 'NIL', ''],
  ['rawNString', 'NIL', null],
  ['rawNString', '{2}', utf8('ü'), '', [utf8('ü')]],
  ['bytes', '"\xff\x01"', Buffer.from([255, 1])],
  ['bytes', 'NIL', Buffer.alloc(0)],
  ['bytes', '{2}', Buffer.from([255, 0]), '', ['\xff\0']],
  ['nbytes', 'NIL', null],
  ['nbytes', '"ab"', Buffer.from('ab')],
  ['nbytes', '{2}', Buffer.from('ab'), '', ['ab']],
  ['nbytes', '{999} x', undefined, ' x', [undefined]],

  ['mailbox', 'inBox', 'INBOX'],
  ['mailbox', '"iNBOX"', 'INBOX'],
  ['mailbox', '{5}', 'INBOX', '', ['inbox']],
  ['mailbox', 'inbox/x', 'inbox/x'],
  ['mailbox', '"Entw&APw-rfe"', 'Entwürfe'],
  ['mailbox', '"R&-D"', 'R&D'],
  ['mailbox', '"R&D"', 'R&D'],
  ['mailbox', `"${utf8('Entwürfe')}"`, 'Entwürfe'],

  ['rest', `a ${utf8('ü')} {5}`, 'a ü {5}'],
  ['rest', '', ''],

  ['valueText', 'abc def', 'abc', ' def'],
  ['valueText', '"a )" x', '"a )"', ' x'],
  ['valueText', '(a (b "c)") () NIL) x', '(a (b "c)") () NIL)', ' x'],
  ['valueText', 'BODY[HEADER.FIELDS (To "x]")]<0> NIL', 'BODY[HEADER.FIELDS (To "x]")]<0>', ' NIL'],
  ['valueText', 'BODY[H ({2})] x', 'BODY[H ("a]")]', ' x', ['a]']],
  ['valueText', '[a b', '[a', ' b'],
  ['valueText', '({3} {1}) {1}', '("a\\"\\\\" "b")', ' {1}', ['a"\\', 'b', 'c']],
  ['valueText', `(${utf8('ü')} {2})`, '(ü "ö")', '', [utf8('ö')]],
]

const refused: readonly Row[] = [
  ['atom', '(a', 'An atom expected'],
  ['atom', '', 'An atom expected'],
  ['codeAtom', ']', 'An atom expected'],
  ['number', '', 'A number expected'],
  ['number', 'x', 'A number expected'],
  ['number', '-1', 'A number expected'],
  ['number', '4294967296', 'larger than 32 bits'],
  ['number', '99999999999', 'too many digits'],
  ['number64', '9223372036854775808', 'larger than 63 bits'],
  ['number64', '10000000000000000000', 'too many digits'],
  ['size', '9007199254740992', 'larger than 2^53-1'],
  ['size', '-12', 'A number expected'],
  ['set', 'a', 'A set of numbers expected'],
  ['flag', ')', 'A flag expected'],
  ['flagList', '(a', '")" expected'],
  ['flagList', 'a', '"(" expected'],
  ['string', '"a', 'The quoted string has no end'],
  ['string', '"a\\"', 'The quoted string has no end'],
  ['string', '', 'A string expected'],
  ['string', ')', 'A string expected'],
  ['string', '(a)', 'A string expected'],
  ['string', '{5}', 'A marker of a literal, but no literal'],
  ['string', '{5}', 'does not fit', '', ['abc']],
  ['string', '{x}', 'does not fit', '', ['abc']],
  ['string', '{3', 'does not fit', '', ['abc']],
  ['string', '{3}', 'was streamed', '', [undefined]],
  ['skipValue', ')', 'A value expected'],
  ['skipValue', '', 'A value expected'],
  ['skipValue', '(a', 'A value expected'],
  ['skipValue', '(a\x01)', 'A value expected'],
]

describe('Cursor', () => {
  for (const [method, text, value, rest = '', literals = []] of values) {
    it(`${method}() of ${JSON.stringify(text)}`, () => {
      const cursor = on(text, ...literals)
      const read: unknown = cursor[method]()
      expect(read instanceof Uint8Array ? Buffer.from(read) : read).toEqual(value)
      expect(cursor.text.slice(cursor.pos)).toBe(rest)
    })
  }

  for (const [method, text, message, , literals = []] of refused) {
    it(`${method}() refuses ${JSON.stringify(text)}: ${String(message)}`, () => {
      const cursor = on(text, ...literals)
      let error: unknown
      try {
        cursor[method]()
      } catch (thrown) {
        error = thrown
      }
      expect(error).toBeInstanceOf(ProtocolError)
      expect((error as ProtocolError).message).toContain(message)
      expect((error as ProtocolError).offset).toBeTypeOf('number')
    })
  }

  it('reads characters and spaces', () => {
    const cursor = on('(  a')
    expect([cursor.peek(), cursor.atEnd]).toEqual([0x28, false])
    expect([cursor.tryChar(')'), cursor.tryChar('('), cursor.pos]).toEqual([false, true, 1])
    expect([cursor.trySp(), cursor.pos, cursor.trySp()]).toEqual([true, 3, false])
    expect(() => cursor.sp()).toThrow('A space expected at octet 3')
    expect(() => cursor.char('b')).toThrow('"b" expected')
    cursor.char('a')
    cursor.skipSpaces()
    expect([cursor.peek(), cursor.atEnd, cursor.tryChar('a')]).toEqual([-1, true, false])
    expect(() => cursor.sp()).toThrow(ProtocolError)
  })

  it.each([
    ['FETCH', 'fetch (', true],
    ['FETCH', 'FETCH', true],
    ['fetch', 'FETCH)', true],
    ['BODY', 'body[', true],
    ['OK', 'OK]', true],
    ['OK', 'OKAY', false],
    ['OK', 'O', false],
    ['OK', 'NO', false],
  ])('tryWord(%j) at %j is %j', (word, text, found) => {
    const cursor = on(text)
    expect([cursor.tryWord(word), cursor.pos]).toEqual([found, found ? word.length : 0])
  })

  it('takes mailbox names as UTF-8 where that is enabled', () => {
    const cursor = on(`Entw&APw-rfe ${utf8('Entwürfe')}`)
    cursor.utf8 = true
    expect(cursor.mailbox()).toBe('Entw&APw-rfe')
    cursor.sp()
    expect(cursor.mailbox()).toBe('Entwürfe')
  })

  it('reads lists of anything', () => {
    const cursor = on('((1 2)(3) NIL () "x)") y')
    const numbers = (): unknown => (cursor.peek() === 0x22 ? cursor.string() : cursor.list(() => cursor.number()))
    expect(cursor.list(numbers)).toEqual([[1, 2], [3], [], [], 'x)'])
    expect(cursor.rest()).toBe(' y')
  })

  it('refuses a list reader that takes nothing', () => {
    expect(() => on('(a)').list(() => 1)).toThrow('A list element expected')
  })

  it('gives literals again when the place is set back', () => {
    const cursor = on('({1} {1}) {1}', 'a', 'b', 'c')
    const read = () => {
      cursor.pos = 0
      return [cursor.list(() => cursor.string()), cursor.trySp(), cursor.string()]
    }
    expect(read()).toEqual([['a', 'b'], true, 'c'])
    expect(read()).toEqual([['a', 'b'], true, 'c'])
    cursor.pos = 5
    expect(cursor.string()).toBe('b')
    cursor.pos = 0
    cursor.skipValue()
    cursor.sp()
    expect(cursor.valueText()).toBe('"c"')
  })

  it('finds brackets and closing quotes again when the place is set back', () => {
    const cursor = on('[a b] "x" [c "y"z')
    cursor.pos = 10
    expect(cursor.valueText()).toBe('[c')
    cursor.sp()
    expect(cursor.string()).toBe('y')
    cursor.pos = 0
    expect(cursor.valueText()).toBe('[a b]')
    cursor.sp()
    expect(cursor.string()).toBe('x')
  })

  it('does not copy a literal', () => {
    const literal = Buffer.from('abc')
    expect(new Cursor({ text: '{3}', literals: [literal] }).bytes()).toBe(literal)
  })

  it('gives quoted bytes a buffer of their own', () => {
    expect(on('"abc"').bytes().buffer.byteLength).toBe(3)
  })

  it('shows the shape of what it could not read, not the content', () => {
    const error = on('* 12 FETCH (BODY[] "secret words 123" %)').fail('A number expected')
    expect(error.message).toBe('A number expected at octet 0 of the response: »* xx xxxxx (xxxx[] "xxxx')
    const cursor = on(`x${'secret '.repeat(10)}\x01\xff!`)
    cursor.pos = 71
    expect(cursor.fail('No').message).toBe('No at octet 71 of the response: …xx xxxxxx xxxxxx xxxxxx »??!')
    expect(cursor.fail('No').offset).toBe(71)
  })
})

describe('Cursor limits', () => {
  const limited = (text: string, items = 6) => new Cursor({ text, literals: [] }, { nesting: 3, items })
  const nested = (cursor: Cursor): unknown =>
    cursor.peek() === 0x28 ? cursor.list(() => nested(cursor)) : cursor.number()

  it('bounds nesting in lists that are read, and gets past any list', () => {
    expect(nested(limited('(((1)))'))).toEqual([[[1]]])
    expect(() => nested(limited('((((1))))'))).toThrow(LimitError)
    expect(() => nested(limited('((((1))))'))).toThrow(expect.objectContaining({ limit: 'nesting' }))
    const cursor = limited('(((()))) 7', 20)
    cursor.skipValue()
    cursor.sp()
    expect(cursor.number()).toBe(7)
  })

  it('loses no depth over a list that is nested too deep', () => {
    const cursor = limited('((((1))))(((1)))', 20)
    expect(() => nested(cursor)).toThrow(LimitError)
    cursor.pos = 0
    cursor.skipValue()
    expect(nested(cursor)).toEqual([[[1]]])
  })

  it('counts depth from the outside in, also after a failure', () => {
    const cursor = limited('(((a', 100)
    expect(() => nested(cursor)).toThrow(ProtocolError)
    cursor.pos = 0
    expect(() => cursor.skipValue()).toThrow('A value expected')
    cursor.enter()
    cursor.enter()
    cursor.enter()
    expect(() => cursor.enter()).toThrow(LimitError)
  })

  it('bounds the elements of all lists together', () => {
    expect(nested(limited('(1 2 3 4 5 6)'))).toEqual([1, 2, 3, 4, 5, 6])
    expect(() => nested(limited('(1 2 3 4 5 6 7)'))).toThrow(expect.objectContaining({ limit: 'items' }))
    const cursor = limited('(1 2 3)(4 5 6 7)')
    nested(cursor)
    expect(() => nested(cursor)).toThrow(LimitError)
    expect(() => limited('(1 2 3 4)').skipValue()).toThrow(LimitError)
  })
})

describe('Cursor work', () => {
  const all = (read: (cursor: Cursor) => void, piece: string) => (count: number) =>
    charactersRead(() => {
      const cursor = on(piece.repeat(count))
      while (!cursor.atEnd) read(cursor)
    })
  it.each<[string, (count: number) => number]>([
    ['strings', all((cursor) => (cursor.string(), cursor.skipSpaces()), '"a\\"b" ')],
    ['strings without a proper end', all((cursor) => (cursor.string(), cursor.atom()), '"a"b')],
    ['escapes', (count) => charactersRead(() => on(`"${'\\"'.repeat(count)}"`).string())],
    ['open brackets', all((cursor) => (cursor.skipValue(), cursor.skipSpaces()), '[a ')],
    ['sections', all((cursor) => (cursor.skipValue(), cursor.skipSpaces()), '[a b] ')],
    ['numbers with exponents', all((cursor) => (cursor.size(), cursor.skipSpaces()), '1.5e1 ')],
    ['mailbox names', (count) => charactersRead(() => on(`"${'&APw-'.repeat(count)}"`).mailbox())],
    ['bare ampersands', (count) => charactersRead(() => on('&'.repeat(count)).mailbox())],
  ])('%s take work in proportion', (_, work) => {
    expect(work(500)).toBeGreaterThan(500)
    expect(work(2000) / work(1000)).toBeLessThan(2.1)
  })

  it('does not look at more of a run of digits than a number has', () => {
    const digits = '9'.repeat(100_000)
    const work = charactersRead(() => {
      for (const method of ['number', 'number64', 'size'] as const) expect(() => on(digits)[method]()).toThrow('digits')
    })
    expect(work).toBeLessThan(5000)
  })
})
