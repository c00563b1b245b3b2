// After an OK without the proof of the server, authenticate() was rejected and yet the session could be used.
import { expect, it } from 'vitest'
import { rejection } from '../behaviour/tools.js'
import { scene } from '../script/client-tools.js'

it('closes the connection when the server has not proved itself', async () => {
  const script = `S: * OK [CAPABILITY IMAP4rev1 AUTH=SCRAM-SHA-256 SASL-IR] ready
    C: <t> AUTHENTICATE SCRAM-SHA-256 <*>
    S: <t> OK [CAPABILITY IMAP4rev1] welcome
    C-close`
  await using it = await scene(script)
  const call = rejection(it.client.authenticate({ user: 'a', password: 'b' }))
  expect(await call).toMatchObject({ name: 'AuthenticationError' })
  expect(await rejection(it.client.list())).toMatchObject({ name: 'AuthenticationError' })
  expect(it.client.state).toBe('logout')
  expect(await it.client.closed).toMatchObject({ reason: 'error', error: { name: 'AuthenticationError' } })
})
