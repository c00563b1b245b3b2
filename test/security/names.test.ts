import { describe, expect, it } from 'vitest'
import { safeFileName } from '../../src/mime/file-name.js'
import { HeaderFields } from '../../src/mime/header-fields.js'
import { decodeParameters } from '../../src/mime/words.js'
import { readResponse } from '../../src/protocol.js'
import { connected } from './connected.js'

/** Names that every object has, or that change it. */
const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'] as const

const read = (text: string) => readResponse({ text, literals: [] })
const isClean = () => {
  expect(({} as Record<string, unknown>)['evil']).toBeUndefined()
  expect(Object.keys(Object.prototype)).toEqual([])
}

describe.each(NAMES)('a server or a sender that says %s', (name) => {
  it('names a mailbox, without a special use or a status that it has not', async () => {
    const greeting = '* PREAUTH [CAPABILITY IMAP4rev1 NAMESPACE SPECIAL-USE LIST-EXTENDED LIST-STATUS] ready'
    await using it = await connected({}, greeting)
    const { client, peer } = it
    const listing = client.list('*', { status: { messages: true } })
    await peer.answer('OK done', `* LIST () "/" ${name}`, `* STATUS ${name} (MESSAGES 3 ${name} 7)`)
    expect(await listing).toEqual([
      {
        name,
        delimiter: '/',
        attributes: [],
        specialUse: null,
        selectable: true,
        subscribed: false,
        status: { messages: 3 },
      },
    ])
    const asking = client.status(name, { messages: true })
    await peer.answer('OK done', `* STATUS ${name} (MESSAGES 3)`)
    expect(await asking).toEqual({ messages: 3 })
    isClean()
  })

  it.each([
    [`* ${name} evil`, { type: 'UNKNOWN' }],
    [`* 1 ${name} evil`, { type: 'UNKNOWN' }],
    [`* OK [${name} evil] text`, { code: { name: 'OTHER' } }],
    [`* CAPABILITY ${name}`, { capabilities: [name] }],
    [`* FLAGS (${name})`, { flags: [name] }],
    [`* 1 FETCH (${name} evil UID 7)`, { data: { uid: 7 } }],
    [`* 1 FETCH (BODY[${name}] evil UID 7)`, { data: { uid: 7 } }],
    [`* STATUS x (${name} 1 MESSAGES 2)`, { status: { messages: 2 } }],
  ])('in %s means nothing else', (text, expected) => {
    expect(read(text)).toMatchObject(expected)
    isClean()
  })

  it.each([
    [`* ID ("${name}" "evil")`, 'params', name.toLowerCase(), 'evil'],
    [`* ESEARCH (TAG "a") ${name} evil`, 'other', name.toUpperCase(), 'evil'],
    [`* METADATA x (${name} "evil")`, 'entries', name, Buffer.from('evil')],
  ])('in %s is a key of a Map', (text, at, key, value) => {
    const found = (read(text) as unknown as Record<string, unknown>)[at]
    expect(found).toBeInstanceOf(Map)
    expect((found as Map<string, unknown>).get(key)).toEqual(value)
    isClean()
  })

  it('in headers and parameters is a name like others', () => {
    const fields = new HeaderFields(Buffer.from(`${name}: evil\r\n\r\n`))
    expect(fields.get(name)).toBe('evil')
    expect(new HeaderFields(Buffer.from('A: b\r\n\r\n')).get(name)).toBeUndefined()
    const parameters = decodeParameters([
      [name, 'evil'],
      [`${name}*0`, 'more'],
    ])
    expect(parameters.get(name.toLowerCase())).toBe('more')
    expect(decodeParameters([['a', 'b']]).get(name)).toBeUndefined()
    isClean()
  })

  it('names a file', () => {
    expect(safeFileName(name)).toBe(name)
  })
})

it.each([
  ['../../etc/passwd', '_.._etc_passwd'],
  ['/etc/passwd', '_etc_passwd'],
  ['C:\\Windows\\x', 'C__Windows_x'],
  ['a\0b', 'a_b'],
  ['\u202egnp.exe', 'gnp.exe'],
  ['..', 'attachment'],
])('a file name %j cannot lead out of its directory', (name, safe) => {
  expect(safeFileName(name)).toBe(safe)
})
