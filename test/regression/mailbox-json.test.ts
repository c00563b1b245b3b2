// JSON.stringify of a mailbox handle walked into the connection behind it and threw.
import { expect, it } from 'vitest'
import { connect } from '../../src/index.js'
import { ImapServer } from '../../src/testing/index.js'

it('says what a mailbox is in JSON', async () => {
  await using server = await ImapServer.start({
    users: { alice: { password: 'secret', mailboxes: { INBOX: ['Subject: x\r\n\r\n'] } } },
  })
  await using client = await connect(server.connectOptions('alice'))
  const inbox = await client.select('INBOX')
  expect(JSON.parse(JSON.stringify({ inbox }))).toEqual({ inbox: { name: 'INBOX', exists: 1, readOnly: false } })
})
