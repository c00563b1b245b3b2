import { describe, expect, it } from 'vitest'
import { LimitError, ProtocolError } from '../../src/model/errors.js'
import type { FetchResponse, ListResponse } from '../../src/model/response.js'
import { extensions } from '../../src/extensions/index.js'
import { protocol, readResponse } from '../../src/protocol.js'

const { fetchItems, searchKeys, statusItems } = protocol
const impliedCapabilities = (name: string) => [...protocol.implied([name])]

const read = (text: string, options = {}) => readResponse({ text, literals: [] }, options)

describe('tables', () => {
  it('name every capability once', () => {
    const names = extensions.map((one) => one.capability.toUpperCase())
    expect(new Set(names).size).toBe(names.length)
  })

  it('join the items of the core and of extensions', () => {
    expect([...fetchItems.keys()]).toContain('envelope')
    expect(statusItems.map((item) => item.key)).toContain('highestModSeq')
    expect(Object.keys(searchKeys)).toContain('from')
  })
})

describe('impliedCapabilities', () => {
  it.each([
    ['QRESYNC', ['CONDSTORE']],
    ['qresync', ['CONDSTORE']],
    ['LITERAL+', ['LITERAL-']],
    ['SEARCHRES', ['ESEARCH']],
    ['CONDSTORE', []],
    ['X-UNKNOWN', []],
    ['constructor', []],
  ])('%s', (capability, expected) => {
    expect(impliedCapabilities(capability)).toEqual(expected)
  })

  it('holds what IMAP4rev2 took in (RFC 9051 Appendix E)', () => {
    expect([...impliedCapabilities('imap4REV2')].sort()).toEqual([
      'CHILDREN',
      'ENABLE',
      'ESEARCH',
      'IDLE',
      'LIST-EXTENDED',
      'LIST-STATUS',
      'LITERAL-',
      'MOVE',
      'NAMESPACE',
      'SASL-IR',
      'SEARCHRES',
      'SPECIAL-USE',
      'STATUS=SIZE',
      'UIDPLUS',
      'UNSELECT',
    ])
  })
})

describe('readResponse', () => {
  it('reads names as UTF-8 once that is enabled', () => {
    const name = (utf8: boolean) => (read('* LIST () "/" "&AOk-\u00c3\u00a9"', { utf8 }) as ListResponse).mailbox.name
    expect(name(true)).toBe('&AOk-é')
    expect((read('* LIST () "/" "&AOk-"') as ListResponse).mailbox.name).toBe('é')
  })

  it('tells of a response code that it cannot read', () => {
    const warnings: ProtocolError[] = []
    const response = read('a1 OK [UIDNEXT x] done', { warn: (error: ProtocolError) => warnings.push(error) })
    expect(response).toMatchObject({ status: 'OK', code: { name: 'OTHER', atom: 'UIDNEXT', text: 'x' }, text: 'done' })
    expect(warnings.map((error) => error.message)).toEqual([expect.stringContaining('UIDNEXT')])
    expect(warnings[0]?.cause).toBeInstanceOf(ProtocolError)
  })

  it('counts elements', () => {
    expect(() => read('* 1 FETCH (FLAGS (a b c))', { limits: { items: 2 } })).toThrow(LimitError)
    expect(() => read('* SEARCH 1 2 3', { limits: { items: 2 } })).toThrow(LimitError)
    expect(() => read('* VANISHED 1,2,3', { limits: { items: 2 } })).toThrow(LimitError)
  })

  it('does not lose depth over items that cannot be read', () => {
    const broken = 'BODYSTRUCTURE (("TEXT" "PLAIN" x y z (((1)))) 5) '
    const { data } = read(`* 1 FETCH (${broken.repeat(500)}UID 7)`) as FetchResponse
    expect(data.uid).toBe(7)
  })

  it('gives equal flag lists the same frozen array', () => {
    const flags = () => (read('* 1 FETCH (FLAGS (\\Seen $Shared))') as FetchResponse).data.flags
    expect(flags()).toBe(flags())
    expect(Object.isFrozen(flags())).toBe(true)
  })

  it('keeps flags apart when many lists have been seen', () => {
    for (let i = 0; i < 3000; i++) {
      expect((read(`* 1 FETCH (FLAGS (\\Seen kw${i}))`) as FetchResponse).data.flags).toEqual(['\\Seen', `kw${i}`])
    }
  })

  it('reuses the sender list only where it is the same', () => {
    const { data } = read(
      '* 1 FETCH (ENVELOPE (NIL NIL (("A" NIL "a" "x")) (("A" NIL "a" "x")) (("A" NIL "a" "xy")) NIL NIL NIL NIL NIL))',
    ) as FetchResponse
    expect(data.envelope?.sender).toBe(data.envelope?.from)
    expect(data.envelope?.replyTo[0]?.address).toBe('a@xy')
  })

  it('keeps null and absent apart', () => {
    const { data } = read('* 1 FETCH (ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) BODY[1] NIL)') as FetchResponse
    expect(data.envelope).toEqual({
      date: null,
      rawDate: null,
      subject: null,
      rawSubject: null,
      from: [],
      sender: [],
      replyTo: [],
      to: [],
      cc: [],
      bcc: [],
      inReplyTo: null,
      messageId: null,
    })
    expect(data.sections).toEqual([{ kind: 'BODY', section: '1', offset: null, bytes: null }])
    expect(data.flags).toBeUndefined()
  })
})
