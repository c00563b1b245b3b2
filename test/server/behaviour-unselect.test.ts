import { connect, StateError } from 'imapkit'
import { ImapServer } from 'imapkit/testing'
import { describe, expect, it } from 'vitest'
import { rejection } from '../behaviour/tools.js'

const deleted = { raw: 'Subject: marked\n\nx\n', flags: ['\\Deleted'] }

// Without UNSELECT a mailbox is left by EXAMINE and CLOSE; CLOSE expunges wherever the mailbox may be written to.
describe('leaving a mailbox of a server without UNSELECT', () => {
  async function start() {
    const server = await ImapServer.start({
      users: { alice: { password: 'secret', mailboxes: { one: [deleted], two: [deleted] } } },
      capabilities: (all) => all.filter((each) => each !== 'UNSELECT' && !/^IMAP4rev2$/i.test(each)),
    })
    return { server, client: await connect(server.connectOptions('alice')) }
  }

  it('expunges nothing', async () => {
    const { server, client } = await start()
    await using _server = server
    await using _client = client
    const one = await client.select('one')
    await one.unselect()
    expect(client.state).toBe('authenticated')
    expect(server.user('alice').mailbox('one').messages.length).toBe(1)
    expect(server.log.map((line) => line.split(' ').slice(1).join(' '))).toContain('CLOSE')
  })

  it('never closes the mailbox that was selected after the handle', async () => {
    const { server, client } = await start()
    await using _server = server
    await using _client = client
    const one = await client.select('one')
    const two = await client.select('two')
    expect(await rejection(one.unselect())).toBeInstanceOf(StateError)
    expect(client.mailbox).toBe(two)
    await client.noop()
    expect(server.user('alice').mailbox('two').messages.length).toBe(1)
  })

  it('never closes a mailbox that is selected at the same time', async () => {
    const { server, client } = await start()
    await using _server = server
    await using _client = client
    const one = await client.select('one')
    const left = one.unselect().catch((error: unknown) => error)
    const two = await client.select('two')
    const outcome = await left
    if (outcome !== undefined) expect(outcome).toBeInstanceOf(StateError)
    await client.noop()
    expect(client.mailbox).toBe(two)
    expect(server.user('alice').mailbox('two').messages.length).toBe(1)
  })

  it('never closes when the examining is given up', async () => {
    const { server, client } = await start()
    await using _server = server
    await using _client = client
    const one = await client.select('one')
    const controller = new AbortController()
    const left = rejection(one.unselect({ signal: controller.signal }))
    controller.abort()
    expect(await left).toMatchObject({ name: 'AbortError' })
    await client.noop()
    expect(server.user('alice').mailbox('one').messages.length).toBe(1)
  })
})
