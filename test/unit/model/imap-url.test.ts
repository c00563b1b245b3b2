import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ArgumentError } from '../../../src/model/errors.js'
import { formatImapUrl, type ImapUrl, parseImapUrl } from '../../../src/model/imap-url.js'
import { resolveImapUrl } from '../../../src/model/imap-url-resolve.js'

const TOKEN = '91354a473744909de610943775f92038'
const example = { scheme: 'imap', host: 'example.com' } as const

describe('parseImapUrl', () => {
  it.each<[string, ImapUrl]>([
    ['imap://example.com', example],
    ['imap://example.com/', example],
    ['IMAPS://Example.COM:1993/', { scheme: 'imaps', host: 'example.com', port: 1993 }],
    ['imap://[2001:DB8::1]:143/', { scheme: 'imap', host: '2001:db8::1', port: 143 }],
    ['imap://[::ffff:192.0.2.1]', { scheme: 'imap', host: '::ffff:192.0.2.1' }],
    ['imap://example.com:/', example],
    ['imap://michael@example.org/INBOX', { scheme: 'imap', host: 'example.org', user: 'michael', mailbox: 'INBOX' }],
    [
      'imap://minbari.example.org/gray-council;UIDVALIDITY=385759045/;UID=20/;PARTIAL=0.1024',
      {
        scheme: 'imap',
        host: 'minbari.example.org',
        mailbox: 'gray-council',
        uidValidity: 385759045,
        uid: 20,
        partial: { offset: 0, length: 1024 },
      },
    ],
    [
      'imap://psicorp.example.org/~peter/%E6%97%A5%E6%9C%AC%E8%AA%9E/%E5%8F%B0%E5%8C%97',
      { scheme: 'imap', host: 'psicorp.example.org', mailbox: '~peter/日本語/台北' },
    ],
    [
      'imap://;AUTH=GSSAPI@minbari.example.org/gray-council/;uid=20/;section=1.2',
      {
        scheme: 'imap',
        host: 'minbari.example.org',
        mechanism: 'GSSAPI',
        mailbox: 'gray-council',
        uid: 20,
        section: '1.2',
      },
    ],
    [
      'imap://;AUTH=*@minbari.example.org/gray%20council?SUBJECT%20shadows',
      {
        scheme: 'imap',
        host: 'minbari.example.org',
        mechanism: '*',
        mailbox: 'gray council',
        search: 'SUBJECT shadows',
      },
    ],
    [
      'imap://john;AUTH=*@minbari.example.org/babylon5/personel?charset%20UTF-8%20SUBJECT%20%7B14+%7D%0D%0A%D0%98%D0%B2%D0%B0%D0%BD%D0%BE%D0%B2%D0%B0',
      {
        scheme: 'imap',
        host: 'minbari.example.org',
        user: 'john',
        mechanism: '*',
        mailbox: 'babylon5/personel',
        search: 'charset UTF-8 SUBJECT {14+}\r\nИванова',
      },
    ],
    [
      `imap://joe@example.com/INBOX/;uid=20/;section=1.2;urlauth=submit+fred:internal:${TOKEN}`,
      {
        ...example,
        user: 'joe',
        mailbox: 'INBOX',
        uid: 20,
        section: '1.2',
        urlAuth: { access: { identifier: 'submit', user: 'fred' }, mechanism: 'INTERNAL', token: TOKEN },
      },
    ],
    [
      'imap://example.com/Shared/;UID=20;EXPIRE=2030-02-28T23:30:00.5+01:00;URLAUTH=authuser',
      {
        ...example,
        mailbox: 'Shared',
        uid: 20,
        urlAuth: { access: { identifier: 'authuser' }, expire: new Date('2030-02-28T22:30:00.500Z') },
      },
    ],
    [
      'imap://example.com/a/;UID=1;URLAUTH=stream',
      { ...example, mailbox: 'a', uid: 1, urlAuth: { access: { identifier: 'stream' } } },
    ],
    [
      'imap://example.com/a/;UID=1;URLAUTH=exampleapp3+test%40user',
      { ...example, mailbox: 'a', uid: 1, urlAuth: { access: { identifier: 'exampleapp3', user: 'test@user' } } },
    ],
    ['imap://example.com/a/;UID=1/;PARTIAL=7', { ...example, mailbox: 'a', uid: 1, partial: { offset: 7 } }],
    ['imap://example.com/a%3B/;UID=1', { ...example, mailbox: 'a;', uid: 1 }],
    ['imap://example.com/a/;UIDVALIDITY=1', { ...example, mailbox: 'a/', uidValidity: 1 }],
    ['imap://example.com/a//;UID=1', { ...example, mailbox: 'a/', uid: 1 }],
    ['imap://example.com/~fred/*;TYPE=LSUB', { ...example, mailbox: '~fred/*', list: 'LSUB' }],
    ['imap://example.com/;type=list', { ...example, list: 'LIST' }],
    ['imap://al%3Bice;auth=scram-sha-1@example.com', { ...example, user: 'al;ice', mechanism: 'SCRAM-SHA-1' }],
  ])('reads %s', (text, url) => {
    expect(parseImapUrl(text)).toEqual(url)
    expect(parseImapUrl(formatImapUrl(url))).toEqual(url)
  })

  it.each([
    ['nothing', ''],
    ['no text', 5 as unknown as string],
    ['another scheme', 'http://example.com/'],
    ['a relative one', '/INBOX'],
    ['no host', 'imap:///INBOX'],
    ['no user before the @', 'imap://@example.com/'],
    ['a password', 'imap://joe:hunter2@example.com/'],
    ['a port that is none', 'imap://example.com:99999/'],
    ['a host that is none', 'imap://exa%20mple.com/'],
    ['an address that is none', 'imap://[1234]/'],
    ['a mechanism of %2A', 'imap://;AUTH=%2A@example.com/'],
    ['a fragment', 'imap://example.com/a#b'],
    ['a space', 'imap://example.com/a b'],
    ['other characters', 'imap://example.com/ü'],
    ['half a %-code', 'imap://example.com/a%4'],
    ['octets that are no UTF-8', 'imap://example.com/%ff'],
    ['NUL', 'imap://example.com/a%00'],
    ['a bracket', 'imap://example.com/[a]'],
    ['a backslash', 'imap://example.com/a\\b'],
    ['a query without a mailbox', 'imap://example.com/?ALL'],
    ['an empty query', 'imap://example.com/a?'],
    ['a query of a message', 'imap://example.com/a/;UID=1?ALL'],
    ['a query of a list', 'imap://example.com/a;TYPE=LIST?ALL'],
    ['a UID of 0', 'imap://example.com/a/;UID=0'],
    ['a UID that is no number', 'imap://example.com/a/;UID=1x'],
    ['a UID of 33 bits', 'imap://example.com/a/;UID=4294967296'],
    ['a UID without a mailbox', 'imap://example.com/;UID=1'],
    ['a UID without its slash', 'imap://example.com/a;UID=1'],
    ['a section without a UID', 'imap://example.com/a/;SECTION=1'],
    ['a section without its slash', 'imap://example.com/a/;UID=1;SECTION=1'],
    ['an empty section', 'imap://example.com/a/;UID=1/;SECTION='],
    ['an order of its own', 'imap://example.com/a/;UID=1/;PARTIAL=0.1/;SECTION=1'],
    ['a length of 0', 'imap://example.com/a/;UID=1/;PARTIAL=0.0'],
    ['no offset', 'imap://example.com/a/;UID=1/;PARTIAL=.5'],
    ['something unknown', 'imap://example.com/a/;UID=1/;FLAGS=1'],
    ['an authorization of a mailbox', 'imap://example.com/a;URLAUTH=anonymous'],
    ['a date without an authorization', 'imap://example.com/a/;UID=1;EXPIRE=2030-01-01T00:00:00Z'],
    ['a date that is none', 'imap://example.com/a/;UID=1;EXPIRE=2030-02-31T00:00:00Z;URLAUTH=anonymous'],
    ['an hour that is none', 'imap://example.com/a/;UID=1;EXPIRE=2030-02-01T24:00:00Z;URLAUTH=anonymous'],
    ['a date without a zone', 'imap://example.com/a/;UID=1;EXPIRE=2030-02-01T10:00:00;URLAUTH=anonymous'],
    ['no user to submit for', 'imap://example.com/a/;UID=1;URLAUTH=submit'],
    ['a user of anonymous', 'imap://example.com/a/;UID=1;URLAUTH=anonymous+joe'],
    ['a short token', 'imap://example.com/a/;UID=1;URLAUTH=anonymous:INTERNAL:0123'],
    ['a token that is no hexadecimal', `imap://example.com/a/;UID=1;URLAUTH=anonymous:INTERNAL:${'g'.repeat(32)}`],
  ])('refuses %s', (_, text) => {
    expect(() => parseImapUrl(text)).toThrow(ArgumentError)
  })

  it.each([
    'imap://joe:hunter2@example.com/',
    'imap://joe@example.com/a/;UID=1;URLAUTH=anonymous:INTERNAL:hunter2',
    'imap://joe@example.com/a;UID=1;URLAUTH=anonymous:INTERNAL:hunter2',
    'imap://joe@example.com/hunter2 %',
  ])('does not show what is in %s', (text) => {
    let error: unknown
    try {
      parseImapUrl(text)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(ArgumentError)
    expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain('hunter2')
  })
})

describe('formatImapUrl', () => {
  it.each<[string, ImapUrl]>([
    ['imap://example.com/', example],
    ['imap://joe%3A;AUTH=PLAIN@example.com:143/', { ...example, user: 'joe:', mechanism: 'plain', port: 143 }],
    ['imap://[::1]/', { scheme: 'imap', host: '::1' }],
    ['imap://b%C3%BCcher.example/', { scheme: 'imap', host: 'bücher.example' }],
    ['imap://example.com/%2Fabsolute', { ...example, mailbox: '/absolute' }],
    ['imap://example.com/%2E%2E/a/%2E/b..c/%2E%2E', { ...example, mailbox: '../a/./b..c/..' }],
    ['imap://example.com/a%3Fb%23c%20%25%26'.replace('%26', '&'), { ...example, mailbox: 'a?b#c %&' }],
    ['imap://example.com/a?SUBJECT%20%22x%22', { ...example, mailbox: 'a', search: 'SUBJECT "x"' }],
    [
      `imap://joe@example.com/a;UIDVALIDITY=7/;UID=1/;SECTION=1.MIME/;PARTIAL=5.6;EXPIRE=2030-01-31T12:00:00Z;URLAUTH=user+fred%20b:INTERNAL:${TOKEN}`,
      {
        ...example,
        user: 'joe',
        mailbox: 'a',
        uidValidity: 7,
        uid: 1,
        section: '1.MIME',
        partial: { offset: 5, length: 6 },
        urlAuth: {
          access: { identifier: 'USER', user: 'fred b' },
          expire: new Date('2030-01-31T12:00:00Z'),
          mechanism: 'internal',
          token: TOKEN,
        },
      },
    ],
  ])('writes %s', (text, url) => {
    expect(formatImapUrl(url)).toBe(text)
  })

  const message = { ...example, mailbox: 'a', uid: 1 }
  const access = { identifier: 'anonymous' }
  it.each<[string, unknown]>([
    ['nothing', null],
    ['no scheme', { host: 'example.com' }],
    ['an empty host', { scheme: 'imap', host: '' }],
    ['a host with a port', { scheme: 'imap', host: 'example.com:143' }],
    ['a host with a slash', { scheme: 'imap', host: 'a/b' }],
    ['a port that is none', { ...example, port: -1 }],
    ['an empty user', { ...example, user: '' }],
    ['a mechanism that is none', { ...example, mechanism: 'a b' }],
    ['an empty mailbox', { ...example, mailbox: '' }],
    ['half a character', { ...example, mailbox: '\ud800' }],
    ['NUL', { ...example, mailbox: 'a\0' }],
    ['a UID without a mailbox', { ...example, uid: 1 }],
    ['a UID of 0', { ...message, uid: 0 }],
    ['a UID and a search', { ...message, search: 'ALL' }],
    ['a section without a UID', { ...example, mailbox: 'a', section: '1' }],
    ['a list of a message', { ...message, list: 'LIST' }],
    ['a negative offset', { ...message, partial: { offset: -1 } }],
    ['a length of 0', { ...message, partial: { offset: 0, length: 0 } }],
    ['a token without a mechanism', { ...message, urlAuth: { access, token: TOKEN } }],
    ['a mechanism without a token', { ...message, urlAuth: { access, mechanism: 'INTERNAL' } }],
    ['a bad token', { ...message, urlAuth: { access, mechanism: 'INTERNAL', token: 'x' } }],
    ['a bad identifier', { ...message, urlAuth: { access: { identifier: 'a b' } } }],
    ['a bad date', { ...message, urlAuth: { access, expire: new Date(Number.NaN) } }],
    ['a date of another calendar', { ...message, urlAuth: { access, expire: new Date('+010000-01-01T00:00:00Z') } }],
  ])('refuses %s', (_, url) => {
    expect(() => formatImapUrl(url as ImapUrl)).toThrow(ArgumentError)
  })
})

describe('resolveImapUrl', () => {
  const base = 'imap://joe;AUTH=PLAIN@example.com/foo/bar;UIDVALIDITY=7/;UID=5/;SECTION=1.2/;PARTIAL=0.9'
  const whole = 'imap://joe;AUTH=PLAIN@example.com/foo/bar;UIDVALIDITY=7'

  it.each([
    // RFC 5092 §9.1
    ['/foo/;UID=20/..', base, 'imap://joe;AUTH=PLAIN@example.com/foo'],
    [';UID=20', base, `${whole}/;UID=20`],
    ['..;UIDVALIDITY=385759045/;UID=20', 'imap://h/foo/bar', 'imap://h/foo/..;UIDVALIDITY=385759045/;UID=20'],
    // RFC 5092 §9
    [';section=1.4', base, `${whole}/;UID=5/;SECTION=1.4`],
    [';PARTIAL=3', base, `${whole}/;UID=5/;SECTION=1.2/;PARTIAL=3`],
    [';SECTION=1', `${whole}/;UID=5`, `${whole}/;UID=5/;SECTION=1`],
    [';PARTIAL=3', `${whole}/;UID=5`, `${whole}/;UID=5/;PARTIAL=3`],
    [';UID=20/;SECTION=HEADER', whole, `${whole}/;UID=20/;SECTION=HEADER`],
    [';UID=20', 'imap://h/foo/', 'imap://h/foo/;UID=20'],
    [';SECTION=2', `imap://h/a/;UID=5/;SECTION=1;URLAUTH=anonymous:INTERNAL:${TOKEN}`, 'imap://h/a/;UID=5/;SECTION=2'],
    // RFC 4469 Appendix A
    [
      '/Drafts;UIDVALIDITY=385759045/;UID=20/;section=HEADER',
      base,
      'imap://joe;AUTH=PLAIN@example.com/Drafts;UIDVALIDITY=385759045/;UID=20/;SECTION=HEADER',
    ],
    ['', base, base],
    ['/', base, 'imap://joe;AUTH=PLAIN@example.com/'],
    ['//fred@h:99/x', base, 'imap://fred@h:99/x'],
    ['//h', base, 'imap://h/'],
    ['imaps://other/a/../b', base, 'imaps://other/b'],
    ['?SUBJECT%20x', 'imap://h/foo', 'imap://h/foo?SUBJECT%20x'],
    ['', 'imap://h/foo?ALL', 'imap://h/foo?ALL'],
    ['baz', 'imap://h/foo/bar', 'imap://h/foo/baz'],
    ['baz', 'imap://h', 'imap://h/baz'],
    ['../../../baz', 'imap://h/foo/bar/x', 'imap://h/baz'],
    ['./baz/./x', 'imap://h/foo/bar', 'imap://h/foo/baz/x'],
    ['/..', base, 'imap://joe;AUTH=PLAIN@example.com/'],
    ['%2E%2E/x', 'imap://h/foo/bar', 'imap://h/foo/../x'],
  ])('resolves %j against %s', (reference, from, expected) => {
    const url = resolveImapUrl(reference, from)
    expect(url).toEqual(parseImapUrl(expected))
    expect(resolveImapUrl(reference, parseImapUrl(from))).toEqual(url)
  })

  it.each([
    ['another scheme', 'http://h/'],
    ['a fragment', '#x'],
    ['a path that is no URL of IMAP', '/foo/;FLAGS=1'],
    ['a space', 'a b'],
  ])('refuses %s', (_, reference) => {
    expect(() => resolveImapUrl(reference, base)).toThrow(ArgumentError)
  })

  it('refuses a base that is relative', () => {
    expect(() => resolveImapUrl(';UID=20', '/INBOX')).toThrow(ArgumentError)
  })
})
