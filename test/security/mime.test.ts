import { LimitError, ProtocolError } from 'imapkit'
import { describe, expect, it } from 'vitest'
import { parseMail } from '../../src/mime/parse.js'
import { decodeParameters, decodeWords } from '../../src/mime/words.js'

const parse = (text: string) => parseMail(Buffer.from(text, 'latin1'))
const parts = (count: number) =>
  `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(count)}--b--\r\n`
const nested = (depth: number) =>
  Array.from({ length: depth }, (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`).join('') +
  'Content-Type: text/plain\r\n\r\nhello\r\n'
const html = (body: string) => `Content-Type: text/html\r\n\r\n${body}`

describe('parse() bounds what a sender chose', () => {
  it('takes a thousand parts', async () => {
    expect((await parse(parts(990))).text).toMatch(/^x/)
    expect((await parse(nested(900))).text).toContain('hello')
  })

  it.each<[string, () => string]>([
    ['millions of parts', () => parts(1_000_000)],
    ['a little more than a thousand', () => parts(1100)],
    ['parts in one another', () => nested(1100)],
    ['a header of more than a mebibyte', () => `X-A: ${'a'.repeat(1024 * 1024)}\r\n\r\nhi`],
    ['very many fields', () => `${'X-A: a\r\n'.repeat(140_000)}\r\nhi`],
  ])('refuses %s by a limit', async (_, make) => {
    const error: unknown = await parse(make()).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(LimitError)
    expect(error).toMatchObject({ limit: 'mime', code: 'ERR_IMAP_LIMIT' })
  })

  // The test's time-out is the only bound on time: each of these took minutes where work grew with the square.
  it.each<[string, () => string, RegExp]>([
    [
      'parameters of RFC 2231',
      () => `Content-Type: text/plain${Array.from({ length: 40_000 }, (_, i) => `; a*${i}*=x`).join('')}\r\n\r\nhi`,
      /hi/,
    ],
    ['parameters of one number', () => `Content-Type: text/plain${"; n*0*=utf-8''x".repeat(30_000)}\r\n\r\nhi`, /hi/],
    ['encoded words', () => `Subject: ${'=?utf-8?q?a?= '.repeat(60_000)}\r\n\r\nhi`, /hi/],
    ['groups of addresses', () => `To: ${'a:'.repeat(20_000)}\r\n\r\nhi`, /hi/],
    ['comments in one another', () => `To: ${'('.repeat(300_000)}\r\n\r\nhi`, /hi/],
    ['what looks like links', () => `\r\n${`xn--${'a.'.repeat(50)} `.repeat(8_000)}`, /xn--/],
    ['names of hosts', () => `\r\n${'http://xn--a.xn--a.xn--a.xn--a.xn--a.xn--a '.repeat(8_000)}`, /xn--/],
  ])('reads a flood of %s', async (_, make, text) => {
    expect((await parse(make())).text).toMatch(text)
  })

  it.each(['<div>', '<b>', '<table><tr><td>', '<blockquote>'])('HTML of 50,000 %s costs its text only', async (tag) => {
    const mail = await parse(`Subject: hi\r\n${html(tag.repeat(50_000))}`)
    expect(mail.subject).toBe('hi')
    expect(mail.html).toHaveLength(tag.length * 50_000)
    expect(mail.text).toBe('')
  })

  it('HTML that a person wrote still gets its text, however long', async () => {
    const page = `<html><body>${'<p>a <b>word</b><br>'.repeat(2000)}</body></html>`
    expect((await parse(html(page))).text).toMatch(/^a word/)
    const both = `Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nplain\r\n--b\r\n${html(page)}\r\n--b--`
    expect(await parse(both)).toMatchObject({
      text: expect.stringMatching(/^plain/) as string,
      html: expect.stringContaining('word') as string,
    })
  })

  it('names that objects have are names like others', async () => {
    const mail = await parse(
      '__proto__: evil\r\nconstructor: evil\r\nContent-Type: text/plain; __proto__=evil; constructor=evil\r\nList-__proto__: <http://evil.example>\r\n\r\nhi',
    )
    expect(mail.text).toBe('hi')
    expect(({} as Record<string, unknown>)['evil']).toBeUndefined()
    expect(Object.getPrototypeOf(mail)).toBe(Object.prototype)
    expect(Object.prototype.constructor).toBe(Object)
  })

  it('is never anything but a typed error', async () => {
    for (const text of [
      '',
      '\0',
      '\r\n',
      'Content-Type: multipart/mixed\r\n\r\n--',
      'Content-Type: text/plain; charset=no-such\r\n\r\n\xff',
    ]) {
      const result: unknown = await parse(text).catch((reason: unknown) => reason)
      if (result instanceof Error) expect(result).toBeInstanceOf(ProtocolError)
    }
  })
})

it('of the segments of one parameter at most a thousand are joined', () => {
  const pairs = (count: number) => Array.from({ length: count }, (_, i) => [`name*${i}`, 'x'] as const)
  expect(decodeParameters(pairs(1000)).get('name')).toHaveLength(1000)
  expect(decodeParameters(pairs(1001)).get('name')).toHaveLength(1000)
})

it('of text in a rare charset at most 64 KiB is converted; the rest stays readable', () => {
  const word = (count: number) => `=?koi8-r?b?${Buffer.alloc(count, 0xc1).toString('base64')}?=`
  expect(decodeWords(word(64 * 1024))).toBe('а'.repeat(64 * 1024))
  expect(decodeWords(word(64 * 1024 + 3))).toBe('Á'.repeat(64 * 1024 + 3))
})
