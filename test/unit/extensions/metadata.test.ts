import { describe, expect, it } from 'vitest'
import { getMetadata, setMetadata, type MetadataEntries } from '../../../src/extensions/metadata.js'
import { ArgumentError } from '../../../src/model/errors.js'
import { answer, encode, Play, wrong } from '../commands/helpers.js'

const text = (entries: MetadataEntries) =>
  Object.fromEntries([...entries].map(([name, value]) => [name, value && Buffer.from(value).toString('latin1')]))

describe('METADATA on the wire', () => {
  it.each([
    [getMetadata('', '/shared/comment'), 'GETMETADATA "" /shared/comment'],
    [
      getMetadata('INBOX', ['/shared/comment', '/private/comment']),
      'GETMETADATA INBOX (/shared/comment /private/comment)',
    ],
    [
      getMetadata('INBOX', '/private/filters/values', { depth: 1 }),
      'GETMETADATA (DEPTH 1) INBOX /private/filters/values',
    ],
    [getMetadata('INBOX', '/private', { depth: 'infinity' }), 'GETMETADATA (DEPTH infinity) INBOX /private'],
    [
      getMetadata('INBOX', ['/shared/comment'], { maxSize: 1024, depth: 0 }),
      'GETMETADATA (MAXSIZE 1024 DEPTH 0) INBOX /shared/comment',
    ],
    [setMetadata('INBOX', { '/private/comment': null }), 'SETMETADATA INBOX (/private/comment NIL)'],
    [
      setMetadata('INBOX', { '/private/comment': 'My new comment', '/shared/comment': 'This one is for you!' }),
      'SETMETADATA INBOX (/private/comment "My new comment" /shared/comment "This one is for you!")',
    ],
    [setMetadata('', { '/shared/comment': 'NIL' }), 'SETMETADATA "" (/shared/comment "NIL")'],
    [setMetadata('', { '/shared/comment': '' }), 'SETMETADATA "" (/shared/comment "")'],
    [
      setMetadata('a', { '/private/comment': 'two\r\nlines' }),
      'SETMETADATA a (/private/comment {10}\r\n<+>two\r\nlines)',
    ],
    [setMetadata('a', { '/private/comment': 'ü' }), 'SETMETADATA a (/private/comment {2}\r\n<+>\xc3\xbc)'],
    [setMetadata('a', { '/private/comment': Uint8Array.of(0xff) }), 'SETMETADATA a (/private/comment {1}\r\n<+>\xff)'],
    [
      setMetadata('a', { '/private/comment': Uint8Array.of(0, 1) }),
      'SETMETADATA a (/private/comment ~{2}\r\n<+>\0\x01)',
    ],
    [setMetadata('a', { '/private/comment': 'x\0' }), 'SETMETADATA a (/private/comment ~{2}\r\n<+>x\0)'],
  ])('%#', (command, line) => {
    expect(encode(command)).toBe(`A1 ${line}\r\n`)
  })

  it('needs METADATA for mailboxes, and one of both for the server', () => {
    expect(getMetadata('INBOX', '/shared/comment').needs).toEqual(['METADATA'])
    expect(setMetadata('', { '/shared/comment': null }).needs).toEqual(['METADATA', 'METADATA-SERVER'])
  })

  it.each<[string, () => unknown]>([
    ['no entry', () => getMetadata('INBOX', [])],
    ['an entry that is none', () => getMetadata('INBOX', wrong([3]))],
    ['an entry of no scope', () => getMetadata('INBOX', '/comment')],
    ['an entry with a wildcard', () => getMetadata('INBOX', '/shared/*')],
    ['an entry that ends in a slash', () => getMetadata('INBOX', '/shared/')],
    ['an entry with two slashes', () => getMetadata('INBOX', '/shared//comment')],
    ['an entry beyond ASCII', () => getMetadata('INBOX', '/shared/größe')],
    ['an entry with a line break', () => getMetadata('INBOX', '/shared/a\r\n')],
    ['a depth that is none', () => getMetadata('INBOX', '/shared/comment', { depth: wrong(2) })],
    ['a negative size', () => getMetadata('INBOX', '/shared/comment', { maxSize: -1 })],
    ['a mailbox that is none', () => getMetadata(wrong(null), '/shared/comment')],
    ['nothing to store', () => setMetadata('INBOX', {})],
    ['a list to store', () => setMetadata('INBOX', wrong(['/shared/comment']))],
    ['a value that is none', () => setMetadata('INBOX', { '/shared/comment': wrong(undefined) })],
    ['a number', () => setMetadata('INBOX', { '/shared/comment': wrong(5) })],
  ])('refuses %s', (_, make) => {
    expect(make).toThrow(ArgumentError)
  })
})

describe('the answers of METADATA', () => {
  it('joins several responses; what is not told has no value', () => {
    const { entries, longest } = answer(getMetadata('INBOX', ['/private/comment', '/shared/comment', '/shared/x']), [
      '* METADATA "INBOX" (/private/comment "mine")',
      '* METADATA "INBOX" (/shared/comment {2}\r\n\xff\xfe)',
    ])
    expect(text(entries)).toEqual({ '/private/comment': 'mine', '/shared/comment': '\xff\xfe', '/shared/x': null })
    expect(longest).toBeUndefined()
  })

  it('reads NIL, literal8 and atoms', () => {
    const { entries } = answer(getMetadata('', ['/shared/a', '/shared/b', '/shared/c']), [
      '* METADATA "" (/shared/a NIL /shared/b ~{3}\r\n\0\x01\x02 /shared/c true)',
    ])
    expect(text(entries)).toEqual({ '/shared/a': null, '/shared/b': '\0\x01\x02', '/shared/c': 'true' })
  })

  it('names entries as they were asked for, whatever the case of the answer', () => {
    const { entries } = answer(getMetadata('', '/Shared/Comment'), ['* METADATA "" (/shared/comment x /shared/more y)'])
    expect(text(entries)).toEqual({ '/Shared/Comment': 'x', '/shared/more': 'y' })
  })

  it('tells the longest value that was left out', () => {
    const command = getMetadata('INBOX', ['/shared/comment', '/private/comment'], { maxSize: 1024 })
    const ok = 'OK [METADATA LONGENTRIES 2199] done'
    const { entries, longest } = answer(command, ['* METADATA INBOX (/private/comment "x")'], {}, ok)
    expect([text(entries), longest]).toEqual([{ '/private/comment': 'x' }, 2199])
  })

  it('leaves news and other mailboxes to others', () => {
    const play = new Play(getMetadata('a', '/shared/comment')).send(
      '* METADATA a /shared/comment',
      '* METADATA b (/shared/comment "b")',
      '* METADATA "a" (/shared/comment "a")',
      'A1 OK done',
    )
    expect(play.claims).toEqual([false, false, true])
    expect(text(play.result.entries)).toEqual({ '/shared/comment': 'a' })
  })
})
