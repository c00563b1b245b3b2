import { describe, expect, it } from 'vitest'
import { xlist } from '../../../src/extensions/xlist.js'
import { ArgumentError } from '../../../src/model/errors.js'
import { answer, encode, Play, wrong } from '../commands/helpers.js'

describe('XLIST', () => {
  it('has the form of LIST', () => {
    expect(encode(xlist())).toBe('A1 XLIST "" *\r\n')
    expect(encode(xlist('Entwürfe/%', 'a b/'))).toBe('A1 XLIST "a b/" Entw&APw-rfe/%\r\n')
    expect(xlist()).toMatchObject({ needs: 'XLIST', safe: true, traits: { answers: 'XLIST' } })
  })

  it('tells special uses by their present names, and the inbox by its own', () => {
    const found = answer(xlist(), [
      '* XLIST (\\HasNoChildren \\Inbox) "/" "Posteingang"',
      '* XLIST (\\HasChildren \\Noselect) "/" "[Gmail]"',
      '* XLIST (\\HasNoChildren \\AllMail) "/" "[Gmail]/Alle Nachrichten"',
      '* XLIST (\\Spam \\HasNoChildren) "/" "[Gmail]/Spam"',
      '* XLIST (\\Starred) "/" "[Gmail]/Markiert"',
      '* XLIST (\\Sent \\Sent) "/" "[Gmail]/Gesendet"',
      '* XLIST (\\snoozed) "/" "Sp&AOQ-ter"',
    ])
    expect(found.map(({ name, specialUse, selectable }) => [name, specialUse, selectable])).toEqual([
      ['INBOX', null, true],
      ['[Gmail]', null, false],
      ['[Gmail]/Alle Nachrichten', '\\All', true],
      ['[Gmail]/Spam', '\\Junk', true],
      ['[Gmail]/Markiert', '\\Flagged', true],
      ['[Gmail]/Gesendet', '\\Sent', true],
      ['Später', '\\Snoozed', true],
    ])
  })

  it('takes its own answers only, and each mailbox once', () => {
    const play = new Play(xlist())
    play.send('* LIST () "/" a', '* XLIST () "/" b', '* XLIST (\\Sent) "/" b', 'A1 OK done')
    expect(play.claims).toEqual([false, true, true])
    expect(play.result).toHaveLength(1)
    expect(play.result[0]?.specialUse).toBe('\\Sent')
  })

  it('refuses what is no text', () => {
    expect(() => xlist(wrong(7))).toThrow(ArgumentError)
    expect(() => xlist('*', wrong(null))).toThrow(ArgumentError)
  })
})
