import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ArgumentError, AuthenticationError } from '../../../src/model/errors.js'
import type { SaslMechanism } from '../../../src/model/sasl.js'
import { digestMd5, type DigestOptions } from '../../../src/sasl/digest-md5.js'
import { readDirectives } from '../../../src/sasl/directives.js'

const chris = { user: 'chris', password: 'secret' }
const host = 'elwood.innosoft.com'

async function say(mechanism: SaslMechanism, challenge: string | Buffer): Promise<string> {
  return Buffer.from(await mechanism.respond(Buffer.from(challenge))).toString('utf8')
}

const begin = (more: Partial<DigestOptions> = {}): SaslMechanism =>
  digestMd5(chris, { host, nonce: 'OA6MHXh6VqTrRk', ...more })

/** The exchanges printed in RFC 2831 §4. */
const examples = [
  {
    service: 'imap',
    cnonce: 'OA6MHXh6VqTrRk',
    challenge: 'realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",qop="auth",algorithm=md5-sess,charset=utf-8',
    response:
      'charset=utf-8,username="chris",realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",nc=00000001,cnonce="OA6MHXh6VqTrRk",digest-uri="imap/elwood.innosoft.com",response=d388dad90d4bbd760a152321f2143af7,qop=auth',
    rspauth: 'rspauth=ea40f60335c427b5527b84dbabcdfffd',
  },
  {
    service: 'acap',
    cnonce: 'OA9BSuZWMSpW8m',
    challenge: 'realm="elwood.innosoft.com",nonce="OA9BSXrbuRhWay",qop="auth",algorithm=md5-sess,charset=utf-8',
    response:
      'charset=utf-8,username="chris",realm="elwood.innosoft.com",nonce="OA9BSXrbuRhWay",nc=00000001,cnonce="OA9BSuZWMSpW8m",digest-uri="acap/elwood.innosoft.com",response=6084c6db3fede7352c551284490fd0fc,qop=auth',
    rspauth: 'rspauth=2f0b3d7c3c2e486600ef710726aa2eae',
  },
] as const
const [{ challenge, rspauth }] = examples

describe.each(examples)('the example of RFC 2831 §4 for $service', (example) => {
  it('goes through', async () => {
    const mechanism = begin({ service: example.service, nonce: example.cnonce })
    expect(mechanism.initial).toBeUndefined()
    expect(await say(mechanism, example.challenge)).toBe(example.response)
    expect(await say(mechanism, example.rspauth)).toBe('')
    expect(() => mechanism.verify?.()).not.toThrow()
    await expect(async () => say(mechanism, '')).rejects.toThrow(AuthenticationError)
    expect(() => mechanism.verify?.()).toThrow(AuthenticationError)
  })
})

describe('the proof of the server', () => {
  it('is asked for at every step', async () => {
    const mechanism = begin()
    expect(() => mechanism.verify?.()).toThrow('without proving')
    await say(mechanism, challenge)
    expect(() => mechanism.verify?.()).toThrow('without proving')
  })

  it.each([
    ['another', rspauth.replace('ea4', 'ea5')],
    ['a part', rspauth.slice(0, -1)],
    ['of a client', 'rspauth=d388dad90d4bbd760a152321f2143af7'],
    ['none', 'rspauth='],
    ['not there', 'x=y'],
    ['no list', '"'],
    ['empty', ''],
  ])('may not be %s', async (_title, final) => {
    const mechanism = begin()
    await say(mechanism, challenge)
    await expect(async () => say(mechanism, final)).rejects.toThrow(AuthenticationError)
    await expect(async () => say(mechanism, rspauth)).rejects.toThrow(AuthenticationError)
    expect(() => mechanism.verify?.()).toThrow(AuthenticationError)
  })
})

describe('a challenge', () => {
  it.each([
    ['white space and empty elements', challenge.replaceAll(',', ' , ,\t')],
    ['names in capitals', challenge.replace('nonce=', 'NONCE = ').replace('md5-sess', 'MD5-SESS')],
    ['no qop', challenge.replace('qop="auth",', '')],
    [
      'more than the client knows',
      challenge.replace('"auth"', '"auth-conf, auth-int,auth,x"') + ',maxbuf=65536,x="y, z"',
    ],
    ['a second realm', `${challenge},realm="b"`],
    ['ciphers', `${challenge},cipher="3des,rc4"`],
  ])('may have %s', async (_title, given) => {
    expect(await say(begin(), given)).toBe(examples[0].response)
  })

  it.each([
    ['no nonce', challenge.replace(/nonce="[^"]*",/, '')],
    ['an empty nonce', challenge.replace(/nonce="[^"]*"/, 'nonce=""')],
    ['two nonces', `${challenge},nonce="x"`],
    ['no algorithm', challenge.replace('algorithm=md5-sess,', '')],
    ['another algorithm', challenge.replace('md5-sess', 'md5')],
    ['two algorithms', `${challenge},algorithm=md5-sess`],
    ['two charsets', `${challenge},charset=utf-8`],
    ['another charset', challenge.replace('utf-8', 'utf-16')],
    ['two of maxbuf', `${challenge},maxbuf=1,maxbuf=1`],
    ['two of stale', `${challenge},stale=true,stale=true`],
    ['layers only', challenge.replace('"auth"', '"auth-int,auth-conf"')],
    ['2048 octets', `${challenge},x="${'y'.repeat(2048)}"`],
    ['an open quotation', `${challenge},x="y`],
    ['no list', 'hello world'],
    ['nothing', ''],
  ])('may not have %s', async (_title, given) => {
    const mechanism = begin()
    await expect(async () => say(mechanism, given)).rejects.toThrow(AuthenticationError)
    await expect(async () => say(mechanism, challenge)).rejects.toThrow(AuthenticationError)
  })

  it('is read in time that does not explode', () => {
    const start = performance.now()
    expect(readDirectives(`a="${'\\'.repeat(100_001)}`)).toBeUndefined()
    expect(readDirectives(','.repeat(100_000))).toBeUndefined()
    expect(readDirectives(`${' '.repeat(20_000)}x`)).toBeUndefined()
    expect(performance.now() - start).toBeLessThan(2000)
  })
})

const md5 = (...parts: readonly (string | Buffer)[]): Buffer =>
  createHash('md5')
    .update(Buffer.concat(parts.map((part) => Buffer.from(part))))
    .digest()

/** The response that RFC 2831 §2.1.2.1 asks for, from the octets that are hashed. */
function expected(user: Buffer, realm: string, password: Buffer, authzid = ''): string {
  const a1 = [md5(user, `:${realm}:`, password), `:N:C${authzid === '' ? '' : `:${authzid}`}`]
  const a2 = md5('AUTHENTICATE:imap/h').toString('hex')
  return md5(`${md5(...a1).toString('hex')}:N:00000001:C:auth:${a2}`).toString('hex')
}

describe('names and passwords', () => {
  const answer = async (user: string, password: string, given: string, authzid?: string): Promise<Buffer> => {
    const mechanism = digestMd5({ user, password, authzid }, { host: 'h', nonce: 'C' })
    return Buffer.from(await mechanism.respond(Buffer.from(given)))
  }
  const base = 'nonce="N",algorithm=md5-sess'

  it('are hashed in ISO 8859-1 where that holds them, though they are sent in UTF-8', async () => {
    const response = await answer('é', 'ö', `${base},charset=utf-8`)
    const digest = expected(Buffer.from([0xe9]), '', Buffer.from([0xf6]))
    expect(response.toString('utf8')).toBe(
      `charset=utf-8,username="é",nonce="N",nc=00000001,cnonce="C",digest-uri="imap/h",response=${digest},qop=auth`,
    )
  })

  it('are hashed in UTF-8 where ISO 8859-1 is too small, each by itself', async () => {
    const response = await answer('é', '€', `${base},charset=utf-8`)
    expect(response.toString('utf8')).toContain(expected(Buffer.from([0xe9]), '', Buffer.from('€')))
  })

  it('are sent in ISO 8859-1 to a server that takes nothing else', async () => {
    const response = await answer('é', 'ö', base)
    expect(response.toString('latin1')).toMatch(/^username="é",nonce="N"/)
    expect(response.toString('latin1')).toContain(expected(Buffer.from([0xe9]), '', Buffer.from([0xf6])))
    await expect(answer('a', '€', base)).rejects.toThrow(/password does not fit ISO 8859-1/)
  })

  it('are quoted, and the realm comes back as it was', async () => {
    const response = await answer('a"b\\c', 'x', `${base},realm="q\\"r\\\\s"`)
    expect(response.toString()).toContain('username="a\\"b\\\\c",realm="q\\"r\\\\s",')
    expect(response.toString()).toContain(expected(Buffer.from('a"b\\c'), 'q"r\\s', Buffer.from('x')))
  })

  it('name whom to act as', async () => {
    const response = await answer('a', 'x', `${base},charset=utf-8`, 'bé')
    expect(response.toString()).toMatch(/,authzid="bé"$/)
    expect(response.toString()).toContain(expected(Buffer.from('a'), '', Buffer.from('x'), 'bé'))
  })
})

it('uses a fresh nonce each time', async () => {
  const nonces = new Set<string>()
  for (let run = 0; run < 20; run++) {
    const response = await say(digestMd5(chris, { host }), challenge)
    nonces.add(readDirectives(response)?.get('cnonce')?.[0] ?? '')
  }
  expect(nonces.size).toBe(20)
  for (const nonce of nonces) expect(Buffer.from(nonce, 'base64')).toHaveLength(24)
})

it.each<[string, () => unknown]>([
  ['no name', () => digestMd5({ ...chris, user: '' }, { host })],
  ['no password', () => digestMd5({ ...chris, password: '' }, { host })],
  ['a NUL', () => digestMd5({ ...chris, authzid: '\0' }, { host })],
  ['no host', () => digestMd5(chris, { host: '' })],
  ['a host with a quotation mark', () => digestMd5(chris, { host: 'a"b' })],
])('refuses %s', (_title, make) => {
  expect(make).toThrow(ArgumentError)
  expect(make).not.toThrow(/secret/)
})

it('hides the password, also when it is looked at', async () => {
  const mechanism = begin()
  expect(mechanism.plaintext).toBe(false)
  await say(mechanism, challenge)
  expect(inspect(mechanism, { depth: 9, showHidden: true })).not.toContain('secret')
})
