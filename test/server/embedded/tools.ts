import { ImapServer, type MailboxOptions, type MessageInput, type ServerOptions } from 'imapkit/testing'
import { RawClient } from '../../unit/testing/raw-client.js'

/** A server with the user `alice`, and clients that are logged in as her. */
export interface Scene extends AsyncDisposable {
  readonly server: ImapServer
  /** The first client. */
  readonly client: RawClient
  /** Another client, logged in; with a mailbox, that is selected. */
  another(mailbox?: string): Promise<RawClient>
}

/** Starts a server with these mailboxes and logs in. */
export async function scene(
  mailboxes: Readonly<Record<string, readonly MessageInput[] | MailboxOptions>> = {},
  options: ServerOptions = {},
): Promise<Scene> {
  const server = await ImapServer.start({
    security: 'plaintext',
    users: { alice: { password: 'secret', mailboxes } },
    ...options,
  })
  const clients: RawClient[] = []
  const another = async (mailbox?: string): Promise<RawClient> => {
    const client = await RawClient.open({ port: server.port })
    clients.push(client)
    await client.ok('LOGIN alice secret')
    if (mailbox !== undefined) await client.ok(`SELECT ${mailbox}`)
    return client
  }
  const client = await another()
  return {
    server,
    client,
    another,
    async [Symbol.asyncDispose]() {
      for (const each of clients) await each[Symbol.asyncDispose]()
      await server.close()
    },
  }
}

/** The tagged answer to a command, without its tag. */
export async function tagged(client: RawClient, command: string): Promise<string> {
  return (await client.run(command)).at(-1) ?? ''
}

/** All capabilities but these: for `ServerOptions.capabilities`. */
export function without(...names: readonly string[]): (all: readonly string[]) => readonly string[] {
  return (all) => all.filter((each) => !names.includes(each))
}

/** What CAPABILITY answers. */
export async function capabilities(client: RawClient): Promise<string[]> {
  return (await client.ok('CAPABILITY'))[0]?.split(' ').slice(2) ?? []
}
