import { describe, expect, it } from 'vitest'
import { capabilities, scene, tagged, without } from './tools.js'

const mails = [1, 2, 3, 4].map((n) => `Subject: ${n}\n\n${n}\n`)
const text = 'Subject: new\r\n\r\nnew\r\n'

describe('REPLACE (RFC 8508)', () => {
  it('puts a message in the place of another, as in the example of §3.2', async () => {
    await using at = await scene({ Drafts: mails })
    const { client, server } = at
    expect(await capabilities(client)).toContain('REPLACE')
    await client.ok('SELECT Drafts')
    client.send(`A003 REPLACE 4 Drafts (\\Seen \\Draft) "01-Jan-2015 00:05:00 -0500" {${text.length}}\r\n`)
    expect(await client.line()).toMatch(/^\+ /)
    client.send(`${text}\r\n`)
    const lines = await client.until(/^A003 /)
    expect(lines).toEqual([
      expect.stringMatching(/^\* OK \[APPENDUID \d+ 5\] /),
      '* 5 EXISTS',
      expect.stringMatching(/^\* \d RECENT$/),
      '* 4 EXPUNGE',
      expect.stringMatching(/^A003 OK [^[]/),
    ])
    const { messages } = server.user('alice').mailbox('Drafts')
    expect(messages.map(({ uid }) => uid)).toEqual([1, 2, 3, 5])
    expect(messages[3]?.raw.toString()).toBe(text)
    expect(messages[3]?.flags).toEqual(['\\Seen', '\\Draft'])
    expect(messages[3]?.internalDate.toISOString()).toBe('2015-01-01T05:05:00.000Z')
  })

  it('takes a UID, another mailbox, and tells others what happened', async () => {
    await using at = await scene({ Drafts: mails, Sent: [] })
    const other = await at.another('Drafts')
    await at.client.ok('SELECT Drafts')
    await at.client.ok('STORE 2 +FLAGS \\Deleted')
    const lines = await at.client.ok(`UID REPLACE 3 Sent {${text.length}+}\r\n${text}`)
    expect(lines).toEqual([expect.stringMatching(/^\* OK \[APPENDUID \d+ 1\] /), '* 3 EXPUNGE'])
    // Only the message that was named goes.
    expect(
      at.server
        .user('alice')
        .mailbox('Drafts')
        .messages.map(({ uid }) => uid),
    ).toEqual([1, 2, 4])
    expect(await other.ok('NOOP')).toContain('* 3 EXPUNGE')
  })

  it('works with CATENATE, also of the message that goes', async () => {
    await using at = await scene({ Drafts: mails })
    await at.client.ok('SELECT Drafts')
    await at.client.ok('UID REPLACE 2 Drafts CATENATE (TEXT {7+}\r\nTo: m\r\n URL "/Drafts/;UID=2")')
    expect(at.server.user('alice').mailbox('Drafts').messages.at(-1)?.raw.toString()).toBe(
      'To: m\r\nSubject: 2\r\n\r\n2\r\n',
    )
    expect(await tagged(at.client, 'UID REPLACE 3 Drafts CATENATE (URL "/Drafts/;UID=2")')).toMatch(/^NO \[BADURL /)
    expect(at.server.user('alice').mailbox('Drafts').messages).toHaveLength(4)
  })

  it('counts only what the mailbox grows by against the quota (§3.4)', async () => {
    const big = `A: b\r\n\r\n${'x'.repeat(3000)}\r\n`
    await using at = await scene({ Drafts: [big] }, { extensions: { quota: { STORAGE: 4, MESSAGE: 1 } } })
    await at.client.ok('SELECT Drafts')
    expect(await tagged(at.client, `APPEND Drafts {${big.length}+}\r\n${big}`)).toMatch(/^NO \[OVERQUOTA\]/)
    await at.client.ok(`REPLACE 1 Drafts {${big.length}+}\r\n${big}`)
    const larger = big + 'x'.repeat(2000)
    expect(await tagged(at.client, `REPLACE 1 Drafts {${larger.length}}`)).toMatch(/^NO \[OVERQUOTA\]/)
  })

  it.each([
    ['a UID that is not there', 'UID REPLACE 9 Drafts {1+}\r\nx', /^NO /],
    ['no such mailbox', 'REPLACE 1 Nowhere {1+}\r\nx', /^NO \[TRYCREATE\] /],
    ['no such mailbox, ahead of the literal', 'REPLACE 1 Nowhere {1}', /^NO \[TRYCREATE\] /],
    ['an empty message', 'REPLACE 1 Drafts {0+}\r\n', /^NO /],
    ['a number that no message has', 'REPLACE 9 Drafts {1+}\r\nx', /^BAD /],
    ['several messages', 'REPLACE 1:2 Drafts {1+}\r\nx', /^BAD /],
    ['a list', 'UID REPLACE 1,2 Drafts {1+}\r\nx', /^BAD /],
    ['$', 'REPLACE $ Drafts {1+}\r\nx', /^BAD /],
    ['two new messages', 'REPLACE 1 Drafts {1+}\r\nx {1+}\r\ny', /^BAD /],
    ['no message', 'REPLACE 1 Drafts', /^BAD /],
    ['no mailbox', 'REPLACE 1 {1+}\r\nx', /^BAD /],
  ])('refuses %s, and leaves all as it was', async (_what, command, answer) => {
    await using at = await scene({ Drafts: mails })
    await at.client.ok('SELECT Drafts')
    expect(await at.client.run(command)).toEqual([expect.stringMatching(answer)])
    expect(
      at.server
        .user('alice')
        .mailbox('Drafts')
        .messages.map(({ uid }) => uid),
    ).toEqual([1, 2, 3, 4])
  })

  it('needs a mailbox that is open for writing', async () => {
    await using at = await scene({ Drafts: mails })
    expect(await tagged(at.client, 'REPLACE 1 Drafts {1+}\r\nx')).toMatch(/^BAD /)
    await at.client.ok('EXAMINE Drafts')
    expect(await tagged(at.client, 'REPLACE 1 Drafts {1}')).toMatch(/^NO /)
    expect(await tagged(at.client, 'UID REPLACE 1 Drafts {1+}\r\nx')).toMatch(/^NO /)
  })

  it('is not there unless it is offered', async () => {
    await using at = await scene({ Drafts: mails }, { capabilities: without('REPLACE') })
    await at.client.ok('SELECT Drafts')
    expect(await tagged(at.client, 'REPLACE 1 Drafts {1+}\r\nx')).toMatch(/^BAD /)
  })
})
