import { describe, expect, it } from 'vitest'
import type { RawClient } from '../../unit/testing/raw-client.js'
import { capabilities, scene, tagged, without } from './tools.js'

const boundary = '------------030308070208000400050907'
const mixed = [
  'Subject: one',
  `Content-Type: multipart/mixed; boundary="${boundary}"`,
  '',
  `--${boundary}`,
  'Content-Type: text/plain',
  '',
  'Our travel agent has sent the updated schedule.',
  `--${boundary}`,
  'Content-Type: application/x-zip-compressed',
  '',
  'zipped',
  `--${boundary}--`,
  '',
].join('\n')
const other = 'Content-Type: application/x-zip-compressed\n\nzipped again'

const start = (options = {}) =>
  scene({ Drafts: [mixed, other], 'Entwürfe/a b': ['A: b\n\nfar\n'] }, { uidValidity: 385759044, ...options })

/** UIDVALIDITY of a mailbox. */
async function validity(client: RawClient, name: string): Promise<string> {
  return /UIDVALIDITY (\d+)/.exec((await client.ok(`STATUS ${name} (UIDVALIDITY)`))[0] ?? '')?.[1] ?? ''
}

describe('CATENATE (RFC 4469)', () => {
  it('replaces an attachment, as in example 1', async () => {
    await using at = await start()
    const { client, server } = at
    expect(await capabilities(client)).toContain('CATENATE')
    const url = `/Drafts;UIDVALIDITY=${await validity(client, 'Drafts')}/;UID=1`
    const next = `\r\n--${boundary}\r\n`
    client.send(
      `A003 APPEND Drafts (\\Seen \\Draft $MDNSent) CATENATE (URL "${url}/;section=HEADER" TEXT {${next.length}}\r\n`,
    )
    expect(await client.line()).toMatch(/^\+ /)
    client.send(`${next} URL "${url}/;section=1.MIME" URL "${url}/;section=1" TEXT {${next.length}}\r\n`)
    expect(await client.line()).toMatch(/^\+ /)
    client.send(`${next} URL "/Drafts/;UID=2" TEXT {${next.length + 2}}\r\n`)
    expect(await client.line()).toMatch(/^\+ /)
    client.send(`\r\n--${boundary}--\r\n)\r\n`)
    expect(await client.line()).toMatch(/^A003 OK \[APPENDUID \d+ 3\] /)
    const made = server.user('alice').mailbox('Drafts').messages[2]
    expect(made?.raw.toString()).toBe(
      [
        'Subject: one',
        `Content-Type: multipart/mixed; boundary="${boundary}"`,
        '',
        '',
        `--${boundary}`,
        'Content-Type: text/plain',
        '',
        'Our travel agent has sent the updated schedule.',
        `--${boundary}`,
        'Content-Type: application/x-zip-compressed',
        '',
        'zipped again',
        `--${boundary}--`,
        '',
      ].join('\r\n'),
    )
    expect(made?.flags).toEqual(['\\Seen', '\\Draft', '$MDNSent'])
    // \Seen is set on nothing that was catenated.
    expect(server.user('alice').mailbox('Drafts').messages[0]?.flags).toEqual([])
  })

  it.each([
    ['/Drafts/;UID=1/;SECTION=2', 'zipped'],
    ['/Drafts/;UID=1/;SECTION=2/;PARTIAL=1.3', 'ipp'],
    ['/Drafts/;UID=2/;PARTIAL=49', 'ped again'],
    ['/Entw%C3%BCrfe/a%20b/;UID=1', 'A: b\r\n\r\nfar\r\n'],
    ['/Drafts/;uid=1/;section=HEADER.FIELDS%20(Subject)', 'Subject: one\r\n\r\n'],
    [';UID=2/;SECTION=TEXT', 'zipped again'],
  ])('takes the octets of %s', async (url, octets) => {
    await using at = await start()
    await at.client.ok('SELECT Drafts')
    await at.client.ok(`APPEND INBOX CATENATE (URL "${url}")`)
    expect(at.server.user('alice').mailbox('INBOX').messages[0]?.raw.toString()).toBe(octets)
  })

  it.each([
    ['no message', '/Drafts/;UID=9'],
    ['no mailbox', '/Nowhere/;UID=1'],
    ['another UIDVALIDITY', '/Drafts;UIDVALIDITY=1/;UID=1'],
    ['no part', '/Drafts/;UID=1/;SECTION=1.5.9'],
    ['no section', '/Drafts/;UID=1/;SECTION=NONSENSE'],
    ['a mailbox', '/Drafts'],
    ['a server', '/'],
    ['nothing', ''],
    ['another server', '//example.com/Drafts/;UID=1'],
    ['an absolute URL', 'imap://alice@localhost/Drafts/;UID=1'],
    ['no slash ahead', 'Drafts/;UID=1'],
    ['no mailbox that is selected', ';UID=1'],
    ['half a percent sign', '/Dra%fts/;UID=1'],
    ['octets that are not UTF-8', '/%FF/;UID=1'],
    ['a search', '/Drafts?ALL'],
    ['UID 0', '/Drafts/;UID=0'],
  ])('refuses a URL of %s, and stores nothing', async (_what, url) => {
    await using at = await start()
    const answer = await tagged(at.client, `APPEND INBOX CATENATE (TEXT {1+}\r\nx URL "${url}" URL "/other")`)
    expect(answer.startsWith(`NO [BADURL ${url}] `)).toBe(true)
    expect(at.server.user('alice').mailbox('INBOX').messages).toEqual([])
  })

  it('shows no bracket and no line end in a response code', async () => {
    await using at = await start()
    expect(await tagged(at.client, 'APPEND INBOX CATENATE (URL {5+}\r\na]b\r\n)')).toMatch(
      /^NO \[BADURL a%5Db%0D%0A\] /,
    )
  })

  it('keeps to the largest size of a message', async () => {
    await using at = await start({ limits: { literal: 50 } })
    expect(await tagged(at.client, 'APPEND INBOX CATENATE (URL /Drafts/;UID=2)')).toMatch(/^NO \[TOOBIG\] /)
    await using small = await start({ extensions: { appendLimit: 10 } })
    expect(await tagged(small.client, 'APPEND INBOX CATENATE (URL /Drafts/;UID=2)')).toMatch(/^NO \[TOOBIG\] /)
  })

  it('works with MULTIAPPEND', async () => {
    await using at = await start()
    await at.client.ok(
      'APPEND INBOX CATENATE (TEXT {1+}\r\na) (\\Seen) CATENATE (URL /Drafts/;UID=2/;SECTION=TEXT) {1+}\r\nc',
    )
    expect(
      at.server
        .user('alice')
        .mailbox('INBOX')
        .messages.map(({ raw }) => raw.toString()),
    ).toEqual(['a', 'zipped again', 'c'])
  })

  it.each([
    'CATENATE',
    'CATENATE ()',
    'CATENATE (TEXT "x")',
    'CATENATE (URL)',
    'CATENATE (FILE x)',
    'CATENATE (TEXT {1+}\r\nx',
    'CATENATE (TEXT ~{1+}\r\nx)',
    'CATENATE TEXT {1+}\r\nx',
    'CATENATE (TEXT {1+}\r\nxURL /Drafts/;UID=1)',
  ])('has no %j', async (data) => {
    await using at = await start()
    expect(await tagged(at.client, `APPEND INBOX ${data}`)).toMatch(/^BAD /)
  })

  it('is not there unless it is offered', async () => {
    await using at = await start({ capabilities: without('CATENATE') })
    expect(await tagged(at.client, 'APPEND INBOX CATENATE (URL /Drafts/;UID=1)')).toMatch(/^BAD /)
  })
})
