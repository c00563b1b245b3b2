// A server could hold up the process for minutes with one line of a few megabytes: each item looked to the end of it.
import { workOf } from '../security/work.js'
import { describe, expect, it } from 'vitest'
import { decodeText } from '../../src/mime/charset.js'
import { readResponse } from '../../src/protocol.js'

const read = (text: string) => readResponse({ text, literals: [] })

/** How much more work it is to read twice as much. */
async function growth(run: (count: number) => void): Promise<number> {
  run(4000)
  const once = await workOf(() => run(2000))
  return (await workOf(() => run(4000))) / once
}

describe('the work of reading grows no faster than what is read', () => {
  it.each<[string, (count: number) => void]>([
    ['flags that are NIL, again and again', (count) => read(`* 1 FETCH (${'FLAGS NIL '.repeat(count)})`)],
    ['quotes without an end in a response code', (count) => read(`* OK [X ${'\\"'.repeat(count)}`)],
    ['NIL in the place of a flag list of LIST', (count) => read(`* LIST NIL "/" ${'a)'.repeat(count)}`)],
  ])('%s', async (_, run) => {
    expect(await growth(run)).toBeLessThan(2.2)
  })

  // A pattern looked for quotes at the end, from each of the quotes on: many seconds for a name of this length.
  it('quotes in the name of a charset', () => {
    const quotes = "'".repeat(100_000)
    expect(decodeText(Buffer.from('hi'), `x${quotes}x`)).toBe('hi')
  })

  it('the name of a charset in quotes is still found', () => {
    expect(decodeText(Buffer.from([0xe4]), ` "ISO-8859-1" `)).toBe('ä')
  })
})
