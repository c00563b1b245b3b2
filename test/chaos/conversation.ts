import {
  connect,
  headers,
  seqs,
  uids,
  type CloseInfo,
  type ConnectOptions,
  type ImapClient,
  type Mailbox,
  type Uid,
} from 'imapkit'
import { within } from '../behaviour/tools.js'

/** How one call ended. */
export interface Call {
  readonly name: string
  readonly error?: unknown
}

/** What a conversation leaves behind. */
export interface Record {
  /** In the order in which they were made. */
  readonly calls: readonly Call[]
  /** The lines that the client meant to send, without secrets. */
  readonly lines: readonly string[]
  /** How the connection ended; undefined when it never was. */
  readonly end?: CloseInfo
}

/** What a conversation is about, and how long anything in it may take. */
export interface Subject {
  readonly options: ConnectOptions
  /** What every name of a mailbox begins with. */
  readonly prefix: string
  /** Milliseconds that a call may take at most: beyond it has not settled. */
  readonly bound: number
  /** Puts a mail into the mailbox while the client idles; left out, it does not idle. */
  readonly deliver?: () => void | Promise<void>
}

/** The mailboxes that a conversation expects beside `from`: without mails, and none of the name `made` and `named`. */
export const NAMES = { from: 'box', to: 'to', made: 'made', named: 'named' } as const

/** How many mails the mailbox `from` has in the beginning. */
export const MAILS = 6

/** One mail; what is stored in a conversation can be told by its number. */
export function letter(number: number): string {
  return `Subject: letter ${number}\r\n\r\nbody ${number}\r\n`
}

/** The numbers of the letters that a conversation appends, by the name of its call. */
export const LETTERS = { append: [11], upload: [12], appendAll: [13, 14] } as const

/**
 * Talks to a server of what a client has to say, and goes on whatever happens: every call is made, and every one has to
 * settle in time.
 */
export async function converse(subject: Subject): Promise<Record> {
  const { options, prefix, bound } = subject
  const calls: Call[] = []
  const lines: string[] = []
  const call = async <T>(name: string, act: () => Promise<T>): Promise<T | undefined> => {
    try {
      const value = await within(bound, name, act())
      calls.push({ name })
      return value
    } catch (error) {
      calls.push({ name, error })
      return undefined
    }
  }
  const on = {
    trace: ({ direction, text }: { direction: string; text: string }) => direction === 'out' && void lines.push(text),
  }
  const client = await call('connect', () => connect({ ...options, on }))
  if (client === undefined) return { calls, lines }
  const box = (name: keyof typeof NAMES): string => `${prefix}${NAMES[name]}`
  try {
    await Promise.all([
      call('list', () => client.list(`${prefix}*`)),
      call('status', () => client.status(box('to'), { messages: true })),
    ])
    await call('create', () => client.createMailbox(box('made')))
    await call('rename', () => client.renameMailbox(box('made'), box('named')))
    await call('deleteMailbox', () => client.deleteMailbox(box('named')))
    const mailbox = await call('select', () => client.select(box('from')))
    if (mailbox !== undefined) {
      await inMailbox(subject, client, mailbox, box('to'), call)
      await call('unselect', () => mailbox.unselect())
    }
    await call('logout', () => client.logout())
  } finally {
    client.close()
  }
  return { calls, lines, end: await within(bound, 'the end of the client', client.closed) }
}

type Caller = <T>(name: string, act: () => Promise<T>) => Promise<T | undefined>

async function inMailbox(
  subject: Subject,
  client: ImapClient,
  mailbox: Mailbox,
  to: string,
  call: Caller,
): Promise<void> {
  const { capabilities } = client
  await call('fetch', () => mailbox.fetch(uids('1:*'), { envelope: true, flags: true }).toArray())
  await Promise.all([
    call('search', () => mailbox.search({ seen: false })),
    call('fetchOne', () => mailbox.fetchOne(2 as Uid, { size: true })),
    call('noop', () => client.noop()),
  ])
  await call('store', () => mailbox.store(uids('1:2'), { add: ['\\Seen'] }))
  await call('storeSeq', () => mailbox.store(seqs(3), { add: ['\\Flagged'], silent: true }))
  if (capabilities.has('CONDSTORE')) {
    const unchangedSince = (mailbox.highestModSeq ?? 0n) + 100n
    await call('storeIf', () => mailbox.store(uids(4), { add: ['\\Answered'], unchangedSince }))
  }
  await call('append', () => client.append(to, letter(LETTERS.append[0])))
  const content = Buffer.from(letter(LETTERS.upload[0]))
  await call('upload', () => client.append(to, { stream: halves(content), size: content.length }))
  const all = LETTERS.appendAll.map((number) => ({ content: letter(number), flags: ['\\Draft'] }))
  await call('appendAll', () => client.append(to, all))
  await Promise.all([
    call('copy', () => mailbox.copy(uids('1:2'), to)),
    call('fetchMore', () => mailbox.fetch(uids('1:3'), { sections: { subject: headers('Subject') } }).toArray()),
    call('move', () => mailbox.move(uids(3), to, { allowNonAtomic: true })),
  ])
  const { deliver } = subject
  if (deliver !== undefined && capabilities.has('IDLE')) await call('idle', () => idle(deliver, client))
  await Promise.all([
    call('stream', () => read(mailbox)),
    call('download', async () => (await mailbox.download(4 as Uid, '1'))?.bytes()),
  ])
  await call('mark', () => mailbox.store(uids(5), { add: ['\\Deleted'], silent: true }))
  await call('expunge', () => mailbox.expunge())
  await call('delete', () => mailbox.delete(uids(6), { allowFullExpunge: true }))
}

/** Listens until a mail comes, or the connection has ended. */
async function idle(deliver: NonNullable<Subject['deliver']>, client: ImapClient): Promise<void> {
  const ended = client.closed.then(({ error }) => {
    throw error ?? new Error('the connection ended without a reason')
  })
  ended.catch(() => undefined)
  let ready = (): void => undefined
  const idling = new Promise<void>((resolve) => (ready = resolve))
  const watch = ({ direction, text }: { direction: string; text: string }): void => {
    if (direction === 'in' && text.startsWith('+')) ready()
  }
  client.on('trace', watch)
  const heard = new Promise<void>((resolve) => client.once('exists', () => resolve()))
  try {
    await Promise.race([idling, ended])
    await deliver()
    await Promise.race([heard, ended])
  } finally {
    client.off('trace', watch)
    client.removeAllListeners('exists')
  }
}

async function read(mailbox: Mailbox): Promise<void> {
  for await (const body of mailbox.stream(uids('1:2'))) for await (const _ of body);
}

async function* halves(content: Buffer): AsyncGenerator<Buffer> {
  const middle = content.length >> 1
  yield content.subarray(0, middle)
  await Promise.resolve()
  yield content.subarray(middle)
}
