import { inspect } from 'node:util'
import { connect, ImapError, type Auth, type ConnectOptions } from 'imapkit'
import { ImapServer } from 'imapkit/testing'
import { describe, expect, it } from 'vitest'

const SECRET = 'Zq7~hunter2~7qZ'
const shown = (value: unknown): string =>
  `${inspect(value, { depth: Infinity, showHidden: true, getters: true })} ${JSON.stringify(value) ?? ''} ${String(value)}`

/** The secret, however it may be written. */
function expectNone(text: string): void {
  for (const form of [
    SECRET,
    ...['', 'alice\0', '\0alice\0'].map((before) => Buffer.from(before + SECRET).toString('base64')),
  ])
    expect(text).not.toContain(form.replace(/=+$/, ''))
  expect(text).not.toContain(encodeURIComponent(SECRET))
}

describe('no secret is in', () => {
  it.each<[string, Auth]>([
    ['a password', { user: 'alice', password: SECRET }],
    ['a token', { user: 'alice', accessToken: SECRET }],
    ['a provider of tokens', { user: 'alice', accessToken: () => Promise.resolve(SECRET) }],
  ])('what an application holds: %s', async (_, auth) => {
    await using server = await ImapServer.start({
      users: { alice: { password: SECRET, tokens: [SECRET] } },
      security: 'plaintext',
      scramIterations: 4096,
    })
    const client = await connect({ ...server.connectOptions('alice'), auth, idle: false })
    const inbox = await client.select('INBOX')
    const streams = [inbox.fetch('1:*' as never, { flags: true }), inbox]
    for (const value of [client, streams, client.capabilities, client.closed, client.traffic]) expectNone(shown(value))
    client.close()
    expectNone(shown(await client.closed))
    expectNone(shown(await client.noop().catch((error: unknown) => error)))
    expectNone(shown(client))
  })

  it.each<[string, Partial<ConnectOptions> & { readonly auth?: unknown }]>([
    ['a wrong port', { port: -1 }],
    ['an unknown option', { nonsense: true } as never],
    ['a user that is missing', { auth: { password: SECRET } } as never],
    ['a password in the place of the mechanism', { auth: { mechanism: SECRET } } as never],
    ['a password that is an object', { auth: { user: 'a', password: { secret: SECRET } } } as never],
    ['mechanisms that are none', { auth: { user: 'a', password: SECRET, mechanisms: SECRET } } as never],
    ['a NUL in the password', { auth: { user: 'a', password: `${SECRET}\0` } }],
    ['a line end in the token', { auth: { user: 'a', accessToken: `${SECRET}\r\n` } }],
  ])('an error for options: %s', async (_, wrong) => {
    await using server = await ImapServer.start({
      users: { alice: { password: 'x' } },
      security: 'plaintext',
      scramIterations: 4096,
    })
    const options = {
      ...server.connectOptions('alice'),
      auth: { user: 'alice', password: SECRET },
      ...wrong,
    } as ConnectOptions
    const error: unknown = await connect(options).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ImapError)
    for (let each: unknown = error; each instanceof Error; each = each.cause)
      expectNone(`${shown(each)} ${each.stack ?? ''}`)
  })

  it('an error for a URL', async () => {
    const error: unknown = await connect(`imaps://alice:${SECRET}@mail.example/`).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ImapError)
    expectNone(shown(error))
  })
})
