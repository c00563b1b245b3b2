import { describe, expect, it } from 'vitest'
import { ArgumentError, CapabilityError, connect, seqs, uids, type ImapClient, type QresyncState } from 'imapkit'
import { ScriptedServer } from 'imapkit/testing'

interface Scene extends AsyncDisposable {
  readonly client: ImapClient
  readonly events: string[]
  readonly done: Promise<void>
}

async function scene(enabled: string, script: string): Promise<Scene> {
  const server = await ScriptedServer.start(`
    S: * PREAUTH [CAPABILITY IMAP4rev1 ENABLE CONDSTORE QRESYNC OBJECTID+] ready
    C: <t> ENABLE CONDSTORE QRESYNC
    S: * ENABLED ${enabled}
    S: <t> OK done
    ${script}
  `)
  const events: string[] = []
  const client = await connect({
    ...server.connectOptions(),
    id: false,
    idle: false,
    enable: ['QRESYNC'],
    on: {
      flags: ({ uid }) => events.push(`flags ${uid}`),
      vanished: ({ uids: gone }) => events.push(`vanished ${String(gone)}`),
      exists: ({ count }) => events.push(`exists ${count}`),
    },
  })
  return {
    client,
    events,
    done: server.done,
    [Symbol.asyncDispose]: async () => {
      client.close()
      await server.close()
    },
  }
}

describe('select with qresync', () => {
  it('tells what has happened, and no events (RFC 7162 §3.2.5)', async () => {
    await using at = await scene(
      'CONDSTORE QRESYNC',
      String.raw`
      C: <t> SELECT INBOX (QRESYNC (67890007 90060115194045000 41:211,214:541))
      S: * OK [CLOSED] Previous mailbox closed
      S: * 100 EXISTS
      S: * 11 RECENT
      S: * OK [UIDVALIDITY 67890007] UIDVALIDITY
      S: * OK [UIDNEXT 600] Predicted next UID
      S: * OK [HIGHESTMODSEQ 90060115205545359] Highest
      S: * VANISHED (EARLIER) 41,43:116,118,120:211,214:540
      S: * 49 FETCH (UID 117 FLAGS (\Seen \Answered) MODSEQ (90060115194045001))
      S: * 50 FETCH (UID 119 FLAGS (\Draft $MDNSent) MODSEQ (90060115194045308))
      S: * 51 FETCH (UID 541 FLAGS (\Seen $Forwarded) MODSEQ (90060115194045001))
      S: <t> OK [READ-WRITE] mailbox selected
      C: <t> NOOP
      S: * VANISHED 541
      S: <t> OK done
      `,
    )
    const inbox = await at.client.select('INBOX', {
      qresync: { uidValidity: 67890007, modSeq: 90060115194045000n, known: uids('41:211,214:541') },
    })
    expect(inbox.resync?.vanished.toString()).toBe('41,43:116,118,120:211,214:540')
    expect(inbox.resync?.changed).toEqual([
      { uid: 117, seq: 49, flags: ['\\Seen', '\\Answered'], modSeq: 90060115194045001n },
      { uid: 119, seq: 50, flags: ['\\Draft', '$MDNSent'], modSeq: 90060115194045308n },
      { uid: 541, seq: 51, flags: ['\\Seen', '$Forwarded'], modSeq: 90060115194045001n },
    ])
    expect(inbox.exists).toBe(100)
    expect(at.events).toEqual([])
    await at.client.noop()
    expect(at.events).toEqual(['vanished 541'])
    expect(inbox.exists).toBe(99)
    await at.done
  })

  it('sends numbers with their UIDs, and tells nothing where nothing has happened', async () => {
    await using at = await scene(
      'CONDSTORE QRESYNC',
      `
      C: <t> EXAMINE Archive (QRESYNC (7 1 (1,3:4 10,30:31)))
      S: * 4 EXISTS
      S: * OK [UIDVALIDITY 8] another one
      S: <t> OK [READ-ONLY] selected
      C: <t> SELECT Archive
      S: * 4 EXISTS
      S: <t> OK [READ-WRITE] selected
      `,
    )
    const match = { seqs: seqs('1,3:4'), uids: uids('10,30:31') }
    const archive = await at.client.examine('Archive', { qresync: { uidValidity: 7, modSeq: 1n, match } })
    expect(archive.resync?.changed).toEqual([])
    expect(archive.resync?.vanished.isEmpty).toBe(true)
    expect(archive.uidValidity).toBe(8)
    expect((await at.client.select('Archive')).resync).toBeUndefined()
    await at.done
  })

  it('is refused before a byte is sent when QRESYNC is not enabled', async () => {
    await using at = await scene('CONDSTORE', '')
    await expect(at.client.select('INBOX', { qresync: { uidValidity: 1, modSeq: 1n } })).rejects.toThrow(
      CapabilityError,
    )
    await at.done
  })

  it.each<[string, object]>([
    ['no UIDVALIDITY', { uidValidity: 0, modSeq: 1n }],
    ['a mod-sequence of 0', { uidValidity: 1, modSeq: 0n }],
    ['a number for a mod-sequence', { uidValidity: 1, modSeq: 1 }],
    ['a * among the UIDs', { uidValidity: 1, modSeq: 1n, known: uids('1:*') }],
    ['sequence numbers for UIDs', { uidValidity: 1, modSeq: 1n, known: seqs('1') }],
    ['lists of different lengths', { uidValidity: 1, modSeq: 1n, match: { seqs: seqs('1:2'), uids: uids(1) } }],
  ])('refuses %s', async (_what, state) => {
    await using at = await scene('CONDSTORE QRESYNC', '')
    await expect(at.client.select('INBOX', { qresync: state as QresyncState })).rejects.toThrow(ArgumentError)
    await at.done
  })
})

describe('fetch with vanished (RFC 7162 §3.2.6)', () => {
  it('tells which messages are gone', async () => {
    await using at = await scene(
      'CONDSTORE QRESYNC',
      String.raw`
      C: <t> SELECT INBOX
      S: * 3 EXISTS
      S: <t> OK [READ-WRITE] selected
      C: <t> UID FETCH 300:500 (UID FLAGS) (CHANGEDSINCE 12345 VANISHED)
      S: * VANISHED (EARLIER) 300:310,405,411
      S: * 1 FETCH (UID 404 MODSEQ (65402) FLAGS (\Seen))
      S: <t> OK done
      `,
    )
    const inbox = await at.client.select('INBOX')
    const gone: string[] = []
    const changed = inbox.fetch(
      uids('300:500'),
      { flags: true },
      { changedSince: 12345n, vanished: (set) => gone.push(String(set)) },
    )
    expect(await changed.toArray()).toEqual([{ uid: 404, seq: 1, flags: ['\\Seen'] }])
    expect(gone).toEqual(['300:310,405,411'])
    const wrong = inbox.fetch(seqs('1:3'), { flags: true }, { changedSince: 1n, vanished: () => undefined })
    await expect(wrong.toArray()).rejects.toThrow(ArgumentError)
    const open = inbox.fetch(uids('1:3'), { flags: true }, { vanished: () => undefined })
    await expect(open.toArray()).rejects.toThrow(ArgumentError)
    await at.done
  })
})

describe('OBJECTID+', () => {
  it('selects by id, and tells all ids in one item', async () => {
    await using at = await scene(
      'CONDSTORE QRESYNC',
      `
      C: <t> SELECT Archive (OBJECTID (MAILBOXID F1 ACCOUNTID A1))
      S: * 4 EXISTS
      S: * OK [OBJECTID (MAILBOXID F1 ACCOUNTID A1)] renamed meanwhile
      S: <t> OK [READ-WRITE] selected
      C: <t> UID FETCH 7 (UID OBJECTID)
      S: * 1 FETCH (UID 7 OBJECTID (EMAILID M1 threadid T1 X-NEW x))
      S: <t> OK done
      C: <t> STATUS Other (OBJECTID)
      S: * STATUS Other (OBJECTID (MAILBOXID F2 ACCOUNTID A1))
      S: <t> OK done
      `,
    )
    const box = await at.client.select('Archive', { objectId: { mailboxId: 'F1', accountId: 'A1' } })
    const [message] = await box.fetch(uids(7), { objectId: true }).toArray()
    expect([...(message?.objectId ?? [])]).toEqual([
      ['EMAILID', 'M1'],
      ['THREADID', 'T1'],
      ['X-NEW', 'x'],
    ])
    const { objectId } = await at.client.status('Other', { objectId: true })
    expect(objectId.get('MAILBOXID')).toBe('F2')
    await at.done
  })

  it('refuses what is no id', async () => {
    await using at = await scene('CONDSTORE QRESYNC', '')
    await expect(at.client.select('x', { objectId: { mailboxId: 'a b' } })).rejects.toThrow(ArgumentError)
    await at.done
  })
})
