import { describe, expect, it } from 'vitest'
import type { RawClient } from '../../unit/testing/raw-client.js'
import { capabilities, scene, tagged, without } from './tools.js'

/** Text as the octets of its UTF-8, one char each. */
const octets = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')
const MAIL = octets('Subject: Grüße\r\n\r\nx\r\n')

async function append(client: RawClient, data: (literal: string) => string): Promise<string> {
  return tagged(client, `APPEND INBOX ${data(`{${MAIL.length}+}\r\n${MAIL}`)}`)
}

describe('ENABLE UTF8=ACCEPT (RFC 6855 §3)', () => {
  it('brings UTF-8 in names, both ways', async () => {
    await using at = await scene({ Entwürfe: [], INBOX: [{ raw: Buffer.from('Subject: Grüße\r\n\r\nx\r\n') }] })
    const { client } = at
    expect(await capabilities(client)).toContain('UTF8=ACCEPT')
    expect((await client.ok('LIST "" Entw*'))[0]).toContain('Entw&APw-rfe')
    expect(await tagged(client, octets('STATUS "Entwürfe" (MESSAGES)'))).toMatch(/^BAD /)
    expect(await client.ok('ENABLE UTF8=ACCEPT')).toEqual(['* ENABLED UTF8=ACCEPT'])
    expect((await client.ok('LIST "" Entw*'))[0]).toBe(octets('* LIST (\\HasNoChildren) "/" "Entwürfe"'))
    await client.ok(octets('CREATE "&APw-ü"'))
    expect(at.server.user('alice').mailboxes).toContain('&APw-ü')
    expect(await tagged(client, 'CREATE "\xfc"')).toMatch(/^BAD /)
    await client.ok('SELECT INBOX')
    expect((await client.ok('FETCH 1 (ENVELOPE)'))[0]).toContain(octets('"Grüße"'))
  })

  it.each(['\u0085', '\u2028', '\u2029'])('takes no %j in a name', async (char) => {
    await using at = await scene()
    await at.client.ok('ENABLE UTF8=ACCEPT')
    expect(await tagged(at.client, octets(`CREATE "a${char}b"`))).toMatch(/^NO \[CANNOT\]/)
  })

  it('leaves no room for a CHARSET', async () => {
    await using at = await scene({ INBOX: ['Subject: x\n\nx\n'] })
    await at.client.ok('SELECT INBOX')
    expect(await at.client.ok('SEARCH CHARSET UTF-8 SUBJECT x')).toEqual(['* SEARCH 1'])
    const other = await at.another()
    await other.ok('ENABLE UTF8=ACCEPT')
    await other.ok('SELECT INBOX')
    expect(await tagged(other, 'SEARCH CHARSET UTF-8 SUBJECT x')).toMatch(/^BAD /)
    expect(await other.ok('SEARCH SUBJECT "x"')).toEqual(['* SEARCH 1'])
  })

  it('is refused when a mailbox is selected', async () => {
    await using at = await scene()
    await at.client.ok('SELECT INBOX')
    expect(await tagged(at.client, 'ENABLE UTF8=ACCEPT')).toMatch(/^BAD /)
  })
})

describe('APPEND (RFC 6855 §4, RFC 9755 §4)', () => {
  it.each<[name: string, data: (literal: string) => string]>([
    ['of RFC 6855', (literal) => `(\\Seen) UTF8 (~${literal})`],
    ['of RFC 9755', (literal) => literal],
  ])('takes a header in UTF-8 in the form %s, once UTF-8 is enabled', async (_name, data) => {
    await using at = await scene()
    expect(await append(at.client, data)).toMatch(/^NO /)
    await at.client.ok('ENABLE UTF8=ACCEPT')
    expect(await append(at.client, data)).toMatch(/^OK \[APPENDUID /)
    expect(at.server.user('alice').mailbox('INBOX').messages[0]?.raw.toString('latin1')).toBe(MAIL)
  })

  it('takes a literal8 as a part of CATENATE', async () => {
    await using at = await scene()
    const catenate = (literal: string): string => `CATENATE (UTF8 (~${literal}) TEXT {1+}\r\ny)`
    expect(await append(at.client, catenate)).toMatch(/^NO /)
    await at.client.ok('ENABLE UTF8=ACCEPT')
    expect(await append(at.client, catenate)).toMatch(/^OK \[APPENDUID /)
    expect(at.server.user('alice').mailbox('INBOX').messages[0]?.raw.toString('latin1')).toBe(`${MAIL}y`)
    expect(await append(at.client, (literal) => `CATENATE (UTF8 (${literal}))`)).toMatch(/^BAD /)
  })

  it('takes 8-bit text in a body, and copies, from everybody', async () => {
    await using at = await scene({ INBOX: [{ raw: Buffer.from(MAIL, 'latin1') }], foo: [] })
    const mail = octets('A: b\r\n\r\nü')
    expect(await tagged(at.client, `APPEND INBOX {${mail.length}+}\r\n${mail}`)).toMatch(/^OK /)
    await at.client.ok('SELECT INBOX')
    await at.client.ok('COPY 1 foo')
    await at.client.ok('MOVE 1 foo')
  })

  it.each<[data: (literal: string) => string]>([
    [(literal) => `UTF8 (${literal})`],
    [(literal) => `UTF8 ~${literal}`],
    [(literal) => `UTF8(~${literal})`],
    [() => 'UTF8 ("x")'],
    [() => 'UTF8'],
  ])('refuses other forms (%#)', async (data) => {
    await using at = await scene()
    await at.client.ok('ENABLE UTF8=ACCEPT')
    expect(await append(at.client, data)).toMatch(/^BAD /)
  })

  it('knows nothing of UTF8 unless it is offered', async () => {
    await using at = await scene({}, { capabilities: without('UTF8=ACCEPT') })
    expect(await append(at.client, (literal) => `UTF8 (~${literal})`)).toMatch(/^BAD /)
    expect(await append(at.client, (literal) => literal)).toMatch(/^OK /)
  })
})

describe('UTF8=ONLY (RFC 6855 §6)', () => {
  const only = { capabilities: (all: readonly string[]) => [...all, 'UTF8=ONLY'] }

  it('is announced in place of UTF8=ACCEPT, where somebody asks for it', async () => {
    await using at = await scene({}, only)
    const announced = await capabilities(at.client)
    expect(announced).toContain('UTF8=ONLY')
    expect(announced).not.toContain('UTF8=ACCEPT')
    await using usual = await scene()
    expect(await capabilities(usual.client)).not.toContain('UTF8=ONLY')
  })

  it('refuses what may need UTF-8 until it is enabled', async () => {
    await using at = await scene({}, only)
    const { client } = at
    for (const command of ['SELECT INBOX', 'LIST "" *', 'CREATE x', 'STATUS INBOX (MESSAGES)', 'NAMESPACE']) {
      expect(await tagged(client, command)).toMatch(/^NO \[CANNOT\]/)
    }
    for (const command of ['NOOP', 'CAPABILITY', 'ID NIL']) expect(await tagged(client, command)).toMatch(/^OK/)
    expect(await client.ok('ENABLE UTF8=ONLY')).toEqual(['* ENABLED'])
    expect(await tagged(client, 'SELECT INBOX')).toMatch(/^NO \[CANNOT\]/)
    expect(await client.ok('ENABLE UTF8=ACCEPT')).toEqual(['* ENABLED UTF8=ACCEPT'])
    await client.ok('SELECT INBOX')
    // Names in modified UTF-7 are only what they look like.
    await client.ok('CREATE "&APw-"')
    expect(at.server.user('alice').mailboxes).toContain('&APw-')
  })
})
