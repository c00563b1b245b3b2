// Courier marks groups by an empty mailbox without a host: both marks came out as addresses without any text.
import { expect, it } from 'vitest'
import { connect, uid } from '../../src/index.js'
import { ScriptedServer } from '../../src/testing/index.js'

it('makes no addresses of the marks around a group', async () => {
  await using peer = await ScriptedServer.start(`
    S: * PREAUTH [CAPABILITY IMAP4rev1] ready
    C: <tag> SELECT INBOX
    S: * 1 EXISTS
    S: * OK [UIDVALIDITY 1] valid
    S: <tag> OK [READ-WRITE] selected
    C: <tag> UID FETCH 5 (UID ENVELOPE)
    S: * 1 FETCH (UID 5 ENVELOPE (NIL "s" ((NIL NIL "a" "b")) NIL NIL ((NIL NIL "" NIL)(NIL NIL "" NIL)) ((NIL NIL "" NIL)(NIL NIL "ada" "example.org")(NIL NIL "" NIL)) NIL NIL NIL))
    S: <tag> OK done
  `)
  const { auth: _, ...options } = peer.connectOptions()
  await using client = await connect(options)
  const inbox = await client.select('INBOX')
  const found = await inbox.fetchOne(uid(5), { envelope: true })
  expect(found?.envelope.to).toEqual([])
  expect(found?.envelope.cc.map((each) => each.address)).toEqual(['ada@example.org'])
  peer.done.catch(() => undefined)
})
