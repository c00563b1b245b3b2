import { describe, expectTypeOf, it } from 'vitest'
import {
  headers,
  section,
  seqs,
  uids,
  type BodyStructure,
  type Envelope,
  type FetchQuery,
  type Flag,
  type Mailbox,
  type SeqNum,
  type Uid,
} from 'imapkit'

declare const inbox: Mailbox
declare const uid: Uid
declare const maybe: boolean
declare const wide: FetchQuery
declare const optional: { readonly flags?: true; readonly size: true }

describe('what a query asks for is what a message holds', () => {
  it('a literal true makes an item present', async () => {
    const m = await inbox.fetch(uids('1:*'), { envelope: true, flags: true, size: true, internalDate: true }).first()
    if (m === undefined) return
    expectTypeOf(m.uid).toEqualTypeOf<Uid>()
    expectTypeOf(m.seq).toEqualTypeOf<SeqNum | undefined>()
    expectTypeOf(m.envelope).toEqualTypeOf<Envelope>()
    expectTypeOf(m.flags).toEqualTypeOf<readonly Flag[]>()
    expectTypeOf(m.size).toEqualTypeOf<number>()
    expectTypeOf(m.internalDate).toEqualTypeOf<Date | null>()
  })

  it('every item has its own type', async () => {
    const m = await inbox.fetchOne(uid, { bodyStructure: true, modSeq: true })
    if (m === null) return
    expectTypeOf(m.bodyStructure).toEqualTypeOf<BodyStructure>()
    expectTypeOf(m.modSeq).toEqualTypeOf<bigint>()
  })

  it('an item that was not asked for is no property', async () => {
    const m = await inbox.fetchOne(uid, { flags: true })
    if (m === null) return
    // @ts-expect-error the structure was not asked for
    m.bodyStructure
    // @ts-expect-error no sections were asked for
    m.sections
  })

  it('an empty query gives the UID', async () => {
    const m = await inbox.fetchOne(uid, {})
    if (m === null) return
    expectTypeOf(m.uid).toEqualTypeOf<Uid>()
    // @ts-expect-error nothing else was asked for
    m.flags
  })

  it('a widened value may be there', async () => {
    const m = await inbox.fetchOne(uid, { flags: maybe, size: true })
    if (m === null) return
    expectTypeOf(m.flags).toEqualTypeOf<readonly Flag[] | undefined>()
    expectTypeOf(m.size).toEqualTypeOf<number>()
  })

  it('an optional key may be there', async () => {
    const m = await inbox.fetchOne(uid, optional)
    if (m === null) return
    expectTypeOf(m.flags).toEqualTypeOf<readonly Flag[] | undefined>()
    expectTypeOf(m.size).toEqualTypeOf<number>()
  })

  it('false and undefined ask for nothing', async () => {
    const m = await inbox.fetchOne(uid, { flags: false, size: undefined })
    if (m === null) return
    expectTypeOf(m.flags).toEqualTypeOf<undefined>()
    expectTypeOf(m.size).toEqualTypeOf<undefined>()
  })

  it('of a query that is only known as one, nothing is certain', async () => {
    const m = await inbox.fetchOne(uid, wide)
    if (m === null) return
    expectTypeOf(m.envelope).toEqualTypeOf<Envelope | undefined>()
    expectTypeOf(m.flags).toEqualTypeOf<readonly Flag[] | undefined>()
  })

  it('sections are typed by how they are read', async () => {
    const m = await inbox.fetchOne(uid, { sections: { all: section(), list: headers('List-Id') } })
    if (m === null) return
    expectTypeOf(m.sections.all).toEqualTypeOf<Uint8Array | null>()
    expectTypeOf(m.sections.list?.get('list-id')).toEqualTypeOf<string | undefined>()
    // @ts-expect-error no section has this name
    m.sections.other
  })
})

describe('a query that is wrong does not compile', () => {
  it('an unknown key beside known ones', () => {
    // @ts-expect-error the item is called envelope
    inbox.fetch(uids('1:*'), { flags: true, envelop: true })
    // @ts-expect-error the item is called envelope
    inbox.fetchOne(uid, { envelop: true })
    const query = { flags: true, envelop: true } as const
    // @ts-expect-error also when it is no literal
    inbox.fetchOne(uid, query)
  })

  it('a value that asks for nothing known', () => {
    // @ts-expect-error items are asked for by true
    inbox.fetchOne(uid, { flags: 'yes' })
    // @ts-expect-error sections are made by section() and headers()
    inbox.fetchOne(uid, { sections: { all: '1.2' } })
  })
})

describe('sets', () => {
  it('a bare number is none', () => {
    // @ts-expect-error nobody knows whether 7 is a UID
    inbox.fetch(7, { flags: true })
    // @ts-expect-error nor here
    inbox.fetchOne(7, { flags: true })
    // @ts-expect-error nor here
    inbox.store(7, { add: ['\\Seen'] })
    // @ts-expect-error text is no set either
    inbox.stream('1:*')
  })

  it('a sequence number is no UID', () => {
    for (const seq of seqs('1:3')) {
      // @ts-expect-error it moves
      inbox.fetchOne(seq, { flags: true })
    }
  })

  it('a Uid is a set of one, and iterating a set gives Uids', () => {
    for (const one of uids('1:3')) inbox.stream(one)
    inbox.fetch(seqs('1:*'), { flags: true })
  })
})

describe('the forms of a result', () => {
  it('are of the same message', () => {
    const stream = inbox.fetch(uids('1:*'), { size: true })
    expectTypeOf(stream.toArray()).resolves.items.toHaveProperty('size').toEqualTypeOf<number>()
    expectTypeOf(stream.first()).resolves.toEqualTypeOf<
      Awaited<ReturnType<typeof stream.toArray>>[number] | undefined
    >()
    expectTypeOf(stream.batches()).toExtend<AsyncIterable<readonly { readonly size: number }[]>>()
  })

  it('may not be written to', async () => {
    const m = await inbox.fetchOne(uid, { flags: true })
    if (m === null) return
    // @ts-expect-error a message is what the server told
    m.flags = []
  })
})
