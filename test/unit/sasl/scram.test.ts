import { Buffer } from 'node:buffer'
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { AuthenticationError } from '../../../src/model/errors.js'
import type { SaslMechanism } from '../../../src/model/sasl.js'
import { scram, type ScramName, type ScramOptions } from '../../../src/sasl/scram.js'

const credentials = { user: 'user', password: 'pencil' }

async function say(mechanism: SaslMechanism, challenge: string): Promise<string> {
  return Buffer.from(await mechanism.respond(Buffer.from(challenge))).toString('utf8')
}

/** The exchanges printed in the RFCs. */
const examples = [
  {
    name: 'SCRAM-SHA-1',
    rfc: 'RFC 5802 §5',
    nonce: 'fyko+d2lbbFgONRv9qkxdawL',
    serverFirst: 'r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096',
    clientFinal: 'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
    serverFinal: 'v=rmF9pqV8S7suAoZWja4dJRkFsKQ=',
  },
  {
    name: 'SCRAM-SHA-256',
    rfc: 'RFC 7677 §3',
    nonce: 'rOprNGfwEbeRWgbNEkqO',
    serverFirst: 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
    clientFinal:
      'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
    serverFinal: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
  },
] as const

describe.each(examples)('$name, the example of $rfc', ({ name, nonce, serverFirst, clientFinal, serverFinal }) => {
  const begin = (options: ScramOptions = {}): SaslMechanism => {
    const mechanism = scram(name, credentials, { nonce, ...options })
    expect(Buffer.from(mechanism.initial?.() ?? []).toString()).toBe(`n,,n=user,r=${nonce}`)
    return mechanism
  }

  it('goes through', async () => {
    const mechanism = begin()
    expect(await say(mechanism, serverFirst)).toBe(clientFinal)
    expect(await say(mechanism, serverFinal)).toBe('')
    expect(() => mechanism.verify?.()).not.toThrow()
    await expect(say(mechanism, '')).rejects.toThrow(AuthenticationError)
    expect(() => mechanism.verify?.()).toThrow(AuthenticationError)
  })

  it('rejects a success without the final message, at every step', async () => {
    const mechanism = begin()
    expect(() => mechanism.verify?.()).toThrow('without proving')
    await say(mechanism, serverFirst)
    expect(() => mechanism.verify?.()).toThrow('without proving')
  })

  it.each([
    ['another octet', serverFinal.replace(/^v=\w/, 'v=A')],
    ['a part of it', serverFinal.slice(0, 10)],
    ['nothing', 'v='],
    ['no signature', ''],
    ['an extension in front', `x=1,${serverFinal}`],
  ])('rejects a signature that is %s', async (_title, final) => {
    expect(final).not.toBe(serverFinal)
    const mechanism = begin()
    await say(mechanism, serverFirst)
    await expect(say(mechanism, final)).rejects.toThrow('signature is wrong')
    expect(() => mechanism.verify?.()).toThrow(AuthenticationError)
    // A second try does not mend it.
    await expect(say(mechanism, serverFinal)).rejects.toThrow(AuthenticationError)
  })

  it('tells the error of the server (RFC 5802 §7)', async () => {
    const mechanism = begin()
    await say(mechanism, serverFirst)
    await expect(say(mechanism, 'e=invalid-proof')).rejects.toThrow('invalid-proof')
  })

  it.each([
    ['a nonce of its own', serverFirst.replace(nonce, 'x')],
    ["the client's nonce alone", `r=${nonce},s=QSXCR+Q6sek8bf92,i=4096`],
    ['a nonce that begins late', serverFirst.replace('r=', 'r=x')],
    ['too few rounds', serverFirst.replace('i=4096', 'i=4095')],
    ['one round', serverFirst.replace('i=4096', 'i=1')],
    ['too many rounds', serverFirst.replace('i=4096', 'i=1000001')],
    ['very many rounds', serverFirst.replace('i=4096', `i=${'9'.repeat(400)}`)],
    ['no number', serverFirst.replace('i=4096', 'i=4096x')],
    ['a mandatory extension', `m=ext,${serverFirst}`],
    ['no salt', serverFirst.replace(/s=[^,]*/, 's=')],
    ['no base64', serverFirst.replace(/s=[^,]*/, 's=@@')],
    ['nothing', ''],
    ['an error', 'e=other-error'],
  ])('rejects %s in the first message', async (_title, challenge) => {
    const mechanism = begin()
    await expect(say(mechanism, challenge)).rejects.toThrow(AuthenticationError)
    await expect(say(mechanism, serverFirst)).rejects.toThrow(AuthenticationError)
  })

  it('lets the caller bound the rounds', async () => {
    await expect(say(begin({ maxIterations: 4095 }), serverFirst)).rejects.toThrow('4096 rounds')
    expect(await say(begin({ maxIterations: 4096 }), serverFirst)).toBe(clientFinal)
  })

  it('takes extensions behind what it knows', async () => {
    expect(await say(begin(), `${serverFirst},x=1`)).toMatch(/^c=biws,r=.*,p=/)
  })
})

describe('names', () => {
  const first = (user: string, authzid?: string) =>
    Buffer.from(scram('SCRAM-SHA-256', { user, password: 'x', authzid }, { nonce: 'N' }).initial?.() ?? []).toString()

  it('are escaped (RFC 5802 §5.1)', () => {
    expect(first('a=b,c')).toBe('n,,n=a=3Db=2Cc,r=N')
    expect(first('user', 'ad,min')).toBe('n,a=ad=2Cmin,n=user,r=N')
    expect(first('é', '')).toBe('n,,n=é,r=N')
  })

  it('come with a fresh nonce each time', () => {
    const nonces = Array.from({ length: 20 }, () =>
      Buffer.from(scram('SCRAM-SHA-1', credentials).initial?.() ?? [])
        .toString()
        .slice('n,,n=user,r='.length),
    )
    expect(new Set(nonces).size).toBe(20)
    for (const nonce of nonces) expect(Buffer.from(nonce, 'base64')).toHaveLength(24)
  })
})

/** A server of SCRAM, written after RFC 5802 §3, to check the client against something else than itself. */
function serve(name: ScramName, password: string, clientFirst: string) {
  const hash = name === 'SCRAM-SHA-1' ? 'sha1' : 'sha256'
  const length = hash === 'sha1' ? 20 : 32
  const hmac = (key: Buffer, text: string | Buffer) => createHmac(hash, key).update(text).digest()
  const bare = clientFirst.replace(/^n,[^,]*,/, '')
  const gs2 = clientFirst.slice(0, clientFirst.length - bare.length)
  const salt = Buffer.from('some salt')
  const serverFirst = `${bare.replace(/^.*,r=/, 'r=')}SERVER,s=${salt.toString('base64')},i=5000`
  const salted = pbkdf2Sync(password, salt, 5000, length, hash)
  return {
    serverFirst,
    finish(clientFinal: string): string {
      const [, without = '', proof = ''] = /^(.*),p=(.*)$/.exec(clientFinal) ?? []
      expect(without.startsWith(`c=${Buffer.from(gs2).toString('base64')},`)).toBe(true)
      const message = `${bare},${serverFirst},${without}`
      const storedKey = createHash(hash).update(hmac(salted, 'Client Key')).digest()
      const signature = hmac(storedKey, message)
      const clientKey = Buffer.from(proof, 'base64').map((octet, index) => octet ^ signature[index]!)
      expect(createHash(hash).update(clientKey).digest().equals(storedKey)).toBe(true)
      return `v=${hmac(hmac(salted, 'Server Key'), message).toString('base64')}`
    },
  }
}

it.each([
  ['SCRAM-SHA-1', 'pässword, with = and ,', undefined],
  ['SCRAM-SHA-256', 'pässword', 'someone, else'],
] as const)('%s convinces a server, and is convinced', async (name, password, authzid) => {
  const mechanism = scram(name, { user: 'us=er', password, authzid })
  const server = serve(name, password, Buffer.from(mechanism.initial?.() ?? []).toString())
  const final = await say(mechanism, server.serverFirst)
  expect(await say(mechanism, server.finish(final))).toBe('')
  expect(() => mechanism.verify?.()).not.toThrow()
})

it('does not hold up the event loop while it derives the key', async () => {
  const mechanism = scram('SCRAM-SHA-256', credentials, { nonce: 'N' })
  let turns = 0
  const timer = setInterval(() => turns++, 1)
  try {
    await say(mechanism, 'r=NS,s=QSXCR+Q6sek8bf92,i=400000')
  } finally {
    clearInterval(timer)
  }
  expect(turns).toBeGreaterThan(2)
})
