// The shortest useful conversation, with modules that the caller has loaded in its own way.
import assert from 'node:assert/strict'

const text = 'From: a@example.org\r\nSubject: smoke\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\n\r\nhello\r\n'

export async function exercise({ connect, uids }, { ImapServer }, codec) {
  assert.ok(Object.keys(codec).length > 0, 'imapkit/codec exports nothing')

  const server = await ImapServer.start({ users: { alice: { password: 'secret', mailboxes: { INBOX: [text] } } } })
  try {
    const client = await connect({ ...server.connectOptions('alice') })
    const inbox = await client.select('INBOX')
    assert.equal(inbox.exists, 1)
    const messages = await inbox.fetch(uids('1:*'), { envelope: true, size: true }).toArray()
    assert.deepEqual(
      messages.map((message) => [message.envelope.subject, Number(message.size)]),
      [['smoke', text.length]],
    )
    await client.logout()
  } finally {
    await server[Symbol.asyncDispose]()
  }
}
