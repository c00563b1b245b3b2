import { readFileSync } from 'node:fs'
import type { ConnectOptions } from 'imapkit'
import { ImapServer } from 'imapkit/testing'
import { mails } from './mails.js'

/** Where the demo runs: a server that the user names, or the embedded one. */
export interface Place extends AsyncDisposable {
  readonly name: string
  readonly options: ConnectOptions
}

/** Reads the environment; without IMAP_URL it starts the embedded server with a few mails. */
export async function target(): Promise<Place> {
  const text = process.env['IMAP_URL']
  if (text === undefined || text === '') return embedded()
  const url = new URL(text)
  const ca = process.env['IMAP_CA']
  const options: ConnectOptions = {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    security: url.protocol === 'imap:' ? 'starttls' : 'tls',
    auth: { user: decodeURIComponent(url.username), password: process.env['IMAP_PASSWORD'] ?? '' },
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    ...(ca === undefined ? {} : { tls: { ca: readFileSync(ca) } }),
  }
  return { name: url.host, options, [Symbol.asyncDispose]: () => Promise.resolve() }
}

async function embedded(): Promise<Place> {
  const server = await ImapServer.start({
    users: {
      alice: {
        password: 'secret',
        mailboxes: {
          INBOX: mails(),
          Archive: { specialUse: '\\Archive', messages: [] },
          Sent: { specialUse: '\\Sent', messages: [] },
        },
      },
    },
  })
  return {
    name: 'the embedded server',
    options: server.connectOptions('alice'),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}
