import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ImapServer, type MailboxHandle } from 'imapkit/testing'
import { RawClient } from '../unit/testing/raw-client.js'

let server: ImapServer
let inbox: MailboxHandle
const clients: RawClient[] = []

async function open(...commands: string[]): Promise<RawClient> {
  const client = await RawClient.open({ port: server.port })
  clients.push(client)
  for (const command of ['LOGIN alice secret', ...commands]) await client.ok(command)
  return client
}

beforeEach(async () => {
  const messages = Array.from({ length: 5 }, (_, i) => ({ raw: `Subject: ${i + 1}\n\nx\n`, flags: ['\\Seen'] }))
  server = await ImapServer.start({ users: { alice: { password: 'secret', mailboxes: { INBOX: messages } } } })
  inbox = server.user('alice').mailbox('INBOX')
})
afterEach(async () => {
  for (const client of clients.splice(0)) await client[Symbol.asyncDispose]()
  await server.close()
})

describe('what others do', () => {
  it('is told at the next command, EXPUNGE ahead of EXISTS ahead of flags', async () => {
    const [a, b] = [await open('SELECT INBOX'), await open('SELECT INBOX')]
    await b.ok('STORE 2 +FLAGS.SILENT (\\Deleted)')
    await b.ok('STORE 4 +FLAGS (\\Flagged)')
    await b.ok('EXPUNGE')
    inbox.deliver('Subject: new\n\nx\n')
    expect(await a.ok('NOOP')).toEqual([
      '* 2 EXPUNGE',
      '* 5 EXISTS',
      '* 5 RECENT',
      '* 3 FETCH (FLAGS (\\Seen \\Flagged \\Recent))',
    ])
    expect(await a.ok('NOOP')).toEqual([])
    expect(await b.ok('NOOP')).toEqual(['* 5 EXISTS', '* 0 RECENT'])
  })

  it.each(['FETCH 1 UID', 'STORE 1 FLAGS (\\Draft)', 'SEARCH ALL'])(
    '%s never tells of a removal, EXISTS it may',
    async (command) => {
      const a = await open('SELECT INBOX')
      inbox.expunge(3)
      inbox.deliver('Subject: new\n\nx\n')
      const lines = await a.ok(command)
      expect(lines.filter((line) => line.includes('EXPUNGE'))).toEqual([])
      expect(lines).toContain('* 6 EXISTS')
      expect(await a.ok('FETCH 4 UID')).toEqual(['* 4 FETCH (UID 4)'])
      expect(await a.ok('NOOP')).toEqual(['* 3 EXPUNGE'])
    },
  )

  it.each([
    'UID FETCH 1 FLAGS',
    'UID STORE 1 +FLAGS.SILENT (\\Draft)',
    'UID SEARCH ALL',
    'CHECK',
    'STATUS INBOX (MESSAGES)',
    'CREATE x',
    'FOO',
  ])('behind %s it is told, or kept', async (command) => {
    const a = await open('SELECT INBOX')
    inbox.expunge([3, 5])
    const lines = await a.run(command)
    const told = lines.filter((line) => line.includes('EXPUNGE'))
    expect(told).toEqual(command === 'FOO' ? [] : ['* 5 EXPUNGE', '* 3 EXPUNGE'])
    expect((await a.run(command)).filter((line) => line.includes('EXPUNGE'))).toEqual([])
  })

  it('that came and went between two commands is never told', async () => {
    const a = await open('SELECT INBOX')
    inbox.expunge(inbox.deliver('Subject: brief\n\nx\n'))
    expect(await a.ok('NOOP')).toEqual([])
  })

  it('tells its own changes in its own answer only', async () => {
    const a = await open('SELECT INBOX')
    await a.ok('STORE 1 +FLAGS.SILENT (\\Flagged)')
    expect(await a.ok('NOOP')).toEqual([])
    inbox.store(1, ['\\Draft'])
    expect(await a.ok('FETCH 1 FLAGS')).toEqual(['* 1 FETCH (FLAGS (\\Draft \\Recent))'])
    expect(await a.ok('NOOP')).toEqual([])
  })

  it('is not told to one who has another mailbox open, or none', async () => {
    const a = await open('CREATE other', 'SELECT other')
    inbox.expunge(1)
    expect(await a.ok('NOOP')).toEqual([])
    await a.ok('UNSELECT')
    inbox.deliver('Subject: new\n\nx\n')
    expect(await a.ok('NOOP')).toEqual([])
  })

  it('\\Recent goes to the first who hears of it', async () => {
    const [a, b] = [await open('SELECT INBOX'), await open('SELECT INBOX')]
    inbox.deliver('Subject: new\n\nx\n')
    expect(await b.ok('NOOP')).toEqual(['* 6 EXISTS', '* 1 RECENT'])
    expect(await a.ok('NOOP')).toEqual(['* 6 EXISTS', '* 5 RECENT'])
    expect(await a.ok('SEARCH RECENT')).toEqual(['* SEARCH 1 2 3 4 5'])
    expect(await b.ok('SEARCH RECENT')).toEqual(['* SEARCH 6'])
  })

  it('has no \\Recent in IMAP4rev2', async () => {
    const a = await open('ENABLE IMAP4rev2')
    const lines = await a.ok('SELECT INBOX')
    expect(lines.filter((line) => /RECENT|UNSEEN/.test(line))).toEqual([])
    inbox.deliver('Subject: new\n\nx\n')
    expect(await a.ok('NOOP')).toEqual(['* 6 EXISTS'])
    expect(await a.ok('FETCH 6 FLAGS')).toEqual(['* 6 FETCH (FLAGS ())'])
    expect(await a.ok('SELECT INBOX')).toContain('* OK [CLOSED] The old mailbox is closed')
  })
})

describe('IDLE', () => {
  it('tells everything at once, what waited first', async () => {
    const [a, b] = [await open('SELECT INBOX'), await open('SELECT INBOX')]
    inbox.store(1, ['\\Flagged'])
    a.send('i IDLE\r\n')
    expect(await a.line()).toMatch(/^\+ /)
    expect(await a.line()).toBe('* 1 FETCH (FLAGS (\\Flagged \\Recent))')
    inbox.deliver('Subject: new\n\nx\n')
    expect([await a.line(), await a.line()]).toEqual(['* 6 EXISTS', '* 6 RECENT'])
    await b.ok('STORE 2:3 +FLAGS (\\Deleted)')
    expect([await a.line(), await a.line()]).toEqual([
      '* 2 FETCH (FLAGS (\\Seen \\Deleted \\Recent))',
      '* 3 FETCH (FLAGS (\\Seen \\Deleted \\Recent))',
    ])
    await b.ok('EXPUNGE')
    expect([await a.line(), await a.line()]).toEqual(['* 3 EXPUNGE', '* 2 EXPUNGE'])
    a.send('DONE\r\n')
    expect(await a.answer('i')).toEqual(['OK IDLE completed'])
    inbox.deliver('Subject: later\n\nx\n')
    expect(await a.ok('NOOP')).toEqual(['* 5 EXISTS', '* 5 RECENT'])
  })

  it('ends with DONE only, and is possible without a mailbox', async () => {
    const a = await open()
    a.send('i IDLE\r\nNOOP\r\n')
    expect((await a.answer('i')).at(-1)).toMatch(/^BAD IDLE ends with DONE/)
    a.send('j IDLE\r\ndone\r\n')
    expect((await a.answer('j')).at(-1)).toMatch(/^OK/)
  })
})

// Every client keeps a list of UIDs by what it is told; at the end all lists are the mailbox.
describe('any number of clients', () => {
  it('agree with the mailbox after any changes', async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('deliver' as const), count: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ do: fc.constant('expunge' as const), at: fc.array(fc.nat(20), { maxLength: 4 }) }),
      fc.record({
        do: fc.constant('run' as const),
        client: fc.nat(2),
        command: fc.constantFrom('NOOP', 'FETCH 1:* UID', 'UID FETCH 1:* UID', 'SEARCH ALL', 'UID SEARCH ALL', 'CHECK'),
      }),
    )
    const peers = [await open('SELECT INBOX'), await open('SELECT INBOX'), await open('EXAMINE INBOX')]
    const known = peers.map(() => inbox.messages.map(({ uid }) => uid as number | null))

    const run = async (index: number, command: string): Promise<void> => {
      const view = known[index]!
      for (const line of await peers[index]!.run(command)) {
        const [, number, name, uid] = /^\* (\d+) (EXISTS|EXPUNGE|FETCH)(?: \(UID (\d+)\))?/.exec(line) ?? []
        const at = Number(number)
        if (name === 'EXISTS') {
          expect(at).toBeGreaterThanOrEqual(view.length)
          while (view.length < at) view.push(null)
        } else if (name === 'EXPUNGE') {
          expect(command).not.toMatch(/^(FETCH|SEARCH)/)
          expect(at).toBeLessThanOrEqual(view.length)
          view.splice(at - 1, 1)
        } else if (name === 'FETCH' && uid !== undefined) {
          expect([null, Number(uid)]).toContain(view[at - 1])
          view[at - 1] = Number(uid)
        }
      }
    }

    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        for (const each of steps) {
          if (each.do === 'deliver') inbox.deliverAll(Array.from({ length: each.count }, () => 'Subject: x\n\nx\n'))
          else if (each.do === 'expunge') inbox.expunge(each.at.map((at) => inbox.messages[at]?.uid ?? 0))
          else await run(each.client, each.command)
        }
        for (const [index, view] of known.entries()) {
          await run(index, 'NOOP')
          if (inbox.messages.length > 0) await run(index, 'FETCH 1:* UID')
          expect(view).toEqual(inbox.messages.map(({ uid }) => uid))
        }
      }),
      { numRuns: 60 },
    )
  })
})
