import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ImapServer } from 'imapkit/testing'
import { RawClient } from '../unit/testing/raw-client.js'

const NESTED = `Date: Wed, 17 Jul 1996 02:23:25 -0700
From: Terry <gray@example.org>
Subject: nested
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b1

--b1
Content-Type: text/plain

one
--b1
Content-Type: message/rfc822
X-Part: two

Subject: inner
To: a@example.org
Content-Type: multipart/alternative; boundary=b2

--b2
Content-Type: text/plain

deep
--b2
Content-Type: application/octet-stream
Content-Transfer-Encoding: base64

aGVsbG8AIQ==
--b2--
--b1
Content-Transfer-Encoding: x-odd

odd
--b1--
`
const crlf = (text: string): string => text.replace(/\n/g, '\r\n')

let server: ImapServer
let client: RawClient

beforeAll(async () => {
  const messages = [
    { raw: NESTED, flags: ['\\Flagged', '$Work'], internalDate: new Date('1996-07-17T09:44:25.999Z') },
    'Subject: plain\n\nhello\nworld\n',
    Buffer.from('X-Nul: a\0b\r\n\r\nx\0y', 'latin1'),
    'no header at all',
  ]
  server = await ImapServer.start({ users: { alice: { password: 'secret', mailboxes: { INBOX: messages } } } })
  client = await RawClient.open({ port: server.port })
  await client.ok('LOGIN alice secret')
  await client.ok('EXAMINE INBOX')
})
afterAll(async () => {
  await client[Symbol.asyncDispose]()
  await server.close()
})

const fetch = async (command: string): Promise<string> => (await client.ok(command)).join('\r\n')
const inner = crlf(
  NESTED.slice(NESTED.indexOf('Subject: inner'), NESTED.indexOf('\n--b1\nContent-Transfer-Encoding: x-odd')),
)
const literal = (text: string): string => `{${text.length}}\r\n${text}`

describe('FETCH', () => {
  it.each<[items: string, answer: string]>([
    [
      'FAST',
      `FLAGS (\\Flagged $Work \\Recent) INTERNALDATE "17-Jul-1996 09:44:25 +0000" RFC822.SIZE ${crlf(NESTED).length}`,
    ],
    ['(UID FLAGS)', 'UID 1 FLAGS (\\Flagged $Work \\Recent)'],
    ['(uid UID Uid)', 'UID 1'],
    [
      'ENVELOPE',
      'ENVELOPE ("Wed, 17 Jul 1996 02:23:25 -0700" "nested" (("Terry" NIL "gray" "example.org")) (("Terry" NIL "gray" "example.org")) (("Terry" NIL "gray" "example.org")) NIL NIL NIL NIL NIL)',
    ],
    [
      'BODY',
      `BODY (("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 3 1)("message" "rfc822" NIL NIL NIL "7bit" ${inner.length} (NIL "inner" NIL NIL NIL ((NIL NIL "a" "example.org")) NIL NIL NIL NIL) (("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 4 1)("application" "octet-stream" NIL NIL NIL "base64" 12) "alternative") ${inner.split('\n').length})("text" "plain" ("charset" "us-ascii") NIL NIL "x-odd" 3 1) "mixed")`,
    ],
    ['BODY.PEEK[]', `BODY[] ${literal(crlf(NESTED))}`],
    ['BODY.PEEK[]<0.5>', 'BODY[]<0> {5}\r\nDate:'],
    [`BODY.PEEK[]<${crlf(NESTED).length - 5}.100>`, `BODY[]<${crlf(NESTED).length - 5}> {5}\r\n1--\r\n`],
    ['BODY.PEEK[]<9999.1>', 'BODY[]<9999> {0}\r\n'],
    ['BODY.PEEK[1]', 'BODY[1] {3}\r\none'],
    ['BODY.PEEK[2.1]', 'BODY[2.1] {4}\r\ndeep'],
    [
      'BODY.PEEK[2.HEADER]',
      `BODY[2.HEADER] ${literal(crlf('Subject: inner\nTo: a@example.org\nContent-Type: multipart/alternative; boundary=b2\n\n'))}`,
    ],
    ['BODY.PEEK[2.MIME]', `BODY[2.MIME] ${literal(crlf('Content-Type: message/rfc822\nX-Part: two\n\n'))}`],
    [
      'BODY.PEEK[2.2.MIME]',
      `BODY[2.2.MIME] ${literal(crlf('Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\n'))}`,
    ],
    ['BODY.PEEK[2.HEADER.FIELDS (SUBJECT)]', `BODY[2.HEADER.FIELDS (SUBJECT)] ${literal('Subject: inner\r\n\r\n')}`],
    [
      'BODY.PEEK[HEADER.FIELDS.NOT (Subject from "mime-version" Content-Type)]',
      `BODY[HEADER.FIELDS.NOT (Subject from mime-version Content-Type)] ${literal('Date: Wed, 17 Jul 1996 02:23:25 -0700\r\n\r\n')}`,
    ],
    ['BODY.PEEK[HEADER.FIELDS (X-None)]', `BODY[HEADER.FIELDS (X-None)] ${literal('\r\n')}`],
    ['BODY.PEEK[1.HEADER]', 'BODY[1.HEADER] NIL'],
    ['BODY.PEEK[9]', 'BODY[9] NIL'],
    ['(BODY.PEEK[1] BODY.PEEK[1]<1.1>)', 'BODY[1] {3}\r\none BODY[1]<1> {1}\r\nn'],
    ['RFC822.HEADER', `RFC822.HEADER ${literal(crlf(NESTED.slice(0, NESTED.indexOf('--b1'))))}`],
    ['BINARY.PEEK[2.2]', 'BINARY[2.2] ~{7}\r\nhello\0!'],
    ['BINARY.PEEK[2.2]<1.3>', 'BINARY[2.2]<1> {3}\r\nell'],
    ['BINARY.SIZE[2.2]', 'BINARY.SIZE[2.2] 7'],
    ['BINARY.PEEK[1]', 'BINARY[1] {3}\r\none'],
    ['BINARY.PEEK[7]', 'BINARY[7] NIL'],
    ['MODSEQ', 'MODSEQ (2)'],
  ])('1 %s', async (items, answer) => {
    // The session of the last row has CONDSTORE on from then on, which changes none of these.
    const text = await fetch(`FETCH 1 ${items}`)
    expect(text.replace(/^\* OK \[HIGHESTMODSEQ 2\][^\r]*\r\n/, '')).toBe(`* 1 FETCH (${answer})`)
  })

  it('shows NUL as another octet in a literal, and as it is in literal8', async () => {
    expect(await fetch('FETCH 3 (BODY.PEEK[] BINARY.PEEK[1])')).toBe(
      '* 3 FETCH (BODY[] {17}\r\nX-Nul: a\x80b\r\n\r\nx\x80y BINARY[1] ~{3}\r\nx\0y)',
    )
  })

  it('copes with a message that is no message', async () => {
    expect(await fetch('FETCH 4 (BODY.PEEK[HEADER] BODY.PEEK[TEXT] BODY.PEEK[1] BODY)')).toBe(
      '* 4 FETCH (BODY[HEADER] {16}\r\nno header at all BODY[TEXT] {0}\r\n BODY[1] {0}\r\n BODY ("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0))',
    )
  })

  it.each<[set: string, uids: number[]]>([
    ['UID FETCH 2,4', [2, 4]],
    ['UID FETCH 4,1:2,2', [1, 2, 4]],
    ['UID FETCH *', [4]],
    ['UID FETCH 500:*', [4]],
    ['UID FETCH 99', []],
    ['UID FETCH 3:1', [1, 2, 3]],
    ['FETCH *:3', [3, 4]],
    ['FETCH 99:*', [4]],
  ])('%s', async (set, uids) => {
    const lines = await client.ok(`${set} UID`)
    expect(lines.map((line) => Number(/UID (\d+)/.exec(line)?.[1]))).toEqual(uids)
  })

  it('of a part whose encoding nobody knows ends with UNKNOWN-CTE, behind the others', async () => {
    const lines = await client.run('FETCH 1:2 BINARY.PEEK[3]')
    expect(lines).toEqual(['* 2 FETCH (BINARY[3] NIL)', expect.stringMatching(/^NO \[UNKNOWN-CTE\]/)])
  })

  it('sets \\Seen where it reads, not where it peeks, and not read-only', async () => {
    const inbox = server.user('alice').mailbox('INBOX')
    expect(await fetch('FETCH 2 BODY[TEXT]')).toBe('* 2 FETCH (BODY[TEXT] {14}\r\nhello\r\nworld\r\n)')
    expect(inbox.messages[1]?.flags).toEqual([])
    await using other = await RawClient.open({ port: server.port })
    await other.ok('LOGIN alice secret')
    await other.ok('SELECT INBOX')
    for (const item of ['BODY.PEEK[]', 'RFC822.HEADER', 'BODY', 'BINARY.PEEK[1]', 'BINARY.SIZE[1]'])
      await other.ok(`FETCH 2 ${item}`)
    expect(inbox.messages[1]?.flags).toEqual([])
    expect((await other.ok('FETCH 2 RFC822.TEXT')).at(-1)).toBe(' FLAGS (\\Seen \\Recent))')
    expect((await other.ok('FETCH 2 RFC822.TEXT')).at(-1)).toBe(')')
    expect((await other.ok('UID FETCH 3 (FLAGS BINARY[1])')).join('')).toBe(
      '* 3 FETCH (UID 3 FLAGS (\\Seen \\Recent) BINARY[1] ~{3}x\0y)',
    )
    inbox.store([2, 3], [])
  })

  it('CHANGEDSINCE answers what changed, with MODSEQ', async () => {
    const inbox = server.user('alice').mailbox('INBOX')
    await client.ok('NOOP')
    const since = inbox.highestModSeq
    inbox.store(4, ['\\Answered'])
    const lines = await client.ok(`UID FETCH 1:* (FLAGS) (CHANGEDSINCE ${since})`)
    expect(lines.filter((line) => line.includes('FETCH'))).toEqual([
      expect.stringMatching(
        new RegExp(`^\\* 4 FETCH \\(UID 4 FLAGS \\(\\\\Answered.*\\) MODSEQ \\(${since + 1n}\\)\\)$`),
      ),
    ])
    inbox.store(4, [])
  })
})
