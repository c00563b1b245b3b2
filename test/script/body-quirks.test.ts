import { describe, expect, it } from 'vitest'
import { connect, IncompleteFetchError, uid, uids, type ImapClient, type Mailbox } from 'imapkit'
import { ScriptedServer } from 'imapkit/testing'

const PREFIX = `
  S: * PREAUTH [CAPABILITY IMAP4rev1] ready
  C: <t> SELECT INBOX
  S: * 3 EXISTS
  S: * OK [UIDVALIDITY 7] ok
  S: * OK [UIDNEXT 40] ok
  S: <t> OK [READ-WRITE] done
`

interface Scene extends AsyncDisposable {
  readonly client: ImapClient
  readonly inbox: Mailbox
  readonly warnings: string[]
  readonly done: Promise<void>
}

/** Plays a dialogue behind the selection of an INBOX with three messages; pieces have ten octets. */
async function scene(script: string): Promise<Scene> {
  const server = await ScriptedServer.start(PREFIX + script)
  const warnings: string[] = []
  const client = await connect({
    ...server.connectOptions(),
    id: false,
    idle: false,
    limits: { piece: 10 },
    on: { warning: ({ error }) => warnings.push(error.message) },
  })
  const inbox = await client.select('INBOX')
  return {
    client,
    inbox,
    warnings,
    done: server.done,
    [Symbol.asyncDispose]: async () => {
      client.close()
      await server.close()
    },
  }
}

/** All bodies of a message as text. */
async function read(inbox: Mailbox, options: { readonly single?: boolean } = {}): Promise<string[]> {
  const texts: string[] = []
  for await (const body of inbox.stream(uid(5), '', options)) {
    let text = ''
    for await (const chunk of body) text += Buffer.from(chunk).toString('latin1')
    texts.push(`${body.size}:${text}`)
  }
  return texts
}

const SIZE = `
  C: <t> UID FETCH 5 (UID RFC822.SIZE)
  S: * 2 FETCH (UID 5 RFC822.SIZE 25)
  S: <t> OK done
`

describe('a body in pieces', () => {
  it('from a server that sends everything instead of a piece', async () => {
    await using at = await scene(`${SIZE}
      C: <t> UID FETCH 5 (UID BODY.PEEK[]<0.10>)
      S: * 2 FETCH (UID 5 BODY[] {25}
      S-raw abcdefghijklmnopqrstuvwxy)\\r\\n
      S: <t> OK done
    `)
    expect(await read(at.inbox)).toEqual(['25:abcdefghijklmnopqrstuvwxy'])
    await at.done
  })

  it('from a server that echoes the range', async () => {
    await using at = await scene(`${SIZE}
      C: <t> UID FETCH 5 (UID BODY.PEEK[]<0.10>)
      S: * 2 FETCH (UID 5 BODY[]<0.10> {10}
      S-raw abcdefghij)\\r\\n
      S: <t> OK done
      C: <t> UID FETCH 5 (UID BODY.PEEK[]<10.10>)
      C: <u> UID FETCH 5 (UID BODY.PEEK[]<20.10>)
      S: * 2 FETCH (UID 5 BODY[]<10.10> {10}
      S-raw klmnopqrst)\\r\\n
      S: <t> OK done
      S: * 2 FETCH (UID 5 BODY[]<20.10> {5}
      S-raw uvwxy)\\r\\n
      S: <u> OK done
    `)
    expect(await read(at.inbox)).toEqual(['25:abcdefghijklmnopqrstuvwxy'])
  })

  it('from a server that leaves out the first origin and sends strings', async () => {
    await using at = await scene(`${SIZE}
      C: <t> UID FETCH 5 (UID BODY.PEEK[]<0.10>)
      S: * 2 FETCH (UID 5 BODY[] "abcdefghij")
      S: <t> OK done
      C: <t> UID FETCH 5 (UID BODY.PEEK[]<10.10>)
      C: <u> UID FETCH 5 (UID BODY.PEEK[]<20.10>)
      S: * 2 FETCH (UID 5 BODY[]<10> "klmnopqrst")
      S: * 2 FETCH (UID 5 BODY[]<20> "uvwxy")
      S: <t> OK done
      S: <u> OK done
    `)
    expect(await read(at.inbox)).toEqual(['25:abcdefghijklmnopqrstuvwxy'])
  })

  it('from a server that answers pieces out of order', async () => {
    await using at = await scene(`${SIZE}
      C: <t> UID FETCH 5 (UID BODY.PEEK[]<0.10>)
      S: * 2 FETCH (UID 5 BODY[]<0> {10}
      S-raw abcdefghij)\\r\\n
      S: <t> OK done
      C: <t> UID FETCH 5 (UID BODY.PEEK[]<10.10>)
      C: <u> UID FETCH 5 (UID BODY.PEEK[]<20.10>)
      S: * 2 FETCH (UID 5 BODY[]<20> {5}
      S-raw uvwxy)\\r\\n
      S: <u> OK done
      S: * 2 FETCH (UID 5 BODY[]<10> {10}
      S-raw klmnopqrst)\\r\\n
      S: <t> OK done
    `)
    expect(await read(at.inbox)).toEqual(['25:abcdefghijklmnopqrstuvwxy'])
  })
})

describe('a body in pieces, one at a time', () => {
  // The second piece is never short here, so that the same dialogue holds however many are sent ahead.
  const BIG = `
    C: <t> UID FETCH 5 (UID RFC822.SIZE)
    S: * 2 FETCH (UID 5 RFC822.SIZE 14)
    S: <t> OK done
    C: <t> UID FETCH 5 (UID BODY.PEEK[]<0.10>)
    S: * 2 FETCH (UID 5 BODY[]<0> {10}
    S-raw abcdefghij)\\r\\n
    S: <t> OK done
    C: <t> UID FETCH 5 (UID BODY.PEEK[]<10.10>)
  `

  it('an empty piece is asked for once more', async () => {
    await using at = await scene(`${BIG}
      S: * 2 FETCH (UID 5 BODY[]<10> "")
      S: <t> OK done
      C: <t> UID FETCH 5 (UID BODY.PEEK[]<10.10>)
      S: * 2 FETCH (UID 5 BODY[]<10> "klmn")
      S: <t> OK done
    `)
    expect(await read(at.inbox)).toEqual(['14:abcdefghijklmn'])
    expect(at.warnings).toEqual([])
  })

  it('and twice empty is the end, with a warning', async () => {
    await using at = await scene(`${BIG}
      S: * 2 FETCH (UID 5 BODY[]<10> "")
      S: <t> OK done
      C: <t> UID FETCH 5 (UID BODY.PEEK[]<10.10>)
      S: * 2 FETCH (UID 5 BODY[]<10> NIL)
      S: <t> OK done
    `)
    expect(await read(at.inbox)).toEqual(['14:abcdefghij'])
    expect(at.warnings).toEqual([expect.stringContaining('10 octets; 14 were announced')])
  })

  it('a message that is gone in the middle is no shorter message', async () => {
    await using at = await scene(`${BIG}
      S: <t> OK done
      C: <t> UID FETCH 5 (UID BODY.PEEK[]<10.10>)
      S: <t> OK done
    `)
    await expect(read(at.inbox)).rejects.toThrow(IncompleteFetchError)
  })

  it('a server may cap the pieces', async () => {
    await using at = await scene(`${BIG}
      S: * 2 FETCH (UID 5 BODY[]<10> {2}
      S-raw kl)\\r\\n
      S: <t> OK done
      C: <t> UID FETCH 5 (UID BODY.PEEK[]<12.2>)
      S: * 2 FETCH (UID 5 BODY[]<12> {2}
      S-raw mn)\\r\\n
      S: <t> OK done
      C: <t> UID FETCH 5 (UID BODY.PEEK[]<14.2>)
      S: * 2 FETCH (UID 5 BODY[]<14> "")
      S: <t> OK done
    `)
    expect(await read(at.inbox)).toEqual(['14:abcdefghijklmn'])
  })

  it('a message larger than the server had said comes whole', async () => {
    await using at = await scene(`${BIG}
      S: * 2 FETCH (UID 5 BODY[]<10> {10}
      S-raw klmnopqrst)\\r\\n
      S: <t> OK done
      C: <t> UID FETCH 5 (UID BODY.PEEK[]<20.10>)
      S: * 2 FETCH (UID 5 BODY[]<20> {3}
      S-raw uvw)\\r\\n
      S: <t> OK done
    `)
    expect(await read(at.inbox)).toEqual(['14:abcdefghijklmnopqrstuvw'])
  })

  it('a refusal rejects the body', async () => {
    await using at = await scene(`${BIG}
      S: <t> NO [UNAVAILABLE] disk on fire
    `)
    await expect(read(at.inbox)).rejects.toMatchObject({ code: 'ERR_IMAP_NO', retryable: true })
  })
})

describe('whole bodies', () => {
  it('whose UID comes behind the literal are kept in memory until it is known', async () => {
    await using at = await scene(`
      C: <t> UID FETCH 5:6 (UID RFC822.SIZE)
      S: * 2 FETCH (RFC822.SIZE 4 UID 5)
      S: * 3 FETCH (RFC822.SIZE 4 UID 6)
      S: <t> OK done
      C: <t> UID FETCH 5:6 (UID BODY.PEEK[])
      S: * 3 FETCH (BODY[] {4}
      S-raw 6666 UID 6)\\r\\n
      S: * 2 FETCH (BODY[] {4}
      S-raw 5555 UID 5)\\r\\n
      S: <t> OK done
    `)
    const seen: string[] = []
    for await (const body of at.inbox.stream(uids('5:6'))) {
      for await (const chunk of body) seen.push(`${body.uid} ${Buffer.from(chunk).toString()}`)
    }
    expect(seen).toEqual(['6 6666', '5 5555'])
  })

  it('come without a size, as strings, and as NIL', async () => {
    await using at = await scene(`
      C: <t> UID FETCH 4:6 (UID RFC822.SIZE)
      S: * 1 FETCH (UID 4)
      S: * 2 FETCH (UID 5 RFC822.SIZE 4)
      S: * 3 FETCH (UID 6 RFC822.SIZE 0)
      S: <t> OK done
      C: <t> UID FETCH 4:6 (UID BODY.PEEK[])
      S: * 1 FETCH (UID 4 BODY[] {4}
      S-raw 4444)\\r\\n
      S: * 2 FETCH (UID 5 BODY[] "5555")
      S: * 3 FETCH (UID 6 BODY[] NIL)
      S: <t> OK done
    `)
    const seen: string[] = []
    for await (const body of at.inbox.stream(uids('4:6'))) {
      let text = ''
      for await (const chunk of body) text += Buffer.from(chunk).toString()
      seen.push(`${body.uid} ${body.size} ${text}`)
    }
    expect(seen.sort()).toEqual(['4 4 4444', '5 4 5555', '6 0 '])
  })

  it('that are gone meanwhile are skipped, also where the server says NO', async () => {
    await using at = await scene(`
      C: <t> UID FETCH 5:6 (UID RFC822.SIZE)
      S: * 2 FETCH (UID 5 RFC822.SIZE 4)
      S: * 3 FETCH (UID 6 RFC822.SIZE 4)
      S: <t> OK done
      C: <t> UID FETCH 5:6 (UID BODY.PEEK[])
      S: * 3 FETCH (UID 6 BODY[] {4}
      S-raw 6666)\\r\\n
      S: <t> NO Some of the requested messages no longer exist.
    `)
    const seen: number[] = []
    for await (const body of at.inbox.stream(uids('5:6'))) seen.push(body.uid)
    expect(seen).toEqual([6])
  })

  it('that the server leaves out reject at the end', async () => {
    await using at = await scene(`
      C: <t> UID FETCH 5:6 (UID RFC822.SIZE)
      S: * 2 FETCH (UID 5 RFC822.SIZE 4)
      S: * 3 FETCH (UID 6 RFC822.SIZE 4)
      S: <t> OK done
      C: <t> UID FETCH 5:6 (UID BODY.PEEK[])
      S: * 2 FETCH (UID 5)
      S: * 3 FETCH (UID 6 BODY[] "6666")
      S: <t> OK done
    `)
    const seen: number[] = []
    const reading = (async () => {
      for await (const body of at.inbox.stream(uids('5:6'))) seen.push(body.uid)
    })()
    await expect(reading).rejects.toThrow(IncompleteFetchError)
    expect(seen).toEqual([6])
  })
})
