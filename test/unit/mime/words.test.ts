import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { decodeOctets, decodeParameters, decodeWords } from '../../../src/mime/words.js'

/** Text as the octets of its UTF-8 form, one character each. */
const octets = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')

describe('decodeOctets', () => {
  it.each([
    ['plain', 'plain'],
    [octets('Grüße 台北 🎉'), 'Grüße 台北 🎉'],
    ['Gr\u00fc\u00dfe', 'Grüße'],
    ['\u0080 \u0093x\u0094 \u0096', '€ “x” –'],
    ['\u0081\u008d', '\u0081\u008d'],
    ['', ''],
  ])('%j', (raw, expected) => {
    expect(decodeOctets(raw)).toBe(expected)
  })
})

describe('decodeWords', () => {
  it.each([
    ['no = word ? here =?', 'no = word ? here =?'],
    // RFC 2047 §8
    ['=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>', 'Keith Moore <moore@cs.utk.edu>'],
    ['=?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?=', 'Keld Jørn Simonsen'],
    [
      '=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=\r\n =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=',
      'If you can read this you understand the example.',
    ],
    ['=?ISO-8859-1?Q?a?= b', 'a b'],
    ['=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=', 'ab'],
    ['=?ISO-8859-1?Q?a_b?=', 'a b'],
    // RFC 2231 §5
    ['=?US-ASCII*EN?Q?Keith_Moore?=', 'Keith Moore'],
    // a character cut in two by its encoder
    ['=?utf-8?B?w7w=?= =?utf-8?B?Yg==?=', 'üb'],
    ['=?utf-8?Q?=C3?= =?utf-8?Q?=BC?=', 'ü'],
    ['=?gb2312?B?suLK1A==?=', '测试'],
    ['=?iso-2022-jp?B?GyRCRnxLXDhsGyhC?=', '日本語'],
    ['=?no-such-charset?Q?abc?=', 'abc'],
    [octets('roh und =?utf-8?Q?k=C3=B6dert?= über'), 'roh und ködert über'],
    ['a\r\n b\r\n\tc', 'a b\tc'],
    ['a\r\nb\nc', 'a b c'],
    ['=?utf-8?Q?unfinished', '=?utf-8?Q?unfinished'],
    ['=?utf-8?X?abc?=', '=?utf-8?X?abc?='],
  ])('%j', (raw, expected) => {
    expect(decodeWords(raw)).toBe(expected)
  })

  it.each([
    ['words', '=?utf-8?Q?a?= ', /^a{100000} $/],
    ['starts of words', '=?a', /^(=\?a){100000}\?=$/],
    ['words without an end', '=?a?Q?x', /^(=\?a\?Q\?x){99999}x$/],
    ['words of two charsets', '=?utf-8?Q?a?= =?latin1?Q?b?= ', /^(ab){100000} $/],
  ])('decodes 100000 %s in linear time', (_, part, expected) => {
    const raw = part.repeat(100_000) + (part.endsWith(' ') ? '' : '?=')
    const began = performance.now()
    expect(expected.test(decodeWords(raw))).toBe(true)
    expect(performance.now() - began).toBeLessThan(2000)
  })

  it('converts a bounded amount by tables', () => {
    const word = `=?gb2312?B?${Buffer.from('\u00b2\u00e2', 'latin1').toString('base64')}?=`
    expect(decodeWords(word)).toBe('测')
    expect(decodeWords(`${word} `.repeat(40_000))).toBe(`${'²â'.repeat(40_000)} `)
  })
})

describe('decodeParameters', () => {
  it.each<[string, [string, string][], Record<string, string>]>([
    ['lower case names', [['CharSet', 'UTF-8']], { charset: 'UTF-8' }],
    [
      'RFC 2231 §3',
      [
        ['URL*0', 'ftp://'],
        ['URL*1', 'cs.utk.edu/pub'],
      ],
      { url: 'ftp://cs.utk.edu/pub' },
    ],
    ['RFC 2231 §4', [['title*', "us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A"]], { title: 'This is ***fun***' }],
    [
      'RFC 2231 §4.1, out of order',
      [
        ['t*2', "isn't it!"],
        ['t*0*', "us-ascii'en'even%20"],
        ['t*1*', '%2A%20'],
      ],
      { t: "even * isn't it!" },
    ],
    ['another charset', [['f*', "iso-8859-15''%A4"]], { f: '€' }],
    [
      'UTF-8 cut in two',
      [
        ['f*0*', "UTF-8''%C3"],
        ['f*1*', '%BC'],
      ],
      { f: 'ü' },
    ],
    ['no charset', [['f*', "''%C3%BC"]], { f: 'ü' }],
    ['no quotes', [['f*', 'a%20b']], { f: 'a b' }],
    [
      'the extended form wins',
      [
        ['f*', "utf-8''%C3%BC"],
        ['f', 'u'],
      ],
      { f: 'ü' },
    ],
    ['encoded words', [['name', '=?utf-8?Q?=C3=BC.txt?=']], { name: 'ü.txt' }],
    ['broken escapes', [['f*', "utf-8''%zz%4"]], { f: '%zz%4' }],
    ['a charset that is none', [['f*', "no-such''%41"]], { f: 'A' }],
    [
      'an odd number',
      [
        ['f*x', 'a'],
        ['*', 'b'],
      ],
      { f: 'a', '*': 'b' },
    ],
    [
      'names of Object.prototype',
      [
        ['constructor', 'a'],
        ['__proto__', 'b'],
      ],
      { constructor: 'a', ['__proto__']: 'b' },
    ],
    [
      'the last of two wins',
      [
        ['a', '1'],
        ['A', '2'],
      ],
      { a: '2' },
    ],
  ])('%s', (_, pairs, expected) => {
    expect(new Map(Object.entries(expected))).toEqual(decodeParameters(pairs))
  })

  it('joins a bounded number of segments', () => {
    const pairs = Array.from({ length: 5000 }, (_, i) => [`f*${i}`, 'x'] as const)
    expect(decodeParameters(pairs).get('f')).toBe('x'.repeat(1000))
  })
})
