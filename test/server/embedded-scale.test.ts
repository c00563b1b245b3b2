import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ImapServer } from 'imapkit/testing'
import { RawClient } from '../unit/testing/raw-client.js'

const users = (count: number, raw = 'Subject: x\n\nx\n') => ({
  alice: { password: 'secret', mailboxes: { INBOX: Array.from({ length: count }, () => raw) } },
})

async function open(server: ImapServer): Promise<RawClient> {
  const client = await RawClient.open({ port: server.port })
  await client.ok('LOGIN alice secret')
  await client.ok('SELECT INBOX')
  return client
}

describe('a mailbox of 100000 messages', () => {
  it('is opened, fetched, searched, flagged and emptied in linear time', { timeout: 60_000 }, async () => {
    const start = performance.now()
    await using server = await ImapServer.start({ users: users(100_000) })
    await using client = await open(server)
    await using other = await open(server)
    expect(await client.ok('FETCH 1:* (UID FLAGS RFC822.SIZE)')).toHaveLength(100_000)
    expect(await client.ok('UID FETCH 1:* (ENVELOPE)')).toHaveLength(100_000)
    expect((await client.ok('UID SEARCH UNSEEN'))[0]?.length).toBeGreaterThan(500_000)
    expect(await client.ok('UID SEARCH RETURN (ALL COUNT) SUBJECT x')).toEqual([
      expect.stringMatching(/UID ALL 1:100000 COUNT 100000$/),
    ])
    expect(await client.ok('STORE 1:* +FLAGS.SILENT (\\Deleted)')).toEqual([])
    expect(await client.ok('EXPUNGE')).toHaveLength(100_000)
    // The other session is told of all of it: flags of what is gone are no news.
    expect(await other.ok('NOOP')).toHaveLength(100_000)
    // A quadratic step would take minutes.
    expect(performance.now() - start).toBeLessThan(40_000)
  })
})

describe('a client that does not read', () => {
  it('slows the server down instead of filling its memory', async () => {
    await using server = await ImapServer.start({ users: users(200, `Subject: x\n\n${'x'.repeat(400_000)}\n`) })
    await using client = await open(server)
    client.socket.pause()
    client.send('a FETCH 1:* BODY.PEEK[]\r\n')
    await new Promise((resolve) => setTimeout(resolve, 300))
    const sent = server.connections[0]?.bytesSent ?? 0
    expect(sent).toBeLessThan(20_000_000)
    await using other = await open(server)
    expect(await other.ok('NOOP')).toEqual([])
    client.socket.resume()
    const lines = await client.answer('a')
    expect(lines.filter((line) => line.startsWith('* '))).toHaveLength(200)
    expect(server.connections[0]?.bytesSent).toBeGreaterThan(80_000_000)
  })
})

describe('any octets', () => {
  it('are answered or end the connection, and the server lives on', async () => {
    await using server = await ImapServer.start({ users: users(3), limits: { line: 2000, literal: 2000 } })
    const word = fc.constantFrom(
      ...'a UID FETCH STORE SEARCH LIST SELECT APPEND INBOX 1:* ( ) [ ] { {3} {3+} ~{3+} " \\ \\Seen FLAGS BODY[ TEXT OR NOT RETURN % * $ < > <0.1> IDLE DONE AUTHENTICATE PLAIN = + - , : . 0 4294967296'.split(
        ' ',
      ),
      '\r',
      '\n',
      '\r\n',
      '\r\na ',
      '\0',
      '\xff',
      ' ',
      ' ',
      ' ',
    )
    const input = fc.oneof(
      fc.array(word, { maxLength: 60 }).map((words) => words.join('')),
      fc.string({ unit: 'binary', maxLength: 200 }),
    )
    await fc.assert(
      fc.asyncProperty(fc.boolean(), input, async (loggedIn, text) => {
        await using client = loggedIn ? await open(server) : await RawClient.open({ port: server.port })
        client.send(`a ${text}`)
        client.socket.end()
        await client.rest()
      }),
      { numRuns: 300 },
    )
    await using client = await RawClient.open({ port: server.port })
    expect((await client.run('NOOP')).at(-1)).toMatch(/^OK/)
    while (server.connections.length > 1) await new Promise((resolve) => setTimeout(resolve, 5))
    // close() tells of any failure inside the server.
    await server.close()
  })
})
