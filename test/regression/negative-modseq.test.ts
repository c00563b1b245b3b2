// The MODSEQ (-1) of Zoho was noted as a defect of the message, and a fetch that asked for nothing else was incomplete.
import { expect, it } from 'vitest'
import { connect, uids } from '../../src/index.js'
import { ScriptedServer } from '../../src/testing/index.js'

it('takes a negative mod-sequence for one that is not known', async () => {
  await using peer = await ScriptedServer.start(`
    S: * PREAUTH [CAPABILITY IMAP4rev1 CONDSTORE] ready
    C: <tag> SELECT INBOX
    S: * 2 EXISTS
    S: * OK [UIDVALIDITY 1] valid
    S: * OK [HIGHESTMODSEQ 9] highest
    S: <tag> OK [READ-WRITE] selected
    C: <tag> UID FETCH 1:* (UID FLAGS)
    S: * 1 FETCH (UID 5 MODSEQ (-1) FLAGS (\\Seen))
    S: * 2 FETCH (UID 6 MODSEQ (-9223372036854775808) FLAGS ())
    S: <tag> OK done
  `)
  const { auth: _, ...options } = peer.connectOptions()
  await using client = await connect(options)
  const inbox = await client.select('INBOX')
  const messages = await inbox.fetch(uids('1:*'), { flags: true }).toArray()
  expect(messages.map(({ uid, flags, defects }) => ({ uid, flags, defects }))).toEqual([
    { uid: 5, flags: ['\\Seen'], defects: undefined },
    { uid: 6, flags: [], defects: undefined },
  ])
  peer.done.catch(() => undefined)
})
