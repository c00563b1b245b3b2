import { Buffer } from 'node:buffer'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ArgumentError, ProtocolError } from '../../../src/model/errors.js'
import type { SaslMechanism } from '../../../src/model/sasl.js'
import { cramMd5 } from '../../../src/sasl/cram-md5.js'
import { anonymous, external } from '../../../src/sasl/external.js'
import { oauthBearer, xoauth2 } from '../../../src/sasl/oauth.js'
import { loginMechanism, plain } from '../../../src/sasl/plain.js'
import { scram } from '../../../src/sasl/scram.js'

const first = (mechanism: SaslMechanism): string => Buffer.from(mechanism.initial?.() ?? []).toString('utf8')

async function respond(mechanism: SaslMechanism, challenge: string): Promise<string> {
  return Buffer.from(await mechanism.respond(Buffer.from(challenge))).toString('utf8')
}

describe('PLAIN', () => {
  it('says both names and the password (RFC 4616 §4)', () => {
    expect(first(plain({ user: 'tim', password: 'tanstaaftanstaaf' }))).toBe('\0tim\0tanstaaftanstaaf')
    expect(first(plain({ authzid: 'Ursel', user: 'Kurt', password: 'xipj3plmq' }))).toBe('Ursel\0Kurt\0xipj3plmq')
  })

  it('sends text beyond ASCII as UTF-8, unprepared', () => {
    const decomposed = 'e\u0301'
    expect(first(plain({ user: 'é', password: decomposed }))).toBe(`\0é\0${decomposed}`)
  })

  it('ends after that', () => {
    expect(() => plain({ user: 'a', password: 'b' }).respond(Buffer.from('?'))).toThrow(ProtocolError)
  })
})

describe('LOGIN', () => {
  it('says the name, then the password (draft-murchison-sasl-login)', async () => {
    const mechanism = loginMechanism({ user: 'charlie', password: 'password' })
    expect(mechanism.initial).toBeUndefined()
    expect(await respond(mechanism, 'User Name')).toBe('charlie')
    expect(await respond(mechanism, 'Password')).toBe('password')
    expect(() => mechanism.respond(Buffer.from('?'))).toThrow(ProtocolError)
  })
})

describe('CRAM-MD5', () => {
  it('answers the example of RFC 2195 §2', async () => {
    const mechanism = cramMd5({ user: 'tim', password: 'tanstaaftanstaaf' })
    const challenge = '<1896.697170952@postoffice.reston.mci.net>'
    expect(await respond(mechanism, challenge)).toBe('tim b913a602c7eda7a495b4e6e7334d3890')
    expect(() => mechanism.respond(Buffer.from(challenge))).toThrow(ProtocolError)
  })

  it('refuses an empty challenge', () => {
    expect(() => cramMd5({ user: 'a', password: 'b' }).respond(Buffer.alloc(0))).toThrow(ProtocolError)
  })
})

describe('EXTERNAL and ANONYMOUS', () => {
  it.each([
    [external(), ''],
    [external({ authzid: 'fred@example.com' }), 'fred@example.com'],
    [anonymous(), ''],
    [anonymous({ trace: 'sirhc' }), 'sirhc'],
  ])('say one thing', (mechanism, message) => {
    expect(first(mechanism)).toBe(message)
    expect(() => mechanism.respond(Buffer.alloc(0))).toThrow(ProtocolError)
  })
})

describe('OAuth', () => {
  it('writes XOAUTH2', () => {
    expect(
      first(xoauth2({ user: 'someuser@example.com', accessToken: 'ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg' })),
    ).toBe('user=someuser@example.com\x01auth=Bearer ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg\x01\x01')
  })

  it('writes OAUTHBEARER (RFC 7628 §4.1)', () => {
    const credentials = { user: 'user@example.com', accessToken: 'vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==' }
    expect(first(oauthBearer({ ...credentials, host: 'server.example.com', port: 143 }))).toBe(
      'n,a=user@example.com,\x01host=server.example.com\x01port=143\x01auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\x01\x01',
    )
    expect(first(oauthBearer({ user: 'a=b,c', accessToken: 't' }))).toBe('n,a=a=3Db=2Cc,\x01auth=Bearer t\x01\x01')
  })

  it('keeps what the server tells of a failure', async () => {
    const mechanism = oauthBearer({ user: 'a', accessToken: 't' })
    expect(mechanism.failure?.()).toBeUndefined()
    expect(await respond(mechanism, '{"status":"invalid_token","scope":"x"}')).toBe('\x01')
    expect(mechanism.failure?.()).toEqual({ status: 'invalid_token', scope: 'x' })
    const other = xoauth2({ user: 'a', accessToken: 't' })
    expect(await respond(other, 'no JSON')).toBe('')
    expect(other.failure?.()).toBe('no JSON')
    const silent = xoauth2({ user: 'a', accessToken: 't' })
    expect(await respond(silent, '')).toBe('')
    expect(silent.failure?.()).toBeUndefined()
  })
})

describe('what no mechanism takes', () => {
  const p = { user: 'a', password: 'b' }
  it.each<[string, () => unknown]>([
    ['PLAIN without a name', () => plain({ ...p, user: '' })],
    ['PLAIN without a password', () => plain({ ...p, password: '' })],
    ['PLAIN with a NUL in the name', () => plain({ ...p, user: 'a\0b' })],
    ['PLAIN with a NUL in the password', () => plain({ ...p, password: 'x\0secret' })],
    ['PLAIN with a NUL in authzid', () => plain({ ...p, authzid: '\0' })],
    ['PLAIN with a number', () => plain({ ...p, password: JSON.parse('1') as string })],
    ['LOGIN without a password', () => loginMechanism({ ...p, password: '' })],
    ['CRAM-MD5 without a name', () => cramMd5({ ...p, user: '' })],
    ['SCRAM without a password', () => scram('SCRAM-SHA-1', { ...p, password: '' })],
    ['SCRAM with a comma in the nonce', () => scram('SCRAM-SHA-1', p, { nonce: 'a,b' })],
    ['EXTERNAL with a NUL', () => external({ authzid: 'a\0' })],
    ['ANONYMOUS with a line break', () => anonymous({ trace: 'a\nb' })],
    ['ANONYMOUS with a long trace', () => anonymous({ trace: 'x'.repeat(256) })],
    ['XOAUTH2 with a line break in the token', () => xoauth2({ user: 'a', accessToken: 'secret\r\nx' })],
    ['XOAUTH2 with a separator in the name', () => xoauth2({ user: 'a\x01auth=Bearer b', accessToken: 'secret' })],
    ['XOAUTH2 without a token', () => xoauth2({ user: 'a', accessToken: '' })],
    [
      'OAUTHBEARER with a separator in the host',
      () => oauthBearer({ user: 'a', accessToken: 'secret', host: 'a\x01b' }),
    ],
  ])('%s', (_title, make) => {
    expect(make).toThrow(ArgumentError)
    expect(make).not.toThrow(/secret/)
  })
})

it('shows no secret when it is looked at', async () => {
  const credentials = { user: 'user-7', password: 'secret-7' }
  const mechanisms = [
    plain(credentials),
    loginMechanism(credentials),
    cramMd5(credentials),
    scram('SCRAM-SHA-256', credentials),
    xoauth2({ user: 'user-7', accessToken: 'secret-7' }),
    oauthBearer({ user: 'user-7', accessToken: 'secret-7' }),
  ]
  for (const mechanism of mechanisms) {
    const shown = inspect(mechanism, { depth: 9, showHidden: true }) + JSON.stringify(mechanism)
    expect(shown).toContain(mechanism.name)
    expect(shown).not.toContain('secret-7')
    expect(shown).not.toContain(Buffer.from('secret-7').toString('hex'))
  }
})

it('says which mechanisms show the secret', () => {
  const credentials = { user: 'a', password: 'b' }
  const token = { user: 'a', accessToken: 't' }
  const shown = [plain(credentials), loginMechanism(credentials), xoauth2(token), oauthBearer(token)]
  const hidden = [cramMd5(credentials), scram('SCRAM-SHA-1', credentials), external(), anonymous()]
  expect(shown.map((each) => each.plaintext)).toEqual([true, true, true, true])
  expect(hidden.map((each) => each.plaintext)).toEqual([false, false, false, false])
})
