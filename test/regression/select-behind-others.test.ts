// What the server told of the selected mailbox while a SELECT was already on its way was taken for news of the next one: a
// warning about an EXPUNGE that could not be, and UIDs of the one at numbers of the other.
import { expect, it } from 'vitest'
import { connect } from '../../src/index.js'
import { ScriptedServer } from '../../src/testing/index.js'

it('takes what comes before SELECT is answered for news of the mailbox that is selected', async () => {
  await using peer = await ScriptedServer.start(`
    S: * PREAUTH [CAPABILITY IMAP4rev1] ready
    C: <tag> SELECT one
    S: * 3 EXISTS
    S: * OK [UIDVALIDITY 1] valid
    S: <tag> OK [READ-WRITE] selected
    C: <tag> NOOP
    S: * 3 EXPUNGE
    S: * 1 FETCH (UID 5 FLAGS ())
    S: <tag> OK done
    C: <tag> SELECT two
    S: * 1 EXISTS
    S: * OK [UIDVALIDITY 2] valid
    S: <tag> OK [READ-WRITE] selected
    C: <tag> UID FETCH 7 (UID)
    S: * 1 FETCH (UID 7)
    S: <tag> OK done
  `)
  const { auth: _, ...options } = peer.connectOptions()
  const told: string[] = []
  await using client = await connect({
    ...options,
    idle: false,
    on: {
      expunge: ({ mailbox, seq }) => told.push(`expunge ${mailbox} ${seq}`),
      flags: ({ mailbox, uid }) => told.push(`flags ${mailbox} ${uid}`),
      warning: ({ error }) => told.push(error.message),
    },
  })
  await client.select('one')
  const [, two] = await Promise.all([client.noop(), client.select('two')])
  expect((await two.fetchOne(7 as never, { flags: false }))?.uid).toBe(7)
  expect(told).toEqual(['expunge one 3', 'flags one 5'])
  peer.done.catch(() => undefined)
})
