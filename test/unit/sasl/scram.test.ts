import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { AuthenticationError } from '../../../src/model/errors.js'
import type { ChannelBinding, SaslMechanism } from '../../../src/model/sasl.js'
import { scram, type ScramName, type ScramOptions } from '../../../src/sasl/scram.js'
import { serve } from './scram-peer.js'

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

const binding: ChannelBinding = { type: 'tls-exporter', data: Buffer.from('0123456789abcdef0123456789abcdef') }
const endPoint: ChannelBinding = { type: 'tls-server-end-point', data: Buffer.from([0, 255, 44, 61]) }

it.each<[ScramName, string, string | undefined, ScramOptions]>([
  ['SCRAM-SHA-1', 'pässword, with = and ,', undefined, {}],
  ['SCRAM-SHA-256', 'pässword', 'someone, else', {}],
  ['SCRAM-SHA-512', 'pässword', undefined, { couldBind: true }],
  ['SCRAM-SHA-512', 'pencil', 'else', { channelBinding: binding }],
  ['SCRAM-SHA-256', 'pencil', undefined, { channelBinding: endPoint }],
  ['SCRAM-SHA-1', 'pencil', undefined, { channelBinding: endPoint }],
])('%s convinces a server, and is convinced: %s %s %o', async (name, password, authzid, options) => {
  const mechanism = scram(name, { user: 'us=er', password, authzid }, options)
  expect(mechanism.name).toBe(options.channelBinding === undefined ? name : `${name}-PLUS`)
  const server = serve(name, password, Buffer.from(mechanism.initial?.() ?? []).toString())
  expect(server.flag).toBe(
    options.couldBind === true ? 'y' : options.channelBinding === undefined ? 'n' : `p=${options.channelBinding.type}`,
  )
  const final = await say(mechanism, server.serverFirst)
  const proof = server.finish(final, options.channelBinding?.data)
  expect(proof).toMatch(/^v=/)
  expect(await say(mechanism, proof)).toBe('')
  expect(() => mechanism.verify?.()).not.toThrow()
})

describe('channel binding (RFC 5802 §6)', () => {
  const first = (options: ScramOptions, authzid?: string): string => {
    const mechanism = scram('SCRAM-SHA-256', { ...credentials, authzid }, { nonce: 'N', ...options })
    return Buffer.from(mechanism.initial?.() ?? []).toString()
  }

  it('is told in the header', () => {
    expect(first({})).toBe('n,,n=user,r=N')
    expect(first({ couldBind: true }, 'x')).toBe('y,a=x,n=user,r=N')
    expect(first({ channelBinding: binding })).toBe('p=tls-exporter,,n=user,r=N')
    expect(first({ channelBinding: endPoint, couldBind: true }, 'x')).toBe('p=tls-server-end-point,a=x,n=user,r=N')
  })

  it('is part of what is proved', async () => {
    const mechanism = scram('SCRAM-SHA-256', credentials, { nonce: 'N', channelBinding: endPoint })
    const final = await say(mechanism, 'r=NS,s=QSXCR+Q6sek8bf92,i=4096')
    const header = Buffer.from('p=tls-server-end-point,,')
    expect(final.startsWith(`c=${Buffer.concat([header, endPoint.data]).toString('base64')},r=NS,p=`)).toBe(true)
  })

  it('shows a server that sees another channel', async () => {
    const mechanism = scram('SCRAM-SHA-256', credentials, { channelBinding: binding })
    const server = serve('SCRAM-SHA-256', 'pencil', Buffer.from(mechanism.initial?.() ?? []).toString())
    const answer = server.finish(await say(mechanism, server.serverFirst), Buffer.alloc(32))
    expect(answer).toBe('e=channel-bindings-dont-match')
    await expect(say(mechanism, answer)).rejects.toMatchObject({
      serverError: 'channel-bindings-dont-match',
      message: expect.stringContaining('stands in between') as string,
    })
  })

  it.each([
    ['e=server-does-support-channel-binding', 'server-does-support-channel-binding', /taken -PLUS out/],
    ['e=unsupported-channel-binding-type,x=y', 'unsupported-channel-binding-type', /with unsupported/],
    ['e=\x00', 'other-error', /other-error/],
  ])('tells %s, in either message', async (said, serverError, message) => {
    for (const before of [[], ['r=NS,s=QSXCR+Q6sek8bf92,i=4096']]) {
      const mechanism = scram('SCRAM-SHA-256', credentials, { nonce: 'N' })
      for (const each of before) await say(mechanism, each)
      const failure = say(mechanism, said)
      await expect(failure).rejects.toBeInstanceOf(AuthenticationError)
      await expect(failure).rejects.toMatchObject({ serverError, message: expect.stringMatching(message) as string })
    }
  })
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
