import { setTimeout as sleep } from 'node:timers/promises'
import type { ImapClient } from 'imapkit'
import { expect } from 'vitest'
import { within } from '../behaviour/tools.js'

/** Far more than a loaded machine needs to tell that a connection is gone. */
const LONG = 15_000

/** The error by which a connection ended by itself, and that everything that is called from then on is rejected with. */
export async function endOf(client: ImapClient): Promise<unknown> {
  const info = await within(LONG, 'the end of the connection', client.closed)
  expect(info.reason).toBe('error')
  expect(client.state).toBe('logout')
  expect(client.mailbox).toBeNull()
  await expect(client.noop()).rejects.toBe(info.error)
  return info.error
}

/** A message of so many octets of text. */
export function text(octets: number): string {
  return `Subject: text\r\n\r\n${'0123456789abcdef0123456789abcdef\r\n'.repeat(Math.ceil(octets / 34))}`
}

/** A message that never comes to its end: what has come by then is sent. */
export async function* endless(sent: () => void): AsyncGenerator<Buffer> {
  yield Buffer.from(text(2000))
  sent()
  for (;;) {
    await sleep(50)
    yield Buffer.from('x\r\n')
  }
}
