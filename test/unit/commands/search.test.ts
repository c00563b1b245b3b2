import { describe, expect, expectTypeOf, it } from 'vitest'
import type { Command } from '../../../src/commands/command.js'
import { search, searchSeq } from '../../../src/commands/search.js'
import type { CoreCriteria } from '../../../src/commands/search-criteria.js'
import { coreSearchKeys } from '../../../src/commands/search-keys.js'
import { ArgumentError, CapabilityError, ProtocolError } from '../../../src/model/errors.js'
import { savedResult, seqs, uid, uids, type SeqSet, type UidSet } from '../../../src/model/number-set.js'
import type { Uid } from '../../../src/model/ids.js'
import { answer, encode, Play, TAG, WAIT, wrong } from './helpers.js'

const plain = (criteria: CoreCriteria) => encode(search(criteria)).replace(/^A1 UID SEARCH (.*)\r\n$/s, '$1')

describe('criteria', () => {
  it.each<[CoreCriteria, string]>([
    [{}, 'ALL'],
    [{ seen: undefined }, 'ALL'],
    [{ answered: true, deleted: true, draft: true, flagged: true, seen: true }, 'ANSWERED DELETED DRAFT FLAGGED SEEN'],
    [
      { answered: false, deleted: false, draft: false, flagged: false, seen: false },
      'UNANSWERED UNDELETED UNDRAFT UNFLAGGED UNSEEN',
    ],
    [{ recent: true }, 'RECENT'],
    [{ recent: false }, 'OLD'],
    [{ keyword: '$Forwarded' }, 'KEYWORD $Forwarded'],
    [{ keyword: ['$a', '$b'] }, 'KEYWORD $a KEYWORD $b'],
    [{ not: { keyword: '$Junk' } }, 'NOT KEYWORD $Junk'],
    [{ from: 'Smith', to: 'a b', cc: '', bcc: 'x"y' }, 'FROM Smith TO "a b" CC "" BCC "x\\"y"'],
    [{ subject: 'NIL', body: '100%', text: ['a', 'b'] }, 'SUBJECT "NIL" BODY "100%" TEXT a TEXT b'],
    [{ header: { 'Message-ID': '<a@b>' } }, 'HEADER Message-ID <a@b>'],
    [{ header: { 'X-Spam': '', List: ['a', 'b'] } }, 'HEADER X-Spam "" HEADER List a HEADER List b'],
    [
      { since: '2026-01-01', before: '2026-02-01', on: '2026-01-31' },
      'SINCE 1-Jan-2026 BEFORE 1-Feb-2026 ON 31-Jan-2026',
    ],
    [
      { sentSince: new Date('1994-02-01T23:59:59Z'), sentBefore: '1995-12-09', sentOn: '1994-12-31' },
      'SENTSINCE 1-Feb-1994 SENTBEFORE 9-Dec-1995 SENTON 31-Dec-1994',
    ],
    [{ larger: 4294967296, smaller: 0 }, 'LARGER 4294967296 SMALLER 0'],
    [{ uid: uids('5,1:3') }, 'UID 1:3,5'],
    [{ uid: uid(7) }, 'UID 7'],
    [{ uid: uids() }, 'NOT ALL'],
    [{ seq: seqs('2:*') }, '2:*'],
    [{ seq: seqs() }, 'NOT ALL'],
    [{ or: [{ seen: true }] }, 'SEEN'],
    [{ or: [{ from: 'a' }, { from: 'b' }] }, 'OR FROM a FROM b'],
    [{ or: [{ from: 'a' }, { from: 'b' }, { from: 'c' }] }, 'OR FROM a OR FROM b FROM c'],
    [{ or: [{ to: 'a' }, { to: 'b' }, { to: 'c' }, { to: 'd' }, { to: 'e' }] }, 'OR OR TO a TO b OR TO c OR TO d TO e'],
    [{ or: [{ from: 'a', seen: true }, {}] }, 'OR (FROM a SEEN) ALL'],
    [{ or: [{ text: ['a', 'b'] }, { header: { a: 'x', b: 'y' } }] }, 'OR (TEXT a TEXT b) (HEADER a x HEADER b y)'],
    [{ not: { seen: true, flagged: true } }, 'NOT (SEEN FLAGGED)'],
    [{ not: { not: { seen: true } } }, 'NOT NOT SEEN'],
    [{ not: { or: [{ seen: true }, { draft: true }] }, larger: 1 }, 'NOT OR SEEN DRAFT LARGER 1'],
    [{ not: {} }, 'NOT ALL'],
  ])('%o', (criteria, text) => {
    expect(plain(criteria)).toBe(text)
  })

  it('takes the saved result and mod-sequences where the server has them', () => {
    const server = { has: ['SEARCHRES', 'CONDSTORE'] }
    expect(encode(search({ uid: savedResult, modSeq: 620162338n }), server)).toBe(
      'A1 UID SEARCH UID $ MODSEQ 620162338\r\n',
    )
    expect(encode(searchSeq({ seq: savedResult }), server)).toBe('A1 SEARCH $\r\n')
    expect(() => encode(search({ uid: savedResult }))).toThrow(CapabilityError)
    expect(() => encode(search({ modSeq: 1n }))).toThrow(CapabilityError)
  })

  it('takes the mod-sequence of one flag (RFC 7162 §3.1.5)', () => {
    const entry = '/flags/\\draft'
    expect(encode(search({ modSeq: { entry, type: 'all', value: 620162338n } }), { has: ['CONDSTORE'] })).toBe(
      'A1 UID SEARCH MODSEQ "/flags/\\\\draft" all 620162338\r\n',
    )
    expect(
      encode(search({ not: { modSeq: { entry: '/flags/$Junk', type: 'private', value: 0n } } }), {
        has: ['CONDSTORE'],
      }),
    ).toBe('A1 UID SEARCH NOT MODSEQ "/flags/$Junk" private 0\r\n')
  })

  it.each<[string, unknown]>([
    ['a mod-sequence of no flag', { modSeq: { entry: 'draft', type: 'all', value: 1n } }],
    ['a mod-sequence of a flag that is none', { modSeq: { entry: '/flags/a b', type: 'all', value: 1n } }],
    ['a mod-sequence of nobody', { modSeq: { entry: '/flags/a', type: 'any', value: 1n } }],
    ['a mod-sequence of a flag without a value', { modSeq: { entry: '/flags/a', type: 'all' } }],
    ['a mod-sequence of null', { modSeq: null }],
    ['an empty or', { or: [] }],
    ['or without an array', { or: { seen: true } }],
    ['an alternative that is no object', { or: [null] }],
    ['not without an object', { not: true }],
    ['an unknown key', { colour: 'red' }],
    ['an inherited name', { constructor: 'x' }],
    ['an unknown key deep inside', { or: [{ not: { colour: 1 } }] }],
    ['text in place of criteria', 'ALL'],
    ['null', null],
    ['a number in place of a text', { from: 7 }],
    ['no text at all', { from: [] }],
    ['a word in place of a flag', { seen: 'yes' }],
    ['null in place of a flag', { seen: null }],
    ['a system flag as a keyword', { keyword: '\\Seen' }],
    ['a keyword with a space', { keyword: 'a b' }],
    ['a negative size', { larger: -1 }],
    ['a fraction', { smaller: 1.5 }],
    ['a date in another form', { since: '01/02/2026' }],
    ['a day that is none', { on: '2026-02-30' }],
    ['a number in place of a date', { before: 0 }],
    ['an invalid date', { before: new Date(NaN) }],
    ['a header without names', { header: {} }],
    ['a header name with a colon', { header: { 'a:': 'x' } }],
    ['a header name with a line break', { header: { 'a\r\nb': 'x' } }],
    ['a text in place of a set', { uid: '1:*' }],
    ['a UidSet for seq', { seq: uids(1) }],
    ['a SeqSet for uid', { uid: seqs(1) }],
    ['a number for a mod-sequence', { modSeq: 5 }],
    ['a negative mod-sequence', { modSeq: -1n }],
    ['a NUL', { from: 'a\0b' }],
  ])('refuses %s', (_title, criteria) => {
    expect(() => encode(search(wrong<CoreCriteria>(criteria)), { has: ['CONDSTORE'] })).toThrow(ArgumentError)
  })

  it('refuses an unknown key at once, and bounds the nesting', () => {
    expect(() => search(wrong<CoreCriteria>({ colour: 1 }))).toThrow(ArgumentError)
    const circle: { not?: unknown } = {}
    circle.not = circle
    expect(() => search(wrong<CoreCriteria>(circle))).toThrow('nested')
  })

  it('knows keys of extensions by a table', () => {
    interface WithRaw extends CoreCriteria {
      readonly gmailRaw?: string | undefined
    }
    const keys = {
      ...coreSearchKeys,
      gmailRaw: {
        needs: 'X-GM-EXT-1',
        write: (w: { word(t: string): { sp(): { string(t: string): unknown } } }, value: string) =>
          void w.word('X-GM-RAW').sp().string(value),
      },
    }
    const tables = { searchKeys: keys, searchReturns: {} }
    const criteria: WithRaw = { or: [{ gmailRaw: 'has:attachment' }, { seen: true }] }
    expect(encode(search(criteria, undefined, tables), { has: ['X-GM-EXT-1'] })).toBe(
      'A1 UID SEARCH OR X-GM-RAW "has:attachment" SEEN\r\n',
    )
    expect(() => encode(search(criteria, undefined, tables))).toThrow(CapabilityError)
  })
})

describe('charset', () => {
  it('is named only where text goes beyond ASCII', () => {
    expect(encode(search({ subject: 'ж' }))).toBe(`A1 UID SEARCH CHARSET UTF-8 SUBJECT {2}\r\n${WAIT}\xd0\xb6\r\n`)
    expect(encode(search({ or: [{ seen: true }, { not: { header: { Subject: 'é' } } }] }), { has: ['LITERAL+'] })).toBe(
      'A1 UID SEARCH CHARSET UTF-8 OR SEEN NOT HEADER Subject {2+}\r\n\xc3\xa9\r\n',
    )
    expect(encode(search({ text: ['a', 'ü'] }), { has: ['ESEARCH', 'LITERAL+'] })).toBe(
      'A1 UID SEARCH RETURN (ALL) CHARSET UTF-8 TEXT a TEXT {2+}\r\n\xc3\xbc\r\n',
    )
  })

  it.each(['IMAP4rev2', 'UTF8=ACCEPT'])('is not named once %s is enabled', (name) => {
    expect(encode(search({ subject: 'ж' }), { enabled: [name] })).toBe('A1 UID SEARCH SUBJECT "\xd0\xb6"\r\n')
  })
})

describe('RETURN', () => {
  it.each([
    [undefined, 'RETURN (ALL)'],
    [['count'], 'RETURN (COUNT)'],
    [['min', 'max', 'count', 'all'], 'RETURN (MIN MAX COUNT ALL)'],
  ] as const)('%o', (returns, text) => {
    const command = search({ seen: false }, returns === undefined ? undefined : { return: returns })
    expect(encode(command, { has: ['ESEARCH'] })).toBe(`A1 UID SEARCH ${text} UNSEEN\r\n`)
    expect(encode(command)).toBe('A1 UID SEARCH UNSEEN\r\n')
  })

  it('saves only where the server can', () => {
    const command = search({ seen: false }, { return: ['save'] })
    expect(encode(command, { has: ['ESEARCH', 'SEARCHRES'] })).toBe('A1 UID SEARCH RETURN (SAVE) UNSEEN\r\n')
    expect(() => encode(command, { has: ['ESEARCH'] })).toThrow(CapabilityError)
    expect(command.safe).toBe(false)
    expect(answer(command, [])).toEqual({})
  })

  it('refuses nothing, and what it does not know', () => {
    expect(() => search({}, { return: [] })).toThrow(ArgumentError)
    expect(() => search({}, { return: [wrong<'min'>('all) LOGOUT')] })).toThrow(ArgumentError)
  })
})

describe('answers', () => {
  const tag = `(TAG "${TAG}")`

  it.each<[string, string[], string]>([
    ['SEARCH', ['* SEARCH 7 2 3'], '2:3,7'],
    ['several SEARCH', ['* SEARCH 7', '* SEARCH 2 3'], '2:3,7'],
    ['SEARCH with a trailing space', ['* SEARCH 5 '], '5'],
    ['an empty SEARCH', ['* SEARCH'], ''],
    ['no answer at all', [], ''],
    ['ESEARCH', [`* ESEARCH ${tag} UID ALL 4:19,21,28`], '4:19,21,28'],
    ['an empty ESEARCH', [`* ESEARCH ${tag} UID`], ''],
    ['ESEARCH without a tag', ['* ESEARCH UID ALL 4'], '4'],
    ['ESEARCH in pieces', [`* ESEARCH ${tag} UID ALL 4`, `* ESEARCH ${tag} UID ALL 6:7`], '4,6:7'],
  ])('%s', (_title, lines, text) => {
    const found = answer(search({}), lines)
    expect(found.toString()).toBe(text)
    expectTypeOf(found).toEqualTypeOf<UidSet>()
  })

  it('gives sequence numbers for searchSeq', () => {
    const found = answer(searchSeq({ seen: false }), [`* ESEARCH ${tag} ALL 1:3`])
    expectTypeOf(found).toEqualTypeOf<SeqSet>()
    expect(found.kind).toBe('seq')
    expect(found.toString()).toBe('1:3')
  })

  it('gives what was asked for, typed', () => {
    const found = answer(search({}, { return: ['min', 'count'] }), [`* ESEARCH ${tag} UID MIN 7 COUNT 3`])
    expectTypeOf(found.min).toEqualTypeOf<Uid | null>()
    expectTypeOf(found.count).toEqualTypeOf<number>()
    expectTypeOf(found).not.toHaveProperty('max')
    expectTypeOf(found).not.toHaveProperty('all')
    expect(found).toEqual({ min: 7, count: 3 })
  })

  it('gives null and 0 where nothing was found', () => {
    const command = search({}, { return: ['min', 'max', 'count', 'all'] })
    for (const lines of [[`* ESEARCH ${tag} UID COUNT 0`], ['* SEARCH'], []]) {
      const { all, ...rest } = answer(command, lines)
      expect(rest).toEqual({ min: null, max: null, count: 0 })
      expect(all.isEmpty).toBe(true)
    }
  })

  it('works out of a plain SEARCH what ESEARCH would have told', () => {
    const found = answer(search({}, { return: ['min', 'max', 'count', 'all'] }), ['* SEARCH 9 2 5 (MODSEQ 917162500)'])
    expect({ ...found, all: found.all.toString() }).toEqual({
      min: 2,
      max: 9,
      count: 3,
      all: '2,5,9',
      modSeq: 917162500n,
    })
  })

  it('gives the mod-sequence of ESEARCH (RFC 4731 §3.2)', () => {
    const found = answer(search({}, { return: ['all'] }), [`* ESEARCH ${tag} UID ALL 1:3 MODSEQ 1236`])
    expect(found.modSeq).toBe(1236n)
  })

  it('leaves the answers of others alone', () => {
    const play = new Play(search({})).send('* ESEARCH (TAG "B7") UID ALL 1', '* 3 EXISTS', `* ESEARCH ${tag} UID ALL 2`)
    expect(play.claims).toEqual([false, false, true])
    expect(play.send('A1 OK done').result.toString()).toBe('2')
  })

  it.each<[string, Command<unknown>, string[]]>([
    ['sequence numbers for UIDs', search({}), [`* ESEARCH ${tag} ALL 1:3`]],
    ['UIDs for sequence numbers', searchSeq({}), [`* ESEARCH ${tag} UID ALL 1:3`]],
    ['an open set', search({}), [`* ESEARCH ${tag} UID ALL 5:*`]],
    ['what is no set', search({}), [`* ESEARCH ${tag} UID ALL 5::7`]],
  ])('rejects %s', (_title, command, lines) => {
    expect(() => answer<unknown>(command, lines)).toThrow(ProtocolError)
  })
})

describe('traits', () => {
  it('tell sequence numbers in arguments, at any depth', () => {
    expect(search({}).traits).toEqual({ answers: 'SEARCH', seqArgs: false, noExpunge: false })
    expect(searchSeq({}).traits).toEqual({ answers: 'SEARCH', seqArgs: false, noExpunge: true })
    expect(search({ or: [{ not: { seq: seqs(1) } }] }).traits?.seqArgs).toBe(true)
    expect(search({ seq: savedResult }).traits?.seqArgs).toBe(false)
  })
})
