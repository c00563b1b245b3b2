import { describe, expect, it } from 'vitest'
import { capabilities, scene, tagged, without } from './tools.js'

const html = [
  '<html><head><title>t</title></head><body><h1>Gr&uuml;&#223;e</h1><p>one<br>two &amp; three</p>',
  '<ul><li>a<li>b</ul><script>x()</script></body></html>',
].join('')
const mail = [
  'Subject: =?KOI8-R?Q?=D7=D8?= and =?x-unknown?Q?a?=',
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  'Content-Type: text/plain; charset=iso-8859-2',
  'Content-Transfer-Encoding: quoted-printable',
  'X-Name: =?utf-8?Q?=C3=A9?=',
  '',
  '=A3=F3d=BC',
  '--b',
  'Content-Type: text/html; charset=utf-8',
  'Content-Transfer-Encoding: base64',
  '',
  Buffer.from(html).toString('base64'),
  '--b',
  'Content-Type: application/pdf',
  '',
  '%PDF',
  '--b--',
  '',
].join('\n')
const octets = (text: string) => Buffer.from(text, 'utf8').toString('latin1')
const plain = 'Grüße\r\n\r\none\r\ntwo & three\r\n\r\n- a\r\n- b\r\n'

/** The answer to CONVERT, its tag left out of the correlator. */
async function convert(command: string) {
  await using at = await scene({ INBOX: [mail] })
  await at.client.ok('SELECT INBOX')
  return (await at.client.run(command)).join('\r\n').replace('TAG "t3"', 'TAG tag')
}

describe('CONVERT (RFC 5259)', () => {
  it('tells which conversions there are', async () => {
    await using at = await scene()
    const { client } = at
    expect(await capabilities(client)).toEqual(expect.arrayContaining(['CONVERT', 'BINARY']))
    const both = '("charset" "unknown-character-replacement")'
    expect(await client.ok('CONVERSIONS "text/plain" "text/plain"')).toEqual([
      `* CONVERSION "text/plain" "text/plain" ${both}`,
    ])
    expect(await client.ok('CONVERSIONS "*" TEXT/PLAIN')).toEqual([
      `* CONVERSION "text/plain" "text/plain" ${both}`,
      `* CONVERSION "text/html" "text/plain" ${both}`,
    ])
    expect(await client.ok('CONVERSIONS "text/*" "text/*"')).toHaveLength(3)
    expect(await client.ok('CONVERSIONS "image/gif" "image/jpeg"')).toEqual([])
    for (const broken of ['', ' "text/plain"', ' text "*"', ' "*/*" "*"', ' "*" "*" "*"']) {
      expect(`${broken}: ${await tagged(client, `CONVERSIONS${broken}`)}`).toMatch(/: BAD /)
    }
  })

  it.each([
    ['iso-8859-2 to utf-8', '("text/plain" ("charset" "utf-8")) BINARY[1]', `BINARY[1] {7}\r\n${octets('Łódź')}`],
    ['nothing said to utf-8', '(NIL) BINARY.SIZE[1]', 'BINARY.SIZE[1] 7'],
    ['to another charset', '("TEXT/PLAIN" (CHARSET windows-1250)) BINARY[1]', 'BINARY[1] {4}\r\n\xa3\xf3d\x9f'],
    [
      'with a replacement',
      '("text/plain" ("charset" "us-ascii" "unknown-character-replacement" "?")) BINARY[1]',
      'BINARY[1] {4}\r\n??d?',
    ],
    ['HTML to text', '("text/plain") BINARY[2]', `BINARY[2] {${octets(plain).length}}\r\n${octets(plain)}`],
    ['a piece', '("text/plain" ("charset" "iso-8859-1")) BINARY[2]<2.3>', 'BINARY[2]<2> {3}\r\n\xfc\xdfe'],
    [
      'structures',
      '("text/plain" ("charset" "us-ascii" "unknown-character-replacement" "?")) (BODYPARTSTRUCTURE[1] BINARY[1])',
      'BODYPARTSTRUCTURE[1] ("text" "plain" ("charset" "us-ascii") NIL NIL "8bit" 4 1 NIL NIL NIL NIL) BINARY[1] {4}\r\n??d?',
    ],
    ['what there is', '(NIL) AVAILABLECONVERSIONS[2]', 'AVAILABLECONVERSIONS[2] (("text/plain" "text/html"))'],
    ['what there is of one', '("text/html") AVAILABLECONVERSIONS[2]', 'AVAILABLECONVERSIONS[2] (("text/html"))'],
  ])('converts %s', async (_what, rest, answer) => {
    expect(await convert(`CONVERT 1 ${rest}`)).toBe(`* 1 CONVERTED (TAG tag) (${answer})\r\nOK CONVERT completed`)
  })

  it.each([
    [
      'characters that the charset has not',
      '("text/plain" ("charset" "us-ascii")) BINARY[1]',
      /^BADPARAMETERS "text\/plain" "text\/plain" \("charset" "us-ascii"\)$/,
    ],
    [
      'a replacement that the charset has not',
      '("text/plain" ("charset" "us-ascii" "unknown-character-replacement" {2+}\r\n\xc3\xa9)) BINARY.SIZE[1]',
      /^BADPARAMETERS "text\/plain" "text\/plain" \("charset" "us-ascii" "unknown-character-replacement" \{2\}\r\n\xc3\xa9\)$/,
    ],
    [
      'a charset that is not known',
      '("text/plain" ("charset" "x-mine")) BINARY[1]',
      /^BADPARAMETERS "text\/plain" "text\/plain" \("charset" "x-mine"\)$/,
    ],
    ['no such conversion', '("application/pdf") BINARY[1]', /^BADPARAMETERS "text\/plain" "application\/pdf"$/],
    ['no default conversion', '(NIL) BODYPARTSTRUCTURE[3]', /^BADPARAMETERS "application\/pdf" "application\/pdf"$/],
    ['no such part', '("text/plain") BINARY[9]', /^BADPARAMETERS NIL "text\/plain"$/],
    [
      'parameters that are not known',
      '("text/plain" ("PIX-X" "128")) AVAILABLECONVERSIONS[1]',
      /^BADPARAMETERS "text\/plain" "text\/plain" \("PIX-X" "128"\)$/,
    ],
  ])('says why it cannot convert: %s', async (_what, rest, code) => {
    const match =
      /^\* 1 CONVERTED \(TAG tag\) \([A-Z.]+\[\d\] \(ERROR "[^"]+" ([\s\S]*)\)\)\r\nNO All conversions failed$/.exec(
        await convert(`CONVERT 1 ${rest}`),
      )
    expect(match?.[1]).toMatch(code)
  })

  it('succeeds when one of several succeeds, tells UIDs first, and sets no flag', async () => {
    await using at = await scene({ INBOX: ['A: b\n\nx\n', mail] })
    const { client } = at
    await client.ok('SELECT INBOX')
    await client.ok('STORE 1 +FLAGS \\Deleted')
    await client.ok('EXPUNGE')
    client.send('c UID CONVERT 2 ("text/plain") (BINARY.SIZE[3] BINARY.SIZE[1])\r\n')
    expect(await client.line()).toMatch(
      /^\* 1 CONVERTED \(TAG "c"\) \(UID 2 BINARY\.SIZE\[3\] \(ERROR .*\) BINARY\.SIZE\[1\] 7\)$/,
    )
    expect(await client.line()).toBe('c OK Some conversions failed')
    client.send('d CONVERT 1 ("text/plain") (BINARY.SIZE[1] UID)\r\n')
    expect(await client.line()).toBe('* 1 CONVERTED (TAG "d") (UID 2 BINARY.SIZE[1] 7)')
    expect(await client.line()).toMatch(/^d OK /)
    expect(at.server.user('alice').mailbox('INBOX').messages[0]?.flags).toEqual([])
  })

  it('writes the encoded words of headers in another charset', async () => {
    await using at = await scene({ INBOX: [mail] })
    await at.client.ok('SELECT INBOX')
    const lines = await at.client.ok('CONVERT 1 (NIL ("CHARSET" "utf-8")) (BODY[HEADER] BODY[1.MIME])')
    expect(lines[1]).toBe('Subject: =?UTF-8?Q?=D0=B2=D1=8C?= and =?x-unknown?Q?a?=')
    expect(lines).toContain('X-Name: =?UTF-8?Q?=C3=A9?=')
    expect(lines[0]).toMatch(/^\* 1 CONVERTED \(TAG "[^"]+"\) \(BODY\[HEADER\] \{\d+\}$/)
  })

  it('writes long words as several', async () => {
    const word = `=?utf-8?B?${Buffer.from('ä'.repeat(20)).toString('base64')}?=`
    await using at = await scene({ INBOX: [`Subject: ${word}\n\nx\n`] })
    await at.client.ok('SELECT INBOX')
    const lines = await at.client.ok('CONVERT 1 (NIL ("CHARSET" "utf-8")) BODY[HEADER]')
    expect(lines.slice(1, 3)).toEqual([
      `Subject: =?UTF-8?Q?${'=C3=A4'.repeat(10)}?=`,
      ` =?UTF-8?Q?${'=C3=A4'.repeat(10)}?=`,
    ])
  })

  it.each([
    '1 BINARY[1]',
    '1 () BINARY[1]',
    '1 (text/plain) BINARY[1]',
    '1 ("text") BINARY[1]',
    '1 ("text/plain" ()) BINARY[1]',
    '1 ("text/plain" ("charset")) BINARY[1]',
    '1 ("text/plain" ("charset" a "CHARSET" b)) BINARY[1]',
    '1 ("text/plain") BINARY',
    '1 ("text/plain") ()',
    '1 ("text/plain") FLAGS',
    '1 ("text/plain" ("charset" "utf-8")) BODY[HEADER]',
    '1 (NIL) BODY[HEADER]',
    '1 (NIL ("charset" "utf-8")) BODY[TEXT]',
    '9 ("text/plain") BINARY[1]',
  ])('has no CONVERT %s', async (rest) => {
    await using at = await scene({ INBOX: [mail] })
    await at.client.ok('SELECT INBOX')
    expect(await tagged(at.client, `CONVERT ${rest}`)).toMatch(/^BAD /)
  })

  it('is not there unless it is offered', async () => {
    await using at = await scene({ INBOX: [mail] }, { capabilities: without('CONVERT') })
    await at.client.ok('SELECT INBOX')
    expect(await tagged(at.client, 'CONVERT 1 ("text/plain") BINARY[1]')).toMatch(/^BAD /)
    expect(await tagged(at.client, 'CONVERSIONS "*" "*"')).toMatch(/^BAD /)
  })
})
