// How a program that uses imapkit can be tested without a network.
import assert from 'node:assert/strict'
import { connect } from 'imapkit'
import { ImapServer } from 'imapkit/testing'

await using server = await ImapServer.start({
  users: { alice: { password: 'secret', mailboxes: { INBOX: ['Subject: hello\r\n\r\nworld\r\n'] } } },
})
await using client = await connect(server.connectOptions('alice'))
await using inbox = await client.select('INBOX')
assert.equal((await inbox.search({ subject: 'hello' })).size, 1)
console.log('it works')
