import { describe, expect, it } from 'vitest'
import { list, lsub } from '../../../src/commands/list.js'
import type { ListReturnItem } from '../../../src/commands/slots.js'
import { coreStatusItems } from '../../../src/commands/status.js'
import { ArgumentError, CapabilityError } from '../../../src/model/errors.js'
import { answer, encode, Play, wrong } from './helpers.js'

const extended = { has: ['LIST-EXTENDED', 'SPECIAL-USE', 'LIST-STATUS'] }

describe('LIST on the wire', () => {
  it.each([
    ['plain', list('*'), {}, 'LIST "" *'],
    ['with a reference', list('%', { reference: 'mail/' }), {}, 'LIST mail/ %'],
    ['of one name', list('Sent Mail'), {}, 'LIST "" "Sent Mail"'],
    ['of an empty pattern, which asks for the delimiter', list(''), {}, 'LIST "" ""'],
    ['with a name beyond ASCII', list('Entwürfe/*'), {}, 'LIST "" Entw&APw-rfe/*'],
    [
      'with all that an extended server tells',
      list('*'),
      extended,
      'LIST "" * RETURN (SUBSCRIBED CHILDREN SPECIAL-USE)',
    ],
    ['without SPECIAL-USE', list('*'), { has: ['LIST-EXTENDED'] }, 'LIST "" * RETURN (SUBSCRIBED CHILDREN)'],
    ['in the plain form on demand', list('*', { return: [] }), extended, 'LIST "" *'],
    ['with chosen returns', list('*', { return: ['children'] }), extended, 'LIST "" * RETURN (CHILDREN)'],
    ['of several patterns', list(['INBOX', 'a/%'], { return: [] }), extended, 'LIST "" (INBOX a/%)'],
    ['of subscriptions', list('*', { subscribed: true, return: [] }), extended, 'LIST (SUBSCRIBED) "" *'],
    [
      'of subscriptions, remote ones too, with parents (RFC 5258 §5)',
      list('*', { subscribed: true, remote: true, recursive: true, return: [] }),
      extended,
      'LIST (SUBSCRIBED REMOTE RECURSIVEMATCH) "" *',
    ],
    ['of special uses', list('*', { specialUse: true, return: [] }), extended, 'LIST (SPECIAL-USE) "" *'],
    ['of special uses without the extension', list('*', { specialUse: true }), {}, 'LIST "" *'],
    [
      'with status (RFC 5819 §2)',
      list('%', { status: { messages: true, unseen: true }, return: [] }),
      extended,
      'LIST "" % RETURN (STATUS (MESSAGES UNSEEN))',
    ],
    [
      'with status and more',
      list('%', { status: { messages: true }, return: ['children'] }),
      extended,
      'LIST "" % RETURN (CHILDREN STATUS (MESSAGES))',
    ],
  ])('%s', (_title, command, server, text) => {
    expect(encode(command, server)).toBe(`A1 ${text}\r\n`)
  })

  it.each([
    ['no pattern', () => list([])],
    ['a pattern that is no string', () => list([wrong<string>(1)])],
    ['recursive alone', () => list('*', { recursive: true })],
    ['an unknown item of status', () => list('*', { status: wrong<object>({ nothing: true }) })],
  ])('refuses %s', (_title, make) => {
    expect(make).toThrow(ArgumentError)
  })

  it.each([
    ['subscribed', { subscribed: true }, 'LIST-EXTENDED'],
    ['remote', { remote: true }, 'LIST-EXTENDED'],
    ['status', { status: { messages: true } }, 'LIST-STATUS'],
    ['a return option', { return: ['children'] }, 'LIST-EXTENDED'],
    ['a return option of an extension', { return: ['specialUse'] }, 'SPECIAL-USE'],
  ] as const)('%s needs an extension', (_title, options, needs) => {
    expect(() => encode(list('*', options))).toThrow(CapabilityError)
    expect(() => encode(list('*', options))).toThrow(needs)
  })

  it('needs LIST-EXTENDED for several patterns', () => {
    expect(() => encode(list(['a', 'b']))).toThrow(CapabilityError)
  })

  it('runs alone when it asks for status', () => {
    expect(list('*', { status: { messages: true } }).traits).toEqual({ exclusive: true })
    expect(list('*').traits).toEqual({ answers: 'LIST' })
  })
})

describe('answers to LIST', () => {
  it('gives mailboxes in the order of the server, each once', () => {
    const found = answer(list('*'), [
      '* LIST (\\HasNoChildren) "/" b',
      '* LIST (\\Noselect) "/" a',
      '* LIST (\\Marked) "/" b',
      '* LIST () NIL inbox',
    ])
    expect(found.map((each) => [each.name, each.delimiter, each.attributes, each.selectable])).toEqual([
      ['b', '/', ['\\Marked'], true],
      ['a', '/', ['\\Noselect'], false],
      ['INBOX', null, [], true],
    ])
    expect(found.every((each) => each.subscribed === undefined)).toBe(true)
  })

  it('knows what is not subscribed once the server tells subscriptions', () => {
    const lines = ['* LIST (\\Subscribed) "/" a', '* LIST () "/" b']
    expect(answer(list('*'), lines).map((each) => each.subscribed)).toEqual([true, false])
    const asked = list('*', { return: ['subscribed'] })
    expect(answer(asked, ['* LIST () "/" b']).map((each) => each.subscribed)).toEqual([false])
  })

  it('puts the status to the mailbox (RFC 5819 §3)', () => {
    const found = answer(list('%', { status: { messages: true, unseen: true } }), [
      '* LIST () "." INBOX',
      '* STATUS INBOX (MESSAGES 17 UNSEEN 16)',
      '* LIST () "." foo',
      '* LIST (\\NoSelect) "." bar',
      '* STATUS foo (MESSAGES 30)',
      '* STATUS foo (UNSEEN 29)',
    ])
    expect(found.map((each) => each.status)).toEqual([
      { messages: 17, unseen: 16 },
      { messages: 30, unseen: 29 },
      undefined,
    ])
  })

  it('leaves STATUS to others when it did not ask', () => {
    const play = new Play(list('*')).send('* STATUS a (MESSAGES 1)', '* LIST () "/" a', '* LSUB () "/" a')
    expect(play.claims).toEqual([false, true, false])
  })

  it('picks special uses out of a plain answer, and keeps what RECURSIVEMATCH tells', () => {
    const lines = ['* LIST () "/" a', '* LIST (\\Sent) "/" b', '* LIST () "/" c ("CHILDINFO" ("SPECIAL-USE"))']
    expect(answer(list('*', { specialUse: true }), lines).map((each) => each.name)).toEqual(['b', 'c'])
  })
})

describe('LSUB', () => {
  it('lists subscriptions', () => {
    const command = lsub('news.*')
    expect(encode(command)).toBe('A1 LSUB "" news.*\r\n')
    const play = new Play(command).send('* LSUB () "." news.a', '* LIST () "." b', 'A1 OK done')
    expect(play.result.map((each) => [each.name, each.subscribed])).toEqual([['news.a', true]])
    expect(play.claims).toEqual([true, false])
  })
})

describe('LIST with what extensions tell', () => {
  const colour: ListReturnItem<string> = {
    needs: 'X-COLOUR',
    check: (value) => {
      if (value === '') throw new ArgumentError('no colour')
    },
    write: (w, value) => void w.word('COLOUR').sp().astring(value),
    take: (response) =>
      response.type === 'METADATA' ? { mailbox: response.mailbox, value: [...response.entries.keys()] } : undefined,
    join: (before, value) => [...(before as string[]), ...(value as string[])],
  }
  const returns = { colour }
  const has = { has: ['LIST-EXTENDED', 'LIST-STATUS', 'X-COLOUR'] }
  const command = (options: object) => list('*', { return: [], ...options }, coreStatusItems, returns)

  it('asks for it behind what the core asks for, and in front of the status', () => {
    const options = { return: ['children'], colour: 'red', status: { messages: true } }
    expect(encode(command(options), has)).toBe('A1 LIST "" * RETURN (CHILDREN COLOUR red STATUS (MESSAGES))\r\n')
    expect(encode(command({ colour: 'red' }), has)).toBe('A1 LIST "" * RETURN (COLOUR red)\r\n')
    for (const off of [undefined, false]) expect(encode(command({ colour: off }), has)).toBe('A1 LIST "" *\r\n')
  })

  it('runs alone, since its answers look like those of others', () => {
    expect(command({ colour: 'red' }).traits).toEqual({ exclusive: true })
    expect(command({}).traits).toEqual({ answers: 'LIST' })
  })

  it('needs the capability, and a value that can be right', () => {
    expect(() => encode(command({ colour: 'red' }), { has: ['LIST-EXTENDED'] })).toThrow(CapabilityError)
    expect(() => command({ colour: '' })).toThrow(ArgumentError)
  })

  it('joins what several responses tell, of listed mailboxes only', () => {
    const play = new Play(command({ colour: 'red' })).send(
      '* METADATA a (/early "x")',
      '* LIST () "/" a',
      '* METADATA a (/one "x")',
      '* METADATA a (/two "x")',
      '* METADATA b (/other "x")',
      '* STATUS a (MESSAGES 3)',
      'A1 OK done',
    )
    expect(play.claims).toEqual([false, true, true, true, false, false])
    expect(play.result).toMatchObject([{ name: 'a', colour: ['/one', '/two'] }])
  })

  it('leaves the status of mailboxes that are not listed to others', () => {
    const play = new Play(command({ status: { messages: true } })).send(
      '* LIST () "/" a',
      '* STATUS a (MESSAGES 3)',
      '* STATUS b (MESSAGES 4)',
      'A1 OK done',
    )
    expect(play.claims).toEqual([true, true, false])
    expect(play.result).toMatchObject([{ name: 'a', status: { messages: 3 } }])
  })
})
