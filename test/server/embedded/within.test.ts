import { describe, expect, it } from 'vitest'
import { scene, tagged, without } from './tools.js'

const ago = (seconds: number) => ({ raw: 'A: b\n\nx\n', internalDate: new Date(Date.now() - seconds * 1000) })

describe('WITHIN (RFC 5032)', () => {
  it('finds by the age of INTERNALDATE', async () => {
    await using at = await scene({ INBOX: [ago(1_000_000), ago(200_000), ago(10)] })
    await at.client.ok('SELECT INBOX')
    expect(await at.client.ok('SEARCH UNSEEN YOUNGER 259200')).toEqual(['* SEARCH 2 3'])
    expect(await at.client.ok('SEARCH OLDER 259200')).toEqual(['* SEARCH 1'])
    expect(await at.client.ok('SEARCH OLDER 100000 YOUNGER 300000')).toEqual(['* SEARCH 2'])
    expect(await at.client.ok('SEARCH NOT OLDER 4294967295')).toEqual(['* SEARCH 1 2 3'])
  })

  it.each(['0', '-1', '4294967296', '1.5', '""', ''])('takes no interval of %j', async (interval) => {
    await using at = await scene()
    await at.client.ok('SELECT INBOX')
    expect(await tagged(at.client, `SEARCH YOUNGER ${interval}`)).toMatch(/^BAD /)
  })

  it('is not there unless it is offered', async () => {
    await using at = await scene({}, { capabilities: without('WITHIN') })
    await at.client.ok('SELECT INBOX')
    expect(await tagged(at.client, 'SEARCH OLDER 1')).toMatch(/^BAD /)
  })
})
