import { describe, expect, it } from 'vitest'
import { decodeText } from '../../../src/mime/charset.js'

const bytes = (...octets: number[]) => Uint8Array.from(octets)

describe('decodeText', () => {
  it.each([
    ['utf-8', bytes(0xc3, 0xa9), 'é'],
    ['UTF8', bytes(0xc3, 0xa9), 'é'],
    ['"utf-8"', bytes(0xc3, 0xa9), 'é'],
    ['iso-8859-1', bytes(0xe9), 'é'],
    ['ISO-8859-15', bytes(0xa4), '€'],
    ['windows-1252', bytes(0x80), '€'],
    ['cp1252', bytes(0x80), '€'],
    ['win-1251', bytes(0xcf), 'П'],
    ['koi8-r', bytes(0xf0), 'П'],
    ['gb2312', bytes(0xc4, 0xe3), '你'],
    ['gb18030', bytes(0xc4, 0xe3), '你'],
    ['cp936', bytes(0xc4, 0xe3), '你'],
    ['big5', bytes(0xa7, 0x41), '你'],
    ['shift_jis', bytes(0x82, 0xa0), 'あ'],
    ['cp932', bytes(0x82, 0xa0), 'あ'],
    ['iso-2022-jp', bytes(0x1b, 0x24, 0x42, 0x24, 0x22, 0x1b, 0x28, 0x42), 'あ'],
    ['euc-kr', bytes(0xb0, 0xa1), '가'],
    ['cp949', bytes(0xb0, 0xa1), '가'],
    ['utf-16le', bytes(0x41, 0x00), 'A'],
    // Beyond the encoding standard.
    ['utf-7', Buffer.from('Hi +AOk-'), 'Hi é'],
    ['cp850', bytes(0x82), 'é'],
  ])('%s', (charset, octets, text) => {
    expect(decodeText(octets, charset)).toBe(text)
  })

  it.each([undefined, '', 'us-ascii', 'ascii', 'unknown-8bit', '8bit', 'x-no-such-charset'])(
    'for %s takes UTF-8 where it is valid, else windows-1252',
    (charset) => {
      expect(decodeText(bytes(0xc3, 0xa9), charset)).toBe('é')
      expect(decodeText(bytes(0x63, 0xe9, 0x80), charset)).toBe('cé€')
    },
  )

  it('never throws', () => {
    expect(decodeText(bytes(0xff, 0x41), 'utf-8')).toBe('\ufffdA')
    expect(decodeText(bytes(0x41), '\0\r\n"; drop')).toBe('A')
  })
})
