import { describe, expect, it } from 'vitest'
import { baseSubject } from '../../../src/testing/search/subject.js'
import { sentTime } from '../../../src/testing/search/dates.js'
import { capabilities, scene, tagged, without } from './tools.js'

const mail = (header: string, body = 'x') => `${header}\n\n${body}\n`

const box = {
  INBOX: [
    {
      raw: mail('From: Zoe <carl@x.org>\nTo: b@x.org\nSubject: Re: beta\nDate: 1 Feb 2026 10:00:00 +0000'),
      internalDate: new Date('2026-02-05T00:00:00Z'),
    },
    {
      raw: mail(
        'From: =?utf-8?Q?A=C3=A4ron?= <BOB@x.org>\nCc: z@x.org\nSubject: Alpha\nDate: 1 Feb 2026 10:30:00 +0100',
        'long body',
      ),
      internalDate: new Date('2026-02-04T00:00:00Z'),
    },
    {
      raw: mail('From: alice@x.org\nTo: a@x.org\nSubject: Beta\nDate: 1 Feb 2026 08:00:00 -0900', 'a longer body'),
      internalDate: new Date('2026-02-03T00:00:00Z'),
    },
    { raw: mail('X: y'), internalDate: new Date('2026-02-01T09:45:00Z'), flags: ['\\Deleted'] },
  ],
}

describe('SORT (RFC 5256)', () => {
  it.each([
    ['ARRIVAL', '4 3 2 1'],
    ['REVERSE ARRIVAL', '1 2 3 4'],
    // 09:30, 09:45 (its INTERNALDATE), 10:00, 17:00 in UTC
    ['DATE', '2 4 1 3'],
    ['FROM', '4 3 2 1'],
    ['TO', '2 4 3 1'],
    ['CC', '1 3 4 2'],
    ['SIZE', '4 1 3 2'],
    ['SUBJECT', '4 2 1 3'],
    ['REVERSE SUBJECT', '1 3 2 4'],
    ['SUBJECT REVERSE DATE', '4 2 3 1'],
    ['DISPLAYFROM', '4 2 3 1'],
    ['DISPLAYTO', '2 4 3 1'],
  ])('(%s)', async (keys, expected) => {
    await using at = await scene(box)
    await at.client.ok('SELECT INBOX')
    expect(await at.client.ok(`SORT (${keys}) UTF-8 ALL`)).toEqual([`* SORT ${expected}`])
  })

  it('tells UIDs, finds as SEARCH does, and tells nothing found', async () => {
    await using at = await scene(box)
    await at.client.ok('SELECT INBOX')
    at.server.user('alice').mailbox('INBOX').deliver(mail('Subject: b'))
    await at.client.ok('NOOP')
    await at.client.ok('STORE 1 +FLAGS (\\Deleted)')
    await at.client.ok('EXPUNGE')
    expect(await at.client.ok('SORT (REVERSE ARRIVAL) "US-ASCII" UID 1:3')).toEqual(['* SORT 1 2'])
    expect(await at.client.ok('UID SORT (REVERSE ARRIVAL) utf-8 SUBJECT B')).toEqual(['* SORT 5 3'])
    expect(await at.client.ok('SORT (SUBJECT) US-ASCII TEXT "not in mailbox"')).toEqual(['* SORT'])
    const last = (await at.client.ok('UID SORT (DATE) UTF-8 MODSEQ 1 UID 3')).at(-1)
    expect(last).toBe('* SORT 3 (MODSEQ 2)')
  })

  it('sorts texts of unknown charsets behind all others (RFC 5255 §4.6)', async () => {
    const subject = (octets: string, charset: string) => mail(`Subject: =?${charset}?Q?${octets}?=`)
    const messages = [
      subject('=D0=C0=D0=BD=D0=B4=D1=80=D0=B5=D0=B9', 'UTF-8'),
      subject('=D1=81=D0=95=D0=A0=D0=93=D0=95=D0=99', 'UTF-8'),
      subject('=D0=92=D0=B0=D1=81=D0=B8=D0=BB=D0=B8=FF=B9', 'UTF-8'),
      subject('=E1=CC=C5=CB=D3=C5=CA', 'KOI8-R'),
    ]
    await using at = await scene({ INBOX: messages })
    await at.client.ok('SELECT INBOX')
    expect(await at.client.ok('SORT (SUBJECT) UTF-8 ALL')).toEqual(['* SORT 4 2 3 1'])
  })

  it.each([
    'SORT () UTF-8 ALL',
    'SORT DATE UTF-8 ALL',
    'SORT (REVERSE) UTF-8 ALL',
    'SORT (REVERSE REVERSE DATE) UTF-8 ALL',
    'SORT (COLOUR) UTF-8 ALL',
    'SORT (DATE) UTF-8',
    'SORT (DATE) ALL',
    'SORT (DATE) CHARSET UTF-8 ALL',
    'SORT (DATE)  UTF-8 ALL',
    'SORT (DATE) {5+}\r\nUTF-8 ALL 1',
  ])('does not take %j', async (command) => {
    await using at = await scene(box)
    await at.client.ok('SELECT INBOX')
    expect(await tagged(at.client, command)).toMatch(/^(BAD |NO \[BADCHARSET)/)
  })

  it('is not there unless it is offered', async () => {
    await using at = await scene(box, { capabilities: without('SORT', 'SORT=DISPLAY') })
    await at.client.ok('SELECT INBOX')
    expect(await tagged(at.client, 'SORT (DATE) UTF-8 ALL')).toMatch(/^BAD /)
    at.server.setCapabilities(['IMAP4rev1', 'SORT'])
    expect(await at.client.ok('SORT (DATE) UTF-8 1')).toEqual(['* SORT 1'])
    expect(await tagged(at.client, 'SORT (DISPLAYTO) UTF-8 1')).toMatch(/^BAD /)
    expect(await tagged(at.client, 'SORT RETURN () (DATE) UTF-8 1')).toMatch(/^BAD /)
  })
})

describe('ESORT (RFC 5267)', () => {
  it('returns what is asked for, in the order of the sort', async () => {
    await using at = await scene(box)
    const { client } = at
    await client.ok('SELECT INBOX')
    expect(await capabilities(client)).toEqual(expect.arrayContaining(['SORT', 'SORT=DISPLAY', 'ESORT']))
    const sort = async (command: string) =>
      (await client.ok(command)).map((line) => line.replace(/^\* ESEARCH \(TAG "[^"]*"\)/, ''))
    expect(await sort('UID SORT RETURN () (REVERSE ARRIVAL) UTF-8 UNDELETED UNKEYWORD $Junk')).toEqual([' UID ALL 1:3'])
    expect(await sort('SORT RETURN (ALL) (ARRIVAL) UTF-8 ALL')).toEqual([' ALL 4,3,2,1'])
    expect(await sort('SORT RETURN (MIN MAX COUNT) (ARRIVAL) UTF-8 ALL')).toEqual([' MIN 4 MAX 1 COUNT 4'])
    expect(await sort('SORT RETURN (ALL COUNT) (ARRIVAL) UTF-8 FLAGGED')).toEqual([' COUNT 0'])
    expect(await sort('SORT RETURN (SAVE) (ARRIVAL) UTF-8 1:2')).toEqual([])
    expect(await client.ok('SEARCH $')).toEqual(['* SEARCH 1 2'])
    expect(await tagged(client, 'SORT RETURN (FIRST) (ARRIVAL) UTF-8 ALL')).toMatch(/^BAD /)
    at.server.setCapabilities(['IMAP4rev1', 'SORT', 'ESEARCH'])
    expect(await tagged(client, 'SORT RETURN (MIN) (DATE) UTF-8 1')).toMatch(/^BAD /)
    at.server.setCapabilities(['IMAP4rev1', 'SORT', 'ESORT'])
    expect(await sort('SORT RETURN (MIN) (DATE) UTF-8 1')).toEqual([' MIN 1'])
    expect(await tagged(client, 'SEARCH RETURN (MIN) 1')).toMatch(/^BAD /)
  })
})

describe('the base subject (RFC 5256 §2.1)', () => {
  it.each([
    ['Hello', 'Hello', false],
    ['re: Hello', 'Hello', true],
    ['Re: RE:re : Hello', 'Hello', true],
    ['Fw: Fwd: Hello', 'Hello', true],
    ['Re[2]: Hello', 'Hello', true],
    ['Re [2] : Hello', 'Hello', true],
    ['[list] Re: [other] Hello (fwd)  (FWD)', 'Hello', true],
    ['[list] Hello', 'Hello', false],
    ['[list]', '[list]', false],
    ['[a][b]', '[b]', false],
    ['[Fwd: Re: Hello (fwd)]', 'Hello', true],
    ['[fwd: [fwd: Hello]]', 'Hello', true],
    ['Re:', '', true],
    ['Reply: Hello', 'Reply: Hello', false],
    ['Hello\r\n  \t world', 'Hello world', false],
    ['=?utf-8?Q?Re=3A_Gr=C3=BC=C3=9Fe?=', 'Grüße', true],
    ['[open Hello', '[open Hello', false],
  ])('of %j is %j', (subject, text, reply) => {
    expect(baseSubject(subject)).toEqual({ text, reply })
  })
})

describe('the sent date (RFC 5256 §2.2)', () => {
  it.each([
    ['31 Dec 2000 16:01:33 -0800', '2001-01-01T00:01:33Z'],
    ['Sun, 31 Dec 2000 16:01 PST', '2001-01-01T00:01:00Z'],
    ['31 Dec 2000 16:01:33 (now) GMT (then)', '2000-12-31T16:01:33Z'],
    ['31 Dec 2000 16:01:33 +9999', '2000-12-31T16:01:33Z'],
    ['31 Dec 2000 16:01:33 here', '2000-12-31T16:01:33Z'],
    ['31 Dec 2000 25:01:33 +0100', '2000-12-31T00:00:00Z'],
    ['31 Dec 2000', '2000-12-31T00:00:00Z'],
  ])('of %j is %s', (value, expected) => {
    expect(sentTime(value)).toBe(Date.parse(expected))
  })

  it.each(['soon', '', null])('is not there in %j', (value) => {
    expect(sentTime(value)).toBeNull()
  })
})
