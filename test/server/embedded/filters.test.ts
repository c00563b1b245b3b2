import { describe, expect, it } from 'vitest'
import { scene, tagged, without } from './tools.js'

const mail = (from: string, size = 1) => `From: ${from}\nSubject: Grüße\n\n${'x'.repeat(size)}\n`
const box = { INBOX: [mail('boss@example.com', 6000), mail('eve@example.com', 6000), mail('eve@example.com')] }
const filters = {
  'on-the-road': 'OR SMALLER 5000 FROM "boss@example.com"',
  greeting: 'SUBJECT "grüße"',
  one: 'FILTER two',
  two: 'NOT FILTER three',
  three: 'FILTER on-the-road FILTER greeting',
  loop: 'FUZZY FILTER pool',
  pool: 'FILTER loop',
  broken: 'OR SMALLER 5000',
  open: '(SEEN',
}

describe('FILTERS (RFC 5466)', () => {
  it('puts what a filter holds in its place', async () => {
    await using at = await scene(box, { extensions: { filters } })
    const { client } = at
    await client.ok('SELECT INBOX')
    expect(await client.ok('SEARCH UID 1:900 FILTER on-the-road SINCE "3-Dec-2002"')).toEqual(['* SEARCH 1 3'])
    expect(await client.ok('SEARCH NOT FILTER on-the-road')).toEqual(['* SEARCH 2'])
    expect(await client.ok('UID SEARCH CHARSET US-ASCII FILTER greeting FILTER on-the-road')).toEqual(['* SEARCH 1 3'])
    expect(await client.ok('SEARCH FILTER one')).toEqual(['* SEARCH 2'])
  })

  it('takes what SETMETADATA has stored, private ahead of shared', async () => {
    await using at = await scene(box, { extensions: { filters } })
    const { client } = at
    expect(await client.ok('GETMETADATA "" /shared/filters/values/greeting')).toEqual([
      '* METADATA "" (/shared/filters/values/greeting {17}',
      Buffer.from('SUBJECT "grüße")').toString('latin1'),
    ])
    await client.ok('SELECT INBOX')
    const value = '"OR SMALLER 5000 FROM \\"eve@example.com\\""'
    await client.ok(`SETMETADATA "" (/private/filters/values/on-the-road ${value})`)
    expect(await client.ok('SEARCH FILTER On-The-Road')).toEqual(['* SEARCH 2 3'])
    await client.ok('SETMETADATA "" (/private/filters/values/on-the-road NIL)')
    expect(await client.ok('SEARCH FILTER on-the-road')).toEqual(['* SEARCH 1 3'])
    await client.ok('SETMETADATA "" (/shared/filters/values/on-the-road NIL)')
    expect(await tagged(client, 'SEARCH FILTER on-the-road')).toMatch(/^NO \[UNDEFINED-FILTER on-the-road\] /)
  })

  it('refuses filters that are not there, or make no sense', async () => {
    await using at = await scene(box, { extensions: { filters } })
    const { client } = at
    await client.ok('SELECT INBOX')
    expect(await tagged(client, 'SEARCH FILTER none')).toMatch(/^NO \[UNDEFINED-FILTER none\] /)
    expect(await tagged(client, 'SEARCH FILTER loop')).toMatch(/^NO \[UNDEFINED-FILTER loop\] /)
    expect(await tagged(client, 'SEARCH FILTER broken')).toMatch(/^NO The filter broken /)
    expect(await tagged(client, 'SEARCH FILTER open')).toMatch(/^NO The filter open /)
    expect(await tagged(client, 'SEARCH CHARSET ISO-8859-1 FILTER one')).toMatch(/^BAD \[BADCHARSET/)
    for (const broken of ['SEARCH FILTER', 'SEARCH FILTER a/b', 'SEARCH FILTER "one"']) {
      expect(`${broken}: ${await tagged(client, broken)}`).toMatch(/: BAD /)
    }
    // What failed has left nothing behind.
    expect(await client.ok('SEARCH FILTER one')).toEqual(['* SEARCH 2'])
  })

  it('is not there unless it is offered', async () => {
    await using at = await scene(box, { extensions: { filters }, capabilities: without('FILTERS') })
    await at.client.ok('SELECT INBOX')
    expect(await tagged(at.client, 'SEARCH FILTER one')).toMatch(/^BAD /)
  })
})
