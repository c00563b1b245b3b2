import { describe, expect, it } from 'vitest'
import {
  ArgumentError,
  CapabilityError,
  connect,
  getJmapAccess,
  rlist,
  rlsub,
  uids,
  type ImapClient,
  type Mailbox,
  type SearchCriteria,
} from 'imapkit'
import { ScriptedServer } from 'imapkit/testing'

interface Scene extends AsyncDisposable {
  readonly client: ImapClient
  readonly inbox: Mailbox
  readonly progress: object[]
  readonly done: Promise<void>
}

/** Plays a dialogue behind the selection of an INBOX with three messages. */
async function scene(capabilities: string, script: string): Promise<Scene> {
  const server = await ScriptedServer.start(`
    S: * PREAUTH [CAPABILITY IMAP4rev1 ${capabilities}] ready
    C: <t> SELECT INBOX
    S: * 3 EXISTS
    S: <t> OK [READ-WRITE] done
    ${script}
  `)
  const progress: object[] = []
  const client = await connect({
    ...server.connectOptions(),
    id: false,
    idle: false,
    on: { progress: (told) => progress.push(told) },
  })
  return {
    client,
    inbox: await client.select('INBOX'),
    progress,
    done: server.done,
    [Symbol.asyncDispose]: async () => {
      client.close()
      await server.close()
    },
  }
}

describe('PREVIEW', () => {
  it.each([
    ['PREVIEW', true, 'PREVIEW', 'PREVIEW "hello"', 'hello'],
    ['PREVIEW', { lazy: true }, 'PREVIEW (LAZY)', 'PREVIEW NIL', null],
    ['PREVIEW', { lazy: false }, 'PREVIEW', 'PREVIEW ""', ''],
    ['PREVIEW=FUZZY', true, 'PREVIEW (FUZZY)', 'PREVIEW (FUZZY "hello")', 'hello'],
    ['PREVIEW=FUZZY SNIPPET=FUZZY', { lazy: true }, 'PREVIEW (LAZY=FUZZY)', 'PREVIEW (FUZZY NIL)', null],
    ['SNIPPET=FUZZY', true, 'SNIPPET (FUZZY)', 'SNIPPET (FUZZY "hello")', 'hello'],
  ] as const)('%s: %o', async (capabilities, ask, item, answer, expected) => {
    await using at = await scene(
      capabilities,
      `
      C: <t> UID FETCH 7 (UID ${item})
      S: * 2 FETCH (UID 7 ${answer})
      S: <t> OK done
      `,
    )
    const [message] = await at.inbox.fetch(uids(7), { preview: ask }).toArray()
    expect(message?.preview).toBe(expected)
    await at.done
  })

  it('is refused before a byte is sent where the server lacks it', async () => {
    await using at = await scene('OBJECTID', '')
    await expect(at.inbox.fetch(uids(7), { preview: true }).toArray()).rejects.toThrow(CapabilityError)
    await at.done
  })
})

describe('OBJECTID', () => {
  it('is fetched, searched and counted', async () => {
    await using at = await scene(
      'OBJECTID',
      `
      C: <t> UID FETCH 7,9 (UID EMAILID THREADID)
      S: * 2 FETCH (UID 7 EMAILID (M1) THREADID (T1))
      S: * 3 FETCH (UID 9 EMAILID (M2) THREADID NIL)
      S: <t> OK done
      C: <t> UID SEARCH EMAILID M1 THREADID T1
      S: * SEARCH 7
      S: <t> OK done
      C: <t> STATUS Archive (MAILBOXID)
      S: * STATUS Archive (MAILBOXID (F1))
      S: <t> OK done
      `,
    )
    expect(await at.inbox.fetch(uids('7,9'), { emailId: true, threadId: true }).toArray()).toMatchObject([
      { uid: 7, emailId: 'M1', threadId: 'T1' },
      { uid: 9, emailId: 'M2', threadId: null },
    ])
    expect([...(await at.inbox.search({ emailId: 'M1', threadId: 'T1' }))]).toEqual([7])
    expect(await at.client.status('Archive', { mailboxId: true })).toEqual({ mailboxId: 'F1' })
    await at.done
  })

  it.each(['', 'a b', 'x'.repeat(256), 'é'])('refuses the id %o', async (emailId) => {
    await using at = await scene('OBJECTID', '')
    await expect(at.inbox.search({ emailId })).rejects.toThrow(ArgumentError)
    await at.done
  })
})

describe('X-GM-EXT-1', () => {
  it('reads ids and labels, and searches', async () => {
    await using at = await scene(
      'X-GM-EXT-1',
      String.raw`
      C: <t> UID FETCH 7 (UID X-GM-MSGID X-GM-THRID X-GM-LABELS)
      S: * 2 FETCH (X-GM-THRID 1278455344230334865 X-GM-MSGID 18446744073709551615 X-GM-LABELS (\Inbox \Sent Important "Muy Importante" "&AOk-t&AOk-") UID 7)
      S: <t> OK done
      C: <t> UID SEARCH X-GM-RAW "has:attachment in:unread" X-GM-THRID 1278455344230334865 X-GM-LABELS \Inbox X-GM-LABELS "a b"
      S: * SEARCH 7
      S: <t> OK done
      `,
    )
    const query = { gmailMessageId: true, gmailThreadId: true, gmailLabels: true } as const
    expect(await at.inbox.fetch(uids(7), query).toArray()).toMatchObject([
      {
        gmailMessageId: 18446744073709551615n,
        gmailThreadId: 1278455344230334865n,
        gmailLabels: ['\\Inbox', '\\Sent', 'Important', 'Muy Importante', 'été'],
      },
    ])
    const found = await at.inbox.search({
      gmailRaw: 'has:attachment in:unread',
      gmailThreadId: 1278455344230334865n,
      gmailLabels: ['\\Inbox', 'a b'],
    })
    expect([...found]).toEqual([7])
    await at.done
  })

  it.each([{ gmailMessageId: -1n }, { gmailThreadId: 1n << 64n }, { gmailLabels: [] }, { gmailLabels: [''] }])(
    'refuses %o',
    async (criteria: SearchCriteria) => {
      await using at = await scene('X-GM-EXT-1', '')
      await expect(at.inbox.search(criteria)).rejects.toThrow(ArgumentError)
      await at.done
    },
  )
})

describe('LANGUAGE and I18NLEVEL=2', () => {
  it('choose a language and an order', async () => {
    await using at = await scene(
      'LANGUAGE I18NLEVEL=2',
      `
      C: <t> LANGUAGE
      S: * LANGUAGE (EN DE i-default)
      S: <t> OK done
      C: <t> LANGUAGE "de-CH" "en"
      S: * LANGUAGE ("DE")
      S: * NAMESPACE (("" "/")) NIL NIL
      S: <t> OK [ALERT] erledigt
      C: <t> COMPARATOR "cz;*" "i;basic"
      S: * COMPARATOR "i;basic" ("i;basic" "i;basic;uv=5")
      S: <t> OK done
      C: <t> COMPARATOR
      S: * COMPARATOR i;basic
      S: <t> OK done
      `,
    )
    const { language } = at.client
    expect(await language.list()).toEqual(['EN', 'DE', 'i-default'])
    expect(await language.use(['de-CH', 'en'])).toEqual(['DE'])
    expect(await language.comparator(['cz;*', 'i;basic'])).toEqual({
      active: 'i;basic',
      matching: ['i;basic', 'i;basic;uv=5'],
    })
    expect(await language.comparator()).toEqual({ active: 'i;basic', matching: [] })
    await at.done
  })

  it('are refused where the server has only one order, and for what is no range', async () => {
    await using at = await scene('LANGUAGE I18NLEVEL=1', '')
    await expect(at.client.language.comparator()).rejects.toThrow(CapabilityError)
    await expect(at.client.language.use(['de\r\nX'])).rejects.toThrow(ArgumentError)
    await at.done
  })
})

describe('JMAPACCESS', () => {
  it('tells a URL', async () => {
    await using at = await scene(
      'JMAPACCESS OBJECTID',
      `
      C: <t> GETJMAPACCESS
      S: * JMAPACCESS "https://example.com/.well-known/jmap"
      S: <t> OK done
      `,
    )
    expect(await at.client.run(getJmapAccess())).toBe('https://example.com/.well-known/jmap')
    await at.done
  })
})

describe('MAILBOX-REFERRALS', () => {
  it('lists what is elsewhere, and tells where', async () => {
    await using at = await scene(
      'MAILBOX-REFERRALS',
      String.raw`
      C: <t> RLIST "" #SHARED/%
      S: * LIST (\NoInferiors) "/" "#SHARED/FOO"
      S: <t> OK done
      C: <t> RLSUB "" *
      S: * LSUB () "/" "#SHARED/FOO"
      S: <t> OK done
      C: <t> STATUS #SHARED/FOO (MESSAGES)
      S: <t> NO [REFERRAL IMAP://user;AUTH=*@SERVER2/SHARED/FOO] Remote mailbox
      `,
    )
    expect(await at.client.run(rlist('#SHARED/%'))).toMatchObject([{ name: '#SHARED/FOO' }])
    expect(await at.client.run(rlsub())).toMatchObject([{ name: '#SHARED/FOO' }])
    await expect(at.client.status('#SHARED/FOO', { messages: true })).rejects.toMatchObject({
      responseCode: { name: 'REFERRAL', urls: ['IMAP://user;AUTH=*@SERVER2/SHARED/FOO'] },
    })
    await at.done
  })
})

describe('LOGIN-REFERRALS', () => {
  it('tells where the user is to log in, and does not go there', async () => {
    const server = await ScriptedServer.start(`
      S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN LOGIN-REFERRALS] ready
      C: <t> AUTHENTICATE PLAIN AG1pa2UAc2VjcmV0
      S: <t> NO [REFERRAL IMAP://MIKE@SERVER2/] Specified user is invalid on this server. Try SERVER2.
    `)
    const auth = { user: 'mike', password: 'secret' }
    await expect(connect({ ...server.connectOptions(), auth, idle: false })).rejects.toMatchObject({
      name: 'AuthenticationError',
      responseCode: { name: 'REFERRAL', urls: ['IMAP://MIKE@SERVER2/'] },
    })
    await server.done
    await server.close()
  })
})

describe('INPROGRESS', () => {
  it('is told with the command that it is about', async () => {
    await using at = await scene(
      'INPROGRESS',
      `
      C: <t> UID SEARCH TEXT slow
      S: * OK [INPROGRESS ("<t>" 454 1000)] Processed 45% of the items
      S: * OK [INPROGRESS] Hang in there
      S: * SEARCH 7
      S: <t> OK done
      `,
    )
    await at.inbox.search({ text: 'slow' })
    expect(at.progress).toEqual([
      { command: 'UID SEARCH', done: 454, goal: 1000, text: 'Processed 45% of the items' },
      { command: 'UID SEARCH', done: null, goal: null, text: 'Hang in there' },
    ])
    await at.done
  })
})
