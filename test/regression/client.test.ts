import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { connect, select, type ConnectOptions } from 'imapkit'
import { readConnectUrl } from '../../src/client/connect-url.js'
import { rejection, sleep } from '../behaviour/tools.js'
import { QUIET, refused, scene } from '../script/client-tools.js'

const GREETING = 'S: * PREAUTH [CAPABILITY IMAP4rev1] ready\n'
const SELECT = 'C: <t> SELECT INBOX\nS: * 1 EXISTS\nS: <t> OK [READ-WRITE] in\n'

describe('a URL', () => {
  it('with a password and a mistake showed the password in the cause of the error', async () => {
    const error = await rejection(connect('imaps://alice:hunter2@imap example.org/'))
    expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain('hunter2')
  })

  it('made ;AUTH= a part of the user name', () => {
    expect(readConnectUrl('imaps://alice;AUTH=*@h/').user).toBe('alice')
  })

  it('with a host name beyond ASCII led to a name that cannot be found', () => {
    expect(readConnectUrl('imaps://bücher.example/').host).toBe('xn--bcher-kva.example')
  })
})

describe('connecting', () => {
  it('that was given up told that the connection was kept, and closed it', async () => {
    const controller = new AbortController()
    const error = await refused('S: * OK [CAPABILITY IMAP4rev1] ready\nC: <t> LOGIN a b\nS: * OK waiting\nC-close', {
      auth: { user: 'a', password: 'b' },
      signal: controller.signal,
      on: { trace: ({ text }) => text.includes('waiting') && controller.abort() },
    })
    expect(error).toMatchObject({ name: 'AbortError', connection: 'closed' })
  })

  it('as somebody else asked for a token although somebody was logged in', async () => {
    let asked = 0
    await using it = await scene(GREETING)
    await rejection(it.client.authenticate({ user: 'a', accessToken: () => `token${++asked}` }))
    expect(asked).toBe(0)
  })

  it.each<[string, unknown]>([
    ['null', null],
    ['a listener of an event that does not exist', { host: 'h', on: { error: () => undefined } }],
    ['auth that is no object', { host: 'h', auth: 'alice' }],
  ])('rejected with a TypeError, or not at all, for %s', async (_, options) => {
    expect(await rejection(connect(options as ConnectOptions))).toMatchObject({ code: 'ERR_IMAP_ARGUMENT' })
  })

  it('took each step of a login for a login of its own, and so several times timeouts.auth', async () => {
    const script = `S: * OK ready
      C: <t> CAPABILITY
      S-wait 120
      S: * CAPABILITY IMAP4rev1
      S: <t> OK done
      C: <t> LOGIN a b
      S-wait 120
      S: <t> OK in
      S-wait 1000`
    await expect(scene(script, { auth: { user: 'a', password: 'b' }, timeouts: { auth: 200 } })).rejects.toMatchObject({
      phase: 'auth',
    })
  })
})

describe('a client', () => {
  it('rejected the second of two logouts', async () => {
    await using it = await scene(`${GREETING}C: <t> LOGOUT\nS: * BYE bye\nS: <t> OK done\nS-close`)
    await expect(Promise.all([it.client.logout(), it.client.logout()])).resolves.toHaveLength(2)
  })

  it('kept the old handle in mailbox after a SELECT that was run as a command value', async () => {
    await using it = await scene(GREETING + SELECT + SELECT.replace('INBOX', 'Other'))
    const inbox = await it.client.select('INBOX')
    await it.client.run(select('Other'))
    expect(it.client.mailbox).not.toBe(inbox)
    expect(it.client.mailbox?.name).toBe('Other')
  })

  it('could not be written as JSON', async () => {
    await using it = await scene(GREETING, { on: { exists: () => undefined } })
    expect(() => JSON.stringify(it.client)).not.toThrow()
  })

  it('closed by its signal told that close() had been called', async () => {
    const controller = new AbortController()
    await using it = await scene(GREETING, { signal: controller.signal })
    controller.abort('enough')
    expect(await it.client.closed).toMatchObject({ reason: 'error', error: { name: 'AbortError', cause: 'enough' } })
  })
})

describe('list()', () => {
  it('lost special uses, and took parents for subscribed, where LSUB stands in for LIST-EXTENDED', async () => {
    await using it = await scene(`${GREETING}
      C: <l> LIST "" %
      C: <s> LSUB "" %
      S: * LIST (\\Sent) "/" Sent
      S: * LIST () "/" Parent
      S: <l> OK done
      S: * LSUB () "/" Sent
      S: * LSUB (\\Noselect) "/" Parent
      S: <s> OK done
    `)
    expect(await it.client.list('%', { subscribed: true })).toMatchObject([{ name: 'Sent', specialUse: '\\Sent' }])
  })

  it('did not tell that a mailbox is not subscribed when none is', async () => {
    await using it = await scene(`S: * PREAUTH [CAPABILITY IMAP4rev1 LIST-EXTENDED] ready
      C: <t> LIST "" * RETURN (SUBSCRIBED CHILDREN)
      S: * LIST () "/" INBOX
      S: <t> OK done
    `)
    expect((await it.client.list())[0]?.subscribed).toBe(false)
  })
})

describe('append()', () => {
  it('stored the first messages of a list before it refused the last one', async () => {
    await using it = await scene(GREETING)
    await rejection(it.client.append('a', [{ content: 'x' }, { content: '' }]))
    expect(it.trace.filter((line) => line.startsWith('out'))).toEqual([])
  })
})

describe('IDLE', () => {
  it('was begun anew without a pause when restartMs was Infinity', async () => {
    await using it = await scene(
      `S: * PREAUTH [CAPABILITY IMAP4rev1 IDLE] ready\n${SELECT}C: <i> IDLE\nS: + idling\nS-wait 40`,
      { ...QUIET, idle: { delayMs: 0, restartMs: Infinity }, on: { exists: () => undefined } },
    )
    await it.client.select('INBOX')
    await it.done
    expect(it.trace.filter((line) => line === 'out DONE')).toEqual([])
  })

  it('and polling were put off by every listener that came or went', async () => {
    await using it = await scene(`${GREETING}${SELECT}C: <t> NOOP\nS: <t> OK done`, {
      ...QUIET,
      idle: { pollMs: 60 },
      on: { exists: () => undefined },
    })
    await it.client.select('INBOX')
    const listener = (): void => undefined
    const timer = setInterval(() => it.client.on('bye', listener).off('bye', listener), 10)
    try {
      // Rejects when nothing is polled for as long as a script waits.
      await it.done
    } finally {
      clearInterval(timer)
    }
  })
})

describe('a listener that throws', () => {
  it('kept the listeners behind it from being called', async () => {
    const thrown: unknown[] = []
    const others = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    const keep = (error: unknown): void => void thrown.push(error)
    process.on('uncaughtException', keep)
    try {
      const heard: string[] = []
      await using it = await scene(`${GREETING}C: <t> NOOP\nS: * OK [ALERT] look\nS: <t> OK done`)
      it.client.on('alert', () => {
        throw new Error('a bug')
      })
      it.client.on('alert', ({ text }) => void heard.push(text))
      await it.client.noop()
      expect(heard).toEqual(['look'])
      await sleep(0)
      expect(thrown).toEqual([new Error('a bug')])
    } finally {
      process.off('uncaughtException', keep)
      for (const other of others) process.on('uncaughtException', other)
    }
  })
})
