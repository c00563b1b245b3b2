import { describe, expect, it } from 'vitest'
import { search } from '../../../src/commands/search.js'
import { deleteFilter, getFilter, listFilters, setFilter } from '../../../src/extensions/filters.js'
import { ArgumentError, CapabilityError } from '../../../src/model/errors.js'
import { protocol } from '../../../src/protocol.js'
import { answer, encode, wrong } from '../commands/helpers.js'

const HAS = { has: ['FILTERS'] }
const tables = wrong<Parameters<typeof search>[2]>({ searchKeys: protocol.searchKeys, searchReturns: {} })

describe('FILTERS on the wire', () => {
  it.each([
    [
      listFilters(),
      'GETMETADATA (DEPTH 1) "" (/private/filters/values /private/filters/descriptions ' +
        '/shared/filters/values /shared/filters/descriptions)',
    ],
    [
      getFilter('boss'),
      'GETMETADATA "" (/private/filters/values/boss /private/filters/descriptions/boss ' +
        '/shared/filters/values/boss /shared/filters/descriptions/boss)',
    ],
    [
      setFilter('on-the-road', 'OR SMALLER 5000 FROM "boss@example.com"'),
      'SETMETADATA "" (/private/filters/values/on-the-road "OR SMALLER 5000 FROM \\"boss@example.com\\"")',
    ],
    [
      setFilter('boss', { from: 'boss@example.com', seen: false }, { shared: true, description: 'The boss' }),
      'SETMETADATA "" (/shared/filters/values/boss "FROM boss@example.com UNSEEN" ' +
        '/shared/filters/descriptions/boss "The boss")',
    ],
    [setFilter('all', {}), 'SETMETADATA "" (/private/filters/values/all "ALL")'],
    [
      deleteFilter('boss'),
      'SETMETADATA "" (/private/filters/values/boss NIL /private/filters/descriptions/boss NIL ' +
        '/shared/filters/values/boss NIL /shared/filters/descriptions/boss NIL)',
    ],
  ])('%#', (command, text) => {
    expect(encode(command, HAS)).toBe(`A1 ${text}\r\n`)
    expect(command.needs).toBe('FILTERS')
  })

  it('stores text beyond ASCII as a literal in the value, without CHARSET', () => {
    expect(encode(setFilter('a', { subject: 'Größe' }), HAS)).toBe(
      'A1 SETMETADATA "" (/private/filters/values/a {20}\r\n<+>SUBJECT {7}\r\nGr\xc3\xb6\xc3\x9fe)\r\n',
    )
  })

  it('stores only keys that the server has', () => {
    const command = setFilter('a', wrong({ younger: 60 }), {}, protocol.searchKeys)
    expect(() => encode(command, HAS)).toThrow(CapabilityError)
    expect(encode(command, { has: ['FILTERS', 'WITHIN'] })).toContain('"YOUNGER 60"')
  })

  it('is a key of SEARCH', () => {
    const command = search(wrong({ filter: 'on-the-road', since: '2002-12-03' }), {}, tables)
    expect(encode(command, HAS)).toBe('A1 UID SEARCH FILTER on-the-road SINCE 3-Dec-2002\r\n')
    expect(() => encode(command)).toThrow(CapabilityError)
    expect(() => encode(search(wrong({ filter: 'a/b' }), {}, tables), HAS)).toThrow(ArgumentError)
  })

  it.each<[string, () => unknown]>([
    ['no name', () => getFilter('')],
    ['a name with a slash', () => getFilter('a/b')],
    ['a name with a space', () => deleteFilter('a b')],
    ['a name with a wildcard', () => setFilter('a*', {})],
    ['a name beyond ASCII', () => setFilter('größe', {})],
    ['a name that is none', () => getFilter(wrong(3))],
    ['no criteria', () => setFilter('a', ' ')],
    ['criteria that are none', () => setFilter('a', wrong(3))],
    ['a key that is none', () => setFilter('a', wrong({ colour: 'red' }))],
    ['a description that is none', () => setFilter('a', {}, { description: wrong(3) })],
  ])('refuses %s', (_, make) => {
    expect(make).toThrow(ArgumentError)
  })
})

describe('the answers of FILTERS', () => {
  it('lists them, private ones before shared ones of the same name', () => {
    const found = answer(listFilters(), [
      '* METADATA "" (/private/filters/values/boss "FROM boss" /shared/filters/values/boss "ALL")',
      '* METADATA "" (/shared/filters/values/small "SMALLER 5000" /shared/filters/descriptions/small {6}\r\nGr\xc3\xb6\xc3\x9f)',
      '* METADATA "" (/private/filters/values/gone NIL /shared/filters/values/gone NIL)',
    ])
    expect(found).toEqual([
      { name: 'boss', criteria: 'FROM boss', description: null, shared: false },
      { name: 'small', criteria: 'SMALLER 5000', description: 'Größ', shared: true },
    ])
  })

  it('gives one, or null', () => {
    const lines = [
      '* METADATA "" ("/PRIVATE/filters/values/boss" "FROM boss" /private/filters/descriptions/boss "mine")',
    ]
    expect(answer(getFilter('boss'), lines)).toEqual({
      name: 'boss',
      criteria: 'FROM boss',
      description: 'mine',
      shared: false,
    })
    expect(answer(getFilter('boss'), ['* METADATA "" (/shared/filters/values/boss NIL)'])).toBeNull()
  })
})
