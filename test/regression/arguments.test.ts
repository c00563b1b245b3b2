import { describe, expect, it } from 'vitest'
import { append } from '../../src/commands/append.js'
import { fetch } from '../../src/commands/fetch.js'
import { findSection } from '../../src/commands/fetch-items.js'
import { list, type ListOptions } from '../../src/commands/list.js'
import { ArgumentError } from '../../src/model/errors.js'
import { uids } from '../../src/model/number-set.js'
import type { LiteralSource } from '../../src/wire/segments.js'

const wrong = (content: unknown): LiteralSource => content as LiteralSource

describe('Arguments that are refused before a byte is written', () => {
  // The command was begun, the source failed, and the connection was closed to undo it.
  it.each([
    ['null', null],
    ['text, which iterates over characters', 'abcde'],
    ['an object that gives nothing', {}],
    ['nothing', undefined],
  ])('APPEND of a stream that is %s', (_title, stream) => {
    expect(() => append('INBOX', { content: wrong({ stream, size: 5 }) })).toThrow(ArgumentError)
  })

  it.each([
    ['an array', [Buffer.from('abcde')]],
    ['a generator', (async function* () {})()],
  ])('takes %s for a stream', (_title, stream) => {
    expect(append('INBOX', { content: { stream, size: 5 } }).name).toBe('APPEND')
  })

  // chgsince-fetch-mod = "CHANGEDSINCE" SP mod-sequence-value, which begins at 1 (RFC 7162 §7)
  it('FETCH of what changed since 0', () => {
    const sink = { message: () => undefined }
    expect(() => fetch(uids(1), [], { sink, changedSince: 0n })).toThrow(ArgumentError)
    expect(fetch(uids(1), [], { sink, changedSince: 1n }).name).toBe('UID FETCH')
  })

  // LIST (RECURSIVEMATCH) and LIST (RECURSIVEMATCH SPECIAL-USE) lack the list-select-base-opt that the grammar asks for.
  it.each([
    ['alone', {}],
    ['with special uses', { specialUse: true }],
    ['with remote mailboxes', { remote: true }],
  ] as const)('LIST with RECURSIVEMATCH %s', (_title, options: ListOptions) => {
    expect(() => list('*', { ...options, recursive: true })).toThrow(ArgumentError)
    expect(list('*', { ...options, recursive: true, subscribed: true }).name).toBe('LIST')
  })
})

// A server may repeat a name that was asked for twice, or not.
it.each(['HEADER.FIELDS (TO)', 'HEADER.FIELDS (TO TO)', 'HEADER.FIELDS (to To)'])(
  'Header fields that were asked for twice are found in %s',
  (section) => {
    const data = { sections: [{ kind: 'BODY', section, offset: null, bytes: Buffer.from('To: x\r\n\r\n') } as const] }
    expect(findSection({ sections: [...data.sections] }, { section: '', headers: ['To', 'to'] })?.bytes).toHaveLength(9)
    expect(findSection({ sections: [...data.sections] }, { section: '', headers: ['From'] })).toBeUndefined()
  },
)
