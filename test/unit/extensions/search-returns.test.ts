import { describe, expect, it } from 'vitest'
import type { CoreCriteria } from '../../../src/commands/search-criteria.js'
import { find, seqSearch, uidSearch } from '../../../src/commands/search.js'
import { sortForm } from '../../../src/extensions/sort.js'
import { ArgumentError, CapabilityError, ProtocolError } from '../../../src/model/errors.js'
import { NumberSet } from '../../../src/model/number-set.js'
import { protocol } from '../../../src/protocol.js'
import { answer, encode, TAG, wrong } from '../commands/helpers.js'

const criteriaOf = (criteria: object) => wrong<CoreCriteria>(criteria)
const search = (options: object, criteria: object = {}) =>
  find<Record<string, unknown>>(uidSearch, criteriaOf(criteria), options, protocol)
const sort = (options: object, criteria: object = {}) =>
  find<Record<string, unknown>>(
    sortForm(['date'], true, criteriaOf(criteria), protocol),
    criteriaOf(criteria),
    options,
    protocol,
  )
const plain = (value: unknown): unknown => (value instanceof NumberSet ? value.toString() : value)
const shown = (data: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, plain(value)]))
const tag = `(TAG "${TAG}")`

describe('partial', () => {
  it.each<[string, string[], object, string]>([
    ['PARTIAL', ['ESEARCH', 'PARTIAL'], { partial: '1:50' }, 'RETURN (PARTIAL 1:50) ALL'],
    ['PARTIAL from the end', ['ESEARCH', 'PARTIAL'], { partial: '-1:-50' }, 'RETURN (PARTIAL -1:-50) ALL'],
    ['CONTEXT=SEARCH', ['ESEARCH', 'CONTEXT=SEARCH'], { partial: '50:1' }, 'RETURN (PARTIAL 50:1) ALL'],
    ['CONTEXT=SEARCH from the end', ['ESEARCH', 'CONTEXT=SEARCH'], { partial: '-1:-50' }, 'RETURN (ALL) ALL'],
    ['ESEARCH alone', ['ESEARCH'], { return: ['count'], partial: '1:50' }, 'RETURN (COUNT ALL) ALL'],
    ['neither', ['PARTIAL'], { partial: '1:50' }, 'ALL'],
    [
      'count beside it',
      ['ESEARCH', 'PARTIAL'],
      { return: ['count'], partial: '1:5' },
      'RETURN (COUNT PARTIAL 1:5) ALL',
    ],
    [
      'save beside it',
      ['ESEARCH', 'PARTIAL', 'SEARCHRES'],
      { return: ['save'], partial: '1:5' },
      'RETURN (SAVE PARTIAL 1:5) ALL',
    ],
  ])('is asked for with %s', (_title, has, options, text) => {
    expect(encode(search(options), { has })).toBe(`A1 UID SEARCH ${text}\r\n`)
  })

  it.each<[string, string[], object, string]>([
    ['CONTEXT=SORT', ['ESORT', 'CONTEXT=SORT'], { partial: '1:50' }, 'RETURN (PARTIAL 1:50) (DATE) UTF-8 ALL'],
    [
      'CONTEXT=SORT from the end',
      ['ESORT', 'CONTEXT=SORT', 'PARTIAL'],
      { partial: '-1:-5' },
      'RETURN (ALL) (DATE) UTF-8 ALL',
    ],
    ['PARTIAL', ['ESORT', 'PARTIAL'], { partial: '1:50' }, 'RETURN (ALL) (DATE) UTF-8 ALL'],
    ['SORT alone', [], { partial: '1:50' }, '(DATE) UTF-8 ALL'],
  ])('is asked of a sort with %s', (_title, has, options, text) => {
    expect(encode(sort(options), { has })).toBe(`A1 UID SORT ${text}\r\n`)
  })

  it.each<[string, string, string]>([
    ['1:2', '2,4', '2,4'],
    ['2:1', '2,4', '2,4'],
    ['2:3', '4,6', '4,6'],
    ['4:9', '8', '8'],
    ['9:20', 'NIL', ''],
    ['-1:-2', '6,8', '6,8'],
    ['-3:-2', '4,6', '4,6'],
    ['-4:-100', '2', '2'],
    ['-5:-9', 'NIL', ''],
  ])('%s is the same when it is cut out', (partial, told, wanted) => {
    const command = search({ partial })
    expect(shown(answer(command, [`* ESEARCH ${tag} UID PARTIAL (${partial} ${told})`]))).toEqual({ partial: wanted })
    expect(shown(answer(command, [`* ESEARCH ${tag} UID ALL 2,4,6,8`]))).toEqual({ partial: wanted })
    expect(shown(answer(command, ['* SEARCH 8 2 6 4']))).toEqual({ partial: wanted })
    const numbers = wanted === '' ? [] : wanted.split(',').map(Number)
    expect(answer(sort({ partial }), ['* SORT 2 4 6 8'])).toEqual({ partial: numbers })
  })

  it('keeps the order of a sort', () => {
    expect(answer(sort({ partial: '1:10' }), [`* ESEARCH ${tag} UID PARTIAL (1:10 42,9,34,13:15,4)`])).toEqual({
      partial: [42, 9, 34, 13, 14, 15, 4],
    })
    expect(answer(sort({ partial: '-2:-3' }), ['* SORT 9 7 8 1'])).toEqual({ partial: [7, 8] })
  })

  it('leaves out all without an answer', () => {
    expect(shown(answer(search({ partial: '1:5', return: ['count'] }), []))).toEqual({ partial: '', count: 0 })
  })

  it.each(['', '5', '1:*', '0:5', '1:-5', '-1:5', '1:2:3', '1 :2', '1:4294967296', '1:50) LOGOUT (', 7, null])(
    'refuses %j',
    (partial) => {
      expect(() => search({ partial })).toThrow(ArgumentError)
    },
  )

  it('is not asked for beside all, nor is something else saved than what is told', () => {
    expect(() => search({ partial: '1:5', return: ['all'] })).toThrow(ArgumentError)
    const saving = search({ partial: '1:5', return: ['save'] })
    expect(() => encode(saving, { has: ['ESEARCH', 'SEARCHRES'] })).toThrow(CapabilityError)
    expect(() => encode(saving, { has: ['ESEARCH', 'SEARCHRES'] })).toThrow('PARTIAL')
  })

  it('rejects numbers of the wrong kind', () => {
    const lines = [`* ESEARCH ${tag} PARTIAL (1:5 1:5)`]
    expect(() => answer(search({ partial: '1:5' }), lines)).toThrow(ProtocolError)
    expect(shown(answer(find<Record<string, unknown>>(seqSearch, {}, { partial: '1:5' }, protocol), lines))).toEqual({
      partial: '1:5',
    })
  })
})

describe('relevancy', () => {
  const fuzzy = { fuzzy: { text: 'Helo' } }

  it('is asked for and told with what was found', () => {
    const command = search({ return: ['all', 'relevancy'] }, fuzzy)
    expect(encode(command, { has: ['ESEARCH', 'SEARCH=FUZZY'] })).toBe(
      'A1 UID SEARCH RETURN (ALL RELEVANCY) FUZZY TEXT Helo\r\n',
    )
    expect(shown(answer(command, [`* ESEARCH ${tag} UID ALL 1,5,10 RELEVANCY (4 99 42)`]))).toEqual({
      all: '1,5,10',
      relevancy: [4, 99, 42],
    })
    expect(
      answer(sort({ return: ['all', 'relevancy'] }, fuzzy), [`* ESEARCH ${tag} UID ALL 5,1 RELEVANCY (9 1)`]),
    ).toEqual({ all: [5, 1], relevancy: [9, 1] })
    expect(answer(search({ return: ['relevancy'] }, fuzzy), [`* ESEARCH ${tag} UID`])).toEqual({ relevancy: [] })
  })

  it('cannot be worked out', () => {
    const command = search({ return: ['relevancy'] }, fuzzy)
    expect(() => encode(command, { has: ['SEARCH=FUZZY'] })).toThrow('ESEARCH')
    expect(() => encode(command, { has: ['ESEARCH'] })).toThrow('SEARCH=FUZZY')
    expect(() => encode(sort({ return: ['relevancy'] }, fuzzy), { has: ['SEARCH=FUZZY', 'ESEARCH'] })).toThrow('ESORT')
  })

  it('needs the key fuzzy', () => {
    expect(() => search({ return: ['relevancy'] }, { text: 'Helo' })).toThrow('fuzzy')
  })
})

describe('the key fuzzy', () => {
  it.each<[object, string]>([
    [{ fuzzy: { subject: 'IMAP break' } }, 'FUZZY SUBJECT "IMAP break"'],
    [{ fuzzy: { subject: 'work' }, from: 'user@example.com' }, 'FUZZY SUBJECT work FROM user@example.com'],
    [{ fuzzy: { from: 'Dave', since: '2009-01-21' } }, 'FUZZY (FROM Dave SINCE 21-Jan-2009)'],
    [{ or: [{ fuzzy: { answered: true } }, { fuzzy: { not: { to: 'a' } } }] }, 'OR FUZZY ANSWERED FUZZY NOT TO a'],
    [{ fuzzy: {} }, 'FUZZY ALL'],
    [{ fuzzy: { fuzzy: { text: ['a', 'b'] } } }, 'FUZZY FUZZY (TEXT a TEXT b)'],
  ])('%j', (criteria, text) => {
    expect(encode(search({}, criteria), { has: ['SEARCH=FUZZY'] })).toBe(`A1 UID SEARCH ${text}\r\n`)
  })

  it('is looked into', () => {
    expect(() => search({}, { fuzzy: { colour: 1 } })).toThrow(ArgumentError)
    expect(() => search({}, { fuzzy: 'text' })).toThrow(ArgumentError)
    expect(() => encode(search({}, { fuzzy: { seen: true } }))).toThrow(CapabilityError)
    expect(encode(search({}, { fuzzy: { subject: 'ж' } }), { has: ['SEARCH=FUZZY', 'LITERAL+'] })).toBe(
      'A1 UID SEARCH CHARSET UTF-8 FUZZY SUBJECT {2+}\r\n\xd0\xb6\r\n',
    )
  })
})

describe('context', () => {
  it('is a hint: it is left out where the server does not know it', () => {
    const command = search({ return: ['count', 'context'] })
    expect(encode(command, { has: ['ESEARCH', 'CONTEXT=SEARCH'] })).toBe('A1 UID SEARCH RETURN (COUNT CONTEXT) ALL\r\n')
    expect(encode(command, { has: ['ESEARCH'] })).toBe('A1 UID SEARCH RETURN (COUNT) ALL\r\n')
    expect(encode(command, { has: ['CONTEXT=SEARCH'] })).toBe('A1 UID SEARCH ALL\r\n')
    expect(answer(command, [`* ESEARCH ${tag} COUNT 3`])).toEqual({ count: 3 })
    expect(encode(sort({ return: ['context', 'all'] }), { has: ['ESORT', 'CONTEXT=SORT'] })).toBe(
      'A1 UID SORT RETURN (ALL CONTEXT) (DATE) UTF-8 ALL\r\n',
    )
  })

  it('is no hint for updates', () => {
    const command = search({ return: ['all', 'update'] })
    expect(encode(command, { has: ['ESEARCH', 'CONTEXT=SEARCH'] })).toBe('A1 UID SEARCH RETURN (ALL UPDATE) ALL\r\n')
    expect(() => encode(command, { has: ['ESEARCH'] })).toThrow('CONTEXT=SEARCH')
    expect(() => encode(command, { has: ['CONTEXT=SEARCH'] })).toThrow('ESEARCH')
  })
})

it('return of an unknown name names what there is', () => {
  expect(() => search({ return: ['colour'] })).toThrow('min, max, count, all, save, ')
  expect(() => search({ return: ['partial'] })).toThrow(ArgumentError)
  expect(() => search({ return: ['constructor'] })).toThrow(ArgumentError)
})
