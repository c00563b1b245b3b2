// Names that snippets in the documents use without declaring them. Read by snippets.mjs only: it is kept out of the
// project's own program, where these globals would hide mistakes. A snippet may declare the same names itself.
import type { ImapClient, Mailbox, ReadonlyMailbox, Uid, UidSet } from 'imapkit'
import type { ImapServer } from 'imapkit/testing'

declare global {
  const client: ImapClient
  const inbox: Mailbox
  const archive: ReadonlyMailbox
  const server: ImapServer
  const uid: Uid
  const found: UidSet
  const part: string
  const host: string
  const user: string
  const password: string
  const accessToken: string
  const rfc822: string
  const signal: AbortSignal
}
