import { inspect } from 'node:util'
import { AuthenticationError, connect, type ConnectOptions, type ImapClient, type TokenProvider } from 'imapkit'
import { describe, expect, it } from 'vitest'
import { mailboxWith, offers, open, type Subject } from './subject.js'
import { rejection } from './tools.js'

/** Every way to say who one is. */
export function authentication(subject: Subject): void {
  /** Connects and proves that it is alice who is logged in. */
  async function asAlice(options: ConnectOptions): Promise<string[]> {
    const sent: string[] = []
    const name = await mailboxWith(subject)
    await using client: ImapClient = await connect({
      ...options,
      on: { trace: ({ direction, text }) => direction === 'out' && sent.push(text) },
    })
    expect((await client.list(name)).map((each) => each.name)).toEqual([name])
    return sent
  }

  describe('authentication', () => {
    it.each(['SCRAM-SHA-256', 'SCRAM-SHA-1', 'CRAM-MD5', 'PLAIN', 'LOGIN'])('logs in by %s', async (mechanism) => {
      const { auth, ...options } = subject.options()
      const sent = await asAlice({ ...options, auth: { ...auth, mechanisms: [mechanism] } })
      const line = sent.find((text) => /AUTHENTICATE|LOGIN/.test(text)) ?? ''
      expect(line).toMatch(mechanism === 'LOGIN' ? /LOGIN/ : new RegExp(`AUTHENTICATE ${mechanism}`))
      expect(sent.join('')).not.toContain(auth.password)
    })

    it('takes the strongest mechanism by itself', async () => {
      const sent = await asAlice(subject.options())
      // Few servers have SCRAM-SHA-512, and fewer bind the login to the channel.
      const strongest = ['SCRAM-SHA-512', 'SCRAM-SHA-256'].find((name) => offers(subject, `AUTH=${name}`)) ?? 'none'
      expect(sent.find((text) => text.includes('AUTHENTICATE'))).toContain(strongest)
    })

    it.each(['SCRAM-SHA-256', 'CRAM-MD5', 'PLAIN', 'LOGIN'])('tells a wrong password by %s', async (mechanism) => {
      const { auth, ...options } = subject.options()
      const wrong = connect({ ...options, auth: { ...auth, password: 'wrong-hunter2', mechanisms: [mechanism] } })
      const error = await rejection(wrong)
      expect(error).toBeInstanceOf(AuthenticationError)
      expect(error).toMatchObject({ code: 'ERR_IMAP_AUTHENTICATION', retryable: false })
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('hunter2')
    })

    it('stays connected after a rejected authenticate(), and logs in by the next', async () => {
      const { auth, ...options } = subject.options()
      await using client = await connect(options)
      const error = await rejection(client.authenticate({ ...auth, password: 'wrong' }))
      expect(error).toBeInstanceOf(AuthenticationError)
      expect(client.state).toBe('not-authenticated')
      await client.authenticate(auth)
      expect(client.state).toBe('authenticated')
    })

    it.each(['PLAIN', 'LOGIN', 'SCRAM-SHA-256', 'CRAM-MD5'])(
      'takes a password with quotes, braces and UTF-8 by %s',
      async (mechanism) => {
        const { auth, ...options } = subject.options({ user: 'weird' })
        expect(auth.password).toMatch(/[^ -~]/)
        expect(auth.password).toContain('"')
        await using client = await connect({ ...options, auth: { ...auth, mechanisms: [mechanism] } })
        expect(client.state).toBe('authenticated')
      },
    )

    it('acts for somebody by PLAIN with an authorization identity', async () => {
      await using client = await connect(subject.acting())
      expect(client.state).toBe('authenticated')
    })

    it('is told that it may not act for somebody else', async () => {
      const { auth, ...options } = subject.options()
      const error = await rejection(connect({ ...options, auth: { ...auth, authzid: 'bob', mechanisms: ['PLAIN'] } }))
      expect(error).toBeInstanceOf(AuthenticationError)
    })

    it('logs in by EXTERNAL, without a password', async () => {
      const sent = await asAlice(subject.external())
      expect(sent.find((text) => text.includes('AUTHENTICATE'))).toContain('EXTERNAL')
    })

    it('logs in by ANONYMOUS', async () => {
      const { auth: _, ...options } = subject.options()
      await using client = await connect({ ...options, auth: { mechanism: 'ANONYMOUS' } })
      expect(client.state).toBe('authenticated')
    })

    it.each(['XOAUTH2', 'OAUTHBEARER'])('logs in with a token by %s', async (mechanism) => {
      const { auth, ...options } = subject.options()
      const accessToken = subject.token('good')
      const sent = await asAlice({ ...options, auth: { user: auth.user, accessToken, mechanisms: [mechanism] } })
      expect(sent.find((text) => text.includes('AUTHENTICATE'))).toContain(mechanism)
      expect(sent.join('')).not.toContain(accessToken)
      expect(sent.join('')).not.toContain(Buffer.from(accessToken).toString('base64').slice(4, 24))
    })

    it.each(['XOAUTH2', 'OAUTHBEARER'])('asks again when an expired token is rejected by %s', async (mechanism) => {
      const { auth, ...options } = subject.options()
      const reasons: string[] = []
      const accessToken: TokenProvider = ({ reason, signal }) => {
        expect(signal.aborted).toBe(false)
        reasons.push(reason)
        return Promise.resolve(subject.token(reason === 'rejected' ? 'good' : 'expired'))
      }
      await asAlice({ ...options, auth: { user: auth.user, accessToken, mechanisms: [mechanism] } })
      expect(reasons).toEqual(['connect', 'rejected'])
    })

    it('gives up after the second rejection of a token', async () => {
      const { auth, ...options } = subject.options()
      let calls = 0
      const accessToken: TokenProvider = () => {
        calls++
        return subject.token('expired')
      }
      const error = await rejection(connect({ ...options, auth: { user: auth.user, accessToken } }))
      expect(error).toBeInstanceOf(AuthenticationError)
      expect(calls).toBe(2)
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(subject.token('expired'))
    })

    it('passes on what a token provider throws', async () => {
      const { auth, ...options } = subject.options()
      const cause = new Error('the vault is closed')
      const accessToken: TokenProvider = () => Promise.reject(cause)
      const error = await rejection(connect({ ...options, auth: { user: auth.user, accessToken } }))
      expect(error === cause || (error as Error).cause === cause).toBe(true)
    })

    it('refuses mechanisms that the server lacks, before it sends a secret', async () => {
      // No server binds a login to a channel without TLS.
      const { auth, ...options } = subject.options({ security: 'plaintext' })
      const error = await rejection(connect({ ...options, auth: { ...auth, mechanisms: ['SCRAM-SHA-512-PLUS'] } }))
      expect(error).toBeInstanceOf(Error)
      expect(error).toMatchObject({ code: expect.stringMatching(/^ERR_IMAP_(AUTHENTICATION|ARGUMENT)$/) as string })
    })

    it('shows no password when somebody inspects the client', async () => {
      await using client = await open(subject)
      const shown = inspect(client, { depth: 8, showHidden: true })
      expect(shown).not.toContain(subject.options().auth.password)
    })
  })
}
