// Flags every mail from the address given as argument and moves it to Archive.
import { connect } from 'imapkit'
import { account } from './account.js'

const from = process.argv[2] ?? ''
await using client = await connect(account())
const boxes = await client.list('Archive')
if (boxes.length === 0) await client.createMailbox('Archive')
await using inbox = await client.select('INBOX')
const found = await inbox.search({ from })
await inbox.store(found, { add: ['\\Flagged'] })
await inbox.move(found, 'Archive')
console.log(`moved ${found.size}`)
