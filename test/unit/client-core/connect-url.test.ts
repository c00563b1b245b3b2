import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { readConnectUrl } from '../../../src/client/connect-url.js'
import { ArgumentError } from '../../../src/model/errors.js'

describe('readConnectUrl', () => {
  it.each([
    ['imaps://imap.example.org/', { host: 'imap.example.org', security: 'tls' }],
    ['imaps://imap.example.org', { host: 'imap.example.org', security: 'tls' }],
    ['imap://imap.example.org/', { host: 'imap.example.org', security: 'starttls' }],
    ['IMAPS://imap.example.org/', { host: 'imap.example.org', security: 'tls' }],
    ['imaps://imap.example.org:1993/', { host: 'imap.example.org', port: 1993, security: 'tls' }],
    ['imaps://alice@imap.example.org/', { host: 'imap.example.org', security: 'tls', user: 'alice' }],
    ['imaps://alice%40example.org@h/', { host: 'h', security: 'tls', user: 'alice@example.org' }],
    ['imaps://al%C3%BCce@h/', { host: 'h', security: 'tls', user: 'alüce' }],
    ['imaps://[::1]:143/', { host: '::1', port: 143, security: 'tls' }],
    ['imaps://127.0.0.1/', { host: '127.0.0.1', security: 'tls' }],
    ['imaps://bücher.example/', { host: 'xn--bcher-kva.example', security: 'tls' }],
    ['imaps://b%C3%BCcher.example/', { host: 'xn--bcher-kva.example', security: 'tls' }],
    ['imaps://alice;AUTH=*@h/', { host: 'h', security: 'tls', user: 'alice' }],
    ['imaps://alice;AUTH=scram-sha-256@h/', { host: 'h', security: 'tls', user: 'alice', mechanism: 'SCRAM-SHA-256' }],
    ['imaps://;auth=EXTERNAL@h/', { host: 'h', security: 'tls', mechanism: 'EXTERNAL' }],
    // A semicolon of the name itself is encoded.
    ['imaps://a%3BAUTH%3Db@h/', { host: 'h', security: 'tls', user: 'a;AUTH=b' }],
  ])('reads %s', (text, target) => {
    expect(readConnectUrl(text)).toEqual(target)
  })

  it.each([
    ['no URL', 'imap.example.org'],
    ['nothing', ''],
    ['another scheme', 'https://imap.example.org/'],
    ['no host', 'imaps:///'],
    ['no host but a user', 'imaps://alice@/'],
    ['a path', 'imaps://h/INBOX'],
    ['a query', 'imaps://h/?x'],
    ['a fragment', 'imaps://h/#x'],
    ['a port that is none', 'imaps://h:99999/'],
    ['a user that is no UTF-8', 'imaps://%ff@h/'],
    ['a host that is no UTF-8', 'imaps://%ff/'],
    ['a host that cannot be', 'imaps://a%20b/'],
    ['a mechanism that is none', 'imaps://a;AUTH=PL%20AIN@h/'],
    ['a mechanism without a name', 'imaps://a;AUTH=@h/'],
  ])('refuses %s', (_, text) => {
    expect(() => readConnectUrl(text)).toThrow(ArgumentError)
  })

  it.each([
    'imaps://alice:hunter2@h/',
    'imaps://alice:hunter2@h h/',
    'imaps://alice:hunter2@h:99999/',
    'https://alice:hunter2@h/',
  ])('does not show the password of %s', (text) => {
    let error: unknown
    try {
      readConnectUrl(text)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(ArgumentError)
    expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain('hunter2')
    expect(JSON.stringify(error)).not.toContain('hunter2')
  })
})
