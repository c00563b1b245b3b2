import { describe, expect, expectTypeOf, it } from 'vitest'
import { copy, move } from '../../../src/commands/copy.js'
import { expunge, uidExpunge } from '../../../src/commands/expunge.js'
import type { StoreItem } from '../../../src/commands/slots.js'
import { modifiedOf, store, type StoreChange } from '../../../src/commands/store.js'
import { ArgumentError, CapabilityError, ResponseError } from '../../../src/model/errors.js'
import { savedResult, seqs, uids, type SeqSet, type UidSet } from '../../../src/model/number-set.js'
import { answer, encode, Play, wrong } from './helpers.js'

describe('STORE', () => {
  it.each<[StoreChange, string]>([
    [{ add: ['\\Seen', '$Junk'] }, '+FLAGS (\\Seen $Junk)'],
    [{ remove: ['\\Deleted'], silent: true }, '-FLAGS.SILENT (\\Deleted)'],
    [{ replace: [] }, 'FLAGS ()'],
    [{ replace: ['\\Draft'], silent: false, add: undefined }, 'FLAGS (\\Draft)'],
    [{ add: ['\\Seen'], unchangedSince: 320162338n }, '(UNCHANGEDSINCE 320162338) +FLAGS (\\Seen)'],
  ])('%o', (change, text) => {
    const server = { has: ['CONDSTORE'] }
    expect(encode(store(uids('7,5,9'), change), server)).toBe(`A1 UID STORE 5,7,9 ${text}\r\n`)
    expect(encode(store(seqs('7,5,9'), change), server)).toBe(`A1 STORE 5,7,9 ${text}\r\n`)
  })

  it.each<[string, unknown]>([
    ['no change', {}],
    ['two changes', { add: ['a'], remove: ['b'] }],
    ['a flag that is no list', { add: '\\Seen' }],
    ['\\Recent', { add: ['\\Recent'] }],
    ['\\*', { add: ['\\*'] }],
    ['an empty flag', { add: [''] }],
    ['a number', { add: [1] }],
    ['a mod-sequence that is a number', { add: ['a'], unchangedSince: 5 }],
    ['a flag with a space', { add: ['a b'] }],
    ['a flag with a line break', { add: ['a\r\nb'] }],
    ['a flag with a parenthesis', { add: ['a)'] }],
  ])('refuses %s', (_title, change) => {
    expect(() => encode(store(uids(1), wrong<StoreChange>(change)))).toThrow(ArgumentError)
  })

  it('needs CONDSTORE for a condition, and SEARCHRES for $', () => {
    expect(() => encode(store(uids(1), { add: ['a'], unchangedSince: 1n }))).toThrow(CapabilityError)
    expect(() => encode(store(savedResult, { add: ['a'] }))).toThrow(CapabilityError)
    expect(encode(store(savedResult, { add: ['a'] }), { has: ['SEARCHRES'] })).toBe('A1 UID STORE $ +FLAGS (a)\r\n')
  })

  it('gives what was left alone (RFC 7162 §3.1.3)', () => {
    const byUid = answer(store(uids('5,7,9'), { add: ['a'] }), [], {}, 'OK [MODIFIED 7,9] Conditional STORE failed')
    expect(byUid.modified.toString()).toBe('7,9')
    expectTypeOf(byUid.modified).toEqualTypeOf<UidSet>()
    const bySeq = answer(store(seqs(12), { add: ['a'] }), [], {}, 'OK [MODIFIED 12] failed')
    expect([bySeq.modified.kind, bySeq.modified.toString()]).toEqual(['seq', '12'])
    expectTypeOf(bySeq.modified).toEqualTypeOf<SeqSet>()
    expect(answer(store(uids(1), { add: ['a'] }), []).modified.isEmpty).toBe(true)
  })

  it('rejects a NO with the code, from which the set can be read (RFC 7162 §3.1.3)', () => {
    const failing = () => answer(store(seqs('1:7'), { add: ['a'] }), [], {}, 'NO [MODIFIED 2] Some messages are gone')
    expect(failing).toThrow(ResponseError)
    try {
      failing()
    } catch (error) {
      expect(modifiedOf((error as ResponseError).responseCode, 'seq').toString()).toBe('2')
    }
    expect(modifiedOf(null, 'uid').isEmpty).toBe(true)
  })

  it('leaves the new flags to the event', () => {
    const play = new Play(store(uids(1), { add: ['a'] })).send('* 1 FETCH (UID 1 FLAGS (a))')
    expect(play.claims).toEqual([false])
  })

  it('has traits of its form, and is safe to repeat by UID and without a condition', () => {
    const set = uids(1)
    expect(store(set, { add: [] }).traits).toEqual({
      seqArgs: false,
      noExpunge: false,
      flags: { access: 'write', set },
    })
    expect(store(seqs(1), { add: [] }).traits).toMatchObject({ seqArgs: true, noExpunge: true })
    expect([set, seqs(1)].map((each) => store(each, { add: [] }).safe)).toEqual([true, false])
    expect(store(set, { add: [], unchangedSince: 1n }).safe).toBe(false)
  })
})

describe('COPY and MOVE', () => {
  it('take their form from the set', () => {
    expect(encode(copy(uids('2:4'), 'Sent Mail'))).toBe('A1 UID COPY 2:4 "Sent Mail"\r\n')
    expect(encode(copy(seqs('2:4'), 'inbox'))).toBe('A1 COPY 2:4 INBOX\r\n')
    expect(encode(move(uids(42), 'a'))).toBe('A1 UID MOVE 42 a\r\n')
    expect(encode(move(seqs(42), 'a'))).toBe('A1 MOVE 42 a\r\n')
    expect(encode(move(savedResult, 'a'), { has: ['SEARCHRES'] })).toBe('A1 UID MOVE $ a\r\n')
    expect([copy(uids(1), 'a').needs, move(uids(1), 'a').needs]).toEqual([undefined, 'MOVE'])
  })

  it.each<[string, () => unknown]>([
    ['an empty set', () => encode(copy(uids(), 'a'))],
    ['an empty name', () => copy(uids(1), '')],
    ['a number in place of a set', () => move(wrong<UidSet>(1), 'a')],
  ])('refuse %s', (_title, make) => {
    expect(make).toThrow(ArgumentError)
  })

  it('are never repeated', () => {
    expect([copy(uids(1), 'a').safe, move(uids(1), 'a').safe]).toEqual([undefined, undefined])
  })

  const pairs = (result: { uidMap?: Iterable<readonly [number, number]> }) => [...(result.uidMap ?? [])]

  it('give the new UIDs of the tagged OK (RFC 4315 §3)', () => {
    const result = answer(copy(uids('304,319:320'), 'a'), [], {}, 'OK [COPYUID 38505 304,319:320 3956:3958] Done')
    expect(pairs(result)).toEqual([
      [304, 3956],
      [319, 3957],
      [320, 3958],
    ])
    expect(result.uidMap?.uidValidity).toBe(38505)
  })

  it('give the new UIDs of untagged OKs, in pieces too (RFC 6851 §4.3)', () => {
    const play = new Play(move(uids('42:69'), 'foo')).send(
      '* OK [COPYUID 432432 42:43 1202:1203] Moved',
      '* 22 EXPUNGE',
      '* OK [COPYUID 432432 69 1204]',
      'A1 OK Done',
    )
    expect(play.claims).toEqual([true, false, true])
    expect(pairs(play.result)).toEqual([
      [42, 1202],
      [43, 1203],
      [69, 1204],
    ])
  })

  it('leave alone the untagged COPYUID of another command', () => {
    const play = new Play(copy(uids('1:3'), 'a')).send('* OK [COPYUID 1 9 1]', '* OK [COPYUID 1 2 5]', '* OK hello')
    expect(play.claims).toEqual([false, true, false])
  })

  it('give nothing where the server tells nothing', () => {
    expect(answer(copy(uids(1), 'a'), [])).toEqual({})
    expect(answer(move(uids(1), 'a'), [], {}, 'OK [COPYUID 1 1:2 1] sizes differ')).toEqual({})
  })
})

describe('EXPUNGE', () => {
  it('is written', () => {
    expect(encode(expunge())).toBe('A1 EXPUNGE\r\n')
    expect(encode(uidExpunge(uids('3000:3002')))).toBe('A1 UID EXPUNGE 3000:3002\r\n')
    expect(encode(uidExpunge(savedResult), { has: ['SEARCHRES'] })).toBe('A1 UID EXPUNGE $\r\n')
    expect(() => encode(uidExpunge(uids()))).toThrow(ArgumentError)
    expect([expunge().safe, uidExpunge(uids(1)).safe, uidExpunge(uids(1)).needs]).toEqual([undefined, true, 'UIDPLUS'])
  })

  it('gives the UIDs of what is removed, as far as they are known', () => {
    const play = new Play(expunge(), { uids: [10, 20, 30, 40] })
    play.send('* 3 EXPUNGE', '* 1 EXPUNGE', '* 1 EXPUNGE', '* 5 EXPUNGE', '* 2 EXISTS', 'A1 OK done')
    expect(play.result.uids.toString()).toBe('10,20,30')
    expect(play.result.count).toBe(4)
    expect(play.claims).toEqual([false, false, false, false, false])
  })

  it('gives the UIDs of VANISHED', () => {
    const play = new Play(uidExpunge(uids('1:9'))).send('* VANISHED 3:5', '* VANISHED (EARLIER) 1', '* VANISHED 9')
    expect(play.send('A1 OK').result).toEqual({ uids: uids('3:5,9'), count: 4 })
  })
})

describe('STORE of what extensions can change', () => {
  const labels: StoreItem<readonly string[]> = {
    needs: 'X-LABELS',
    check: (names) => {
      if (names.length === 0) throw new ArgumentError('no label')
    },
    write: (w, names, silent) =>
      void w
        .word(`LABELS${silent ? '.SILENT' : ''}`)
        .sp()
        .list(names, (name) => w.astring(name)),
  }
  const change = (given: object) => store(uids(1), given, { labels })

  it('is written in place of flags', () => {
    const has = { has: ['X-LABELS', 'CONDSTORE'] }
    expect(encode(change({ labels: ['a', 'b'] }), has)).toBe('A1 UID STORE 1 LABELS (a b)\r\n')
    expect(encode(change({ labels: ['a'], silent: true, unchangedSince: 5n }), has)).toBe(
      'A1 UID STORE 1 (UNCHANGEDSINCE 5) LABELS.SILENT (a)\r\n',
    )
    expect(encode(change({ labels: undefined, add: ['\\Seen'] }), has)).toBe('A1 UID STORE 1 +FLAGS (\\Seen)\r\n')
  })

  it('needs the capability', () => {
    expect(() => encode(change({ labels: ['a'] }))).toThrow(CapabilityError)
  })

  it.each([
    ['a change of two things', { labels: ['a'], add: ['\\Seen'] }],
    ['a value that cannot be right', { labels: [] }],
    ['what nobody knows', { colour: 'red' }],
    ['nothing', { labels: undefined }],
  ])('refuses %s', (_, given) => {
    expect(() => change(given)).toThrow(ArgumentError)
  })
})
