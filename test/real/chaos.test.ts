import { connect, uids, type ConnectOptions } from 'imapkit'
import { describe, expect, it } from 'vitest'
import { mail } from '../behaviour/mails.js'
import { RawClient } from '../behaviour/raw.js'
import { RealSubject } from '../behaviour/real.js'
import { newName } from '../behaviour/subject.js'
import { converse, letter, MAILS, NAMES, type Record as Conversation } from '../chaos/conversation.js'
import { judge, timedOut, type Seen } from '../chaos/oracle.js'
import { ChaosProxy, type Passage, type Side, type Weather } from '../chaos/proxy.js'
import { sample } from '../chaos/random.js'
import { FULL, report, SEED } from '../chaos/scale.js'
import { describeReal, type RealServer } from './server.js'
import type { ServerName } from './servers.js'

/** How many places each line is cut at, by server; Courier takes seconds for a DELETE. */
const PLACES: Readonly<Partial<Record<ServerName, number>>> = { dovecot: 24, cyrus: 8, courier: 2 }
const SIDES: readonly Side[] = ['client', 'server']
const HOWS = ['fin', 'rst'] as const
/** Far beyond what anything takes on a line that is cut. */
const BOUND = 20_000
const PATIENT = { connect: 15_000, greeting: 15_000, auth: 15_000, silence: 15_000, command: 15_000, grace: 15_000 }

interface Outcome {
  readonly record: Conversation
  readonly passage: Passage
  readonly wrong: readonly string[]
}

/** Runs one conversation in mailboxes of its own, and looks from outside at what it did. */
async function run(subject: RealSubject, weather: Weather): Promise<Outcome> {
  const options = subject.options({ security: 'plaintext' })
  const { host, port, auth } = options
  const prefix = `${newName(subject, 'chaos')}-`
  await using raw = await RawClient.open(host, port, auth.user, auth.password)
  await raw.run(`CREATE "${prefix}${NAMES.to}"`)
  await raw.run(`CREATE "${prefix}${NAMES.from}"`)
  const letters = Array.from({ length: MAILS }, (_, index) => ({ ...mail(), raw: Buffer.from(letter(index + 1)) }))
  await raw.append(`${prefix}${NAMES.from}`, letters)
  await using proxy = await ChaosProxy.start(options, weather)
  const record = await converse({
    options: { ...options, ...proxy.address, timeouts: PATIENT, idle: false },
    prefix,
    bound: BOUND,
  })
  const passage = proxy.passages[0]!
  // A server that is told of the cut may still be at work.
  await proxy[Symbol.asyncDispose]()
  const wrong = judge(record, passage, await seen(options, prefix))
  return { record, passage, wrong }
}

/** What a fresh connection sees of the mailboxes of one conversation. */
async function seen(options: ConnectOptions, prefix: string): Promise<Seen> {
  await using client = await connect({ ...options, idle: false })
  const boxes = await client.list(`${prefix}*`)
  const contents = new Map<string, ReturnType<Seen['mailbox']>>()
  for (const name of [NAMES.from, NAMES.to]) {
    const box = await client.examine(`${prefix}${name}`)
    const messages = []
    for (const { uid, flags } of await box.fetch(uids('1:*'), { flags: true }).toArray()) {
      const body = await (await box.download(uid))?.bytes()
      messages.push({ uid, flags: [...flags], raw: Buffer.from(body ?? '') })
    }
    contents.set(name, { messages })
  }
  return {
    mailboxes: boxes.map(({ name }) => name.slice(prefix.length)),
    mailbox: (name) => contents.get(name) ?? { messages: [] },
  }
}

function suite(name: ServerName, server: RealServer): void {
  const subject = new RealSubject(name, server)

  it(
    'carries a whole conversation in pieces; is cut anywhere, and every call settles as it must',
    async () => {
      const calm = await run(subject, { pieces: 0, seed: SEED })
      expect([...calm.wrong, ...calm.record.calls.filter((call) => 'error' in call)]).toEqual([])
      const count = FULL ? 400 : PLACES[name]!
      const found: string[] = []
      for (const from of SIDES) {
        const places = sample(calm.passage.passed[from], count / 2, SEED + from.length)
        for (const [index, after] of places.entries()) {
          const weather = { cut: { from, after, how: HOWS[index % 2]! } }
          const { record, wrong } = await run(subject, weather)
          found.push(...[...wrong, ...timedOut(record)].map((what) => `${JSON.stringify(weather)}: ${what}`))
        }
      }
      report(`cut ${name}`, count)
      expect(found).toEqual([])
    },
    FULL ? 890_000 : 120_000,
  )
}

describe('a line that breaks', () => {
  for (const name of ['dovecot', 'cyrus', 'courier'] as const) describeReal(name, (server) => suite(name, server), name)
})
