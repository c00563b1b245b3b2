import { describe, expect, expectTypeOf, it } from 'vitest'
import { coreStatusItems, status } from '../../../src/commands/status.js'
import { ArgumentError, CapabilityError, ProtocolError } from '../../../src/model/errors.js'
import { answer, encode, Play, wrong } from './helpers.js'

describe('STATUS', () => {
  it('asks for what is true, in the order of the table', () => {
    expect(encode(status('blurdybloop', { uidNext: true, messages: true, unseen: false }))).toBe(
      'A1 STATUS blurdybloop (MESSAGES UIDNEXT)\r\n',
    )
    expect(
      encode(status('inbox', { size: true, deleted: true, highestModSeq: true, recent: true, uidValidity: true }), {
        has: ['STATUS=SIZE', 'IMAP4rev2', 'CONDSTORE'],
      }),
    ).toBe('A1 STATUS INBOX (RECENT UIDVALIDITY DELETED SIZE HIGHESTMODSEQ)\r\n')
  })

  it('gives what was asked for, typed', () => {
    const command = status('blurdybloop', { messages: true, uidNext: true })
    const result = answer(command, ['* STATUS blurdybloop (MESSAGES 231 UIDNEXT 44292)'])
    expect(result).toEqual({ messages: 231, uidNext: 44292 })
    expectTypeOf(result).toEqualTypeOf<{ readonly messages: number; readonly uidNext: number }>()
    const wide = Boolean(1)
    expectTypeOf(answer(status('a', { messages: wide }), ['* STATUS a (MESSAGES 1)'])).toEqualTypeOf<{
      readonly messages: number | undefined
    }>()
  })

  it('joins several answers and reads 64-bit values', () => {
    const command = status('a', { highestModSeq: true, messages: true })
    expect(answer(command, ['* STATUS a (MESSAGES 1)', '* STATUS a (HIGHESTMODSEQ 9223372036854775807)'])).toEqual({
      messages: 1,
      highestModSeq: 9223372036854775807n,
    })
  })

  it('claims the answer about its own mailbox only', () => {
    const play = new Play(status('Inbox', { messages: true }))
    play.send('* STATUS other (MESSAGES 2)', '* STATUS inbox (MESSAGES 1)', '* LIST () "/" INBOX')
    expect(play.claims).toEqual([false, true, false])
    expect(play.send('A1 OK done').result).toEqual({ messages: 1 })
  })

  it('takes the answer about another Unicode form of the name, and prefers its own', () => {
    const [nfc, nfd] = ['* STATUS "&AOk-" (MESSAGES 1)', '* STATUS "e&AwE-" (MESSAGES 2)']
    const asked = () => new Play(status('e\u0301', { messages: true }))
    expect(asked().send(nfc, 'A1 OK done').result).toEqual({ messages: 1 })
    const both = asked().send(nfd, nfc, '* STATUS e (MESSAGES 3)')
    expect(both.claims).toEqual([true, true, false])
    expect(both.send('A1 OK done').result).toEqual({ messages: 2 })
    expect(status('\u00e9', { messages: true }).traits).toEqual(status('e\u0301', { messages: true }).traits)
  })

  it('tells two STATUS of the same mailbox apart by not overlapping them', () => {
    expect(status('inbox', { messages: true }).traits).toEqual({ answers: 'STATUS INBOX' })
  })

  it('rejects when the server leaves something out', () => {
    expect(() => answer(status('a', { messages: true, unseen: true }), ['* STATUS a (MESSAGES 1)'])).toThrow(
      new ProtocolError('The server answered STATUS without UNSEEN'),
    )
    expect(() => answer(status('a', { messages: true }), [])).toThrow(ProtocolError)
  })

  it('tells what an EXPUNGE would free (RFC 9208 §4.1.4)', () => {
    const command = status('INBOX', { messages: true, deleted: true, deletedStorage: true })
    expect(encode(command, { has: ['QUOTA=RES-MESSAGE', 'QUOTA=RES-STORAGE'] })).toBe(
      'A1 STATUS INBOX (MESSAGES DELETED DELETED-STORAGE)\r\n',
    )
    const line = '* STATUS INBOX (MESSAGES 12 DELETED 4 DELETED-STORAGE 8)'
    expect(answer(command, [line])).toEqual({ messages: 12, deleted: 4, deletedStorage: 8 })
    expect(() => encode(command, { has: ['QUOTA=RES-STORAGE'] })).toThrow(/IMAP4rev2 or QUOTA=RES-MESSAGE/)
    expect(() => encode(command, { has: ['IMAP4rev2'] })).toThrow(/QUOTA=RES-STORAGE/)
  })

  it('refuses what it cannot ask', () => {
    expect(() => status('a', {})).toThrow(ArgumentError)
    expect(() => status('a', { messages: false })).toThrow(ArgumentError)
    expect(() => status('a', wrong<{ messages: true }>({ colour: true }))).toThrow(/no item colour: use messages/)
    expect(() => encode(status('a', { size: true }))).toThrow(CapabilityError)
  })

  it('knows items of extensions by a table', () => {
    const table = [...coreStatusItems, { key: 'mailboxId', name: 'MAILBOXID', read: () => '' }]
    expect(encode(status('a', { mailboxId: true }, table))).toBe('A1 STATUS a (MAILBOXID)\r\n')
  })
})
