// Prints the subject of every mail that arrives in INBOX, until Ctrl-C or the end of the seconds given as argument.
import { connect, uids } from 'imapkit'
import { account } from './account.js'

const seconds = Number(process.argv[2] ?? 24 * 3600)
await using client = await connect(account())
await using inbox = await client.examine('INBOX')
let next: number = inbox.uidNext ?? 1

async function show(): Promise<void> {
  for await (const mail of inbox.fetch(uids({ from: next, to: '*' }), { envelope: true })) {
    next = mail.uid + 1
    console.log(mail.uid, mail.envelope.subject)
  }
}

// One after another, however fast they come.
let work = Promise.resolve()
client.on('exists', ({ count, previous }) => {
  if (count > previous) work = work.then(show)
})

const stopped = new Promise((resolve) => {
  process.once('SIGINT', resolve)
  setTimeout(resolve, seconds * 1000).unref()
})
await Promise.race([stopped, client.closed])
await work
