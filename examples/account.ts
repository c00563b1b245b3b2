import { readFileSync } from 'node:fs'
import type { ConnectOptions } from 'imapkit'

/** Reads where to connect to from IMAP_URL, IMAP_PASSWORD and IMAP_CA. */
export function account(): ConnectOptions {
  const { IMAP_URL, IMAP_PASSWORD = '', IMAP_CA } = process.env
  if (IMAP_URL === undefined) throw new Error('Set IMAP_URL=imaps://user@host/ and IMAP_PASSWORD')
  const url = new URL(IMAP_URL)
  return {
    host: url.hostname,
    security: url.protocol === 'imap:' ? 'starttls' : 'tls',
    auth: { user: decodeURIComponent(url.username), password: IMAP_PASSWORD },
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    ...(IMAP_CA === undefined ? {} : { tls: { ca: readFileSync(IMAP_CA) } }),
  }
}
