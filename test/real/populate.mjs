// Fills a mailbox with the messages of messages.mjs, as fast as a server takes them: MULTIAPPEND (RFC 3502) with
// non-synchronizing literals (RFC 7888), the next command sent before the answer to the last one.
//
//   node populate.mjs HOST PORT USER PASSWORD MAILBOX COUNT [SEED]
import { once } from 'node:events'
import { connect } from 'node:net'
import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { internalDateText, message } from './messages.mjs'

const PER_COMMAND = 500
const quoted = (text) => `"${text.replace(/["\\]/g, '\\$&')}"`

/** Collects the tagged answers of one connection. A lost connection fails every answer that is waited for. */
function answers(socket) {
  const tagged = new Map()
  const waiting = new Map()
  let text = ''
  let failure
  const fail = (error) => {
    failure ??= error
    for (const { reject } of waiting.values()) reject(failure)
    waiting.clear()
  }
  socket.setEncoding('latin1')
  socket.on('data', (chunk) => {
    const lines = (text + chunk).split('\r\n')
    text = lines.pop()
    for (const line of lines) {
      const tag = line.slice(0, line.indexOf(' '))
      tagged.set(tag, line)
      waiting.get(tag)?.resolve(line)
      waiting.delete(tag)
    }
  })
  socket.on('error', fail)
  socket.on('close', () => fail(new Error('the server closed the connection')))
  return (tag) =>
    new Promise((resolve, reject) => {
      if (tagged.has(tag)) resolve(tagged.get(tag))
      else if (failure) reject(failure)
      else waiting.set(tag, { resolve, reject })
    })
}

/** Appends `count` messages, after creating the mailbox where it is missing. */
export async function populate({ host, port, user, password, mailbox, count, seed = 1 }) {
  const socket = connect({ host, port, noDelay: true })
  const answer = answers(socket)
  const write = async (data) => {
    if (!socket.write(data)) await once(socket, 'drain')
  }
  const expectOk = async (tag) => {
    const line = await answer(tag)
    if (!line.startsWith(`${tag} OK`)) throw new Error(`populate: ${line}`)
  }
  try {
    await write(`login LOGIN ${quoted(user)} ${quoted(password)}\r\n`)
    await expectOk('login')
    await write(`create CREATE ${quoted(mailbox)}\r\n`)
    // NO where it exists already: the first APPEND tells whether that was the reason.
    await answer('create')
    const pending = []
    for (let first = 0; first < count; first += PER_COMMAND) {
      const tag = `append${first}`
      const pieces = [Buffer.from(`${tag} APPEND ${quoted(mailbox)}`)]
      for (let index = first; index < Math.min(count, first + PER_COMMAND); index++) {
        const { raw, flags, date } = message(index, seed)
        pieces.push(Buffer.from(` (${flags.join(' ')}) "${internalDateText(date)}" {${raw.length}+}\r\n`), raw)
      }
      pieces.push(Buffer.from('\r\n'))
      await write(Buffer.concat(pieces))
      pending.push(expectOk(tag))
    }
    await Promise.all(pending)
    await write('logout LOGOUT\r\n')
    await expectOk('logout')
  } finally {
    socket.destroy()
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [host, port, user, password, mailbox, count, seed] = process.argv.slice(2)
  if (count === undefined) {
    console.error('usage: node populate.mjs HOST PORT USER PASSWORD MAILBOX COUNT [SEED]')
    process.exitCode = 2
  } else {
    await populate({ host, port: Number(port), user, password, mailbox, count: Number(count), seed: Number(seed ?? 1) })
  }
}
