import { describe, expect, it } from 'vitest'
import { capabilities, scene, tagged, without } from './tools.js'

const latin = (text: string) => Buffer.from(text).toString('latin1')
const mail = (subject: string) => Buffer.from(`Subject: ${subject}\r\n\r\n${subject}\r\n`)

describe('LANGUAGE (RFC 5255)', () => {
  it('is chosen by ranges, before a login as well', async () => {
    await using at = await scene()
    const { client } = at
    expect(await capabilities(client)).toContain('LANGUAGE')
    expect(await tagged(client, 'LANGUAGE MUL')).toBe('NO This language is not supported')
    expect(await client.run('LANGUAGE')).toEqual([
      '* LANGUAGE (EN DE i-default)',
      'OK Supported languages have been enumerated',
    ])
    expect(await client.run('LANGUAGE DE-IT')).toEqual(['* LANGUAGE (DE)', 'OK Die Sprache wurde gewechselt'])
    expect(await tagged(client, 'LANGUAGE FR')).toBe(latin('NO Diese Sprache wird nicht unterstützt'))
    expect(await tagged(client, 'NOOP')).toBe(latin('OK NOOP ausgeführt'))
    expect(await tagged(client, 'SELECT none')).toBe('NO [NONEXISTENT] Dieses Postfach gibt es nicht')
    expect(await client.run('LANGUAGE FR-CA EN-CA')).toEqual(['* LANGUAGE (EN)', 'OK The language was changed'])
    expect((await client.ok('LANGUAGE "de" EN'))[0]).toBe('* LANGUAGE (DE)')
    expect((await client.ok('LANGUAGE "default"'))[0]).toBe('* LANGUAGE (EN)')
    expect((await client.ok('LANGUAGE i-default'))[0]).toBe('* LANGUAGE (i-default)')
    expect(await tagged(client, 'NOOP')).toBe('OK NOOP completed')
  })

  it.each(['LANGUAGE ', 'LANGUAGE (DE)', 'LANGUAGE D_E', 'LANGUAGE ""', 'LANGUAGE DE  EN', 'LANGUAGE abcdefghi'])(
    'does not take %j',
    async (command) => {
      await using at = await scene()
      expect(await tagged(at.client, command)).toMatch(/^BAD /)
    },
  )
})

describe('I18NLEVEL (RFC 5255)', () => {
  const box = { INBOX: ['Äpfel', 'äpfel', 'zebra', 'Zoo', 'Straße'].map(mail) }
  const find = (text: string) => `SUBJECT {${Buffer.byteLength(text)}+}\r\n${latin(text)}`

  it('compares by i;unicode-casemap', async () => {
    await using at = await scene(box)
    const { client } = at
    await client.ok('SELECT INBOX')
    expect(await client.ok(`SEARCH CHARSET UTF-8 ${find('äPFEL')}`)).toEqual(['* SEARCH 1 2'])
    expect(await client.ok(`SEARCH CHARSET UTF-8 ${find('A\u0308PF')}`)).toEqual(['* SEARCH 1 2'])
    // There is no one letter that is the title case of this one.
    expect(await client.ok('SEARCH SUBJECT strasse')).toEqual(['* SEARCH'])
    expect(await client.ok('SORT (SUBJECT) UTF-8 ALL')).toEqual(['* SORT 1 2 5 3 4'])
  })

  it('compares as COMPARATOR says', async () => {
    await using at = await scene(box)
    const { client } = at
    await client.ok('SELECT INBOX')
    expect(await client.ok('COMPARATOR')).toEqual(['* COMPARATOR i;unicode-casemap'])
    expect(await client.ok('COMPARATOR "cz;*" i;octet')).toEqual(['* COMPARATOR i;octet'])
    expect(await client.ok('SEARCH SUBJECT z')).toEqual(['* SEARCH 3'])
    expect(await client.ok('SEARCH BODY Z')).toEqual(['* SEARCH 4'])
    expect(await client.ok('SORT (SUBJECT) UTF-8 ALL')).toEqual(['* SORT 5 4 3 1 2'])
    expect(await tagged(client, 'COMPARATOR i;basic')).toMatch(/^NO \[BADCOMPARATOR\] /)
    expect(await client.ok('COMPARATOR')).toEqual(['* COMPARATOR i;octet'])
    expect(await client.ok('COMPARATOR "i;*-casemap"')).toEqual([
      '* COMPARATOR i;unicode-casemap (i;unicode-casemap i;ascii-casemap)',
    ])
    expect(await client.ok('COMPARATOR +i;ascii-casemap')).toEqual(['* COMPARATOR i;ascii-casemap'])
    expect(await client.ok(`SEARCH CHARSET UTF-8 ${find('ÄPF')}`)).toEqual(['* SEARCH 1'])
    expect(await client.ok('COMPARATOR default')).toEqual(['* COMPARATOR i;unicode-casemap'])
    for (const broken of ['COMPARATOR ', 'COMPARATOR ""', 'COMPARATOR (i;octet)', 'COMPARATOR "i octet"']) {
      expect(`${broken}: ${await tagged(client, broken)}`).toMatch(/: BAD /)
    }
  })

  it('of level 1 has no command', async () => {
    await using at = await scene(box, { capabilities: (all) => [...without('I18NLEVEL=2')(all), 'I18NLEVEL=1'] })
    expect(await capabilities(at.client)).toContain('I18NLEVEL=1')
    expect(await tagged(at.client, 'COMPARATOR')).toMatch(/^BAD /)
  })
})
