import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  AbortError,
  ArgumentError,
  AuthenticationError,
  CapabilityError,
  connect,
  RateLimitError,
  StateError,
  TimeoutError,
  type Auth,
  type SaslMechanism,
  type TokenRequest,
} from 'imapkit'
import { logIn } from '../../src/client/login.js'
import { Capabilities } from '../../src/model/capabilities.js'
import { openResources, rejection, until } from '../behaviour/tools.js'
import { QUIET, refused, scene, scripted } from './client-tools.js'

const auth = { user: 'alice', password: 'secret' }
const PLAIN = Buffer.from('\0alice\0secret').toString('base64')
const bearer = (token: string): string => Buffer.from(`user=alice\x01auth=Bearer ${token}\x01\x01`).toString('base64')

const unhandled: unknown[] = []
const listen = (error: unknown): void => void unhandled.push(error)
beforeAll(() => void process.on('unhandledRejection', listen))
afterAll(() => {
  process.off('unhandledRejection', listen)
  expect(unhandled).toEqual([])
})

describe('the way to log in', () => {
  it.each<[string, string, Auth, string]>([
    ['PLAIN before LOGIN', 'AUTH=LOGIN AUTH=PLAIN SASL-IR', auth, `AUTHENTICATE PLAIN ${PLAIN}`],
    ['LOGIN, the command, where there is no mechanism', '', auth, 'LOGIN alice secret'],
    [
      'a pinned mechanism',
      'AUTH=PLAIN AUTH=XFOO SASL-IR',
      { ...auth, mechanisms: ['plain'] },
      `AUTHENTICATE PLAIN ${PLAIN}`,
    ],
    ['LOGIN, the command, when it is pinned', 'AUTH=PLAIN', { ...auth, mechanisms: ['LOGIN'] }, 'LOGIN alice secret'],
    [
      'XOAUTH2 for a token',
      'AUTH=XOAUTH2 AUTH=PLAIN SASL-IR',
      { user: 'alice', accessToken: 't' },
      `AUTHENTICATE XOAUTH2 ${bearer('t')}`,
    ],
    ['EXTERNAL', 'AUTH=EXTERNAL SASL-IR', { mechanism: 'EXTERNAL' }, 'AUTHENTICATE EXTERNAL ='],
    ['ANONYMOUS', 'AUTH=ANONYMOUS SASL-IR', { mechanism: 'ANONYMOUS', trace: 'me' }, 'AUTHENTICATE ANONYMOUS bWU='],
  ])('is %s', async (_, capabilities, how, line) => {
    await using it = await scene(
      `S: * OK [CAPABILITY IMAP4rev1 ${capabilities}] ready\nC: <t> ${line}\nS: <t> OK [CAPABILITY IMAP4rev1] in`,
      { auth: how },
    )
    await it.done
    expect(it.client.state).toBe('authenticated')
  })

  it('waits for the server where it has no SASL-IR', async () => {
    await using it = await scene(
      `
      S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
      C: <t> AUTHENTICATE PLAIN
      S: +
      C: ${PLAIN}
      S: <t> OK [CAPABILITY IMAP4rev1] in
    `,
      { auth },
    )
    await it.done
  })

  it.each<[string, string, Auth]>([
    ['LOGINDISABLED', 'LOGINDISABLED', auth],
    ['a pin that the server does not have', 'AUTH=PLAIN', { ...auth, mechanisms: ['SCRAM-SHA-256'] }],
    ['a token and no mechanism for it', 'AUTH=PLAIN', { user: 'alice', accessToken: 't' }],
    ['no EXTERNAL', 'AUTH=PLAIN', { mechanism: 'EXTERNAL' }],
  ])('is none for %s: nothing is sent', async (_, capabilities, how) => {
    const error = await refused(`S: * OK [CAPABILITY IMAP4rev1 ${capabilities}] ready\nC-close`, { auth: how })
    expect(error).toBeInstanceOf(AuthenticationError)
  })

  it('is closed after a refusal, with the words of the server', async () => {
    const error = await refused(
      `
      S: * OK [CAPABILITY IMAP4rev1] ready
      C: <t> LOGIN alice secret
      S: <t> NO [AUTHENTICATIONFAILED] wrong
      C-close
    `,
      { auth },
    )
    expect(error).toBeInstanceOf(AuthenticationError)
    expect(error).toMatchObject({ text: 'wrong', responseCode: { name: 'AUTHENTICATIONFAILED' }, retryable: false })
  })

  it('a pause that is asked for is no wrong password', async () => {
    const error = await refused(
      `
      S: * OK [CAPABILITY IMAP4rev1] ready
      C: <t> LOGIN alice secret
      S: <t> NO Request is throttled. Suggested Backoff Time: 1500 milliseconds
      C-close
    `,
      { auth },
    )
    expect(error).toBeInstanceOf(RateLimitError)
    expect(error).toMatchObject({ retryAfterMs: 1500, retryable: true })
  })
})

describe('a provider of tokens', () => {
  const GREETING = 'S: * OK [CAPABILITY IMAP4rev1 AUTH=XOAUTH2 SASL-IR] ready\n'

  it('is asked once more after a rejection, and told why', async () => {
    const reasons: string[] = []
    await using it = await scene(
      `${GREETING}
      C: <t> AUTHENTICATE XOAUTH2 ${bearer('old')}
      S: + ${Buffer.from('{"status":"401"}').toString('base64')}
      C: 
      S: <t> NO expired
      C: <t> AUTHENTICATE XOAUTH2 ${bearer('new')}
      S: <t> OK [CAPABILITY IMAP4rev1] in
    `,
      {
        auth: {
          user: 'alice',
          accessToken: ({ reason, signal }: TokenRequest) => {
            expect(signal.aborted).toBe(false)
            reasons.push(reason)
            return Promise.resolve(reason === 'connect' ? 'old' : 'new')
          },
        },
      },
    )
    await it.done
    expect(reasons).toEqual(['connect', 'rejected'])
  })

  it('is not asked a third time', async () => {
    let asked = 0
    const error = await refused(
      `${GREETING}
      C: <t> AUTHENTICATE XOAUTH2 ${bearer('t1')}
      S: <t> NO expired
      C: <t> AUTHENTICATE XOAUTH2 ${bearer('t2')}
      S: <t> NO expired again
      C-close
    `,
      { auth: { user: 'alice', accessToken: () => `t${++asked}` } },
    )
    expect(error).toMatchObject({ code: 'ERR_IMAP_AUTHENTICATION', text: 'expired again' })
    expect(asked).toBe(2)
  })

  it.each([
    ['an unchanging token', 'NO expired', 'fixed'],
    ['a server that is out of order', 'NO [UNAVAILABLE] later', () => 'fixed'],
  ])('is not asked again for %s', async (_, answer, accessToken) => {
    const error = await refused(
      `${GREETING}C: <t> AUTHENTICATE XOAUTH2 ${bearer('fixed')}\nS: <t> ${answer}\nC-close`,
      { auth: { user: 'alice', accessToken } },
    )
    expect(error).toMatchObject({ code: expect.stringMatching(/AUTHENTICATION|NO/) as string })
  })

  it.each<[string, () => string | Promise<string>]>([
    [
      'throws',
      () => {
        throw new Error('no token today')
      },
    ],
    ['rejects', () => Promise.reject(new Error('no token today'))],
  ])('that %s rejects the login with its error as the cause', async (_, accessToken) => {
    const error = await refused(`${GREETING}C-close`, { auth: { user: 'alice', accessToken } })
    expect(error).toBeInstanceOf(AuthenticationError)
    expect(error).toMatchObject({ cause: new Error('no token today') })
  })

  it.each([undefined, 5, '', 'a b', 'a\r\nb'])('that gives %j is refused, and nothing is sent', async (token) => {
    const error = await refused(`${GREETING}C-close`, { auth: { user: 'alice', accessToken: () => token as string } })
    expect(error).toBeInstanceOf(ArgumentError)
  })

  it('that hangs is bounded by timeouts.auth, and told', async () => {
    const before = openResources()
    let told: AbortSignal | undefined
    const accessToken = ({ signal }: TokenRequest): Promise<string> => {
      told = signal
      return new Promise(() => undefined)
    }
    const error = await refused(`${GREETING}C-close`, { auth: { user: 'alice', accessToken }, timeouts: { auth: 30 } })
    expect(error).toBeInstanceOf(TimeoutError)
    expect(error).toMatchObject({ phase: 'auth', connection: 'closed', message: /provider of access tokens/ })
    expect(told?.aborted).toBe(true)
    await until('nothing is left', () => openResources() <= before)
  })

  it('that hangs is left by the signal at once', async () => {
    const controller = new AbortController()
    let told: AbortSignal | undefined
    const accessToken = ({ signal }: TokenRequest): Promise<string> => {
      told = signal
      queueMicrotask(() => controller.abort('enough'))
      return new Promise(() => undefined)
    }
    const error = await refused(`${GREETING}C-close`, {
      auth: { user: 'alice', accessToken },
      signal: controller.signal,
    })
    expect(error).toBeInstanceOf(AbortError)
    expect(error).toMatchObject({ connection: 'closed', cause: 'enough' })
    expect(told?.aborted).toBe(true)
  })

  it('that answers after all was given up does not log in', async () => {
    let give: (token: string) => void = () => undefined
    const accessToken = (): Promise<string> => new Promise((resolve) => (give = resolve))
    await using it = await scene(`${GREETING}C: <t> NOOP\nS: <t> OK done`)
    const error = await rejection(it.client.authenticate({ user: 'alice', accessToken }, { timeout: 20 }))
    expect(error).toMatchObject({ phase: 'auth', connection: 'kept' })
    give('late')
    await it.client.noop()
    await it.done
    expect(it.client.state).toBe('not-authenticated')
  })
})

describe('a SASL mechanism of the caller', () => {
  const GREETING = 'S: * OK [CAPABILITY IMAP4rev1 AUTH=X-MINE SASL-IR] ready\n'
  const mine = (more: Partial<SaslMechanism> = {}): SaslMechanism => ({
    name: 'X-MINE',
    plaintext: false,
    respond: (challenge) => Buffer.from(`<${Buffer.from(challenge).toString()}>`),
    ...more,
  })

  it.each([
    ['an instance', mine()],
    ['a function', () => mine()],
  ])('is used as %s', async (_, sasl) => {
    await using it = await scene(
      `${GREETING}
      C: <t> AUTHENTICATE X-MINE
      S: + ${Buffer.from('who').toString('base64')}
      C: ${Buffer.from('<who>').toString('base64')}
      S: <t> OK [CAPABILITY IMAP4rev1] in
    `,
      { auth: { sasl } },
    )
    await it.done
    expect(it.client.state).toBe('authenticated')
  })

  it.each([
    ['says that it shows the secret', mine({ plaintext: true })],
    ['does not say whether it hides the secret', mine({ plaintext: undefined as never })],
  ])('that %s is refused without TLS, unless plaintext was named', async (_, sasl) => {
    // No server without TLS can be reached but by the name `plaintext`: the function itself is asked.
    const connection = {
      isOpen: true,
      state: 'not-authenticated',
      secure: false,
      capabilities: new Capabilities(['AUTH=X-MINE']),
      timeouts: { auth: 1000 },
      run: () => Promise.reject(new Error('nothing must be sent')),
    }
    const where = { host: 'h', port: 1, plaintextAllowed: false }
    const error = await rejection(logIn(connection as never, { sasl }, where))
    expect(error).toBeInstanceOf(AuthenticationError)
    expect((error as Error).message).toMatch(/TLS/)
  })

  it('that shows the secret is used where plaintext was named', async () => {
    await using it = await scene(
      `${GREETING}C: <t> AUTHENTICATE X-MINE c2VjcmV0\nS: <t> OK [CAPABILITY IMAP4rev1] in`,
      { auth: { sasl: mine({ plaintext: true, initial: () => Buffer.from('secret') }) } },
    )
    await it.done
    expect(it.trace.join()).not.toContain('c2VjcmV0')
  })

  it.each<[string, unknown]>([
    ['null', () => null],
    ['a promise', () => Promise.resolve(mine())],
    ['without a name', mine({ name: undefined as never })],
    ['without an answer', mine({ respond: undefined as never })],
  ])('that is none is refused: %s', async (_, sasl) => {
    const error = await refused(`${GREETING}C-close`, { auth: { sasl } as never })
    expect(error).toBeInstanceOf(ArgumentError)
  })

  it('whose function throws rejects the login with the cause', async () => {
    const sasl = (): never => {
      throw new Error('no ticket')
    }
    const error = await refused(`${GREETING}C-close`, { auth: { sasl } })
    expect(error).toBeInstanceOf(AuthenticationError)
    expect(error).toMatchObject({ cause: new Error('no ticket') })
  })

  it('that the server does not have is a missing capability', async () => {
    const error = await refused(`${GREETING}C-close`, { auth: { sasl: mine({ name: 'X-OTHER' }) } })
    expect(error).toBeInstanceOf(CapabilityError)
    expect(error).toMatchObject({ needs: 'AUTH=X-OTHER' })
  })

  it('that hangs is bounded', async () => {
    const error = await refused(`${GREETING}C: <t> AUTHENTICATE X-MINE\nS: +\nC: *`, {
      auth: { sasl: mine({ respond: () => new Promise(() => undefined) }) },
      timeouts: { auth: 50 },
    }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ phase: 'auth' })
  })

  it('that throws cancels the exchange', async () => {
    const sasl = mine({
      respond: () => {
        throw new Error('bad challenge')
      },
    })
    const error = await refused(`${GREETING}C: <t> AUTHENTICATE X-MINE\nS: +\nC: *\nS: <t> BAD cancelled`, {
      auth: { sasl },
    })
    expect(error).toMatchObject({ code: 'ERR_IMAP_AUTHENTICATION', cause: new Error('bad challenge') })
  })
})

describe('authenticate() later', () => {
  it('does all that connect() does', async () => {
    await using it = await scene(
      `
      S: * OK [CAPABILITY IMAP4rev1] ready
      C: <t> LOGIN bob wrong
      S: <t> NO no
      C: <t> LOGIN alice secret
      S: <t> OK [CAPABILITY IMAP4rev1 CONDSTORE ENABLE ID] in
      C: <t> ID ("name" "x")
      S: * ID ("name" "y")
      S: <t> OK done
      C: <t> ENABLE CONDSTORE
      S: * ENABLED CONDSTORE
      S: <t> OK done
    `,
      { id: { name: 'x' } },
    )
    expect(await rejection(it.client.authenticate({ user: 'bob', password: 'wrong' }))).toBeInstanceOf(
      AuthenticationError,
    )
    expect(it.client.state).toBe('not-authenticated')
    await it.client.authenticate(auth)
    await it.done
    expect(it.client.serverId?.get('name')).toBe('y')
    expect([...it.client.enabled]).toEqual(['CONDSTORE'])
  })

  it('is refused when somebody is logged in, and bothers no provider', async () => {
    let asked = 0
    await using it = await scene('S: * PREAUTH [CAPABILITY IMAP4rev1 AUTH=XOAUTH2] ready')
    const error = await rejection(it.client.authenticate({ user: 'a', accessToken: () => `t${++asked}` }))
    expect(error).toBeInstanceOf(StateError)
    expect(asked).toBe(0)
  })

  it('takes a signal and leaves the connection usable', async () => {
    const controller = new AbortController()
    await using it = await scene(
      `
      S: * OK [CAPABILITY IMAP4rev1] ready
      C: <t> LOGIN alice secret
      S: * OK waiting
      S: <t> NO too late
      C: <t> NOOP
      S: <t> OK done
    `,
      { on: { trace: ({ text }) => text.includes('waiting') && controller.abort() } },
    )
    const error = await rejection(it.client.authenticate(auth, { signal: controller.signal }))
    expect(error).toMatchObject({ name: 'AbortError', connection: 'kept', command: 'AUTHENTICATE' })
    await it.client.noop()
    await it.done
  })

  it.each([undefined, null, 'alice', {}, { user: 'alice' }])('refuses %j', async (wrong) => {
    await using it = await scene('S: * OK [CAPABILITY IMAP4rev1] ready')
    expect(await rejection(it.client.authenticate(wrong as never))).toBeInstanceOf(ArgumentError)
  })
})

it('connects with the options that a scripted server gives', async () => {
  const { server, options } = await scripted('S: * PREAUTH [CAPABILITY IMAP4rev1] ready')
  await using client = await connect({ ...options, ...server.connectOptions('alice'), ...QUIET })
  expect(client.state).toBe('authenticated')
  client.close()
  await server.close()
})
