import { describe, expect, it } from 'vitest'
import { scene, tagged, without } from './tools.js'

const OBJECT_ID = /\((([A-Z])[A-Za-z0-9_-]{1,254})\)/
const idOf = (line: string | undefined): string => OBJECT_ID.exec(line ?? '')?.[1] ?? 'none'
const received = new Date('2018-03-20T03:07:37Z')

describe('MAILBOXID (RFC 8474 §4)', () => {
  it('is told by CREATE, SELECT, EXAMINE and STATUS, and stays when the mailbox is renamed', async () => {
    await using at = await scene()
    const { client } = at
    const foo = await tagged(client, 'CREATE foo')
    expect(foo).toMatch(/^OK \[MAILBOXID \(F[A-Za-z0-9_-]+\)\]/)
    const bar = await tagged(client, 'CREATE bar')
    expect(idOf(bar)).not.toBe(idOf(foo))
    expect(await tagged(client, 'CREATE foo')).toMatch(/^NO /)
    for (const command of ['SELECT foo', 'EXAMINE foo']) {
      const line = (await client.ok(command)).find((each) => each.includes('MAILBOXID'))
      expect(line).toMatch(/^\* OK \[MAILBOXID \(/)
      expect(idOf(line)).toBe(idOf(foo))
    }
    await client.ok('RENAME foo renamed')
    expect(await client.ok('STATUS renamed (MAILBOXID)')).toEqual([`* STATUS renamed (MAILBOXID (${idOf(foo)}))`])
    expect(await client.ok('LIST "" bar RETURN (STATUS (mailboxid))')).toContain(
      `* STATUS bar (MAILBOXID (${idOf(bar)}))`,
    )
  })

  it('never comes again, and is not taken along from INBOX', async () => {
    await using at = await scene({ INBOX: ['A: b\n\nx\n'] })
    const { client } = at
    const first = await tagged(client, 'CREATE foo')
    await client.ok('DELETE foo')
    expect(idOf(await tagged(client, 'CREATE foo'))).not.toBe(idOf(first))
    const inbox = idOf((await client.ok('STATUS INBOX (MAILBOXID)'))[0])
    await client.ok('RENAME INBOX archive')
    expect(idOf((await client.ok('STATUS INBOX (MAILBOXID)'))[0])).toBe(inbox)
    expect(idOf((await client.ok('STATUS archive (MAILBOXID)'))[0])).not.toBe(inbox)
  })
})

describe('EMAILID and THREADID (RFC 8474 §5)', () => {
  const mail = (header: string) => ({ raw: `${header}\n\nx\n`, internalDate: received })
  const INBOX = [
    mail('Subject: Message A\nMessage-ID: <a@example.com>'),
    mail('Subject: Re: Message A\nMessage-ID: <b@example.org>\nReferences: <a@example.com>'),
    mail('Subject: Message C\nMessage-ID: <c@example.com>'),
    mail('Subject: Re: Re: Message A\nIn-Reply-To: <a@example.com>'),
    mail('Subject: without any identifier'),
  ]
  const ids = (lines: readonly string[]) =>
    lines.map((line) => /EMAILID \((M\w+)\) THREADID \((T\w+)\)/.exec(line)?.slice(1) ?? [line])

  it('name messages, and what belongs together', async () => {
    await using at = await scene({ INBOX })
    const { client } = at
    await client.ok('SELECT INBOX')
    const found = ids(await client.ok('FETCH 1:* (EMAILID THREADID)'))
    expect(new Set(found.map(([email]) => email)).size).toBe(5)
    const threads = found.map(([, thread]) => thread)
    expect(threads.map((thread) => threads.indexOf(thread))).toEqual([0, 0, 2, 0, 4])
    expect(await client.ok(`SEARCH EMAILID ${found[1]?.[0]}`)).toEqual(['* SEARCH 2'])
    expect(await client.ok(`SEARCH THREADID ${threads[0]}`)).toEqual(['* SEARCH 1 2 4'])
    expect(await client.ok(`SEARCH EMAILID ${found[1]?.[0]?.toLowerCase()}`)).toEqual(['* SEARCH'])
  })

  it('go along with COPY and MOVE', async () => {
    await using at = await scene({ INBOX, foo: [] })
    const { client } = at
    await client.ok('SELECT INBOX')
    const before = ids(await client.ok('FETCH 1:3 (EMAILID THREADID)'))
    await client.ok('COPY 1 foo')
    await client.ok('MOVE 2 foo')
    await client.ok('SELECT foo')
    expect(ids(await client.ok('FETCH 1:2 (EMAILID THREADID)'))).toEqual(before.slice(0, 2))
  })

  it.each(['', '"M1"', 'a.b', '(M1)', 'x'.repeat(256)])('are not written as %j', async (id) => {
    await using at = await scene()
    await at.client.ok('SELECT INBOX')
    expect(await tagged(at.client, `SEARCH EMAILID ${id}`)).toMatch(/^BAD /)
  })

  it('are not there unless they are offered', async () => {
    await using at = await scene({ INBOX }, { capabilities: without('OBJECTID') })
    const { client } = at
    expect(await tagged(client, 'CREATE foo')).toBe('OK CREATE completed')
    expect((await client.ok('SELECT INBOX')).join()).not.toContain('MAILBOXID')
    for (const command of ['STATUS foo (MAILBOXID)', 'FETCH 1 EMAILID', 'SEARCH THREADID T1']) {
      expect(await tagged(client, command)).toMatch(/^BAD /)
    }
  })
})
