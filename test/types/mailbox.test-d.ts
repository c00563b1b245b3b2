import { describe, expectTypeOf, it } from 'vitest'
import { uids, type Mailbox, type ReadonlyMailbox, type SeqSet, type Uid, type UidMap, type UidSet } from 'imapkit'

declare const inbox: Mailbox
declare const archive: ReadonlyMailbox
declare const uid: Uid

describe('a mailbox that is open for reading', () => {
  it('has nothing that changes it', () => {
    // @ts-expect-error no flags
    archive.store
    // @ts-expect-error no moving
    archive.move
    // @ts-expect-error no deleting
    archive.delete
    // @ts-expect-error no expunging
    archive.expunge
    // @ts-expect-error CLOSE expunges
    archive.close
    expectTypeOf(archive.copy).toBeFunction()
  })

  it('is what every mailbox can be taken for, and not the other way round', () => {
    expectTypeOf(inbox).toExtend<ReadonlyMailbox>()
    expectTypeOf(archive).not.toExtend<Mailbox>()
  })
})

describe('searching', () => {
  it('gives a set, or what was asked for', () => {
    expectTypeOf(inbox.search({ seen: false })).resolves.toEqualTypeOf<UidSet>()
    expectTypeOf(inbox.searchSeq({ seen: false })).resolves.toEqualTypeOf<SeqSet>()
    const found = inbox.search({}, { return: ['count', 'min'] })
    expectTypeOf(found).resolves.toHaveProperty('count').toEqualTypeOf<number>()
    expectTypeOf(found).resolves.toHaveProperty('min').toEqualTypeOf<Uid | null>()
    expectTypeOf(found).resolves.not.toHaveProperty('all')
    expectTypeOf(inbox.search({}, { signal: AbortSignal.abort() })).resolves.toEqualTypeOf<UidSet>()
  })

  it('knows its keys', () => {
    // @ts-expect-error the key is called seen
    inbox.search({ unseen: true })
    // @ts-expect-error a bare number is no set
    inbox.search({ uid: 7 })
  })
})

describe('changing', () => {
  it('tells what became of it', () => {
    expectTypeOf(inbox.store(uid, { add: ['\\Seen'] })).resolves.toEqualTypeOf<{ readonly modified: UidSet }>()
    expectTypeOf(inbox.move(uids(1), 'Archive')).resolves.toEqualTypeOf<{ readonly uidMap?: UidMap }>()
    expectTypeOf(inbox.delete(uids(1))).resolves.toEqualTypeOf<UidSet>()
    expectTypeOf(inbox.expunge()).resolves.toEqualTypeOf<UidSet>()
  })
})
