import { describe, expect, it } from 'vitest'
import { scene, tagged } from './tools.js'

/** A message: its id, subject, day of February, and references. */
const mail = (id: string, subject: string, day: number, references = '', more = '') =>
  [
    ...(id === '' ? [] : [`Message-ID: <${id}@x>`]),
    `Subject: ${subject}`,
    `Date: ${day} Feb 2026 12:00:00 +0000`,
    ...(references === '' ? [] : [`References: ${references.replace(/[\w"]+/g, '<$&@x>')}`]),
    ...(more === '' ? [] : [more]),
    '',
    'x',
    '',
  ].join('\n')

async function threads(messages: readonly string[], algorithm: string, keys = 'ALL'): Promise<string> {
  await using at = await scene({ INBOX: messages })
  await at.client.ok('SELECT INBOX')
  return (await at.client.ok(`THREAD ${algorithm} UTF-8 ${keys}`)).join('\n')
}

describe('THREAD=ORDEREDSUBJECT (RFC 5256)', () => {
  it('puts messages of one base subject below the first of them', async () => {
    const messages = [
      mail('a', 'Re: one', 3),
      mail('b', 'two', 2),
      mail('c', 'ONE', 1),
      mail('d', '[list] one', 4),
      mail('e', 'Fwd: two', 5),
    ]
    expect(await threads(messages, 'ORDEREDSUBJECT')).toBe('* THREAD (3 (1)(4))(2 5)')
    expect(await threads(messages, 'orderedsubject', '3:5')).toBe('* THREAD (3 4)(5)')
    expect(await threads(messages, 'ORDEREDSUBJECT', 'TEXT "gewp"')).toBe('* THREAD')
  })
})

describe('THREAD=REFERENCES (RFC 5256)', () => {
  it.each([
    ['a chain', [mail('a', 's', 1), mail('b', 'Re: s', 2, 'a'), mail('c', 'Re: s', 3, 'a b')], '(1 2 3)'],
    ['a split', [mail('a', 's', 1), mail('b', 'Re: s', 3, 'a'), mail('c', 'Re: s', 2, 'a')], '(1 (3)(2))'],
    ['a parent that is not there', [mail('b', 's', 1, 'a'), mail('c', 't', 2, 'a')], '((1)(2))'],
    ['one child of what is not there', [mail('b', 's', 1, 'a'), mail('c', 't', 2, 'b')], '(1 2)'],
    [
      'what is not there in the middle',
      [mail('a', 's', 1), mail('c', 'u', 2, 'a b'), mail('d', 'v', 3, 'b')],
      '(1 (2)(3))',
    ],
    ['references that were cut', [mail('a', 's', 1), mail('b', 't', 2, 'a'), mail('c', 'u', 3, 'b')], '(1 2 3)'],
    ['a loop', [mail('a', 's', 1, 'b'), mail('b', 't', 2, 'a')], '(2 1)'],
    ['itself', [mail('a', 's', 1, 'a')], '(1)'],
    ['an id twice', [mail('a', 's', 1), mail('a', 't', 2), mail('b', 'u', 3, 'a')], '(1 3)(2)'],
    ['no id', [mail('', 's', 1), mail('', 't', 2)], '(1)(2)'],
    ['an id in quotes', [mail('a', 's', 1), mail('b', 't', 2, '"a"')], '(1 2)'],
    ['ids with regard to case', [mail('a', 's', 1), mail('b', 't', 2, 'A')], '(1)(2)'],
    [
      'In-Reply-To, its first id',
      [mail('a', 's', 1), mail('z', 'r', 1), mail('b', 't', 2, '', 'In-Reply-To: from me <a@x> <z@x>')],
      '(1 3)(2)',
    ],
    [
      'no In-Reply-To where there are References',
      [mail('a', 's', 1), mail('z', 'r', 2), mail('b', 't', 3, 'a', 'In-Reply-To: <z@x>')],
      '(1 3)(2)',
    ],
    ['an answer by its subject', [mail('b', 'Re: s', 2), mail('a', 's', 1)], '(2 1)'],
    ['an answer that came first', [mail('b', 'Re: s', 1), mail('a', 's', 2)], '(2 1)'],
    ['two of one subject', [mail('a', 's', 1), mail('b', 'S', 2)], '((1)(2))'],
    ['two answers of one subject', [mail('a', 'Re: s', 1), mail('b', 'Re: s', 2)], '((1)(2))'],
    ['three of one subject', [mail('a', 's', 1), mail('b', 's', 2), mail('c', 's', 3)], '((1)(2)(3))'],
    ['no subject', [mail('a', '', 1), mail('b', '', 2)], '(1)(2)'],
    [
      'two that are not there, of one subject',
      [mail('b', 's', 1, 'a'), mail('c', 't', 2, 'a'), mail('e', 's', 3, 'd'), mail('f', 'u', 4, 'd')],
      '((1)(2)(3)(4))',
    ],
    [
      'one that is not there, and a message of its subject',
      [mail('b', 's', 2, 'a'), mail('c', 't', 3, 'a'), mail('d', 's', 1)],
      '((3)(1)(2))',
    ],
    ['the order of sent dates', [mail('a', 's', 3), mail('b', 't', 1), mail('c', 'u', 2)], '(2)(3)(1)'],
  ])('%s', async (_, messages, expected) => {
    expect(await threads(messages, 'REFERENCES')).toBe(`* THREAD ${expected}`)
  })

  it('takes chains of any length', async () => {
    const messages = Array.from({ length: 3000 }, (_, i) => mail(`m${i}`, `s${i}`, 1, i === 0 ? '' : `m${i - 1}`))
    const line = await threads(messages, 'REFERENCES')
    expect(line).toBe(`* THREAD (${messages.map((_, i) => i + 1).join(' ')})`)
  })

  it('tells UIDs, and only messages that were found', async () => {
    await using at = await scene({ INBOX: [mail('z', 'z', 1), mail('a', 's', 1), mail('b', 't', 2, 'a')] })
    const { client } = at
    await client.ok('SELECT INBOX')
    await client.ok('STORE 1 +FLAGS (\\Deleted)')
    await client.ok('EXPUNGE')
    expect(await client.ok('UID THREAD REFERENCES US-ASCII ALL')).toEqual(['* THREAD (2 3)'])
    expect(await client.ok('THREAD REFERENCES US-ASCII SUBJECT t')).toEqual(['* THREAD (2)'])
  })
})

describe('THREAD=REFS', () => {
  it('looks at no subjects, and sorts threads by their latest message', async () => {
    const messages = [mail('a', 's', 1), mail('b', 's', 2), mail('c', 'Re: s', 3, 'a')]
    expect(await threads(messages, 'REFS')).toBe('* THREAD (2)(1 3)')
  })
})

describe('THREAD', () => {
  it('refuses what it does not know', async () => {
    await using at = await scene()
    const { client, server } = at
    expect(await tagged(client, 'THREAD REFERENCES UTF-8 ALL')).toMatch(/^BAD /)
    await client.ok('SELECT INBOX')
    expect(await tagged(client, 'THREAD X-OTHER UTF-8 ALL')).toMatch(/^NO /)
    expect(await tagged(client, 'THREAD REFERENCES X-NONE ALL')).toMatch(/^NO \[BADCHARSET/)
    for (const broken of [
      'THREAD',
      'THREAD REFERENCES',
      'THREAD REFERENCES UTF-8',
      'THREAD REFERENCES UTF-8 ',
      'THREAD (REFERENCES) UTF-8 ALL',
    ]) {
      expect(`${broken}: ${await tagged(client, broken)}`).toMatch(/: BAD /)
    }
    server.setCapabilities(['IMAP4rev1', 'THREAD=REFS'])
    expect(await tagged(client, 'THREAD REFERENCES UTF-8 ALL')).toMatch(/^NO /)
    server.setCapabilities(['IMAP4rev1'])
    expect(await tagged(client, 'THREAD REFERENCES UTF-8 ALL')).toMatch(/^BAD /)
  })
})
