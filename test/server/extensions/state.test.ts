import { describe, expect, it } from 'vitest'
import { connect, uids, type ConnectOptions, type Uid } from 'imapkit'
import { ImapServer, type ServerOptions } from 'imapkit/testing'

const mails = (count: number): string[] => Array.from({ length: count }, (_, i) => `Subject: ${i + 1}\n\nx\n`)

async function scene(count: number, options: ServerOptions = {}, more: Partial<ConnectOptions> = {}) {
  const users = { alice: { password: 'secret', mailboxes: { INBOX: mails(count), Archive: [] } } }
  const server = await ImapServer.start({ users, ...options })
  const client = await connect({ ...server.connectOptions('alice'), idle: false, ...more })
  return {
    server,
    client,
    inbox: server.user('alice').mailbox('INBOX'),
    archive: server.user('alice').mailbox('Archive'),
    async [Symbol.asyncDispose]() {
      client.close()
      await server.close()
    },
  }
}

describe('QRESYNC', () => {
  it('tells what happened while nobody looked', async () => {
    await using at = await scene(8, {}, { enable: ['QRESYNC'] })
    const { client, inbox } = at
    const { uidValidity, highestModSeq: modSeq } = inbox
    inbox.expunge([2, 7])
    inbox.store(4, ['\\Flagged'])
    const opened = await client.select('INBOX', { qresync: { uidValidity, modSeq } })
    expect(String(opened.resync?.vanished)).toBe('2,7')
    expect(opened.resync?.changed.map(({ uid }) => uid)).toEqual([4])
    expect(opened.exists).toBe(6)
  })
})

describe('UIDONLY', () => {
  it('is all that is spoken', async () => {
    await using at = await scene(5, {}, { enable: ['UIDONLY'] })
    const { client, inbox, archive } = at
    const opened = await client.select('INBOX')
    inbox.expunge(1)
    expect(String(await opened.search({}))).toBe('2:5')
    expect((await opened.fetch(uids('2:3'), { flags: true }).toArray()).map(({ uid }) => uid)).toEqual([2, 3])
    await opened.store(uids('3'), { add: ['\\Seen'] })
    await opened.move(uids('4'), 'Archive')
    await opened.delete(uids('5'))
    expect(inbox.messages.map(({ uid, flags }) => [uid, ...flags])).toEqual([[2], [3, '\\Seen']])
    expect(archive.messages).toHaveLength(1)
    await client.noop()
    expect(opened.exists).toBe(2)
  })
})

describe('MESSAGELIMIT=', () => {
  it('does not show: calls go on where the server stopped', async () => {
    const capabilities = (all: readonly string[]): string[] => [...all, 'MESSAGELIMIT=4']
    await using at = await scene(11, { capabilities })
    const { client, inbox, archive } = at
    const opened = await client.select('INBOX')
    const fetched = await opened.fetch(uids('1:11'), { flags: true }).toArray()
    expect(fetched.map(({ uid }) => uid).sort((a, b) => a - b)).toEqual(Array.from({ length: 11 }, (_, i) => i + 1))
    expect(String(await opened.search({ seen: false }))).toBe('1:11')
    await opened.store(uids('1:11'), { add: ['\\Flagged'] })
    expect(inbox.messages.every(({ flags }) => flags.includes('\\Flagged'))).toBe(true)
    await opened.copy(uids('1:9'), 'Archive')
    expect(archive.messages).toHaveLength(9)
    await opened.move(uids('2:11'), 'Archive')
    expect(archive.messages).toHaveLength(19)
    expect(inbox.messages.map(({ uid }) => uid)).toEqual([1])
    expect((await opened.fetchOne(1 as Uid, { flags: true }))?.uid).toBe(1)
  })
})
