// Prints the subject of every mail that arrives in INBOX, until Ctrl-C or the end of the seconds given as argument.
import { connect, uids } from 'imapkit'
import { account } from './account.js'

const seconds = Number(process.argv[2] ?? Infinity)
await using client = await connect(account())
await using inbox = await client.examine('INBOX')
let next = inbox.uidNext ?? 1

const stop = new AbortController()
process.once('SIGINT', () => {
  stop.abort()
})
if (Number.isFinite(seconds))
  setTimeout(() => {
    stop.abort()
  }, seconds * 1000).unref()

while (!stop.signal.aborted) {
  const arrived = await new Promise<boolean>((resolve) => {
    client.once('exists', () => {
      resolve(true)
    })
    void client.closed.then(() => {
      resolve(false)
    })
    stop.signal.addEventListener('abort', () => {
      resolve(false)
    })
  })
  if (!arrived) break
  for await (const mail of inbox.fetch(uids({ from: next, to: '*' }), { envelope: true })) {
    next = mail.uid + 1
    console.log(mail.uid, mail.envelope.subject)
  }
}
