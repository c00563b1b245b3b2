import { describe, expect, it } from 'vitest'
import { DEFAULT_IDLE } from '../../../src/client/idler.js'
import { resolveOptions, type ConnectOptions, type UrlConnectOptions } from '../../../src/client/options.js'
import { DEFAULT_TIMEOUTS } from '../../../src/connection/options.js'
import { ArgumentError, connect, type ImapEvents } from '../../../src/index.js'
import { DEFAULT_LIMITS } from '../../../src/wire/limits.js'

const host = 'imap.example.org'
const auth = { user: 'alice', password: 'secret' }

/** Options as a caller without types writes them. */
const untyped = (options: unknown): ConnectOptions => options as ConnectOptions

describe('resolveOptions', () => {
  it('fills in the defaults', () => {
    expect(resolveOptions({ host })).toEqual({
      host,
      port: 993,
      security: 'tls',
      pipelining: 64,
      timeouts: DEFAULT_TIMEOUTS,
      limits: DEFAULT_LIMITS,
      idle: DEFAULT_IDLE,
    })
    expect(Object.values(DEFAULT_LIMITS).every(Number.isFinite)).toBe(true)
    expect(Object.values(DEFAULT_TIMEOUTS).every(Number.isFinite)).toBe(true)
  })

  it.each([
    ['tls', 993],
    ['starttls', 143],
    ['plaintext', 143],
  ] as const)('takes the port of %s', (security, port) => {
    expect(resolveOptions({ host, security })).toMatchObject({ security, port })
    expect(resolveOptions({ host, security, port: 10 })).toMatchObject({ security, port: 10 })
  })

  it('merges what is given with the defaults, and passes over undefined', () => {
    const options = untyped({
      host,
      timeouts: { command: 5, grace: 0, auth: undefined, silence: Infinity },
      limits: { piece: 10, literal: Infinity },
      idle: { delayMs: 0 },
    })
    expect(resolveOptions(options)).toMatchObject({
      timeouts: { ...DEFAULT_TIMEOUTS, command: 5, grace: 0, silence: Infinity },
      limits: { ...DEFAULT_LIMITS, piece: 10, literal: Infinity },
      idle: { ...DEFAULT_IDLE, delayMs: 0 },
    })
    expect(resolveOptions({ host, idle: false }).idle).toBe(false)
  })

  it('changes nothing of what it was given', () => {
    const options = Object.freeze({
      host,
      auth: Object.freeze({ ...auth }),
      timeouts: Object.freeze({ command: 1 }),
      limits: Object.freeze({ line: 1 }),
    })
    resolveOptions(options)
    expect(options).toEqual({ host, auth, timeouts: { command: 1 }, limits: { line: 1 } })
  })

  it('writes a host in other scripts as DNS and TLS want it', () => {
    expect(resolveOptions({ host: 'bücher.example' }).host).toBe('xn--bcher-kva.example')
    expect(resolveOptions({ host: 'fe80::1%eth0' }).host).toBe('fe80::1%eth0')
  })

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a number', 993],
    ['an array', []],
    ['no host', {}],
    ['an empty host', { host: '' }],
    ['a host that is no text', { host: 5 }],
    ['a host with a scheme', { host: 'imaps://h' }],
    ['a host with a port', { host: 'h:993' }],
    ['a host in brackets', { host: '[::1]' }],
    ['a host with a user', { host: 'a@h' }],
    ['a host with a line break', { host: 'h\r\nA NOOP' }],
    ['a host that cannot be', { host: 'ü\u200e..' }],
    ['a port of 0', { host, port: 0 }],
    ['a port that is too large', { host, port: 65_536 }],
    ['half a port', { host, port: 1.5 }],
    ['a port as text', { host, port: '993' }],
    ['a port that cannot be shown', { host, port: Symbol('x') }],
    ['security of another name', { host, security: 'ssl' }],
    ['security that is no text', { host, security: Object.create(null) as object }],
    ['an option that is not known', { host, password: 'x' }],
    ['no pipelining', { host, pipelining: 0 }],
    ['half a pipeline', { host, pipelining: 1.5 }],
    ['timeouts that are no object', { host, timeouts: 5 }],
    ['a timeout that is not known', { host, timeouts: { socket: 1 } }],
    ['a timeout of a prototype', { host, timeouts: { toString: 1 } }],
    ['a timeout as text', { host, timeouts: { auth: '5' } }],
    ['a timeout of NaN', { host, timeouts: { auth: NaN } }],
    ['a negative timeout', { host, timeouts: { grace: -1 } }],
    ['no time at all', { host, timeouts: { command: 0 } }],
    ['a limit that is not known', { host, limits: { lines: 1 } }],
    ['a limit of 0', { host, limits: { queue: 0 } }],
    ['half an octet', { host, limits: { piece: 1.5 } }],
    ['idle as true', { host, idle: true }],
    ['idle that is not known', { host, idle: { delay: 1 } }],
    ['IDLE that is always begun anew', { host, idle: { restartMs: 0 } }],
    ['polling without a pause', { host, idle: { pollMs: 0 } }],
    ['a negative delay', { host, idle: { delayMs: -1 } }],
    ['enable as text', { host, enable: 'QRESYNC' }],
    ['a name to enable that is none', { host, enable: ['QRESYNC', 'A B'] }],
    ['a name to enable that is no text', { host, enable: [5] }],
    ['an id that is true', { host, id: true }],
    ['an id with a line break', { host, id: { name: 'a\r\nb' } }],
    ['an id that is too long', { host, id: { name: 'x'.repeat(1025) } }],
    ['a transport that is no function', { host, transport: {} }],
    ['tls that is no object', { host, tls: true }],
    ['a logger that is no object', { host, logger: 'console' }],
    ['a signal that is none', { host, signal: 'now' }],
    ['an event that does not exist', { host, on: { error: () => undefined } }],
    ['a listener that is no function', { host, on: { alert: 'x' } }],
    ['auth as text', { host, auth: 'alice' }],
    ['auth of null', { host, auth: null }],
    ['auth without a user', { host, auth: { password: 'x' } }],
    ['auth without a password', { host, auth: { user: 'alice' } }],
    ['auth with an empty password', { host, auth: { user: 'alice', password: '' } }],
    ['auth with a token that is none', { host, auth: { user: 'alice', accessToken: 5 } }],
    ['mechanisms that are no list', { host, auth: { ...auth, mechanisms: 'PLAIN' } }],
    ['mechanisms that are no names', { host, auth: { ...auth, mechanisms: [5] } }],
  ])('refuses %s, as connect() does', async (_, options) => {
    expect(() => resolveOptions(untyped(options))).toThrow(ArgumentError)
    await expect(connect(untyped(options))).rejects.toMatchObject({ code: 'ERR_IMAP_ARGUMENT' })
  })

  it('never shows a secret that stands in the wrong place', () => {
    const secret = 'hunter2-hunter2-hunter2-hunter2'
    for (const wrong of [
      { host, auth: { user: 'alice', password: [secret] } },
      { host, auth: { user: 'alice', accessToken: { token: secret } } },
      { host, auth: [secret] },
      { host, tls: secret },
      { host, security: secret },
    ]) {
      try {
        resolveOptions(untyped(wrong))
        expect.unreachable()
      } catch (error) {
        expect(String(error)).not.toContain(secret)
      }
    }
  })

  it('takes listeners of every event, and passes over undefined', () => {
    const events: Record<keyof ImapEvents, () => void> = Object.fromEntries(
      'exists expunge vanished flags status list metadata alert capability state bye close warning trace'
        .split(' ')
        .map((name) => [name, () => undefined]),
    ) as Record<keyof ImapEvents, () => void>
    expect(() => resolveOptions({ host, on: events })).not.toThrow()
    expect(() => resolveOptions(untyped({ host, on: { alert: undefined } }))).not.toThrow()
  })

  it.each([
    [{ user: 'a', accessToken: 't' }],
    [{ user: 'a', accessToken: () => 't' }],
    [{ mechanism: 'EXTERNAL' as const }],
    [{ mechanism: 'ANONYMOUS' as const, trace: 'x' }],
    [{ ...auth, mechanisms: ['PLAIN'], authzid: 'b' }],
    [{ sasl: () => ({ name: 'X', plaintext: false, respond: () => new Uint8Array() }) }],
  ])('takes %j', (given) => {
    expect(resolveOptions({ host, auth: given }).auth).toBe(given)
  })
})

describe('a URL and its options', () => {
  const url = 'imaps://alice@imap.example.org/'

  it('joins the user of the URL and the secret of the options', () => {
    expect(resolveOptions(url, { auth: { password: 'p' } })).toMatchObject({
      host,
      port: 993,
      security: 'tls',
      auth: { user: 'alice', password: 'p' },
    })
    expect(resolveOptions(url, { auth: { accessToken: 't' } }).auth).toEqual({ user: 'alice', accessToken: 't' })
  })

  it('lets the options say another user', () => {
    expect(resolveOptions(url, { auth: { user: 'bob', password: 'p' } }).auth).toEqual({ user: 'bob', password: 'p' })
  })

  it('leaves other ways to log in as they are', () => {
    expect(resolveOptions(url, { auth: { mechanism: 'EXTERNAL' } }).auth).toEqual({ mechanism: 'EXTERNAL' })
  })

  it('logs nobody in without auth', () => {
    expect(resolveOptions(url).auth).toBeUndefined()
  })

  it('takes the mechanism of the URL, unless the options name some', () => {
    const pinned = 'imap://alice;AUTH=SCRAM-SHA-256@imap.example.org:10/'
    expect(resolveOptions(pinned, { auth: { password: 'p' } })).toMatchObject({
      port: 10,
      security: 'starttls',
      auth: { user: 'alice', password: 'p', mechanisms: ['SCRAM-SHA-256'] },
    })
    expect(resolveOptions(pinned, { auth: { password: 'p', mechanisms: ['PLAIN'] } }).auth).toMatchObject({
      mechanisms: ['PLAIN'],
    })
  })

  it.each([
    ['a password for nobody', 'imaps://h/', { auth: { password: 'p' } }],
    ['a token for nobody', 'imaps://h/', { auth: { accessToken: 'p' } }],
    ['auth that is none', url, { auth: 'p' }],
    ['a host beside the URL', url, { host: 'h' }],
    ['a port beside the URL', url, { port: 1 }],
    ['security beside the URL', url, { security: 'plaintext' }],
    ['options that are null', url, null],
    ['an option that is not known', url, { foo: 1 }],
  ])('refuses %s', (_, text, more) => {
    expect(() => resolveOptions(text, more as UrlConnectOptions)).toThrow(ArgumentError)
  })
})
