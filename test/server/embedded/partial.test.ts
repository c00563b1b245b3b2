import { describe, expect, it } from 'vitest'
import { scene, tagged, without } from './tools.js'

const box = { INBOX: Array.from({ length: 10 }, (_, i) => `Subject: ${i + 1}\n\nx\n`) }
const bare = (lines: readonly string[]) => lines.map((line) => line.replace(/^\* ESEARCH \(TAG "[^"]*"\)/, ''))

describe('PARTIAL (RFC 9394)', () => {
  it.each([
    ['PARTIAL 1:3', ' UID PARTIAL (1:3 2,4:5)'],
    ['PARTIAL 3:1', ' UID PARTIAL (3:1 2,4:5)'],
    ['PARTIAL 8:20', ' UID PARTIAL (8:20 10)'],
    ['PARTIAL 9:20', ' UID PARTIAL (9:20 NIL)'],
    ['PARTIAL -1:-3', ' UID PARTIAL (-1:-3 8:10)'],
    ['PARTIAL -3:-2', ' UID PARTIAL (-3:-2 8:9)'],
    ['PARTIAL -7:-100', ' UID PARTIAL (-7:-100 2,4)'],
    ['PARTIAL -9:-100', ' UID PARTIAL (-9:-100 NIL)'],
    ['MIN COUNT PARTIAL 2:2', ' UID MIN 2 COUNT 8 PARTIAL (2:2 4)'],
  ])('SEARCH RETURN (%s)', async (options, expected) => {
    await using at = await scene(box)
    await at.client.ok('SELECT INBOX')
    expect(bare(await at.client.ok(`UID SEARCH RETURN (${options}) 2,4:10`))).toEqual([expected])
  })

  it.each([
    ['SAVE PARTIAL 2:3', '3 4'],
    ['SAVE PARTIAL 2:3 MIN', '2 3 4'],
    ['SAVE PARTIAL -3:-2 MAX', '8 9 10'],
    ['SAVE PARTIAL 2:3 MIN MAX', '2 3 4 10'],
    ['SAVE PARTIAL 2:3 COUNT', '2 3 4 5 6 7 8 9 10'],
    ['SAVE PARTIAL 2:3 COUNT MIN', '2 3 4 5 6 7 8 9 10'],
  ])('with %s, "$" stands for %s', async (options, expected) => {
    await using at = await scene(box)
    await at.client.ok('SELECT INBOX')
    await at.client.ok(`UID SEARCH RETURN (${options}) 2:10`)
    expect(await at.client.ok('SEARCH $')).toEqual([`* SEARCH ${expected}`])
  })

  it('picks the messages of UID FETCH, ahead of CHANGEDSINCE', async () => {
    await using at = await scene(box)
    const { client } = at
    await client.ok('SELECT INBOX')
    expect(await client.ok('UID FETCH 3:8 (UID) (PARTIAL -1:-2)')).toEqual(['* 7 FETCH (UID 7)', '* 8 FETCH (UID 8)'])
    expect(await client.ok('UID FETCH 3:8 (UID) (PARTIAL 1:2)')).toEqual(['* 3 FETCH (UID 3)', '* 4 FETCH (UID 4)'])
    expect(await client.ok('UID FETCH 3:8 (UID) (PARTIAL 7:9)')).toEqual([])
    await client.ok('STORE 4,8 +FLAGS.SILENT (\\Seen)')
    for (const modifiers of ['PARTIAL -1:-3 CHANGEDSINCE 2', 'CHANGEDSINCE 2 PARTIAL -1:-3']) {
      const lines = await client.ok(`UID FETCH 3:8 (UID) (${modifiers})`)
      expect(lines.filter((line) => line.includes('FETCH'))).toEqual(['* 8 FETCH (UID 8 MODSEQ (3))'])
    }
    expect(await tagged(client, 'FETCH 3:8 (UID) (PARTIAL 1:2)')).toMatch(/^BAD /)
  })

  it.each([
    'PARTIAL',
    'PARTIAL 1',
    'PARTIAL 0:1',
    'PARTIAL 1:*',
    'PARTIAL -1:2',
    'PARTIAL 1:-2',
    'PARTIAL (1:2)',
    'PARTIAL 1:2 ALL',
    'ALL PARTIAL 1:2',
    'PARTIAL 1:2 PARTIAL 3:4',
  ])('does not take RETURN (%s)', async (options) => {
    await using at = await scene(box)
    await at.client.ok('SELECT INBOX')
    expect(await tagged(at.client, `SEARCH RETURN (${options}) ALL`)).toMatch(/^BAD /)
  })

  it('is not there unless it is offered; CONTEXT=SEARCH has the ranges from the start', async () => {
    await using at = await scene(box, { capabilities: without('PARTIAL') })
    const { client, server } = at
    await client.ok('SELECT INBOX')
    expect(await tagged(client, 'UID FETCH 3:8 (UID) (PARTIAL 1:2)')).toMatch(/^BAD /)
    server.setCapabilities(['IMAP4rev1', 'CONTEXT=SEARCH'])
    expect(bare(await client.ok('SEARCH RETURN (PARTIAL 2:3) ALL'))).toEqual([' PARTIAL (2:3 2:3)'])
    expect(await tagged(client, 'SEARCH RETURN (PARTIAL -2:-3) ALL')).toMatch(/^BAD /)
    server.setCapabilities(['IMAP4rev1', 'ESEARCH'])
    expect(await tagged(client, 'SEARCH RETURN (PARTIAL 2:3) ALL')).toMatch(/^BAD /)
  })
})
