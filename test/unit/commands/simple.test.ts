import { describe, expect, it } from 'vitest'
import { close, unselect } from '../../../src/commands/close.js'
import type { Command } from '../../../src/commands/command.js'
import { enable } from '../../../src/commands/enable.js'
import { id } from '../../../src/commands/id.js'
import { idle } from '../../../src/commands/idle.js'
import { namespace } from '../../../src/commands/namespace.js'
import { examine, select } from '../../../src/commands/select.js'
import {
  capability,
  check,
  create,
  deleteMailbox,
  logout,
  noop,
  rename,
  subscribe,
  unsubscribe,
} from '../../../src/commands/simple.js'
import { ArgumentError, CapabilityError, ProtocolError } from '../../../src/model/errors.js'
import { answer, contextOf, encode, Play, WAIT, wrong, type Server } from './helpers.js'

describe('commands on the wire', () => {
  const rows: [title: string, command: Command<unknown>, text: string, server?: Server][] = [
    ['CAPABILITY', capability(), 'CAPABILITY'],
    ['NOOP', noop(), 'NOOP'],
    ['LOGOUT', logout(), 'LOGOUT'],
    ['CHECK', check(), 'CHECK'],
    ['CREATE', create('owatagusiam/'), 'CREATE owatagusiam/'],
    ['CREATE with a space', create('Sent Mail'), 'CREATE "Sent Mail"'],
    [
      'CREATE with a special use (RFC 6154 §5.3)',
      create('MySpecial', { specialUse: ['\\Drafts', '\\Sent'] }),
      'CREATE MySpecial (USE (\\Drafts \\Sent))',
      { has: ['CREATE-SPECIAL-USE'] },
    ],
    ['DELETE', deleteMailbox('blurdybloop'), 'DELETE blurdybloop'],
    ['RENAME', rename('blurdybloop', 'Entwürfe'), 'RENAME blurdybloop Entw&APw-rfe'],
    ['RENAME with UTF-8', rename('a', 'ü'), 'RENAME a "\xc3\xbc"', { enabled: ['IMAP4rev2'] }],
    ['SUBSCRIBE', subscribe('inbox'), 'SUBSCRIBE INBOX'],
    ['UNSUBSCRIBE', unsubscribe('#news.comp'), 'UNSUBSCRIBE #news.comp'],
    ['ENABLE', enable(['CONDSTORE', 'x-good']), 'ENABLE CONDSTORE X-GOOD'],
    ['ID NIL', id(null), 'ID NIL'],
    ['ID with nothing', id({}), 'ID NIL'],
    ['ID', id({ name: 'sodr', os: null, version: undefined }), 'ID ("name" "sodr" "os" NIL)'],
    ['NAMESPACE', namespace(), 'NAMESPACE'],
    ['IDLE', idle(), 'IDLE'],
    ['SELECT', select('Inbox'), 'SELECT INBOX'],
    ['SELECT with CONDSTORE', select('INBOX', { condstore: true }), 'SELECT INBOX (CONDSTORE)', { has: ['CONDSTORE'] }],
    [
      'SELECT with the parameter of an extension',
      select('x', {
        condstore: true,
        params: [
          {
            write: (w) =>
              void w
                .word('NEW')
                .sp()
                .list([1n], (n) => w.number(n)),
          },
        ],
      }),
      'SELECT x (CONDSTORE NEW (1))',
      { has: ['CONDSTORE'] },
    ],
    ['EXAMINE', examine('a"b'), 'EXAMINE "a\\"b"'],
    ['CLOSE', close(), 'CLOSE'],
    ['UNSELECT', unselect(), 'UNSELECT'],
  ]

  it.each(rows)('%s', (_title, command, text, server) => {
    expect(encode(command, server)).toBe(`A1 ${text}\r\n`)
  })

  it('cannot be broken out of by a line break in a name', () => {
    expect(encode(create('a\r\nA2 LOGOUT'))).toBe('A1 CREATE "a&AA0ACg-A2 LOGOUT"\r\n')
    expect(encode(create('a\r\nA2 LOGOUT'), { enabled: ['IMAP4rev2'] })).toBe(
      `A1 CREATE {12}\r\n${WAIT}a\r\nA2 LOGOUT\r\n`,
    )
  })
})

describe('what is refused before a byte is written', () => {
  it.each([
    ['an empty name', () => create('')],
    ['a name that is no string', () => deleteMailbox(wrong<string>(7))],
    ['an empty target', () => rename('a', '')],
    ['ENABLE of nothing', () => enable([])],
    ['a special use without a backslash', () => create('a', { specialUse: 'Drafts' as '\\Drafts' })],
    ['an ID field that is too long', () => id({ ['x'.repeat(31)]: '1' })],
    ['an ID value that is too long', () => id({ name: 'x'.repeat(1025) })],
    ['an ID value with a line break', () => id({ name: 'a\r\nb' })],
    ['too many ID fields', () => id(Object.fromEntries(Array.from({ length: 31 }, (_, i) => [`f${i}`, '1'])))],
    ['a NUL in a name', () => encode(create('a\0b'))],
    ['a space in the name of an extension', () => encode(enable(['A B']))],
  ])('%s', (_title, make) => {
    expect(make).toThrow(ArgumentError)
  })

  it.each([
    ['USE', () => encode(create('a', { specialUse: '\\Sent' })), 'CREATE-SPECIAL-USE'],
    ['CONDSTORE', () => encode(select('a', { condstore: true })), 'CONDSTORE'],
  ])('%s without the extension', (_title, make, needs) => {
    expect(make).toThrow(CapabilityError)
    expect(make).toThrow(needs)
  })
})

describe('traits', () => {
  it.each([
    [capability(), { answers: 'CAPABILITY' }],
    [noop(), {}],
    [logout(), { exclusive: true, effect: { kind: 'logout' } }],
    [enable(['qresync']), { exclusive: true, effect: { kind: 'enable', extensions: ['QRESYNC'] } }],
    [select('inBOX'), { answers: 'LIST', effect: { kind: 'select', mailbox: 'INBOX', readOnly: false } }],
    [examine('a'), { answers: 'LIST', effect: { kind: 'select', mailbox: 'a', readOnly: true } }],
    [close(), { effect: { kind: 'unselect' } }],
    [unselect(), { effect: { kind: 'unselect' } }],
    [idle(), { exclusive: true, interrupt: 'DONE', yields: true }],
  ])('of $name', (command, traits) => {
    expect(command.traits).toEqual(traits)
  })

  it('calls safe what can be repeated, and nothing else', () => {
    const safe = [capability(), noop(), logout(), subscribe('a'), select('a'), unselect(), idle(), id(null)]
    const unsafe = [create('a'), deleteMailbox('a'), rename('a', 'b'), close()]
    expect(safe.filter((each) => each.safe !== true)).toEqual([])
    expect(unsafe.filter((each) => each.safe === true)).toEqual([])
  })

  it('names the capability that a command needs', () => {
    expect([enable(['x']), id(null), namespace(), idle(), unselect()].map((each) => each.needs)).toEqual([
      'ENABLE',
      'ID',
      'NAMESPACE',
      'IDLE',
      'UNSELECT',
    ])
  })
})

describe('answers', () => {
  it('gives the capabilities, also those of the completion', () => {
    expect(answer(capability(), ['* CAPABILITY IMAP4rev1 IDLE'])).toEqual(['IMAP4rev1', 'IDLE'])
    expect(answer(capability(), [], {}, 'OK [CAPABILITY IMAP4rev1] done')).toEqual(['IMAP4rev1'])
    expect(() => answer(capability(), [])).toThrow(ProtocolError)
  })

  it('gives what was enabled (RFC 5161 §3.2)', () => {
    expect(answer(enable(['CONDSTORE', 'X-GOOD-IDEA']), ['* ENABLED X-GOOD-IDEA'])).toEqual(['X-GOOD-IDEA'])
    expect(answer(enable(['CONDSTORE']), [])).toEqual([])
  })

  it('gives the id of the server, or null (RFC 2971 §3.2)', () => {
    const told = answer(id(null), ['* ID ("name" "Cyrus" "os" NIL)'])
    expect(told).toEqual(
      new Map([
        ['name', 'Cyrus'],
        ['os', null],
      ]),
    )
    expect(answer(id(null), ['* ID NIL'])).toBeNull()
    expect(answer(id(null), [])).toBeNull()
  })

  it('gives the namespaces (RFC 2342 §5)', () => {
    expect(answer(namespace(), ['* NAMESPACE (("" "/")) NIL (("Public/" "/"))'])).toEqual({
      personal: [{ prefix: '', delimiter: '/' }],
      otherUsers: [],
      shared: [{ prefix: 'Public/', delimiter: '/' }],
    })
    expect(() => answer(namespace(), [])).toThrow(ProtocolError)
  })

  it('gives the id of a new mailbox (RFC 8474 §4.1)', () => {
    expect(answer(create('foo'), [], {}, 'OK [MAILBOXID (F2212ea87-6097)] Completed')).toEqual({
      mailboxId: 'F2212ea87-6097',
    })
    expect(answer(create('foo'), [], {}, 'OK [OBJECTID (MAILBOXID F22 ACCOUNTID u1)] Completed')).toEqual({
      mailboxId: 'F22',
    })
    expect(answer(create('foo'), [], {}, 'OK [MAILBOXID (no/id)] Completed')).toEqual({})
    expect(answer(create('foo'), [])).toEqual({})
  })

  it('tells that the server has no such special use (RFC 6154 §3)', () => {
    const refused = () =>
      new Play(create('Everything', { specialUse: '\\All' })).send('A1 NO [USEATTR] \\All not supported')
    expect(refused).toThrow(expect.objectContaining({ status: 'NO', responseCode: { name: 'USEATTR' } }))
  })

  it('answers nothing to the continuation of IDLE', () => {
    const play = new Play(idle())
    expect(play.collector.continued?.({ kind: 'continuation', code: null, text: 'idling' })).toBeNull()
    play.send('* 4 EXISTS', '* OK still here', 'A1 OK done')
    expect(play.result).toBeUndefined()
    expect(play.claims).toEqual([false, false])
  })

  it('leaves alone what belongs to others', () => {
    const play = new Play(capability()).send('* 3 EXISTS', '* SEARCH 1', '* ENABLED X', '* CAPABILITY IMAP4rev2')
    expect(play.claims).toEqual([false, false, false, true])
  })
})

it('asks for capabilities in any case', () => {
  expect(contextOf({ has: ['IDLE'] }).has('idle')).toBe(true)
})
