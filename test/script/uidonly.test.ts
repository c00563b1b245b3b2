import { describe, expect, it } from 'vitest'
import { connect, seqs, StateError, uids, type ImapClient, type Mailbox } from 'imapkit'
import { ScriptedServer } from 'imapkit/testing'

interface Scene extends AsyncDisposable {
  readonly client: ImapClient
  readonly inbox: Mailbox
  readonly events: string[]
  readonly done: Promise<void>
}

async function scene(script: string): Promise<Scene> {
  const server = await ScriptedServer.start(`
    S: * PREAUTH [CAPABILITY IMAP4rev1 ENABLE ESEARCH UIDPLUS MOVE UIDONLY] ready
    C: <t> ENABLE UIDONLY
    S: * ENABLED UIDONLY
    S: <t> OK done
    C: <t> SELECT INBOX
    S: * 3 EXISTS
    S: * OK [UIDNEXT 40] ok
    S: <t> OK [READ-WRITE] done
    ${script}
  `)
  const events: string[] = []
  const client = await connect({
    ...server.connectOptions(),
    id: false,
    idle: false,
    enable: ['UIDONLY'],
    on: {
      flags: (told) => events.push(`flags ${JSON.stringify(told)}`),
      expunge: (told) => events.push(`expunge ${JSON.stringify(told)}`),
    },
  })
  return {
    client,
    inbox: await client.select('INBOX'),
    events,
    done: server.done,
    [Symbol.asyncDispose]: async () => {
      client.close()
      await server.close()
    },
  }
}

describe('with UIDONLY enabled', () => {
  it('messages are fetched by the UIDs that there are, and have no number', async () => {
    await using at = await scene(String.raw`
      C: <t> UID SEARCH RETURN (ALL) UID 1:4294967295
      S: * ESEARCH (TAG "<t>") UID ALL 7,20:21
      S: <t> OK done
      C: <t> UID FETCH 7,20:21 (UID FLAGS RFC822.SIZE)
      S: * 7 UIDFETCH (FLAGS (\Seen))
      S: * 20 UIDFETCH (FLAGS () RFC822.SIZE 2 UID 20)
      S: * 7 UIDFETCH (RFC822.SIZE 1)
      S: * 99 UIDFETCH (FLAGS (\Flagged))
      S: * VANISHED 21
      S: <t> OK done
    `)
    const messages = await at.inbox.fetch(uids('1:*'), { flags: true, size: true }).toArray()
    expect(messages).toEqual([
      { uid: 20, flags: [], size: 2 },
      { uid: 7, flags: ['\\Seen'], size: 1 },
    ])
    expect(at.events).toEqual([
      'flags {"mailbox":"INBOX","uid":99,"flags":["\\\\Flagged"]}',
      'expunge {"mailbox":"INBOX","uid":21}',
    ])
    expect(at.inbox.exists).toBe(2)
    await at.done
  })

  it('bodies are streamed', async () => {
    await using at = await scene(`
      C: <t> UID FETCH 7 (UID RFC822.SIZE)
      S: * 7 UIDFETCH (RFC822.SIZE 5)
      S: <t> OK done
      C: <t> UID FETCH 7 (UID BODY.PEEK[])
      S: * 7 UIDFETCH (BODY[] {5}
      S: hel
      S: )
      S: <t> OK done
    `)
    const bodies: (string | number | undefined)[] = []
    for await (const body of at.inbox.stream(uids(7))) {
      bodies.push(body.uid, body.seq)
      for await (const bytes of body) bodies.push(Buffer.from(bytes).toString())
    }
    expect(bodies).toEqual([7, undefined, 'hel\r\n'])
    await at.done
  })

  it('changes go to the UIDs that a set with * meant, and tell of messages by UID', async () => {
    await using at = await scene(String.raw`
      C: <t> UID SEARCH RETURN (ALL) UID 20:4294967295
      S: * ESEARCH (TAG "<t>") UID ALL 20:21
      S: <t> OK done
      C: <t> UID STORE 20:21 +FLAGS (\Deleted)
      S: * 20 UIDFETCH (FLAGS (\Deleted))
      S: <t> OK done
      C: <t> UID SEARCH RETURN (MAX) ALL
      S: * ESEARCH (TAG "<t>") UID MAX 21
      S: <t> OK done
      C: <t> UID COPY 21 Archive
      S: <t> OK done
      C: <t> UID EXPUNGE 20:21
      S: * VANISHED 20:21
      S: <t> OK done
    `)
    await at.inbox.store(uids('20:*'), { add: ['\\Deleted'] })
    expect(at.events).toEqual(['flags {"mailbox":"INBOX","uid":20,"flags":["\\\\Deleted"]}'])
    await at.inbox.copy(uids('*'), 'Archive')
    await at.inbox.expunge(uids('20:21'))
    expect(at.inbox.exists).toBe(1)
    await at.done
  })

  it('sequence numbers are refused before a byte is sent', async () => {
    await using at = await scene('')
    const refused = (work: Promise<unknown>) => expect(work).rejects.toThrow(StateError)
    await refused(at.inbox.fetch(seqs('1:2'), { flags: true }).toArray())
    await refused(at.inbox.store(seqs(1), { add: ['\\Seen'] }))
    await refused(at.inbox.searchSeq({ seen: false }))
    await refused(at.inbox.search({ seq: seqs(1) }))
    await at.done
  })
})
