// Prints how many mails are unread, and the subjects of those of the last seven days.
import { connect } from 'imapkit'
import { account } from './account.js'

await using client = await connect(account())
await using inbox = await client.examine('INBOX')
const { count } = await inbox.search({ seen: false }, { return: ['count'] })
console.log(`${count} unread`)

const recent = await inbox.search({ seen: false, since: new Date(Date.now() - 7 * 24 * 3600 * 1000) })
for await (const mail of inbox.fetch(recent, { envelope: true })) console.log(mail.envelope.subject)
