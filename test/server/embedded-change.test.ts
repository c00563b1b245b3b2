import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ImapServer, type MailboxHandle } from 'imapkit/testing'
import { RawClient } from '../unit/testing/raw-client.js'

let server: ImapServer
let client: RawClient
let inbox: MailboxHandle
let archive: MailboxHandle

beforeEach(async () => {
  const messages = ['a', 'b', 'c', 'd'].map((subject) => ({ raw: `Subject: ${subject}\n\nx\n`, flags: ['\\Seen'] }))
  server = await ImapServer.start({
    users: { alice: { password: 'secret', mailboxes: { INBOX: messages, Archive: [] } } },
  })
  inbox = server.user('alice').mailbox('INBOX')
  archive = server.user('alice').mailbox('Archive')
  client = await RawClient.open({ port: server.port })
  await client.ok('LOGIN alice secret')
  await client.ok('SELECT INBOX')
  await client.ok('NOOP')
})
afterEach(async () => {
  await client[Symbol.asyncDispose]()
  await server.close()
})

const last = (lines: readonly string[]): string => lines.at(-1) ?? ''
const flags = (uid: number): readonly string[] =>
  inbox.messages.find((message) => message.uid === uid)?.flags ?? ['gone']

describe('STORE', () => {
  it.each<[command: string, answer: string[], flags: string[]]>([
    ['STORE 1 FLAGS (\\Answered)', ['* 1 FETCH (FLAGS (\\Answered \\Recent))'], ['\\Answered']],
    ['STORE 1 FLAGS ()', ['* 1 FETCH (FLAGS (\\Recent))'], []],
    [
      'STORE 1 +FLAGS \\flagged \\Draft',
      ['* 1 FETCH (FLAGS (\\Seen \\Flagged \\Draft \\Recent))'],
      ['\\Seen', '\\Flagged', '\\Draft'],
    ],
    ['STORE 1 -FLAGS (\\Seen)', ['* 1 FETCH (FLAGS (\\Recent))'], []],
    ['STORE 1 -FLAGS.SILENT (\\Seen)', [], []],
    ['UID STORE 1 +flags.silent (\\Deleted)', [], ['\\Seen', '\\Deleted']],
    ['UID STORE 1 +FLAGS (\\Seen)', ['* 1 FETCH (UID 1 FLAGS (\\Seen \\Recent))'], ['\\Seen']],
    ['UID STORE 99 +FLAGS (\\Deleted)', [], ['\\Seen']],
  ])('%s', async (command, answer, stored) => {
    expect(await client.ok(command)).toEqual(answer)
    expect(flags(1)).toEqual(stored)
  })

  it('keeps keywords in the spelling that came first, and tells of new ones', async () => {
    expect(await client.ok('STORE 1 +FLAGS ($Work)')).toEqual([
      '* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $Work)',
      '* 1 FETCH (FLAGS (\\Seen $Work \\Recent))',
    ])
    expect(await client.ok('STORE 2 +FLAGS ($WORK $work)')).toEqual(['* 2 FETCH (FLAGS (\\Seen $Work \\Recent))'])
    await client.ok('STORE 1:2 -FLAGS.SILENT ($wOrK)')
    expect(flags(2)).toEqual(['\\Seen'])
  })

  it('is refused read-only', async () => {
    await client.ok('EXAMINE INBOX')
    for (const command of ['STORE 1 FLAGS ()', 'EXPUNGE', 'MOVE 1 Archive', 'UID EXPUNGE 1']) {
      expect(last(await client.run(command))).toMatch(/^NO .*read-only/)
    }
    expect(last(await client.run('COPY 1 Archive'))).toMatch(/^OK \[COPYUID/)
    await client.ok('CLOSE')
    expect(inbox.messages).toHaveLength(4)
  })

  it('of a message that somebody else removed is EXPUNGEISSUED', async () => {
    inbox.expunge(2)
    expect(await client.run('STORE 1:2 +FLAGS (\\Flagged)')).toEqual([
      '* 1 FETCH (FLAGS (\\Seen \\Flagged \\Recent))',
      expect.stringMatching(/^NO \[EXPUNGEISSUED\]/),
    ])
    expect(last(await client.run('FETCH 2 BODY.PEEK[TEXT]'))).toMatch(/^OK/)
    expect(last(await client.run('COPY 2 Archive'))).toMatch(/^NO \[EXPUNGEISSUED\]/)
    // COPY may tell of it: RFC 9051 §7.5.1 names FETCH, STORE and SEARCH only.
    expect(await client.ok('FETCH 2 UID')).toEqual(['* 2 FETCH (UID 3)'])
  })
})

describe('CONDSTORE', () => {
  it('UNCHANGEDSINCE leaves alone what was changed meanwhile', async () => {
    const before = inbox.highestModSeq
    inbox.store(2, ['\\Flagged'])
    const lines = await client.run(`UID STORE 1:3 (UNCHANGEDSINCE ${before}) +FLAGS.SILENT (\\Deleted)`)
    const after = before + 2n
    expect(lines.filter((line) => !line.includes('HIGHESTMODSEQ'))).toEqual([
      `* 1 FETCH (UID 1 MODSEQ (${after}))`,
      `* 3 FETCH (UID 3 MODSEQ (${after}))`,
      `* 2 FETCH (UID 2 FLAGS (\\Flagged \\Recent) MODSEQ (${before + 1n}))`,
      'OK [MODIFIED 2] Some messages had been changed',
    ])
    expect(flags(2)).toEqual(['\\Flagged'])
    expect(last(await client.run('STORE 1:3 (UNCHANGEDSINCE 0) +FLAGS (\\Draft)'))).toMatch(/^OK \[MODIFIED 1:3\]/)
  })

  it('is switched on by each of the commands that RFC 7162 names', async () => {
    const commands = [
      'STATUS INBOX (HIGHESTMODSEQ)',
      'FETCH 1 MODSEQ',
      'FETCH 1 FLAGS (CHANGEDSINCE 1)',
      'SEARCH MODSEQ 1',
      'STORE 1 (UNCHANGEDSINCE 1) FLAGS ()',
    ]
    for (const command of commands) {
      await using other = await RawClient.open({ port: server.port })
      await other.ok('LOGIN alice secret')
      await other.ok('SELECT Archive')
      archive.deliver('Subject: x\n\nx\n')
      await other.ok('NOOP')
      expect(await other.ok('STORE 1 +FLAGS (\\Seen)')).not.toContainEqual(expect.stringContaining('MODSEQ'))
      expect(await other.ok(command)).toContainEqual(expect.stringMatching(/^\* OK \[HIGHESTMODSEQ \d+\]/))
      expect(await other.ok('STORE 1 +FLAGS (\\Draft)')).toContainEqual(expect.stringMatching(/MODSEQ \(\d+\)/))
      archive.store(
        archive.messages.map(({ uid }) => uid),
        [],
      )
    }
    await using other = await RawClient.open({ port: server.port })
    await other.ok('LOGIN alice secret')
    expect((await other.ok('SELECT INBOX (CONDSTORE)')).filter((line) => line.includes('HIGHESTMODSEQ'))).toHaveLength(
      1,
    )
    expect(await other.ok('STORE 1 +FLAGS (\\Draft)')).toEqual([expect.stringMatching(/UID 1 .*MODSEQ/)])
  })

  it('a STORE that changes nothing leaves the mod-sequence', async () => {
    const before = inbox.highestModSeq
    await client.ok('STORE 1:4 +FLAGS (\\Seen)')
    expect(inbox.highestModSeq).toBe(before)
    await client.ok('STORE 1:4 +FLAGS (\\Draft)')
    expect(inbox.highestModSeq).toBe(before + 1n)
  })
})

describe('APPEND', () => {
  it('stores flags, date and octets as they are', async () => {
    const text = 'Subject: x\r\n\r\n\xe9\nbare\r\n'
    const lines = await client.run(
      `APPEND Archive (\\Seen $New) "01-Feb-2026 10:00:00 +0130" {${text.length}+}\r\n${text}`,
    )
    expect(last(lines)).toBe(`OK [APPENDUID ${archive.uidValidity} 1] APPEND completed`)
    const [message] = archive.messages
    expect(message?.raw.toString('latin1')).toBe(text)
    expect(message?.flags).toEqual(['\\Seen', '$New'])
    expect(message?.internalDate.toISOString()).toBe('2026-02-01T08:30:00.000Z')
    await client.ok('SELECT Archive')
    expect(await client.ok('FETCH 1 INTERNALDATE')).toEqual(['* 1 FETCH (INTERNALDATE " 1-Feb-2026 10:00:00 +0130")'])
  })

  it('to the mailbox that is open tells EXISTS', async () => {
    expect(await client.run('APPEND INBOX {1+}\r\nx')).toEqual([
      '* 5 EXISTS',
      '* 5 RECENT',
      `OK [APPENDUID ${inbox.uidValidity} 5] APPEND completed`,
    ])
  })
})

describe('COPY and MOVE', () => {
  it('tell which message got which UID', async () => {
    inbox.store(3, ['\\Flagged', '$K'])
    expect(last(await client.run('UID COPY 3,1 Archive'))).toBe(
      `OK [COPYUID ${archive.uidValidity} 1,3 1:2] UID COPY completed`,
    )
    expect(archive.messages.map(({ flags }) => flags)).toEqual([['\\Seen'], ['\\Flagged', '$K']])
    expect(await client.run('UID MOVE 2:4 Archive')).toEqual([
      `* OK [COPYUID ${archive.uidValidity} 2:4 3:5] Moved`,
      '* 4 EXPUNGE',
      '* 3 EXPUNGE',
      '* 2 EXPUNGE',
      'OK UID MOVE completed',
    ])
    expect(inbox.messages.map(({ uid }) => uid)).toEqual([1])
  })

  it('of nothing do nothing', async () => {
    expect(await client.run('UID COPY 99 Archive')).toEqual(['OK UID COPY completed'])
    expect(await client.run('UID MOVE 99 Archive')).toEqual(['OK UID MOVE completed'])
    expect(last(await client.run('COPY 1 nowhere'))).toMatch(/^NO \[TRYCREATE\]/)
    expect(last(await client.run('MOVE 1 nowhere'))).toMatch(/^NO \[TRYCREATE\]/)
    expect(inbox.messages).toHaveLength(4)
  })

  it('into the same mailbox are possible', async () => {
    expect(await client.run('COPY 1 INBOX')).toEqual([
      '* 5 EXISTS',
      '* 5 RECENT',
      expect.stringMatching(/COPYUID \d+ 1 5/),
    ])
    expect(await client.run('MOVE 1 INBOX')).toEqual([
      expect.stringMatching(/COPYUID \d+ 1 6/),
      '* 1 EXPUNGE',
      '* 5 EXISTS',
      '* 5 RECENT',
      'OK MOVE completed',
    ])
  })
})

describe('EXPUNGE, CLOSE, UNSELECT', () => {
  beforeEach(() => inbox.store([2, 3], ['\\Deleted']))

  it('EXPUNGE removes what is flagged, the numbers descending', async () => {
    await client.ok('NOOP')
    expect(await client.run('EXPUNGE')).toEqual(['* 3 EXPUNGE', '* 2 EXPUNGE', 'OK EXPUNGE completed'])
  })

  it('UID EXPUNGE removes only what is named and flagged', async () => {
    await client.ok('NOOP')
    expect(await client.ok('UID EXPUNGE 1:2')).toEqual(['* 2 EXPUNGE'])
    expect(inbox.messages.map(({ uid }) => uid)).toEqual([1, 3, 4])
  })

  it('CLOSE removes and tells nothing', async () => {
    expect(await client.run('CLOSE')).toEqual(['OK CLOSE completed'])
    expect(inbox.messages.map(({ uid }) => uid)).toEqual([1, 4])
  })

  it('UNSELECT and another SELECT remove nothing', async () => {
    expect(await client.run('UNSELECT')).toEqual(['OK UNSELECT completed'])
    await client.ok('SELECT INBOX')
    await client.ok('SELECT Archive')
    expect(inbox.messages).toHaveLength(4)
  })
})
