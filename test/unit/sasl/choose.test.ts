import { describe, expect, it, vi } from 'vitest'
import { ArgumentError, AuthenticationError, CapabilityError } from '../../../src/model/errors.js'
import { resolveCredentials, type CredentialAuth, type TokenRequest } from '../../../src/sasl/auth.js'
import { chooseMechanism, type ChooseContext, type Credentials } from '../../../src/sasl/choose.js'

const password: Credentials = { user: 'u', password: 'secret-7' }
const token: Credentials = { user: 'u', accessToken: 'secret-7' }

interface Row {
  readonly title: string
  readonly offers: string
  readonly credentials?: Credentials
  readonly mechanisms?: readonly string[]
  readonly secure?: boolean
  readonly plaintextAllowed?: boolean
}

function choose({ offers, credentials = password, secure = true, ...rest }: Row): string {
  const names = offers.split(' ').map((name) => name.toUpperCase())
  const context: ChooseContext = {
    capabilities: { has: (name) => names.includes(name.toUpperCase()) },
    secure,
    ...rest,
  }
  const choice = chooseMechanism(credentials, context)
  return choice.kind === 'login' ? 'the LOGIN command' : choice.name
}

const all =
  'AUTH=LOGIN AUTH=PLAIN AUTH=CRAM-MD5 AUTH=SCRAM-SHA-1 AUTH=SCRAM-SHA-256 AUTH=XOAUTH2 AUTH=OAUTHBEARER AUTH=EXTERNAL AUTH=ANONYMOUS'

describe('the choice', () => {
  it.each<Row & { chosen: string }>([
    { title: 'the strongest', offers: all, chosen: 'SCRAM-SHA-256' },
    { title: 'the strongest that is left', offers: 'AUTH=LOGIN AUTH=PLAIN AUTH=SCRAM-SHA-1', chosen: 'SCRAM-SHA-1' },
    { title: 'CRAM-MD5 before showing the password', offers: 'AUTH=PLAIN AUTH=CRAM-MD5', chosen: 'CRAM-MD5' },
    { title: 'PLAIN before LOGIN', offers: 'AUTH=LOGIN AUTH=PLAIN', chosen: 'PLAIN' },
    { title: 'PLAIN although LOGIN is disabled', offers: 'AUTH=PLAIN LOGINDISABLED', chosen: 'PLAIN' },
    { title: 'AUTH=LOGIN before the command', offers: 'AUTH=LOGIN', chosen: 'LOGIN' },
    { title: 'the command last', offers: 'IMAP4rev1', chosen: 'the LOGIN command' },
    { title: 'in any case', offers: 'auth=scram-sha-256', chosen: 'SCRAM-SHA-256' },
    { title: 'what is pinned', offers: all, mechanisms: ['plain'], chosen: 'PLAIN' },
    {
      title: 'the strongest of what is pinned',
      offers: all,
      mechanisms: ['PLAIN', 'SCRAM-SHA-1'],
      chosen: 'SCRAM-SHA-1',
    },
    { title: 'the command for LOGIN', offers: 'IMAP4rev1', mechanisms: ['LOGIN'], chosen: 'the LOGIN command' },
    { title: 'OAUTHBEARER for a token', offers: all, credentials: token, chosen: 'OAUTHBEARER' },
    { title: 'XOAUTH2 for a token', offers: 'AUTH=XOAUTH2 AUTH=PLAIN', credentials: token, chosen: 'XOAUTH2' },
    { title: 'EXTERNAL', offers: all, credentials: { mechanism: 'EXTERNAL' }, chosen: 'EXTERNAL' },
    {
      title: 'ANONYMOUS without TLS',
      offers: all,
      credentials: { mechanism: 'ANONYMOUS' },
      secure: false,
      chosen: 'ANONYMOUS',
    },
    {
      title: 'what hides the password, without TLS',
      offers: 'AUTH=PLAIN AUTH=CRAM-MD5',
      secure: false,
      chosen: 'CRAM-MD5',
    },
    {
      title: 'PLAIN without TLS where the caller says so',
      offers: 'AUTH=PLAIN',
      secure: false,
      plaintextAllowed: true,
      chosen: 'PLAIN',
    },
    {
      title: 'the command without TLS where the caller says so',
      offers: 'x',
      secure: false,
      plaintextAllowed: true,
      chosen: 'the LOGIN command',
    },
    {
      title: 'the strongest all the same',
      offers: all,
      secure: false,
      plaintextAllowed: true,
      chosen: 'SCRAM-SHA-256',
    },
    {
      title: 'what can say whom to act as',
      offers: 'AUTH=CRAM-MD5 AUTH=PLAIN',
      credentials: { ...password, authzid: 'x' },
      chosen: 'PLAIN',
    },
  ])('is $title', ({ chosen, ...row }) => {
    expect(choose(row)).toBe(chosen)
  })

  it.each<Row & { because: RegExp }>([
    { title: 'PLAIN without TLS', offers: 'AUTH=PLAIN', secure: false, because: /not encrypted.*use TLS/ },
    { title: 'the command without TLS', offers: 'IMAP4rev1', secure: false, because: /not encrypted.*use TLS/ },
    { title: 'a token without TLS', offers: 'AUTH=XOAUTH2', credentials: token, secure: false, because: /use TLS/ },
    {
      title: 'LOGINDISABLED',
      offers: 'LOGINDISABLED',
      secure: false,
      because: /forbids LOGIN \(LOGINDISABLED\).*under TLS/,
    },
    { title: 'LOGINDISABLED under TLS', offers: 'LOGINDISABLED', because: /none of SCRAM-SHA-512.*LOGINDISABLED\)$/ },
    {
      title: 'a token that nobody takes',
      offers: 'AUTH=PLAIN',
      credentials: token,
      because: /none of OAUTHBEARER, XOAUTH2/,
    },
    {
      title: 'a downgrade of what is pinned',
      offers: 'AUTH=PLAIN',
      mechanisms: ['SCRAM-SHA-256'],
      because: /none of SCRAM-SHA-256/,
    },
    { title: 'a pin that does not fit', offers: all, mechanisms: ['GSSAPI'], because: /fits the credentials/ },
    {
      title: 'acting as somebody by the command',
      offers: 'x',
      credentials: { ...password, authzid: 'x' },
      because: /none of/,
    },
    {
      title: 'EXTERNAL where it is not offered',
      offers: 'AUTH=PLAIN',
      credentials: { mechanism: 'EXTERNAL' },
      because: /EXTERNAL/,
    },
  ])('refuses $title', ({ because, ...row }) => {
    expect(() => choose(row)).toThrow(AuthenticationError)
    expect(() => choose(row)).toThrow(because)
    expect(() => choose(row)).not.toThrow(/secret-7/)
    expect(() => choose(row)).not.toThrow(CapabilityError)
  })

  it('hands the bounds of SCRAM on', async () => {
    const capabilities = { has: (name: string) => name === 'AUTH=SCRAM-SHA-256' }
    const choice = chooseMechanism(password, { capabilities, secure: true, scram: { nonce: 'N', maxIterations: 4096 } })
    if (choice.kind !== 'sasl') throw new Error('SCRAM expected')
    const challenge = Buffer.from('r=NS,s=QSXCR+Q6sek8bf92,i=4097')
    const mechanism = await choice.make()
    await expect(mechanism.respond(challenge)).rejects.toThrow('4097 rounds')
  })
})

describe('what auth stands for', () => {
  const why: TokenRequest = { reason: 'connect', signal: new AbortController().signal }

  it('is taken as it is', async () => {
    expect(await resolveCredentials({ user: 'u', password: 'p' }, why)).toEqual({ user: 'u', password: 'p' })
    expect(await resolveCredentials({ mechanism: 'EXTERNAL', authzid: 'x' }, why)).toEqual({
      mechanism: 'EXTERNAL',
      authzid: 'x',
    })
    const where = { host: 'h', port: 993 }
    expect(await resolveCredentials({ user: 'u', accessToken: 't' }, why, where)).toEqual({
      user: 'u',
      accessToken: 't',
      ...where,
    })
  })

  it('asks the provider for a token, with the reason', async () => {
    const provider = vi.fn(async ({ reason }: TokenRequest) => `token after ${reason}`)
    const rejected: TokenRequest = { ...why, reason: 'rejected' }
    expect(await resolveCredentials({ user: 'u', accessToken: provider }, rejected)).toEqual({
      user: 'u',
      accessToken: 'token after rejected',
    })
    expect(provider).toHaveBeenCalledExactlyOnceWith(rejected)
  })

  it('wraps the failure of a provider', async () => {
    const thrown = new Error('no network')
    const failing = resolveCredentials({ user: 'u', accessToken: () => Promise.reject(thrown) }, why)
    await expect(failing).rejects.toBeInstanceOf(AuthenticationError)
    await expect(failing).rejects.toMatchObject({ cause: thrown })
    const throwing = (): string => {
      throw new ArgumentError('mine')
    }
    await expect(resolveCredentials({ user: 'u', accessToken: throwing }, why)).rejects.toThrow('mine')
  })

  it.each<[string, unknown]>([
    ['nothing', {}],
    ['a password that is no string', { user: 'u', password: 5 }],
    ['a mechanism that needs more', { mechanism: 'PLAIN' }],
    ['a token for somebody else', { user: 'u', accessToken: 't', authzid: 'v' }],
  ])('refuses %s', async (_title, auth) => {
    await expect(resolveCredentials(auth as CredentialAuth, why)).rejects.toBeInstanceOf(ArgumentError)
  })
})
