// A server that kept on talking kept some calls waiting for ever; others got their bound once for each of their commands.
import { describe, expect, it } from 'vitest'
import { seqs, uid, uids, type ImapClient, type Mailbox } from 'imapkit'
import { rejection, sleep, within } from '../behaviour/tools.js'
import { chatter, opened } from './peer.js'

/** A mailbox whose server talks and never comes to an end of what matches. */
async function endless(endless: RegExp, timeouts: { readonly command?: number; readonly silence?: number }) {
  const at: { client?: ImapClient } = {}
  const it = await opened(
    9,
    ({ name, args }, say) => {
      if (endless.test(`${name} ${args}`)) return void chatter(say, () => at.client)
      return args.includes('RFC822.SIZE') ? ['* 1 FETCH (UID 5 RFC822.SIZE 500)'] : []
    },
    { timeouts: { silence: 3000, grace: 100, ...timeouts } },
  )
  at.client = it.client
  return it
}

describe('A server that talks and never ends', () => {
  const calls: [string, RegExp, (mailbox: Mailbox, timeout?: number) => Promise<unknown>][] = [
    ['store by number', /^FETCH/, (box, timeout) => box.store(seqs(2), { add: ['\\Seen'] }, { timeout })],
    ['store on the last', /^FETCH/, (box, timeout) => box.store(uids('*'), { add: ['\\Seen'] }, { timeout })],
    ['copy', /^FETCH/, (box, timeout) => box.copy(seqs('1:*'), 'other', { timeout })],
    ['move', /^FETCH/, (box, timeout) => box.move(seqs(2), 'other', { timeout })],
    ['delete', /^FETCH/, (box, timeout) => box.delete(seqs(2), { timeout })],
    ['expunge', /^FETCH/, (box, timeout) => box.expunge(seqs(2), { timeout })],
    ['parse', /BODY/, (box, timeout) => box.parse(uid(5), { timeout })],
    ['bytes', /BODY/, async (box, timeout) => (await box.download(uid(5), '', { timeout }))?.bytes()],
    ['text', /BODY/, async (box, timeout) => (await box.download(uid(5), '', { timeout }))?.text()],
  ]

  it.each(calls)('is given up after timeouts.command: %s', async (_title, which, act) => {
    await using it = await endless(which, { command: 200 })
    const error = await rejection(within(1500, 'the call', act(it.mailbox)))
    expect(error).toMatchObject({ code: 'ERR_IMAP_TIMEOUT', phase: 'command' })
  })

  it.each(calls)('is given up after { timeout }: %s', async (_title, which, act) => {
    await using it = await endless(which, {})
    const error = await rejection(within(1500, 'the call', act(it.mailbox, 200)))
    expect(error).toMatchObject({ code: 'ERR_IMAP_TIMEOUT', phase: 'command' })
  })
})

it('A change in many parts has one bound for all, and tells how far it came', async () => {
  const odd = Array.from({ length: 60 }, (_, i) => 2 * i + 1)
  await using it = await opened(
    200,
    ({ tag, name }, say) => (name === 'UID STORE' ? void sleep(120).then(() => say(`${tag} OK done`)) : []),
    { limits: { commandLine: 30 }, timeouts: { command: 300 } },
  )
  const began = performance.now()
  const error = await rejection(it.mailbox.store(uids(odd), { add: ['\\Seen'] }))
  expect(performance.now() - began).toBeLessThan(1000)
  expect(error).toMatchObject({ name: 'PartialResultError', cause: { code: 'ERR_IMAP_TIMEOUT' } })
  // Nothing is sent for which no time is left.
  await sleep(200)
  expect(it.log.filter((line) => line.startsWith('UID STORE')).length).toBeLessThan(5)
})
