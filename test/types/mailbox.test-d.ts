import { describe, expectTypeOf, it } from 'vitest'
import {
  uids,
  type ImapClient,
  type Mailbox,
  type ReadonlyMailbox,
  type SearchWatch,
  type SeqNum,
  type SeqSet,
  type Thread,
  type Uid,
  type UidMap,
  type UidSet,
} from 'imapkit'

declare const client: ImapClient
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

  it('types what extensions return by the options', async () => {
    const found = await inbox.search({ fuzzy: { text: 'a' } }, { return: ['relevancy', 'context'], partial: '1:5' })
    expectTypeOf(found.relevancy).toEqualTypeOf<readonly number[]>()
    expectTypeOf(found.partial).toEqualTypeOf<UidSet>()
    expectTypeOf(found).not.toHaveProperty('context')
    expectTypeOf(found).not.toHaveProperty('all')
    expectTypeOf(inbox.searchSeq({}, { partial: '1:5' }))
      .resolves.toHaveProperty('partial')
      .toEqualTypeOf<SeqSet>()
    const maybe = await inbox.search({}, { partial: found.relevancy.length > 0 ? '1:5' : undefined })
    expectTypeOf(maybe).toExtend<UidSet | { readonly partial?: UidSet }>()
    // @ts-expect-error what nobody would take
    await inbox.search({}, { return: ['update'] })
    // @ts-expect-error no range
    await inbox.search({}, { partial: 5 })
  })

  it('types sorts and threads', async () => {
    expectTypeOf(inbox.sort(['date'])).resolves.toEqualTypeOf<readonly Uid[]>()
    expectTypeOf(inbox.sortSeq(['date'])).resolves.toEqualTypeOf<readonly SeqNum[]>()
    const sorted = await inbox.sort(['displayFrom', { key: 'size', reverse: true }], {}, { return: ['min', 'all'] })
    expectTypeOf(sorted.min).toEqualTypeOf<Uid | null>()
    expectTypeOf(sorted.all).toEqualTypeOf<readonly Uid[]>()
    expectTypeOf(inbox.thread('REFS')).resolves.toEqualTypeOf<readonly Thread[]>()
    expectTypeOf(inbox.watchSearch({})).resolves.toEqualTypeOf<SearchWatch>()
    expectTypeOf((await inbox.watchSort(['date'])).uids).toEqualTypeOf<readonly Uid[]>()
    // @ts-expect-error no key
    await inbox.sort(['colour'])
    // @ts-expect-error SORT saves nothing
    await inbox.sort(['date'], {}, { return: ['save'] })
  })

  it('types searches of several mailboxes', async () => {
    const [all] = await client.searchIn({ personal: true }, {})
    expectTypeOf(all!.all).toEqualTypeOf<UidSet>()
    expectTypeOf(all!.mailbox).toEqualTypeOf<string>()
    const [counted] = await client.searchIn({ mailboxes: 'a' }, {}, { return: ['count'] })
    expectTypeOf(counted!.count).toEqualTypeOf<number>()
    expectTypeOf(counted!).not.toHaveProperty('all')
    // @ts-expect-error no source
    await client.searchIn({ everywhere: true }, {})
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
