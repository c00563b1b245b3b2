import { describe, expectTypeOf, it } from 'vitest'
import type { ResponseCode, Uid } from 'imapkit'

declare const code: ResponseCode

describe('the name of a response code tells what it carries', () => {
  it('data of an extension', () => {
    if (code.name === 'MESSAGELIMIT') {
      expectTypeOf(code.limit).toEqualTypeOf<number>()
      expectTypeOf(code.uid).toEqualTypeOf<Uid | undefined>()
    }
    if (code.name === 'REFERRAL') expectTypeOf(code.urls).toEqualTypeOf<readonly string[]>()
    if (code.name === 'UNDEFINED-FILTER') expectTypeOf(code.filter).toEqualTypeOf<string>()
  })

  it('a code of several forms narrows further', () => {
    if (code.name !== 'METADATA') return
    // @ts-expect-error TOOMANY has no size
    code.size
    if (code.problem === 'MAXSIZE') expectTypeOf(code.size).toEqualTypeOf<number>()
  })

  it('a plain code carries nothing, an unknown one its text', () => {
    // @ts-expect-error nothing is told of the size
    if (code.name === 'TOOBIG') code.size
    if (code.name === 'OTHER') expectTypeOf(code.text).toEqualTypeOf<string>()
  })

  it('a name that is no code is a mistake', () => {
    // @ts-expect-error no such code
    expectTypeOf(code.name === 'MAILBOX-ID').toEqualTypeOf<boolean>()
  })
})
