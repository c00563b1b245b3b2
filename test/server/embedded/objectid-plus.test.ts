import { describe, expect, it } from 'vitest'
import { capabilities, scene, tagged, without } from './tools.js'

const MAILBOX = /OBJECTID \(MAILBOXID (F[A-Za-z0-9_-]+) ACCOUNTID (A[A-Za-z0-9_-]+)\)/
const idOf = (text: string | undefined): string => MAILBOX.exec(text ?? '')?.[1] ?? 'none'

describe('OBJECTID+', () => {
  it('is told nothing of until it is enabled', async () => {
    await using at = await scene({ foo: [] })
    const { client } = at
    expect(await capabilities(client)).toContain('OBJECTID+')
    expect((await client.run('SELECT foo')).join()).not.toContain('[OBJECTID')
    expect(await tagged(client, 'CREATE bar')).toMatch(/^OK \[MAILBOXID /)
  })

  it('tells the identifiers of a mailbox with SELECT, EXAMINE, CREATE, RENAME and STATUS', async () => {
    await using at = await scene({ foo: [] })
    const { client } = at
    expect(await client.ok('ENABLE OBJECTID+')).toEqual(['* ENABLED OBJECTID+'])
    const created = await tagged(client, 'CREATE bar')
    expect(created).toMatch(/^OK \[OBJECTID \(MAILBOXID F\S+ ACCOUNTID A\S+\)\]/)
    expect(idOf(await tagged(client, 'RENAME bar baz'))).toBe(idOf(created))
    for (const command of ['SELECT baz', 'EXAMINE baz']) {
      expect((await client.ok(command)).map(idOf)).toContain(idOf(created))
    }
    expect((await client.ok('STATUS baz (OBJECTID)')).map(idOf)).toEqual([idOf(created)])
  })

  it('tells those of a message', async () => {
    await using at = await scene({ INBOX: ['A: b\n\nx\n'] })
    const { client } = at
    await client.ok('SELECT INBOX')
    const ids = (await client.ok('FETCH 1 (EMAILID THREADID)')).join().match(/\((\w+)\)/g)
    const [enabled, line] = await client.ok('FETCH 1 (OBJECTID)')
    expect(enabled).toBe('* ENABLED OBJECTID+')
    expect(line).toBe(`* 1 FETCH (OBJECTID (EMAILID ${ids?.[0].slice(1, -1)} THREADID ${ids?.[1]?.slice(1, -1)}))`)
    expect(await client.ok('FETCH 1 (OBJECTID)')).toHaveLength(1)
  })

  it('is switched on by STATUS and SELECT, and told once', async () => {
    await using at = await scene({ foo: [] })
    const { client } = at
    const [enabled, status] = await client.ok('STATUS foo (OBJECTID)')
    expect(enabled).toBe('* ENABLED OBJECTID+')
    expect(await client.ok('STATUS foo (OBJECTID)')).toEqual([status])
    const other = await at.another()
    const lines = await other.ok(`SELECT INBOX (OBJECTID (MAILBOXID ${idOf(status)}))`)
    expect(lines.filter((line) => line === '* ENABLED OBJECTID+')).toHaveLength(1)
    expect(lines.map(idOf)).toContain(idOf(status))
  })

  it('opens by identifier whatever the name is, and by name where the identifier is of nothing', async () => {
    await using at = await scene({ foo: ['A: b\n\nx\n'] })
    const { client } = at
    await client.ok('ENABLE OBJECTID+')
    const [status] = await client.ok('STATUS foo (OBJECTID)')
    const account = MAILBOX.exec(status ?? '')?.[2]
    await client.ok('RENAME foo bar')
    const open = async (pairs: string): Promise<boolean> =>
      (await client.ok(`SELECT INBOX (OBJECTID (${pairs}))`)).includes('* 1 EXISTS')
    expect(await open(`MAILBOXID ${idOf(status)} ACCOUNTID ${account}`)).toBe(true)
    expect(await open(`MAILBOXID ${idOf(status)} FUTURE x`)).toBe(true)
    expect(await open(`MAILBOXID ${idOf(status)} ACCOUNTID Anobody`)).toBe(false)
    expect(await open('MAILBOXID F0')).toBe(false)
    expect(await open('MAILBOXID "?"')).toBe(false)
    for (const broken of ['(OBJECTID)', '(OBJECTID ())', '(OBJECTID (MAILBOXID))']) {
      expect(await tagged(client, `SELECT INBOX ${broken}`)).toMatch(/^BAD /)
    }
  })

  it('is not there unless it is offered', async () => {
    await using at = await scene({}, { capabilities: without('OBJECTID+') })
    expect(await tagged(at.client, 'STATUS INBOX (OBJECTID)')).toMatch(/^BAD /)
    expect(await tagged(at.client, 'SELECT INBOX (OBJECTID (MAILBOXID F0))')).toMatch(/^BAD /)
  })
})
