import { describe, expect, it } from 'vitest'
import { similarity } from '../../../src/testing/search/fuzzy.js'
import { scene, tagged, without } from './tools.js'

const mail = (subject: string) => `From: dave@x.org\nSubject: ${subject}\n\nx\n`
const box = {
  INBOX: ['hello world', 'Break of IMAP', 'IMAP has breaks', 'the IMAP break', 'Helo', 'nothing'].map(mail),
}

describe('SEARCH=FUZZY (RFC 6203)', () => {
  it('finds what is alike, and tells how much', async () => {
    await using at = await scene(box)
    const { client } = at
    await client.ok('SELECT INBOX')
    expect(await client.ok('SEARCH FUZZY (SUBJECT "IMAP break")')).toEqual(['* SEARCH 2 3 4'])
    expect(await client.ok('SEARCH FUZZY SUBJECT "Helo" FROM dave@x.org')).toEqual(['* SEARCH 1 5'])
    expect(await client.ok('SEARCH FUZZY SUBJECT "Helo" FROM dive@x.org')).toEqual(['* SEARCH'])
    expect(await client.ok('SEARCH NOT FUZZY SUBJECT "IMAP break"')).toEqual(['* SEARCH 1 5 6'])
    const [line] = await client.ok('SEARCH RETURN (RELEVANCY ALL) FUZZY TEXT "Helo"')
    expect(line).toMatch(/ RELEVANCY \(80 100\) ALL 1,5$/)
    expect(await client.ok('SORT (RELEVANCY) UTF-8 FUZZY SUBJECT "Helo"')).toEqual(['* SORT 5 1'])
    const [sorted] = await client.ok('SORT RETURN (RELEVANCY PARTIAL 1:2) (RELEVANCY) UTF-8 FUZZY SUBJECT "IMAP break"')
    expect(sorted).toMatch(/ RELEVANCY \(100 99 \d+\) PARTIAL \(1:2 4,2\)$/)
    expect((await client.ok('SEARCH RETURN (RELEVANCY) FUZZY 1:2'))[0]).toMatch(/ RELEVANCY \(100 100\)$/)
    expect((await client.ok('SEARCH RETURN (RELEVANCY) FUZZY FLAGGED'))[0]).toMatch(/ RELEVANCY \(\)$/)
  })

  it('needs the key for its scores', async () => {
    await using at = await scene(box)
    await at.client.ok('SELECT INBOX')
    expect(await tagged(at.client, 'SEARCH RETURN (RELEVANCY ALL) SUBJECT Helo')).toMatch(/^BAD /)
    expect(await tagged(at.client, 'SORT (RELEVANCY) UTF-8 ALL')).toMatch(/^BAD /)
    expect(await tagged(at.client, 'SEARCH FUZZY')).toMatch(/^BAD /)
  })

  it('is not there unless it is offered', async () => {
    await using at = await scene(box, { capabilities: without('SEARCH=FUZZY') })
    await at.client.ok('SELECT INBOX')
    for (const command of ['SEARCH FUZZY ALL', 'SEARCH RETURN (RELEVANCY) ALL', 'SORT (RELEVANCY) UTF-8 ALL']) {
      expect(`${command}: ${await tagged(at.client, command)}`).toMatch(/: BAD /)
    }
  })

  it('takes no time to speak of for long words', () => {
    const started = performance.now()
    expect(similarity(`${'a'.repeat(100_000)} ${'ab '.repeat(50_000)}`, 'b'.repeat(100_000))).toBe(0)
    expect(performance.now() - started).toBeLessThan(1000)
  })
})
