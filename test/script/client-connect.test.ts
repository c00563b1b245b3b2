import { describe, expect, it } from 'vitest'
import { AbortError, ByeError, check, connect, ConnectionError, ResponseError, TimeoutError } from 'imapkit'
import { ScriptedServer } from 'imapkit/testing'
import { rejection } from '../behaviour/tools.js'
import { QUIET, refused, scene } from './client-tools.js'

const auth = { user: 'alice', password: 'secret' }

describe('connecting', () => {
  it('asks for nothing that it was told', async () => {
    await using it = await scene(
      `
      S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready
      C: <t> AUTHENTICATE PLAIN AGFsaWNlAHNlY3JldA==
      S: <t> OK [CAPABILITY IMAP4rev1 CONDSTORE ENABLE ID] in
      C: <t> ID ("name" "test")
      S: * ID ("name" "script")
      S: <t> OK done
      C: <t> ENABLE CONDSTORE
      S: * ENABLED CONDSTORE
      S: <t> OK done
      C: <t> SELECT INBOX
      S: * 1 EXISTS
      S: <t> OK [READ-WRITE] done
    `,
      { auth, id: { name: 'test' } },
    )
    expect(it.client.state).toBe('authenticated')
    expect(it.client.serverId).toEqual(new Map([['name', 'script']]))
    expect([...it.client.enabled]).toEqual(['CONDSTORE'])
    expect(it.client.traffic.roundTrips).toBe(3)
    await it.client.select('INBOX')
    await it.done
    expect(it.client.quirks.size).toBe(0)
  })

  it('asks for capabilities where greeting and login do not tell them', async () => {
    await using it = await scene(
      `
      S: * OK ready
      C: <t> CAPABILITY
      S: * CAPABILITY IMAP4rev1
      S: <t> OK done
      C: <t> LOGIN alice secret
      S: <t> OK in
      C: <t> CAPABILITY
      S: * CAPABILITY IMAP4rev1 UIDPLUS
      S: <t> OK done
    `,
      { auth },
    )
    await it.done
    expect([...it.client.capabilities]).toEqual(['IMAP4REV1', 'UIDPLUS'])
  })

  it('takes capabilities that come untagged with the login', async () => {
    await using it = await scene(
      `
      S: * OK [CAPABILITY IMAP4rev1] ready
      C: <t> LOGIN alice secret
      S: * CAPABILITY IMAP4rev1 MOVE
      S: <t> OK in
      C: <t> NOOP
      S: <t> OK done
    `,
      { auth },
    )
    await it.client.noop()
    await it.done
    expect(it.client.capabilities.has('move')).toBe(true)
  })

  it('asks a server that has no capabilities only once', async () => {
    await using it = await scene(`
      S: * PREAUTH hello
      C: <t> CAPABILITY
      S: * CAPABILITY
      S: <t> OK done
      C: <t> NOOP
      S: <t> OK done
    `)
    await it.client.noop()
    await it.done
  })

  it('logs nobody in behind PREAUTH, and does what follows a login', async () => {
    const { id: _, ...idle } = { ...QUIET }
    const script = String.raw`
      S: * PREAUTH [CAPABILITY IMAP4rev2 ID] hello
      C: /(?<t>\S+) ID \("name" "imapkit" "version" "[^"]+"\)/
      S: * ID NIL
      S: <t> OK done
      C: <t> ENABLE IMAP4REV2
      S: * ENABLED IMAP4rev2
      S: <t> OK done
    `
    await using server = await ScriptedServer.start(script)
    // The options of the server hold credentials, which are not needed.
    await using client = await connect({ ...server.connectOptions('alice'), ...idle })
    await server.done
    expect(client.state).toBe('authenticated')
    expect(client.serverId).toBeNull()
    expect(client.enabled.has('IMAP4REV2')).toBe(true)
  })

  it('stays not authenticated without auth, and knows the capabilities', async () => {
    await using it = await scene(
      `
      S: * OK ready
      C: <t> CAPABILITY
      S: * CAPABILITY IMAP4rev1 ID ENABLE CONDSTORE LOGINDISABLED
      S: <t> OK done
    `,
      { id: { name: 'x' } },
    )
    await it.done
    expect(it.client.state).toBe('not-authenticated')
    expect(it.client.capabilities.has('LOGINDISABLED')).toBe(true)
    expect(await rejection(it.client.select('INBOX'))).toMatchObject({ code: 'ERR_IMAP_STATE' })
  })

  it('lives with a server that refuses ID and ENABLE', async () => {
    await using it = await scene(
      `
      S: * PREAUTH [CAPABILITY IMAP4rev1 IMAP4rev2 CONDSTORE QRESYNC ENABLE ID] hello
      C: <t> ID ("name" "x")
      S: <t> BAD what is that
      C: <t> ENABLE IMAP4REV2 CONDSTORE QRESYNC
      S: <t> BAD one of these is bad
      C: <t> ENABLE IMAP4REV2
      S: <t> BAD this one
      C: <t> ENABLE CONDSTORE
      S: * ENABLED CONDSTORE
      S: <t> OK done
      C: <t> ENABLE QRESYNC
      S: <t> NO not today
      C: <t> NOOP
      S: <t> OK done
    `,
      { id: { name: 'x' }, enable: ['qresync', 'UTF8=ACCEPT'] },
    )
    await it.client.noop()
    await it.done
    expect([...it.client.quirks]).toEqual(['ID-REFUSED', 'ENABLE-REFUSED'])
    expect([...it.client.enabled]).toEqual(['CONDSTORE'])
    expect(it.client.serverId).toBeNull()
    expect(it.warnings).toEqual([
      'The server answered ID with BAD: what is that',
      'The server answered ENABLE with BAD: one of these is bad',
    ])
  })

  it('fails, and closes, when the server leaves between login and ENABLE', async () => {
    const error = await refused(
      `
      S: * PREAUTH [CAPABILITY IMAP4rev1 CONDSTORE ENABLE] hello
      C: <t> ENABLE CONDSTORE
      S: * BYE enough
      S-close
    `,
    )
    expect(error).toBeInstanceOf(ByeError)
  })

  it.each([
    ['the login', '* OK [CAPABILITY IMAP4rev1] ready', 'C: <t> LOGIN alice secret'],
    ['CAPABILITY', '* OK ready', 'C: <t> CAPABILITY'],
    ['ENABLE', '* PREAUTH [CAPABILITY IMAP4rev2] ready', 'C: <t> ENABLE IMAP4REV2'],
  ])('is aborted while it waits for %s, and says that the connection is closed', async (_, greeting, command) => {
    const controller = new AbortController()
    const on = { trace: ({ text }: { text: string }) => text.includes('waiting') && controller.abort('enough') }
    const error = await refused(`S: ${greeting}\n${command}\nS: * OK waiting\nC-close`, {
      auth,
      signal: controller.signal,
      on,
    })
    expect(error).toBeInstanceOf(AbortError)
    expect(error).toMatchObject({ connection: 'closed', cause: 'enough' })
  })

  it('is bounded by timeouts.auth in all that a login takes, and says that the connection is closed', async () => {
    const error = await refused(
      `
      S: * OK ready
      C: <t> CAPABILITY
      S: * CAPABILITY IMAP4rev1
      S: <t> OK done
      C: <t> LOGIN alice secret
      C-close
    `,
      { auth, timeouts: { auth: 100 } },
    )
    expect(error).toBeInstanceOf(TimeoutError)
    expect(error).toMatchObject({ phase: 'auth', connection: 'closed' })
  })

  it('closes the connection when the signal fires later, and rejects what waits with the reason', async () => {
    const controller = new AbortController()
    await using it = await scene(
      `
      S: * PREAUTH [CAPABILITY IMAP4rev1] ready
      C: <t> NOOP
      C: <c> CREATE later
      S: * OK waiting
      C-close
    `,
      {
        signal: controller.signal,
        on: { trace: ({ text }) => text.includes('waiting') && controller.abort(new Error('enough')) },
      },
    )
    const waiting = rejection(it.client.noop())
    const unsafe = rejection(it.client.createMailbox('later'))
    expect(await waiting).toBeInstanceOf(AbortError)
    expect(await waiting).toMatchObject({ connection: 'closed', cause: new Error('enough') })
    const info = await it.client.closed
    expect(info).toMatchObject({ reason: 'error', error: { code: 'ERR_IMAP_ABORTED' } })
    expect(await unsafe).toMatchObject({ code: 'ERR_IMAP_OUTCOME_UNKNOWN', cause: await waiting })
    await it.done
  })

  it('lets the signal go when the connection has ended', async () => {
    const controller = new AbortController()
    await using it = await scene('S: * PREAUTH [CAPABILITY IMAP4rev1] ready', { signal: controller.signal })
    it.client.close()
    const info = await it.client.closed
    controller.abort()
    expect(info).toEqual({ reason: 'closed' })
    expect(await it.client.closed).toEqual({ reason: 'closed' })
  })

  it('hears events from the greeting on, in the listeners of the options', async () => {
    const heard: string[] = []
    await using it = await scene(
      'S: * PREAUTH [ALERT] the disk is full\nC: <t> CAPABILITY\nS: * CAPABILITY IMAP4rev1\nS: <t> OK done',
      {
        on: {
          alert: ({ text }) => void heard.push(text),
          state: ({ from, to }) => void heard.push(`${from} ${to}`),
        },
      },
    )
    expect(heard).toEqual(['not-authenticated authenticated', 'the disk is full'])
    expect(it.client.alerts).toEqual(['the disk is full'])
  })
})

describe('client.enable and client.id', () => {
  it('give what the server answered', async () => {
    await using it = await scene(`
      S: * PREAUTH [CAPABILITY IMAP4rev1 ENABLE ID X-GOOD] ready
      C: <t> ENABLE X-GOOD
      S: * ENABLED X-GOOD
      S: <t> OK done
      C: <t> ID NIL
      S: * ID ("vendor" NIL)
      S: <t> OK done
    `)
    expect(await it.client.enable(['x-good'])).toEqual(['X-GOOD'])
    expect(await it.client.id(null)).toEqual(new Map([['vendor', null]]))
    expect(it.client.serverId).toEqual(new Map([['vendor', null]]))
    await it.done
  })
})

describe('the end', () => {
  const GREETING = 'S: * PREAUTH [CAPABILITY IMAP4rev1] ready\n'
  const LEAVE = 'C: <t> LOGOUT\nS: * BYE see you\nS: <t> OK done\nS-close'

  it('logout() says LOGOUT once, however often and by whomever it is asked for', async () => {
    await using it = await scene(GREETING + LEAVE)
    await Promise.all([it.client.logout(), it.client.logout(), it.client[Symbol.asyncDispose]()])
    await it.client.logout()
    it.client.close()
    await it.done
    expect(it.client.state).toBe('logout')
    expect(await it.client.closed).toEqual({ reason: 'logout' })
    expect(it.trace.filter((line) => line.includes('LOGOUT'))).toHaveLength(1)
  })

  it('rejects in time when the server does not say good-bye, and is closed then', async () => {
    await using it = await scene(`${GREETING}C: <t> LOGOUT\nC-close`, { timeouts: { grace: 50 } })
    expect(await rejection(it.client.logout())).toBeInstanceOf(TimeoutError)
    expect(await it.client.closed).toEqual({ reason: 'closed' })
    await it.done
  })

  it('takes a bound of its own', async () => {
    await using it = await scene(`${GREETING}C: <t> LOGOUT\nC-close`)
    expect(await rejection(it.client.logout({ timeout: 30 }))).toBeInstanceOf(TimeoutError)
    await it.done
  })

  it('disposal never rejects', async () => {
    await using it = await scene(`${GREETING}C: <t> LOGOUT\nC-close`, { timeouts: { grace: 50 } })
    await it.client[Symbol.asyncDispose]()
    expect(await it.client.closed).toEqual({ reason: 'closed' })
  })

  it('logout() after the server has left resolves', async () => {
    await using it = await scene(`${GREETING}C: <t> NOOP\nS-close`)
    expect(await rejection(it.client.noop())).toBeInstanceOf(ConnectionError)
    await it.client.closed
    await it.client.logout()
    await it.client[Symbol.asyncDispose]()
    expect((await it.client.closed).reason).toBe('error')
  })

  it('close() rejects what waits, and everything after it', async () => {
    await using it = await scene(`${GREETING}C: <t> NOOP\nC-close`)
    const waiting = rejection(it.client.noop())
    it.client.close()
    it.client.close()
    expect(await waiting).toBeInstanceOf(ConnectionError)
    const calls = [
      () => it.client.noop(),
      () => it.client.select('INBOX'),
      () => it.client.examine('INBOX'),
      () => it.client.list(),
      () => it.client.list('*', { status: { messages: true } }),
      () => it.client.status('INBOX', { messages: true }),
      () => it.client.append('INBOX', 'x'),
      () => it.client.append('INBOX', [{ content: 'x' }]),
      () => it.client.authenticate(auth),
      () => it.client.enable(['X']),
      () => it.client.id(null),
      () => it.client.namespace(),
      () => it.client.createMailbox('x'),
    ]
    for (const call of calls) expect(await rejection(call())).toBeInstanceOf(ConnectionError)
    expect(it.client.mailbox).toBeNull()
    expect(await it.client.closed).toEqual({ reason: 'closed' })
  })

  it('no method throws synchronously, whatever it is given', async () => {
    await using it = await scene(GREETING)
    const wrong = undefined as never
    const calls = [
      () => it.client.select(wrong),
      () => it.client.examine(wrong),
      () => it.client.list(5 as never),
      () => it.client.list([]),
      () => it.client.list('*', { status: { nothing: true } as never }),
      () => it.client.lsub(wrong ?? (5 as never)),
      () => it.client.status('INBOX', wrong),
      () => it.client.append('INBOX', wrong),
      () => it.client.append('INBOX', [wrong]),
      () => it.client.append(wrong, 'x'),
      () => it.client.enable(wrong),
      () => it.client.id('x' as never),
      () => it.client.authenticate(wrong),
      () => it.client.createMailbox(wrong),
      () => it.client.renameMailbox('a', wrong),
      () => it.client.subscribe(''),
    ]
    for (const call of calls) {
      let promise: Promise<unknown> | undefined
      expect(() => (promise = call())).not.toThrow()
      expect(await rejection(promise!), String(call)).toMatchObject({
        code: expect.stringMatching(/ARGUMENT|STATE/) as string,
      })
    }
    expect(it.trace.filter((line) => line.startsWith('out'))).toEqual([])
  })

  it('is told by the event close, once', async () => {
    const closes: string[] = []
    await using it = await scene(GREETING + LEAVE, { on: { close: ({ reason }) => void closes.push(reason) } })
    await it.client.logout()
    it.client.close()
    await it.client.closed
    expect(closes).toEqual(['logout'])
  })
})

describe('onResponse', () => {
  it('tells every response in the order of the wire, and the command that a tagged one ends', async () => {
    await using it = await scene(`
      S: * PREAUTH [CAPABILITY IMAP4rev1] ready
      C: <t> SELECT INBOX
      S: * 2 EXISTS
      S: <t> OK [READ-WRITE] in
      C: <n> NOOP
      C: <c> CHECK
      S: * 3 EXISTS
      S: <c> NO no check
      S: * 1 EXPUNGE
      S: <n> OK done
      C: <t> NOOP
      S: * 4 EXISTS
      S: <t> OK done
    `)
    const heard: string[] = []
    const order: string[] = []
    it.client.on('exists', ({ count }) => void order.push(`exists ${count}`))
    const remove = it.client.onResponse((response, command) => {
      const what = response.kind === 'untagged' ? response.type : response.kind === 'tagged' ? response.status : '+'
      heard.push(command === undefined ? what : `${command} ${what}`)
      order.push(what)
    })
    await it.client.select('INBOX')
    const [first, second] = [it.client.noop(), rejection(it.client.run(check()))]
    expect(await second).toBeInstanceOf(ResponseError)
    await first
    expect(heard).toEqual(['EXISTS', 'SELECT OK', 'EXISTS', 'CHECK NO', 'EXPUNGE', 'NOOP OK'])
    expect(order.slice(2, 4)).toEqual(['EXISTS', 'exists 3'])
    remove()
    await it.client.noop()
    expect(heard).toHaveLength(6)
    await it.done
  })
})
