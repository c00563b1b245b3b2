// One test for each known advisory of other clients; the comment says what is known of it.
import { connect, copy, headers, ImapError, rename, uids, type ImapClient, type Mailbox } from 'imapkit'
import { ScriptedServer } from 'imapkit/testing'
import { describe, expect, it } from 'vitest'
import { Framer } from '../../src/wire/framer.js'
import { DEFAULT_LIMITS } from '../../src/wire/limits.js'
import { readResponse } from '../../src/protocol.js'
import { scram } from '../../src/sasl/scram.js'
import { chooseMechanism } from '../../src/sasl/choose.js'
import type { Peer } from '../unit/connection/support.js'
import { connected } from './connected.js'
import { growth } from './work.js'

const READY = '* PREAUTH [CAPABILITY IMAP4rev1 ID ENABLE LITERAL+ METADATA QUOTA ACL] ready'

async function ready(): Promise<{ client: ImapClient; mailbox: () => Promise<Mailbox>; peer: Peer }> {
  const { client, peer } = await connected({}, READY)
  const mailbox = async () => {
    const selecting = client.select('INBOX')
    await peer.answer('OK done', '* 3 EXISTS')
    return selecting
  }
  return { client, mailbox, peer }
}

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'nothing was thrown',
    (error: unknown) => error,
  )

// net-imap: each literal of a response made it look at all of the response again.
it('CVE-2026-42245: a response of many literals is looked at once', async () => {
  const read = (count: number) => {
    const chunk = Buffer.from(`* 1 FETCH (${'BODY[] {1}\r\nx '.repeat(count)})\r\n`)
    new Framer({ literal: () => undefined, response: (frame) => void readResponse(frame) }, DEFAULT_LIMITS).push(chunk)
  }
  expect(await growth(read, 1000)).toBeLessThan(2.2)
})

// net-imap: a tagged OK for a tag that could be guessed, before STARTTLS was sent, left the connection in clear text.
describe('CVE-2026-42246: an answer to STARTTLS that comes too early', () => {
  it.each(['A1', 'RUBY0001', 'a001', '1'])('ends the connection: %s', async (tag) => {
    const error = await failure(
      connected({ security: 'starttls' }, `* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n${tag} OK go`),
    )
    expect(error).toMatchObject({ name: 'ProtocolError', message: expect.stringContaining('never sent') as string })
  })

  it('cannot be made ready: no two connections have tags of one prefix', async () => {
    const seen = new Set<string>()
    for (let i = 0; i < 50; i++) {
      const { client, peer } = await ready()
      const done = client.noop()
      const { tag } = await peer.command()
      seen.add(tag)
      expect(tag).toMatch(/^[A-Z]{6}1$/)
      client.close()
      await failure(done)
    }
    expect(seen.size).toBe(50)
  })
})

// net-imap: a server could ask for any number of rounds of SCRAM.
it.each([4095, 1_000_001, 2_147_483_647])(
  'CVE-2026-42256: %i rounds of SCRAM are refused before the first one',
  async (rounds) => {
    const mechanism = scram('SCRAM-SHA-256', { user: 'a', password: 'b' }, { nonce: 'abc' })
    const answer = Promise.resolve(mechanism.respond(Buffer.from(`r=abcdef,s=QSXCR+Q6sek8bf92,i=${rounds}`)))
    await expect(answer).rejects.toMatchObject({
      name: 'AuthenticationError',
      message: expect.stringContaining('rounds') as string,
    })
  },
)

/** Calls with a text of the caller's in every place that has one. */
const CALLS: readonly (readonly [string, (client: ImapClient, text: string, mailbox: Mailbox) => Promise<unknown>])[] =
  [
    ['select', (client, text) => client.select(text)],
    ['list', (client, text) => client.list(text)],
    ['status', (client, text) => client.status(text, { messages: true })],
    ['createMailbox', (client, text) => client.createMailbox(text)],
    ['rename', (client, text) => client.run(rename('a', text))],
    ['enable', (client, text) => client.enable([text])],
    ['append, a flag', (client, text) => client.append('x', 'hi', { flags: [text] })],
    ['store, a flag', (_client, text, mailbox) => mailbox.store(uids(1), { add: [text] })],
    ['copy', (client, text) => client.run(copy(uids(1), text))],
    ['search, a text', (_client, text, mailbox) => mailbox.search({ subject: text })],
    ['search, a field', (_client, text, mailbox) => mailbox.search({ header: { [text]: 'x' } })],
    ['search, a keyword', (_client, text, mailbox) => mailbox.search({ keyword: text })],
    [
      'fetch, a field',
      async (_client, text, mailbox) => mailbox.fetch(uids(1), { sections: { h: headers(text) } }).toArray(),
    ],
    ['download, a part', (_client, text, mailbox) => mailbox.download(1 as never, text)],
    ['metadata, an entry', (client, text) => client.metadata.text('', text)],
    ['quota', (client, text) => client.quota.get(text)],
  ]
const EVIL = [
  'x\r\nA9 DELETE INBOX',
  'x\nA9 DELETE INBOX',
  'x\rA9 DELETE INBOX',
  'x\0y',
  'x {3+}\r\nA9 DELETE INBOX',
  'x" (\r\nA9 DELETE INBOX',
]

/** What reached the server outside of literals: each line has to begin with a tag of this connection. */
function lines(received: string): readonly string[] {
  const found: string[] = []
  for (let rest = received; rest !== '';) {
    const end = rest.indexOf('\r\n')
    if (end < 0) return [...found, rest]
    const line = rest.slice(0, end)
    const size = Number(/\{(\d+)\+?\}$/.exec(line)?.[1] ?? 0)
    const isLiteral = /\{\d+\+?\}$/.test(line)
    rest = rest.slice(end + 2 + (isLiteral ? size : 0))
    if (!isLiteral) found.push(line)
    else rest = `${line.replace(/\{\d+\+?\}$/, '""')}${rest}`
  }
  return found
}

// net-imap CVE-2026-42257 (arguments of commands), -42258 (symbols that become flags), CPython imaplib CVE-2025-15366:
// a line end in an argument began a command of its own.
describe.each(CALLS)('CVE-2026-42257, CVE-2026-42258, CVE-2025-15366: %s', (_name, call) => {
  it.each(EVIL)('never writes %j outside a literal', async (text) => {
    const { client, mailbox, peer } = await ready()
    const inbox = await mailbox()
    const before = peer.received.length
    const calling = failure(call(client, text, inbox))
    await new Promise(setImmediate)
    await new Promise(setImmediate)
    client.close()
    const outcome = await calling
    expect(outcome).toBeInstanceOf(ImapError)
    const written = peer.received.slice(before)
    for (const line of lines(written)) {
      expect(line).toMatch(/^[A-Z]{6}\d+ (?!DELETE)[^\r\n]*$/)
    }
    expect(written).not.toContain('\0')
  })
})

// net-imap: a non-synchronizing literal in a raw argument. Raw text cannot be written here: `word` and `atom` refuse it.
it.each(['NOOP {3+}\r\nabc', 'NOOP\r\nA9 LOGOUT', 'X {3}', 'NO"OP'])(
  'CVE-2026-47240: the name of a command of the caller is no way around: %j',
  async (name) => {
    const { client, peer } = await ready()
    const error = await failure(
      client.run({ name, states: ['authenticated'], collect: () => ({ done: () => undefined }) }),
    )
    expect(error).toMatchObject({ name: 'ArgumentError' })
    expect(peer.received).toBe('')
    client.close()
  },
)

// net-imap: the sources at hand name it, and do not tell what it is. It came with -47240 and -47242, both of which are about
// arguments that become commands, and is taken for the same in a set of messages.
it.each(['1\r\nA9 DELETE INBOX', '1:*\r\n', '1 (FLAGS)', '1,{3+}', '$', '1:2)'])(
  'CVE-2026-47241: a set of messages is no way in: %j',
  (set) => {
    expect(() => uids(set)).toThrow(expect.objectContaining({ name: 'ArgumentError' }))
  },
)

// net-imap: a line end in a parameter of ID.
it.each(EVIL)('CVE-2026-47242: a parameter of ID is no way in: %j', async (text) => {
  for (const params of [{ name: text }, { [text]: 'x' }]) {
    const { client, peer } = await ready()
    const asking = failure(client.id(params))
    await new Promise(setImmediate)
    client.close()
    expect(await asking).toBeInstanceOf(ImapError)
    for (const line of lines(peer.received)) expect(line).toMatch(/^[A-Z]{6}\d+ ID \([^\r\n]*$/)
  }
})

// MailKit: what was injected behind the OK of STARTTLS counted after TLS, so that PLAIN was taken for SCRAM.
it('CVE-2026-41319: the strongest mechanism of the list that came in TLS is taken, and PLAIN never without TLS', () => {
  const capabilities = { has: (name: string) => ['AUTH=PLAIN', 'AUTH=SCRAM-SHA-256', 'AUTH=LOGIN'].includes(name) }
  const credentials = { user: 'a', password: 'b' }
  expect(chooseMechanism(credentials, { capabilities, secure: true })).toMatchObject({ name: 'SCRAM-SHA-256' })
  const downgraded = { has: (name: string) => name === 'AUTH=PLAIN' }
  expect(() => chooseMechanism(credentials, { capabilities: downgraded, secure: false })).toThrow('not encrypted')
  const mechanisms = ['SCRAM-SHA-256']
  expect(() => chooseMechanism(credentials, { capabilities: downgraded, secure: true, mechanisms })).toThrow(
    'offers none',
  )
})

// Mutt, NeoMutt: a greeting that was none was passed over, and the login went on in clear text.
it.each(['* CAPABILITY IMAP4rev1', '* NO hi', '* BAD hi', 'hello', '+ OK', 'A1 OK hi', '* FLAGS ()', '* 1 EXISTS'])(
  'CVE-2020-28896: after the greeting %j nothing is sent',
  async (greeting) => {
    await using server = await ScriptedServer.start(`S: ${greeting}\nC-close`)
    const error = await failure(connect({ ...server.connectOptions('alice', 'hunter2') }))
    await server.done
    expect(error).toMatchObject({ name: 'ConnectError', retryable: false })
  },
)

// Mutt: PREAUTH in clear text made STARTTLS impossible, and the session went on without it. Alpine: CVE-2020-14929.
it('CVE-2020-14093: PREAUTH before TLS ends the connection where TLS is asked for', async () => {
  const error = await failure(connected({ security: 'starttls' }, '* PREAUTH [CAPABILITY IMAP4rev1] in'))
  expect(error).toMatchObject({ name: 'ProtocolError', message: expect.stringContaining('PREAUTH') as string })
})
