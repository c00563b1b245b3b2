import { describe, expect, it } from 'vitest'
import { scene, tagged, without } from './tools.js'

describe('ANNOTATEMORE', () => {
  it('sets and tells entries of mailboxes and of the server, the same as METADATA does', async () => {
    await using at = await scene({ box: [] })
    const { client } = at
    await client.ok('SETANNOTATION INBOX "/comment" ("value.priv" "My comment" "value.shared" "for all")')
    expect(await client.ok('GETANNOTATION INBOX "/comment" "value.priv"')).toEqual([
      '* ANNOTATION INBOX "/comment" ("value.priv" "My comment")',
    ])
    expect(await client.ok('GETANNOTATION INBOX "/*" ("value" "size.shared")')).toEqual([
      '* ANNOTATION INBOX "/comment" ("value.priv" "My comment" "value.shared" "for all" "size.shared" "7")',
    ])
    expect(await client.ok('GETMETADATA INBOX /private/comment')).toEqual([
      '* METADATA INBOX (/private/comment "My comment")',
    ])
    await client.ok('SETANNOTATION "" ("/comment" ("value.shared" "hello") "/motd" ("value.shared" {3+}\r\na\r\n))')
    expect(await client.ok('GETANNOTATION "" ("/comment" "/motd") "value.shared"')).toEqual([
      '* ANNOTATION "" "/comment" ("value.shared" "hello")',
      '* ANNOTATION "" "/motd" ("value.shared" {3}',
      'a',
      ')',
    ])
    await client.ok('SETANNOTATION INBOX "/comment" ("value.priv" NIL)')
    expect(await client.ok('GETANNOTATION INBOX "/comment" "value.priv"')).toEqual([])
  })

  it('takes patterns of mailboxes', async () => {
    await using at = await scene({ 'a/b': [], c: [] })
    const { client } = at
    await client.ok('SETANNOTATION a* "/comment" ("value.shared" "x")')
    expect(await client.ok('GETANNOTATION * "/comment" "value.shared"')).toEqual([
      '* ANNOTATION a "/comment" ("value.shared" "x")',
      '* ANNOTATION a/b "/comment" ("value.shared" "x")',
    ])
    expect(await client.ok('GETANNOTATION % "/comment" "value"')).toHaveLength(1)
    expect(await tagged(client, 'GETANNOTATION none "/comment" "value"')).toMatch(/^NO \[NONEXISTENT\]/)
  })

  it('takes nothing else, and is not there unless it is offered', async () => {
    await using at = await scene()
    for (const broken of [
      'GETANNOTATION INBOX /comment "value"',
      'GETANNOTATION INBOX "comment" "value"',
      'GETANNOTATION INBOX "/comment" "colour"',
      'GETANNOTATION INBOX "/comment"',
      'SETANNOTATION INBOX "/comment" ("value" "x")',
      'SETANNOTATION INBOX "/comment" ("size.shared" "1")',
      'SETANNOTATION INBOX "/*" ("value.shared" "x")',
      'SETANNOTATION INBOX "/comment" "x"',
    ]) {
      expect(`${broken}: ${await tagged(at.client, broken)}`).toMatch(/: BAD /)
    }
    at.server.setCapabilities(without('ANNOTATEMORE'))
    expect(await tagged(at.client, 'GETANNOTATION INBOX "/comment" "value"')).toMatch(/^BAD /)
  })
})
