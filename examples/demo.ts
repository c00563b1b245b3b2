// The main job, once through: `npm run demo` on the embedded server, or on any server:
//   IMAP_URL=imaps://user@host/ IMAP_PASSWORD=… [IMAP_CA=file] npm run demo
import { connect, ImapError } from 'imapkit'
import { reading } from './demo/reading.js'
import { target } from './demo/target.js'
import { heading, line } from './demo/print.js'
import { writing } from './demo/writing.js'

const interrupted = new AbortController()
process.once('SIGINT', () => {
  interrupted.abort(new Error('interrupted by Ctrl-C'))
})

try {
  await using place = await target()
  const options = { ...place.options, signal: interrupted.signal }
  heading(`Connecting to ${place.name}`)
  await using client = await connect(options)
  line(`logged in, ${client.state}; capabilities: ${[...client.capabilities].join(' ')}`)
  await reading(client, interrupted.signal)
  await writing(place.options, interrupted.signal)
  heading('Done')
  const { bytesIn, bytesOut, roundTrips } = client.traffic
  line(`the first connection read ${bytesIn} and wrote ${bytesOut} octets in ${roundTrips} round trips`)
} catch (error) {
  process.exitCode = 1
  // One sentence for a person; the code is for programs.
  if (interrupted.signal.aborted) console.error('Interrupted; what the demo had created is removed.')
  else if (error instanceof ImapError) console.error(`${error.message} (${error.code})`)
  else throw error
}
