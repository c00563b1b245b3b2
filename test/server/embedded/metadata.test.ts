import { describe, expect, it } from 'vitest'
import { RawClient } from '../../unit/testing/raw-client.js'
import type { ServerOptions } from 'imapkit/testing'
import { scene, tagged, without } from './tools.js'

const metadata = (options: NonNullable<NonNullable<ServerOptions['extensions']>['metadata']>) => ({
  extensions: { metadata: options },
})

describe('METADATA (RFC 5464)', () => {
  it('sets, tells and removes entries of mailboxes and of the server', async () => {
    await using at = await scene()
    const { client } = at
    await client.ok('SETMETADATA "" (/shared/comment "Shared comment")')
    expect(await client.ok('GETMETADATA "" /shared/comment')).toEqual([
      '* METADATA "" (/shared/comment "Shared comment")',
    ])
    await client.ok(
      'SETMETADATA INBOX (/private/comment {33+}\r\nMy new comment across\r\ntwo lines. /shared/comment "One for you!")',
    )
    expect(await client.ok('GETMETADATA "INBOX" (/shared/comment /private/comment)')).toEqual([
      '* METADATA INBOX (/shared/comment "One for you!" /private/comment {33}',
      'My new comment across',
      'two lines.)',
    ])
    await client.ok('SETMETADATA INBOX (/private/comment NIL)')
    expect(await client.ok('GETMETADATA INBOX /PRIVATE/Comment')).toEqual(['* METADATA INBOX (/PRIVATE/Comment NIL)'])
  })

  it('takes and gives octets of any kind', async () => {
    await using at = await scene()
    await at.client.ok('SETMETADATA INBOX (/shared/comment ~{3+}\r\na\0b)')
    expect(await at.client.ok('GETMETADATA INBOX /shared/comment')).toEqual([
      '* METADATA INBOX (/shared/comment ~{3}',
      'a\0b)',
    ])
  })

  it('leaves out what is larger than MAXSIZE and tells the size of the largest', async () => {
    await using at = await scene()
    const { client } = at
    await client.ok(
      `SETMETADATA INBOX (/shared/comment {2199+}\r\n${'x'.repeat(2199)} /private/comment "My own comment")`,
    )
    for (const command of ['(MAXSIZE 1024) "INBOX"', '"INBOX" (MAXSIZE 1024)']) {
      expect(await client.run(`GETMETADATA ${command} (/shared/comment /private/comment)`)).toEqual([
        '* METADATA INBOX (/private/comment "My own comment")',
        'OK [METADATA LONGENTRIES 2199] GETMETADATA completed',
      ])
    }
    expect((await client.run('GETMETADATA (MAXSIZE 2199) INBOX /shared/comment')).at(-1)).toBe(
      'OK GETMETADATA completed',
    )
  })

  it('looks below entries with DEPTH', async () => {
    await using at = await scene()
    const { client } = at
    await client.ok(
      'SETMETADATA INBOX (/private/filters/values/small "SMALLER 5000" /private/filters/values/boss "FROM \\"boss@example.com\\"" /private/filters/values/boss/deep "x")',
    )
    expect(await client.ok('GETMETADATA (DEPTH 1) INBOX (/private/filters/values)')).toEqual([
      '* METADATA INBOX (/private/filters/values/boss "FROM \\"boss@example.com\\"" /private/filters/values/small "SMALLER 5000")',
    ])
    expect(await client.ok('GETMETADATA (DEPTH infinity MAXSIZE 1) INBOX /private')).toEqual([
      '* METADATA INBOX (/private/filters/values/boss/deep "x")',
    ])
    expect(await client.ok('GETMETADATA (DEPTH 0) INBOX /private/filters')).toEqual([
      '* METADATA INBOX (/private/filters NIL)',
    ])
  })

  it('refuses a SETMETADATA as a whole', async () => {
    await using at = await scene(
      {},
      metadata({ maxSize: 1024, maxEntries: 10, private: false, admin: 'mailto:a@example.org' }),
    )
    const { client } = at
    const set = async (entries: string): Promise<string> => tagged(client, `SETMETADATA "" (${entries})`)
    expect(await set(`/shared/comment "x" /shared/vendor/a/b {1025+}\r\n${'x'.repeat(1025)}`)).toMatch(
      /^NO \[METADATA MAXSIZE 1024\]/,
    )
    expect(await set('/shared/comment "x" /private/comment "y"')).toMatch(/^NO \[METADATA NOPRIVATE\]/)
    expect(await set('/shared/comment "x" /shared/admin "y"')).toMatch(/^NO /)
    const many = Array.from({ length: 11 }, (_, i) => `/shared/vendor/a/${i} "x"`)
    expect(await set(many.join(' '))).toMatch(/^NO \[METADATA TOOMANY\]/)
    expect(await client.ok('GETMETADATA "" (/shared/comment /shared/admin)')).toEqual([
      '* METADATA "" (/shared/comment NIL /shared/admin "mailto:a@example.org")',
    ])
    expect(await set(many.slice(1).join(' '))).toMatch(/^OK /)
    expect(await set('/shared/vendor/a/1 "y"')).toMatch(/^OK /)
    expect(await set('/shared/comment "y"')).toMatch(/^NO \[METADATA TOOMANY\]/)
    expect(await set('/shared/comment "y" /shared/vendor/a/1 NIL')).toMatch(/^OK /)
  })

  it('takes nothing but names of entries', async () => {
    await using at = await scene()
    for (const entry of [
      'comment',
      '/comment',
      '/shared//x',
      '/shared/x/',
      '"/shared/x*"',
      '"/shared/%"',
      '{9+}\r\n/shared/\xe4',
    ]) {
      expect(`${entry}: ${await tagged(at.client, `GETMETADATA INBOX ${entry}`)}`).toMatch(/: BAD /)
    }
    for (const broken of [
      'SETMETADATA INBOX (/shared "x")',
      'SETMETADATA INBOX (/shared/vendor/x "x")',
      'SETMETADATA INBOX /shared/comment "x"',
      'SETMETADATA INBOX (/shared/comment)',
      'SETMETADATA INBOX ()',
      'SETMETADATA INBOX (/shared/comment x)',
      'GETMETADATA (DEPTH 2) INBOX /shared/comment',
      'GETMETADATA (SIZE 2) INBOX /shared/comment',
      'GETMETADATA INBOX /private/comment /shared/comment',
      'GETMETADATA INBOX',
    ]) {
      expect(`${broken}: ${await tagged(at.client, broken)}`).toMatch(/: BAD /)
    }
    expect(await tagged(at.client, 'GETMETADATA none /shared/comment')).toMatch(/^NO \[NONEXISTENT\]/)
  })

  it('goes along with a mailbox that is renamed, and away with one that is deleted', async () => {
    await using at = await scene({ old: [] })
    const { client } = at
    await client.ok('SETMETADATA old (/shared/comment "x")')
    await client.ok('RENAME old new')
    expect(await client.ok('GETMETADATA new /shared/comment')).toEqual(['* METADATA new (/shared/comment "x")'])
    await client.ok('DELETE new')
    await client.ok('CREATE new')
    expect(await client.ok('GETMETADATA new /shared/comment')).toEqual(['* METADATA new (/shared/comment NIL)'])
  })

  it('tells the names of what others changed when that is enabled', async () => {
    await using at = await scene({ box: [] })
    const other = await at.another()
    const silent = await at.another()
    expect(await other.ok('ENABLE METADATA')).toEqual(['* ENABLED METADATA'])
    await other.ok('SETMETADATA box (/shared/comment "mine")')
    expect(await other.ok('NOOP')).toEqual([])
    await at.client.ok('SETMETADATA box (/shared/comment "x" /private/comment "y")')
    await at.client.ok('SETMETADATA "" (/shared/comment "x")')
    await at.client.ok('SETMETADATA box (/shared/comment "x")')
    expect(await other.line()).toBe('* METADATA box /shared/comment /private/comment')
    expect(await other.line()).toBe('* METADATA "" /shared/comment')
    expect(await other.ok('NOOP')).toEqual([])
    expect(await silent.ok('NOOP')).toEqual([])
    const third = await at.another()
    await third.ok('ENABLE METADATA-SERVER')
    await at.client.ok('SETMETADATA box (/shared/comment NIL)')
    await at.client.ok('SETMETADATA "" (/shared/comment NIL)')
    expect(await third.ok('NOOP')).toEqual(['* METADATA "" /shared/comment'])
  })

  it('keeps private what is private, and needs rights', async () => {
    const users = { alice: { password: 'secret' }, bob: { password: 'secret' } }
    await using at = await scene({}, { users })
    const { client } = at
    await using bob = await RawClient.open({ port: at.server.port })
    await bob.ok('LOGIN bob secret')
    await bob.ok('ENABLE METADATA')
    await client.ok('SETACL INBOX bob l')
    expect(await tagged(bob, 'GETMETADATA #users/alice/INBOX /shared/comment')).toMatch(/^NO \[NOPERM\]/)
    await client.ok('SETACL INBOX bob lr')
    await client.ok('SETMETADATA INBOX (/shared/comment "s" /private/comment "p")')
    expect(await bob.ok('NOOP')).toEqual(['* METADATA #users/alice/INBOX /shared/comment'])
    expect(await bob.ok('GETMETADATA #users/alice/INBOX (/shared/comment /private/comment)')).toEqual([
      '* METADATA #users/alice/INBOX (/shared/comment "s" /private/comment NIL)',
    ])
  })

  it('has entries of the server only with METADATA-SERVER, and nothing without both', async () => {
    await using at = await scene({}, { capabilities: without('METADATA') })
    await at.client.ok('SETMETADATA "" (/private/comment "x")')
    expect(await tagged(at.client, 'GETMETADATA INBOX /private/comment')).toMatch(/^NO /)
    expect(await at.client.ok('ENABLE METADATA METADATA-SERVER')).toEqual(['* ENABLED METADATA-SERVER'])
    at.server.setCapabilities((all) => all.filter((name) => !name.startsWith('METADATA')))
    expect(await tagged(at.client, 'GETMETADATA "" /private/comment')).toMatch(/^BAD /)
  })
})
