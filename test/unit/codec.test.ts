import { describe, expect, it } from 'vitest'
import { decodeResponses } from '../../src/codec.js'
import { ProtocolError } from '../../src/model/errors.js'

describe('decodeResponses', () => {
  it('reads all responses, literals included', () => {
    const text = '* 3 EXISTS\r\n* LIST () "/" {5}\r\ninbox\r\n+ go on\r\nA1 OK [READ-WRITE] Done\r\n'
    expect(decodeResponses(Buffer.from(text))).toMatchObject([
      { kind: 'untagged', type: 'EXISTS', number: 3 },
      { kind: 'untagged', type: 'LIST', mailbox: { name: 'INBOX' } },
      { kind: 'continuation', text: 'go on' },
      { kind: 'tagged', tag: 'A1', status: 'OK', code: { name: 'READ-WRITE' }, text: 'Done' },
    ])
    expect(decodeResponses(new Uint8Array())).toEqual([])
  })

  it.each(['* 3 EXISTS', '* X {5}\r\nabc', '* X {3}\r\nabc'])('refuses %j, which has no end', (text) => {
    expect(() => decodeResponses(Buffer.from(text))).toThrow(ProtocolError)
  })
})
