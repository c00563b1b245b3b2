import { describe, expect, it } from 'vitest'
import { capabilities, scene, tagged, without } from './tools.js'

const mails = (count: number): string[] => Array.from({ length: count }, () => 'A: b\n\nx\n')

describe('UIDBATCHES (RFC 10022)', () => {
  it('cuts the mailbox into ranges of UIDs, the newest first', async () => {
    await using at = await scene({ INBOX: mails(1200) })
    const { client } = at
    const inbox = at.server.user('alice').mailbox('INBOX')
    inbox.skipTo(2001)
    inbox.deliverAll(mails(100))
    inbox.expunge(Array.from({ length: 200 }, (_, i) => 501 + i))
    expect(await capabilities(client)).toContain('UIDBATCHES')
    await client.ok('SELECT INBOX')
    client.send('A143 UIDBATCHES 500\r\n')
    // 1100 messages: 100 and 400, then 300 and 200 with a gap between them, then the rest.
    expect(await client.answer('A143')).toEqual([
      '* UIDBATCHES (TAG "A143") 2100:801,800:101,100:1',
      'OK UIDBATCHES completed',
    ])
    client.send('x UIDBATCHES 500 2:3\r\n')
    expect((await client.answer('x'))[0]).toBe('* UIDBATCHES (TAG "x") 800:101,100:1')
    client.send('y UIDBATCHES 500 4:9\r\n')
    expect((await client.answer('y'))[0]).toBe('* UIDBATCHES (TAG "y")')
    client.send('z UIDBATCHES 5000\r\n')
    expect((await client.answer('z'))[0]).toBe('* UIDBATCHES (TAG "z") 2100:1')
  })

  it('answers for an empty mailbox', async () => {
    await using at = await scene()
    await at.client.ok('SELECT INBOX')
    expect((await at.client.ok('UIDBATCHES 2000'))[0]).toMatch(/^\* UIDBATCHES \(TAG "t\d+"\)$/)
  })

  it.each([
    ['UIDBATCHES 499', /^NO \[TOOFEW\]/],
    ['UIDBATCHES 1000 1:101', /^NO \[TOOMANY\]/],
    ['UIDBATCHES 1000 101:1', /^NO \[TOOMANY\]/],
    ['UIDBATCHES 1000 1:100', /^OK/],
    ['UIDBATCHES', /^BAD /],
    ['UIDBATCHES 0', /^BAD /],
    ['UIDBATCHES 1000 1', /^BAD /],
    ['UIDBATCHES 1000 0:1', /^BAD /],
    ['UIDBATCHES 1000 1:*', /^BAD /],
    ['UIDBATCHES 1000 1:2 x', /^BAD /],
  ])('%s', async (command, result) => {
    await using at = await scene({ INBOX: mails(2) })
    expect(await tagged(at.client, command)).toMatch(/^BAD /)
    await at.client.ok('SELECT INBOX')
    expect(await tagged(at.client, command)).toMatch(result)
  })

  it('is not asked again, unless more than half a batch came or went or another mailbox was open', async () => {
    await using at = await scene({ INBOX: mails(600), foo: [] })
    const { client } = at
    const inbox = at.server.user('alice').mailbox('INBOX')
    await client.ok('SELECT INBOX')
    await client.ok('UIDBATCHES 500')
    expect(await tagged(client, 'UIDBATCHES 500')).toMatch(/^NO \[LIMIT\]/)
    inbox.deliverAll(mails(250))
    expect(await tagged(client, 'UIDBATCHES 500')).toMatch(/^NO \[LIMIT\]/)
    inbox.deliver('A: b\n\nx\n')
    expect(await tagged(client, 'UIDBATCHES 500')).toMatch(/^OK/)
    inbox.expunge(Array.from({ length: 251 }, (_, i) => i + 1))
    expect(await tagged(client, 'UIDBATCHES 500')).toMatch(/^OK/)
    expect(await tagged(client, 'UIDBATCHES 500')).toMatch(/^NO \[LIMIT\]/)
    await client.ok('SELECT foo')
    await client.ok('SELECT INBOX')
    expect(await tagged(client, 'UIDBATCHES 500')).toMatch(/^OK/)
  })

  it('is not there unless it is offered', async () => {
    await using at = await scene({}, { capabilities: without('UIDBATCHES') })
    await at.client.ok('SELECT INBOX')
    expect(await tagged(at.client, 'UIDBATCHES 1000')).toMatch(/^BAD /)
  })
})
