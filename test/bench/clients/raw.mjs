// The floor: a socket that takes the same bytes and looks only for the end of the answer.
import { once } from 'node:events'
import { connect } from 'node:net'

const QUERIES = {
  flags: 'UID FETCH 1:* (UID FLAGS MODSEQ)',
  envelopes: 'UID FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE)',
  'envelopes-untouched': 'UID FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE)',
  bodies: 'UID FETCH 1:* (UID BODY.PEEK[])',
  stream: 'UID FETCH 1:* (UID BODY.PEEK[])',
  search: 'UID SEARCH ALL',
}
/** A tagged line is in these last octets of an answer; with a list of capabilities it is long. */
const TAIL = 2048

export async function open({ host, port, user, password, mailbox, workload, messages, dovecot }) {
  const socket = connect({ host, port, noDelay: true })
  let bytes = 0
  let tail = ''
  let done = () => {}
  let expected = /^\* OK/
  socket.on('data', (chunk) => {
    bytes += chunk.length
    const last = chunk.latin1Slice(Math.max(0, chunk.length - TAIL))
    tail = chunk.length >= TAIL ? last : (tail + last).slice(-TAIL)
    if (expected.test(tail)) done()
  })
  /** Resolves when the answer to the last of the commands has come. */
  const command = async (text, tag = 't') => {
    bytes = 0
    tail = ''
    expected = new RegExp(`(?:^|\\r\\n)${tag} OK[^\\r\\n]*\\r\\n$`)
    const answered = new Promise((resolve, reject) => {
      done = resolve
      socket.once('close', () => reject(new Error('connection closed')))
    })
    socket.write(text)
    await answered
  }
  await once(socket, 'data')
  await command(`t LOGIN ${user} ${password}\r\n`)
  await command(`t EXAMINE ${mailbox}\r\n`)

  let text = `t ${QUERIES[workload]}\r\n`
  let lastTag = 't'
  if (workload === 'pipelined') {
    const lines = Array.from(
      { length: messages },
      (_, i) => `t${i} UID FETCH ${i + 1 + 3 * Math.floor(i / 50)} (UID FLAGS)\r\n`,
    )
    text = lines.join('')
    lastTag = `t${messages - 1}`
  }
  return {
    run: async () => {
      await command(text, lastTag)
      return { received: bytes }
    },
    /** The load server counts what it sent for one command. */
    check: async (result) => {
      if (dovecot || workload === 'pipelined') return result
      let answer = ''
      socket.on('data', (chunk) => (answer += chunk.toString('latin1')))
      await command('t XSENT\r\n')
      return { ...result, sent: Number(/\* XSENT (\d+)/.exec(answer)[1]) }
    },
    close: async () => {
      socket.destroy()
    },
  }
}
