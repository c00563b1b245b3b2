import { describe, expect, it } from 'vitest'
import type { AskedItem } from '../../../src/commands/fetch.js'
import { fetch } from '../../../src/commands/fetch.js'
import { search } from '../../../src/commands/search.js'
import { select } from '../../../src/commands/select.js'
import { store } from '../../../src/commands/store.js'
import {
  annotate,
  type AnnotationAsk,
  type Annotations,
  type AnnotationChange,
} from '../../../src/extensions/annotate.js'
import { getAnnotation, setAnnotation } from '../../../src/extensions/annotatemore.js'
import { ArgumentError, CapabilityError } from '../../../src/model/errors.js'
import type { FetchData } from '../../../src/model/message.js'
import { uids } from '../../../src/model/number-set.js'
import { protocol } from '../../../src/protocol.js'
import { Writer } from '../../../src/wire/writer.js'
import { answer, contextOf, encode, Play, wrong } from '../commands/helpers.js'

const HAS = { has: ['ANNOTATE-EXPERIMENT-1', 'ANNOTATEMORE', 'SORT'] }

const plain = (annotations: unknown) =>
  Object.fromEntries(
    [...(annotations as Annotations)].map(([entry, attributes]) => [
      entry,
      Object.fromEntries([...attributes].map(([name, value]) => [name, value && Buffer.from(value).toString()])),
    ]),
  )

function asked(ask: AnnotationAsk): AskedItem {
  const item = protocol.fetchItems.get('annotations')
  if (item === undefined) throw new Error('There is no such item')
  return { item, ask }
}

function fetched(ask: AnnotationAsk, lines: readonly string[]): { found: FetchData[]; lacking: number } {
  const found: FetchData[] = []
  let lacking = 0
  const sink = {
    message: (_: number, data: FetchData) => void found.push(data),
    incomplete: (messages: readonly unknown[]) => void (lacking = messages.length),
  }
  answer(fetch(uids('1:9'), [asked(ask)], { sink }), lines, HAS)
  return { found, lacking }
}

describe('FETCH of annotations', () => {
  const sink = { message: () => undefined }
  it.each<[AnnotationAsk, string]>([
    [{ entries: '/comment' }, '(/comment value)'],
    [{ entries: ['/comment', '/altsubject'], attributes: 'value.priv' }, '((/comment /altsubject) value.priv)'],
    [{ entries: '/*', attributes: ['value.priv', 'size.priv'] }, '("/*" (value.priv size.priv))'],
    [{ entries: ['/%'], attributes: ['value.shared'] }, '("/%" value.shared)'],
    [{ entries: '/a b' }, '("/a b" value)'],
  ])('%o', (ask, text) => {
    expect(encode(fetch(uids(1), [asked(ask)], { sink }), HAS)).toBe(`A1 UID FETCH 1 (UID ANNOTATION ${text})\r\n`)
  })

  it.each<[string, AnnotationAsk]>([
    ['true', wrong(true)],
    ['no entry', { entries: [] }],
    ['no attribute', { entries: '/comment', attributes: [] }],
    ['an entry without a slash', { entries: 'comment' }],
    ['an attribute with a wildcard', { entries: '/comment', attributes: 'value*' }],
    ['an attribute that is none', { entries: '/comment', attributes: wrong(3) }],
  ])('refuses %s', (_, ask) => {
    expect(() => encode(fetch(uids(1), [asked(ask)], { sink }), HAS)).toThrow(ArgumentError)
  })

  it('needs the capability', () => {
    const command = fetch(uids(1), [asked({ entries: '/comment' })], { sink })
    expect(() => encode(command)).toThrow(CapabilityError)
  })

  it('is not answered by news, which are names alone', () => {
    const { found, lacking } = fetched({ entries: '/comment' }, [
      '* 1 FETCH (UID 1 ANNOTATION (/comment))',
      '* 1 FETCH (UID 1 ANNOTATION (/comment (value.priv "a" value.shared NIL)))',
      '* 2 FETCH (UID 2 ANNOTATION (/comment /altsubject))',
    ])
    expect(found.map((each) => plain(each['annotations']))).toEqual([
      { '/comment': { 'value.priv': 'a', 'value.shared': null } },
    ])
    expect(lacking).toBe(1)
  })

  it('takes an answer without entries, and one in several items', () => {
    const { found } = fetched({ entries: '/*' }, [
      '* 1 FETCH (UID 1 ANNOTATION ())',
      '* 2 FETCH (ANNOTATION (/a (value.priv "1")) ANNOTATION (/b (value.priv {1}\r\n2)) UID 2)',
    ])
    expect(found.map((each) => plain(each['annotations']))).toEqual([
      {},
      { '/a': { 'value.priv': '1' }, '/b': { 'value.priv': '2' } },
    ])
  })
})

describe('STORE of annotations', () => {
  it.each<[AnnotationChange, string]>([
    [{ '/comment': { 'value.priv': 'My new comment' } }, '(/comment (value.priv "My new comment"))'],
    [{ '/comment': { 'value.shared': null } }, '(/comment (value.shared NIL))'],
    [
      { '/comment': { 'value.priv': 'Get tix Tuesday' }, '/altsubject': { 'value.priv': 'Wots On' } },
      '(/comment (value.priv "Get tix Tuesday") /altsubject (value.priv "Wots On"))',
    ],
    [
      { '/comment': { 'value.priv': 'My new comment', 'value.shared': "foo's bar" } },
      '(/comment (value.priv "My new comment" value.shared "foo\'s bar"))',
    ],
    [{ '/a': { 'value.priv': undefined, 'value.shared': Uint8Array.of(0) } }, '(/a (value.shared ~{1}\r\n<+>\0))'],
  ])('%o', (annotations, text) => {
    const command = store(uids(1), wrong({ annotations }), protocol.storeItems)
    expect(encode(command, HAS)).toBe(`A1 UID STORE 1 ANNOTATION ${text}\r\n`)
  })

  it.each<[string, unknown]>([
    ['nothing', {}],
    ['no attribute', { '/comment': {} }],
    ['an attribute without a suffix', { '/comment': { value: 'x' } }],
    ['a size', { '/comment': { 'size.priv': '1' } }],
    ['a wildcard', { '/*': { 'value.priv': 'x' } }],
    ['a number', { '/comment': { 'value.priv': 1 } }],
    ['a text', 'x'],
  ])('refuses %s', (_, annotations) => {
    expect(() => store(uids(1), wrong({ annotations }), protocol.storeItems)).toThrow(ArgumentError)
  })

  it('is one change of STORE, which needs the capability', () => {
    const annotations = { '/comment': { 'value.priv': 'x' } }
    expect(() => store(uids(1), wrong({ annotations, add: ['\\Seen'] }), protocol.storeItems)).toThrow(ArgumentError)
    expect(() => store(uids(1), wrong({ annotations }))).toThrow(ArgumentError)
    expect(() => encode(store(uids(1), wrong({ annotations }), protocol.storeItems))).toThrow(CapabilityError)
  })

  it('is written behind a condition too', () => {
    const change = { annotations: { '/comment': { 'value.priv': 'x' } }, unchangedSince: 7n, silent: true }
    expect(encode(store(uids(1), wrong(change), protocol.storeItems), { has: [...HAS.has, 'CONDSTORE'] })).toBe(
      'A1 UID STORE 1 (UNCHANGEDSINCE 7) ANNOTATION (/comment (value.priv "x"))\r\n',
    )
  })
})

describe('other places of annotations', () => {
  it.each([
    [{ entry: '/comment', value: 'IMAP4' }, 'ANNOTATION /comment value "IMAP4"'],
    [{ entry: '*', attribute: 'value.priv', value: 'IMAP4' }, 'ANNOTATION "*" value.priv "IMAP4"'],
  ])('SEARCH %o', (annotation, text) => {
    const command = search(wrong({ annotation }), {}, wrong({ searchKeys: protocol.searchKeys, searchReturns: {} }))
    expect(encode(command, HAS)).toBe(`A1 UID SEARCH ${text}\r\n`)
    expect(() => encode(command)).toThrow(CapabilityError)
  })

  it.each([
    [{ entry: '/comment' }],
    [{ entry: 'comment', value: 'x' }],
    [{ entry: '/comment', attribute: 'size', value: 'x' }],
    ['/comment'],
  ])('refuses the criterion %o', (annotation) => {
    const tables = { searchKeys: protocol.searchKeys, searchReturns: {} }
    expect(() => encode(search(wrong({ annotation }), {}, wrong(tables)), HAS)).toThrow(ArgumentError)
  })

  it('are a criterion of SORT', () => {
    const key = annotate.sortKeys?.['annotation']
    const w = new Writer({ utf8: false, literalPlus: false, literalMinus: false })
    key?.write(w, wrong({ entry: '/altsubject', attribute: 'value.shared' }), contextOf(HAS))
    expect(w.trace).toBe('ANNOTATION /altsubject value.shared')
    const refused = { entry: '/altsubject', attribute: 'value' }
    expect(() => key?.write(w, wrong(refused), contextOf(HAS))).toThrow(ArgumentError)
  })

  it('are data of APPEND', () => {
    const item = annotate.appendItems?.['annotations']
    const w = new Writer({ utf8: false, literalPlus: false, literalMinus: false })
    item?.write(w, wrong({ '/comment': { 'value.priv': "Don't send until I say so" } }), contextOf(HAS))
    expect(w.trace).toBe('ANNOTATION (/comment (value.priv "Don\'t send until I say so"))')
    expect(() => item?.check?.(wrong({}))).toThrow(ArgumentError)
  })

  it('are a parameter of SELECT, whose answer tells what the mailbox allows', () => {
    const item = annotate.selectItems?.['annotate']
    if (item === undefined) throw new Error('There is no such parameter')
    expect(() => item.check?.(wrong('yes'))).toThrow(ArgumentError)
    const w = new Writer({ utf8: false, literalPlus: false, literalMinus: false })
    item.write(w, wrong(true), contextOf(HAS))
    expect(w.trace).toBe('ANNOTATE')
    const collector = item.collect?.(wrong(true))
    const play = new Play({
      ...select('INBOX'),
      collect: () => ({ ...wrong<object>(collector), done: () => collector?.done() }),
    })
    play.send('* OK [ANNOTATIONS 20480 NOPRIVATE] x', '* OK [UIDNEXT 3] x', 'A1 OK [READ-WRITE] done')
    expect(play.claims).toEqual([false, false])
    expect(play.result).toEqual({ name: 'ANNOTATIONS', access: 'read-write', maxSize: 20480, noPrivate: true })
  })
})

describe('ANNOTATEMORE', () => {
  it.each([
    [getAnnotation('INBOX', '/comment'), 'GETANNOTATION INBOX "/comment" "value"'],
    [
      getAnnotation('', ['/motd', '/admin'], ['value.priv', 'value.shared']),
      'GETANNOTATION "" ("/motd" "/admin") ("value.priv" "value.shared")',
    ],
    [getAnnotation('a/%', '/*', 'value.*'), 'GETANNOTATION a/% "/*" "value.*"'],
    [
      setAnnotation('INBOX', { '/comment': { 'value.priv': 'My comment', 'value.shared': null } }),
      'SETANNOTATION INBOX "/comment" ("value.priv" "My comment" "value.shared" NIL)',
    ],
    [
      setAnnotation('INBOX', { '/a': { 'value.priv': '1' }, '/b': { 'value.priv': '2' } }),
      'SETANNOTATION INBOX ("/a" ("value.priv" "1") "/b" ("value.priv" "2"))',
    ],
  ])('%#', (command, text) => {
    expect(encode(command, HAS)).toBe(`A1 ${text}\r\n`)
    expect(command.needs).toBe('ANNOTATEMORE')
  })

  it.each<[string, () => unknown]>([
    ['no entry', () => getAnnotation('INBOX', [])],
    ['an entry without a slash', () => getAnnotation('INBOX', 'comment')],
    ['an attribute that is none', () => getAnnotation('INBOX', '/comment', 'a b')],
    ['nothing to store', () => setAnnotation('INBOX', {})],
    ['no attribute to store', () => setAnnotation('INBOX', { '/comment': {} })],
    ['a wildcard to store', () => setAnnotation('INBOX', { '/*': { 'value.priv': 'x' } })],
    ['a value that is none', () => setAnnotation('INBOX', { '/comment': { 'value.priv': wrong(1) } })],
    ['a mailbox that is none', () => setAnnotation(wrong(1), { '/comment': { 'value.priv': 'x' } })],
  ])('refuses %s', (_, make) => {
    expect(make).toThrow(ArgumentError)
  })

  it('gathers the annotations of each mailbox', () => {
    const found = answer(getAnnotation('*', '/*'), [
      '* ANNOTATION INBOX "/comment" ("value.priv" "My comment")',
      '* ANNOTATION "INBOX" "/comment" ("value.shared" NIL) "/sort" ("value.priv" {1}\r\nx)',
      '* ANNOTATION a ("/comment" ("value.priv" "y") "/sort")',
    ])
    expect(found.map(({ mailbox, entries }) => [mailbox, plain(entries)])).toEqual([
      ['INBOX', { '/comment': { 'value.priv': 'My comment', 'value.shared': null }, '/sort': { 'value.priv': 'x' } }],
      ['a', { '/comment': { 'value.priv': 'y' }, '/sort': {} }],
    ])
    expect(answer(getAnnotation('a', '/comment'), [])).toEqual([])
  })
})
