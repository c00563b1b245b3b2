import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import * as errors from '../../../src/model/errors.js'

const details = { command: 'LOGIN', text: 'no', responseCode: { name: 'ALERT' } as const, cause: new Error('inner') }

const made: readonly (readonly [
  name: keyof typeof errors,
  error: errors.ImapError,
  code: string,
  retryable: boolean,
])[] = [
  ['ImapError', new errors.ImapError('ERR_IMAP_X', 'm', details), 'ERR_IMAP_X', false],
  ['ConnectionError', new errors.ConnectionError('m', details), 'ERR_IMAP_CONNECTION', true],
  ['ConnectError', new errors.ConnectError('m', details), 'ERR_IMAP_CONNECT', true],
  ['TlsError', new errors.TlsError('m', details), 'ERR_IMAP_TLS', false],
  ['TimeoutError', new errors.TimeoutError('silence', 'm', 'closed', details), 'ERR_IMAP_TIMEOUT', true],
  ['ByeError', new errors.ByeError('m', details), 'ERR_IMAP_BYE', true],
  ['OutcomeUnknownError', new errors.OutcomeUnknownError('m', details), 'ERR_IMAP_OUTCOME_UNKNOWN', false],
  ['AbortError', new errors.AbortError('kept', details), 'ERR_IMAP_ABORTED', false],
  ['ProtocolError', new errors.ProtocolError('m', { ...details, offset: 3 }), 'ERR_IMAP_PROTOCOL', false],
  ['LimitError', new errors.LimitError('line', 'm', details), 'ERR_IMAP_LIMIT', false],
  ['ResponseError', new errors.ResponseError('BAD', 'm', details), 'ERR_IMAP_BAD', false],
  ['AuthenticationError', new errors.AuthenticationError('m', details), 'ERR_IMAP_AUTHENTICATION', false],
  ['RateLimitError', new errors.RateLimitError('NO', 'm', 5, details), 'ERR_IMAP_RATE_LIMIT', true],
  [
    'PartialResultError',
    new errors.PartialResultError('m', { done: '1', remaining: '2', results: [] }, details),
    'ERR_IMAP_PARTIAL_RESULT',
    false,
  ],
  ['IncompleteFetchError', new errors.IncompleteFetchError('m', [], details), 'ERR_IMAP_INCOMPLETE_FETCH', false],
  ['StateError', new errors.StateError('m', details), 'ERR_IMAP_STATE', false],
  ['CapabilityError', new errors.CapabilityError('QUOTA', 'm', details), 'ERR_IMAP_CAPABILITY', false],
  ['StreamBusyError', new errors.StreamBusyError('m', details), 'ERR_IMAP_STREAM_BUSY', false],
  ['ArgumentError', new errors.ArgumentError('m', details), 'ERR_IMAP_ARGUMENT', false],
]

describe('errors', () => {
  it('are all in this table', () => {
    expect(made.map(([name]) => name).sort()).toEqual(Object.keys(errors).sort())
    expect(new Set(made.map(([, error]) => error.code)).size).toBe(made.length)
  })

  it.each(made)('%s has its name, code and details', (name, error, code, retryable) => {
    expect(error).toBeInstanceOf(errors.ImapError)
    expect(error).toBeInstanceOf(Error)
    expect(error).toBeInstanceOf(errors[name])
    expect(error.name).toBe(name)
    expect(error.constructor.name).toBe(name)
    expect(error).toMatchObject({ code, retryable, command: 'LOGIN', text: 'no', responseCode: { name: 'ALERT' } })
    expect(error.cause).toBe(details.cause)
    expect(error.message).not.toBe('')
  })

  it.each(made)('%s shows its name and code when inspected', (name, error, code) => {
    const shown = inspect(error)
    expect(shown).toMatch(new RegExp(`^${name}: `))
    expect(shown).toContain(`code: '${code}'`)
    expect(error.stack).toContain('errors.test.ts')
  })

  it.each(made)('%s goes into JSON with its code', (_, error, code) => {
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ code, command: 'LOGIN' })
  })

  it('have no cause unless one is given, and no details by default', () => {
    const error = new errors.ConnectionError('m')
    expect('cause' in error).toBe(false)
    expect(error).toMatchObject({ command: undefined, text: undefined, responseCode: null, retryable: true })
    expect(new errors.ConnectionError('m', { retryable: false }).retryable).toBe(false)
  })

  it('form a tree', () => {
    const of = (name: keyof typeof errors) =>
      made.filter(([, error]) => error instanceof errors[name]).map(([each]) => each)
    expect(of('ConnectionError')).toEqual(['ConnectionError', 'ConnectError', 'TlsError', 'TimeoutError', 'ByeError'])
    expect(of('ProtocolError')).toEqual(['ProtocolError', 'LimitError'])
    expect(of('ResponseError')).toEqual(['ResponseError', 'AuthenticationError', 'RateLimitError'])
    expect(of('StateError')).toEqual(['StateError', 'CapabilityError', 'StreamBusyError'])
  })

  it('say what happened to the connection', () => {
    expect(new errors.AbortError('closed').message).toBe('The call was aborted; the connection was closed')
    expect(new errors.AbortError('kept', { command: 'FETCH' }).message).toContain('FETCH was aborted')
    expect(new errors.TimeoutError('grace', 'm', 'closed')).toMatchObject({ phase: 'grace', connection: 'closed' })
  })
})
