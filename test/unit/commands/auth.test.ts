import { Buffer } from 'node:buffer'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { authenticate, login } from '../../../src/commands/auth.js'
import type { Collector, Command } from '../../../src/commands/command.js'
import {
  ArgumentError,
  AuthenticationError,
  ProtocolError,
  RateLimitError,
  ResponseError,
} from '../../../src/model/errors.js'
import type { SaslMechanism } from '../../../src/model/sasl.js'
import { loginMechanism, plain } from '../../../src/sasl/plain.js'
import { external } from '../../../src/sasl/external.js'
import { oauthBearer, xoauth2 } from '../../../src/sasl/oauth.js'
import { scram } from '../../../src/sasl/scram.js'
import { answer, encode, Play, traceOf, WAIT } from './helpers.js'

const saslIr = { has: ['SASL-IR'] }

/** What the client says to a challenge that is given as text. */
async function say(collector: Collector<void>, challenge: string): Promise<string> {
  return sayRaw(collector, Buffer.from(challenge).toString('base64'))
}

async function sayRaw(collector: Collector<void>, text: string): Promise<string> {
  const answered = await collector.continued?.({ kind: 'continuation', code: null, text })
  const line = Buffer.from(answered ?? []).toString('latin1')
  return line === '*' ? line : Buffer.from(line, 'base64').toString('utf8')
}

function begin(command: Command<void>, server = {}): Play<void> {
  encode(command, server)
  return new Play(command)
}

function errorOf(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}

describe('LOGIN', () => {
  it('writes name and password as strings, and hides both', () => {
    expect(encode(login('smith', 'sesame'))).toBe('A1 LOGIN smith sesame\r\n')
    expect(encode(login('dom\\user', 'a"b'))).toBe('A1 LOGIN "dom\\\\user" "a\\"b"\r\n')
    expect(encode(login('me', 'é'))).toBe(`A1 LOGIN me {2}\r\n${WAIT}\xc3\xa9\r\n`)
    expect(traceOf(login('smith', 'sesame'))).toBe('A1 LOGIN ***')
  })

  it('obeys LOGINDISABLED', () => {
    const error = errorOf(() => encode(login('a', 'b'), { has: ['LOGINDISABLED'] }))
    expect(error).toBeInstanceOf(AuthenticationError)
    expect((error as Error).message).toContain('use TLS')
  })

  it('rejects with the reason', () => {
    const error = errorOf(() => answer(login('a', 'b'), [], {}, 'NO [AUTHENTICATIONFAILED] Wrong password'))
    expect(error).toBeInstanceOf(AuthenticationError)
    expect(error).toMatchObject({
      command: 'LOGIN',
      status: 'NO',
      text: 'Wrong password',
      responseCode: { name: 'AUTHENTICATIONFAILED' },
      retryable: false,
      serverError: undefined,
    })
  })

  it('tells apart what says nothing about the password', () => {
    expect(errorOf(() => answer(login('a', 'b'), [], {}, 'NO Request is throttled.'))).toBeInstanceOf(RateLimitError)
    const passing = errorOf(() => answer(login('a', 'b'), [], {}, 'NO [UNAVAILABLE] Backend down'))
    expect(passing).toBeInstanceOf(ResponseError)
    expect(passing).not.toBeInstanceOf(AuthenticationError)
    expect(passing).toMatchObject({ retryable: true })
  })

  it('runs alone', () => {
    expect(login('a', 'b').traits).toEqual({ exclusive: true, effect: { kind: 'authenticate' } })
  })
})

describe('AUTHENTICATE', () => {
  it('sends the initial response with the command where the server can take it (RFC 4959)', () => {
    const command = authenticate(plain({ user: 'tim', password: 'tanstaaftanstaaf' }))
    expect(traceOf(command, saslIr)).toBe('A1 AUTHENTICATE PLAIN ***')
    const again = authenticate(plain({ user: 'tim', password: 'tanstaaftanstaaf' }))
    expect(encode(again, saslIr)).toBe('A1 AUTHENTICATE PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n')
    expect(encode(authenticate(external()), saslIr)).toBe('A1 AUTHENTICATE EXTERNAL =\r\n')
    expect(command.needs).toBe('AUTH=PLAIN')
    expect(command.traits).toEqual({ exclusive: true, effect: { kind: 'authenticate' }, interrupt: '*' })
  })

  it('sends it for the first challenge where not', async () => {
    const command = authenticate(plain({ user: 'tim', password: 'x' }))
    expect(encode(command)).toBe('A1 AUTHENTICATE PLAIN\r\n')
    const { collector } = new Play(command)
    expect(await say(collector, '')).toBe('\0tim\0x')
  })

  it('sends an empty initial response as an empty line', async () => {
    const play = begin(authenticate(external()))
    expect(await say(play.collector, '')).toBe('')
    expect(play.send('A1 OK done').result).toBeUndefined()
  })

  it('answers prompts whatever they say', async () => {
    const play = begin(authenticate(loginMechanism({ user: 'tim', password: 'é' })))
    expect(await sayRaw(play.collector, 'VXNlciBOYW1lAA==')).toBe('tim')
    expect(await sayRaw(play.collector, 'UGFzc3dvcmQA')).toBe('é')
    expect(await say(play.collector, 'more?')).toBe('*')
    expect(errorOf(() => play.send('A1 BAD cancelled'))).toBeInstanceOf(ProtocolError)
  })

  it('serves one authentication', () => {
    const command = authenticate(plain({ user: 'a', password: 'b' }))
    encode(command)
    expect(() => encode(command)).toThrow(ArgumentError)
  })

  it.each([
    ['XOAUTH2', () => xoauth2({ user: 'a@b', accessToken: 't' }), ''],
    ['OAUTHBEARER', () => oauthBearer({ user: 'a@b', accessToken: 't' }), '\x01'],
  ])('tells why %s was refused', async (_name, make, dummy) => {
    const play = begin(authenticate(make()), saslIr)
    const told = { status: 'invalid_token', scope: 'https://mail.google.com/' }
    expect(await say(play.collector, JSON.stringify(told))).toBe(dummy)
    const error = errorOf(() => play.send('A1 NO [AUTHENTICATIONFAILED] Invalid credentials'))
    expect(error).toBeInstanceOf(AuthenticationError)
    expect(error).toMatchObject({ serverError: told, text: 'Invalid credentials', command: 'AUTHENTICATE' })
  })

  it('cancels on a challenge that is no base64', async () => {
    const play = begin(authenticate(scram('SCRAM-SHA-256', { user: 'a', password: 'b' })), saslIr)
    expect(await sayRaw(play.collector, 'hello there')).toBe('*')
    expect(errorOf(() => play.send('A1 BAD bye'))).toBeInstanceOf(ProtocolError)
  })

  it('cancels when the mechanism throws, and rejects with its error', async () => {
    const thrown = new Error('no ticket')
    const mechanism: SaslMechanism = {
      name: 'GSSAPI',
      plaintext: false,
      respond: () => Promise.reject(thrown),
    }
    const play = begin(authenticate(mechanism))
    expect(await say(play.collector, '')).toBe('*')
    const error = errorOf(() => play.send('A1 NO cancelled'))
    expect(error).toBeInstanceOf(AuthenticationError)
    expect(error).toMatchObject({ cause: thrown })
  })

  it('rejects an OK that comes in spite of that', async () => {
    const mechanism: SaslMechanism = {
      name: 'X',
      plaintext: false,
      respond: () => {
        throw new Error('no')
      },
    }
    const play = begin(authenticate(mechanism))
    await say(play.collector, '')
    expect(errorOf(() => play.send('A1 OK welcome'))).toBeInstanceOf(AuthenticationError)
  })

  it('rejects an OK of a server that has not proved itself', () => {
    const play = begin(authenticate(scram('SCRAM-SHA-256', { user: 'a', password: 'b' })), saslIr)
    const error = errorOf(() => play.send('A1 OK welcome'))
    expect(error).toBeInstanceOf(AuthenticationError)
    expect((error as Error).message).toContain('without proving')
  })

  it('shows no secret when it is looked at', () => {
    const commands = [login('user-7', 'secret-7'), authenticate(plain({ user: 'user-7', password: 'secret-7' }))]
    const encoded = Buffer.from('\0user-7\0secret-7').toString('base64')
    for (const command of commands) {
      encode(command, saslIr)
      const shown = `${inspect(command, { depth: 9, showHidden: true })}${JSON.stringify(command)}`
      const collector = inspect(command.collect({ tag: 'A', uidOf: () => undefined }), { depth: 9, showHidden: true })
      for (const secret of ['secret-7', encoded]) expect(shown + collector).not.toContain(secret)
    }
  })
})
