import { ConnectionError, OutcomeUnknownError, type ImapClient, type Mailbox } from 'imapkit'
import { expect, it } from 'vitest'
import { opened } from './peer.js'

/** Leaves the mailbox on a server without UNSELECT, which hangs up at CLOSE. */
async function lostAtClose(leave: (mailbox: Mailbox, client: ImapClient) => Promise<void>): Promise<unknown> {
  let hangUp = (): void => undefined
  await using peer = await opened(3, ({ name }, say) => {
    if (name === 'EXAMINE') return ['* OK [READ-ONLY] now']
    say('* BYE gone')
    hangUp()
    return undefined
  })
  hangUp = () => setImmediate(() => peer.client.close())
  try {
    await leave(peer.mailbox, peer.client)
  } catch (error) {
    return error
  }
  throw new Error('this should have been rejected')
}

it('unselect() without UNSELECT said that its outcome was unknown, though nothing can have been expunged', async () => {
  const error = await lostAtClose((mailbox) => mailbox.unselect())
  expect(error).not.toBeInstanceOf(OutcomeUnknownError)
  expect(error).toBeInstanceOf(ConnectionError)
})

it('a handle that only reads said so too', async () => {
  const error = await lostAtClose(async (_, client) => (await client.examine('Archive')).unselect())
  expect(error).not.toBeInstanceOf(OutcomeUnknownError)
  expect(error).toBeInstanceOf(ConnectionError)
})

it('close(), which expunges, still does', async () => {
  expect(await lostAtClose((mailbox) => mailbox.close())).toBeInstanceOf(OutcomeUnknownError)
})
