// Lists sender and subject of every mail in INBOX, oldest first.
import { connect, uids } from 'imapkit'
import { account } from './account.js'

await using client = await connect(account())
await using inbox = await client.examine('INBOX')
for await (const mail of inbox.fetch(uids('1:*'), { envelope: true })) {
  console.log(mail.uid, mail.envelope.from[0]?.address ?? '', mail.envelope.subject ?? '')
}
