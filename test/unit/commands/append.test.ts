import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { append, appendContent, appendResults, type AppendMessage } from '../../../src/commands/append.js'
import { ArgumentError } from '../../../src/model/errors.js'
import type { LiteralSource } from '../../../src/wire/writer.js'
import { answer, encode, WAIT, wrong, type Server } from './helpers.js'

const text = (content: string): LiteralSource => appendContent(content)

describe('APPEND on the wire', () => {
  const date = new Date('2026-01-05T07:08:09Z')
  it.each<[string, AppendMessage, string, Server?]>([
    ['bytes', { content: text('a') }, `saved {1}\r\n${WAIT}a`],
    ['bytes without waiting', { content: text('a') }, 'saved {1+}\r\na', { has: ['LITERAL+'] }],
    [
      'flags and date (RFC 9051 §6.3.12)',
      { content: text('ab'), flags: ['\\Seen', '$Label1'], internalDate: date },
      `saved (\\Seen $Label1) " 5-Jan-2026 07:08:09 +0000" {2}\r\n${WAIT}ab`,
    ],
    ['no flags', { content: text('a'), flags: [] }, `saved {1}\r\n${WAIT}a`],
    ['a stream', { content: { stream: [], size: 5000 } }, `saved {5000}\r\n${WAIT}<stream 5000>`],
    [
      'a mebibyte without waiting',
      { content: { stream: [], size: 1_048_576 } },
      'saved {1048576+}\r\n<stream 1048576>',
      { has: ['LITERAL+'] },
    ],
    [
      'more only after the server has asked for it',
      { content: { stream: [], size: 1_048_577 } },
      `saved {1048577}\r\n${WAIT}<stream 1048577>`,
      { has: ['LITERAL+'] },
    ],
    ['NUL', { content: Buffer.from('a\0b') }, `saved ~{3}\r\n${WAIT}a\0b`, { has: ['BINARY'] }],
    [
      'a binary stream',
      { content: { stream: [], size: 9 }, binary: true },
      `saved ~{9}\r\n${WAIT}<stream 9>`,
      { has: ['BINARY'] },
    ],
    [
      'a header beyond ASCII once UTF8=ACCEPT is enabled (RFC 6855 §4)',
      { content: text('Subject: é\n\nhi') },
      `saved UTF8 (~{17}\r\n${WAIT}Subject: \xc3\xa9\r\n\r\nhi)`,
      { enabled: ['UTF8=ACCEPT'] },
    ],
    [
      'a body beyond ASCII',
      { content: text('a: b\n\né') },
      `saved {10}\r\n${WAIT}a: b\r\n\r\n\xc3\xa9`,
      { enabled: ['UTF8=ACCEPT'] },
    ],
    [
      'a header beyond ASCII in IMAP4rev2',
      { content: text('a: é\n') },
      `saved {7}\r\n${WAIT}a: \xc3\xa9\r\n`,
      { enabled: ['UTF8=ACCEPT', 'IMAP4rev2'] },
    ],
  ])('%s', (_title, message, expected, server) => {
    expect(encode(append('saved', message), server)).toBe(`A1 APPEND ${expected}\r\n`)
  })

  it('makes line ends CRLF in text only', () => {
    expect(Buffer.from(appendContent('a\nb\r\nc\rd\n\n') as Uint8Array).toString()).toBe('a\r\nb\r\nc\r\nd\r\n\r\n')
    const bytes = Buffer.from('a\nb')
    expect(appendContent(bytes)).toBe(bytes)
  })

  it.each<[string, unknown]>([
    ['an empty message', { content: Buffer.alloc(0) }],
    ['an empty stream', { content: { stream: [], size: 0 } }],
    ['a stream without a size', { content: { stream: [] } }],
    ['a stream with a fraction for a size', { content: { stream: [], size: 1.5 } }],
    ['text, whose line ends nobody fixed', { content: 'a' }],
    ['nothing', {}],
    ['\\Recent', { content: Buffer.from('a'), flags: ['\\Recent'] }],
    ['an invalid date', { content: Buffer.from('a'), internalDate: new Date(NaN) }],
    ['NUL without BINARY', { content: Buffer.from('\0') }],
    ['a binary stream without BINARY', { content: { stream: [], size: 1 }, binary: true }],
  ])('refuses %s', (_title, message) => {
    expect(() => encode(append('a', wrong<AppendMessage>(message)))).toThrow(ArgumentError)
  })
})

describe('the answer to APPEND', () => {
  const message = { content: text('a') }

  it('gives the UID where the server tells it (RFC 4315 §3)', () => {
    expect(answer(append('a', message), [], {}, 'OK [APPENDUID 38505 3955] Done')).toEqual({
      uid: 3955,
      uidValidity: 38505,
    })
  })

  it.each(['OK done', 'OK [APPENDUID 1 x] unreadable', 'OK [APPENDUID 1 99999999999] too large'])('%s', (ok) => {
    expect(answer(append('a', message), [], {}, ok)).toEqual({})
  })

  it('lists the UIDs of several messages', () => {
    const tagged = { kind: 'tagged', tag: 'A1', status: 'OK', text: '' } as const
    expect(appendResults({ ...tagged, code: null })).toEqual([])
  })

  it('is never repeated', () => {
    expect(append('a', message).safe).toBeUndefined()
  })
})
