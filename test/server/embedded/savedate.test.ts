import { describe, expect, it } from 'vitest'
import { scene, tagged, without } from './tools.js'

const saved = (day: string) => ({
  raw: 'A: b\n\nx\n',
  internalDate: new Date('2001-01-01T00:00:00Z'),
  savedDate: new Date(`${day}T23:30:00.500Z`),
})

describe('SAVEDATE (RFC 8514)', () => {
  it('tells when a message came into its mailbox', async () => {
    await using at = await scene({ INBOX: [saved('2014-12-28')], box: [] })
    const { client } = at
    await client.ok('SELECT INBOX')
    expect(await client.ok('FETCH 1 (SAVEDATE)')).toEqual(['* 1 FETCH (SAVEDATE "28-Dec-2014 23:30:00 +0000")'])
  })

  it('is new for a copy, and for a message that is moved', async () => {
    await using at = await scene({ INBOX: [saved('2014-12-28')], box: [] })
    const { client } = at
    const start = Math.floor(Date.now() / 1000) * 1000
    await client.ok('SELECT INBOX')
    await client.ok('COPY 1 box')
    await client.ok('FETCH 1 SAVEDATE')
    await client.ok('MOVE 1 box')
    await client.ok('SELECT box')
    const dates = (await client.ok('FETCH 1:2 SAVEDATE')).map((line) => /"([^"]*)"/.exec(line)?.[1] ?? '')
    for (const date of dates) expect(Date.parse(date)).toBeGreaterThanOrEqual(start)
    expect(await client.ok('FETCH 2 INTERNALDATE')).toEqual(['* 2 FETCH (INTERNALDATE " 1-Jan-2001 00:00:00 +0000")'])
  })

  it('is searched by day', async () => {
    await using at = await scene({ INBOX: [saved('2014-12-27'), saved('2014-12-28'), saved('2014-12-29')] })
    const { client } = at
    await client.ok('SELECT INBOX')
    expect(await client.ok('SEARCH SAVEDON 28-Dec-2014')).toEqual(['* SEARCH 2'])
    expect(await client.ok('SEARCH SAVEDSINCE 28-Dec-2014')).toEqual(['* SEARCH 2 3'])
    expect(await client.ok('SEARCH SAVEDBEFORE "28-Dec-2014"')).toEqual(['* SEARCH 1'])
    expect(await client.ok('SEARCH SAVEDATESUPPORTED')).toEqual(['* SEARCH 1 2 3'])
    expect(await tagged(client, 'SEARCH SAVEDON yesterday')).toMatch(/^BAD /)
  })

  it('is not there unless it is offered', async () => {
    await using at = await scene({ INBOX: ['A: b\n\nx\n'] }, { capabilities: without('SAVEDATE') })
    await at.client.ok('SELECT INBOX')
    for (const command of ['FETCH 1 SAVEDATE', 'SEARCH SAVEDATESUPPORTED', 'SEARCH SAVEDON 1-Jan-2026']) {
      expect(await tagged(at.client, command)).toMatch(/^BAD /)
    }
  })
})
