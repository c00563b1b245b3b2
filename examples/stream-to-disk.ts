// Writes every mail of INBOX to a file UID.eml in the directory given as argument.
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { connect, uids } from 'imapkit'
import { account } from './account.js'

const directory = process.argv[2] ?? '.'
await using client = await connect(account())
await using inbox = await client.examine('INBOX')
for await (const body of inbox.stream(uids('1:*'))) {
  await pipeline(body, createWriteStream(join(directory, `${body.uid}.eml`)))
  console.log(`${body.uid}.eml, ${body.size} octets`)
}
