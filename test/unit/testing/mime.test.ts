import { describe, expect, it } from 'vitest'
import { envelope } from '../../../src/testing/fetch/envelope.js'
import { structure } from '../../../src/testing/fetch/structure.js'
import { parseAddresses } from '../../../src/testing/mime/address.js'
import { decodeBody, decodeText, decodeWords } from '../../../src/testing/mime/decode.js'
import { field, parameterized, parseHeader } from '../../../src/testing/mime/headers.js'
import { findPart, parsePart } from '../../../src/testing/mime/part.js'

const crlf = (text: string): string => text.replace(/\n/g, '\r\n')
const header = (text: string) => parseHeader(crlf(text), 0, crlf(text).length)

describe('a header', () => {
  it('has folded fields, and ends behind its empty line', () => {
    const text = crlf('Subject: one\n two\n\tthree\nX-Empty:\nNo field here\nFrom : a@b\n\nbody: no\n')
    const parsed = parseHeader(text, 0, text.length)
    expect(parsed.fields.map(({ name, value }) => [name, value])).toEqual([
      ['Subject', ' one\r\n two\r\n\tthree'],
      ['X-Empty', ''],
      ['From', ' a@b'],
    ])
    expect(text.slice(parsed.end)).toBe('body: no\r\n')
    expect(parsed.delimiter).toBe('\r\n')
    expect(field(parsed, 'subject')).toBe('one two\tthree')
  })

  it.each([
    ['ends at the end of the message', 'A: b', 4, ''],
    ['is empty', '\r\nbody', 2, '\r\n'],
    ['has LF line ends', 'A: b\n\nbody', 6, '\n'],
    ['is nothing', '', 0, ''],
  ])('%s', (_name, text, end, delimiter) => {
    const parsed = parseHeader(text, 0, text.length)
    expect([parsed.end, parsed.delimiter]).toEqual([end, delimiter])
  })

  it('has parameters: quoted, with comments, with spaces', () => {
    expect(parameterized('text/plain (a ; comment); charset = "us\\"x;y" (z); a=b c ;broken; d=')).toEqual({
      value: 'text/plain',
      parameters: [
        ['charset', 'us"x;y'],
        ['a', 'b c'],
        ['d', ''],
      ],
    })
  })

  it('of a megabyte in one field takes no time to speak of', () => {
    const text = `A: ${'x'.repeat(1_000_000)}\r\n${'B: y\r\n z\r\n'.repeat(50_000)}\r\n`
    expect(parseHeader(text, 0, text.length).fields).toHaveLength(50_001)
  })
})

describe('addresses', () => {
  const address = (name: string | null, mailbox: string | null, host: string | null, route: string | null = null) => ({
    name,
    route,
    mailbox,
    host,
  })

  it.each([
    ['a@b.c', [address(null, 'a', 'b.c')]],
    ['Ann <a@b.c>, b@c', [address('Ann', 'a', 'b.c'), address(null, 'b', 'c')]],
    ['"Doe, Jane" <j@x>', [address('Doe, Jane', 'j', 'x')]],
    ['"a \\"b\\" c" <j@x>', [address('a "b" c', 'j', 'x')]],
    ['J. R. Doe <j@x>', [address('J. R. Doe', 'j', 'x')]],
    ['j@x (Jane (the) Doe)', [address('Jane (the) Doe', 'j', 'x')]],
    ['<@r1,@r2:u@h>', [address(null, 'u', 'h', '@r1,@r2')]],
    ['"odd local"@[192.0.2.1]', [address(null, 'odd local', '[192.0.2.1]')]],
    [
      'Friends: a@b, Bo <c@d>;',
      [address(null, 'Friends', null), address(null, 'a', 'b'), address('Bo', 'c', 'd'), address(null, null, null)],
    ],
    ['undisclosed-recipients:;', [address(null, 'undisclosed-recipients', null), address(null, null, null)]],
    ['open: a@b', [address(null, 'open', null), address(null, 'a', 'b'), address(null, null, null)]],
    ['root', [address(null, 'root', '')]],
    ['<>', [address(null, '', '')]],
    ['=?utf-8?Q?J=C3=BCrgen?= <j@x>', [address('=?utf-8?Q?J=C3=BCrgen?=', 'j', 'x')]],
    [', ,', []],
    ['', []],
    ['(only a comment)', []],
    ['"unclosed <a@b', [address(null, 'unclosed <a@b', '')]],
  ])('parse %s', (text, addresses) => {
    expect(parseAddresses(text)).toEqual(addresses)
  })

  it('stand in an envelope; Sender and Reply-To fall back to From', () => {
    const text =
      'Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\nFrom: Terry Gray <gray@cac.washington.edu>\nSubject: IMAP4rev2 WG mtg summary and minutes\nTo: imap@cac.washington.edu\nCc: minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>\nMessage-Id: <B27397-0100000@cac.washington.edu>\nReply-To:\n'
    const gray = '(("Terry Gray" NIL "gray" "cac.washington.edu"))'
    // The envelope of the example of RFC 9051 §8, its date apart.
    expect(envelope(header(text), false)).toBe(
      `("Wed, 17 Jul 1996 02:23:25 -0700 (PDT)" "IMAP4rev2 WG mtg summary and minutes" ${gray} ${gray} ${gray} ((NIL NIL "imap" "cac.washington.edu")) ((NIL NIL "minutes" "CNRI.Reston.VA.US")("John Klensin" NIL "KLENSIN" "MIT.EDU")) NIL NIL "<B27397-0100000@cac.washington.edu>")`,
    )
  })

  it('with raw 8-bit text are literals, or quoted where UTF-8 is enabled', () => {
    const raw = header('Subject: caf\xc3\xa9\n')
    expect(envelope(raw, false)).toContain('{5}\r\ncaf\xc3\xa9')
    expect(envelope(raw, true)).toContain('"caf\xc3\xa9"')
    expect(envelope(header('Subject: caf\xe9\n'), true)).toContain('{4}\r\ncaf\xe9')
  })
})

const NESTED = crlf(`Subject: outer
Content-Type: multipart/mixed; boundary="b1"

preamble
--b1
Content-Type: multipart/alternative; boundary=b1x

--b1x
Content-Type: text/plain; charset=utf-8; format=flowed
Content-Transfer-Encoding: quoted-printable
Content-Language: en, de

one
two
--b1x
Content-Type: text/html

<p>x</p>
--b1x--
--b1
Content-Type: message/rfc822
Content-Disposition: attachment; filename="a \\"b\\".eml"
Content-ID: <id@x>
Content-Description: a mail

Subject: inner
Content-Type: multipart/mixed; boundary=b2

--b2

deep
--b2
Content-Type: application/octet-stream; name=x.bin
Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==
Content-Location: http://x/

AAAA
--b2--

--b1
Content-Type: message/rfc822

Subject: plain inner

text
--b1--
epilogue
`)

describe('the structure of a message', () => {
  const root = parsePart(NESTED, 0, NESTED.length)
  const body = (numbers: number[]): string | null => {
    const part = findPart(root, numbers)
    return part === null ? null : NESTED.slice(part.bodyStart, part.bodyEnd)
  }

  it('is written as BODYSTRUCTURE and as BODY', () => {
    expect(structure({ text: NESTED }, root, { extended: true, utf8: false })).toBe(
      '((("text" "plain" ("charset" "utf-8" "format" "flowed") NIL NIL "quoted-printable" 8 2 NIL NIL ("en" "de") NIL)' +
        '("text" "html" ("charset" "us-ascii") NIL NIL "7bit" 8 1 NIL NIL NIL NIL) "alternative" ("boundary" "b1x") NIL NIL NIL)' +
        '("message" "rfc822" NIL "<id@x>" "a mail" "7bit" 218 (NIL "inner" NIL NIL NIL NIL NIL NIL NIL NIL) ' +
        '(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 4 1 NIL NIL NIL NIL)' +
        '("application" "octet-stream" ("name" "x.bin") NIL NIL "7bit" 4 "Q2hlY2sgSW50ZWdyaXR5IQ==" NIL NIL "http://x/") "mixed" ("boundary" "b2") NIL NIL NIL) ' +
        '13 NIL ("attachment" ("filename" "a \\"b\\".eml")) NIL NIL)' +
        '("message" "rfc822" NIL NIL NIL "7bit" 28 (NIL "plain inner" NIL NIL NIL NIL NIL NIL NIL NIL) ' +
        '("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 4 1 NIL NIL NIL NIL) 3 NIL NIL NIL NIL)' +
        ' "mixed" ("boundary" "b1") NIL NIL NIL)',
    )
    const short = structure({ text: NESTED }, root, { extended: false, utf8: false })
    expect(short).toContain('"7bit" 8 1) "alternative")')
    expect(short).toMatch(/ "mixed"\)$/)
  })

  it.each<[numbers: number[], text: string | null]>([
    [[1, 1], 'one\r\ntwo'],
    [[1, 2], '<p>x</p>'],
    [[2, 1], 'deep'],
    [[2, 2], 'AAAA'],
    [[3, 1], 'text'],
    [[1, 1, 1], null],
    [[3, 2], null],
    [[4], null],
    [[3, 1, 1], null],
  ])('finds part %j', (numbers, text) => {
    expect(body(numbers)).toBe(text)
  })

  it.each<[name: string, text: string, shown: string]>([
    ['a message without a header', '\n', '("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0)'],
    ['nothing at all', '', '("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0)'],
    [
      'a type that is none',
      'Content-Type: garbage\n\nx\n',
      '("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 3 1)',
    ],
    [
      'a multipart without a boundary',
      'Content-Type: multipart/mixed\n\nx\n',
      '(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0) "mixed")',
    ],
    [
      'a multipart without its end',
      'Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\n\ny',
      '(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 1 1)("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 1 1) "mixed")',
    ],
    [
      'a digest',
      'Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: s\n\nx\n--b--\n',
      '(("message" "rfc822" NIL NIL NIL "7bit" 15 (NIL "s" NIL NIL NIL NIL NIL NIL NIL NIL) ("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 1 1) 3) "digest")',
    ],
    [
      'an attached message that is encoded',
      'Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nAAAA\n',
      '("message" "rfc822" NIL NIL NIL "base64" 6)',
    ],
    [
      'a boundary that is the start of another line',
      'Content-Type: multipart/mixed; boundary=b\n\n--b\n\n--bc\n--b--\n',
      '(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 4 1) "mixed")',
    ],
  ])('copes with %s', (_name, text, shown) => {
    const octets = crlf(text)
    const part = parsePart(octets, 0, octets.length)
    expect(structure({ text: octets }, part, { extended: false, utf8: false })).toBe(shown)
  })

  it('is not lost in a thousand levels', () => {
    let text = 'x'
    for (let i = 0; i < 1000; i++)
      text = `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n${text}\r\n--b${i}--\r\n`
    const part = parsePart(text, 0, text.length)
    expect(structure({ text }, part, { extended: true, utf8: false }).length).toBeLessThan(10_000)
  })
})

describe('decoding', () => {
  it.each([
    ['7bit', 'abc', 'abc'],
    ['BASE64', 'aGVs\r\nbG8=\r\n', 'hello'],
    ['quoted-printable', 'a=3Db =\r\nc  \r\n=C3=A9=zz', 'a=b c\r\n\xc3\xa9=zz'],
  ])('undoes %s', (encoding, text, decoded) => {
    expect(decodeBody(Buffer.from(text, 'latin1'), encoding)?.toString('latin1')).toBe(decoded)
  })

  it('knows what it does not know', () => {
    expect(decodeBody(Buffer.from('x'), 'x-uuencode')).toBeNull()
  })

  it('takes linear time for a line of spaces', () => {
    const body = Buffer.from(`${' '.repeat(2_000_000)}x`)
    expect(decodeBody(body, 'quoted-printable')).toHaveLength(2_000_001)
  })

  it.each([
    ['=?utf-8?Q?a_b=C3=A9?=', 'a bé'],
    ['=?ISO-8859-1?Q?caf=E9?= x', 'café x'],
    ['=?utf-8?B?w6k=?=  =?utf-8?Q?=C3?= =?utf-8?Q?=A9?=', 'éé'],
    ['=?utf-8*en?Q?x?=', 'x'],
    ['a =?bogus', 'a =?bogus'],
    ['caf\xc3\xa9', 'café'],
  ])('reads encoded words: %s', (text, decoded) => {
    expect(decodeWords(text)).toBe(decoded)
  })

  it.each<[charset: string | undefined, octets: string, text: string]>([
    ['iso-8859-1', '\xe9', 'é'],
    ['koi8-r', '\xc1', 'а'],
    ['shift_jis', '\x82\xa0', 'あ'],
    ['us-ascii', 'a\xc3\xa9', 'aé'],
    [undefined, '\xe9', 'é'],
    ['no-such-charset', 'x', 'x'],
  ])('reads text in %s', (charset, octets, text) => {
    expect(decodeText(Buffer.from(octets, 'latin1'), charset)).toBe(text)
  })
})
