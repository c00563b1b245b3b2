import { expect, it } from 'vitest'
import { connect, PartialResultError, uids } from 'imapkit'
import { ScriptedServer } from 'imapkit/testing'

// A set of thousands of UIDs went out as one atom of any length, for which Courier ends the connection.
it('a search among many UIDs is cut into commands of limits.commandLine', async () => {
  const server = await ScriptedServer.start(`
    S: * PREAUTH [CAPABILITY IMAP4rev1 ESEARCH SEARCHRES] ready
    C: <t> SELECT INBOX
    S: * 9 EXISTS
    S: <t> OK [READ-WRITE] done
    C: <t> UID SEARCH RETURN (ALL) UNSEEN UID 1007,1009,1011
    S: * ESEARCH (TAG "<t>") UID ALL 1009
    S: <t> OK done
    C: <t> UID SEARCH RETURN (ALL) UNSEEN UID 1001,1003,1005
    S: * ESEARCH (TAG "<t>") UID ALL 1001,1005
    S: <t> OK done
    C: <t> UID SEARCH RETURN (MAX COUNT) UID 1007,1009,1011
    S: * ESEARCH (TAG "<t>") UID COUNT 0
    S: <t> OK done
    C: <t> UID SEARCH RETURN (MAX COUNT) UID 1001,1003,1005
    S: * ESEARCH (TAG "<t>") UID COUNT 2 MAX 1005
    S: <t> OK done
    C: <t> UID SEARCH RETURN (SAVE) UID 1007,1009,1011
    S: <t> OK done
  `)
  const client = await connect({ ...server.connectOptions(), id: false, idle: false, limits: { commandLine: 15 } })
  const inbox = await client.select('INBOX')
  const set = uids('1001,1003,1005,1007,1009,1011')
  expect(String(await inbox.search({ seen: false, uid: set }))).toBe('1001,1005,1009')
  expect(await inbox.search({ uid: set }, { return: ['count', 'max'] })).toEqual({ count: 2, max: 1005 })
  await expect(inbox.search({ uid: set }, { return: ['save'] })).rejects.toThrow(PartialResultError)
  await server.done
  client.close()
  await server.close()
})

// Where the server has MESSAGELIMIT, the set went out whole all the same.
it('is cut with MESSAGELIMIT too', async () => {
  const server = await ScriptedServer.start(`
    S: * PREAUTH [CAPABILITY IMAP4rev1 ESEARCH MESSAGELIMIT=2] ready
    C: <t> SELECT INBOX
    S: * 9 EXISTS
    S: <t> OK [READ-WRITE] done
    C: <t> UID SEARCH RETURN (COUNT) UID 1007,1009,1011
    S: * ESEARCH (TAG "<t>") UID COUNT 2
    S: <t> OK [MESSAGELIMIT 2 1009] done
    C: <t> UID SEARCH RETURN (COUNT) UID 1007,1009,1011 UIDBEFORE 1009
    S: * ESEARCH (TAG "<t>") UID COUNT 1
    S: <t> OK done
    C: <t> UID SEARCH RETURN (COUNT) UID 1001,1003,1005
    S: * ESEARCH (TAG "<t>") UID COUNT 0
    S: <t> OK done
  `)
  const client = await connect({ ...server.connectOptions(), id: false, idle: false, limits: { commandLine: 15 } })
  const inbox = await client.select('INBOX')
  const set = uids('1001,1003,1005,1007,1009,1011')
  expect(await inbox.search({ uid: set }, { return: ['count'] })).toEqual({ count: 3 })
  await server.done
  client.close()
  await server.close()
})
