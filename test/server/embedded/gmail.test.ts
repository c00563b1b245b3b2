import { describe, expect, it } from 'vitest'
import { capabilities, scene, tagged } from './tools.js'

const mail = 'From: ann@example.com\nSubject: Summer plans\n\nThe quick brown fox\n'
const gmail = { capabilities: (all: readonly string[]) => [...all, 'X-GM-EXT-1'] }

describe('X-GM-EXT-1', () => {
  it('is there on request only', async () => {
    await using plain = await scene({ INBOX: [mail] })
    expect(await capabilities(plain.client)).not.toContain('X-GM-EXT-1')
    await plain.client.ok('SELECT INBOX')
    expect(await tagged(plain.client, 'FETCH 1 X-GM-MSGID')).toMatch(/^BAD /)
    expect(await tagged(plain.client, 'SEARCH X-GM-RAW x')).toMatch(/^BAD /)
    await using at = await scene({}, gmail)
    expect(await capabilities(at.client)).toContain('X-GM-EXT-1')
  })

  it('names messages and conversations by numbers of 64 bits, which can be searched', async () => {
    const first = 'Message-ID: <1@x>\nSubject: a\n\na\n'
    const reply = 'Message-ID: <2@x>\nReferences: <1@x>\nSubject: b\n\nb\n'
    await using at = await scene({ INBOX: [first, reply, mail, mail], box: [] }, gmail)
    const { client } = at
    await client.ok('SELECT INBOX')
    const lines = await client.ok('FETCH 1:4 (X-GM-MSGID X-GM-THRID)')
    const found = lines.map((line) => /X-GM-MSGID (\d+) X-GM-THRID (\d+)\)$/.exec(line)?.slice(1) ?? [])
    const ids = found.map(([id]) => id as string)
    const threads = found.map(([, thread]) => thread as string)
    expect(new Set(ids).size).toBe(4)
    expect(threads[0]).toBe(threads[1])
    expect(threads[2]).not.toBe(threads[0])
    for (const each of [...ids, ...threads]) expect(BigInt(each) < 2n ** 64n).toBe(true)
    expect(await client.ok(`UID SEARCH X-GM-MSGID ${ids[2]}`)).toEqual(['* SEARCH 3'])
    expect(await client.ok(`UID SEARCH X-GM-THRID ${threads[0]}`)).toEqual(['* SEARCH 1 2'])
    await client.ok('COPY 3 box')
    await client.ok('SELECT box')
    expect(await client.ok('FETCH 1 X-GM-MSGID')).toEqual([`* 1 FETCH (X-GM-MSGID ${ids[2]})`])
    for (const broken of ['X-GM-MSGID x', 'X-GM-MSGID 18446744073709551616', 'X-GM-THRID', 'X-GM-MSGID 1:2']) {
      expect(`${broken}: ${await tagged(client, `SEARCH ${broken}`)}`).toMatch(/: BAD /)
    }
  })

  it('keeps labels: set, added, removed, shown to all copies, searched', async () => {
    await using at = await scene({ INBOX: [mail, mail], box: [] }, gmail)
    const { client } = at
    await client.ok('SELECT INBOX')
    expect(await client.ok('STORE 1 +X-GM-LABELS (foo \\Important "Muy Importante")')).toEqual([
      '* 1 FETCH (X-GM-LABELS (foo "\\\\Important" "Muy Importante"))',
    ])
    expect(await client.ok('STORE 1 -X-GM-LABELS FOO')).toEqual([
      '* 1 FETCH (X-GM-LABELS ("\\\\Important" "Muy Importante"))',
    ])
    expect(await client.ok('STORE 2 X-GM-LABELS.SILENT ("\\\\inbox" &AOk-t&AOk- +odd ~tilde)')).toEqual([])
    expect(await client.ok('UID FETCH 2 X-GM-LABELS')).toEqual([
      '* 2 FETCH (UID 2 X-GM-LABELS ("\\\\Inbox" &AOk-t&AOk- +odd ~tilde))',
    ])
    expect(await client.ok('SEARCH X-GM-LABELS "muy importante"')).toEqual(['* SEARCH 1'])
    expect(await client.ok('SEARCH X-GM-LABELS \\Inbox')).toEqual(['* SEARCH 2'])
    await client.ok('COPY 1 box')
    await client.ok('STORE 1 +X-GM-LABELS late')
    await client.ok('SELECT box')
    expect(await client.ok('FETCH 1 X-GM-LABELS')).toEqual([
      '* 1 FETCH (X-GM-LABELS ("\\\\Important" "Muy Importante" late))',
    ])
    expect(await client.ok('STORE 1 X-GM-LABELS ()')).toEqual(['* 1 FETCH (X-GM-LABELS ())'])
    expect(await tagged(client, 'STORE 1 X-GM-LABELS \\Nonsense')).toMatch(/^NO \[CANNOT\]/)
    for (const broken of ['X-GM-LABELS', '+X-GM-LABELS (a', 'X-GM-LABELS (a  b)', 'X-GM-LABELS a b']) {
      expect(`${broken}: ${await tagged(client, `STORE 1 ${broken}`)}`).toMatch(/: BAD /)
    }
  })

  it('raises the mod-sequence with a label, and only when there is something new', async () => {
    await using at = await scene({ INBOX: [mail] }, gmail)
    const { client } = at
    await client.ok('SELECT INBOX (CONDSTORE)')
    await client.ok('STORE 1 X-GM-LABELS a')
    const [before] = await client.ok('FETCH 1 MODSEQ')
    await client.ok('STORE 1 +X-GM-LABELS A')
    expect(await client.ok('FETCH 1 MODSEQ')).toEqual([before])
    await client.ok('STORE 1 +X-GM-LABELS b')
    expect(await client.ok('FETCH 1 MODSEQ')).not.toEqual([before])
  })

  it.each([
    ['quick', '* SEARCH 1'],
    ['"quick summer"', '* SEARCH 1'],
    ['"\\"quick brown\\" ann@example.com"', '* SEARCH 1'],
    ['"\\"brown quick\\""', '* SEARCH'],
    ['"quick winter"', '* SEARCH'],
  ])('takes a raw query for a search of texts: %s', async (query, answer) => {
    await using at = await scene({ INBOX: [mail] }, gmail)
    await at.client.ok('SELECT INBOX')
    expect(await at.client.ok(`SEARCH X-GM-RAW ${query}`)).toEqual([answer])
  })
})
