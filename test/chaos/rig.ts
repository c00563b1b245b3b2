import { getEventListeners } from 'node:events'
import type { Timeouts } from 'imapkit'
import { ImapServer, type ServerSecurity } from 'imapkit/testing'
import { selfSigned } from '../../src/testing/certificate.js'
import { left, open } from '../handles/ledger.js'
import { converse, letter, MAILS, type Record } from './conversation.js'
import { judge } from './oracle.js'
import { ChaosProxy, type Passage, type Weather } from './proxy.js'

/** What the server of a conversation can do. */
export const PROFILES = {
  /** Literals wait, a move is a copy, and nothing is told of UIDs. */
  base: ['IMAP4rev1', 'AUTH=PLAIN'],
  modern: [
    ...['IMAP4rev1', 'AUTH=PLAIN', 'SASL-IR', 'ID', 'ENABLE', 'LITERAL+', 'IDLE', 'UIDPLUS', 'MOVE', 'ESEARCH'],
    ...['CONDSTORE', 'UNSELECT', 'LIST-EXTENDED', 'MULTIAPPEND'],
  ],
} as const

export type Profile = keyof typeof PROFILES

/** How a conversation is run. */
export interface Setting {
  readonly profile: Profile
  readonly weather?: Weather
  readonly security?: ServerSecurity
  readonly compress?: boolean
  readonly timeouts?: Partial<Timeouts>
  /** Milliseconds that a call may take. */
  readonly bound?: number
}

/** What a run gave. */
export interface Run {
  readonly record: Record
  readonly passage: Passage | undefined
  /** All that was wrong. */
  readonly wrong: readonly string[]
}

/** Far beyond what anything takes on a line that is cut: nothing may wait for them. */
const PATIENT = { connect: 8000, greeting: 8000, auth: 8000, silence: 8000, command: 8000, grace: 8000 }
const certificate = selfSigned()
/** All clients listen to it; nothing may be left of that. */
const { signal } = new AbortController()
const EVENTS = ['SIGTERM', 'SIGINT', 'exit', 'beforeExit', 'uncaughtException', 'unhandledRejection'] as const

/** Runs one conversation in this weather, and judges it. */
export async function run(setting: Setting): Promise<Run> {
  const { profile, weather = {}, security = 'plaintext', compress = false, timeouts, bound = 10_000 } = setting
  const capabilities = [...PROFILES[profile], ...(compress ? ['COMPRESS=DEFLATE'] : [])]
  const before = open()
  const listeners = EVENTS.map((event) => process.listenerCount(event))
  const box = Array.from({ length: MAILS }, (_, index) => ({ raw: letter(index + 1), internalDate: new Date(1.7e12) }))
  const users = { alice: { password: 'secret', mailboxes: { box, to: [] } } }
  const server = await ImapServer.start({ security, tls: certificate, capabilities, users })
  const target = server.connectOptions('alice')
  const proxy = await ChaosProxy.start(target, weather)
  const { user: name, password } = target.auth
  const record = await converse({
    options: {
      ...target,
      ...proxy.address,
      auth: { user: name, password, mechanisms: ['PLAIN'] },
      timeouts: { ...PATIENT, ...timeouts },
      compress,
      signal,
    },
    prefix: '',
    bound,
    deliver: () => void server.user('alice').mailbox('box').deliver(letter(50)),
  })
  await proxy[Symbol.asyncDispose]()
  await server.close()
  const [passage] = proxy.passages
  const wrong = judge(record, passage, server.user('alice'))
  wrong.push(...(await left(before)))
  if (getEventListeners(signal, 'abort').length > 0) wrong.push('listeners of the signal are left')
  const after = EVENTS.map((event) => process.listenerCount(event))
  if (String(after) !== String(listeners)) wrong.push('listeners of the process are left')
  return { record, passage, wrong }
}
