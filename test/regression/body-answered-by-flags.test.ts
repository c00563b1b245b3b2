// A body that was asked for and answered only by unasked flags came out as null, as if there were no such message.
import { expect, it } from 'vitest'
import { connect, IncompleteFetchError, section, uid } from '../../src/index.js'
import { ScriptedServer } from '../../src/testing/index.js'

it('says that the item is missing, not the message', async () => {
  await using peer = await ScriptedServer.start(`
    S: * PREAUTH [CAPABILITY IMAP4rev1] ready
    C: <tag> SELECT INBOX
    S: * 1 EXISTS
    S: * OK [UIDVALIDITY 1] valid
    S: <tag> OK [READ-WRITE] selected
    C: <tag> UID FETCH 5 (UID BODY.PEEK[TEXT])
    S: * 1 FETCH (UID 5 FLAGS (\\Seen))
    S: <tag> OK done
    C: <tag> UID FETCH 6 (UID BODY.PEEK[TEXT])
    S: * 1 FETCH (UID 5 FLAGS (\\Seen))
    S: <tag> OK done
  `)
  const { auth: _, ...options } = peer.connectOptions()
  await using client = await connect(options)
  const inbox = await client.select('INBOX')
  const query = { sections: { text: section('TEXT') } }
  await expect(inbox.fetchOne(uid(5), query)).rejects.toBeInstanceOf(IncompleteFetchError)
  expect(await inbox.fetchOne(uid(6), query)).toBeNull()
  peer.done.catch(() => undefined)
})
