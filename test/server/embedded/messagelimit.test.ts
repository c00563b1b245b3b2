import { describe, expect, it } from 'vitest'
import { scene, tagged } from './tools.js'

const mails = (count: number): string[] => Array.from({ length: count }, (_, i) => `Subject: ${i + 1}\n\nx\n`)

/** A mailbox of six messages with a limit of three. */
async function limited(capability = 'MESSAGELIMIT=3', count = 6) {
  const at = await scene({ INBOX: mails(count), foo: [] }, { capabilities: (all) => [...all, capability] })
  await at.client.ok('SELECT INBOX')
  return at
}

describe('MESSAGELIMIT= (RFC 9738)', () => {
  it('is not announced unless somebody asks for it', async () => {
    await using at = await scene({ INBOX: mails(2) })
    expect((await at.client.ok('CAPABILITY')).join()).not.toMatch(/LIMIT=[^ ]* ?.*SAVELIMIT|MESSAGELIMIT/)
    await at.client.ok('SELECT INBOX')
    expect(await tagged(at.client, 'UID SEARCH UIDAFTER 1')).toMatch(/^BAD /)
  })

  it('FETCH answers the highest UIDs, downwards, and says where it stopped', async () => {
    await using at = await limited()
    expect(await at.client.run('FETCH 1:5 (UID)')).toEqual([
      '* 5 FETCH (UID 5)',
      '* 4 FETCH (UID 4)',
      '* 3 FETCH (UID 3)',
      expect.stringMatching(/^OK \[MESSAGELIMIT 3 3\] /),
    ])
    expect(await tagged(at.client, 'UID FETCH 1:3 (FLAGS)')).toBe('OK UID FETCH completed')
  })

  it('SEARCH counts what is searched, not what is found', async () => {
    await using at = await limited()
    const { client } = at
    expect(await client.run('UID SEARCH SUBJECT 4')).toEqual([
      '* SEARCH 4',
      expect.stringMatching(/^OK \[MESSAGELIMIT 3 4\]/),
    ])
    expect(await client.run('UID SEARCH UID 2:5 ALL')).toEqual([
      '* SEARCH 3 4 5',
      expect.stringMatching(/^OK \[MESSAGELIMIT 3 3\]/),
    ])
    expect(await client.run('UID SEARCH UIDBEFORE 4 ALL')).toEqual(['* SEARCH 1 2 3', 'OK UID SEARCH completed'])
    expect(await client.run('UID SEARCH SUBJECT 5 UIDAFTER 3')).toEqual(['* SEARCH 5', 'OK UID SEARCH completed'])
    expect(await client.run('SEARCH UIDBEFORE 1')).toEqual(['* SEARCH', 'OK SEARCH completed'])
    for (const key of ['UIDAFTER', 'UIDAFTER 0', 'UIDBEFORE x', 'UIDBEFORE 1:2']) {
      expect(await tagged(client, `UID SEARCH ${key}`)).toMatch(/^BAD /)
    }
  })

  it('saves what was searched only (§3.4)', async () => {
    await using at = await limited()
    expect(await at.client.run('UID SEARCH RETURN (SAVE) ALL')).toEqual([
      expect.stringMatching(/^OK \[MESSAGELIMIT 3 4\]/),
    ])
    expect(await at.client.ok('UID FETCH $ (UID)')).toHaveLength(3)
  })

  it('STORE, MOVE and UID EXPUNGE go on from there', async () => {
    await using at = await limited()
    const { client } = at
    const stored = await client.run('UID STORE 1:6 +FLAGS (\\Deleted)')
    expect(stored.map((line) => /UID (\d)/.exec(line)?.[1] ?? line)).toEqual([
      '6',
      '5',
      '4',
      expect.stringMatching(/^OK \[MESSAGELIMIT 3 4\]/),
    ])
    expect(await client.run('UID STORE 1:3 +FLAGS (\\Deleted)')).toHaveLength(4)
    const expunged = await client.run('UID EXPUNGE 2:6')
    expect(expunged.slice(0, 3)).toEqual(['* 6 EXPUNGE', '* 5 EXPUNGE', '* 4 EXPUNGE'])
    expect(expunged[3]).toMatch(/^OK \[MESSAGELIMIT 3 4\]/)
    at.server.user('alice').mailbox('INBOX').deliverAll(mails(2))
    await client.ok('NOOP')
    const moved = await client.run('UID MOVE 1:* foo')
    expect(moved[0]).toMatch(/^\* OK \[COPYUID \d+ 3,7:8 1:3\]/)
    expect(moved.at(-1)).toMatch(/^OK \[MESSAGELIMIT 3 3\]/)
  })

  it('EXPUNGE has no limit', async () => {
    await using at = await limited()
    at.server.user('alice').mailbox('INBOX').store([1, 2, 3, 4, 5, 6], ['\\Deleted'])
    await at.client.ok('NOOP')
    expect(await at.client.run('EXPUNGE')).toHaveLength(7)
  })

  it('COPY and APPEND do all or nothing', async () => {
    await using at = await limited()
    const { client } = at
    const foo = at.server.user('alice').mailbox('foo')
    expect(await tagged(client, 'UID COPY 1:5 foo')).toMatch(/^NO \[MESSAGELIMIT 3 3\]/)
    expect(await tagged(client, `APPEND foo${' {1+}\r\nx'.repeat(4)}`)).toMatch(/^NO \[MESSAGELIMIT 3\]/)
    expect(foo.messages).toHaveLength(0)
    await client.ok('COPY 1:3 foo')
    await client.ok(`APPEND foo${' {1+}\r\nx'.repeat(3)}`)
    expect(foo.messages).toHaveLength(6)
  })

  it('refuses what PARTIAL picks when that is too much, and leaves less alone', async () => {
    await using at = await limited()
    const { client } = at
    expect(await client.run('UID FETCH 1:* (UID) (PARTIAL -1:-4)')).toEqual([
      expect.stringMatching(/^NO \[MESSAGELIMIT 3\] /),
    ])
    expect(await client.run('UID FETCH 1:* (UID) (PARTIAL 1:3)')).toEqual([
      '* 1 FETCH (UID 1)',
      '* 2 FETCH (UID 2)',
      '* 3 FETCH (UID 3)',
      'OK UID FETCH completed',
    ])
  })

  it('sorts and threads no larger mailbox (§3.3)', async () => {
    await using at = await limited()
    const { client } = at
    for (const command of ['SORT (DATE) UTF-8 ALL', 'UID THREAD REFERENCES UTF-8 ALL']) {
      expect(await tagged(client, command)).toMatch(/^NO \[MESSAGELIMIT 3\]/)
    }
    at.server.user('alice').mailbox('INBOX').expunge([1, 2, 3])
    await client.ok('NOOP')
    expect(await client.ok('SORT (DATE) UTF-8 ALL')).toEqual(['* SORT 1 2 3'])
  })

  it('stands in an untagged NO where another code is in the answer', async () => {
    await using at = await limited()
    const { client } = at
    await client.ok('UID STORE 6 +FLAGS.SILENT (\\Seen)')
    const lines = await client.run('UID STORE 1:6 (UNCHANGEDSINCE 2) +FLAGS.SILENT (\\Flagged)')
    expect(lines.at(-1)).toMatch(/^OK \[MODIFIED 6\]/)
    expect(lines.at(-2)).toMatch(/^\* NO \[MESSAGELIMIT 3 4\]/)
  })
})

describe('SAVELIMIT= (RFC 9738)', () => {
  it('is for COPY and APPEND only', async () => {
    await using at = await limited('SAVELIMIT=3')
    const { client } = at
    expect(await tagged(client, 'COPY 1:4 foo')).toMatch(/^NO \[MESSAGELIMIT 3 2\]/)
    expect(await tagged(client, `APPEND foo${' {1+}\r\nx'.repeat(4)}`)).toMatch(/^NO \[MESSAGELIMIT 3\]/)
    expect(await client.run('FETCH 1:* (UID)')).toHaveLength(7)
    expect(await tagged(client, 'MOVE 1:5 foo')).toBe('OK MOVE completed')
  })
})
