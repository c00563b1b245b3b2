import { describe, expect, it } from 'vitest'
import { scene, tagged, without } from './tools.js'

const mail = 'Subject: x\n\nx\n'

describe('ANNOTATE (RFC 5257)', () => {
  it('stores silently and tells values and sizes, private and shared', async () => {
    await using at = await scene({ INBOX: [mail] })
    const { client } = at
    expect(await client.ok('SELECT INBOX (ANNOTATE)')).toContain('* OK [ANNOTATIONS 65536] Annotations')
    expect(await client.ok('STORE 1 ANNOTATION (/comment (value.priv "My comment"))')).toEqual([])
    expect(await client.ok('FETCH 1 (ANNOTATION (/comment value))')).toEqual([
      '* 1 FETCH (ANNOTATION (/comment (value.priv "My comment" value.shared NIL)))',
    ])
    expect(await client.ok('FETCH 1 (ANNOTATION (/comment (value size)))')).toEqual([
      '* 1 FETCH (ANNOTATION (/comment (value.priv "My comment" value.shared NIL size.priv "10" size.shared "0")))',
    ])
    await client.ok(
      'STORE 1 ANNOTATION (/altsubject (value.priv "x" value.shared "y") /1/comment (value.priv ~{3+}\r\na\0b))',
    )
    expect(await client.ok('FETCH 1 ANNOTATION (/% value.shared)')).toEqual([
      '* 1 FETCH (ANNOTATION (/comment (value.shared NIL) /altsubject (value.shared "y")))',
    ])
    expect(await client.ok('UID FETCH 1 (ANNOTATION ((/1/* /none) (value.priv)))')).toEqual([
      '* 1 FETCH (UID 1 ANNOTATION (/1/comment (value.priv ~{3}',
      'a\0b) /none (value.priv NIL)))',
    ])
    await client.ok('STORE 1 ANNOTATION (/comment (value.priv NIL))')
    expect(await client.ok('FETCH 1 ANNOTATION (* size.priv)')).toEqual([
      '* 1 FETCH (ANNOTATION (/altsubject (size.priv "1") /1/comment (size.priv "3")))',
    ])
    expect(await client.ok('EXAMINE INBOX')).toContain('* OK [ANNOTATIONS READ-ONLY] Annotations')
    expect(await tagged(client, 'STORE 1 ANNOTATION (/comment (value.priv "x"))')).toMatch(/^NO /)
  })

  it('comes with APPEND and COPY, and is searched and sorted by', async () => {
    await using at = await scene({ INBOX: [mail], drafts: [] })
    const { client } = at
    await client.ok('APPEND INBOX ANNOTATION (/comment (value.priv "Wait" value.shared "b")) {6+}\r\nA: b\r\n')
    await client.ok('APPEND INBOX ANNOTATION (/comment (value.shared "a")) {6+}\r\nA: b\r\n')
    await client.ok('SELECT INBOX')
    await client.ok('COPY 2 drafts')
    expect(await client.ok('SEARCH ANNOTATION /comment value "wai"')).toEqual(['* SEARCH 2'])
    expect(await client.ok('SEARCH ANNOTATION * value.shared "a"')).toEqual(['* SEARCH 3'])
    expect(await client.ok('SEARCH ANNOTATION /comment value NIL')).toEqual(['* SEARCH 1'])
    expect(await client.ok('SORT (REVERSE ANNOTATION /comment value.shared) UTF-8 ALL')).toEqual(['* SORT 2 3 1'])
    await client.ok('SELECT drafts')
    expect(await client.ok('FETCH 1 ANNOTATION (/comment value)')).toEqual([
      '* 1 FETCH (ANNOTATION (/comment (value.priv "Wait" value.shared "b")))',
    ])
  })

  it('refuses what is too much, as a whole', async () => {
    await using at = await scene(
      { INBOX: [mail] },
      {
        extensions: {
          annotations: { maxSize: 1024, maxEntries: 10, private: false },
          quota: { 'ANNOTATION-STORAGE': 1 },
        },
      },
    )
    const { client } = at
    expect(await client.ok('SELECT INBOX')).toContain('* OK [ANNOTATIONS 1024 NOPRIVATE] Annotations')
    const store = async (values: string): Promise<string> => tagged(client, `STORE 1 ANNOTATION (${values})`)
    const big = (octets: number): string => `{${octets}+}\r\n${'x'.repeat(octets)}`
    expect(await store(`/comment (value.shared ${big(1025)})`)).toMatch(/^NO \[ANNOTATE TOOBIG\]/)
    expect(await store('/comment (value.priv "x")')).toMatch(/^NO /)
    expect(await store(`/comment (value.shared ${big(600)}) /altsubject (value.shared ${big(600)})`)).toMatch(
      /^NO \[OVERQUOTA\]/,
    )
    const many = Array.from({ length: 11 }, (_, i) => `/vendor/a/${i} (value.shared "x")`)
    expect(await store(many.join(' '))).toMatch(/^NO \[ANNOTATE TOOMANY\]/)
    expect(await client.ok('FETCH 1 ANNOTATION (* value.shared)')).toEqual(['* 1 FETCH (ANNOTATION ())'])
    expect(await store(many.slice(1).join(' '))).toMatch(/^OK /)
    await client.ok('SETACL INBOX alice -n')
    expect(await store('/vendor/a/1 (value.shared "y")')).toMatch(/^NO \[NOPERM\]/)
    expect(await tagged(client, 'APPEND INBOX ANNOTATION (/comment (value.shared "x")) {6+}\r\nA: b\r\n')).toMatch(
      /^NO \[NOPERM\]/,
    )
    expect(at.server.user('alice').mailbox('INBOX').messages).toHaveLength(1)
  })

  it('tells others the names of entries where they asked for that', async () => {
    await using at = await scene({ INBOX: [mail] })
    const { client } = at
    const other = await at.another()
    await other.ok('SELECT INBOX (ANNOTATE)')
    await client.ok('SELECT INBOX')
    await client.ok('STORE 1 ANNOTATION (/comment (value.shared "x") /altsubject (value.priv "y"))')
    expect(await other.ok('NOOP')).toContain('* 1 FETCH (UID 1 ANNOTATION (/comment /altsubject))')
    await client.ok('STORE 1 ANNOTATION (/comment (value.shared "x"))')
    expect(await other.ok('NOOP')).toEqual([])
  })

  it('takes no names, attributes and parts that there are not', async () => {
    await using at = await scene({ INBOX: [mail] })
    const { client } = at
    await client.ok('SELECT INBOX')
    for (const broken of [
      'FETCH 1 ANNOTATION',
      'FETCH 1 ANNOTATION /comment',
      'FETCH 1 ANNOTATION (comment value)',
      'FETCH 1 ANNOTATION (/comment/ value)',
      'FETCH 1 ANNOTATION (/comment colour)',
      'FETCH 1 ANNOTATION (/0/comment value)',
      'FETCH 1 ANNOTATION (/7/comment value)',
      'STORE 1 ANNOTATION (/comment (value "x"))',
      'STORE 1 ANNOTATION (/comment (size.priv "x"))',
      'STORE 1 ANNOTATION (/com* (value.priv "x"))',
      'STORE 1 ANNOTATION (/flags/x (value.priv "x"))',
      'STORE 1 ANNOTATION (/1/flags/seen (value.priv "x"))',
      'STORE 1 ANNOTATION (/7/comment (value.priv "x"))',
      'STORE 1 +ANNOTATION (/comment (value.priv "x"))',
      'SEARCH ANNOTATION /comment size "x"',
      'SORT (ANNOTATION /comment value) UTF-8 ALL',
    ]) {
      expect(`${broken}: ${await tagged(client, broken)}`).toMatch(/: BAD /)
    }
    at.server.setCapabilities(without('ANNOTATE-EXPERIMENT-1'))
    expect(await tagged(client, 'FETCH 1 ANNOTATION (/comment value)')).toMatch(/^BAD /)
    expect((await client.ok('SELECT INBOX')).join()).not.toContain('ANNOTATIONS')
  })
})
