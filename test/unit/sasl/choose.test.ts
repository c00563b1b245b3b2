import { describe, expect, it, vi } from 'vitest'
import { ArgumentError, AuthenticationError, CapabilityError } from '../../../src/model/errors.js'
import { resolveCredentials, type CredentialAuth, type TokenRequest } from '../../../src/sasl/auth.js'
import type { ChannelBinding, SaslMechanism } from '../../../src/model/sasl.js'
import { chooseMechanism, type Choice, type ChooseContext, type Credentials } from '../../../src/sasl/choose.js'

const password: Credentials = { user: 'u', password: 'secret-7' }
const token: Credentials = { user: 'u', accessToken: 'secret-7' }

interface Row {
  readonly title: string
  readonly offers: string
  readonly credentials?: Credentials
  readonly mechanisms?: readonly string[]
  readonly secure?: boolean
  readonly plaintextAllowed?: boolean
  readonly bindings?: readonly ChannelBinding[]
  readonly host?: string
  readonly scram?: ChooseContext['scram']
}

function choice({ offers, credentials = password, secure = true, ...rest }: Row): Choice {
  const names = offers.split(' ').map((name) => name.toUpperCase())
  const context: ChooseContext = {
    capabilities: { has: (name) => names.includes(name.toUpperCase()) },
    secure,
    ...rest,
  }
  return chooseMechanism(credentials, context)
}

function choose(row: Row): string {
  const chosen = choice(row)
  return chosen.kind === 'login' ? 'the LOGIN command' : chosen.name
}

async function made(row: Row): Promise<SaslMechanism> {
  const chosen = choice(row)
  if (chosen.kind !== 'sasl') throw new Error('A mechanism expected')
  return await chosen.make()
}

const bindings: readonly ChannelBinding[] = [{ type: 'tls-exporter', data: Buffer.alloc(32) }]

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
    {
      title: '-PLUS where there is nothing to bind to',
      offers: all,
      mechanisms: ['SCRAM-SHA-256-PLUS'],
      because: /nothing that a -PLUS mechanism could be bound to.*TLS/,
    },
    {
      title: '-PLUS that is not offered',
      offers: all,
      mechanisms: ['SCRAM-SHA-256-PLUS'],
      bindings,
      because: /none of SCRAM-SHA-256-PLUS$/,
    },
    {
      title: 'DIGEST-MD5 that is not named',
      offers: 'AUTH=DIGEST-MD5 LOGINDISABLED',
      host: 'h',
      because: /LOGINDISABLED/,
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

  it('ranks the mechanisms for passwords', () => {
    const ranking = [
      ...['SCRAM-SHA-512-PLUS', 'SCRAM-SHA-256-PLUS', 'SCRAM-SHA-1-PLUS'],
      ...['SCRAM-SHA-512', 'SCRAM-SHA-256', 'SCRAM-SHA-1', 'CRAM-MD5', 'PLAIN', 'LOGIN'],
    ]
    for (let from = 0; from < ranking.length; from++) {
      const offers = ['AUTH=GSSAPI', 'AUTH=DIGEST-MD5', ...ranking.slice(from).map((name) => `AUTH=${name}`)]
      expect(choose({ title: '', offers: offers.reverse().join(' '), bindings, host: 'h' })).toBe(ranking[from])
    }
  })

  it.each<Row & { chosen: string }>([
    {
      title: 'DIGEST-MD5 when it is named',
      offers: 'AUTH=DIGEST-MD5',
      mechanisms: ['digest-md5'],
      chosen: 'DIGEST-MD5',
    },
    {
      title: 'DIGEST-MD5 before CRAM-MD5',
      offers: 'AUTH=CRAM-MD5 AUTH=DIGEST-MD5',
      mechanisms: ['CRAM-MD5', 'DIGEST-MD5'],
      chosen: 'DIGEST-MD5',
    },
    {
      title: 'DIGEST-MD5 to act as somebody',
      offers: 'AUTH=DIGEST-MD5 AUTH=PLAIN',
      mechanisms: ['PLAIN', 'DIGEST-MD5'],
      credentials: { ...password, authzid: 'x' },
      chosen: 'DIGEST-MD5',
    },
    { title: 'no DIGEST-MD5 by itself', offers: 'AUTH=DIGEST-MD5 AUTH=LOGIN', chosen: 'LOGIN' },
    {
      title: 'no -PLUS without a binding',
      offers: 'AUTH=SCRAM-SHA-256-PLUS AUTH=PLAIN',
      bindings: [],
      chosen: 'PLAIN',
    },
    {
      title: 'what is named although -PLUS is there',
      offers: 'AUTH=SCRAM-SHA-256-PLUS AUTH=SCRAM-SHA-256',
      bindings,
      mechanisms: ['SCRAM-SHA-256'],
      chosen: 'SCRAM-SHA-256',
    },
  ])('is $title', ({ chosen, ...row }) => {
    expect(choose({ host: 'h', ...row })).toBe(chosen)
  })

  it.each<Row & { flag: string }>([
    { title: 'neither side can bind', offers: 'AUTH=SCRAM-SHA-256', flag: 'n' },
    { title: 'the server cannot', offers: 'AUTH=SCRAM-SHA-256', bindings, flag: 'y' },
    { title: 'the client cannot', offers: 'AUTH=SCRAM-SHA-256 AUTH=SCRAM-SHA-256-PLUS', flag: 'n' },
    {
      title: 'the caller does not want to',
      offers: 'AUTH=SCRAM-SHA-256 AUTH=SCRAM-SHA-512-PLUS',
      bindings,
      mechanisms: ['SCRAM-SHA-256'],
      flag: 'n',
    },
    { title: 'both can', offers: 'AUTH=SCRAM-SHA-256 AUTH=SCRAM-SHA-256-PLUS', bindings, flag: 'p=tls-exporter' },
  ])('tells by $flag that $title', async ({ flag, ...row }) => {
    const mechanism = await made(row)
    expect(
      Buffer.from(mechanism.initial?.() ?? [])
        .toString()
        .split(',')[0],
    ).toBe(flag)
  })

  it.each([
    ['PLAIN', 'AUTH=PLAIN', '\0IX\0é'],
    ['SCRAM', 'AUTH=SCRAM-SHA-256', /^n,,n=IX,/],
    ['LOGIN', 'AUTH=LOGIN', undefined],
  ])('prepares name and password for %s', async (name, offers, initial) => {
    const credentials = { user: 'I\u00adX', password: 'e\u0301' }
    const mechanism = await made({ title: '', offers, credentials })
    const said = mechanism.initial === undefined ? undefined : Buffer.from(mechanism.initial()).toString()
    if (initial instanceof RegExp) expect(said).toMatch(initial)
    else expect(said).toBe(initial)
    if (name === 'LOGIN') expect(Buffer.from(await mechanism.respond(Buffer.alloc(0))).toString()).toBe('I\u00adX')
    const prohibited = made({ title: '', offers, credentials: { user: 'u', password: 'secret-7\n' } })
    if (name === 'LOGIN') return expect((await prohibited).name).toBe('LOGIN')
    await expect(prohibited).rejects.toBeInstanceOf(ArgumentError)
    await expect(prohibited).rejects.not.toThrow(/secret-7/)
  })

  it('prepares for CRAM-MD5 and DIGEST-MD5 too', async () => {
    const credentials = { user: '\u2168', password: 'secret' }
    const cram = await made({ title: '', offers: 'AUTH=CRAM-MD5', credentials })
    expect(Buffer.from(await cram.respond(Buffer.from('<x>'))).toString()).toMatch(/^IX [0-9a-f]{32}$/)
    const row = {
      title: '',
      offers: 'AUTH=DIGEST-MD5',
      mechanisms: ['DIGEST-MD5'],
      host: 'imap.example.org',
      credentials,
    }
    const challenge = Buffer.from('nonce="N",algorithm=md5-sess,charset=utf-8')
    const response = Buffer.from(await (await made(row)).respond(challenge)).toString()
    expect(response).toMatch(/username="IX",.*digest-uri="imap\/imap\.example\.org"/)
  })

  it('hands the bounds of SCRAM on', async () => {
    const mechanism = await made({
      title: '',
      offers: 'AUTH=SCRAM-SHA-256',
      scram: { nonce: 'N', maxIterations: 4096 },
    })
    const challenge = Buffer.from('r=NS,s=QSXCR+Q6sek8bf92,i=4097')
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
