import { describe, expect, it } from 'vitest'
import { RawClient } from '../../unit/testing/raw-client.js'
import { capabilities, scene, tagged } from './tools.js'

const mail = 'From: Larry Fagan <fagan@example.com>\nSubject: digest\n\nThe file is here\n'
const old = { raw: mail, internalDate: new Date('1988-06-09T19:55:44Z') }
const only = { capabilities: ['IMAP2'] }

describe('IMAP2 (RFC 1176)', () => {
  it('is all that there is: no capabilities, no response codes that are not of its time', async () => {
    await using at = await scene({ INBOX: [mail, mail] }, only)
    await using client = await RawClient.dial({ port: at.server.port })
    expect(await client.line()).toMatch(/^\* OK [^[]/)
    expect(await tagged(client, 'CAPABILITY')).toMatch(/^BAD /)
    expect(await tagged(client, 'LOGIN alice secret')).toMatch(/^OK [^[]/)
    expect(await client.run('SELECT inbox')).toEqual([
      expect.stringMatching(/^\* FLAGS \(.*\\Answered \\Flagged \\Deleted \\Seen.*\)$/),
      '* 2 EXISTS',
      '* 2 RECENT',
      expect.stringMatching(/^OK \[READ-WRITE\] /),
    ])
    expect(await tagged(client, 'NOOP')).toMatch(/^OK /)
    expect((await client.run('LOGOUT')).map((line) => line.slice(0, 5))).toEqual(['* BYE', 'OK LO'])
  })

  it.each([
    'CAPABILITY',
    'AUTHENTICATE PLAIN',
    'STARTTLS',
    'EXAMINE INBOX',
    'LIST "" "*"',
    'LSUB "" "*"',
    'STATUS INBOX (MESSAGES)',
    'CREATE x',
    'UID FETCH 1 FLAGS',
    'CLOSE',
    'ENABLE IMAP4rev2',
    'ID NIL',
    'IDLE',
    'FETCH 1 UID',
    'FETCH 1 BODY',
    'FETCH 1 FULL',
    'FETCH 1 BODY[]',
    'FETCH 1 (FLAGS BODYSTRUCTURE)',
    'FETCH 1:* FLAGS',
    'FETCH 1 FLAGS (CHANGEDSINCE 1)',
    'STORE 1 FLAGS.SILENT (\\Seen)',
    'SEARCH UID 1',
    'SEARCH 1:2',
    'SEARCH NOT SEEN',
    'SEARCH OR SEEN DELETED',
    'SEARCH (SEEN)',
    'SEARCH LARGER 1',
    'SEARCH HEADER a b',
    'SEARCH CHARSET UTF-8 ALL',
    'SEARCH RETURN (ALL) ALL',
  ])('has no %s', async (command) => {
    await using at = await scene({ INBOX: [mail] }, only)
    await at.client.ok('SELECT INBOX')
    expect(await tagged(at.client, command)).toMatch(/^BAD /)
  })

  it('fetches what there is to fetch, with a date of its time', async () => {
    await using at = await scene({ INBOX: [old] }, only)
    const { client } = at
    await client.ok('SELECT INBOX')
    const address = '(("Larry Fagan" NIL "fagan" "example.com"))'
    expect(await client.ok('fetch 1 all')).toEqual([
      '* 1 FETCH (FLAGS (\\Recent) INTERNALDATE " 9-Jun-88 19:55:44-GMT" RFC822.SIZE 76 ' +
        `ENVELOPE (NIL "digest" ${address} ${address} ${address} NIL NIL NIL NIL NIL))`,
    ])
    expect(await client.ok('FETCH 1 (RFC822.TEXT FLAGS)')).toEqual([
      '* 1 FETCH (RFC822.TEXT {18}',
      'The file is here',
      ' FLAGS (\\Seen \\Recent))',
    ])
    expect((await client.ok('FETCH 1 RFC822'))[0]).toBe('* 1 FETCH (RFC822 {76}')
  })

  it('answers STORE by STORE, and tells others by FETCH', async () => {
    await using at = await scene({ INBOX: [mail, mail] }, only)
    await at.client.ok('SELECT INBOX')
    const other = await at.another('INBOX')
    expect(await at.client.ok('STORE 1:2 +FLAGS (\\DELETED)')).toEqual([
      '* 1 STORE (FLAGS (\\Deleted \\Recent))',
      '* 2 STORE (FLAGS (\\Deleted \\Recent))',
    ])
    expect(await other.ok('NOOP')).toEqual(['* 1 FETCH (FLAGS (\\Deleted))', '* 2 FETCH (FLAGS (\\Deleted))'])
    expect(await at.client.ok('FETCH 1 FLAGS')).toEqual(['* 1 FETCH (FLAGS (\\Deleted \\Recent))'])
    expect(await at.client.ok('EXPUNGE')).toEqual(['* 2 EXPUNGE', '* 1 EXPUNGE'])
  })

  it('copies: tells every message, makes it seen, and makes the mailbox', async () => {
    await using at = await scene({ INBOX: [mail, mail, mail] }, only)
    await at.client.ok('SELECT INBOX')
    expect(await at.client.run('COPY 2:3 MEETING')).toEqual([
      '* 2 COPY',
      '* 3 COPY',
      '* 2 FETCH (FLAGS (\\Seen \\Recent))',
      '* 3 FETCH (FLAGS (\\Seen \\Recent))',
      expect.stringMatching(/^OK [^[]/),
    ])
    expect(at.server.user('alice').mailbox('MEETING').messages).toHaveLength(2)
    expect(await tagged(at.client, 'COPY 9 NEVER')).toMatch(/^BAD /)
  })

  it('searches, with years of two digits', async () => {
    await using at = await scene({ INBOX: [old, mail] }, only)
    const { client } = at
    await client.ok('SELECT INBOX')
    expect(await client.ok('SEARCH ALL')).toEqual(['* SEARCH 1 2'])
    expect(await client.ok('SEARCH UNDELETED FROM "FAGAN" SINCE 1-OCT-87')).toEqual(['* SEARCH 1 2'])
    expect(await client.ok('SEARCH BEFORE 10-Jun-88 SUBJECT uid')).toEqual(['* SEARCH'])
    expect(await client.ok('SEARCH BEFORE 10-Jun-1988')).toEqual(['* SEARCH 1'])
    expect(await client.ok('SEARCH NEW')).toEqual(['* SEARCH 1 2'])
  })

  it('checks: tells how many messages there are', async () => {
    await using at = await scene({ INBOX: [mail] }, only)
    await at.client.ok('SELECT INBOX')
    expect(await at.client.ok('CHECK')).toEqual(['* 1 EXISTS', '* 1 RECENT'])
    at.server.user('alice').mailbox('INBOX').deliver(mail)
    expect((await at.client.ok('CHECK')).slice(-2)).toEqual(['* 2 EXISTS', '* 2 RECENT'])
  })

  it('finds mailboxes and bulletin boards: * is any number of characters, % is one', async () => {
    await using at = await scene(
      { FOOBAR: [], 'FOO.BAR': [mail], 'FOOD.ON.THE.BAR': [], 'a b': [] },
      { ...only, extensions: { bboards: { GENERAL: 'FOO.BAR', 'comp.mail': 'FOOBAR' } } },
    )
    const { client } = at
    const found = async (what: string) => (await client.ok(`FIND ${what}`)).sort()
    expect(await found('MAILBOXES *')).toEqual([
      '* MAILBOX "a b"',
      '* MAILBOX FOO.BAR',
      '* MAILBOX FOOBAR',
      '* MAILBOX FOOD.ON.THE.BAR',
    ])
    expect(await found('MAILBOXES FOO*BAR')).toHaveLength(3)
    expect(await found('MAILBOXES FOO%BAR')).toEqual(['* MAILBOX FOO.BAR'])
    expect(await found('MAILBOXES INBOX')).toEqual([])
    expect(await found('BBOARDS "*"')).toEqual(['* BBOARD GENERAL', '* BBOARD comp.mail'])
    expect(await client.ok('BBOARD GENERAL')).toContain('* 1 EXISTS')
    expect(await client.ok('FETCH 1 FLAGS')).toHaveLength(1)
    expect(await tagged(client, 'BBOARD FOOBAR')).toMatch(/^NO /)
    for (const broken of ['FIND', 'FIND MAILBOXES', 'FIND BOARDS *', 'FIND MAILBOXES a b', 'BBOARD']) {
      expect(`${broken}: ${await tagged(client, broken)}`).toMatch(/: BAD /)
    }
  })

  it('may be there beside IMAP4, and is not unless it is asked for', async () => {
    await using plain = await scene()
    expect(await capabilities(plain.client)).not.toContain('IMAP2')
    expect(await tagged(plain.client, 'FIND MAILBOXES *')).toMatch(/^BAD /)
    expect(await tagged(plain.client, 'SEARCH SINCE 1-OCT-87')).toMatch(/^BAD /)
    await using both = await scene({ box: [] }, { capabilities: (all) => [...all, 'IMAP2'] })
    expect(await capabilities(both.client)).toContain('IMAP2')
    expect(await both.client.ok('FIND MAILBOXES *')).toEqual(['* MAILBOX box'])
    await both.client.ok('LIST "" "*"')
  })
})
