import { expect, it } from 'vitest'
import { connect, ResponseError, type ImapClient } from 'imapkit'
import { ScriptedServer } from 'imapkit/testing'

async function play(script: string, work: (client: ImapClient) => Promise<void>): Promise<void> {
  const server = await ScriptedServer.start(`
    S: * PREAUTH [CAPABILITY IMAP4rev1 ENABLE UTF8=ACCEPT LITERAL+] ready
    C: <t> ENABLE UTF8=ACCEPT
    S: * ENABLED UTF8=ACCEPT
    S: <t> OK done
    ${script}
  `)
  const client = await connect({ ...server.connectOptions(), id: false, idle: false, enable: ['UTF8=ACCEPT'] })
  await work(client)
  await server.done
  client.close()
  await server.close()
}

const MESSAGE = 'Subject: Grüße\r\n\r\n'

it('a header beyond ASCII goes in the item UTF8, and as it is where the server does not know that', async () => {
  await play(
    `
    C: <t> APPEND Drafts UTF8 (~{20+}
    C: Subject: Grüße
    C:
    C: )
    S: <t> BAD No such data item
    C: <t> APPEND Drafts {20+}
    C: Subject: Grüße
    C:
    C:
    S: <t> OK [APPENDUID 7 8] done
    `,
    async (client) => {
      expect(await client.append('Drafts', MESSAGE)).toEqual({ uid: 8, uidValidity: 7 })
    },
  )
})

it('a refusal for another reason is no reason to send it again', async () => {
  await play(
    `
    C: <t> APPEND Drafts UTF8 (~{20+}
    C: Subject: Grüße
    C:
    C: )
    S: <t> NO [OVERQUOTA] full
    `,
    async (client) => {
      await expect(client.append('Drafts', MESSAGE)).rejects.toThrow(ResponseError)
    },
  )
})
