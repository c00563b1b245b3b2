// GNU mailutils says EXPUNGED where EXPUNGE is due: removed messages were not told of, and EXISTS fell without a reason.
import { expect, it } from 'vitest'
import { connect, uids, type ImapError } from '../../src/index.js'
import { ScriptedServer } from '../../src/testing/index.js'

it('counts a message as removed that the server calls EXPUNGED', async () => {
  await using peer = await ScriptedServer.start(`
    S: * PREAUTH [CAPABILITY IMAP4rev1] ready
    C: <tag> SELECT INBOX
    S: * 4 EXISTS
    S: * OK [UIDVALIDITY 1] valid
    S: <tag> OK [READ-WRITE] selected
    C: <tag> UID FETCH 1:* (UID FLAGS)
    S: * 1 FETCH (UID 11 FLAGS ())
    S: * 2 FETCH (UID 12 FLAGS ())
    S: * 3 FETCH (UID 13 FLAGS ())
    S: * 4 FETCH (UID 14 FLAGS ())
    S: <tag> OK done
    C: <tag> EXPUNGE
    S: * 2 EXPUNGED
    S: * 2 EXPUNGED
    S: * 2 EXISTS
    S: <tag> OK done
  `)
  const { auth: _, ...options } = peer.connectOptions()
  await using client = await connect(options)
  const [removed, warnings]: [unknown[], ImapError[]] = [[], []]
  client.on('expunge', ({ seq, uid }) => void removed.push([seq, uid]))
  client.on('warning', ({ error }) => void warnings.push(error))
  const inbox = await client.select('INBOX')
  await inbox.fetch(uids('1:*'), { flags: true }).toArray()
  await inbox.expunge()
  expect(removed).toEqual([
    [2, 12],
    [2, 13],
  ])
  expect(inbox.exists).toBe(2)
  expect(warnings).toEqual([])
  peer.done.catch(() => undefined)
})
