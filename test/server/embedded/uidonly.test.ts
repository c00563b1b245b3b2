import { describe, expect, it } from 'vitest'
import { capabilities, scene, tagged, without } from './tools.js'

const mails = (count: number): string[] => Array.from({ length: count }, (_, i) => `Subject: ${i + 1}\n\nx\n`)

async function enabled(count = 4) {
  const at = await scene({ INBOX: mails(count), foo: [] })
  expect(await at.client.ok('ENABLE UIDONLY')).toEqual(['* ENABLED UIDONLY'])
  at.server.user('alice').mailbox('INBOX').expunge(1)
  return at
}

describe('UIDONLY (RFC 9586)', () => {
  it('answers by UIDFETCH and VANISHED', async () => {
    await using at = await enabled()
    const { client } = at
    const opened = await client.ok('SELECT INBOX')
    expect(opened).toContain('* 3 EXISTS')
    // A message number would stand there (§3).
    expect(opened.join()).not.toContain('[UNSEEN')
    expect(await client.ok('UID FETCH 2:3 (FLAGS)')).toEqual([
      '* 2 UIDFETCH (UID 2 FLAGS (\\Recent))',
      '* 3 UIDFETCH (UID 3 FLAGS (\\Recent))',
    ])
    expect(await client.ok('UID STORE 3 +FLAGS (\\Deleted)')).toEqual([
      '* 3 UIDFETCH (UID 3 FLAGS (\\Deleted \\Recent))',
    ])
    expect(await client.ok('EXPUNGE')).toEqual(['* VANISHED 3'])
    const moved = await client.ok('UID MOVE 4 foo')
    expect(moved).toEqual([expect.stringMatching(/^\* OK \[COPYUID \d+ 4 1\]/), '* VANISHED 4'])
  })

  it('tells by UID what others do', async () => {
    await using at = await enabled()
    await at.client.ok('SELECT INBOX')
    const inbox = at.server.user('alice').mailbox('INBOX')
    inbox.store(4, ['\\Seen'])
    inbox.expunge(2)
    inbox.deliver('A: b\n\nx\n')
    expect(await at.client.ok('NOOP')).toEqual([
      '* VANISHED 2',
      '* 3 EXISTS',
      expect.stringContaining('RECENT'),
      expect.stringMatching(/^\* 4 UIDFETCH \((UID 4 )?FLAGS \(\\Seen/),
    ])
  })

  it.each([
    'FETCH 1:3 (UID FLAGS)',
    'FETCH $ (UID)',
    'STORE 1 +FLAGS (\\Seen)',
    'SEARCH ALL',
    'COPY 1 foo',
    'MOVE 1 foo',
    'UID SEARCH 1:2',
    'UID SEARCH NOT *',
  ])('refuses %s', async (command) => {
    await using at = await enabled()
    await at.client.ok('SELECT INBOX')
    expect(await tagged(at.client, command)).toMatch(/^BAD \[UIDREQUIRED\] /)
  })

  it('takes UID SEARCH with ALL and UID', async () => {
    await using at = await enabled()
    await at.client.ok('SELECT INBOX')
    expect(await at.client.ok('UID SEARCH ALL')).toEqual(['* SEARCH 2 3 4'])
    expect(await at.client.ok('UID SEARCH UID 3:*')).toEqual(['* SEARCH 3 4'])
  })

  it('goes with QRESYNC, the match data of SELECT excepted (§3.7)', async () => {
    await using at = await enabled()
    const { client } = at
    await client.ok('ENABLE QRESYNC')
    expect(await tagged(client, 'SELECT INBOX (QRESYNC (1700000000 1 1:4 (1 2)))')).toMatch(/^BAD \[UIDREQUIRED\] /)
    const lines = await client.ok('SELECT INBOX (QRESYNC (1700000000 2 1:4))')
    expect(lines.at(-1)).toBe('* VANISHED (EARLIER) 1')
    expect((await client.ok('UID FETCH 2 (MODSEQ)'))[0]).toMatch(/^\* 2 UIDFETCH \(UID 2 MODSEQ \(\d+\)\)$/)
  })

  it('changes nothing until it is enabled, and is not there unless it is offered', async () => {
    await using at = await scene({ INBOX: mails(1) })
    expect(await capabilities(at.client)).toContain('UIDONLY')
    await at.client.ok('SELECT INBOX')
    expect(await at.client.ok('FETCH 1 (UID)')).toEqual(['* 1 FETCH (UID 1)'])
    at.server.setCapabilities(without('UIDONLY'))
    const other = await at.another()
    expect(await other.ok('ENABLE UIDONLY')).toEqual(['* ENABLED'])
  })
})
