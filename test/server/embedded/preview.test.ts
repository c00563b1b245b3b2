import { describe, expect, it } from 'vitest'
import { scene, tagged, without } from './tools.js'

const html = '<html><head><title>t</title></head><body><p>Hello&nbsp;&amp; <b>welcome</b><!-- x --></p></body></html>'
const mixed = [
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  'Content-Type: image/png',
  '',
  'xx',
  '--b',
  'Content-Type: text/plain; charset=utf-8',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  'Gr=C3=BC=C3=9Fe   aus=20',
  '  Wien',
  '--b--',
  '',
].join('\n')

describe('PREVIEW (RFC 8970)', () => {
  it.each([
    ['plain text, with white space joined', 'A: b\n\n Lorem  ipsum\n\ndolor\n', '"Lorem ipsum dolor"'],
    ['text out of HTML', `Content-Type: text/html\n\n${html}\n`, '"Hello & welcome"'],
    ['nothing of a picture', 'Content-Type: image/png\n\nxx\n', '""'],
    ['nothing of what is encrypted', mixed.replace('multipart/mixed', 'multipart/encrypted'), '""'],
    ['nothing of an empty message', 'A: b\n\n', '""'],
  ])('is %s', async (_what, raw, preview) => {
    await using at = await scene({ INBOX: [raw] })
    await at.client.ok('SELECT INBOX')
    expect(await at.client.ok('FETCH 1 (UID PREVIEW)')).toEqual([`* 1 FETCH (UID 1 PREVIEW ${preview})`])
    expect(await at.client.ok('FETCH 1 FLAGS')).toEqual(['* 1 FETCH (FLAGS (\\Recent))'])
  })

  it('is decoded, in UTF-8: a literal where quoted strings are ASCII', async () => {
    await using at = await scene({ INBOX: [mixed] })
    const wanted = Buffer.from('Grüße aus Wien').toString('latin1')
    await at.client.ok('SELECT INBOX')
    expect(await at.client.ok('FETCH 1 PREVIEW')).toEqual([`* 1 FETCH (PREVIEW {${wanted.length}}`, `${wanted})`])
    const other = await at.another()
    await other.ok('ENABLE IMAP4rev2')
    await other.ok('SELECT INBOX')
    expect(await other.ok('FETCH 1 PREVIEW')).toEqual([`* 1 FETCH (PREVIEW "${wanted}")`])
  })

  it('has 200 characters at most, none of them cut in two', async () => {
    await using at = await scene({ INBOX: [`A: b\n\n${'😀'.repeat(500)}\n`] })
    await at.client.ok('SELECT INBOX')
    const [, line] = await at.client.ok('FETCH 1 PREVIEW')
    expect(Buffer.from(line?.slice(0, -1) ?? '', 'latin1').toString()).toBe('😀'.repeat(200))
  })

  it('is NIL with LAZY as long as it would take its time', async () => {
    await using at = await scene({ INBOX: ['A: b\n\nshort\n', `A: b\n\nlong\n${'x '.repeat(40_000)}`] })
    const { client } = at
    await client.ok('SELECT INBOX')
    expect(await client.ok('FETCH 1:2 (PREVIEW (LAZY) UID)')).toEqual([
      '* 1 FETCH (PREVIEW "short" UID 1)',
      '* 2 FETCH (PREVIEW NIL UID 2)',
    ])
    await client.ok('FETCH 2 PREVIEW')
    expect(await client.ok('FETCH 2 PREVIEW (LAZY)')).toEqual([expect.stringMatching(/PREVIEW "long x x/)])
  })

  it('leaves the modifiers of FETCH alone', async () => {
    await using at = await scene({ INBOX: ['A: b\n\nshort\n'] })
    const { client } = at
    await client.ok('SELECT INBOX')
    expect(await client.ok('FETCH 1 PREVIEW (CHANGEDSINCE 1)')).toContain('* 1 FETCH (PREVIEW "short" MODSEQ (2))')
    expect(await client.ok('FETCH 1 PREVIEW (LAZY) (CHANGEDSINCE 1000)')).toEqual([])
    for (const broken of ['PREVIEW (EAGER)', 'PREVIEW (LAZY', 'PREVIEW ()', 'PREVIEW (LAZY LAZY', 'PREVIEW(LAZY)']) {
      expect(`${broken}: ${await tagged(client, `FETCH 1 ${broken}`)}`).toMatch(/: BAD /)
    }
  })

  it('is not there unless it is offered', async () => {
    await using at = await scene({ INBOX: ['A: b\n\nx\n'] }, { capabilities: without('PREVIEW') })
    await at.client.ok('SELECT INBOX')
    expect(await tagged(at.client, 'FETCH 1 PREVIEW')).toMatch(/^BAD /)
  })
})
