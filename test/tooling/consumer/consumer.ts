import { connect, uids, type ImapClient, type Uid } from 'imapkit'
import { ImapServer } from 'imapkit/testing'
import * as codec from 'imapkit/codec'

export const entries: object = codec

export async function subjects(client: ImapClient): Promise<Map<Uid, string | undefined>> {
  const found = new Map<Uid, string | undefined>()
  await using inbox = await client.select('INBOX')
  for await (const message of inbox.fetch(uids('1:*'), { envelope: true })) {
    found.set(message.uid, message.envelope.subject ?? undefined)
    // @ts-expect-error: it was not asked for
    void message.bodyStructure
  }
  return found
}

export async function main(): Promise<void> {
  await using server = await ImapServer.start({ users: { alice: { password: 'secret', mailboxes: { INBOX: [] } } } })
  await using client = await connect({ ...server.connectOptions('alice') })
  await subjects(client)
}
