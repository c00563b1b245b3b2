import { inspect } from 'node:util'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { connect, type Auth, type ConnectOptions } from 'imapkit'
import { ImapServer, ScriptedServer } from 'imapkit/testing'
import { saslPrep } from '../../src/sasl/prepare.js'
import { QUIET } from './client-tools.js'

/** Everything that a secret could be read from once it has crossed the wire. */
function forms(secret: string, user = 'alice'): string[] {
  const encoded = (text: string): string => Buffer.from(text, 'utf8').toString('base64')
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encoded(secret),
    encoded(`\0${user}\0${secret}`),
    encoded(`user=${user}\x01auth=Bearer ${secret}\x01\x01`),
    encodeURIComponent(secret),
  ]
}

/** All that a program could write into a log. */
class Observer {
  readonly #seen: string[] = []

  readonly options = {
    logger: {
      debug: (line: string) => this.see(line),
      info: (line: string) => this.see(line),
      warn: (line: string) => this.see(line),
      error: (line: string) => this.see(line),
    },
    on: {
      trace: (payload) => this.see(payload),
      warning: (payload) => this.see(payload),
      state: (payload) => this.see(payload),
      close: (payload) => this.see(payload),
      alert: (payload) => this.see(payload),
      capability: (payload) => this.see(payload),
    },
  } satisfies Partial<ConnectOptions>

  see(value: unknown): void {
    this.#seen.push(inspect(value, { depth: Infinity, showHidden: true, maxStringLength: null, maxArrayLength: null }))
    this.#seen.push(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
    if (value instanceof Error) this.#seen.push(String(value), value.stack ?? '')
  }

  get all(): string {
    return this.#seen.join('\n')
  }
}

/** Logs in, in one way, and gives all that could be seen of it. */
async function observe(server: ImapServer, auth: Auth): Promise<Observer> {
  const observer = new Observer()
  const options = { ...server.connectOptions('alice'), auth, ...QUIET, ...observer.options }
  try {
    const client = await connect(options)
    observer.see(client)
    const inbox = await client.select('INBOX')
    observer.see(client)
    observer.see(inspect(inbox, { depth: Infinity, showHidden: true }))
    client.close()
    observer.see(await client.closed)
  } catch (error) {
    observer.see(error)
  }
  return observer
}

// What else is printed holds nothing like the beginning, so that a short secret is no part of it by chance.
const PASSWORD = fc
  .oneof(fc.string({ unit: 'grapheme-ascii', maxLength: 40 }), fc.string({ unit: 'grapheme', maxLength: 20 }))
  .map((text) => `Zq7~${text.replaceAll('\0', '')}~7qZ`)
const TOKEN = fc.stringMatching(/^Zq7~[!-~]{0,60}$/)

describe('secrets', () => {
  it.each(['SCRAM-SHA-256', 'SCRAM-SHA-1', 'CRAM-MD5', 'PLAIN', 'LOGIN', 'command'])(
    'no password is seen anywhere: %s, right or wrong',
    async (mechanism) => {
      await fc.assert(
        fc.asyncProperty(PASSWORD, fc.boolean(), async (password, right) => {
          const isPrepared = mechanism !== 'LOGIN' && mechanism !== 'command'
          const kept = isPrepared ? await saslPrep('password', password).catch(() => undefined) : password
          await using server = await ImapServer.start({
            users: { alice: { password: right && kept !== undefined ? kept : 'another' } },
            security: 'plaintext',
            scramIterations: 4096,
            ...(mechanism === 'command' && { capabilities: (all) => all.filter((each) => !each.startsWith('AUTH=')) }),
          })
          const mechanisms = mechanism === 'command' ? undefined : [mechanism]
          const { all } = await observe(server, { user: 'alice', password, mechanisms })
          for (const form of [...forms(password), ...forms(kept ?? password)]) expect(all).not.toContain(form)
          const outcome = right ? /authenticated/ : /ERR_IMAP_AUTHENTICATION/
          expect(all).toMatch(kept === undefined ? /ERR_IMAP_ARGUMENT/ : outcome)
        }),
        { numRuns: 12 },
      )
    },
  )

  it.each(['XOAUTH2', 'OAUTHBEARER'])('no token is seen anywhere: %s, right or wrong', async (mechanism) => {
    await fc.assert(
      fc.asyncProperty(TOKEN, fc.boolean(), fc.boolean(), async (token, right, provided) => {
        await using server = await ImapServer.start({
          users: { alice: { tokens: [right ? token : 'another'] } },
          security: 'plaintext',
        })
        const accessToken = provided ? () => Promise.resolve(token) : token
        const { all } = await observe(server, { user: 'alice', accessToken, mechanisms: [mechanism] })
        for (const form of forms(token)) expect(all).not.toContain(form)
        expect(all).toMatch(right ? /authenticated/ : /ERR_IMAP_AUTHENTICATION/)
      }),
      { numRuns: 12 },
    )
  })

  it('no answer of a mechanism is seen, whatever the caller’s own says', async () => {
    await using server = await ScriptedServer.start(`
      S: * OK [CAPABILITY IMAP4rev1 AUTH=X-MINE SASL-IR] ready
      C: <t> AUTHENTICATE X-MINE aHVudGVyMi1maXJzdA==
      S: + Z28gb24=
      C: aHVudGVyMi1zZWNvbmQ=
      S: <t> OK [CAPABILITY IMAP4rev1] in
      C: <t> SELECT INBOX
      S: <t> NO none
    `)
    const observer = new Observer()
    const sasl = {
      name: 'X-MINE',
      plaintext: true,
      initial: () => Buffer.from('hunter2-first'),
      respond: () => Buffer.from('hunter2-second'),
    }
    const { host, port, security } = server.connectOptions()
    const client = await connect({ host, port, security, auth: { sasl }, ...QUIET, ...observer.options })
    await client.select('INBOX').catch((error: unknown) => observer.see(error))
    observer.see(client)
    client.close()
    await client.closed
    expect(observer.all).not.toMatch(/hunter2|aHVudGVyMi1/)
    expect(observer.all).toMatch(/AUTHENTICATE X-MINE/)
  })

  it.each([
    ['a lost connection', 'C: <t> LOGIN alice hunter2-hunter2\nS-close'],
    ['silence', 'C: <t> LOGIN alice hunter2-hunter2'],
    ['a refusal', 'C: <t> LOGIN alice hunter2-hunter2\nS: <t> NO wrong'],
    ['nonsense', 'C: <t> LOGIN alice hunter2-hunter2\nS: <t> MAYBE\nS-close'],
    ['a strange tag', 'C: <t> LOGIN alice hunter2-hunter2\nS: X1 OK in'],
  ])('no error of the login shows it: %s', async (_, script) => {
    await using server = await ScriptedServer.start(`S: * OK [CAPABILITY IMAP4rev1] ready\n${script}`)
    const observer = new Observer()
    const { host, port, security } = server.connectOptions()
    const auth = { user: 'alice', password: 'hunter2-hunter2' }
    const options = { host, port, security, auth, timeouts: { auth: 100 }, ...QUIET, ...observer.options }
    await expect(
      connect(options).catch((error: unknown) => {
        observer.see(error)
        throw error
      }),
    ).rejects.toThrow()
    expect(observer.all).not.toContain('hunter2')
    // The options are the caller's own: they are left as they are.
    expect(options.auth).toEqual({ user: 'alice', password: 'hunter2-hunter2' })
  })
})
