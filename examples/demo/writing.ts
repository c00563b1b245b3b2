import { randomBytes } from 'node:crypto'
import { connect, uids, type ConnectOptions, type ImapClient, type ImapEvents } from 'imapkit'
import { heading, line } from './print.js'

/** Everything that changes something, in mailboxes of the demo's own, which are removed again whatever happens. */
export async function writing(options: ConnectOptions, signal: AbortSignal): Promise<void> {
  await using client = await connect({ ...options, signal })
  await using watcher = await connect({ ...options, signal, idle: { delayMs: 0 } })
  const namespaces = client.capabilities.has('NAMESPACE') ? await client.namespace({ signal }) : null
  const prefix = namespaces?.personal[0]?.prefix ?? ''
  const name = `${prefix}imapkit-demo-${randomBytes(4).toString('hex')}`
  const made: string[] = []
  try {
    for (const each of [name, `${name}-moved`]) {
      await client.createMailbox(each, { signal })
      made.push(each)
    }
    await changing(client, watcher, name, signal)
  } finally {
    await remove(options, made)
  }
}

async function changing(client: ImapClient, watcher: ImapClient, name: string, signal: AbortSignal): Promise<void> {
  heading(`Writing, in ${name} only`)
  await watcher.select(name, { signal })
  const arrived = event(watcher, 'exists', (payload) => payload.count === 3, signal)
  const text = 'From: demo@example.org\r\nSubject: A demo\r\n\r\nHello.\r\n'
  for (let i = 0; i < 3; i++) await client.append(name, text, { flags: i === 0 ? ['\\Seen'] : [], signal })
  line(`appended 3 mails; the second connection heard of ${(await arrived).count}`)

  await using mailbox = await client.select(name, { signal })
  const all = await mailbox.search({}, { signal })
  await mailbox.store(all, { add: ['\\Flagged'] }, { signal })
  line(`flagged: ${(await mailbox.search({ flagged: true }, { signal })).toString()}`)

  const gone = event(watcher, 'expunge', () => true, signal)
  const { head: first, tail: others } = all.take(1)
  await mailbox.move(first, `${name}-moved`, { signal, allowNonAtomic: true })
  await gone
  line(`moved ${first.toString()}; the second connection heard of the expunge`)
  const emptied = event(watcher, 'expunge', () => true, signal)
  await mailbox.delete(uids(others), { signal })
  await emptied
  line(`deleted ${others.toString()}; the second connection heard of that too`)
}

/** Resolves with the first payload of an event that `fits`. */
function event<K extends 'exists' | 'expunge'>(
  client: ImapClient,
  name: K,
  fits: (payload: ImapEvents[K][0]) => boolean,
  signal: AbortSignal,
): Promise<ImapEvents[K][0]> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(90_000)])
  return new Promise((resolve, reject) => {
    const listener = (payload: ImapEvents[K][0]): void => {
      if (!fits(payload)) return
      client.off(name, listener)
      resolve(payload)
    }
    client.on(name, listener)
    limit.addEventListener('abort', () => {
      reject(limit.reason instanceof Error ? limit.reason : new Error('the event did not come'))
    })
  })
}

/** Removes mailboxes over a connection of its own, so that it works after an interruption, too. */
async function remove(options: ConnectOptions, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  await using client = await connect(options)
  for (const name of [...names].reverse()) await client.deleteMailbox(name)
  line(`removed ${names.join(' and ')}`)
}
