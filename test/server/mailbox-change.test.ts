import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import {
  ArgumentError,
  CapabilityError,
  PartialResultError,
  ResponseError,
  seqs,
  uid,
  uids,
  type ReadonlyMailbox,
} from 'imapkit'
import { bench, mails, type Bench } from './mailbox-tools.js'

const without =
  (...names: readonly string[]) =>
  (all: readonly string[]) =>
    all.filter((name) => !names.includes(name) && name !== 'IMAP4rev2')

const flagsOf = (at: Bench) => at.outside.messages.map(({ flags }) => [...flags].sort())
const uidsOf = (at: Bench, name = 'INBOX') =>
  at.server
    .user('alice')
    .mailbox(name)
    .messages.map((message) => message.uid)
const odd = (count: number) => Array.from({ length: count }, (_, index) => 2 * index + 1)

describe('store', () => {
  it('adds, removes, replaces and clears', async () => {
    await using at = await bench({ messages: mails(2) })
    await at.inbox.store(uids('1:2'), { add: ['\\Seen', 'work'] })
    expect(flagsOf(at)).toEqual([
      ['\\Seen', 'work'],
      ['\\Seen', 'work'],
    ])
    await at.inbox.store(uid(1), { remove: ['\\Seen'] })
    await at.inbox.store(uid(2), { replace: ['\\Flagged'], silent: true })
    expect(flagsOf(at)).toEqual([['work'], ['\\Flagged']])
    await at.inbox.store(uids('1:*'), { replace: [] })
    expect(flagsOf(at)).toEqual([[], []])
  })

  it('adding or removing nothing, or for nothing, does nothing', async () => {
    await using at = await bench({ messages: [{ raw: mails(1)[0] ?? '', flags: ['\\Seen'] }] })
    expect(await at.inbox.store(uids(1), { add: [] })).toEqual({ modified: uids() })
    expect(await at.inbox.store(uids(1), { remove: [] })).toEqual({ modified: uids() })
    expect(await at.inbox.store(uids(), { replace: ['\\Draft'] })).toEqual({ modified: uids() })
    expect(at.sent()).toEqual([])
    expect(flagsOf(at)).toEqual([['\\Seen']])
  })

  it('tells what had changed meanwhile', async () => {
    await using at = await bench({ messages: mails(3) })
    const unchangedSince = at.outside.highestModSeq
    at.outside.store(2, ['\\Flagged'])
    const { modified } = await at.inbox.store(uids('1:3'), { add: ['\\Seen'], unchangedSince })
    expect(modified.toString()).toBe('2')
    expect(flagsOf(at)).toEqual([['\\Seen'], ['\\Flagged'], ['\\Seen']])
  })

  it('never touches a message that was not named', async () => {
    await using at = await bench({ messages: mails(3) })
    await at.inbox.store(uids('500:*'), { add: ['\\Deleted'] })
    await at.inbox.store(seqs('4:*'), { add: ['\\Deleted'] })
    expect(flagsOf(at)).toEqual([[], [], []])
    await at.inbox.store(uids('1,*'), { add: ['a'] })
    await at.inbox.store(seqs('*'), { add: ['b'] })
    await at.inbox.store(uids('2:*'), { add: ['c'] })
    expect(flagsOf(at)).toEqual([['a'], ['c'], ['a', 'b', 'c']])
  })

  it.each([
    ['no change', {}],
    ['two changes', { add: ['a'], remove: ['b'] }],
    ['a flag with a line break', { add: ['a\r\nX LOGOUT'] }],
    ['\\Recent', { add: ['\\Recent'] }],
    ['a flag that is text', { add: '\\Seen' as never }],
  ])('refuses %s', async (_what, change) => {
    await using at = await bench({ messages: mails(1) })
    await expect(at.inbox.store(uids(1), change)).rejects.toThrow(ArgumentError)
    expect(at.sent()).toEqual([])
  })

  it('refuses what is no set', async () => {
    await using at = await bench({ messages: mails(1) })
    for (const set of ['1:*', [1], null, undefined, {}]) {
      await expect(at.inbox.store(set as never, { add: ['a'] })).rejects.toThrow(ArgumentError)
    }
    expect(at.sent()).toEqual([])
  })

  it('runs as several commands for a long set', async () => {
    await using at = await bench({ messages: mails(300), client: { limits: { commandLine: 120 } } })
    await at.inbox.store(uids(odd(150)), { add: ['x'] })
    expect(flagsOf(at).map((flags) => flags.length)).toEqual(Array.from({ length: 300 }, (_, index) => 1 - (index % 2)))
    const sent = at.sent()
    expect(sent.length).toBeGreaterThan(3)
    expect(Math.max(...sent.map((line) => line.length))).toBeLessThan(160)
  })

  it('tells how far it came when a later command fails', async () => {
    await using at = await bench({ messages: mails(300), client: { limits: { commandLine: 120 } } })
    at.server.fault({ command: 'UID STORE', nth: 3, answer: 'NO [INUSE] later' })
    const error: unknown = await at.inbox.store(uids(odd(150)), { add: ['x'] }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(PartialResultError)
    const { done, remaining, results, cause } = error as PartialResultError
    expect(results).toHaveLength(2)
    expect(cause).toBeInstanceOf(ResponseError)
    expect(uids(done, remaining).toString()).toBe(uids(odd(150)).toString())
    const changed = at.outside.messages.filter(({ flags }) => flags.length > 0).map((message) => message.uid)
    expect(uids(changed).toString()).toBe(done)
  })

  it('rejects plainly when the first command fails', async () => {
    await using at = await bench({ messages: mails(3) })
    at.server.fault({ command: 'UID STORE', answer: 'NO not today' })
    await expect(at.inbox.store(uids('1:3'), { add: ['x'] })).rejects.toThrow(ResponseError)
  })
})

describe('copy and move', () => {
  it('tell the new UIDs', async () => {
    await using at = await bench({ messages: mails(4) })
    const copied = await at.inbox.copy(uids('2:3'), 'Archive')
    expect([...(copied.uidMap ?? [])]).toEqual([
      [2, 1],
      [3, 2],
    ])
    const moved = await at.inbox.move(seqs('1,4'), 'Archive')
    expect([...(moved.uidMap ?? [])]).toEqual([
      [1, 3],
      [4, 4],
    ])
    expect(uidsOf(at)).toEqual([2, 3])
    expect(uidsOf(at, 'Archive')).toEqual([1, 2, 3, 4])
  })

  it('join the maps of several commands', async () => {
    await using at = await bench({ messages: mails(200), client: { limits: { commandLine: 120 } } })
    const { uidMap } = await at.inbox.move(uids(odd(100)), 'Archive')
    expect(uidMap?.size).toBe(100)
    expect(uidMap?.get(uid(199))).toBe(100)
    expect(uidsOf(at)).toHaveLength(100)
  })

  it('do nothing for nothing', async () => {
    await using at = await bench({ messages: mails(1) })
    expect(await at.inbox.copy(uids(), 'Archive')).toEqual({})
    expect(await at.inbox.move(uids('77:*'), 'Archive')).toEqual({})
    expect(uidsOf(at)).toEqual([1])
    expect(uidsOf(at, 'Archive')).toEqual([])
  })

  it('reject for a mailbox that is not there', async () => {
    await using at = await bench({ messages: mails(1) })
    await expect(at.inbox.copy(uids(1), 'Nowhere')).rejects.toMatchObject({ responseCode: { name: 'TRYCREATE' } })
    await expect(at.inbox.move(uids(1), 'Nowhere')).rejects.toThrow(ResponseError)
    await expect(at.inbox.move(uids(1), '')).rejects.toThrow(ArgumentError)
    expect(uidsOf(at)).toEqual([1])
  })

  it('without MOVE nothing happens unasked', async () => {
    await using at = await bench({ messages: mails(2), server: { capabilities: without('MOVE') } })
    await expect(at.inbox.move(uids(1), 'Archive')).rejects.toMatchObject({ needs: 'MOVE' })
    expect(at.sent()).toEqual([])
  })

  it('without MOVE, when asked, expunges exactly what it copied', async () => {
    await using at = await bench({ messages: mails(3), server: { capabilities: without('MOVE') } })
    at.outside.store(3, ['\\Deleted'])
    const { uidMap } = await at.inbox.move(uids(1), 'Archive', { allowNonAtomic: true })
    expect(uidMap?.get(uid(1))).toBe(1)
    expect(uidsOf(at)).toEqual([2, 3])
    expect(uidsOf(at, 'Archive')).toEqual([1])
  })

  it('without MOVE and UIDPLUS, when asked, leaves the originals marked', async () => {
    await using at = await bench({ messages: mails(2), server: { capabilities: without('MOVE', 'UIDPLUS') } })
    await at.inbox.move(uids(1), 'Archive', { allowNonAtomic: true })
    expect(flagsOf(at)).toEqual([['\\Deleted'], []])
    expect(uidsOf(at, 'Archive')).toHaveLength(1)
  })

  it('tells when it stopped between copying and deleting', async () => {
    await using at = await bench({ messages: mails(2), server: { capabilities: without('MOVE') } })
    at.server.fault({ command: 'UID STORE', answer: 'NO read-only' })
    const moving = at.inbox.move(uids('1:2'), 'Archive', { allowNonAtomic: true })
    await expect(moving).rejects.toMatchObject({ code: 'ERR_IMAP_PARTIAL_RESULT', done: '', remaining: '1:2' })
  })
})

describe('delete and expunge', () => {
  it('removes exactly what was named', async () => {
    await using at = await bench({ messages: mails(5) })
    at.outside.store(5, ['\\Deleted'])
    expect((await at.inbox.delete(uids('2:3'))).toString()).toBe('2:3')
    expect(uidsOf(at)).toEqual([1, 4, 5])
    expect((await at.inbox.delete(seqs(2))).toString()).toBe('4')
    expect((await at.inbox.delete(uids('900:*'))).toString()).toBe('')
    expect(uidsOf(at)).toEqual([1, 5])
  })

  it('expunges what is marked, or a part of it', async () => {
    await using at = await bench({ messages: mails(4) })
    at.outside.store([1, 2, 3], ['\\Deleted'])
    // EXPUNGE tells numbers; which UIDs these were is known to whoever has seen them.
    await at.inbox.fetch(uids('1:*'), {}).toArray()
    expect((await at.inbox.expunge(uids('2,4'))).toString()).toBe('2')
    expect(uidsOf(at)).toEqual([1, 3, 4])
    expect((await at.inbox.expunge()).toString()).toBe('1,3')
    expect(uidsOf(at)).toEqual([4])
  })

  it('without UIDPLUS nothing happens unasked', async () => {
    await using at = await bench({ messages: mails(3), server: { capabilities: without('UIDPLUS') } })
    at.outside.store(3, ['\\Deleted'])
    await expect(at.inbox.delete(uids(1))).rejects.toThrow(CapabilityError)
    await expect(at.inbox.expunge(uids(1))).rejects.toMatchObject({ needs: 'UIDPLUS' })
    expect(at.sent()).toEqual([])
    await at.inbox.delete(uids(1), { allowFullExpunge: true })
    expect(uidsOf(at)).toEqual([2])
  })

  it('runs as several commands for a long set', async () => {
    await using at = await bench({ messages: mails(200), client: { limits: { commandLine: 120 } } })
    expect((await at.inbox.delete(uids(odd(100)))).size).toBe(100)
    expect(uidsOf(at)).toHaveLength(100)
  })
})

describe('leaving a mailbox', () => {
  it('by close expunges', async () => {
    await using at = await bench({ messages: mails(2) })
    await at.inbox.store(uids(1), { add: ['\\Deleted'] })
    await at.inbox.close()
    expect(uidsOf(at)).toEqual([2])
    expect(at.client.mailbox).toBeNull()
    expect(at.client.state).toBe('authenticated')
  })

  it.each([
    ['UNSELECT', (all: readonly string[]) => all, ['UNSELECT']],
    ['EXAMINE and CLOSE', without('UNSELECT'), ['EXAMINE INBOX', 'CLOSE']],
  ])('by disposing never expunges: %s', async (_how, capabilities, expected) => {
    await using at = await bench({ messages: mails(2), server: { capabilities } })
    await at.inbox.store(uids(1), { add: ['\\Deleted'] })
    at.sent()
    await at.inbox[Symbol.asyncDispose]()
    expect(at.sent()).toEqual(expected)
    expect(uidsOf(at)).toEqual([1, 2])
    expect(at.client.mailbox).toBeNull()
    await at.inbox[Symbol.asyncDispose]()
    expect(at.sent()).toEqual([])
  })

  it('that was opened for reading takes CLOSE alone', async () => {
    await using at = await bench({ messages: mails(1), server: { capabilities: without('UNSELECT') } })
    const inbox = await at.client.examine('INBOX')
    at.sent()
    await inbox.unselect()
    expect(at.sent()).toEqual(['CLOSE'])
  })

  it('does nothing once the connection is gone', async () => {
    await using at = await bench({ messages: mails(1) })
    at.client.close()
    await at.client.closed
    await at.inbox[Symbol.asyncDispose]()
  })

  it('check asks for a checkpoint', async () => {
    await using at = await bench({ messages: mails(1) })
    await at.inbox.check()
    expect(at.sent()).toEqual([at.client.enabled.has('IMAP4REV2') ? 'NOOP' : 'CHECK'])
  })
})

describe('a mailbox that is open for reading', () => {
  it('has no method that changes it, and tells so of itself', async () => {
    await using at = await bench({ messages: mails(2) })
    const inbox: ReadonlyMailbox = await at.client.examine('INBOX')
    for (const name of ['store', 'move', 'delete', 'expunge', 'close']) expect(name in inbox).toBe(false)
    expect(inbox.readOnly).toBe(true)
    expect((await inbox.copy(uids(1), 'Archive')).uidMap?.size).toBe(1)
    expect(await inbox.fetchOne(uid(1), { size: true }, { markSeen: true })).not.toBeNull()
    expect(flagsOf(at)).toEqual([[], []])
  })
})

describe('the view', () => {
  it('is all that console.log shows', async () => {
    await using at = await bench({ messages: mails(2) })
    expect(inspect(at.inbox, { depth: 20 })).toBe('Mailbox { name: "INBOX", exists: 2, readOnly: false }')
    expect(inspect(at.inbox.fetch(uids(1), {}), { depth: 20, showHidden: true })).not.toContain('secret')
  })

  it('is live', async () => {
    await using at = await bench({ messages: mails(2) })
    const { inbox } = at
    expect(inbox).toMatchObject({ name: 'INBOX', exists: 2, uidNext: 3, readOnly: false })
    expect(inbox.uidValidity).toBe(at.outside.uidValidity)
    expect(inbox.highestModSeq).toBe(at.outside.highestModSeq)
    expect(inbox.flags).toEqual(expect.arrayContaining(['\\Seen', '\\Deleted']))
    expect(inbox.permanentFlags).toEqual(expect.arrayContaining(['\\Seen']))
    at.outside.deliverAll(mails(3))
    await at.client.noop()
    expect(inbox.exists).toBe(5)
    at.outside.expunge([1, 2])
    await at.client.noop()
    expect(inbox.exists).toBe(3)
  })
})
