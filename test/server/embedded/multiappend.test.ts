import { describe, expect, it } from 'vitest'
import { scene, tagged, without } from './tools.js'

const literal = (text: string): string => `{${text.length}+}\r\n${text}`

describe('MULTIAPPEND (RFC 3502)', () => {
  it('stores several messages, each with its flags and date, and tells their UIDs in order', async () => {
    await using at = await scene({ saved: ['Subject: old\n\nx\n'] })
    const { client, server } = at
    const first = `(\\Seen) ${literal('Subject: afternoon meeting\r\n\r\nHello Joe\r\n')}`
    const second = `(\\Seen $Todo) " 7-Feb-1994 22:43:04 -0800" ${literal('Subject: Re\r\n\r\n3:30\r\n')}`
    const third = literal('Subject: third\r\n\r\n')
    expect(await tagged(client, `APPEND saved ${first} ${second} ${third}`)).toMatch(/^OK \[APPENDUID \d+ 2:4\] /)
    const { messages } = server.user('alice').mailbox('saved')
    expect(messages.slice(1).map(({ flags }) => flags)).toEqual([['\\Seen'], ['\\Seen', '$Todo'], []])
    expect(messages[2]?.internalDate.toISOString()).toBe('1994-02-08T06:43:04.000Z')
    expect(messages[3]?.raw.toString()).toBe('Subject: third\r\n\r\n')
  })

  it('asks for every literal, and refuses a later one', async () => {
    await using at = await scene({}, { limits: { literal: 50 } })
    const { client, server } = at
    client.send('a APPEND INBOX {9}\r\n')
    expect(await client.line()).toMatch(/^\+ /)
    client.send('A: b\r\n\r\nc {2000}\r\n')
    expect(await client.line()).toMatch(/^a NO \[TOOBIG\]/)
    expect(server.user('alice').mailbox('INBOX').messages).toEqual([])
    expect(await tagged(client, 'APPEND bogusname (\\Flagged) {23}')).toMatch(/^NO \[TRYCREATE\]/)
  })

  it.each([
    ['an empty literal, which cancels', `${literal('A: b\r\n\r\n')} {0+}\r\n`, /^NO /],
    ['something that is no message', `${literal('A: b\r\n\r\n')} (\\Seen)`, /^BAD /],
    ['a space too much', `${literal('A: b\r\n\r\n')} `, /^BAD /],
    ['a flag that is none', `${literal('A: b\r\n\r\n')} (\\Foo) ${literal('A: b\r\n\r\n')}`, /^BAD /],
  ])('stores nothing with %s', async (_what, rest, answer) => {
    await using at = await scene()
    expect(await tagged(at.client, `APPEND INBOX ${rest}`)).toMatch(answer)
    expect(at.server.user('alice').mailbox('INBOX').messages).toEqual([])
  })

  it('is not there unless it is offered', async () => {
    await using at = await scene({}, { capabilities: without('MULTIAPPEND') })
    expect(await tagged(at.client, `APPEND INBOX ${literal('A: b\r\n\r\n')} ${literal('A: b\r\n\r\n')}`)).toMatch(
      /^BAD /,
    )
  })
})
