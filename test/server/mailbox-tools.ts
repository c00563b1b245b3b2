import { connect, type ConnectOptions, type ImapClient, type Mailbox } from 'imapkit'
import { ImapServer, type MailboxHandle, type MessageInput, type ServerOptions } from 'imapkit/testing'

/** A server with one user, a client and its INBOX. */
export interface Bench extends AsyncDisposable {
  readonly server: ImapServer
  readonly client: ImapClient
  readonly inbox: Mailbox
  /** The INBOX from outside. */
  readonly outside: MailboxHandle
  /** The commands that were sent since the mailbox was selected, or since the last call, without their tags. */
  sent(): string[]
}

/** How a bench is set up. */
export interface BenchOptions {
  readonly messages?: readonly MessageInput[]
  /** Prepares the INBOX from outside, before it is selected. */
  readonly prepare?: (outside: MailboxHandle) => void
  readonly server?: ServerOptions
  readonly client?: Partial<ConnectOptions>
}

export async function bench({ messages = [], prepare, server: more, client: options }: BenchOptions): Promise<Bench> {
  const users = { alice: { password: 'secret', mailboxes: { INBOX: [...messages], Archive: [] } } }
  const server = await ImapServer.start({ security: 'plaintext', users, ...more })
  const outside = server.user('alice').mailbox('INBOX')
  prepare?.(outside)
  const client = await connect({ ...server.connectOptions('alice'), ...options })
  const inbox = await client.select('INBOX')
  server.clearLog()
  return {
    server,
    client,
    inbox,
    outside,
    sent: () => {
      const lines = server.log.map((line) => line.replace(/^\S+ /, ''))
      server.clearLog()
      return lines
    },
    [Symbol.asyncDispose]: async () => {
      client.close()
      await client.closed
      await server.close()
    },
  }
}

/** A small message of which the subject names the number. */
export function mail(number: number, body = `body ${number}`): string {
  return `From: a@example.org\r\nSubject: mail ${number}\r\nMessage-ID: <${number}@example.org>\r\n\r\n${body}\r\n`
}

/** So many small messages. */
export function mails(count: number): string[] {
  return Array.from({ length: count }, (_, index) => mail(index + 1))
}
