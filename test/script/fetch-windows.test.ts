import { describe, expect, it } from 'vitest'
import {
  AbortError,
  connect,
  IncompleteFetchError,
  seqs,
  TimeoutError,
  uid,
  uids,
  type ConnectOptions,
  type ImapClient,
  type Mailbox,
} from 'imapkit'
import { ScriptedServer } from 'imapkit/testing'

interface Scene extends AsyncDisposable {
  readonly client: ImapClient
  readonly inbox: Mailbox
  readonly done: Promise<void>
}

/** Plays a dialogue behind the selection of an INBOX with so many messages. */
async function scene(exists: number, script: string, options: Partial<ConnectOptions> = {}): Promise<Scene> {
  const server = await ScriptedServer.start(`
    S: * PREAUTH [CAPABILITY IMAP4rev1] ready
    C: <t> SELECT INBOX
    S: * ${exists} EXISTS
    S: * OK [UIDVALIDITY 7] ok
    S: <t> OK [READ-WRITE] done
    ${script}
  `)
  const client = await connect({ ...server.connectOptions(), id: false, idle: false, ...options })
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

async function read(inbox: Mailbox, set: Parameters<Mailbox['fetch']>[0]): Promise<number[]> {
  const seen: number[] = []
  for await (const message of inbox.fetch(set, { flags: true })) seen.push(message.uid)
  return seen
}

describe('windows', () => {
  it('the next one is sent before the one in front is answered', async () => {
    await using at = await scene(
      1500,
      `
      C: <t> FETCH 1000,1500 (UID)
      S: * 1000 FETCH (UID 5000)
      S: * 1500 FETCH (UID 90000)
      S: <t> OK done
      C: <a> UID FETCH 1:5000 (UID FLAGS)
      C: <b> UID FETCH 5001:90000 (UID FLAGS)
      S: * 7 FETCH (UID 12 FLAGS ())
      S: * 1400 FETCH (UID 80000 FLAGS ())
      S: <b> OK done
      S: * 8 FETCH (UID 13 FLAGS ())
      S: <a> OK done
    `,
    )
    expect(await read(at.inbox, uids('1:*'))).toEqual([12, 80000, 13])
    await at.done
  })

  it('are found again when messages went away before the question was asked', async () => {
    await using at = await scene(
      1500,
      `
      C: <t> FETCH 1000,1500 (UID)
      S: * 1200 EXISTS
      S: <t> BAD no such message
      C: <t> FETCH 1000,1200 (UID)
      S: * 1000 FETCH (UID 1000)
      S: * 1200 FETCH (UID 1200)
      S: <t> OK done
      C: <t> UID FETCH 900:1200 (UID FLAGS)
      S: * 1200 FETCH (UID 1200 FLAGS ())
      S: <t> OK done
    `,
    )
    expect(await read(at.inbox, uids('900:*'))).toEqual([1200])
  })

  it('the end stays open when the last message is gone already', async () => {
    await using at = await scene(
      1500,
      `
      C: <t> FETCH 1000,1500 (UID)
      S: * 1000 FETCH (UID 5000)
      S: <t> OK done
      C: <a> UID FETCH 1:5000 (UID FLAGS)
      C: <b> UID FETCH 5001:* (UID FLAGS)
      S: <a> OK done
      S: * 1499 FETCH (UID 6000 FLAGS ())
      S: <b> OK done
    `,
    )
    expect(await read(at.inbox, uids('1:*'))).toEqual([6000])
  })

  it('of sequence numbers ask for all UIDs when one at an edge is gone', async () => {
    const line = (seq: number) => `S: * ${seq} FETCH (UID ${seq + 10})`
    const rest = Array.from({ length: 1498 }, (_, index) => index + 2).filter((seq) => seq !== 1000 && seq !== 1001)
    await using at = await scene(
      3000,
      `
      C: <t> FETCH 1,1000:1001,1500 (UID)
      ${[1, 1000, 1001].map(line).join('\n')}
      S: <t> OK done
      C: <t> FETCH 2:999,1002:1500 (UID)
      ${rest.map(line).join('\n')}
      S: <t> OK done
      C: <a> UID FETCH 11:1010 (UID FLAGS)
      C: <b> UID FETCH 1011:1509 (UID FLAGS)
      S: * 1 FETCH (UID 11 FLAGS ())
      S: <a> OK done
      S: * 1499 FETCH (UID 1509 FLAGS ())
      S: <b> OK done
    `,
    )
    expect(await read(at.inbox, seqs('1:1500'))).toEqual([11, 1509])
    await at.done
  })
})

describe('what the server sends besides', () => {
  it('messages that come twice, in parts, or unasked', async () => {
    await using at = await scene(
      3,
      `
      C: <t> UID FETCH 1:9 (UID FLAGS)
      S: * 1 FETCH (UID 4 FLAGS ())
      S: * 1 FETCH (UID 4 FLAGS (\\Seen))
      S: * 2 FETCH (UID 5)
      S: * 2 FETCH (FLAGS ())
      S: * 3 FETCH (UID 77 FLAGS ())
      S: <t> OK done
    `,
    )
    expect(await read(at.inbox, uids('1:9'))).toEqual([4, 5])
  })

  it('NO for messages that are gone, after all the others', async () => {
    await using at = await scene(
      3,
      `
      C: <t> UID FETCH 4:6 (UID FLAGS)
      S: * 1 FETCH (UID 4 FLAGS ())
      S: <t> NO [EXPUNGEISSUED] some are gone
      C: <t> UID FETCH 6 (UID FLAGS)
      S: <t> NO Some of the requested messages no longer exist.
    `,
    )
    expect(await read(at.inbox, uids('4:6'))).toEqual([4])
    expect(await at.inbox.fetchOne(uid(6), { flags: true })).toBeNull()
  })

  it('messages without an item, told at the end', async () => {
    await using at = await scene(
      3,
      `
      C: <t> UID FETCH 1:* (UID ENVELOPE RFC822.SIZE)
      S: * 1 FETCH (UID 4 RFC822.SIZE 10)
      S: * 2 FETCH (UID 5 RFC822.SIZE 11 ENVELOPE (NIL "two" NIL NIL NIL NIL NIL NIL NIL NIL))
      S: * 3 FETCH (UID 6 RFC822.SIZE 12)
      S: * 3 EXPUNGE
      S: <t> OK done
    `,
    )
    const seen: unknown[] = []
    const reading = (async () => {
      for await (const { uid: number, envelope } of at.inbox.fetch(uids('1:*'), { envelope: true, size: true })) {
        seen.push([number, envelope.subject])
      }
    })()
    const error: unknown = await reading.catch((reason: unknown) => reason)
    expect(seen).toEqual([[5, 'two']])
    expect(error).toBeInstanceOf(IncompleteFetchError)
    // The expunged one is no failure.
    expect((error as IncompleteFetchError).messages.map((data) => data.uid)).toEqual([4])
  })

  it('a message with a defect, and the others', async () => {
    await using at = await scene(
      3,
      `
      C: <t> UID FETCH 1:* (UID FLAGS)
      S: * 1 FETCH (UID 4 MODSEQ (oops) FLAGS ())
      S: * 2 FETCH (UID 5 FLAGS ())
      S: <t> OK done
    `,
    )
    const all = await at.inbox.fetch(uids('1:*'), { flags: true }).toArray()
    expect(all.map((message) => message.defects?.map(({ item }) => item))).toEqual([['MODSEQ'], undefined])
  })
})

describe('a server that stalls', () => {
  it('does not keep an abort waiting, and the connection is kept', async () => {
    await using at = await scene(
      3,
      `
      C: <t> UID FETCH 1:* (UID FLAGS)
      S: * 1 FETCH (UID 4 FLAGS ())
      C: <u> NOOP
      S: * 2 FETCH (UID 5 FLAGS ())
      S: <t> OK done
      S: <u> OK done
      C: <v> UID FETCH 5 (UID FLAGS)
      S: * 2 FETCH (UID 5 FLAGS (\\Seen))
      S: <v> OK done
    `,
    )
    const controller = new AbortController()
    const iterator = at.inbox.fetch(uids('1:*'), { flags: true }, { signal: controller.signal })[Symbol.asyncIterator]()
    expect((await iterator.next()).value?.uid).toBe(4)
    const waiting = iterator.next()
    controller.abort()
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError', connection: 'kept' })
    await expect(waiting).rejects.toBeInstanceOf(AbortError)
    await at.client.noop()
    expect(await at.inbox.fetchOne(uid(5), { flags: true })).toMatchObject({ flags: ['\\Seen'] })
  })

  it('is bounded by a time-out that the caller sets', async () => {
    await using at = await scene(3, 'C: <t> UID FETCH 1:* (UID FLAGS)\n S-wait 3000')
    const reading = at.inbox.fetch(uids('1:*'), { flags: true }, { timeout: 50 }).toArray()
    await expect(reading).rejects.toBeInstanceOf(TimeoutError)
  })

  it('is bounded by the time-out of silence otherwise', async () => {
    await using at = await scene(3, 'C: <t> UID FETCH 1:* (UID FLAGS)\n S-wait 3000', { timeouts: { silence: 100 } })
    const reading = at.inbox.fetch(uids('1:*'), { flags: true }).toArray()
    await expect(reading).rejects.toMatchObject({ phase: 'silence' })
  })

  it('does not hold up a break', async () => {
    await using at = await scene(
      3,
      `
      C: <t> UID FETCH 1:* (UID FLAGS)
      S: * 1 FETCH (UID 4 FLAGS ())
      C: <u> NOOP
      S: * 2 FETCH (UID 5 FLAGS ())
      S: <t> OK done
      S: <u> OK done
    `,
    )
    for await (const message of at.inbox.fetch(uids('1:*'), { flags: true })) {
      expect(message.uid).toBe(4)
      break
    }
    await at.client.noop()
    await at.done
  })
})
