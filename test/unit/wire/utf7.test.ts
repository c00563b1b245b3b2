import { describe, expect, it } from 'vitest'
import { ArgumentError } from '../../../src/model/errors.js'
import { decodeMailboxName, encodeMailboxName } from '../../../src/wire/utf7.js'

const pairs: readonly (readonly [name: string, text: string])[] = [
  ['', ''],
  ['INBOX', 'INBOX'],
  ['R&D', 'R&-D'],
  ['&&', '&-&-'],
  ['Entwürfe', 'Entw&APw-rfe'],
  // RFC 3501 §5.1.3
  ['~peter/mail/台北/日本語', '~peter/mail/&U,BTFw-/&ZeVnLIqe-'],
  ['\u{1F600}', '&2D3eAA-'],
  ['é&é', '&AOk-&-&AOk-'],
  ['\r\n\x7f', '&AA0ACgB,-'],
  ['a-b', 'a-b'],
]

const kept: readonly (readonly [why: string, text: string])[] = [
  ['a bare ampersand', 'R&D'],
  ['an ampersand at the end', 'R&'],
  ['no end', '&AOk'],
  ['not base64', '&A!k-'],
  ['"/" instead of ","', '&U/BTFw-'],
  ['padding', '&AOk=-'],
  ['bits left over', '&AOl-'],
  ['an octet left over', '&AOkA-'],
  ['too short for a character', '&AA-'],
  ['ASCII that needs no encoding', '&AGE-'],
  ['two runs where one would do', '&AOk-&AOk-'],
  ['half of a surrogate pair', '&2D0-'],
  ['8-bit text', 'Entwürfe'],
  ['8-bit text with a run', 'ü&APw-'],
]

describe('modified UTF-7', () => {
  it.each(pairs)('%j is written %j', (name, text) => {
    expect(encodeMailboxName(name)).toBe(text)
    expect(decodeMailboxName(text)).toBe(name)
  })

  it.each(kept)('keeps text with %s as it is', (_, text) => {
    expect(decodeMailboxName(text)).toBe(text)
  })

  it.each(['\ud83d', 'a\ude00', '\ude00\ud83d'])('refuses half of a surrogate pair', (name) => {
    expect(() => encodeMailboxName(name)).toThrow(ArgumentError)
  })
})
