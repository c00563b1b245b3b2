import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import type { LiteralHead, LiteralSink } from '../../../src/commands/command.js'
import { fetch, type AskedItem, type FetchOptions, type FetchSink } from '../../../src/commands/fetch.js'
import {
  binarySizeItem,
  bodyStructureItem,
  envelopeItem,
  findSection,
  flagsItem,
  internalDateItem,
  modSeqItem,
  sectionItem,
  sizeItem,
  uidItem,
  type SectionAsk,
} from '../../../src/commands/fetch-items.js'
import { mergeFetchData } from '../../../src/commands/fetch-merge.js'
import { ArgumentError, CapabilityError, IncompleteFetchError } from '../../../src/model/errors.js'
import { emptyFetchData, type FetchData } from '../../../src/model/message.js'
import { savedResult, seqs, uids, type UidSet } from '../../../src/model/number-set.js'
import { encode, Play, wrong, type Server } from './helpers.js'

const flags: AskedItem = { item: flagsItem, ask: true }
const size: AskedItem = { item: sizeItem, ask: true }
const modSeq: AskedItem = { item: modSeqItem, ask: true }
const section = (ask: SectionAsk): AskedItem => ({ item: sectionItem, ask })

const nobody: FetchSink = { message: () => undefined }

/** Keeps what a sink is told. */
class Kept implements FetchSink {
  readonly messages: { seq: number; data: FetchData }[] = []
  lacking: readonly { seq: number; data: FetchData }[] | undefined
  gone: UidSet | undefined

  message(seq: number, data: FetchData): void {
    this.messages.push({ seq, data })
  }

  incomplete(messages: readonly { seq: number; data: FetchData }[]): void {
    this.lacking = messages
  }

  vanished(set: UidSet): void {
    this.gone = set
  }

  /** Sequence number and UID of each message. */
  get numbers(): (number | undefined)[][] {
    return this.messages.map(({ seq, data }) => [seq, data.uid])
  }

  get lackingUids(): (number | undefined)[] {
    return (this.lacking ?? []).map(({ data }) => data.uid)
  }
}

function play(
  set: Parameters<typeof fetch>[0],
  items: readonly AskedItem[],
  lines: readonly string[],
  server: Server = {},
  options: Partial<FetchOptions> = {},
): { readonly sink: Kept; readonly claims: readonly boolean[] } {
  const sink = new Kept()
  const { claims } = new Play(fetch(set, items, { sink, ...options }), server).send(...lines)
  return { sink, claims }
}

describe('FETCH on the wire', () => {
  const all = [flags, { item: envelopeItem, ask: true }, size, { item: internalDateItem, ask: true }]
  it.each<[string, AskedItem[], string, Server?]>([
    ['no item', [], 'UID'],
    ['plain items', all, 'UID FLAGS ENVELOPE RFC822.SIZE INTERNALDATE'],
    ['UID once', [{ item: uidItem, ask: true }, flags], 'UID FLAGS'],
    ['BODYSTRUCTURE', [{ item: bodyStructureItem, ask: true }], 'UID BODYSTRUCTURE'],
    ['MODSEQ', [modSeq], 'UID MODSEQ', { has: ['CONDSTORE'] }],
    ['a whole message', [section({ section: '' })], 'UID BODY.PEEK[]'],
    ['a message that is to be marked', [section({ section: '', markSeen: true })], 'UID BODY[]'],
    ['a part', [section({ section: '1.2' }), section({ section: '2.MIME' })], 'UID BODY.PEEK[1.2] BODY.PEEK[2.MIME]'],
    ['a piece', [section({ section: 'TEXT', partial: [1024, 512] })], 'UID BODY.PEEK[TEXT]<1024.512>'],
    [
      'header fields',
      [section({ section: '', headers: ['Subject', 'From'] })],
      'UID BODY.PEEK[HEADER.FIELDS (Subject From)]',
    ],
    [
      'other header fields of a part',
      [section({ section: '3', headers: ['Received'], not: true })],
      'UID BODY.PEEK[3.HEADER.FIELDS.NOT (Received)]',
    ],
    ['decoded content', [section({ kind: 'BINARY', section: '1' })], 'UID BINARY.PEEK[1]', { has: ['BINARY'] }],
    [
      'the size of decoded content',
      [{ item: binarySizeItem, ask: ['1.2'] }],
      'UID BINARY.SIZE[1.2]',
      { has: ['BINARY'] },
    ],
  ])('%s', (_title, items, text, server) => {
    expect(encode(fetch(uids('1:3'), items, { sink: nobody }), server)).toBe(`A1 UID FETCH 1:3 (${text})\r\n`)
  })

  it('takes its form from the set', () => {
    expect(encode(fetch(seqs('2,4:*'), [flags], { sink: nobody }))).toBe('A1 FETCH 2,4:* (UID FLAGS)\r\n')
    expect(encode(fetch(savedResult, [flags], { sink: nobody }), { has: ['SEARCHRES'] })).toBe(
      'A1 UID FETCH $ (UID FLAGS)\r\n',
    )
    expect(() => encode(fetch(savedResult, [flags], { sink: nobody }))).toThrow(CapabilityError)
  })

  it('writes modifiers (RFC 7162 §3.1.4.1, §3.2.6)', () => {
    const server = { has: ['CONDSTORE', 'QRESYNC'], enabled: ['QRESYNC'] }
    const since = { sink: nobody, changedSince: 12345n }
    expect(encode(fetch(uids('1:*'), [flags], since), server)).toBe(
      'A1 UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE 12345)\r\n',
    )
    const partial = { write: (w: { word(text: string): unknown }) => void w.word('PARTIAL'), needs: 'PARTIAL' }
    const options = { ...since, vanished: true, modifiers: [partial] }
    expect(encode(fetch(uids('1:*'), [], options), { ...server, has: [...server.has, 'PARTIAL'] })).toBe(
      'A1 UID FETCH 1:* (UID) (CHANGEDSINCE 12345 VANISHED PARTIAL)\r\n',
    )
    expect(() => encode(fetch(uids('1:*'), [], options), server)).toThrow(CapabilityError)
    expect(() => encode(fetch(uids('1:*'), [flags], since))).toThrow(CapabilityError)
  })

  it.each<[string, () => unknown]>([
    ['a number in place of a set', () => fetch(wrong<UidSet>(5), [], { sink: nobody })],
    ['text in place of a set', () => fetch(wrong<UidSet>('1:*'), [], { sink: nobody })],
    ['an empty set', () => encode(fetch(uids(), [], { sink: nobody }))],
    ['vanished alone', () => fetch(uids(1), [], { sink: nobody, vanished: true })],
    ['vanished by number', () => fetch(seqs(1), [], { sink: nobody, vanished: true, changedSince: 1n })],
    ['a mod-sequence that is a number', () => fetch(uids(1), [], { sink: nobody, changedSince: wrong<bigint>(1) })],
    [
      'a section that is none',
      () => encode(fetch(uids(1), [section({ section: '1]\r\nA2 LOGOUT' })], { sink: nobody })),
    ],
    [
      'a header name with a bracket and a space',
      () => encode(fetch(uids(1), [section({ section: '', headers: ['a b'] })], { sink: nobody })),
    ],
    ['no header names', () => encode(fetch(uids(1), [section({ section: '', headers: [] })], { sink: nobody }))],
    ['a piece of nothing', () => encode(fetch(uids(1), [section({ section: '', partial: [0, 0] })], { sink: nobody }))],
    [
      'decoded header fields',
      () =>
        encode(fetch(uids(1), [section({ kind: 'BINARY', section: '1', headers: ['a'] })], { sink: nobody }), {
          has: ['BINARY'],
        }),
    ],
    [
      'a decoded section that is no part',
      () =>
        encode(fetch(uids(1), [section({ kind: 'BINARY', section: 'TEXT' })], { sink: nobody }), { has: ['BINARY'] }),
    ],
  ])('refuses %s', (_title, make) => {
    expect(make).toThrow(ArgumentError)
  })

  it('needs BINARY for decoded content', () => {
    expect(() => encode(fetch(uids(1), [section({ kind: 'BINARY', section: '1' })], { sink: nobody }))).toThrow(
      CapabilityError,
    )
  })

  it('has traits of its form, its flags and its streams', () => {
    const set = uids(1)
    expect(fetch(set, [size], { sink: nobody }).traits).toEqual({ seqArgs: false, noExpunge: false })
    expect(fetch(seqs(1), [size], { sink: nobody }).traits).toEqual({ seqArgs: true, noExpunge: true })
    expect(fetch(set, [flags], { sink: nobody }).traits?.flags).toEqual({ access: 'read', set })
    const marking = fetch(set, [flags, section({ section: '', markSeen: true })], { sink: nobody })
    expect(marking.traits?.flags).toEqual({ access: 'write', set })
    const streaming = fetch(set, [size], { sink: { ...nobody, literal: () => undefined } })
    expect(streaming.traits?.streams).toEqual({ set })
  })

  it('is safe to repeat: it changes nothing', () => {
    expect(fetch(uids(1), [], { sink: nobody }).safe).toBe(true)
    expect(fetch(seqs(1), [], { sink: nobody }).safe).toBe(true)
  })
})

describe('answers to FETCH', () => {
  it('hands over each message as soon as it is complete', () => {
    const { sink, claims } = play(
      uids('5:7'),
      [flags, size],
      ['* 1 FETCH (UID 5 FLAGS (\\Seen) RFC822.SIZE 44)', '* 3 FETCH (RFC822.SIZE 46 FLAGS () UID 7)'],
    )
    expect(sink.numbers).toEqual([
      [1, 5],
      [3, 7],
    ])
    expect(sink.messages[0]?.data.flags).toEqual(['\\Seen'])
    expect(claims).toEqual([true, true])
    expect(sink.lacking).toBeUndefined()
  })

  it('merges several answers about one message', () => {
    const { sink } = play(
      uids('5:6'),
      [flags, size, section({ section: '1' })],
      [
        '* 1 FETCH (UID 5 FLAGS ())',
        '* 2 FETCH (UID 6 RFC822.SIZE 2 FLAGS () BODY[1] {1}\r\nb)',
        '* 1 FETCH (RFC822.SIZE 1)',
        '* 1 FETCH (FLAGS (\\Seen) BODY[1] {1}\r\na)',
        'A1 OK done',
      ],
    )
    expect(sink.numbers).toEqual([
      [2, 6],
      [1, 5],
    ])
    const first = sink.messages[1]?.data
    expect(first?.flags).toEqual(['\\Seen'])
    expect(Buffer.from(first?.sections?.[0]?.bytes ?? []).toString()).toBe('a')
    expect(sink.lacking).toBeUndefined()
  })

  it('delivers each message once', () => {
    const line = '* 1 FETCH (UID 5 FLAGS ())'
    const { sink, claims } = play(uids(5), [flags], [line, line, '* 1 FETCH (FLAGS (\\Seen))', 'A1 OK'], { uids: [5] })
    expect(sink.numbers).toEqual([[1, 5]])
    // What comes afterwards is news, for the event.
    expect(claims).toEqual([true, false, false])
  })

  it('ignores messages outside the set', () => {
    const { sink, claims } = play(uids('500:*'), [flags], ['* 9 FETCH (UID 499 FLAGS ())', 'A1 OK done'])
    expect([sink.numbers, claims, sink.lacking]).toEqual([[], [false], undefined])
    expect(play(seqs('1:2'), [flags], ['* 3 FETCH (UID 9 FLAGS ())', 'A1 OK']).sink.numbers).toEqual([])
  })

  it('takes any message for a lone star, which it cannot know', () => {
    expect(play(uids('*'), [flags], ['* 9 FETCH (UID 499 FLAGS ())', 'A1 OK']).sink.numbers).toEqual([[9, 499]])
    expect(play(savedResult, [flags], ['* 9 FETCH (UID 499 FLAGS ())', 'A1 OK']).sink.numbers).toEqual([[9, 499]])
  })

  it('fills in a UID that is known where a server leaves it out, and shares no change', () => {
    const { sink } = play(uids(5), [flags], ['* 1 FETCH (FLAGS ())', 'A1 OK done'], { uids: [5] })
    expect(sink.numbers).toEqual([[1, 5]])
  })

  it('waits for a UID that is not known', () => {
    const { sink } = play(
      uids(5),
      [flags],
      ['* 1 FETCH (FLAGS ())', '* 2 FETCH (FLAGS ())', '* 1 FETCH (UID 5)', '* 2 FETCH (UID 6)', 'A1 OK'],
    )
    expect(sink.numbers).toEqual([[1, 5]])
    expect(sink.lacking).toBeUndefined()
  })

  it('tells at the end of messages that lack an item', () => {
    const { sink } = play(
      uids('5:6'),
      [flags, size],
      ['* 1 FETCH (UID 5 FLAGS ())', '* 2 FETCH (UID 6 FLAGS () RFC822.SIZE 1)', 'A1 OK'],
    )
    expect(sink.numbers).toEqual([[2, 6]])
    expect(sink.lackingUids).toEqual([5])
  })

  it('tells of a message of which nothing but the UID came', () => {
    expect(play(uids(5), [section({ section: '' })], ['* 1 FETCH (UID 5)', 'A1 OK']).sink.lackingUids).toEqual([5])
  })

  it('tells of a message with an item that could not be read', () => {
    const { sink } = play(
      uids(5),
      [flags, { item: envelopeItem, ask: true }],
      ['* 1 FETCH (UID 5 FLAGS () ENVELOPE 7)', 'A1 OK'],
    )
    expect(sink.lackingUids).toEqual([5])
    expect(sink.lacking?.[0]?.data.defects?.[0]?.item).toBe('ENVELOPE')
  })

  it.each([
    ['beside flags that nobody asked for', uids(5), '* 1 FETCH (UID 5 FLAGS () MODSEQ (3) RFC822.SIZE x)'],
    ['of a set that nobody here knows', savedResult, '* 1 FETCH (UID 5 RFC822.SIZE x)'],
  ])('tells of a message whose only item could not be read, %s', (_title, set, line) => {
    const { sink } = play(set, [size], [line, 'A1 OK'])
    expect(sink.lackingUids).toEqual([5])
    expect(sink.lacking?.[0]?.data.defects?.[0]?.item).toBe('RFC822.SIZE')
  })

  it('rejects without a listener for incomplete messages', () => {
    const command = fetch(uids(5), [flags, size], { sink: nobody })
    const failing = () => new Play(command).send('* 1 FETCH (UID 5 FLAGS ())', 'A1 OK done')
    expect(failing).toThrow(IncompleteFetchError)
  })

  it('does not take news about flags for a part of the answer', () => {
    const news = '* 1 FETCH (UID 5 FLAGS (\\Seen) MODSEQ (7))'
    expect(play(uids('*'), [size], [news, 'A1 OK']).sink.lacking).toBeUndefined()
    const items = [flags, size]
    const changed = play(uids(5), items, [news, 'A1 OK'], {}, { changedSince: 3n })
    expect(changed.sink.lacking).toBeUndefined()
    expect(play(savedResult, items, [news, 'A1 OK']).sink.lacking).toBeUndefined()
    expect(play(uids(5), items, [news, 'A1 OK']).sink.lackingUids).toEqual([5])
  })

  it('knows from news that a message of the set is there', () => {
    const news = '* 1 FETCH (UID 5 FLAGS (\\Seen) MODSEQ (7))'
    expect(play(uids(5), [size], [news, 'A1 OK']).sink.lackingUids).toEqual([5])
    expect(play(uids('1:9'), [section({ section: '' })], [news, 'A1 OK']).sink.lackingUids).toEqual([5])
    expect(play(uids(5), [size], [news, '* 1 EXPUNGE', 'A1 OK']).sink.lacking).toBeUndefined()
  })

  it('forgets messages that are expunged, and follows the numbers of the others', () => {
    const { sink, claims } = play(
      uids('5:7'),
      [flags, size],
      [
        '* 1 FETCH (UID 5 FLAGS ())',
        '* 2 FETCH (UID 6 FLAGS ())',
        '* 3 FETCH (UID 7 FLAGS ())',
        '* 2 EXPUNGE',
        '* 2 FETCH (RFC822.SIZE 7)',
        'A1 OK done',
      ],
    )
    expect(sink.numbers).toEqual([[2, 7]])
    expect(sink.messages[0]?.data.size).toBe(7)
    expect(sink.lackingUids).toEqual([5])
    expect(claims[3]).toBe(false)
  })

  it('follows VANISHED in the same way', () => {
    const { sink } = play(
      uids('5:8'),
      [flags, size],
      [
        '* 1 FETCH (UID 5 FLAGS ())',
        '* 2 FETCH (UID 6 FLAGS ())',
        '* 4 FETCH (UID 8 FLAGS ())',
        '* VANISHED 6:7',
        '* 2 FETCH (RFC822.SIZE 8)',
        'A1 OK done',
      ],
    )
    expect(sink.numbers).toEqual([[2, 8]])
    expect(sink.lackingUids).toEqual([5])
  })

  it('tells what vanished earlier', () => {
    const { sink, claims } = play(
      uids('1:9'),
      [flags],
      ['* VANISHED (EARLIER) 2,4', 'A1 OK'],
      {},
      { changedSince: 1n, vanished: true },
    )
    expect(sink.gone?.toString()).toBe('2,4')
    expect(claims).toEqual([true])
    expect(new Play(fetch(uids(1), [], { sink: nobody })).send('* VANISHED (EARLIER) 2').claims).toEqual([false])
  })

  it('never changes data that it shares with other commands', () => {
    const seen: FetchData[] = []
    const sink: FetchSink = { message: (_seq, data) => void seen.push(data), incomplete: () => undefined }
    const collector = fetch(uids(5), [flags, size], { sink }).collect({ tag: 'A1', uidOf: () => 5 })
    const first = Object.freeze({ ...emptyFetchData(), flags: Object.freeze(['\\Seen']) })
    const second = Object.freeze({ ...emptyFetchData(), size: 9 })
    collector.untagged?.({ kind: 'untagged', type: 'FETCH', seq: 1, data: first })
    collector.untagged?.({ kind: 'untagged', type: 'FETCH', seq: 1, data: second })
    expect(seen).toMatchObject([{ uid: 5, flags: ['\\Seen'], size: 9 }])
    expect([first.uid, second.uid, second.flags]).toEqual([undefined, undefined, undefined])
  })
})

describe('sections', () => {
  it.each<[SectionAsk, string]>([
    [{ section: '' }, 'BODY[] {2}\r\nhi'],
    [{ section: '' }, 'RFC822 {2}\r\nhi'],
    [{ section: 'HEADER' }, 'RFC822.HEADER {2}\r\nhi'],
    [{ section: 'text' }, 'BODY[TEXT] "hi"'],
    [{ section: '1.mime' }, 'BODY[1.MIME] "hi"'],
    [{ section: '', headers: ['Subject', 'X-A'] }, 'BODY[HEADER.FIELDS (subject X-A)] "hi"'],
    [{ section: '', headers: ['b', 'a'] }, 'BODY[HEADER.FIELDS ("A" "B")] "hi"'],
    [{ section: '2', headers: ['a'], not: true }, 'BODY[2.HEADER.FIELDS.NOT (a)] "hi"'],
    [{ section: '', partial: [5, 2] }, 'BODY[]<5> "hi"'],
    [{ section: '', partial: [0, 2] }, 'BODY[] "hi"'],
    [{ kind: 'BINARY', section: '1' }, 'BINARY[1] ~{2}\r\nhi'],
  ])('%o is answered by %s', (ask, text) => {
    const { sink } = play(uids(5), [section(ask)], [`* 1 FETCH (UID 5 ${text})`])
    expect(sink.messages).toHaveLength(1)
    const found = findSection(sink.messages[0]!.data, ask)
    expect(Buffer.from(found?.bytes ?? []).toString()).toBe('hi')
  })

  it.each<[SectionAsk, string]>([
    [{ section: '1' }, 'BODY[2] "hi"'],
    [{ section: '' }, 'BODY[]<0> "hi"'],
    [{ section: '', partial: [5, 2] }, 'BODY[] "hi"'],
    [{ kind: 'BINARY', section: '1' }, 'BODY[1] "hi"'],
    [{ section: '', headers: ['a'] }, 'BODY[HEADER.FIELDS.NOT (a)] "hi"'],
    [{ section: '', headers: ['a'] }, 'BODY[HEADER.FIELDS (a b)] "hi"'],
  ])('%o is not answered by %s', (ask, text) => {
    expect(play(uids(5), [section(ask)], [`* 1 FETCH (UID 5 ${text})`]).sink.messages).toEqual([])
  })

  it('takes NIL for an answer', () => {
    const { sink } = play(uids(5), [section({ section: '9' })], ['* 1 FETCH (UID 5 BODY[9] NIL)'])
    expect(findSection(sink.messages[0]!.data, { section: '9' })?.bytes).toBeNull()
  })

  it('knows the sizes of decoded parts', () => {
    const asked = { item: binarySizeItem, ask: ['1.2'] }
    const { sink } = play(uids(5), [asked], ['* 1 FETCH (UID 5 BINARY.SIZE[1.2] 77)'])
    expect(sink.messages[0]?.data.binarySizes?.get('1.2')).toBe(77)
    expect(play(uids(5), [asked], ['* 1 FETCH (UID 5 BINARY.SIZE[1.1] 77)']).sink.messages).toEqual([])
  })
})

describe('streams', () => {
  class Body implements LiteralSink {
    text = ''
    ended = false
    data(bytes: Uint8Array): void {
      this.text += Buffer.from(bytes).toString('latin1')
    }
    end(): void {
      this.ended = true
    }
    fail(): void {
      throw new Error('unexpected')
    }
  }

  function stream(lines: readonly string[], server: Server = {}, items = [section({ section: '' })]) {
    const heads: LiteralHead[] = []
    const body = new Body()
    const kept = new Kept()
    const sink: FetchSink = {
      message: (seq, data) => kept.message(seq, data),
      incomplete: (messages) => kept.incomplete(messages),
      literal: (head) => {
        heads.push(head)
        return body
      },
    }
    new Play(fetch(uids('5:6'), items, { sink }), server).send(...lines)
    return { heads, body, kept }
  }

  it('offers the literal with the UID and what came before it', () => {
    const { heads, body, kept } = stream(['* 1 FETCH (UID 5 FLAGS () BODY[] {5}\r\nhello)'])
    expect(heads).toHaveLength(1)
    expect(heads[0]).toMatchObject({ seq: 1, kind: 'BODY', section: '', offset: null, size: 5 })
    expect(heads[0]?.data).toMatchObject({ uid: 5, flags: [] })
    expect([body.text, body.ended]).toEqual(['hello', true])
    expect(kept.numbers).toEqual([[1, 5]])
    expect(kept.messages[0]?.data.sections).toEqual([{ kind: 'BODY', section: '', offset: null, bytes: undefined }])
  })

  it('takes the UID from the numbering where it comes behind the literal', () => {
    const { heads, body } = stream(['* 1 FETCH (BODY[] {2}\r\nhi UID 5)'], { uids: [5] })
    expect([heads[0]?.data.uid, body.text]).toEqual([5, 'hi'])
  })

  it('keeps a literal whose UID nobody knows', () => {
    const { heads, kept } = stream(['* 1 FETCH (BODY[] {2}\r\nhi UID 5)'])
    expect(heads).toEqual([])
    expect(Buffer.from(kept.messages[0]?.data.sections?.[0]?.bytes ?? []).toString()).toBe('hi')
  })

  it('offers nothing that was not asked for', () => {
    expect(stream(['* 1 FETCH (UID 9 BODY[] {2}\r\nhi)']).heads).toEqual([])
    expect(stream(['* 1 FETCH (UID 5 BODY[1] {2}\r\nhi)']).heads).toEqual([])
    expect(stream(['* 1 FETCH (UID 5 BODY[]<0> {2}\r\nhi)']).heads).toEqual([])
    const twice = '* 1 FETCH (UID 5 BODY[] {2}\r\nhi)'
    expect(stream([twice, twice]).heads).toHaveLength(1)
  })

  it('offers a section once while the message is incomplete', () => {
    const items = [section({ section: '' }), size]
    const line = '* 1 FETCH (UID 5 BODY[] {2}\r\nhi)'
    const { heads, kept } = stream([line, line, '* 1 FETCH (RFC822.SIZE 2)'], { uids: [5] }, items)
    expect(heads).toHaveLength(1)
    expect(kept.numbers).toEqual([[1, 5]])
  })
})

describe('merging', () => {
  it('lets the later answer count, and keeps what it does not tell', () => {
    const at = (text: string) => ({ kind: 'BODY', section: text, offset: null, bytes: Buffer.from(text) }) as const
    const again = { ...at('1'), bytes: Buffer.from('new') }
    const earlier = {
      ...emptyFetchData(),
      uid: 5,
      flags: ['a'],
      sections: [at('1'), at('2')],
      binarySizes: new Map([['1', 1]]),
      defects: [{ item: 'A', message: 'x' }],
      preview: 'kept',
    }
    const later = {
      ...emptyFetchData(),
      flags: [],
      internalDate: null,
      sections: [again],
      binarySizes: new Map([['2', 2]]),
      defects: [{ item: 'B', message: 'y' }],
    }
    expect(mergeFetchData(earlier, later)).toEqual({
      ...emptyFetchData(),
      uid: 5,
      flags: [],
      internalDate: null,
      sections: [at('2'), again],
      binarySizes: new Map([
        ['1', 1],
        ['2', 2],
      ]),
      defects: [
        { item: 'A', message: 'x' },
        { item: 'B', message: 'y' },
      ],
      preview: 'kept',
    })
    expect(earlier.sections).toHaveLength(2)
    expect(mergeFetchData(emptyFetchData(), later).sections).toEqual([again])
    expect(mergeFetchData(earlier, emptyFetchData()).sections).toEqual(earlier.sections)
  })
})
