import { describe, expect, it } from 'vitest'
import { capabilities, scene } from './tools.js'

describe('IMAPSIEVE= (RFC 6785)', () => {
  it('is announced with the URL that somebody names, and not by itself', async () => {
    await using at = await scene()
    expect((await capabilities(at.client)).join(' ')).not.toContain('IMAPSIEVE')
    at.server.setCapabilities((all) => [...all, 'IMAPSIEVE=sieve://sieve.example.com'])
    expect(await capabilities(at.client)).toContain('IMAPSIEVE=sieve://sieve.example.com')
  })

  it('keeps the names of scripts of mailboxes and of the server', async () => {
    await using at = await scene({}, { capabilities: (all) => [...all, 'IMAPSIEVE=sieve://sieve.example.com'] })
    const { client } = at
    await client.ok('SETMETADATA INBOX (/shared/imapsieve/script "files")')
    await client.ok('SETMETADATA "" (/shared/imapsieve/script "")')
    expect(await client.ok('GETMETADATA INBOX /shared/imapsieve/script')).toEqual([
      '* METADATA INBOX (/shared/imapsieve/script "files")',
    ])
    expect(await client.ok('GETMETADATA "" /shared/imapsieve/script')).toEqual([
      '* METADATA "" (/shared/imapsieve/script "")',
    ])
  })
})
