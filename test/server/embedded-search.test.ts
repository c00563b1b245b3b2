import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ImapServer } from 'imapkit/testing'
import { RawClient } from '../unit/testing/raw-client.js'

const quotedPrintable = `From: =?utf-8?Q?J=C3=BCrgen?= <j@example.org>
To: Bob <bob@example.com>
Cc: carol@example.net
Subject: =?iso-8859-1?Q?Caf=E9?= =?iso-8859-1?Q?_menu?=
Date: Tue, 3 Feb 2026 23:30:00 -0500
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

The cr=E8me br=
=FBl=E9e is out
--b
Content-Type: application/octet-stream
Content-Transfer-Encoding: base64

aGlkZGVuIHRleHQ=
--b--
`
const base64 = `From: Alice <alice@example.org>
Bcc: secret@example.org
Subject: Report
X-Tag: one
 two
Date: 5 Feb 26 08:00 +0000
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: base64

${Buffer.from('Приказ выполнен').toString('base64')}
`
const attached = `Subject: Fwd
Content-Type: message/rfc822

Subject: Needle in header
From: inner@example.org

inner body
`

let server: ImapServer
let client: RawClient

beforeAll(async () => {
  const at = (text: string): Date => new Date(text)
  server = await ImapServer.start({
    users: {
      alice: {
        password: 'secret',
        mailboxes: {
          INBOX: [
            { raw: quotedPrintable, flags: ['\\Seen', '$Work'], internalDate: at('2026-02-04T10:00:00Z') },
            { raw: base64, flags: ['\\Answered', '\\Deleted'], internalDate: at('2026-02-05T00:00:00Z') },
            { raw: attached, flags: ['\\Flagged', '\\Draft'], internalDate: at('2026-02-06T23:59:59Z') },
            { raw: 'no header', internalDate: at('2026-02-10T12:00:00Z') },
          ],
        },
      },
    },
  })
  // UIDs that are no sequence numbers.
  const inbox = server.user('alice').mailbox('INBOX')
  inbox.skipTo(20)
  inbox.deliver('Subject: last\n\nx\n', { internalDate: at('2026-02-10T12:00:00Z') })
  client = await RawClient.open({ port: server.port })
  await client.ok('LOGIN alice secret')
  await client.ok('SELECT INBOX')
})
afterAll(async () => {
  await client[Symbol.asyncDispose]()
  await server.close()
})

const literal = (text: string): string => {
  const octets = Buffer.from(text).toString('latin1')
  return `{${octets.length}+}\r\n${octets}`
}

describe('SEARCH', () => {
  it.each<[criteria: string, found: number[]]>([
    ['ALL', [1, 2, 3, 4, 5]],
    ['SEEN', [1]],
    ['UNSEEN', [2, 3, 4, 5]],
    ['ANSWERED', [2]],
    ['UNANSWERED FLAGGED', [3]],
    ['UNFLAGGED UNDELETED', [1, 4, 5]],
    ['DRAFT', [3]],
    ['UNDRAFT DELETED', [2]],
    ['KEYWORD $WORK', [1]],
    ['UNKEYWORD $Work', [2, 3, 4, 5]],
    ['RECENT', [1, 2, 3, 4, 5]],
    ['NEW', [2, 3, 4, 5]],
    ['OLD', []],
    ['2:3', [2, 3]],
    ['1,*', [1, 5]],
    ['UID 20', [5]],
    ['UID 2:19', [2, 3, 4]],
    ['UID *', [5]],
    ['NOT 1 NOT UID 20', [2, 3, 4]],
    ['OR SEEN DELETED', [1, 2]],
    ['OR (SEEN KEYWORD $Work) NOT UNDELETED', [1, 2]],
    ['(SEEN) (ALL)', [1]],
    ['NOT (OR SEEN (OR DELETED DRAFT))', [4, 5]],
    ['FROM JÜRGEN', []],
    ['FROM j@example', [1]],
    ['TO bob', [1]],
    ['CC CAROL', [1]],
    ['BCC secret', [2]],
    ['SUBJECT menu', [1]],
    ['SUBJECT ""', [1, 2, 3, 5]],
    ['HEADER x-tag "one two"', [2]],
    ['HEADER X-Tag ""', [2]],
    ['HEADER X-None ""', []],
    ['BODY "is OUT"', [1]],
    ['BODY needle', [3]],
    ['BODY report', []],
    ['TEXT report', [2]],
    ['TEXT "inner body"', [3]],
    ['BODY hidden', []],
    ['TEXT "content-type: text"', [2]],
    ['BEFORE 5-Feb-2026', [1]],
    ['ON 5-Feb-2026', [2]],
    ['SINCE 6-feb-2026', [3, 4, 5]],
    ['SENTBEFORE "4-Feb-2026"', [1]],
    ['SENTON 3-Feb-2026', [1]],
    ['SENTSINCE 4-Feb-2026', [2]],
    ['LARGER 100', [1, 2, 3]],
    ['SMALLER 10', [4]],
    ['MODSEQ 3', [5]],
    ['MODSEQ "/flags/\\\\draft" all 3', [5]],
    ['CHARSET us-ascii SUBJECT menu', [1]],
  ])('%s', async (criteria, found) => {
    const ascii = criteria.replace('JÜRGEN', 'JURGEN')
    const lines = await client.ok(`SEARCH ${ascii}`)
    const line = lines.find((each) => each.startsWith('* SEARCH'))
    expect(line?.replace(/ \(MODSEQ \d+\)/, '')).toBe(['* SEARCH', ...found].join(' '))
  })

  it.each<[criteria: string, found: number[]]>([
    [`CHARSET UTF-8 FROM ${literal('JÜRGEN')}`, [1]],
    [`CHARSET UTF-8 SUBJECT ${literal('café menu')}`, [1]],
    [`BODY ${literal('crème brûlée')}`, [1]],
    [`BODY ${literal('ПРИКАЗ')}`, [2]],
    ['CHARSET ISO-8859-1 SUBJECT {4+}\r\ncaf\xe9', [1]],
    ['CHARSET KOI8-R BODY {6+}\r\n\xd0\xd2\xc9\xcb\xc1\xda', [2]],
  ])('in a charset: %s', async (criteria, found) => {
    expect(await client.ok(`SEARCH ${criteria}`)).toEqual([['* SEARCH', ...found].join(' ')])
  })

  it('in an unknown charset is NO with the known ones', async () => {
    expect((await client.run('SEARCH CHARSET X-FOO ALL')).at(-1)).toMatch(/^NO \[BADCHARSET \(US-ASCII UTF-8/)
  })

  it.each<[command: string, answer: string | null]>([
    ['SEARCH RETURN () UNSEEN', 'ALL 2:5'],
    ['UID SEARCH RETURN (ALL) UNSEEN', 'UID ALL 2:4,20'],
    ['UID SEARCH RETURN (MIN MAX COUNT) ALL', 'UID MIN 1 MAX 20 COUNT 5'],
    ['SEARCH RETURN (COUNT) OLD', 'COUNT 0'],
    ['SEARCH RETURN (MIN MAX ALL) OLD', ''],
    ['SEARCH RETURN (MIN) MODSEQ 1', 'MIN 1 MODSEQ 2'],
    ['SEARCH RETURN (MAX) MODSEQ 1', 'MAX 5 MODSEQ 3'],
    ['SEARCH RETURN (MIN MAX) MODSEQ 1', 'MIN 1 MAX 5 MODSEQ 3'],
    ['SEARCH RETURN (SAVE) ALL', null],
  ])('%s', async (command, answer) => {
    const lines = (await client.ok(command)).filter((line) => line.startsWith('* ESEARCH'))
    const data = lines.map((line) => line.replace(/^\* ESEARCH \(TAG "t\d+"\) ?/, ''))
    expect(data).toEqual(answer === null ? [] : [answer])
  })

  it('tells the highest MODSEQ of what it found', async () => {
    expect(await client.ok('SEARCH MODSEQ 1 1:2')).toContain('* SEARCH 1 2 (MODSEQ 2)')
    expect(await client.ok('SEARCH MODSEQ 99999')).toContain('* SEARCH')
  })

  it('saves its result as $ (RFC 5182)', async () => {
    const uids = async (): Promise<string[]> => {
      const lines = await client.ok('FETCH $ UID')
      return lines.map((line) => /UID (\d+)/.exec(line)?.[1] ?? '')
    }
    await client.ok('UID SEARCH RETURN (SAVE) UID 2:4')
    expect(await uids()).toEqual(['2', '3', '4'])
    expect(await client.ok('SEARCH $ UNDRAFT')).toEqual(['* SEARCH 2 4'])
    expect(await client.ok('SEARCH UID $ DRAFT')).toEqual(['* SEARCH 3'])
    await client.ok('SEARCH RETURN (SAVE MIN) $')
    expect(await uids()).toEqual(['2'])
    await client.ok('SEARCH RETURN (SAVE MIN MAX) ALL')
    expect(await uids()).toEqual(['1', '20'])
    await client.ok('SEARCH RETURN (SAVE MIN COUNT) 1:3')
    expect(await uids()).toEqual(['1', '2', '3'])
    await client.run('SEARCH RETURN (SAVE) FOO')
    expect(await uids()).toEqual(['1', '2', '3'])
    await client.run('SEARCH RETURN (SAVE) CHARSET X-FOO ALL')
    expect(await uids()).toEqual([])
    await client.ok('SEARCH RETURN (SAVE) ALL')
    await client.ok('SELECT INBOX')
    expect(await uids()).toEqual([])
  })

  it('answers ESEARCH after ENABLE IMAP4rev2', async () => {
    await using other = await RawClient.open({ port: server.port })
    await other.ok('LOGIN alice secret')
    await other.ok('ENABLE IMAP4rev2')
    await other.ok('SELECT INBOX')
    expect(await other.ok('UID SEARCH ALL')).toEqual(['* ESEARCH (TAG "t4") UID ALL 1:4,20'])
    expect(await other.ok('SEARCH SUBJECT nothing')).toEqual(['* ESEARCH (TAG "t5")'])
    const octets = Buffer.from('SEARCH SUBJECT "café"').toString('latin1')
    expect(await other.ok(octets)).toEqual(['* ESEARCH (TAG "t6") ALL 1'])
  })
})
