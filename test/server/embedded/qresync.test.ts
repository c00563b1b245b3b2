import { describe, expect, it } from 'vitest'
import type { RawClient } from '../../unit/testing/raw-client.js'
import { capabilities, scene, tagged, without } from './tools.js'

const mails = (count: number): string[] => Array.from({ length: count }, (_, i) => `Subject: ${i + 1}\n\nx\n`)
const VALIDITY = 1_700_000_000

/** A mailbox of ten, of which 2, 5 and 9 were removed; 3 was flagged in between. */
async function resynced(options = {}) {
  const at = await scene({ INBOX: mails(10) }, options)
  const inbox = at.server.user('alice').mailbox('INBOX')
  const start = inbox.highestModSeq
  inbox.expunge(2)
  inbox.store(3, ['\\Flagged'])
  inbox.expunge([5, 9])
  return { at, inbox, start, client: at.client }
}

const news = (lines: readonly string[]): string[] => lines.filter((line) => /VANISHED|FETCH/.test(line))

describe('ENABLE QRESYNC (RFC 7162 §3.2.3)', () => {
  it('switches CONDSTORE on as well, in either order', async () => {
    await using at = await scene({ INBOX: mails(1) })
    expect(await capabilities(at.client)).toContain('QRESYNC')
    expect(await at.client.ok('ENABLE QRESYNC')).toEqual(['* ENABLED QRESYNC'])
    await at.client.ok('SELECT INBOX')
    expect((await at.client.ok('STORE 1 +FLAGS (\\Seen)'))[0]).toMatch(/^\* 1 FETCH \(UID 1 FLAGS .* MODSEQ \(\d+\)\)$/)
    const other = await at.another()
    const enabled = (await other.ok('ENABLE QRESYNC CONDSTORE'))[0]?.split(' ').slice(2)
    expect(enabled?.sort()).toEqual(['CONDSTORE', 'QRESYNC'])
  })

  it('brings CONDSTORE also where that is not announced', async () => {
    await using at = await scene({ INBOX: mails(1) }, { capabilities: without('CONDSTORE') })
    await at.client.ok('ENABLE QRESYNC')
    expect((await at.client.ok('SELECT INBOX')).join()).toContain('HIGHESTMODSEQ')
    expect(await at.client.ok('UID FETCH 1 (MODSEQ)')).toHaveLength(1)
  })

  it('is not there unless it is offered', async () => {
    await using at = await scene({ INBOX: mails(1) }, { capabilities: without('QRESYNC') })
    expect(await at.client.ok('ENABLE QRESYNC')).toEqual(['* ENABLED'])
    expect(await tagged(at.client, `SELECT INBOX (QRESYNC (${VALIDITY} 1))`)).toMatch(/^BAD /)
  })
})

describe('VANISHED (RFC 7162 §3.2.10)', () => {
  it('takes the place of EXPUNGE, and the answer tells the mod-sequence', async () => {
    await using at = await scene({ INBOX: mails(11) })
    const { client } = at
    await client.ok('ENABLE QRESYNC')
    await client.ok('SELECT INBOX')
    await client.ok('STORE 3,4,7,11 +FLAGS.SILENT (\\Deleted)')
    const lines = await client.run('EXPUNGE')
    const { highestModSeq } = at.server.user('alice').mailbox('INBOX')
    expect(lines).toEqual(['* VANISHED 3:4,7,11', `OK [HIGHESTMODSEQ ${highestModSeq}] EXPUNGE completed`])
    expect(await client.ok('FETCH 3 (UID)')).toEqual(['* 3 FETCH (UID 5)'])
    await client.ok('STORE 1:2 +FLAGS.SILENT (\\Deleted)')
    expect(await client.ok('UID EXPUNGE 1')).toEqual(['* VANISHED 1'])
    expect(await tagged(client, 'CLOSE')).toBe('OK CLOSE completed')
  })

  it('tells of MOVE, and of what others remove', async () => {
    await using at = await scene({ INBOX: mails(5), foo: [] })
    const { client } = at
    await client.ok('ENABLE QRESYNC')
    await client.ok('SELECT INBOX')
    const moved = await client.run('UID MOVE 2 foo')
    expect(moved[1]).toBe('* VANISHED 2')
    expect(moved[2]).toMatch(/^OK \[HIGHESTMODSEQ \d+\]/)
    const inbox = at.server.user('alice').mailbox('INBOX')
    inbox.expunge([1, 5])
    expect(await client.ok('NOOP')).toEqual(['* VANISHED 1,5'])
    // One that came and went unseen is none of the client's business.
    inbox.expunge(inbox.deliver('A: b\n\nx\n'))
    expect((await client.ok('NOOP')).join()).not.toContain('VANISHED')
  })

  it('waits while a command uses message numbers; HIGHESTMODSEQ then stays below it (§6)', async () => {
    await using at = await scene({ INBOX: mails(4) })
    const { client } = at
    await client.ok('ENABLE QRESYNC')
    await client.ok('SELECT INBOX')
    const inbox = at.server.user('alice').mailbox('INBOX')
    const before = inbox.highestModSeq
    inbox.expunge(2)
    const lines = await client.ok('STORE 1 +FLAGS.SILENT (\\Seen)')
    expect(lines).toEqual([
      `* 1 FETCH (UID 1 MODSEQ (${before + 2n}))`,
      expect.stringMatching(new RegExp(`^\\* OK \\[HIGHESTMODSEQ ${before}\\]`)),
    ])
    expect(await client.ok('NOOP')).toEqual([
      '* VANISHED 2',
      expect.stringMatching(new RegExp(`^\\* OK \\[HIGHESTMODSEQ ${before + 2n}\\]`)),
    ])
    expect(await client.ok('NOOP')).toEqual([])
  })

  it('says that the old mailbox is closed (§3.2.11)', async () => {
    await using at = await scene({ INBOX: [], foo: [] })
    await at.client.ok('ENABLE QRESYNC')
    await at.client.ok('SELECT INBOX')
    expect((await at.client.ok('SELECT foo'))[0]).toMatch(/^\* OK \[CLOSED\]/)
  })
})

describe('SELECT (QRESYNC …) (RFC 7162 §3.2.5)', () => {
  it.each<[name: string, behind: string, expected: string[]]>([
    ['all', '', ['* VANISHED (EARLIER) 2,5,9', '* 2 FETCH (UID 3 FLAGS (\\Flagged \\Recent) MODSEQ (4))']],
    ['of known UIDs only', ' 1:2,6:9', ['* VANISHED (EARLIER) 2,9']],
    [
      'above what matches',
      ' 1:10 (1:2 1,3)',
      ['* VANISHED (EARLIER) 5,9', '* 2 FETCH (UID 3 FLAGS (\\Flagged \\Recent) MODSEQ (4))'],
    ],
    ['without known UIDs', ' (3,7 4,10)', ['* 2 FETCH (UID 3 FLAGS (\\Flagged \\Recent) MODSEQ (4))']],
    [
      'up to the last match',
      ' 1:10 (1,4,99 1,5,99)',
      ['* VANISHED (EARLIER) 2,5,9', '* 2 FETCH (UID 3 FLAGS (\\Flagged \\Recent) MODSEQ (4))'],
    ],
  ])('tells what changed: %s', async (_name, behind, expected) => {
    const { at, start, client } = await resynced()
    await using _at = at
    await client.ok('ENABLE QRESYNC')
    const lines = await client.ok(`SELECT INBOX (QRESYNC (${VALIDITY} ${start}${behind}))`)
    expect(news(lines)).toEqual(expected)
    expect(lines.findIndex((line) => line.includes('EXISTS'))).toBeLessThan(lines.length - expected.length)
  })

  it('tells only what came later, and nothing for another UIDVALIDITY', async () => {
    const { at, inbox, client } = await resynced()
    await using _at = at
    await client.ok('ENABLE QRESYNC')
    const select = (validity: number, modSeq: bigint) => `SELECT INBOX (QRESYNC (${validity} ${modSeq}))`
    expect(news(await client.ok(select(VALIDITY, inbox.highestModSeq - 1n)))).toEqual(['* VANISHED (EARLIER) 5,9'])
    expect(news(await client.ok(select(VALIDITY, inbox.highestModSeq)))).toEqual([])
    expect(news(await client.ok(select(VALIDITY + 1, 1n)))).toEqual([])
  })

  it.each([
    '(QRESYNC)',
    '(QRESYNC ())',
    `(QRESYNC (${VALIDITY}))`,
    '(QRESYNC (0 1))',
    `(QRESYNC (${VALIDITY} 0))`,
    `(QRESYNC (${VALIDITY} 1 1:*))`,
    `(QRESYNC (${VALIDITY} 1 $))`,
    `(QRESYNC (${VALIDITY} 1 1:9 (1:*)))`,
    `(QRESYNC (${VALIDITY} 1 1:9 (2,1 3,4)))`,
    `(QRESYNC (${VALIDITY} 1 1:9 (1:2 3:5)))`,
    `(QRESYNC (${VALIDITY} 1 1:9 (1,2 3,4) 5))`,
    `(QRESYNC(${VALIDITY} 1))`,
  ])('is not written as %s', async (parameter) => {
    await using at = await scene({ INBOX: mails(3) })
    await at.client.ok('ENABLE QRESYNC')
    expect(await tagged(at.client, `SELECT INBOX ${parameter}`)).toMatch(/^BAD /)
    expect(await tagged(at.client, 'CHECK')).toMatch(/^BAD /)
  })

  it('needs ENABLE', async () => {
    await using at = await scene()
    expect(await tagged(at.client, `SELECT INBOX (QRESYNC (${VALIDITY} 1))`)).toMatch(/^BAD /)
  })
})

describe('UID FETCH (CHANGEDSINCE … VANISHED) (RFC 7162 §3.2.6)', () => {
  async function opened(client: RawClient): Promise<void> {
    await client.ok('ENABLE QRESYNC')
    await client.ok('SELECT INBOX')
  }

  it.each<[set: string, expected: string[]]>([
    ['1:*', ['* VANISHED (EARLIER) 2,5,9', '* 2 FETCH (UID 3 FLAGS (\\Flagged \\Recent) MODSEQ (4))']],
    ['4:8', ['* VANISHED (EARLIER) 5']],
    ['10:20', []],
  ])('tells of %s what is gone, ahead of what changed', async (set, expected) => {
    const { at, start, client } = await resynced()
    await using _at = at
    await opened(client)
    for (const modifiers of [`CHANGEDSINCE ${start} VANISHED`, `VANISHED CHANGEDSINCE ${start}`]) {
      expect(await client.ok(`UID FETCH ${set} (FLAGS) (${modifiers})`)).toEqual(expected)
    }
  })

  it('leaves to VANISHED what the session still has a number for', async () => {
    const { at, inbox, start, client } = await resynced()
    await using _at = at
    await opened(client)
    inbox.expunge(7)
    expect(await client.ok(`UID FETCH 4:8 (FLAGS) (CHANGEDSINCE ${start} VANISHED)`)).toEqual([
      '* VANISHED (EARLIER) 5',
      '* VANISHED 7',
    ])
  })

  it.each(['UID FETCH 1:* (FLAGS) (VANISHED)', 'FETCH 1:* (FLAGS) (CHANGEDSINCE 1 VANISHED)'])(
    'refuses %s',
    async (command) => {
      await using at = await scene({ INBOX: mails(1) })
      await opened(at.client)
      expect(await tagged(at.client, command)).toMatch(/^BAD /)
    },
  )

  it('needs ENABLE', async () => {
    await using at = await scene({ INBOX: mails(1) })
    await at.client.ok('SELECT INBOX')
    expect(await tagged(at.client, 'UID FETCH 1 (FLAGS) (CHANGEDSINCE 1 VANISHED)')).toMatch(/^BAD /)
  })
})
