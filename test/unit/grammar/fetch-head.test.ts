import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { LimitError } from '../../../src/model/errors.js'
import { protocol, readResponse } from '../../../src/protocol.js'

const { readFetchHead } = protocol

const head = (text: string, ...literals: string[]) =>
  readFetchHead({ text, literals: literals.map((literal) => Buffer.from(literal, 'latin1')) })

describe('readFetchHead', () => {
  it.each([
    ['* 12 FETCH (UID 5 BODY[] {500}', 12, 5, 'BODY', '', null],
    ['* 12 FETCH (UID 5 FLAGS (\\Seen) BODY[1.2]<1024> {3}', 12, 5, 'BODY', '1.2', 1024],
    ['* 12 FETCH (BODY[header.fields (Subject "X-A")] {3}', 12, undefined, 'BODY', 'HEADER.FIELDS (Subject X-A)', null],
    ['* 1 fetch (uid 7 body[text] {0}', 1, 7, 'BODY', 'TEXT', null],
    ['* 1 FETCH (BINARY[3] ~{500}', 1, undefined, 'BINARY', '3', null],
    ['* 1 FETCH (BINARY[3] {500}', 1, undefined, 'BINARY', '3', null],
    ['* 1 FETCH (RFC822 {5}', 1, undefined, 'BODY', '', null],
    ['* 1 FETCH (RFC822.HEADER {5+}', 1, undefined, 'BODY', 'HEADER', null],
    ['* 1 FETCH (RFC822.TEXT {5}', 1, undefined, 'BODY', 'TEXT', null],
    ['*  1  FETCH  (UID 7  BODY[1]  {5}', 1, 7, 'BODY', '1', null],
    ['* 1 FETCH (X-NEW (a b) UID 7 BODY[1] {5}', 1, 7, 'BODY', '1', null],
  ] as const)('%s', (text, seq, uid, kind, section, offset) => {
    const found = head(text)
    expect(found).toMatchObject({ seq, kind, section, offset })
    expect(found?.data.uid).toBe(uid)
  })

  it('reads literals that stand before the streamed one', () => {
    const found = head('* 1 FETCH (UID 7 ENVELOPE (NIL {2} NIL NIL NIL NIL NIL NIL NIL NIL) BODY[1] {5}', 'hi')
    expect(found?.data.envelope?.subject).toBe('hi')
    const second = head('* 1 FETCH (BODY[1] {2} BODY[2] {5}', 'hi')
    expect(second).toMatchObject({ section: '2' })
    expect(second?.data.sections).toHaveLength(1)
  })

  it.each([
    '* 1 FETCH (ENVELOPE (NIL {5}',
    '* 1 FETCH (UID 7 BODY ("TEXT" {5}',
    '* 1 FETCH (X-NEW {5}',
    '* 1 FETCH (X-NEW (BODY[1] {5}',
    '* 0 FETCH (BODY[1] {5}',
    '* 1 FETCH (BODY[{5}',
    '* 1 FETCH (BODY[HEADER.FIELDS ({5}',
    '* 1 FETCH (UID 7) BODY[1] {5}',
    '* LIST () "/" {5}',
    '* STATUS {5}',
    'a1 OK [X {5}',
    '+ {5}',
    '* 1 FETCH (BODY[1] x',
    '',
  ])('is no content of a section: %j', (text) => {
    expect(head(text)).toBeUndefined()
  })

  it('gets past what is nested too deep, and passes any other LimitError on', () => {
    expect(head(`* 1 FETCH (X ${'('.repeat(200)}${')'.repeat(200)} BODY[1] {5}`)).toMatchObject({ section: '1' })
    const frame = { text: '* 1 FETCH (FLAGS (a b c) BODY[1] {5}', literals: [] }
    expect(() => readFetchHead(frame, { limits: { items: 2 } })).toThrow(LimitError)
  })

  it('gives the streamed literal of the whole response as undefined', () => {
    const response = readResponse({
      text: '* 1 FETCH (BODY[1] {5} BODY[2] {2} UID 9)',
      literals: [undefined, Buffer.from('hi')],
    })
    expect(response).toMatchObject({
      data: {
        uid: 9,
        sections: [
          { section: '1', bytes: undefined },
          { section: '2', bytes: Buffer.from('hi') },
        ],
      },
    })
  })
})
