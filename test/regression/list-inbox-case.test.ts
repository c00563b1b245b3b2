import { expect, it } from 'vitest'
import { connect } from 'imapkit'
import { ScriptedServer } from 'imapkit/testing'

// Cyrus answers LIST "" inbox with nothing: INBOX in any case has to go out in upper case.
it('list asks for INBOX in upper case, whatever was given', async () => {
  const server = await ScriptedServer.start(String.raw`
    S: * PREAUTH [CAPABILITY IMAP4rev1 LIST-EXTENDED] ready
    C: <t> LIST "" INBOX
    S: * LIST (\HasChildren) "/" INBOX
    S: <t> OK done
    C: <t> LIST "" (INBOX Inbox.*)
    S: * LIST (\HasChildren) "/" INBOX
    S: <t> OK done
    C: <t> LSUB "" INBOX
    S: <t> OK done
  `)
  const client = await connect({ ...server.connectOptions(), id: false, idle: false })
  expect(await client.list('inbox', { return: [] })).toMatchObject([{ name: 'INBOX' }])
  expect(await client.list(['iNbOx', 'Inbox.*'], { return: [] })).toMatchObject([{ name: 'INBOX' }])
  expect(await client.lsub('inbox')).toEqual([])
  await server.done
  client.close()
  await server.close()
})
