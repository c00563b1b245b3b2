// A time-out of a command that may have been carried out all the same was called retryable, so that mail was doubled.
import { describe, expect, it } from 'vitest'
import { uids } from 'imapkit'
import { rejection } from '../behaviour/tools.js'
import { scene } from '../script/client-tools.js'

const GREETING = 'S: * PREAUTH [CAPABILITY IMAP4rev1 LITERAL+ UIDPLUS] ready\n'
const SELECT = 'C: <t> SELECT INBOX\nS: * 3 EXISTS\nS: <t> OK [READ-WRITE] in\n'
const UNSAFE = { name: 'TimeoutError', phase: 'command', connection: 'kept', retryable: false }

describe('a time-out', () => {
  it('of APPEND that was sent said that it may be repeated', async () => {
    const script = `${GREETING}C: <t> APPEND INBOX {2+}\nC: hi\nS-wait 300\nS: <t> OK [APPENDUID 1 2] late\nC: <t> NOOP\nS: <t> OK done`
    await using it = await scene(script)
    const error = await rejection(it.client.append('INBOX', 'hi', { timeout: 100 }))
    expect(error).toMatchObject({ ...UNSAFE, message: expect.stringContaining('may have been carried out') as string })
    await it.client.noop()
    await it.done
  })

  it('of APPEND whose literal still waits for the server says so too: it is sent afterwards', async () => {
    const script = `S: * PREAUTH [CAPABILITY IMAP4rev1] ready
      C: <t> APPEND INBOX {2}
      S-wait 300
      S: + go on
      C: hi
      S: <t> OK done
      C: <t> NOOP
      S: <t> OK done`
    await using it = await scene(script)
    expect(await rejection(it.client.append('INBOX', 'hi', { timeout: 100 }))).toMatchObject(UNSAFE)
    await it.client.noop()
    await it.done
  })

  it('of COPY that was sent said that it may be repeated', async () => {
    await using it = await scene(`${GREETING}${SELECT}C: <t> UID COPY <*>\nS-wait 300`)
    const inbox = await it.client.select('INBOX')
    expect(await rejection(inbox.copy(uids(1), 'X', { timeout: 100 }))).toMatchObject(UNSAFE)
  })

  it('of what was still in the queue, or may be repeated, is retryable', async () => {
    await using it = await scene(`${GREETING}C: <t> CREATE A\nS-wait 400`, { pipelining: 1 })
    const created = rejection(it.client.createMailbox('A', { timeout: 200 }))
    const queued = rejection(it.client.createMailbox('B', { timeout: 100 }))
    expect(await queued).toMatchObject({ name: 'TimeoutError', retryable: true })
    expect(await created).toMatchObject(UNSAFE)
    await using other = await scene(`${GREETING}C: <t> NOOP\nS-wait 400`)
    expect(await rejection(other.client.noop({ timeout: 100 }))).toMatchObject({ ...UNSAFE, retryable: true })
  })
})

it('a server that does not end it within the grace closes the connection: what waited may be repeated', async () => {
  await using it = await scene(`${GREETING}C: <t> CREATE A\nC-close`, {
    pipelining: 1,
    timeouts: { grace: 100 },
  })
  const created = rejection(it.client.createMailbox('A', { timeout: 100 }))
  const waiting = rejection(it.client.noop())
  expect(await created).toMatchObject(UNSAFE)
  expect(await waiting).toMatchObject({ phase: 'grace', connection: 'closed', retryable: true })
})

it('an abort is never retryable', async () => {
  const controller = new AbortController()
  await using it = await scene(`${GREETING}C: <t> CREATE A\nS-wait 300`, {
    on: { trace: ({ text }) => text.includes('CREATE') && setImmediate(() => controller.abort()) },
  })
  const error = await rejection(it.client.createMailbox('A', { signal: controller.signal }))
  expect(error).toMatchObject({ name: 'AbortError', retryable: false, connection: 'kept' })
})
