import { connect, type ConnectOptions, type ImapClient } from 'imapkit'
import { pair, Peer } from '../unit/connection/support.js'

/** A client over a stream in memory, logged in as the greeting says, and its server. */
export async function connected(
  more: Partial<ConnectOptions> = {},
  greeting = '* PREAUTH [CAPABILITY IMAP4rev1] ready',
): Promise<{ client: ImapClient; peer: Peer } & AsyncDisposable> {
  const [near, far] = pair()
  const peer = new Peer(far)
  peer.send(greeting)
  const client = await connect({
    host: 'server.test',
    security: 'plaintext',
    id: false,
    idle: false,
    transport: () => near,
    ...more,
  })
  return {
    client,
    peer,
    [Symbol.asyncDispose]: async () => {
      client.close()
      await client.closed
    },
  }
}
