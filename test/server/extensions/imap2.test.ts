import { CapabilityError, connect, seqs, uids } from 'imapkit'
import { ImapServer } from 'imapkit/testing'
import { expect, it } from 'vitest'

const mail = (subject: string) => `From: a@example.org\r\nSubject: ${subject}\r\n\r\nhello ${subject}\r\n`

it('IMAP2: mail is read, marked, copied and removed by number', async () => {
  await using server = await ImapServer.start({
    users: {
      alice: { password: 'secret', mailboxes: { INBOX: [mail('one'), mail('two'), mail('three')], Old: [] } },
    },
    capabilities: ['IMAP2'],
  })
  await using client = await connect(server.connectOptions('alice'))
  expect([...client.capabilities]).toEqual(['IMAP2'])
  const { imap2 } = client
  expect(await imap2.findMailboxes()).toEqual(['Old'])
  const inbox = await client.select('INBOX')
  expect(inbox.exists).toBe(3)
  const found = await imap2.fetch(seqs('1:3'), { flags: true, size: true, envelope: true, internalDate: true })
  expect(found.map(({ seq, envelope, size }) => [seq, envelope?.subject, size])).toEqual([
    [1, 'one', mail('one').length],
    [2, 'two', mail('two').length],
    [3, 'three', mail('three').length],
  ])
  const [second] = await imap2.fetch(seqs(2), { header: true, text: true })
  expect(Buffer.from(second?.text ?? []).toString()).toBe('hello two\r\n')
  expect((await imap2.search({ subject: 'two' })).toString()).toBe('2')
  await imap2.copy(seqs(2), 'Old')
  await imap2.store(seqs(2), { add: ['\\Deleted'] })
  const gone: (number | undefined)[] = []
  client.on('expunge', ({ seq }) => gone.push(seq))
  await inbox.expunge()
  expect(gone).toEqual([2])
  expect(inbox.exists).toBe(2)
  await expect(inbox.search({ seen: false })).rejects.toThrow(CapabilityError)
  await expect(inbox.fetch(uids('1:*'), { flags: true }).toArray()).rejects.toThrow(CapabilityError)
  await expect(client.list()).rejects.toThrow(CapabilityError)
  expect((await client.select('Old')).exists).toBe(1)
})
