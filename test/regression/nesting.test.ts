import { describe, expect, it } from 'vitest'
import type { FetchResponse } from '../../src/model/response.js'
import { readResponse } from '../../src/protocol.js'

const LEAF = '("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1)'

/** The structure of a message with so many multiparts, one in the other. */
function nested(levels: number): string {
  return '('.repeat(levels) + LEAF + ' "MIXED")'.repeat(levels)
}

function fetched(text: string, literals: readonly Uint8Array[] = []): FetchResponse['data'] {
  const response = readResponse({ text, literals })
  expect(response.kind === 'untagged' && response.type).toBe('FETCH')
  return (response as FetchResponse).data
}

// A sender could hide a message: its whole answer was refused, and it counted as one that does not exist.
describe('A message that is nested deeper than limits.nesting', () => {
  it.each([98, 99])('is read up to the limit: %d multiparts', (levels) => {
    const data = fetched(`* 1 FETCH (UID 5 BODYSTRUCTURE ${nested(levels)} FLAGS (\\Seen))`)
    expect(data.bodyStructure?.kind).toBe('multipart')
    expect(data.defects).toBeUndefined()
  })

  it.each([100, 101, 5000])('costs no more than its structure: %d multiparts', (levels) => {
    const data = fetched(`* 1 FETCH (UID 5 BODYSTRUCTURE ${nested(levels)} FLAGS (\\Seen))`)
    expect(data).toMatchObject({ uid: 5, flags: ['\\Seen'] })
    expect(data.bodyStructure).toBeUndefined()
    expect(data.defects).toEqual([{ item: 'BODYSTRUCTURE', message: expect.stringContaining('100 levels') as string }])
  })

  it('may hold literals, and an item that nobody knows', () => {
    const deep = '('.repeat(200) + '{3} "a)b"' + ')'.repeat(200)
    const data = fetched(`* 1 FETCH (X-NEW ${deep} BODYSTRUCTURE ${deep} BODY[TEXT] {2} UID 7)`, [
      Buffer.from('abc'),
      Buffer.from('def'),
      Buffer.from('hi'),
    ])
    expect(data.uid).toBe(7)
    expect(data.sections?.[0]?.bytes).toEqual(Buffer.from('hi'))
    expect(data.defects?.map(({ item }) => item)).toEqual(['BODYSTRUCTURE'])
  })

  it('leaves the messages after it their depth', () => {
    const deep = `BODYSTRUCTURE ${nested(150)} `
    const data = fetched(`* 1 FETCH (${deep.repeat(300)}BODYSTRUCTURE ${nested(99)} UID 8)`)
    expect(data.uid).toBe(8)
    expect(data.bodyStructure?.kind).toBe('multipart')
    expect(data.defects).toHaveLength(300)
  })
})
