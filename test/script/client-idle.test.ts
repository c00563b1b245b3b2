import { describe, expect, it } from 'vitest'
import type { ConnectOptions } from 'imapkit'
import { ImapServer } from 'imapkit/testing'
import { connect } from 'imapkit'
import { leavesNothing, record, sleep, until } from '../behaviour/tools.js'
import { scene, type Scene } from './client-tools.js'

const EAGER = { delayMs: 0 }
const NEVER = 1_000_000

const start = (more = 'IDLE'): string => `
  S: * PREAUTH [CAPABILITY IMAP4rev1 ${more}] ready
  C: <t> SELECT INBOX
  S: * 1 EXISTS
  S: <t> OK [READ-WRITE] in
`
const IDLE = `
  C: <i> IDLE
  S: + idling
`
const DONE = `
  C: DONE
  S: <i> OK done
`

/** A client that has selected INBOX and is watched. */
async function watching(script: string, idle: ConnectOptions['idle'] = EAGER): Promise<Scene & { counts: number[] }> {
  const counts: number[] = []
  const it = await scene(script, { idle: idle ?? EAGER, on: { exists: ({ count }) => void counts.push(count) } })
  await it.client.select('INBOX')
  return { ...it, counts }
}

const sent = (it: Scene): string[] =>
  it.trace.filter((line) => line.startsWith('out')).map((line) => line.replace(/^out (\S+ )?(?=[A-Z]+)/, ''))

describe('IDLE', () => {
  it('begins when a mailbox is selected and somebody listens', async () => {
    await using it = await watching(`${start()}${IDLE}
      S: * 2 EXISTS
      S: * 3 EXISTS
      S-wait 20
    `)
    await it.done
    await until('both came', () => it.counts.length === 2)
    expect(it.counts).toEqual([2, 3])
  })

  it('gives way to a command, and comes back', async () => {
    await using it = await watching(`${start()}${IDLE}${DONE}
      C: <t> NOOP
      S: * 2 EXISTS
      S: <t> OK done
      ${IDLE}${DONE}
      C: <t> CHECK
      S: <t> OK done
      ${IDLE}
    `)
    await until('it idles', () => sent(it).at(-1) === 'IDLE')
    await it.client.noop()
    expect(it.counts).toEqual([2])
    await until('it idles again', () => sent(it).at(-1) === 'IDLE')
    const { check } = await import('imapkit')
    await it.client.run(check())
    await it.done
  })

  it('does not begin while a command is in flight', async () => {
    await using it = await watching(
      `${start()}
      C: <t> NOOP
      S-wait 50
      S: <t> OK done
      ${IDLE}
    `,
      { delayMs: 5 },
    )
    await it.client.noop()
    await it.done
  })

  it('waits for its delay, which listeners that come and go do not prolong', async () => {
    await using it = await watching(`${start()}${IDLE}`, { delayMs: 60 })
    const listener = (): void => undefined
    const timer = setInterval(() => it.client.on('flags', listener).off('flags', listener), 10)
    try {
      await it.done
    } finally {
      clearInterval(timer)
    }
  })

  it('is begun anew before the server loses patience', async () => {
    await using it = await watching(`${start()}${IDLE}${DONE}${IDLE}${DONE}${IDLE}`, { delayMs: 0, restartMs: 30 })
    await it.done
    expect(it.warnings).toEqual([])
  })

  it('does not take Infinity for at once', async () => {
    const script = `${start()}${IDLE}S-wait 50`
    await using it = await watching(script, { delayMs: 0, restartMs: Infinity, pollMs: Infinity })
    await it.done
    expect(sent(it)).toEqual(['SELECT INBOX', 'IDLE'])
  })

  it('begins with the first listener, and ends with the last one', async () => {
    await using it = await scene(`${start()}${IDLE}${DONE}${IDLE}${DONE}C: <t> NOOP\nS: <t> OK done`, { idle: EAGER })
    await it.client.select('INBOX')
    const listener = (): void => undefined
    it.client.on('status', listener)
    await sleep(20)
    expect(sent(it)).toEqual(['SELECT INBOX'])
    it.client.on('exists', listener)
    await until('it idles', () => sent(it).at(-1) === 'IDLE')
    it.client.on('expunge', listener)
    it.client.off('exists', listener)
    await sleep(20)
    expect(sent(it).at(-1)).toBe('IDLE')
    it.client.off('expunge', listener)
    await until('it stops', () => sent(it).at(-1) === 'DONE')
    it.client.once('vanished', listener)
    await until('it idles', () => sent(it).at(-1) === 'IDLE')
    it.client.removeAllListeners()
    await it.client.noop()
    await it.done
  })

  it('is polling where the server has no IDLE', async () => {
    await using it = await watching(
      `${start('')}
      C: <t> NOOP
      S: * 2 EXISTS
      S: <t> OK done
      C: <t> NOOP
      S: * 3 EXISTS
      S: <t> OK done
    `,
      { delayMs: NEVER, pollMs: 20 },
    )
    await it.done
    await until('both came', () => it.counts.length === 2)
  })

  it('goes on polling when a NOOP is refused', async () => {
    await using it = await watching(
      `${start('')}
      C: <t> NOOP
      S: <t> NO [UNAVAILABLE] later
      C: <t> NOOP
      S: <t> OK done
    `,
      { pollMs: 10 },
    )
    await it.done
    expect(it.warnings).toEqual(['The server answered NOOP with NO: later'])
  })

  it('is polling from then on when the server refuses IDLE after all', async () => {
    await using it = await watching(
      `${start()}
      C: <i> IDLE
      S: <i> BAD never heard of it
      C: <t> NOOP
      S: <t> OK done
      C: <t> NOOP
      S: <t> OK done
    `,
      { delayMs: 0, pollMs: 20 },
    )
    await it.done
    expect([...it.client.quirks]).toEqual(['IDLE-REFUSED'])
    expect(it.warnings).toEqual(['The server answered IDLE with BAD: never heard of it'])
  })

  it('is off where it was switched off', async () => {
    await using it = await watching(`${start()}C: <t> NOOP\nS: <t> OK done`, false)
    await sleep(20)
    await it.client.noop()
    await it.done
  })

  it('rests while no mailbox is selected', async () => {
    await using it = await watching(`
      S: * PREAUTH [CAPABILITY IMAP4rev1 IDLE UNSELECT] ready
      C: <t> SELECT INBOX
      S: <t> OK in
      ${IDLE}${DONE}
      C: <t> UNSELECT
      S: <t> OK done
      S-wait 30
      C: <t> EXAMINE INBOX
      S: <t> OK in
      ${IDLE}
    `)
    await until('it idles', () => sent(it).at(-1) === 'IDLE')
    await it.client.mailbox?.unselect()
    await sleep(20)
    await it.client.examine('INBOX')
    await it.done
  })

  it('begins for a mailbox that was selected by a command value', async () => {
    const { select } = await import('imapkit')
    await using it = await scene(`${start()}${IDLE}`, { idle: EAGER, on: { exists: () => undefined } })
    await it.client.run(select('INBOX'))
    await it.done
  })

  it('is no warning when the server hangs up', async () => {
    await using it = await watching(`${start()}${IDLE}S: * BYE autologout\nS-close`)
    const { reason, error } = await it.client.closed
    expect(reason).toBe('error')
    expect(error).toMatchObject({ code: 'ERR_IMAP_BYE' })
    expect(it.warnings).toEqual([])
  })

  it.each(['logout', 'close'] as const)('leaves nothing behind %s()', async (how) => {
    await using server = await ImapServer.start({ security: 'plaintext', users: { alice: { password: 'secret' } } })
    await leavesNothing(how, async () => {
      for (const options of [EAGER, { delayMs: NEVER }, { delayMs: 0, restartMs: NEVER }]) {
        const client = await connect({ ...server.connectOptions('alice'), idle: options })
        const exists = record(client, 'exists')
        await client.select('INBOX')
        if (options.delayMs === 0) await until('it idles', () => server.log.at(-1)?.endsWith('IDLE') === true)
        await client[how]()
        await client.closed
        // Listeners that come afterwards begin nothing.
        client.on('flags', () => undefined)
        expect(exists).toEqual([])
      }
    })
    const lines = server.log.length
    await sleep(20)
    expect(server.log.length).toBe(lines)
  })
})
