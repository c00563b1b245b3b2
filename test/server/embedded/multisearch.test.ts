import { describe, expect, it } from 'vitest'
import { scene, tagged, without } from './tools.js'

const mail = (subject: string) => `Subject: ${subject}\n\nx\n`
const box = {
  INBOX: [mail('chad')],
  folder1: [mail('chad'), { raw: mail('x'), flags: ['\\Seen'] }, mail('Chad again')],
  folder2: [mail('x')],
  'folder2/salmon': { messages: [mail('chad')], subscribed: false },
  'folder2/salmon/roe': [mail('chad')],
  folder22: [mail('chad')],
  Äther: [mail('chad')],
}

/** The answers, without tag and UIDVALIDITY. */
const told = (lines: readonly string[]) =>
  lines.map((line) => {
    expect(line).toMatch(/^\* ESEARCH \(TAG "[^"]+" MAILBOX \S+ UIDVALIDITY \d+\) UID /)
    return line.replace(/^.* MAILBOX (\S+) UIDVALIDITY \d+\) UID/, '$1')
  })

describe('MULTISEARCH (RFC 7377)', () => {
  it.each([
    ['mailboxes folder1', ['folder1 ALL 1,3']],
    ['mailboxes ("folder1" INBOX)', ['folder1 ALL 1,3', 'INBOX ALL 1']],
    ['mailboxes folder1 subtree folder2', ['folder1 ALL 1,3', 'folder2/salmon ALL 1', 'folder2/salmon/roe ALL 1']],
    ['mailboxes "folder1" subtree-one "folder2"', ['folder1 ALL 1,3', 'folder2/salmon ALL 1']],
    ['mailboxes (folder1 folder1) mailboxes folder1', ['folder1 ALL 1,3']],
    ['mailboxes nowhere', []],
    ['inboxes', ['INBOX ALL 1']],
    ['SELECTED', ['folder1 ALL 1,3']],
    ['mailboxes &AMQ-ther', ['&AMQ-ther ALL 1']],
  ])('IN (%s)', async (sources, expected) => {
    await using at = await scene(box)
    await at.client.ok('SELECT folder1')
    expect(told(await at.client.ok(`ESEARCH IN (${sources}) SUBJECT "chad"`))).toEqual(expected)
    expect(at.server.connections[0]?.state).toBe('selected')
  })

  it('searches all that is personal, or subscribed to', async () => {
    await using at = await scene(box)
    const personal = told(await at.client.ok('ESEARCH IN (personal) RETURN (COUNT) SUBJECT chad'))
    expect(personal.sort()).toEqual([
      '&AMQ-ther COUNT 1',
      'INBOX COUNT 1',
      'folder1 COUNT 2',
      'folder2/salmon COUNT 1',
      'folder2/salmon/roe COUNT 1',
      'folder22 COUNT 1',
    ])
    const subscribed = told(await at.client.ok('ESEARCH IN (subscribed) RETURN (COUNT) SUBJECT chad'))
    expect(subscribed.sort()).toEqual(personal.filter((line) => !line.startsWith('folder2/salmon ')))
  })

  it('answers for every mailbox of its own', async () => {
    await using at = await scene(box)
    const { client } = at
    const sources = 'IN (mailboxes (folder1 folder2 INBOX))'
    expect(told(await client.ok(`ESEARCH ${sources} RETURN (MIN MAX COUNT) UNSEEN SUBJECT chad`))).toEqual([
      'folder1 MIN 1 MAX 3 COUNT 2',
      'INBOX MIN 1 MAX 1 COUNT 1',
    ])
    expect(told(await client.ok(`ESEARCH ${sources} RETURN (PARTIAL -1:-1) ALL`))).toEqual([
      'folder1 PARTIAL (-1:-1 3)',
      'folder2 PARTIAL (-1:-1 1)',
      'INBOX PARTIAL (-1:-1 1)',
    ])
    // Numbers beyond the end of a mailbox are no error.
    expect(told(await client.ok(`ESEARCH ${sources} CHARSET UTF-8 2:200`))).toEqual(['folder1 ALL 2:3'])
    expect(told(await client.ok(`ESEARCH ${sources} RETURN (COUNT) 101:200`))).toEqual([])
    expect(told(await client.ok(`ESEARCH ${sources} *`))).toEqual(['folder1 ALL 3', 'folder2 ALL 1', 'INBOX ALL 1'])
  })

  it('searches what is selected where nothing is said', async () => {
    await using at = await scene(box)
    const { client } = at
    expect(await tagged(client, 'ESEARCH SUBJECT chad')).toMatch(/^BAD /)
    expect(await tagged(client, 'ESEARCH IN (selected) SUBJECT chad')).toMatch(/^BAD /)
    await client.ok('SELECT folder1')
    expect(told(await client.ok('ESEARCH SUBJECT chad'))).toEqual(['folder1 ALL 1,3'])
    expect(await client.ok('ESEARCH RETURN (SAVE) SUBJECT again')).toEqual([])
    expect(await client.ok('SEARCH $')).toEqual(['* SEARCH 3'])
    await client.ok('ESEARCH IN (selected) RETURN (SAVE) SEEN')
    expect(await client.ok('SEARCH $')).toEqual(['* SEARCH 2'])
    expect(await tagged(client, 'ESEARCH IN (mailboxes folder1) RETURN (SAVE) SEEN')).toMatch(/^BAD /)
    expect(await tagged(client, 'ESEARCH IN (selected inboxes) RETURN (SAVE) SEEN')).toMatch(/^BAD /)
  })

  it('watches the selected mailbox only', async () => {
    await using at = await scene(box)
    const { client } = at
    expect(await tagged(client, 'ESEARCH IN (inboxes) RETURN (UPDATE) SEEN')).toMatch(/^BAD /)
    await client.ok('SELECT folder22')
    client.send('u ESEARCH IN (mailboxes (folder1 folder22)) RETURN (UPDATE COUNT) SEEN\r\n')
    expect((await client.until(/^u /)).slice(1)).toEqual(['u OK Search completed, will notify'])
    const other = await at.another('folder1')
    await other.ok('STORE 1 FLAGS (\\Seen)')
    expect(await client.ok('NOOP')).toEqual([])
    const lines = await client.ok('STORE 1 FLAGS.SILENT (\\Seen)')
    expect(told(lines)).toEqual(['folder22 ADDTO (0 1)'])
  })

  it.each([
    'ESEARCH',
    'ESEARCH IN () ALL',
    'ESEARCH IN (everywhere) ALL',
    'ESEARCH IN (selected-delayed) ALL',
    'ESEARCH IN (mailboxes) ALL',
    'ESEARCH IN (mailboxes ()) ALL',
    'ESEARCH IN (mailboxes nowhere) COLOUR red',
    'ESEARCH IN (mailboxes nowhere)',
    'ESEARCH IN personal ALL',
    'ESEARCH RETURN (ALL) IN (personal) ALL',
    'UID ESEARCH IN (personal) ALL',
  ])('does not take %s', async (command) => {
    await using at = await scene(box)
    await at.client.ok('SELECT INBOX')
    expect(await tagged(at.client, command)).toMatch(/^BAD /)
  })

  it('is not there unless it is offered', async () => {
    await using at = await scene(box, { capabilities: without('MULTISEARCH') })
    expect(await tagged(at.client, 'ESEARCH IN (personal) ALL')).toMatch(/^BAD /)
  })
})
