import { describe, expect, it } from 'vitest'
import { connect, PartialResultError, ProtocolError, seqs, uids, type Mailbox } from 'imapkit'
import { ScriptedServer } from 'imapkit/testing'

interface Scene extends AsyncDisposable {
  readonly inbox: Mailbox
  readonly done: Promise<void>
}

/** Plays a dialogue with a server that takes three messages at a time, behind the selection of an INBOX. */
async function scene(script: string): Promise<Scene> {
  const server = await ScriptedServer.start(`
    S: * PREAUTH [CAPABILITY IMAP4rev1 MOVE UIDPLUS MESSAGELIMIT=3 SAVELIMIT=3] ready
    C: <t> SELECT INBOX
    S: * 9 EXISTS
    S: <t> OK [READ-WRITE] done
    ${script}
  `)
  const client = await connect({ ...server.connectOptions(), id: false, idle: false })
  return {
    inbox: await client.select('INBOX'),
    done: server.done,
    [Symbol.asyncDispose]: async () => {
      client.close()
      await server.close()
    },
  }
}

describe('MESSAGELIMIT (RFC 9738): the library goes on where the server stopped', () => {
  it('in a change of flags', async () => {
    await using at = await scene(String.raw`
      C: <t> UID STORE 1:30 +FLAGS (\Seen)
      S: * 9 FETCH (UID 30 FLAGS (\Seen))
      S: <t> OK [MESSAGELIMIT 3 20] STORE completed for the last 3 messages
      C: <t> UID STORE 1:19 +FLAGS (\Seen)
      S: * NO [MESSAGELIMIT 3 10] not all of them
      S: <t> OK [EXPUNGEISSUED] done
      C: <t> UID STORE 1:9 +FLAGS (\Seen)
      S: <t> OK done
    `)
    await at.inbox.store(uids('1:30'), { add: ['\\Seen'] })
    await at.done
  })

  it('in a move, whose maps are joined', async () => {
    await using at = await scene(`
      C: <t> UID MOVE 1:30 Archive
      S: * OK [COPYUID 7 20,30 101:102] Some messages were not moved
      S: * 9 EXPUNGE
      S: * 8 EXPUNGE
      S: <t> OK [MESSAGELIMIT 3 20] done
      C: <t> UID MOVE 1:19 Archive
      S: * OK [COPYUID 7 5 103] moved
      S: * 5 EXPUNGE
      S: <t> OK done
    `)
    const { uidMap } = await at.inbox.move(uids('1:30'), 'Archive')
    expect([...(uidMap ?? [])]).toEqual([
      [5, 103],
      [20, 101],
      [30, 102],
    ])
    await at.done
  })

  it('in a copy that was refused whole', async () => {
    await using at = await scene(`
      C: <t> UID COPY 1:30 Trash
      S: <t> NO [MESSAGELIMIT 3 20] Too many messages to copy
      C: <t> UID COPY 20:30 Trash
      S: <t> OK [COPYUID 7 20,30 101:102] done
      C: <t> UID COPY 1:19 Trash
      S: <t> OK [COPYUID 7 5 103] done
    `)
    const { uidMap } = await at.inbox.copy(uids('1:30'), 'Trash')
    expect(uidMap?.size).toBe(3)
    await at.done
  })

  it('in a fetch, by UID and by number', async () => {
    await using at = await scene(`
      C: <t> UID FETCH 5,10,20,30 (UID RFC822.SIZE)
      S: * 9 FETCH (UID 30 RFC822.SIZE 1)
      S: * 8 FETCH (UID 20 RFC822.SIZE 1)
      S: <t> OK [MESSAGELIMIT 3 20] done
      C: <t> UID FETCH 5,10 (UID RFC822.SIZE)
      S: * 7 FETCH (UID 10 RFC822.SIZE 1)
      S: * 6 FETCH (UID 5 RFC822.SIZE 1)
      S: <t> OK done
      C: <t> FETCH 6:9 (UID RFC822.SIZE)
      S: * 9 FETCH (UID 30 RFC822.SIZE 1)
      S: * 8 FETCH (UID 20 RFC822.SIZE 1)
      S: <t> OK [MESSAGELIMIT 3 20] done
      C: <t> FETCH 6:7 (UID RFC822.SIZE)
      S: * 7 FETCH (UID 10 RFC822.SIZE 1)
      S: * 6 FETCH (UID 5 RFC822.SIZE 1)
      S: <t> OK done
    `)
    const uidsOf = async (set: Parameters<Mailbox['fetch']>[0]) =>
      (await at.inbox.fetch(set, { size: true }).toArray()).map((message) => message.uid)
    expect(await uidsOf(uids('5,10,20,30'))).toEqual([30, 20, 10, 5])
    expect(await uidsOf(seqs('6:9'))).toEqual([30, 20, 10, 5])
    await at.done
  })

  it('in a search, whose parts are put together', async () => {
    await using at = await scene(`
      C: <t> UID SEARCH UNSEEN
      S: * SEARCH 30 20
      S: <t> OK [MESSAGELIMIT 3 20] done
      C: <t> UID SEARCH UNSEEN UIDBEFORE 20
      S: * SEARCH 5
      S: <t> OK [MESSAGELIMIT 3 5] done
      C: <t> UID SEARCH UNSEEN UIDBEFORE 5
      S: * SEARCH
      S: <t> OK done
      C: <t> UID SEARCH ALL
      S: * SEARCH 30 20
      S: <t> OK [MESSAGELIMIT 3 20] done
      C: <t> UID SEARCH UIDBEFORE 20
      S: * SEARCH 5 7
      S: <t> OK done
    `)
    expect(String(await at.inbox.search({ seen: false }))).toBe('5,20,30')
    const told = await at.inbox.search({}, { return: ['min', 'max', 'count', 'all'] })
    expect({ ...told, all: String(told.all) }).toEqual({ min: 5, max: 30, count: 4, all: '5,7,20,30' })
    await at.done
  })

  it('but not for ever', async () => {
    await using at = await scene(String.raw`
      C: <t> UID STORE 1:30 +FLAGS (\Seen)
      S: <t> OK [MESSAGELIMIT 3 31] nothing done
    `)
    await expect(at.inbox.store(uids('1:30'), { add: ['\\Seen'] })).rejects.toThrow(ProtocolError)
    await at.done
  })

  it('and tells what is done when a later step fails', async () => {
    await using at = await scene(String.raw`
      C: <t> UID STORE 1:30 +FLAGS (\Seen)
      S: <t> OK [MESSAGELIMIT 3 20] done
      C: <t> UID STORE 1:19 +FLAGS (\Seen)
      S: <t> NO the disk is full
    `)
    const error: unknown = await at.inbox.store(uids('1:30'), { add: ['\\Seen'] }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(PartialResultError)
    expect(error).toMatchObject({ done: '20:30', remaining: '1:19' })
    await at.done
  })
})
