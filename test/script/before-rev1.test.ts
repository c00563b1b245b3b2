import { describe, expect, it } from 'vitest'
import { ArgumentError, CapabilityError, connect, section, seqs, uids, type ImapClient } from 'imapkit'
import { ScriptedServer } from 'imapkit/testing'

interface Scene extends AsyncDisposable {
  readonly client: ImapClient
  readonly done: Promise<void>
}

const LOGIN = `
  S: * OK IMAP II service ready
  C: <t> CAPABILITY
  S: <t> BAD Unknown command
  C: <t> LOGIN crispin "a secret"
  S: <t> OK User CRISPIN logged in
  C: <t> CAPABILITY
  S: <t> BAD Unknown command
`

async function scene(script: string): Promise<Scene> {
  const server = await ScriptedServer.start(script)
  const auth = { user: 'crispin', password: 'a secret' }
  const client = await connect({ ...server.connectOptions(), auth, idle: false })
  return {
    client,
    done: server.done,
    [Symbol.asyncDispose]: async () => {
      client.close()
      await server.close()
    },
  }
}

describe('a server of IMAP2 (RFC 1176)', () => {
  it('is read and written by message numbers', async () => {
    await using at = await scene(String.raw`${LOGIN}
      C: <t> FIND MAILBOXES *
      S: * MAILBOX FOOBAR
      S: * MAILBOX "GENERAL"
      S: <t> OK FIND completed
      C: <t> SELECT INBOX
      S: * FLAGS (\Answered \Flagged \Deleted \Seen)
      S: * 16 EXISTS
      S: * 0 RECENT
      S: <t> OK Select complete
      C: <t> FETCH 15:16 (FLAGS INTERNALDATE RFC822.SIZE RFC822.HEADER)
      S: * 15 Fetch (Flags (\Seen) InternalDate " 9-Jun-88 12:55:44 PDT" RFC822.Size 637 RFC822.Header "Subject: hi")
      S: * 17 EXISTS
      S: * 3 FETCH (FLAGS ())
      S: * 16 FETCH (FLAGS () RFC822.SIZE 12)
      S: <t> OK Fetch completed
      C: <t> FETCH 16 (RFC822.TEXT)
      S: * 16 FETCH (RFC822.TEXT {5}
      S: hel
      S: )
      S: * 16 STORE (FLAGS (\Seen))
      S: <t> OK Fetch completed
      C: <t> SEARCH FROM SMITH SINCE 1-Feb-1988 UNSEEN
      S: * SEARCH 2 84
      S: <t> OK done
      C: <t> STORE 2 +FLAGS (\Deleted)
      S: * 2 STORE (FLAGS (\Deleted))
      S: <t> OK done
      C: <t> COPY 2:4 MEETING
      S: * 2 COPY
      S: * 3 COPY
      S: <t> OK done
      C: <t> FIND BBOARDS news.%
      S: * BBOARD news.a
      S: <t> OK done
      C: <t> BBOARD news.a
      S: * 2 EXISTS
      S: <t> OK done
      C: <t> LOGOUT
      S: * BYE terminating
      S: <t> OK logout
    `)
    const { imap2 } = at.client
    expect(at.client.capabilities.has('IMAP2')).toBe(true)
    expect(await imap2.findMailboxes()).toEqual(['FOOBAR', 'GENERAL'])
    const inbox = await at.client.select('INBOX')
    expect(inbox.exists).toBe(16)
    const query = { flags: true, internalDate: true, size: true, header: true }
    expect(await imap2.fetch(seqs('15:16'), query)).toEqual([
      {
        seq: 15,
        flags: ['\\Seen'],
        internalDate: new Date('1988-06-09T19:55:44Z'),
        size: 637,
        header: Buffer.from('Subject: hi'),
      },
      { seq: 16, flags: [], size: 12 },
    ])
    const [message] = await imap2.fetch(seqs(16), { text: true })
    expect(message).toEqual({ seq: 16, text: Buffer.from('hel\r\n'), flags: ['\\Seen'] })
    expect([...(await imap2.search({ from: 'SMITH', since: '1988-02-01', seen: false }))]).toEqual([2, 84])
    await imap2.store(seqs(2), { add: ['\\Deleted'] })
    await imap2.copy(seqs('2:4'), 'MEETING')
    expect(await imap2.findBboards('news.%')).toEqual(['news.a'])
    await imap2.bboard('news.a')
    expect(at.client.mailbox?.name).toBe('news.a')
    await at.client.logout()
    await at.done
  })

  it('is asked for nothing that it has not', async () => {
    await using at = await scene(`${LOGIN}
      C: <t> SELECT INBOX
      S: * 3 EXISTS
      S: <t> OK Select complete
    `)
    const { client } = at
    const inbox = await client.select('INBOX')
    const lacks = (work: Promise<unknown>) => expect(work).rejects.toThrow(CapabilityError)
    await lacks(client.list())
    await lacks(client.status('INBOX', { messages: true }))
    await lacks(client.createMailbox('x'))
    await lacks(client.append('x', 'Subject: x\r\n\r\n'))
    await lacks(client.examine('INBOX'))
    await lacks(inbox.fetch(uids('1:*'), { flags: true }).toArray())
    await lacks(inbox.search({ seen: false }))
    await lacks(inbox.store(uids(7), { add: ['\\Seen'] }))
    await expect(client.imap2.fetch(uids(1) as never, { flags: true })).rejects.toThrow(ArgumentError)
    await expect(client.imap2.fetch(seqs(1), {})).rejects.toThrow(ArgumentError)
    await at.done
  })
})

describe('a server of the first IMAP4 (RFC 1730)', () => {
  it('is asked for content by the names that it knows', async () => {
    await using at = await scene(`
      S: * PREAUTH IMAP4 server
      C: <t> CAPABILITY
      S: * CAPABILITY IMAP4
      S: <t> OK done
      C: <t> SELECT INBOX
      S: * 3 EXISTS
      S: <t> OK [READ-WRITE] done
      C: <t> UID FETCH 7 (UID RFC822.SIZE)
      S: * 2 FETCH (UID 7 RFC822.SIZE 5)
      S: <t> OK done
      C: <t> UID FETCH 7 (UID RFC822.PEEK)
      S: * 2 FETCH (UID 7 RFC822 {5}
      S: hel
      S: )
      S: <t> OK done
    `)
    const inbox = await at.client.select('INBOX')
    const bodies: string[] = []
    for await (const body of inbox.stream(uids(7))) {
      for await (const bytes of body) bodies.push(Buffer.from(bytes).toString())
    }
    expect(bodies).toEqual(['hel\r\n'])
    const fields = inbox.fetch(uids(7), { sections: { fields: section('1.MIME') } })
    await expect(fields.toArray()).rejects.toThrow(CapabilityError)
    await expect(at.client.status('INBOX', { messages: true })).rejects.toThrow(CapabilityError)
    await at.done
  })
})
