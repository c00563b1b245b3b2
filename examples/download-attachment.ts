// Saves every attachment of the newest mail that has one, decoded, into the directory given as argument.
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { connect, parts, uids } from 'imapkit'
import { account } from './account.js'

const directory = process.argv[2] ?? '.'
await using client = await connect(account())
await using inbox = await client.examine('INBOX')
const mails = await inbox.fetch(uids('1:*'), { bodyStructure: true }).toArray()
const newest = mails.findLast((mail) => parts(mail.bodyStructure).attachments.length > 0)
if (newest !== undefined) {
  for (const each of parts(newest.bodyStructure).attachments) {
    const file = await inbox.download(newest.uid, each.part)
    if (file === null) continue
    const name = file.filename ?? `part-${each.part}` // safe for disk: no path in it
    await pipeline(file, createWriteStream(join(directory, name)))
    console.log(`saved ${name}`)
  }
}
