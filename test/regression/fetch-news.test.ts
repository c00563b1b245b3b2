// News about the flags of a message that arrived during a fetch made the fetch reject as incomplete.
import { expect, it } from 'vitest'
import { connect, uids } from '../../src/index.js'
import { ScriptedServer } from '../../src/testing/index.js'

it('takes news of a message that arrived meanwhile for news', async () => {
  await using peer = await ScriptedServer.start(`
    S: * PREAUTH [CAPABILITY IMAP4rev1] ready
    C: <tag> SELECT INBOX
    S: * 1 EXISTS
    S: * OK [UIDVALIDITY 1] valid
    S: <tag> OK [READ-WRITE] selected
    C: <tag> UID FETCH 1:* (UID FLAGS RFC822.SIZE)
    S: * 1 FETCH (UID 5 FLAGS () RFC822.SIZE 44)
    S: * 2 EXISTS
    S: * 2 FETCH (UID 6 FLAGS ($New))
    S: <tag> OK done
  `)
  const { auth: _, ...options } = peer.connectOptions()
  await using client = await connect(options)
  const inbox = await client.select('INBOX')
  const messages = await inbox.fetch(uids('1:*'), { flags: true, size: true }).toArray()
  expect(messages.map(({ uid }) => uid)).toEqual([5])
  peer.done.catch(() => undefined)
})
