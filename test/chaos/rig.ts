import { getEventListeners, setMaxListeners } from 'node:events'
import type { Timeouts } from 'imapkit'
import { ImapServer, type ServerSecurity } from 'imapkit/testing'
import { selfSigned } from '../../src/testing/certificate.js'
import { left, open, type Open } from '../handles/ledger.js'
import { converse, letter, MAILS, type Record } from './conversation.js'
import { judge } from './oracle.js'
import { ChaosProxy, type Passage, type Weather } from './proxy.js'

/** What the server of a conversation can do. */
export const PROFILES = {
  /** Literals wait, a move is a copy, and nothing is told of UIDs. */
  base: ['IMAP4rev1', 'AUTH=PLAIN', 'SASL-IR'],
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
  /** Milliseconds until IDLE is begun anew. */
  readonly restartMs?: number
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
const PATIENT = { connect: 40_000, greeting: 40_000, auth: 40_000, silence: 40_000, command: 40_000, grace: 40_000 }
/** Conversations at a time, of those that mostly wait. */
const WIDTH = 16
const certificate = selfSigned()
/** All clients listen to it; nothing may be left of that. */
const { signal } = new AbortController()
setMaxListeners(0, signal)
const EVENTS = ['SIGTERM', 'SIGINT', 'exit', 'beforeExit', 'uncaughtException', 'unhandledRejection'] as const

/** Runs one conversation in this weather, and judges it, and what it leaves behind. */
export async function run(setting: Setting): Promise<Run> {
  const before = standing()
  const done = await converseIn(setting)
  return { ...done, wrong: [...done.wrong, ...(await leftBehind(before))] }
}

/** Runs conversations side by side, for those that mostly wait; what they leave behind is looked for at the end. */
export async function runAll(
  settings: readonly Setting[],
): Promise<{ runs: readonly Run[]; wrong: readonly string[] }> {
  const before = standing()
  const runs: Run[] = []
  const waiting = settings.entries()
  const worker = async (): Promise<void> => {
    for (const [index, setting] of waiting) runs[index] = await converseIn(setting)
  }
  await Promise.all(Array.from({ length: WIDTH }, worker))
  const wrong = runs.flatMap((each, index) => {
    const { profile, weather } = settings[index]!
    return each.wrong.map((what) => `${profile} ${JSON.stringify(weather)}: ${what}`)
  })
  return { runs, wrong: [...wrong, ...(await leftBehind(before))] }
}

interface Standing {
  readonly open: Open
  readonly listeners: string
}

const listeners = (): string => String(EVENTS.map((event) => process.listenerCount(event)))

function standing(): Standing {
  return { open: open(), listeners: listeners() }
}

async function leftBehind(before: Standing): Promise<string[]> {
  const wrong = await left(before.open, 20_000)
  if (getEventListeners(signal, 'abort').length > 0) wrong.push('listeners of the signal are left')
  if (listeners() !== before.listeners) wrong.push('listeners of the process are left')
  return wrong
}

async function converseIn(setting: Setting): Promise<Run> {
  const { profile, weather = {}, security = 'plaintext', compress = false, timeouts, bound = 50_000 } = setting
  const capabilities = [...PROFILES[profile], ...(compress ? ['COMPRESS=DEFLATE'] : []), 'STARTTLS']
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
      idle: { delayMs: 0, ...(setting.restartMs !== undefined && { restartMs: setting.restartMs }) },
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
  const isReadable = security === 'plaintext' && !compress
  return { record, passage, wrong: judge(record, isReadable ? passage : undefined, server.user('alice')) }
}
