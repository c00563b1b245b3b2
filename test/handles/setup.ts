/** Setup of every project that opens sockets: a file that leaves a socket, a server, a process or a timer behind fails. */
import { afterAll } from 'vitest'
import { left, open, timers } from './ledger.js'

timers.install()
const before = open()

// Registered first, so that it runs behind what the file itself puts away.
afterAll(async () => {
  const found = await left(before, 5000)
  if (found.length > 0) throw new Error(`The file left open: ${found.join('; ')}`)
})
