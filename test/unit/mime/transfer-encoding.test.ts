import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { transferDecoder } from '../../../src/mime/transfer-encoding.js'

function decode(encoding: string, chunks: readonly (string | Uint8Array)[]): Buffer {
  const decoder = transferDecoder(encoding)
  const decoded = chunks.map((chunk) => decoder.push(typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk))
  return Buffer.concat([...decoded, decoder.end()])
}

/** Cuts bytes after each of the given distances, again and again. */
function cut(bytes: Uint8Array, steps: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const step = steps[i % steps.length] ?? 1
    chunks.push(bytes.subarray(at, at + step))
    at += step
  }
  return chunks
}

const steps = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 })

/** Encodes as RFC 2045 §6.7 asks, with every octet that may be one in clear. */
function quotedPrintable(bytes: Uint8Array): string {
  let text = ''
  let column = 0
  for (const octet of bytes) {
    const clear = octet > 0x20 && octet < 0x7f && octet !== 0x3d
    const token = clear ? String.fromCharCode(octet) : `=${octet.toString(16).toUpperCase().padStart(2, '0')}`
    if (column + token.length > 75) {
      text += '=\r\n'
      column = 0
    }
    text += token
    column += token.length
  }
  return text
}

describe('base64', () => {
  it.each([
    ['a whole group', ['TWFu'], 'Man'],
    ['padding', ['TWE='], 'Ma'],
    ['two octets of padding', ['TQ=='], 'M'],
    ['no padding', ['TWE'], 'Ma'],
    ['lines', ['TW\r\nFu\r\n'], 'Man'],
    ['groups cut anywhere', ['T', 'W', 'F', 'u', 'TW', 'Fu'], 'ManMan'],
    ['characters outside the alphabet', ['T*W-F_u!'], 'Man'],
    ['parts that were joined with their padding', ['TQ==TWFu', 'TWE='], 'MManMa'],
    ['padding that is cut', ['TQ=', '=TWFu'], 'MMan'],
    ['nothing', [''], ''],
  ])('%s', (_what, chunks, text) => {
    expect(decode('base64', chunks).toString('latin1')).toBe(text)
  })

  it('gives back any bytes, however they are cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), steps, (bytes, distances) => {
        const lines = Buffer.from(bytes).toString('base64').replace(/.{20}/g, '$&\r\n')
        expect([...decode('BASE64 ', cut(Buffer.from(lines), distances))]).toEqual([...bytes])
      }),
    )
  })
})

describe('quoted-printable', () => {
  it.each([
    ['escapes', ['caf=C3=A9'], 'caf\xc3\xa9'],
    ['lower case digits', ['=c3=a9'], '\xc3\xa9'],
    ['an escape that is cut', ['=', 'C', '3=A', '9'], '\xc3\xa9'],
    ['soft line breaks', ['one=\r\ntwo=\nthree'], 'onetwothree'],
    ['a soft line break that is cut', ['one=', '\r', '\ntwo'], 'onetwo'],
    ['spaces behind a soft line break', ['one= \t\r\ntwo'], 'onetwo'],
    ['hard line breaks', ['one\r\ntwo\n'], 'one\r\ntwo\n'],
    ['padding at the end of a line', ['one  \t\r\ntwo'], 'one\r\ntwo'],
    ['padding that is cut', ['one ', ' ', '\r\ntwo'], 'one\r\ntwo'],
    ['spaces inside a line', ['one  two'], 'one  two'],
    ['spaces at the end of all', ['one  '], 'one'],
    ['= at the end of all', ['one='], 'one'],
    ['what is no escape', ['a=b=XY=4'], 'a=b=XY=4'],
    ['= before spaces inside a line', ['a= b'], 'a= b'],
    ['octets beyond ASCII', ['\xe9'], '\xe9'],
  ])('%s', (_what, chunks, text) => {
    expect(decode('Quoted-Printable', chunks).toString('latin1')).toBe(text)
  })

  it('keeps a run of spaces that is longer than any line', () => {
    const spaces = ' '.repeat(5000)
    expect(decode('quoted-printable', [spaces, spaces, 'x']).toString('latin1')).toBe(`${spaces}${spaces}x`)
  })

  it('gives back any bytes, however they are cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), steps, (bytes, distances) => {
        const encoded = Buffer.from(quotedPrintable(bytes))
        expect([...decode('quoted-printable', cut(encoded, distances))]).toEqual([...bytes])
      }),
    )
  })

  it('gives the same for any text, however it is cut', () => {
    const text = fc.stringMatching(/^[= \t\r\nA-F0-9x]{0,60}$/)
    fc.assert(
      fc.property(text, steps, (encoded, distances) => {
        const bytes = Buffer.from(encoded, 'latin1')
        expect(decode('quoted-printable', cut(bytes, distances))).toEqual(decode('quoted-printable', [bytes]))
      }),
    )
  })
})

it.each(['7bit', '8bit', 'binary', 'x-unknown', ''])('%s leaves the bytes as they are', (encoding) => {
  expect(decode(encoding, ['a=41', '\xff\0'])).toEqual(Buffer.from('a=41\xff\0', 'latin1'))
})
