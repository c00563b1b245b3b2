import { describe, expect, it } from 'vitest'
import { RawClient } from '../../unit/testing/raw-client.js'
import { capabilities, scene, tagged } from './tools.js'

const url = 'https://example.com/.well-known/jmap'

describe('JMAPACCESS (RFC 9698)', () => {
  it('tells the session resource, and is announced behind the login', async () => {
    await using at = await scene({}, { extensions: { jmapAccess: url } })
    expect(await capabilities(at.client)).toContain('JMAPACCESS')
    expect(await at.client.ok('GETJMAPACCESS')).toEqual([`* JMAPACCESS "${url}"`])
    await at.client.ok('SELECT INBOX')
    expect(await at.client.ok('getjmapaccess')).toEqual([`* JMAPACCESS "${url}"`])
    expect(await tagged(at.client, 'GETJMAPACCESS now')).toMatch(/^BAD /)
    await using early = await RawClient.open({ port: at.server.port })
    expect(await capabilities(early)).not.toContain('JMAPACCESS')
    expect(await tagged(early, 'GETJMAPACCESS')).toMatch(/^BAD /)
    expect(await tagged(early, 'LOGIN alice secret')).toMatch(/^OK \[CAPABILITY [^\]]*\bJMAPACCESS\b/)
  })

  it('is not there without a URL', async () => {
    await using at = await scene()
    expect(await capabilities(at.client)).not.toContain('JMAPACCESS')
    expect(await tagged(at.client, 'GETJMAPACCESS')).toMatch(/^BAD /)
    at.server.setCapabilities((all) => [...all, 'JMAPACCESS'])
    expect(await capabilities(at.client)).not.toContain('JMAPACCESS')
    expect(await tagged(at.client, 'GETJMAPACCESS')).toMatch(/^BAD /)
  })

  it('needs OBJECTID', async () => {
    await using at = await scene({}, { extensions: { jmapAccess: url } })
    at.server.setCapabilities((all) => all.filter((each) => each !== 'OBJECTID'))
    expect(await capabilities(at.client)).not.toContain('JMAPACCESS')
    expect(await tagged(at.client, 'GETJMAPACCESS')).toMatch(/^BAD /)
  })
})
