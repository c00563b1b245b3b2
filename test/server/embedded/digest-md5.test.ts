import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ImapServer } from 'imapkit/testing'
import { RawClient } from '../../unit/testing/raw-client.js'

let server: ImapServer
beforeAll(async () => {
  server = await ImapServer.start({
    security: 'plaintext',
    users: { chris: { password: 'secret' }, jürgen: { password: 'grün' }, żółw: { password: 'żaba"\\' } },
  })
})
afterAll(() => server.close())

const md5 = (...parts: readonly (string | Buffer)[]): Buffer => {
  const hash = createHash('md5')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

interface Facts {
  readonly user: Buffer
  readonly password: Buffer
  readonly realm: string
  readonly nonce: string
  readonly cnonce: string
  readonly uri: string
  readonly authzid?: string | undefined
}

/** response-value (RFC 2831 §2.1.2.1) for a2 = prefix ":" digest-uri. */
function value(facts: Facts, prefix: string): string {
  const { user, password, realm, nonce, cnonce, uri, authzid } = facts
  const secret = md5(user, `:${realm}:`, password)
  const a1 = md5(secret, `:${nonce}:${cnonce}${authzid === undefined ? '' : `:${authzid}`}`).toString('hex')
  const a2 = md5(`${prefix}:${uri}`).toString('hex')
  return md5(`${a1}:${nonce}:00000001:${cnonce}:auth:${a2}`).toString('hex')
}

it('computes as the example of RFC 2831 §4 does', () => {
  const facts = {
    user: Buffer.from('chris'),
    password: Buffer.from('secret'),
    realm: 'elwood.innosoft.com',
    nonce: 'OA6MG9tEQGm2hh',
    cnonce: 'OA6MHXh6VqTrRk',
    uri: 'imap/elwood.innosoft.com',
  }
  expect(value(facts, 'AUTHENTICATE')).toBe('d388dad90d4bbd760a152321f2143af7')
  expect(value(facts, '')).toBe('ea40f60335c427b5527b84dbabcdfffd')
})

interface Login {
  readonly user?: string
  readonly password?: string
  readonly authzid?: string
  readonly uri?: string
  /** Without it the names are in ISO 8859-1. */
  readonly charset?: boolean
  /** Changes the response before it is sent. */
  readonly bend?: (response: string) => string
  readonly last?: string
}

const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`
/** As the RFC wants it hashed: ISO 8859-1 where that is enough. */
const hashed = (text: string): Buffer => Buffer.from(text, /^[\x00-\xff]*$/.test(text) ? 'latin1' : 'utf8')

/** The tagged answer to one login. */
async function login(options: Login): Promise<string> {
  const { user = 'chris', password = 'secret', authzid, uri = 'imap/localhost', charset = true, last = '' } = options
  await using client = await RawClient.open({ port: server.port })
  client.send('a AUTHENTICATE DIGEST-MD5\r\n')
  const challenge = Buffer.from((await client.line()).slice(2), 'base64').toString()
  expect(challenge).toMatch(/^realm="[^"]+",nonce="[^"]{20,}",qop="auth",charset=utf-8,algorithm=md5-sess$/)
  const realm = /realm="([^"]+)"/.exec(challenge)?.[1] ?? ''
  const nonce = /nonce="([^"]+)"/.exec(challenge)?.[1] ?? ''
  const facts = { user: hashed(user), password: hashed(password), realm, nonce, cnonce: 'OA6MHXh6VqTrRk', uri, authzid }
  const response =
    `${charset ? 'charset=utf-8,' : ''}username=${quote(user)},realm=${quote(realm)},nonce=${quote(nonce)},nc=00000001,` +
    `cnonce="OA6MHXh6VqTrRk",digest-uri=${quote(uri)},response=${value(facts, 'AUTHENTICATE')},qop=auth` +
    (authzid === undefined ? '' : `,authzid=${quote(authzid)}`)
  const bent = options.bend?.(response) ?? response
  client.send(`${Buffer.from(bent, charset ? 'utf8' : 'latin1').toString('base64')}\r\n`)
  const proof = await client.line()
  if (!proof.startsWith('+ ')) return proof
  expect(Buffer.from(proof.slice(2), 'base64').toString()).toBe(`rspauth=${value(facts, '')}`)
  client.send(`${last}\r\n`)
  const line = await client.line()
  return line.startsWith('a OK') ? `OK ${server.connections.at(-1)?.user}` : line
}

describe('DIGEST-MD5 (RFC 2831)', () => {
  it.each<[name: string, options: Login, result: RegExp]>([
    ['logs in and proves itself', {}, /^OK chris$/],
    ['hashes ISO 8859-1', { user: 'jürgen', password: 'grün' }, /^OK jürgen$/],
    ['reads ISO 8859-1', { user: 'jürgen', password: 'grün', charset: false }, /^OK jürgen$/],
    ['hashes UTF-8, and undoes quoting', { user: 'żółw', password: 'żaba"\\' }, /^OK żółw$/],
    ['takes an authorization identity', { authzid: 'chris' }, /^OK chris$/],
    ['takes no other one', { authzid: 'jane' }, /^a NO \[AUTHORIZATIONFAILED\]/],
    ['takes auth for the default', { bend: (response) => response.replace(',qop=auth', '') }, /^OK/],
    ['takes spaces between directives', { bend: (response) => response.replaceAll(',', ' , ') }, /^OK/],
    ['passes over what it does not know', { bend: (response) => `${response},foo="bar",maxbuf=65536` }, /^OK/],
    ['refuses a wrong password', { password: 'wrong' }, /^a NO \[AUTHENTICATIONFAILED\]/],
    ['refuses an unknown user', { user: 'jane' }, /^a NO \[AUTHENTICATIONFAILED\]/],
    ['refuses another server', { uri: 'imap/elwood.innosoft.com' }, /^a NO \[AUTHENTICATIONFAILED\]/],
    ['refuses another service', { uri: 'smtp/localhost' }, /^a BAD/],
    ['refuses another nonce', { bend: (response) => response.replace(/,nonce="/, ',nonce="x') }, /^a BAD .*nonce/],
    ['refuses another count', { bend: (response) => response.replace('nc=00000001', 'nc=00000002') }, /^a BAD/],
    ['refuses another qop', { bend: (response) => response.replace('qop=auth', 'qop=auth-conf') }, /^a BAD/],
    ['refuses another realm', { bend: (response) => response.replace('realm="', 'realm="x') }, /^a NO/],
    ['refuses a directive that comes twice', { bend: (response) => `${response},qop=auth` }, /^a BAD .*twice/],
    ['refuses a missing one', { bend: (response) => response.replace(/,cnonce="[^"]*"/, '') }, /^a BAD .*cnonce/],
    [
      'refuses upper case',
      { bend: (response) => response.replace(/response=\w+/, (all) => all.toUpperCase()) },
      /^a BAD/,
    ],
    ['refuses nonsense', { bend: () => 'hello' }, /^a BAD/],
    ['refuses what is too long', { bend: (response) => `${response},foo="${'x'.repeat(4096)}"` }, /^a BAD/],
    ['wants nothing behind its proof', { last: 'eA==' }, /^a BAD/],
  ])('%s', async (_name, options, result) => {
    expect(await login(options)).toMatch(result)
  })

  it('has no initial response', async () => {
    await using client = await RawClient.open({ port: server.port })
    expect((await client.run('AUTHENTICATE DIGEST-MD5 eA==')).at(-1)).toMatch(/^BAD /)
  })
})
