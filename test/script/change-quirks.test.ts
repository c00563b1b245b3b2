import { describe, expect, it } from 'vitest'
import { connect, seqs, uids, type ImapClient, type Mailbox } from 'imapkit'
import { ScriptedServer } from 'imapkit/testing'

interface Scene extends AsyncDisposable {
  readonly client: ImapClient
  readonly inbox: Mailbox
  readonly done: Promise<void>
}

/** Plays a dialogue behind the selection of an INBOX with three messages. */
async function scene(script: string): Promise<Scene> {
  const server = await ScriptedServer.start(`
    S: * PREAUTH [CAPABILITY IMAP4rev1 UIDPLUS MOVE] ready
    C: <t> SELECT INBOX
    S: * 3 EXISTS
    S: <t> OK [READ-WRITE] done
    ${script}
  `)
  const client = await connect({ ...server.connectOptions(), id: false, idle: false })
  const inbox = await client.select('INBOX')
  return {
    client,
    inbox,
    done: server.done,
    [Symbol.asyncDispose]: async () => {
      client.close()
      await server.close()
    },
  }
}

describe('a set with * is made certain before anything is changed', () => {
  it('by the UID of the last message', async () => {
    await using at = await scene(`
      C: <t> FETCH 3 (UID)
      S: * 3 FETCH (UID 40)
      S: <t> OK done
      C: <t> UID STORE 5:40 +FLAGS (\\Seen)
      S: <t> OK done
      C: <t> UID MOVE 40 Archive
      S: * OK [COPYUID 9 40 1] moved
      S: * 3 EXPUNGE
      S: <t> OK done
    `)
    await at.inbox.store(uids('5:*'), { add: ['\\Seen'] })
    // Nothing is asked for: the view knows.
    expect((await at.inbox.move(uids('*'), 'Archive')).uidMap?.size).toBe(1)
    expect(at.inbox.exists).toBe(2)
    await at.done
  })

  it('by a search when the last message is gone already', async () => {
    await using at = await scene(`
      C: <t> FETCH 3 (UID)
      S: <t> OK done
      C: <t> UID SEARCH UID 30:*
      S: * SEARCH 39
      S: <t> OK done
      C: <t> UID STORE 30:39 +FLAGS.SILENT (\\Deleted)
      S: <t> OK done
      C: <t> UID EXPUNGE 30:39
      S: * 2 EXPUNGE
      S: <t> OK done
    `)
    await at.inbox.delete(uids('30:*'))
    await at.done
  })

  it('and is nothing where only the last message is below it', async () => {
    await using at = await scene(`
      C: <t> FETCH 3 (UID)
      S: * 3 FETCH (UID 40)
      S: <t> OK done
      C: <t> NOOP
      S: <t> OK done
    `)
    expect((await at.inbox.delete(uids('41:*'))).isEmpty).toBe(true)
    await at.client.noop()
    await at.done
  })
})

describe('sequence numbers', () => {
  it('become UIDs before anything is changed', async () => {
    await using at = await scene(`
      C: <t> FETCH 2:3 (UID)
      S: * 2 FETCH (UID 20)
      S: * 3 FETCH (UID 40)
      S: <t> OK done
      C: <t> UID COPY 20,40 Archive
      S: <t> OK [COPYUID 9 20,40 1:2] done
    `)
    const { uidMap } = await at.inbox.copy(seqs('2:*'), 'Archive')
    expect([...(uidMap ?? [])]).toEqual([
      [20, 1],
      [40, 2],
    ])
    await at.done
  })

  it('of messages that are gone are left out', async () => {
    await using at = await scene(`
      C: <t> FETCH 2:3 (UID)
      S: * 3 FETCH (UID 40)
      S: <t> OK done
      C: <t> UID STORE 40 FLAGS ()
      S: <t> OK done
    `)
    await at.inbox.store(seqs('2:3'), { replace: [] })
    await at.done
  })
})

describe('a copy of which the answer is lost', () => {
  it('is not sent again', async () => {
    await using at = await scene(`
      C: <t> UID COPY 20 Archive
      S-close
    `)
    await expect(at.inbox.copy(uids(20), 'Archive')).rejects.toMatchObject({ code: 'ERR_IMAP_OUTCOME_UNKNOWN' })
    await at.done
  })
})
