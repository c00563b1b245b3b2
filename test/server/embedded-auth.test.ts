import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ImapServer } from 'imapkit/testing'
import { RawClient } from '../unit/testing/raw-client.js'

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64')
const unbase64 = (text: string): string => Buffer.from(text, 'base64').toString('utf8')

let server: ImapServer
beforeAll(async () => {
  server = await ImapServer.start({
    users: {
      alice: { password: 'päss word', tokens: ['token-1', 'token-2'] },
      'a,b=c': { password: 'x' },
      guest: {},
    },
    external: 'alice',
    anonymous: 'guest',
    scramIterations: 64,
    // Channel binding has tests of its own.
    capabilities: (all) => all.filter((name) => !name.endsWith('-PLUS')),
  })
})
afterAll(() => server.close())

/** One AUTHENTICATE: `answers` are functions of the decoded challenge; the tagged answer and the user. */
async function authenticate(command: string, ...answers: ((challenge: string) => string)[]): Promise<string> {
  await using client = await RawClient.open({ port: server.tlsPort, ca: server.ca })
  client.send(`a AUTHENTICATE ${command}\r\n`)
  for (const answer of answers) {
    const line = await client.line()
    if (!line.startsWith('+ ')) return line
    client.send(`${answer(unbase64(line.slice(2)))}\r\n`)
  }
  const line = await client.line()
  return line.startsWith('a OK') ? `OK ${server.connections.at(-1)?.user}` : line
}

const empty = (): string => ''
const say =
  (text: string) =>
  (challenge: string): string => {
    expect(challenge).toBe('')
    return base64(text)
  }

describe('PLAIN', () => {
  it.each<[name: string, command: string, answers: ((challenge: string) => string)[], result: RegExp]>([
    ['with an initial response', `PLAIN ${base64('\0alice\0päss word')}`, [], /^OK alice$/],
    ['without one', 'plain', [say('\0alice\0päss word')], /^OK alice$/],
    ['for oneself', `PLAIN ${base64('alice\0alice\0päss word')}`, [], /^OK alice$/],
    ['for somebody else', `PLAIN ${base64('bob\0alice\0päss word')}`, [], /^a NO \[AUTHORIZATIONFAILED\]/],
    ['with a wrong password', `PLAIN ${base64('\0alice\0pass word')}`, [], /^a NO \[AUTHENTICATIONFAILED\]/],
    ['with an unknown user', `PLAIN ${base64('\0bob\0päss word')}`, [], /^a NO \[AUTHENTICATIONFAILED\]/],
    ['with a user without a password', `PLAIN ${base64('\0guest\0undefined')}`, [], /^a NO \[AUTHENTICATIONFAILED\]/],
    ['with a name that objects have', `PLAIN ${base64('\0constructor\0x')}`, [], /^a NO \[AUTHENTICATIONFAILED\]/],
    ['with a field missing', `PLAIN ${base64('alice\0x')}`, [], /^a BAD/],
    ['with nothing', 'PLAIN =', [], /^a BAD/],
    ['with octets that are no UTF-8', 'PLAIN AGH/', [], /^a BAD/],
    ['with text that is no base64', 'PLAIN ab*=', [], /^a BAD .*base64/],
    ['cancelled', 'PLAIN', [() => '*'], /^a BAD .*cancelled/],
  ])('%s', async (_name, command, answers, result) => {
    expect(await authenticate(command, ...answers)).toMatch(result)
  })
})

describe('LOGIN, EXTERNAL, ANONYMOUS', () => {
  it.each<[command: string, answers: ((challenge: string) => string)[], result: RegExp]>([
    ['LOGIN', [() => base64('alice'), () => base64('päss word')], /^OK alice$/],
    [`LOGIN ${base64('alice')}`, [() => base64('päss word')], /^OK alice$/],
    ['LOGIN', [() => base64('alice'), () => base64('no')], /^a NO \[AUTHENTICATIONFAILED\]/],
    ['EXTERNAL =', [], /^OK alice$/],
    ['EXTERNAL', [empty], /^OK alice$/],
    [`EXTERNAL ${base64('alice')}`, [], /^OK alice$/],
    [`EXTERNAL ${base64('bob')}`, [], /^a NO \[AUTHORIZATIONFAILED\]/],
    [`ANONYMOUS ${base64('me@example.org')}`, [], /^OK guest$/],
    [`ANONYMOUS ${base64('x'.repeat(256))}`, [], /^a BAD/],
    ['NO-SUCH', [], /^a NO \[CANNOT\]/],
    ['CRAM-MD5 AA==', [], /^a BAD .*server speaks first/],
  ])('%s', async (command, answers, result) => {
    expect(await authenticate(command, ...answers)).toMatch(result)
  })

  it('asks for a name and a password in words that clients know', async () => {
    const asked: string[] = []
    const note = (challenge: string): string => {
      asked.push(challenge)
      return base64('x')
    }
    await authenticate('LOGIN', note, note)
    expect(asked).toEqual(['User Name\0', 'Password\0'])
  })
})

describe('CRAM-MD5', () => {
  const respond = (user: string, password: string) => (challenge: string) => {
    expect(challenge).toMatch(/^<.+@.+>$/)
    return base64(`${user} ${createHmac('md5', password).update(challenge).digest('hex')}`)
  }
  it.each<[user: string, password: string, result: RegExp]>([
    ['alice', 'päss word', /^OK alice$/],
    ['alice', 'wrong', /^a NO \[AUTHENTICATIONFAILED\]/],
    ['bob', 'x', /^a NO \[AUTHENTICATIONFAILED\]/],
  ])('as %s with %s', async (user, password, result) => {
    expect(await authenticate('CRAM-MD5', respond(user, password))).toMatch(result)
  })
})

describe.each([
  ['SCRAM-SHA-1', 'sha1', 20],
  ['SCRAM-SHA-256', 'sha256', 32],
  ['SCRAM-SHA-512', 'sha512', 64],
])('%s', (mechanism, hash, length) => {
  interface Client {
    readonly user?: string
    readonly password?: string
    readonly gs2?: string
    readonly binding?: string
    readonly nonce?: (sent: string) => string
    readonly last?: string
  }

  async function run(client: Client = {}): Promise<string> {
    const {
      user = 'alice',
      password = 'päss word',
      gs2 = 'n,,',
      binding = gs2,
      nonce = (sent) => sent,
      last = '',
    } = client
    const bare = `n=${user},r=clientnonce`
    const hmac = (key: Buffer, text: string): Buffer => createHmac(hash, key).update(text).digest()
    let expected = ''
    return authenticate(
      `${mechanism} ${base64(gs2 + bare)}`,
      (serverFirst) => {
        const [, sent, salt, iterations] = /^r=(clientnonce.{10,}),s=([^,]+),i=(64)$/.exec(serverFirst)!
        const withoutProof = `c=${base64(binding)},r=${nonce(sent!)}`
        const salted = pbkdf2Sync(password, Buffer.from(salt!, 'base64'), Number(iterations), length, hash)
        const key = hmac(salted, 'Client Key')
        const message = `${bare},${serverFirst},${withoutProof}`
        const signature = hmac(createHash(hash).update(key).digest(), message)
        const proof = Buffer.from(key.map((octet, i) => octet ^ signature[i]!)).toString('base64')
        expected = `v=${hmac(hmac(salted, 'Server Key'), message).toString('base64')}`
        return base64(`${withoutProof},p=${proof}`)
      },
      (serverFinal) => {
        expect(serverFinal).toBe(expected)
        return base64(last)
      },
    )
  }

  it.each<[name: string, client: Client, result: RegExp]>([
    ['logs in and proves itself', {}, /^OK alice$/],
    ['takes a client that could bind the channel', { gs2: 'y,,' }, /^OK alice$/],
    ['takes an authorization identity', { gs2: 'n,a=alice,' }, /^OK alice$/],
    ['takes no other authorization identity', { gs2: 'n,a=bob,' }, /^a NO \[AUTHORIZATIONFAILED\]/],
    ['reads =2C and =3D', { user: 'a=2Cb=3Dc', password: 'x' }, /^OK a,b=c$/],
    ['refuses other escapes', { user: 'a=20b' }, /^a BAD/],
    ['refuses a wrong password', { password: 'wrong' }, /^a NO \[AUTHENTICATIONFAILED\]/],
    ['refuses an unknown user at the same point', { user: 'bob' }, /^a NO \[AUTHENTICATIONFAILED\]/],
    ['refuses channel binding', { gs2: 'p=tls-exporter,,' }, /^a BAD Channel binding/],
    ['notices that somebody changed the header', { gs2: 'n,,', binding: 'y,,' }, /^a BAD The channel binding/],
    ['notices another nonce', { nonce: (sent) => `${sent}x` }, /^a BAD .*nonce/],
    ['wants nothing behind its last word', { last: 'x' }, /^a BAD/],
  ])('%s', async (_name, client, result) => {
    expect(await run(client)).toMatch(result)
  })
})

describe('OAuth', () => {
  const xoauth2 = (user: string, token: string): string => base64(`user=${user}\x01auth=Bearer ${token}\x01\x01`)
  const bearer = (user: string, token: string): string =>
    base64(`n,a=${user},\x01host=localhost\x01port=143\x01auth=Bearer ${token}\x01\x01`)

  it.each<[name: string, command: string, answers: ((challenge: string) => string)[], result: RegExp]>([
    ['XOAUTH2', `XOAUTH2 ${xoauth2('alice', 'token-2')}`, [], /^OK alice$/],
    ['XOAUTH2 without an initial response', 'XOAUTH2', [() => xoauth2('alice', 'token-1')], /^OK alice$/],
    [
      'a bad token',
      `XOAUTH2 ${xoauth2('alice', 'old')}`,
      [(c) => (expect(JSON.parse(c)).toMatchObject({ status: '400' }), '')],
      /^a NO \[AUTHENTICATIONFAILED\]/,
    ],
    ['a bad token, cancelled', `XOAUTH2 ${xoauth2('alice', 'old')}`, [() => '*'], /^a BAD/],
    ['nonsense', `XOAUTH2 ${base64('hello')}`, [], /^a BAD/],
    ['OAUTHBEARER', `OAUTHBEARER ${bearer('alice', 'token-1')}`, [], /^OK alice$/],
    [
      'a token of another user',
      `OAUTHBEARER ${bearer('guest', 'token-1')}`,
      [(c) => (expect(JSON.parse(c)).toMatchObject({ status: 'invalid_token' }), 'AQ==')],
      /^a NO/,
    ],
    ['a bad token, wrongly acknowledged', `OAUTHBEARER ${bearer('alice', 'old')}`, [() => base64('hm')], /^a BAD/],
    ['no token', `OAUTHBEARER ${base64('n,a=alice,\x01host=x\x01\x01')}`, [], /^a BAD/],
  ])('%s', async (_name, command, answers, result) => {
    expect(await authenticate(command, ...answers)).toMatch(result)
  })
})
