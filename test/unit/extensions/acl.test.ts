import { describe, expect, it } from 'vitest'
import { deleteAcl, getAcl, listRights, myRights, setAcl, type RightsChange } from '../../../src/extensions/acl.js'
import { ArgumentError, ProtocolError } from '../../../src/model/errors.js'
import { answer, encode, Play, wrong } from '../commands/helpers.js'

const text = (rights: Iterable<string>): string => [...rights].join('')

describe('ACL on the wire', () => {
  it.each([
    [getAcl('INBOX'), 'GETACL INBOX'],
    [getAcl('Entwürfe'), 'GETACL Entw&APw-rfe'],
    [setAcl('INBOX', 'bob', { replace: 'lrs' }), 'SETACL INBOX bob lrs'],
    [setAcl('INBOX', 'bob', { add: ['w', 'i'] }), 'SETACL INBOX bob +wi'],
    [setAcl('INBOX', 'bob', { remove: new Set('te') }), 'SETACL INBOX bob -te'],
    [setAcl('INBOX', 'bob', { replace: '' }), 'SETACL INBOX bob ""'],
    [setAcl('INBOX', 'bob', { add: 'll0' }), 'SETACL INBOX bob +l0'],
    [setAcl('INBOX', '-Fred Smith', { replace: 'w' }), 'SETACL INBOX "-Fred Smith" w'],
    [deleteAcl('INBOX', 'anyone'), 'DELETEACL INBOX anyone'],
    [listRights('~/Mail/saved', 'smith'), 'LISTRIGHTS ~/Mail/saved smith'],
    [myRights('INBOX'), 'MYRIGHTS INBOX'],
  ])('%#', (command, line) => {
    expect(encode(command)).toBe(`A1 ${line}\r\n`)
    expect(command).toMatchObject({ needs: 'ACL', safe: true })
  })

  it.each<[string, () => unknown]>([
    ['no name', () => getAcl('')],
    ['a name that is none', () => myRights(wrong(3))],
    ['no identifier', () => setAcl('INBOX', '', { replace: 'l' })],
    ['no identifier to delete', () => deleteAcl('INBOX', '')],
    ['no identifier to list for', () => listRights('INBOX', wrong(undefined))],
    ['no change', () => setAcl('INBOX', 'bob', {})],
    ['rights instead of a change', () => setAcl('INBOX', 'bob', wrong<RightsChange>('lrs'))],
    ['two changes', () => setAcl('INBOX', 'bob', { add: 'l', remove: 'r' })],
    ['nothing to add', () => setAcl('INBOX', 'bob', { add: '' })],
    ['rights in upper case', () => setAcl('INBOX', 'bob', { replace: 'lrQ' })],
    ['a right of two letters', () => setAcl('INBOX', 'bob', { replace: ['lr'] })],
    ['rights that are none', () => setAcl('INBOX', 'bob', { replace: wrong(3) })],
    ['a right that breaks the line', () => setAcl('INBOX', 'bob', { replace: '\r\n' })],
  ])('refuses %s', (_, make) => {
    expect(make).toThrow(ArgumentError)
  })
})

describe('the answers of ACL', () => {
  it('lists who may do what', () => {
    const list = answer(getAcl('INBOX'), ['* ACL INBOX Fred rwipslda -Fred wetd "the team" ""'])
    expect([...list].map(([who, rights]) => [who, text(rights)])).toEqual([
      ['Fred', 'rwipslda'],
      ['-Fred', 'wet'],
      ['the team', ''],
    ])
  })

  it('is empty for a mailbox without entries', () => {
    expect(answer(getAcl('INBOX'), ['* ACL INBOX']).size).toBe(0)
  })

  it('is the list of the mailbox that was asked for, though SETACL changes others as well', () => {
    const list = answer(getAcl('a'), ['* ACL b bob l', '* ACL a bob lr', '* ACL c bob lrs'])
    expect(text(list.get('bob') ?? '')).toBe('lr')
  })

  it('is believed under another name when nothing else comes', () => {
    expect(text(answer(myRights('INBOX/Drafts'), ['* MYRIGHTS INBOX lr']))).toBe('lr')
    expect(text(answer(myRights('a\u0308'), ['* MYRIGHTS &AOQ- lrs', '* MYRIGHTS b l']))).toBe('lrs')
  })

  it('must come', () => {
    expect(() => answer(getAcl('INBOX'), [])).toThrow(ProtocolError)
    expect(() => answer(listRights('INBOX', 'bob'), ['* MYRIGHTS INBOX lr'])).toThrow(ProtocolError)
  })

  it('tells what can be granted, virtual rights left out (RFC 4314 §2.1.1)', () => {
    const { always, optional } = answer(listRights('a', 'bob'), ['* LISTRIGHTS a bob la r swicdkxte'])
    expect([text(always), optional.map(text)]).toEqual(['la', ['r', 'swikxte']])
    const old = answer(listRights('a', 'bob'), ['* LISTRIGHTS a bob "" l c d'])
    expect(old.optional.map(text)).toEqual(['l', 'c', 'd'])
  })

  it.each([
    ['lrswipcda', 'lrswipcda'],
    ['lrswikxtecda', 'lrswikxtea'],
    ['lrkc', 'lrk'],
    ['lrted', 'lrte'],
    ['lrkcd', 'lrkd'],
  ])('reads %s as %s', (sent, expected) => {
    expect(text(answer(myRights('INBOX'), [`* MYRIGHTS INBOX ${sent}`]))).toBe(expected)
  })

  it('claims nothing but its own', () => {
    const play = new Play(myRights('INBOX')).send('* ACL INBOX bob l', '* MYRIGHTS INBOX l', '* 3 EXISTS')
    expect(play.claims).toEqual([false, true, false])
  })
})
