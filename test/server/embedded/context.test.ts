import { describe, expect, it } from 'vitest'
import { scene, tagged, without } from './tools.js'

const mail = (subject: string) => `Subject: ${subject}\n\nx\n`
const box = { INBOX: ['d', 'b', 'a', 'c'].map(mail), other: [] }

describe('CONTEXT=SEARCH (RFC 5267)', () => {
  it('tells what becomes a result and what no longer is one', async () => {
    await using at = await scene(box)
    const { client, server } = at
    // The first to select has all that is \\Recent.
    const other = await at.another('INBOX')
    await client.ok('SELECT INBOX')
    client.send('B01 UID SEARCH RETURN (UPDATE COUNT CONTEXT) DELETED\r\n')
    expect(await client.until(/^B01/)).toEqual([
      '* ESEARCH (TAG "B01") UID COUNT 0',
      'B01 OK Search completed, will notify',
    ])
    await other.ok('STORE 2:3 FLAGS (\\Deleted)')
    expect(await client.ok('NOOP')).toEqual([
      '* 2 FETCH (FLAGS (\\Deleted))',
      '* 3 FETCH (FLAGS (\\Deleted))',
      '* ESEARCH (TAG "B01") UID ADDTO (0 2:3)',
    ])
    expect(await client.ok('STORE 2 FLAGS ()')).toEqual([
      '* 2 FETCH (FLAGS ())',
      '* ESEARCH (TAG "B01") UID REMOVEFROM (0 2)',
    ])
    server
      .user('alice')
      .mailbox('INBOX')
      .deliver(mail('e'), { flags: ['\\Deleted'] })
    expect(await client.ok('NOOP')).toEqual(['* 5 EXISTS', '* 1 RECENT', '* ESEARCH (TAG "B01") UID ADDTO (0 5)'])
    await other.ok('NOOP')
    await other.ok('EXPUNGE')
    // A removal is told at once, although its EXPUNGE may not be told yet.
    expect(await client.ok('FETCH 1 UID')).toEqual([
      '* 1 FETCH (UID 1)',
      '* ESEARCH (TAG "B01") UID REMOVEFROM (0 3,5)',
    ])
    expect(await client.ok('NOOP')).toEqual(['* 5 EXPUNGE', '* 3 EXPUNGE'])
    client.send('B04 CANCELUPDATE "B01"\r\n')
    expect(await client.line()).toBe('B04 OK No further updates')
    expect(await client.ok('STORE 1 FLAGS.SILENT (\\Deleted)')).toEqual([])
  })

  it('tells message numbers where these were asked for, ahead of the EXPUNGE that changes them', async () => {
    await using at = await scene(box)
    const { client } = at
    await client.ok('SELECT INBOX')
    client.send('u SEARCH RETURN (UPDATE) ALL\r\n')
    expect(await client.until(/^u /)).toEqual(['* ESEARCH (TAG "u")', 'u OK Search completed, will notify'])
    await client.ok('STORE 2,4 FLAGS.SILENT (\\Deleted)')
    expect(await client.ok('EXPUNGE')).toEqual(['* ESEARCH (TAG "u") REMOVEFROM (0 2,4)', '* 4 EXPUNGE', '* 2 EXPUNGE'])
  })

  it('tells in IDLE, until the mailbox is left', async () => {
    await using at = await scene(box)
    const { client, server } = at
    await client.ok('SELECT INBOX')
    client.send('u UID SEARCH RETURN (UPDATE) SUBJECT new\r\ni IDLE\r\n')
    await client.until(/^\+/)
    server.user('alice').mailbox('INBOX').deliver(mail('new'))
    expect((await client.until(/ESEARCH/)).at(-1)).toBe('* ESEARCH (TAG "u") UID ADDTO (0 5)')
    client.send('DONE\r\n')
    await client.until(/^i OK/)
    await client.ok('SELECT other')
    await client.ok('SELECT INBOX')
    server.user('alice').mailbox('INBOX').deliver(mail('new'))
    expect(await client.ok('NOOP')).toEqual(['* 6 EXISTS', '* 1 RECENT'])
  })

  it('refuses a tag that is in use, and too many contexts', async () => {
    await using at = await scene(box, { extensions: { updateContexts: 1 } })
    const { client } = at
    await client.ok('SELECT INBOX')
    client.send('B01 SEARCH RETURN (UPDATE) DELETED\r\nB01 SORT RETURN (UPDATE) (DATE) UTF-8 FLAGGED\r\n')
    expect((await client.until(/^B01 /)).at(-1)).toMatch(/^B01 OK/)
    expect(await client.line()).toMatch(/^B01 BAD /)
    client.send('B02 UID SORT RETURN (UPDATE COUNT) (DATE) UTF-8 ALL\r\n')
    expect(await client.until(/^B02/)).toEqual([
      '* ESEARCH (TAG "B02") UID COUNT 4',
      '* NO [NOUPDATE "B02"] Too many contexts',
      'B02 OK UID SORT completed',
    ])
    await client.ok('CANCELUPDATE "B02" "B01"')
    client.send('B03 SEARCH RETURN (UPDATE) DELETED\r\n')
    expect((await client.until(/^B03/)).at(-1)).toBe('B03 OK Search completed, will notify')
    // What is refused has no context.
    expect(await tagged(client, 'SEARCH RETURN (UPDATE RELEVANCY) ALL')).toMatch(/^BAD /)
    for (const broken of ['CANCELUPDATE', 'CANCELUPDATE B03', 'CANCELUPDATE ("B03")']) {
      expect(`${broken}: ${await tagged(client, broken)}`).toMatch(/: BAD /)
    }
  })

  it('has no say in what "$" stands for', async () => {
    await using at = await scene(box)
    await at.client.ok('SELECT INBOX')
    await at.client.ok('SEARCH RETURN (UPDATE SAVE MIN) 2:4')
    expect(await at.client.ok('SEARCH $')).toEqual(['* SEARCH 2'])
  })

  it('is not there unless it is offered', async () => {
    await using at = await scene(box, { capabilities: without('CONTEXT=SEARCH') })
    const { client, server } = at
    await client.ok('SELECT INBOX')
    expect(await tagged(client, 'SEARCH RETURN (UPDATE) ALL')).toMatch(/^BAD /)
    await client.ok('SORT RETURN (UPDATE CONTEXT) (DATE) UTF-8 ALL')
    server.setCapabilities(without('CONTEXT=SEARCH', 'CONTEXT=SORT'))
    expect(await tagged(client, 'SORT RETURN (UPDATE) (DATE) UTF-8 ALL')).toMatch(/^BAD /)
    expect(await tagged(client, 'CANCELUPDATE "a"')).toMatch(/^BAD /)
  })
})

describe('CONTEXT=SORT (RFC 5267)', () => {
  it('tells positions', async () => {
    await using at = await scene(box)
    const { client, server } = at
    await client.ok('SELECT INBOX')
    client.send('s UID SORT RETURN (UPDATE ALL) (SUBJECT) UTF-8 UNFLAGGED\r\n')
    // a b c d
    expect((await client.until(/^s /))[0]).toBe('* ESEARCH (TAG "s") UID ALL 3,2,4,1')
    const update = async (command: string) => (await client.ok(command)).filter((line) => line.includes('ESEARCH'))
    expect(await update('STORE 2,4 +FLAGS.SILENT (\\Flagged)')).toEqual(['* ESEARCH (TAG "s") UID REMOVEFROM (2 2,4)'])
    // a d
    expect(await update('STORE 1:4 -FLAGS.SILENT (\\Flagged)')).toEqual(['* ESEARCH (TAG "s") UID ADDTO (2 2,4)'])
    // a b c d
    expect(await update('STORE 1,3 +FLAGS.SILENT (\\Flagged)')).toEqual([
      '* ESEARCH (TAG "s") UID REMOVEFROM (1 3 3 1)',
    ])
    // b c
    for (const subject of ['bb', 'z', 'a']) server.user('alice').mailbox('INBOX').deliver(mail(subject))
    expect(await update('NOOP')).toEqual(['* ESEARCH (TAG "s") UID ADDTO (1 7 3 5 5 6)'])
    // a(7) b bb(5) c z(6)
    await client.ok('STORE 2,7 +FLAGS.SILENT (\\Deleted)')
    expect(await client.ok('EXPUNGE')).toEqual([
      '* ESEARCH (TAG "s") UID REMOVEFROM (1 7,2)',
      '* 7 EXPUNGE',
      '* 2 EXPUNGE',
    ])
  })
})
