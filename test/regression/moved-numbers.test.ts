// A change by sequence number hit another message when an EXPUNGE came between the call and its command.
import { describe, expect, it } from 'vitest'
import { connect, seqs, uids, type Mailbox } from 'imapkit'
import { ImapServer } from 'imapkit/testing'
import { rejection } from '../behaviour/tools.js'
import { opened } from './peer.js'

const mail = (n: number): string => `Subject: ${n}\n\nx\n`

/** Three messages, of which the first one or the last is to be expunged. */
async function three(deleted: 1 | 3) {
  const INBOX = [1, 2, 3].map((n) => ({ raw: mail(n), flags: n === deleted ? ['\\Deleted'] : [] }))
  const server = await ImapServer.start({ users: { a: { password: 'p', mailboxes: { INBOX } } } })
  const client = await connect({ ...server.connectOptions('a'), idle: false })
  return {
    mailbox: await client.select('INBOX'),
    flagged: async () => (await client.select('INBOX')).search({ flagged: true }).then(String),
    [Symbol.asyncDispose]: async () => {
      client.close()
      await client.closed
      await server.close()
    },
  }
}

const FLAG = { add: ['\\Flagged'] }
const STALE = { code: 'ERR_IMAP_STATE', message: expect.stringContaining('use UIDs') as string }

describe('Sequence numbers of a change while an EXPUNGE is on its way', () => {
  it('mean the messages that the view knows at the call', async () => {
    await using it = await three(1)
    await it.mailbox.fetch(seqs('1:*'), { flags: true }).toArray()
    await Promise.all([it.mailbox.expunge(), it.mailbox.store(seqs(2), FLAG)])
    expect(await it.flagged()).toBe('2')
  })

  it.each<[string, (mailbox: Mailbox) => Promise<unknown>]>([
    ['store', (mailbox) => mailbox.store(seqs(2), FLAG)],
    ['store on a number beyond the end by then', (mailbox) => mailbox.store(seqs(3), FLAG)],
    ['copy', (mailbox) => mailbox.copy(seqs(2), 'INBOX')],
    ['move', (mailbox) => mailbox.move(seqs(2), 'INBOX')],
    ['delete', (mailbox) => mailbox.delete(seqs(2))],
  ])('are refused when nobody knows any more what they meant: %s', async (_title, act) => {
    await using it = await three(1)
    const [, error] = await Promise.all([it.mailbox.expunge(), rejection(act(it.mailbox))])
    expect(error).toMatchObject(STALE)
    expect(String(await it.mailbox.search({}))).toBe('2:3')
    expect(await it.flagged()).toBe('')
  })

  it('do not make * another message than the last one at the call', async () => {
    await using it = await three(3)
    const [, error] = await Promise.all([it.mailbox.expunge(), rejection(it.mailbox.store(uids('*'), FLAG))])
    expect(error).toMatchObject(STALE)
    expect(await it.flagged()).toBe('')
  })

  it('leave an open range of UIDs what it is', async () => {
    await using it = await three(3)
    await Promise.all([it.mailbox.expunge(), it.mailbox.store(uids('2:*'), FLAG)])
    expect(await it.flagged()).toBe('2')
  })
})

it.each([
  ['before the search is answered', ['* 1 EXPUNGE', '* SEARCH 8'], false],
  ['after the search is answered', ['* SEARCH 7', '* 1 EXPUNGE'], true],
])('An EXPUNGE inside the search for many numbers: %s', async (_title, answer, isRight) => {
  await using it = await opened(50_000, ({ name }) => (name === 'UID SEARCH' ? answer : []))
  const call = it.mailbox.store(seqs('2:40000'), FLAG)
  if (isRight) await call
  else expect(await rejection(call)).toMatchObject(STALE)
  expect(it.log.filter((line) => line.startsWith('UID STORE'))).toEqual(
    isRight ? ['UID STORE 7 +FLAGS (\\Flagged)'] : [],
  )
})
