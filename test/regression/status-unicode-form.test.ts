// STATUS of a name that the server normalises to another Unicode form ended in a ProtocolError, as if nothing had come.
import { expect, it } from 'vitest'
import { connect } from '../../src/index.js'
import { ScriptedServer } from '../../src/testing/index.js'

it('takes the answer about the composed form of a decomposed name', async () => {
  await using peer = await ScriptedServer.start(`
    S: * PREAUTH [CAPABILITY IMAP4rev1] ready
    C: <tag> STATUS Entwu&Awg-rfe (MESSAGES)
    S: * STATUS "Entw&APw-rfe" (MESSAGES 3)
    S: <tag> OK done
  `)
  const { auth: _, ...options } = peer.connectOptions()
  await using client = await connect(options)
  const told: string[] = []
  client.on('status', ({ mailbox }) => told.push(mailbox))
  expect(await client.status('Entwu\u0308rfe', { messages: true })).toEqual({ messages: 3 })
  expect(told).toEqual([])
  peer.done.catch(() => undefined)
})
