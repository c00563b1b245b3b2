// The embedded server against clients that send anything: it answers or closes, never fails inside, ends with the client,
// and serves the next one; whatever it says can be read by our own decoder.
import { Duplex } from 'node:stream'
import { built } from '../built.mjs'
import { Failure } from '../failure.mjs'
import { commandSeeds, transcriptSeeds } from '../seeds.mjs'
import { byteTarget } from './bytes.mjs'

const { DEFAULT_LIMITS, Framer, ProtocolError, readResponse } = await built('codec.js')
const { selfSigned } = await built('testing/certificate.js')
const { ServerConnection } = await built('testing/connection.js')
const { compose } = await built('testing/feature.js')
const { FEATURES } = await built('testing/features.js')
const { Faults } = await built('testing/faults.js')
const { LineLog } = await built('testing/log.js')
const { settle } = await built('testing/settings.js')
const { makeAccount } = await built('testing/start.js')

const tables = compose(FEATURES)
const certificate = selfSigned()
const MAIL =
  'From: Ann <ann@example.org>\nTo: bob@example.org\nSubject: =?utf-8?Q?caf=C3=A9?=\nDate: Wed, 17 Jul 1996 02:23:25 -0700\n' +
  'Message-ID: <1@example.org>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; ' +
  'charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nhello =C3=A9\n--b\nContent-Type: application/pdf; name=a.pdf\n' +
  'Content-Transfer-Encoding: base64\n\nAAECAwQ=\n--b--\n'
const OPTIONS = {
  users: {
    alice: {
      password: 'secret',
      mailboxes: {
        INBOX: [
          { raw: MAIL, flags: ['\\Seen', '$Junk'], internalDate: new Date(1e12) },
          { raw: 'Subject: b\n\nx\n', internalDate: new Date(1.1e12) },
          { raw: MAIL.replace('<1@', '<2@'), internalDate: new Date(1.2e12) },
        ],
        Sent: { messages: ['Subject: s\n\ny\n'], specialUse: '\\Sent' },
        'Lists/a': [],
      },
    },
    bob: { password: 'secret' },
  },
  security: 'plaintext',
  limits: { line: 8192, literal: 200_000, log: 20 },
  // Deflate works in threads of its own: what comes of it would not be the same each time.
  capabilities: (all) => all.filter((name) => !name.startsWith('COMPRESS')),
}
const LOGIN = Buffer.from('l1 LOGIN alice secret\r\nl2 ENABLE CONDSTORE\r\nl3 SELECT INBOX\r\n')
const NEXT = 'n1 LOGIN alice secret\r\nn2 SELECT INBOX\r\nn3 UID FETCH 1:* (FLAGS)\r\nn4 LIST "" *\r\nn5 LOGOUT\r\n'
const QUIET_TURNS = 12

const settings = settle(OPTIONS, tables)

export const target = byteTarget({
  name: 'server',
  batch: 20,
  seeds: () => [...transcriptSeeds('C'), ...commandSeeds()],
  execute,
})

/** What stands for a socket. */
class Line extends Duplex {
  chunks = []

  _read() {
    // Pushed when there is something.
  }

  _write(chunk, _encoding, done) {
    this.chunks.push(chunk)
    done()
  }
}

/** A server as `ImapServer` makes it, without sockets. */
function serverOf() {
  const accounts = new Map()
  const log = new LineLog(settings.limits.log)
  const context = {
    settings,
    tables,
    faults: new Faults(),
    secureContext: null,
    certificate,
    account: (name) => accounts.get(name),
    accounts: () => accounts.values(),
    record: (line) => log.add(line),
  }
  for (const [name, user] of Object.entries(settings.users)) accounts.set(name, makeAccount(name, user, settings))
  let count = 0
  return {
    connect() {
      const line = new Line()
      const connection = new ServerConnection(++count, line, 'plaintext', context)
      const client = { line, connection, ended: false, error: undefined }
      connection.closed.then(
        () => (client.ended = true),
        (error) => Object.assign(client, { ended: true, error }),
      )
      return client
    },
  }
}

async function execute(bytes, thorough) {
  const server = serverOf()
  const watcher = thorough ? server.connect() : undefined
  watcher?.line.push(LOGIN)
  const client = server.connect()
  let sum = bytes.length
  for (const octet of bytes) sum = (Math.imul(sum, 31) + octet) >>> 0
  if (sum % 8 !== 0) client.line.push(LOGIN)
  for (let from = 0; from < bytes.length;) {
    const size = sum % 3 === 0 ? 1 + ((sum >>> 8) % 50) : bytes.length
    client.line.push(bytes.subarray(from, from + size))
    from += size
  }
  await settled(client)
  client.line.push(null)
  await settled(client)
  if (!client.ended) throw new Failure('the server does not end with its client')
  if (client.error !== undefined) throw client.error
  const found = read(client, 'the client')
  if (thorough) {
    watcher.line.push('w1 NOOP\r\nw2 LOGOUT\r\n')
    const next = server.connect()
    next.line.push(NEXT)
    await settled(watcher)
    await settled(next)
    for (const [who, tags] of [
      [watcher, ['w1', 'w2']],
      [next, ['n1', 'n2', 'n3', 'n4', 'n5']],
    ]) {
      who.line.push(null)
      await settled(who)
      if (who.error !== undefined) throw who.error
      const answers = read(who, 'another client')
      for (const tag of tags) {
        // A mailbox may be forbidden to its owner by then, but nothing that is right is BAD.
        if (!answers.some((one) => one.startsWith(`${tag} OK`) || one.startsWith(`${tag} NO`))) {
          const refused = tag === 'n3' && answers.some((one) => one.startsWith('n2 NO'))
          if (!refused) throw new Failure('another client is not served', `${tag}: ${answers.join()}`)
        }
      }
    }
  }
  return found
}

/** Waits until a client is gone, or nothing happens any more. */
async function settled(client) {
  for (let turns = 0; turns < QUIET_TURNS && !client.ended; turns++) {
    const before = client.line.chunks.length
    await new Promise((resolve) => setImmediate(resolve))
    if (client.line.chunks.length !== before) turns = 0
  }
}

/** Reads what the server said; gives the kinds of it. */
function read({ line }, who) {
  const found = []
  const framer = new Framer(
    {
      literal: () => undefined,
      response: (frame) => {
        const fault = (what) => new Failure(`the server says to ${who} what cannot be read`, `${what}: ${frame.text}`)
        try {
          const response = readResponse(frame, {
            utf8: true,
            warn: (error) => found.push(`warning ${error.message.slice(0, 20)}`),
          })
          found.push(shape(response, frame))
        } catch (error) {
          if (error instanceof ProtocolError) throw fault(error.message)
          throw error
        }
      },
    },
    DEFAULT_LIMITS,
  )
  for (const chunk of line.chunks) framer.push(chunk)
  if (!framer.idle) throw new Failure(`the server stops in the middle of a response to ${who}`)
  return found
}

function shape(response, frame) {
  if (response.kind === 'tagged') {
    const tag = /^[wn]\d$/.test(response.tag) ? response.tag : 't'
    return `${tag} ${response.status} ${response.code?.name ?? ''} ${response.text.replace(/\d+|".*"/g, 'N').slice(0, 40)}`
  }
  if (response.kind === 'continuation') return 'continuation'
  const items = response.type === 'FETCH' ? Object.keys(response.data).join() : ''
  if (response.data?.defects !== undefined) throw new Failure('the server sends a FETCH with defects', frame.text)
  return `${response.type} ${items.slice(0, 60)}`.slice(0, 80)
}
