import { describe, expect, it } from 'vitest'
import { capabilities, scene, tagged, without } from './tools.js'

describe('UNAUTHENTICATE (RFC 8437)', () => {
  it('leaves nobody logged in, in whatever state', async () => {
    await using at = await scene({ INBOX: [{ raw: 'A: b\n\nx\n', flags: ['\\Deleted'] }] })
    const { client } = at
    expect(await capabilities(client)).toContain('UNAUTHENTICATE')
    expect(await tagged(client, 'UNAUTHENTICATE')).toMatch(/^OK /)
    expect(await tagged(client, 'LIST "" *')).toMatch(/^BAD /)
    expect(await capabilities(client)).toContain('AUTH=PLAIN')
    await client.ok('LOGIN alice secret')
    await client.ok('SELECT INBOX')
    // No EXPUNGE comes of it.
    expect(await client.run('UNAUTHENTICATE')).toEqual([expect.stringMatching(/^OK /)])
    expect(at.server.user('alice').mailbox('INBOX').messages).toHaveLength(1)
    expect(at.server.connections.at(-1)?.user).toBe(null)
  })

  it('takes back what was enabled, and what was saved (§4.1)', async () => {
    await using at = await scene({ INBOX: ['A: b\n\nx\n', 'A: b\n\nx\n'], Entw: [] })
    const { client } = at
    await client.ok('CREATE "Entw&APw-rfe"')
    await client.ok('ENABLE QRESYNC UIDONLY UTF8=ACCEPT')
    await client.ok('SELECT INBOX')
    await client.ok('UID SEARCH RETURN (SAVE) ALL')
    await client.ok('UNAUTHENTICATE')
    await client.ok('LOGIN alice secret')
    expect(await client.ok('LIST "" Entw%rfe')).toEqual(['* LIST (\\HasNoChildren) "/" Entw&APw-rfe'])
    await client.ok('SELECT INBOX')
    expect(await client.ok('FETCH 1 (FLAGS)')).toEqual(['* 1 FETCH (FLAGS ())'])
    expect(await client.ok('SEARCH $')).toEqual(['* SEARCH'])
    at.server.user('alice').mailbox('INBOX').expunge(1)
    expect(await client.ok('NOOP')).toEqual(['* 1 EXPUNGE'])
  })

  it('may have the next login right behind it', async () => {
    await using at = await scene({}, { users: { alice: { password: 'secret' }, bob: { password: 'x' } } })
    const plain = Buffer.from('\0bob\0x').toString('base64')
    at.client.send(`a UNAUTHENTICATE\r\nb AUTHENTICATE PLAIN ${plain}\r\n`)
    expect(await at.client.answer('a')).toEqual([expect.stringMatching(/^OK /)])
    expect(await at.client.answer('b')).toEqual([expect.stringMatching(/^OK /)])
    expect(at.server.connections.at(-1)?.user).toBe('bob')
  })

  it('is refused with BAD where nobody is logged in, with arguments, and where it is not offered', async () => {
    await using at = await scene()
    expect(await tagged(at.client, 'UNAUTHENTICATE now')).toMatch(/^BAD /)
    await at.client.ok('UNAUTHENTICATE')
    expect(await tagged(at.client, 'UNAUTHENTICATE')).toMatch(/^BAD /)
    at.server.setCapabilities(without('UNAUTHENTICATE'))
    await at.client.ok('LOGIN alice secret')
    expect(await tagged(at.client, 'UNAUTHENTICATE')).toMatch(/^BAD /)
  })
})
