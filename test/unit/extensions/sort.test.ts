import { describe, expect, expectTypeOf, it } from 'vitest'
import type { CoreCriteria } from '../../../src/commands/search-criteria.js'
import { sort, sortSeq, type SortCriterion } from '../../../src/extensions/sort.js'
import { ArgumentError, CapabilityError, ProtocolError } from '../../../src/model/errors.js'
import type { SeqNum, Uid } from '../../../src/model/ids.js'
import { seqs } from '../../../src/model/number-set.js'
import { protocol } from '../../../src/protocol.js'
import { answer, encode, Play, TAG, wrong } from '../commands/helpers.js'

type By = readonly SortCriterion<string>[]

/** A sort that knows all extensions; the criteria may have their keys. */
const sorted = (by: By, criteria: object = {}, options?: object) =>
  sort(by, wrong<CoreCriteria>(criteria), wrong<undefined>(options), protocol)

describe('SORT', () => {
  it.each<[By, object, string]>([
    [['subject'], { since: '1994-02-01' }, '(SUBJECT) UTF-8 SINCE 1-Feb-1994'],
    [['subject', { key: 'date', reverse: true }], {}, '(SUBJECT REVERSE DATE) UTF-8 ALL'],
    [['arrival', 'cc', 'from', 'size', { key: 'to' }], {}, '(ARRIVAL CC FROM SIZE TO) UTF-8 ALL'],
    [['displayFrom', { key: 'displayTo', reverse: true }], {}, '(DISPLAYFROM REVERSE DISPLAYTO) UTF-8 ALL'],
    [['relevancy'], { fuzzy: { subject: 'Helo' } }, '(RELEVANCY) UTF-8 FUZZY SUBJECT Helo'],
    [['relevancy'], { not: { fuzzy: { or: [{ to: 'a' }] } } }, '(RELEVANCY) UTF-8 NOT FUZZY TO a'],
  ])('%j %j', (by, criteria, text) => {
    const server = { has: ['SORT=DISPLAY', 'SEARCH=FUZZY'] }
    expect(encode(sorted(by, criteria), server)).toBe(`A1 UID SORT ${text}\r\n`)
  })

  it('always names UTF-8, also where a session speaks it anyway', () => {
    const command = sortSeq(['from'], { subject: 'ж' })
    expect(encode(command, { enabled: ['IMAP4rev2'] })).toBe('A1 SORT (FROM) UTF-8 SUBJECT "\xd0\xb6"\r\n')
  })

  it.each<[string, By, object]>([
    ['nothing to sort by', [], {}],
    ['text in place of a list', wrong('date'), {}],
    ['an unknown key', ['colour'], {}],
    ['an inherited name', ['constructor'], {}],
    ['no key', [wrong({ reverse: true })], {}],
    ['null', [wrong(null)], {}],
    ['a reverse that is none', [{ key: 'date', reverse: wrong('yes') }], {}],
    ['relevancy without fuzzy', ['relevancy'], { text: 'Helo' }],
    ['unknown criteria', ['date'], { colour: 1 }],
  ])('refuses %s', (_title, by, criteria) => {
    expect(() => sorted(by, criteria)).toThrow(ArgumentError)
  })

  it('needs the capability of each key', () => {
    expect(sorted(['date']).needs).toBe('SORT')
    expect(() => encode(sorted(['displayTo']), { has: ['SORT'] })).toThrow('SORT=DISPLAY')
    expect(() => encode(sorted(['relevancy'], { fuzzy: {} }), { has: ['SORT'] })).toThrow(CapabilityError)
  })

  it('does not overlap with a search, whose ESEARCH may be its own', () => {
    expect(sort(['date']).traits).toEqual({ answers: ['SEARCH', 'SORT'], seqArgs: false, noExpunge: false })
    expect(sortSeq(['date'], { seq: seqs(1) }).traits).toMatchObject({ seqArgs: true, noExpunge: true })
  })
})

describe('answers to SORT', () => {
  const tag = `(TAG "${TAG}")`

  it.each<[string, string[], number[]]>([
    ['SORT', ['* SORT 5 3 4 1 2'], [5, 3, 4, 1, 2]],
    ['an empty SORT', ['* SORT'], []],
    ['several SORT', ['* SORT 5', '* SORT 3 4'], [5, 3, 4]],
    ['a SORT with a mod-sequence', ['* SORT 5 3 (MODSEQ 7)'], [5, 3]],
    ['ESEARCH', [`* ESEARCH ${tag} UID ALL 7,4:6,9:8`], [7, 4, 5, 6, 8, 9]],
    ['no answer', [], []],
  ])('%s', (_title, lines, numbers) => {
    const found = answer(sort(['date']), lines)
    expectTypeOf(found).toEqualTypeOf<readonly Uid[]>()
    expect(found).toEqual(numbers)
  })

  it('gives what was asked for, in the order of the sort', () => {
    const command = sort(['date'], {}, { return: ['min', 'max', 'count', 'all'] })
    expect(encode(command, { has: ['ESORT'] })).toBe('A1 UID SORT RETURN (MIN MAX COUNT ALL) (DATE) UTF-8 ALL\r\n')
    expect(encode(command, { has: ['ESEARCH'] })).toBe('A1 UID SORT (DATE) UTF-8 ALL\r\n')
    const wanted = { min: 5, max: 2, count: 4, all: [5, 3, 4, 2] }
    expect(answer(command, ['* SORT 5 3 4 2'])).toEqual(wanted)
    expect(answer(command, [`* ESEARCH ${tag} UID MIN 5 MAX 2 COUNT 4 ALL 5,3:4,2`])).toEqual(wanted)
    expect(answer(command, ['* SORT'])).toEqual({ min: null, max: null, count: 0, all: [] })
    expect(answer(command, ['* SORT 5 (MODSEQ 9)'])).toMatchObject({ count: 1, modSeq: 9n })
  })

  it('types sequence numbers as such', () => {
    const found = answer(sortSeq(['date'], {}, { return: ['all', 'min'] }), ['* SORT 2 1'])
    expectTypeOf(found.all).toEqualTypeOf<readonly SeqNum[]>()
    expectTypeOf(found.min).toEqualTypeOf<SeqNum | null>()
    expect(found).toEqual({ all: [2, 1], min: 2 })
  })

  it('does not save: RFC 5182 knows SEARCH alone', () => {
    expect(() => sort(['date'], {}, { return: [wrong<'all'>('save')] })).toThrow(ArgumentError)
  })

  it.each([
    ['sequence numbers for UIDs', [`* ESEARCH ${tag} ALL 3,1`]],
    ['an open set', [`* ESEARCH ${tag} UID ALL 3,1:*`]],
    ['more numbers than any mailbox has', [`* ESEARCH ${tag} UID ALL 1:4294967295`]],
  ])('rejects %s', (_title, lines) => {
    expect(() => answer(sort(['date']), lines)).toThrow(ProtocolError)
  })

  it('leaves the answers of others alone', () => {
    const play = new Play(sort(['date'])).send('* SEARCH 1', '* ESEARCH (TAG "B7") UID ALL 1', '* SORT 3')
    expect(play.claims).toEqual([false, false, true])
  })
})
