import { describe, expect, it } from 'vitest'
import { ArgumentError, connect, headers, RateLimitError, seqs, uid, uids } from 'imapkit'
import { VERSION } from '../../src/model/version.js'
import { rejection } from '../behaviour/tools.js'
import { QUIET, refused, scene, scripted } from './client-tools.js'

// Conversations that servers are known for; what is one response alone stands in test/corpus/quirks.txt.

const preauth = (more = ''): string => `S: * PREAUTH [CAPABILITY IMAP4rev1 ${more}] ready\n`
const selects = (count: number): string => `
  C: <t> SELECT INBOX
  S: * ${count} EXISTS
  S: <t> OK [READ-WRITE] in
`

describe('Microsoft Exchange', () => {
  it('that has too many connections is not a wrong password: it asks for a pause', async () => {
    await using it = await scene(`${preauth()}
      C: <t> SELECT INBOX
      S: <t> BAD User is authenticated but not connected.
    `)
    const error = await rejection(it.client.select('INBOX'))
    expect(error).toBeInstanceOf(RateLimitError)
    expect(error).toMatchObject({ retryable: true, retryAfterMs: undefined })
    expect(it.client.state).toBe('authenticated')
  })

  it('may prompt for LOGIN as it likes', async () => {
    const { server, options } = await scripted(`
      S: * OK [CAPABILITY IMAP4rev1 AUTH=LOGIN LOGINDISABLED] ready
      C: <t> AUTHENTICATE LOGIN
      S: + VXNlciBOYW1lAA==
      C: YWRh
      S: + UGFzc3dvcmQA
      C: cHc=
      S: <t> OK [CAPABILITY IMAP4rev1] in
    `)
    const client = await connect({ ...options, ...QUIET, auth: { user: 'ada', password: 'pw' } })
    client.close()
    await server.done
    await server.close()
  })

  it('takes sets of 1,900 numbers at most: ours are shorter', () => {
    const longest = Array.from({ length: 4000 }, (_, index) => 10_001 + 2 * index)
    for (const part of uids(longest).chunks(8000)) expect(part.size).toBeLessThan(1900)
  })
})

describe('Gmail', () => {
  it('has CONDSTORE and no QRESYNC: what is not offered is not enabled', async () => {
    await using it = await scene(
      `${preauth('ENABLE CONDSTORE')}
      C: <t> ENABLE CONDSTORE
      S: * ENABLED CONDSTORE
      S: <t> OK done
    `,
      { enable: ['QRESYNC'] },
    )
    expect([...it.client.enabled]).toEqual(['CONDSTORE'])
  })

  it('takes no name that ends in the delimiter: none is added', async () => {
    await using it = await scene(`${preauth()}
      C: <t> CREATE Work/2026
      S: <t> OK done
    `)
    await it.client.createMailbox('Work/2026')
    await it.done
  })

  it('says BAD to message 0, which is refused before it is sent', () => {
    expect(() => seqs(0)).toThrow(ArgumentError)
    expect(() => uids('0:5')).toThrow(ArgumentError)
  })

  it('asks for a browser in an alert', async () => {
    const alerts: string[] = []
    const error = await refused(
      `
      S: * OK [CAPABILITY IMAP4rev1] ready
      C: <t> LOGIN ada pw
      S: <t> NO [ALERT] Please log in via your web browser
    `,
      { auth: { user: 'ada', password: 'pw' }, on: { alert: ({ text }) => void alerts.push(text) } },
    )
    expect(error).toMatchObject({ code: 'ERR_IMAP_AUTHENTICATION' })
    expect(alerts).toEqual(['Please log in via your web browser'])
  })
})

describe('iCloud', () => {
  it('answers RFC822 with nothing: bodies are asked for by BODY.PEEK[]', async () => {
    await using it = await scene(`${preauth()}${selects(1)}
      C: <t> UID FETCH 5 (UID RFC822.SIZE)
      S: * 1 FETCH (UID 5 RFC822.SIZE 4)
      S: <t> OK done
      C: <t> UID FETCH 5 (UID BODY.PEEK[])
      S: * 1 FETCH (UID 5 BODY[] "body")
      S: <t> OK done
    `)
    const inbox = await it.client.select('INBOX')
    expect((await (await inbox.download(uid(5)))?.bytes())?.length).toBe(4)
    await it.done
  })
})

describe('NetEase', () => {
  it('wants an ID before SELECT, with a name and a version: it is sent after login', async () => {
    const { server, options } = await scripted(`${preauth('ID')}
      C: <t> ID ("name" "imapkit" "version" "${VERSION}")
      S: * ID NIL
      S: <t> OK done
    `)
    const client = await connect({ ...options, idle: false })
    client.close()
    await server.done
    await server.close()
  })
})

describe('Tencent Exmail and hMailServer', () => {
  it('take no descending ranges: sets are sent ascending and merged', async () => {
    await using it = await scene(`${preauth()}${selects(10)}
      C: <t> UID FETCH 1:10 (UID FLAGS)
      S: <t> OK done
    `)
    const inbox = await it.client.select('INBOX')
    expect(await inbox.fetch(uids('10:4,3,2:1'), { flags: true }).toArray()).toEqual([])
    await it.done
  })
})

describe('mailo.com', () => {
  it('refuses quoted names of header fields: they are atoms', async () => {
    await using it = await scene(`${preauth()}${selects(1)}
      C: <t> UID FETCH 5 (UID BODY.PEEK[HEADER.FIELDS (List-Id References)])
      S: * 1 FETCH (UID 5 BODY[HEADER.FIELDS (LIST-ID REFERENCES)] "")
      S: <t> OK done
    `)
    const inbox = await it.client.select('INBOX')
    await inbox.fetchOne(uid(5), { sections: { some: headers('List-Id', 'References') } })
    await it.done
  })
})

describe('an empty mailbox', () => {
  it('is not asked for 1:*, which Dovecot answers with BAD', async () => {
    await using it = await scene(`${preauth()}${selects(0)}
      C: <t> NOOP
      S: <t> OK done
    `)
    const inbox = await it.client.select('INBOX')
    expect(await inbox.fetch(seqs('1:*'), { flags: true }).toArray()).toEqual([])
    await it.client.noop()
    await it.done
  })
})

describe('Cyrus 2.4', () => {
  it('answers a search for ESEARCH with SEARCH', async () => {
    await using it = await scene(`${preauth('ESEARCH')}${selects(9)}
      C: <t> UID SEARCH RETURN (ALL) UNSEEN
      S: * SEARCH 1 5 9
      S: <t> OK done
    `)
    const inbox = await it.client.select('INBOX')
    expect(String(await inbox.search({ seen: false }))).toBe('1,5,9')
    await it.done
  })
})

describe('Courier', () => {
  it('tells of message 0: a warning, and the command goes on', async () => {
    await using it = await scene(`${preauth()}${selects(1)}
      C: <t> NOOP
      S: * 0 FETCH (FLAGS (\\Seen))
      S: <t> OK done
    `)
    await it.client.select('INBOX')
    await it.client.noop()
    expect(it.warnings).toHaveLength(1)
  })
})

describe('Yandex', () => {
  it('repeats BYE: the first one ends the connection', async () => {
    await using it = await scene(`${preauth()}
      C: <t> NOOP
      S: * BYE Autologout
      S: * BYE Autologout
      S-close
    `)
    expect(await rejection(it.client.noop())).toMatchObject({ code: 'ERR_IMAP_BYE' })
    expect(await it.client.closed).toMatchObject({ error: { code: 'ERR_IMAP_BYE' } })
  })
})

describe('an answer of the wrong form', () => {
  it('BYE with the tag of a command is no success of it', async () => {
    await using it = await scene(`${preauth()}
      C: <t> NOOP
      S: <t> BYE gone
      S-close
    `)
    expect(await rejection(it.client.noop())).toMatchObject({ code: 'ERR_IMAP_BYE' })
  })

  it('BAD without a tag is told, and the command ends in its time', async () => {
    const alerts: string[] = []
    await using it = await scene(
      `${preauth()}
      C: <t> SELECT INBOX
      S: * BAD [ALERT] Please enable IMAP access
      S-wait 400
    `,
      { on: { alert: ({ text }) => void alerts.push(text) } },
    )
    const error = await rejection(it.client.select('INBOX', { timeout: 100 }))
    expect(error).toMatchObject({ code: 'ERR_IMAP_TIMEOUT' })
    expect(alerts).toEqual(['Please enable IMAP access'])
  })
})

describe('UIDVALIDITY 0', () => {
  it('is told as it is: UIDs are not to be kept', async () => {
    await using it = await scene(`${preauth()}
      C: <t> SELECT INBOX
      S: * 1 EXISTS
      S: * OK [UIDVALIDITY 0]
      S: <t> OK [READ-WRITE] in
    `)
    expect((await it.client.select('INBOX')).uidValidity).toBe(0)
  })
})

describe('APPEND', () => {
  it('of more than 1 MiB asks the server first, also with LITERAL+', async () => {
    await using it = await scene(`${preauth('LITERAL+')}
      C: <t> APPEND INBOX {1100000}
      S: <t> NO [OVERQUOTA] full
    `)
    const error = await rejection(it.client.append('INBOX', new Uint8Array(1_100_000).fill(65)))
    expect(error).toMatchObject({ responseCode: { name: 'OVERQUOTA' } })
    await it.done
  })
})

describe('VANISHED', () => {
  it('may name UIDs that nobody knew; EXISTS need not follow', async () => {
    const gone: string[] = []
    await using it = await scene(
      `${preauth('ENABLE CONDSTORE QRESYNC')}
      C: <e> ENABLE CONDSTORE QRESYNC
      S: * ENABLED CONDSTORE QRESYNC
      S: <e> OK done
      ${selects(2)}
      C: <t> UID FETCH 5:6 (UID)
      S: * 1 FETCH (UID 5)
      S: * 2 FETCH (UID 6)
      S: <t> OK done
      C: <t> NOOP
      S: * VANISHED 6,900:4000
      S: <t> OK done
    `,
      { enable: ['QRESYNC'], on: { vanished: ({ uids: some }) => void gone.push(String(some)) } },
    )
    const inbox = await it.client.select('INBOX')
    await inbox.fetch(uids('5:6'), {}).toArray()
    await it.client.noop()
    expect(inbox.exists).toBe(1)
    expect(gone).toHaveLength(1)
  })
})
