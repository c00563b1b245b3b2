import { describe, expect, it } from 'vitest'
import { scene, tagged, without } from './tools.js'

describe('LIST-MYRIGHTS (RFC 8440)', () => {
  it('tells rights behind the LIST of what exists and was chosen', async () => {
    await using at = await scene({ foo: { subscribed: false }, 'foo/bar': [] })
    const { client } = at
    await client.ok('SUBSCRIBE bar/none')
    await client.ok('SETACL foo alice lr')
    expect(await client.ok('LIST "" % RETURN (MYRIGHTS)')).toEqual([
      '* LIST (\\HasNoChildren) "/" INBOX',
      '* MYRIGHTS INBOX lrswipkxtencda',
      '* LIST (\\HasChildren) "/" foo',
      '* MYRIGHTS foo lra',
    ])
    expect(await client.ok('LIST (SUBSCRIBED RECURSIVEMATCH) "" foo RETURN (MYRIGHTS)')).toEqual([
      '* LIST (\\HasChildren) "/" foo ("CHILDINFO" ("SUBSCRIBED"))',
    ])
  })

  it('is not there unless it is offered', async () => {
    await using at = await scene({}, { capabilities: without('LIST-MYRIGHTS') })
    expect(await tagged(at.client, 'LIST "" % RETURN (MYRIGHTS)')).toMatch(/^BAD /)
  })
})

describe('LIST-METADATA (RFC 9590)', () => {
  const color = '"/shared/vendor/cmu/cyrus-imapd/color"'

  it('tells entries behind the LIST of what exists and was chosen', async () => {
    await using at = await scene({ foo: { subscribed: false }, 'foo/bar': [] })
    const { client } = at
    await client.ok(`SETMETADATA INBOX (${color} "#b71c1c")`)
    expect(await client.ok(`LIST "" % RETURN (METADATA (${color}))`)).toEqual([
      '* LIST (\\HasNoChildren) "/" INBOX',
      '* METADATA INBOX (/shared/vendor/cmu/cyrus-imapd/color "#b71c1c")',
      '* LIST (\\HasChildren) "/" foo',
      '* METADATA foo (/shared/vendor/cmu/cyrus-imapd/color NIL)',
    ])
    expect(await client.ok(`LIST (SUBSCRIBED RECURSIVEMATCH) "" foo RETURN (METADATA (${color}))`)).toEqual([
      '* LIST (\\HasChildren) "/" foo ("CHILDINFO" ("SUBSCRIBED"))',
    ])
    for (const broken of ['METADATA', 'METADATA ()', 'METADATA (color)', `METADATA ${color}`]) {
      expect(`${broken}: ${await tagged(client, `LIST "" % RETURN (${broken})`)}`).toMatch(/: BAD /)
    }
  })

  it('is not there unless it is offered', async () => {
    await using at = await scene({}, { capabilities: without('LIST-METADATA') })
    expect(await tagged(at.client, `LIST "" % RETURN (METADATA (${color}))`)).toMatch(/^BAD /)
  })
})
