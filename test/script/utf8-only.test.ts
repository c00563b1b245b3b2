import { expect, it } from 'vitest'
import { connect } from 'imapkit'
import { ScriptedServer } from 'imapkit/testing'

it('UTF8=ONLY: UTF8=ACCEPT is enabled without being asked for, and names are UTF-8 from then on', async () => {
  const server = await ScriptedServer.start(`
    S: * PREAUTH [CAPABILITY IMAP4rev1 ENABLE UTF8=ONLY] ready
    C: <t> ENABLE UTF8=ACCEPT
    S: * ENABLED UTF8=ACCEPT
    S: <t> OK done
    C: <t> SELECT "Entwürfe"
    S: * 0 EXISTS
    S: <t> OK [READ-WRITE] done
  `)
  const client = await connect({ ...server.connectOptions(), id: false, idle: false })
  expect(client.enabled.has('UTF8=ACCEPT')).toBe(true)
  expect((await client.select('Entwürfe')).name).toBe('Entwürfe')
  await server.done
  client.close()
  await server.close()
})

it('UTF8=ALL and UTF8=APPEND, UTF8=USER of RFC 5738 are recognised', async () => {
  const server = await ScriptedServer.start('S: * PREAUTH [CAPABILITY IMAP4rev1 UTF8=ALL UTF8=USER] ready')
  const client = await connect({ ...server.connectOptions(), id: false, idle: false })
  for (const name of ['UTF8=ALL', 'UTF8=ACCEPT', 'UTF8=APPEND', 'UTF8=USER']) {
    expect(client.capabilities.has(name), name).toBe(true)
  }
  client.close()
  await server.close()
})
