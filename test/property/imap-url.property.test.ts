import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ArgumentError } from '../../src/model/errors.js'
import { formatImapUrl, type ImapUrl, parseImapUrl } from '../../src/model/imap-url.js'
import { resolveImapUrl } from '../../src/model/imap-url-resolve.js'

/** Text in which the characters that matter to URLs are frequent. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '/',
        ';',
        '..',
        '.',
        '%',
        '%2F',
        '?',
        '#',
        '@',
        ':',
        '+',
        '&',
        '=',
        ' ',
        '[',
        '\r\n',
        'UID=',
        '日本',
      ),
      fc.string({ minLength: 1, maxLength: 4, unit: 'grapheme' }),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((parts) => parts.join('').replaceAll('\0', '0'))

const nonZero = fc.integer({ min: 1, max: 0xffff_ffff })
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })

const server = fc.record({
  scheme: fc.constantFrom('imap' as const, 'imaps' as const),
  user: optional(text),
  mechanism: optional(fc.constantFrom('*', 'PLAIN', 'SCRAM-SHA-256')),
  host: fc.constantFrom('example.com', 'bücher.example', '192.0.2.1', '2001:db8::1', '::1', 'a_b'),
  port: optional(fc.integer({ min: 0, max: 65_535 })),
})

const urlAuth = fc
  .record({
    access: fc.oneof(
      fc.record({ identifier: fc.constantFrom('user', 'submit', 'other9'), user: text }),
      fc.record({ identifier: fc.constantFrom('anonymous', 'authuser', 'stream') }),
    ),
    expire: optional(fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true })),
    verifier: optional(
      fc.record({
        mechanism: fc.constantFrom('INTERNAL', 'X-OTHER.2'),
        token: fc.stringMatching(/^[0-9A-Fa-f]{32,48}$/),
      }),
    ),
  })
  .map(({ access, expire, verifier }) => ({ access, expire, ...verifier }))

const place = fc.oneof(
  fc.constant({}),
  fc.record({ list: fc.constantFrom('LIST', 'LSUB'), mailbox: optional(text) }),
  fc.record({ mailbox: text, uidValidity: optional(nonZero), search: optional(text) }),
  fc.record({
    mailbox: text,
    uidValidity: optional(nonZero),
    uid: nonZero,
    section: optional(text),
    partial: optional(fc.record({ offset: fc.maxSafeNat(), length: optional(fc.integer({ min: 1 })) })),
    urlAuth: optional(urlAuth),
  }),
)

/** Without the keys whose value is undefined, also within. */
function dense(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  const entries = Object.entries(value).filter(([, each]) => each !== undefined)
  return Object.fromEntries(entries.map(([key, each]) => [key, dense(each)]))
}

const urls = fc.tuple(server, place).map(([from, where]) => dense({ ...from, ...where }) as ImapUrl)

describe('IMAP URLs', () => {
  it('read back what was written', () => {
    fc.assert(
      fc.property(urls, (url) => {
        const written = formatImapUrl(url)
        expect(written).toMatch(/^[\x21-\x7e]+$/)
        expect(parseImapUrl(written)).toEqual(url)
        // What was written is in the one form that writing gives.
        expect(formatImapUrl(parseImapUrl(written))).toBe(written)
      }),
      { numRuns: 2000 },
    )
  })

  it('stay what they are when they are resolved', () => {
    fc.assert(
      fc.property(urls, urls, (url, base) => {
        expect(resolveImapUrl(formatImapUrl(url), base)).toEqual(url)
        expect(resolveImapUrl('', url)).toEqual(url)
        const path = formatImapUrl({ ...url, host: 'h' }).replace(/^[a-z]+:\/\/[^/]*/, '')
        const { scheme, host, user, mechanism, port } = base
        const { scheme: _scheme, host: _host, user: _user, mechanism: _mechanism, port: _port, ...rest } = url
        expect(resolveImapUrl(path, base)).toEqual(dense({ scheme, host, user, mechanism, port, ...rest }))
      }),
    )
  })

  it('are refused by ArgumentError alone', () => {
    const pieces = fc.constantFrom(
      'imap://',
      'h',
      '/',
      ';',
      'UID=',
      '1',
      '%',
      '2F',
      '?',
      ':',
      '@',
      'URLAUTH=',
      '[',
      '\u{1f600}',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string({ maxLength: 3 })), { maxLength: 12 }), (parts) => {
        for (const read of [parseImapUrl, (each: string) => resolveImapUrl(each, 'imap://h/a/;UID=1')]) {
          try {
            read(parts.join(''))
          } catch (error) {
            expect(error).toBeInstanceOf(ArgumentError)
          }
        }
      }),
    )
  })
})
