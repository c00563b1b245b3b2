import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ImapServer } from 'imapkit/testing'
import { RawClient } from '../unit/testing/raw-client.js'

const last = (lines: readonly string[]): string => lines.at(-1) ?? ''

let server: ImapServer
let client: RawClient

async function begin(
  mailboxes: Record<string, { specialUse?: string; subscribed?: boolean; selectable?: boolean }>,
): Promise<void> {
  server = await ImapServer.start({ users: { alice: { password: 'secret', mailboxes } } })
  client = await RawClient.open({ port: server.port })
  await client.ok('LOGIN alice secret')
}

afterEach(async () => {
  await client[Symbol.asyncDispose]()
  await server.close()
})

/** The lines of a LIST without what is the same in all of them. */
const list = async (command: string): Promise<string[]> =>
  (await client.ok(command)).map((line) => line.replace(/^\* LIST /, '').replace(' "/" ', ' '))

// The mailboxes of the examples in RFC 5258 §5.
describe('LIST', () => {
  beforeEach(async () => {
    await begin({
      Fruit: { subscribed: false },
      'Fruit/Apple': { subscribed: false },
      'Fruit/Banana': {},
      Tofu: { subscribed: false },
      Vegetable: {},
      'Vegetable/Broccoli': {},
      'Vegetable/Corn': { subscribed: false },
    })
    await client.ok('SUBSCRIBE Fruit/Peach')
  })

  it.each<[command: string, answer: string[]]>([
    [
      'LIST "" "*"',
      [
        '(\\HasNoChildren) INBOX',
        '(\\HasChildren) Fruit',
        '(\\HasNoChildren) Fruit/Apple',
        '(\\HasNoChildren) Fruit/Banana',
        '(\\HasNoChildren) Tofu',
        '(\\HasChildren) Vegetable',
        '(\\HasNoChildren) Vegetable/Broccoli',
        '(\\HasNoChildren) Vegetable/Corn',
      ],
    ],
    [
      'LIST "" %',
      ['(\\HasNoChildren) INBOX', '(\\HasChildren) Fruit', '(\\HasNoChildren) Tofu', '(\\HasChildren) Vegetable'],
    ],
    ['LIST Fruit/ A*', ['(\\HasNoChildren) Fruit/Apple']],
    ['LIST "" inbox', ['(\\HasNoChildren) INBOX']],
    ['LIST "" ""', ['(\\Noselect) ""']],
    ['LIST Fruit/ ""', ['(\\Noselect) ""']],
    ['LIST "" fruit', []],
    [
      'LIST (SUBSCRIBED) "" "*"',
      [
        '(\\Subscribed \\HasNoChildren) INBOX',
        '(\\Subscribed \\HasNoChildren) Fruit/Banana',
        '(\\NonExistent \\Subscribed \\HasNoChildren) Fruit/Peach',
        '(\\Subscribed \\HasChildren) Vegetable',
        '(\\Subscribed \\HasNoChildren) Vegetable/Broccoli',
      ],
    ],
    [
      'LIST () "" "%" RETURN (CHILDREN SUBSCRIBED)',
      [
        '(\\Subscribed \\HasNoChildren) INBOX',
        '(\\HasChildren) Fruit',
        '(\\HasNoChildren) Tofu',
        '(\\Subscribed \\HasChildren) Vegetable',
      ],
    ],
    [
      'LIST "" (INBOX "Fruit/%")',
      ['(\\HasNoChildren) INBOX', '(\\HasNoChildren) Fruit/Apple', '(\\HasNoChildren) Fruit/Banana'],
    ],
    [
      'LIST (SUBSCRIBED RECURSIVEMATCH) "" "%"',
      [
        '(\\Subscribed \\HasNoChildren) INBOX',
        '(\\HasChildren) Fruit ("CHILDINFO" ("SUBSCRIBED"))',
        '(\\Subscribed \\HasChildren) Vegetable ("CHILDINFO" ("SUBSCRIBED"))',
      ],
    ],
    [
      'LIST (RECURSIVEMATCH SUBSCRIBED) "" "*"',
      [
        '(\\Subscribed \\HasNoChildren) INBOX',
        '(\\Subscribed \\HasNoChildren) Fruit/Banana',
        '(\\NonExistent \\Subscribed \\HasNoChildren) Fruit/Peach',
        '(\\Subscribed \\HasChildren) Vegetable ("CHILDINFO" ("SUBSCRIBED"))',
        '(\\Subscribed \\HasNoChildren) Vegetable/Broccoli',
      ],
    ],
    ['LIST (REMOTE) "" Tofu', ['(\\HasNoChildren) Tofu']],
  ])('%s', async (command, answer) => {
    expect(await list(command)).toEqual(answer)
  })

  it('returns STATUS behind each name that it finds', async () => {
    server.user('alice').mailbox('Tofu').deliver('Subject: x\n\nx\n')
    expect(await client.ok('LIST "" (Tofu "Fruit/P%") RETURN (STATUS (MESSAGES UNSEEN))')).toEqual([
      '* LIST (\\HasNoChildren) "/" Tofu',
      '* STATUS Tofu (MESSAGES 1 UNSEEN 1)',
    ])
  })

  it.each<[pattern: string, answer: string[]]>([
    ['*', ['() INBOX', '() Fruit/Banana', '() Fruit/Peach', '() Vegetable', '() Vegetable/Broccoli']],
    ['%', ['() INBOX', '(\\Noselect) Fruit', '() Vegetable']],
  ])('LSUB "" %s', async (pattern, answer) => {
    const lines = await client.ok(`LSUB "" ${pattern}`)
    expect(lines.map((line) => line.replace('* LSUB ', '').replace('"/" ', ''))).toEqual(answer)
  })
})

describe('special uses', () => {
  beforeEach(() => begin({ Sent: { specialUse: '\\Sent' }, Old: { specialUse: '\\Archive' }, Plain: {} }))

  it('are told, selected, and given at creation', async () => {
    expect(await list('LIST (SPECIAL-USE) "" *')).toEqual([
      '(\\HasNoChildren \\Archive) Old',
      '(\\HasNoChildren \\Sent) Sent',
    ])
    expect(await list('LIST "" S* RETURN (SPECIAL-USE)')).toEqual(['(\\HasNoChildren \\Sent) Sent'])
    await client.ok('CREATE Bin (USE (\\TRASH))')
    expect(await list('LIST (SPECIAL-USE) "" B%')).toEqual(['(\\HasNoChildren \\Trash) Bin'])
    expect(last(await client.run('CREATE Sent2 (USE (\\Sent))'))).toMatch(/^NO \[USEATTR\]/)
    expect(last(await client.run('CREATE Other (USE (\\Foo))'))).toMatch(/^NO \[USEATTR\]/)
    expect(last(await client.run('CREATE Other (FOO)'))).toMatch(/^BAD/)
    expect(server.user('alice').mailboxes).toEqual(['INBOX', 'Sent', 'Old', 'Plain', 'Bin'])
  })
})

describe('CREATE, DELETE, RENAME', () => {
  beforeEach(() => begin({ a: {}, 'a/b': {}, 'a/b/c': {}, top: { selectable: false }, 'top/x': {} }))

  it.each<[commands: string[], answer: RegExp]>([
    [['CREATE a'], /^NO \[ALREADYEXISTS\]/],
    [['CREATE inbox'], /^NO \[ALREADYEXISTS\]/],
    [['CREATE new/'], /^OK/],
    [['CREATE ""'], /^NO \[CANNOT\]/],
    [['CREATE "x%"'], /^NO \[CANNOT\]/],
    [['CREATE x//y'], /^NO \[CANNOT\]/],
    [['CREATE "x\x01"'], /^NO \[CANNOT\]/],
    [['CREATE top', 'SELECT top'], /^OK/],
    [['SELECT top'], /^NO \[NONEXISTENT\]/],
    [['STATUS top (MESSAGES)'], /^NO \[NONEXISTENT\]/],
    [['DELETE nope'], /^NO \[NONEXISTENT\]/],
    [['DELETE INBOX'], /^NO \[CANNOT\]/],
    [['DELETE a', 'DELETE a'], /^NO \[HASCHILDREN\]/],
    [['DELETE a', 'SELECT a/b'], /^OK/],
    [['DELETE a', 'CREATE a', 'SELECT a'], /^OK/],
    [['RENAME nope x'], /^NO \[NONEXISTENT\]/],
    [['RENAME a top'], /^NO \[ALREADYEXISTS\]/],
    [['RENAME a a/z'], /^NO \[CANNOT\]/],
    [['RENAME a x/y', 'SELECT x/y/b/c'], /^OK/],
    [['RENAME a x', 'SELECT a/b'], /^NO/],
    [['APPEND nope {1+}\r\nx'], /^NO \[TRYCREATE\]/],
    [['APPEND top {1+}\r\nx'], /^NO \[CANNOT\]/],
  ])('%j', async (commands, answer) => {
    let lines: string[] = []
    for (const command of commands) lines = await client.run(command)
    expect(last(lines)).toMatch(answer)
  })

  it('a mailbox that is made again has another UIDVALIDITY', async () => {
    const validity = async (): Promise<string> => last(await client.ok('STATUS a/b/c (UIDVALIDITY)'))
    const before = await validity()
    await client.ok('DELETE a/b/c')
    await client.ok('CREATE a/b/c')
    expect(await validity()).not.toBe(before)
  })

  it('creates the names above', async () => {
    await client.ok('CREATE p/q/r')
    expect(await list('LIST "" p*')).toEqual(['(\\HasChildren) p', '(\\HasChildren) p/q', '(\\HasNoChildren) p/q/r'])
    await client.ok('CREATE InBox/sub')
    expect(await list('LIST "" INBOX*')).toEqual(['(\\HasChildren) INBOX', '(\\HasNoChildren) INBOX/sub'])
  })

  it('renaming INBOX moves its messages and keeps it', async () => {
    const inbox = server.user('alice').mailbox('INBOX')
    inbox.deliver('Subject: x\n\nx\n', { flags: ['\\Seen'] })
    await client.ok('SELECT INBOX')
    expect(await client.ok('RENAME INBOX old')).toEqual(['* 1 EXPUNGE'])
    expect(inbox.messages).toHaveLength(0)
    expect(
      server
        .user('alice')
        .mailbox('old')
        .messages.map(({ flags }) => flags),
    ).toEqual([['\\Seen']])
  })

  it('a mailbox that is deleted under a session loses its messages there', async () => {
    server.user('alice').mailbox('a').deliver('Subject: x\n\nx\n')
    await client.ok('SELECT a')
    server.user('alice').deleteMailbox('a')
    expect(await client.ok('NOOP')).toEqual(['* 1 EXPUNGE'])
  })

  it('subscriptions outlive the mailbox, and end', async () => {
    await client.ok('DELETE a/b/c')
    expect(server.user('alice').subscriptions).toContain('a/b/c')
    await client.ok('UNSUBSCRIBE a/b/c')
    expect(server.user('alice').subscriptions).not.toContain('a/b/c')
  })
})

describe('names', () => {
  beforeEach(() => begin({ Entwürfe: {}, 'R&D/日本': {}, 'with space': {} }))

  it('are modified UTF-7, and UTF-8 after ENABLE IMAP4rev2', async () => {
    expect((await list('LIST "" *')).slice(1)).toEqual([
      '(\\HasNoChildren) Entw&APw-rfe',
      '(\\HasChildren) R&-D',
      '(\\HasNoChildren) R&-D/&ZeVnLA-',
      '(\\HasNoChildren) "with space"',
    ])
    expect(last(await client.run('SELECT "R&-D/&ZeVnLA-"'))).toMatch(/^OK/)
    await client.ok('UNSELECT')
    expect(await client.ok('ENABLE IMAP4rev2 UNKNOWN')).toEqual(['* ENABLED IMAP4rev2'])
    const utf8 = (text: string): string => Buffer.from(text).toString('latin1')
    expect(await list('LIST "" *')).toContain(utf8('(\\HasNoChildren) "R&D/日本"'))
    expect(await client.ok(utf8('SELECT "Entwürfe"'))).toContain(utf8('* LIST () "/" "Entwürfe"'))
    expect(last(await client.run('CREATE "\xff"'))).toMatch(/^BAD/)
    await client.ok('UNSELECT')
    expect(await client.ok('ENABLE IMAP4rev2')).toEqual(['* ENABLED'])
  })
})

describe('STATUS', () => {
  beforeEach(() => begin({ a: {} }))

  it('tells every item', async () => {
    const a = server.user('alice').mailbox('a')
    a.deliver('Subject: x\n\nx\n', { flags: ['\\Seen', '\\Deleted'] })
    a.deliver('Subject: longer\n\nx\n')
    const items = 'MESSAGES UNSEEN DELETED SIZE RECENT UIDNEXT UIDVALIDITY HIGHESTMODSEQ'
    expect(await client.ok(`STATUS a (${items})`)).toEqual([
      `* STATUS a (MESSAGES 2 UNSEEN 1 DELETED 1 SIZE 39 RECENT 2 UIDNEXT 3 UIDVALIDITY ${a.uidValidity} HIGHESTMODSEQ 3)`,
    ])
    expect(await client.ok('STATUS a (messages)')).toEqual(['* STATUS a (MESSAGES 2)'])
    expect(last(await client.run('STATUS nope (MESSAGES)'))).toMatch(/^NO \[NONEXISTENT\]/)
  })
})

describe('NAMESPACE and ID', () => {
  it('tell of the delimiter and of the server', async () => {
    server = await ImapServer.start({
      users: { alice: { password: 'secret', mailboxes: { 'a.b': [] } } },
      delimiter: '.',
      id: { name: 'x"y', version: null },
    })
    client = await RawClient.open({ port: server.port })
    expect(await client.ok('ID ("name" "test" "version" NIL)')).toEqual(['* ID ("name" "x\\"y" "version" NIL)'])
    await client.ok('LOGIN alice secret')
    expect(await client.ok('NAMESPACE')).toEqual(['* NAMESPACE (("" ".")) NIL NIL'])
    expect(await client.ok('LIST "" a.%')).toEqual(['* LIST (\\HasNoChildren) "." a.b'])
  })
})
