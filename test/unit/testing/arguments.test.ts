import { describe, expect, it } from 'vitest'
import { Arguments } from '../../../src/testing/arguments.js'
import { Refusal } from '../../../src/testing/refusal.js'

type Read = (args: Arguments) => unknown

const read = (text: string, reader: Read, utf8 = false): unknown => {
  const args = new Arguments({ text, literals: [] }, utf8)
  const value = reader(args)
  args.end()
  return value
}

const octets: Read = (args) => args.astring().toString('latin1')

describe('arguments', () => {
  it.each<[name: string, text: string, reader: Read, value: unknown]>([
    ['an atom', 'abc$&', (a) => a.atom(), 'abc$&'],
    ['an astring with ]', 'a]b', octets, 'a]b'],
    ['an empty quoted string', '""', octets, ''],
    ['a quoted string with escapes', '"a\\"b\\\\c"', octets, 'a"b\\c'],
    ['a keyword', 'body.peek', (a) => a.name(), 'BODY.PEEK'],
    ['a number', '4294967295', (a) => a.number(), 4294967295],
    ['a mod-sequence', '9223372036854775807', (a) => a.modSeq(), 9223372036854775807n],
    ['NIL', 'nil', (a) => a.nstring(), null],
    ['INBOX', '"iNbOx"', (a) => a.mailbox(), 'INBOX'],
    ['a name in modified UTF-7', 'Entw&APw-rfe', (a) => a.mailbox(), 'Entwürfe'],
    ['an ampersand', 'R&-D', (a) => a.mailbox(), 'R&D'],
    ['a pattern', 'a/%*', (a) => a.listMailbox(), 'a/%*'],
    ['flags', '(\\SEEN $Foo \\flagged)', (a) => a.flagList(), ['\\Seen', '$Foo', '\\Flagged']],
    ['no flags', '()', (a) => a.flagList(), []],
    ['a date', '1-Feb-1994', (a) => a.date(), Date.UTC(1994, 1, 1) / 86_400_000],
    ['a quoted date', '"29-feb-2024"', (a) => a.date(), Date.UTC(2024, 1, 29) / 86_400_000],
    ['a saved result', '$', (a) => a.set(), '$'],
    [
      'a set',
      '7:5,9,3:*,*',
      (a) => a.set(),
      [
        { from: 5, to: 7 },
        { from: 9, to: 9 },
        { from: 3, to: Infinity },
        { from: Infinity, to: Infinity },
      ],
    ],
    [
      'a date and time',
      '" 1-Feb-2026 09:30:00 -0330"',
      (a) => a.dateTime(),
      { date: new Date('2026-02-01T13:00:00Z'), zone: -210 },
    ],
  ])('read %s', (_name, text, reader, value) => {
    expect(read(text, reader)).toEqual(value)
  })

  it.each<[name: string, text: string, reader: Read]>([
    ['an atom with a space', 'a b', (a) => a.atom()],
    ['an atom with a quote', 'a"b"', (a) => a.atom()],
    ['nothing', '', octets],
    ['an unclosed string', '"abc', octets],
    ['an unknown escape', '"a\\b"', octets],
    ['8-bit text in quotes', '"\xc3\xa9"', octets],
    ['8-bit text in an atom', 'caf\xe9', octets],
    ['a literal that is not there', '{3}', octets],
    ['a number over 32 bits', '4294967296', (a) => a.number()],
    ['a mod-sequence over 63 bits', '9223372036854775808', (a) => a.modSeq()],
    ['a set with 0', '0:5', (a) => a.set()],
    ['a set with a leading zero', '05', (a) => a.set()],
    ['an empty range', '1:', (a) => a.set()],
    ['an empty item', '1,,2', (a) => a.set()],
    ['two colons', '1:2:3', (a) => a.set()],
    ['a set over 32 bits', '4294967296', (a) => a.set()],
    ['\\Recent', '(\\Recent)', (a) => a.flagList()],
    ['an unknown system flag', '(\\Foo)', (a) => a.flagList()],
    ['two spaces in a list', '(a  b)', (a) => a.flagList()],
    ['a space at the end of a list', '(a )', (a) => a.flagList()],
    ['an unclosed list', '(a', (a) => a.flagList()],
    ['a day that is not', '30-Feb-2026', (a) => a.date()],
    ['a month that is not', '1-Foo-2026', (a) => a.date()],
    ['a year of two digits', '1-Feb-26', (a) => a.date()],
    ['a half quoted date', '"1-Feb-2026', (a) => a.date()],
    ['an hour that is not', '"01-Feb-2026 24:00:00 +0000"', (a) => a.dateTime()],
    ['a day of one digit', '"1-Feb-2026 09:00:00 +0000"', (a) => a.dateTime()],
    ['a name with a bare ampersand', 'R&D', (a) => a.mailbox()],
    ['a name in UTF-7 that is ASCII', '&AEE-', (a) => a.mailbox()],
    ['a name in UTF-8', '"\xc3\xa9"', (a) => a.mailbox()],
    ['a pattern with a quote inside', 'a"b', (a) => a.listMailbox()],
  ])('refuse %s', (_name, text, reader) => {
    expect(() => read(text, reader)).toThrow(Refusal)
  })

  it('take UTF-8 where it is enabled', () => {
    expect(read('"Entw\xc3\xbcrfe"', (a) => a.mailbox(), true)).toBe('Entwürfe')
    expect(read('Entw&APw-rfe', (a) => a.mailbox(), true)).toBe('Entw&APw-rfe')
    expect(() => read('"\xc3"', octets, true)).toThrow('UTF-8')
  })

  it('take a literal only where one was announced', () => {
    const literals = [{ at: 4, bytes: Buffer.from('hello'), binary: false }]
    const args = new Arguments({ text: '{5} {5}', literals })
    expect(args.literal()).toBeNull()
    args.pos = 4
    expect(args.string().toString()).toBe('hello')
    args.end()
  })

  it('say where and what was expected, without control characters', () => {
    const args = new Arguments({ text: 'A SELECT\x01', literals: [] }, false, 8)
    expect(() => args.sp()).toThrow('Syntax error at octet 8: expected a space, found "\\u0001"')
  })

  it('bound how deep a command nests', () => {
    const deep: Read = (args) => (args.peek() === '(' ? args.list(() => deep(args)) : args.atom())
    expect(read(`${'('.repeat(100)}a${')'.repeat(100)}`, deep)).toBeDefined()
    expect(() => read(`${'('.repeat(101)}a${')'.repeat(101)}`, deep)).toThrow('nested too deeply')
  })
})
