import { ArgumentError } from '../model/errors.js'
import type { Security } from '../connection/options.js'

/** What an IMAP URL says about a connection. */
export interface UrlTarget {
  readonly host: string
  readonly port?: number
  readonly security: Security
  readonly user?: string
}

/**
 * Reads the server part of an IMAP URL: `imaps:` is implicit TLS, `imap:` is STARTTLS, required.
 *
 * imapurl = "imap://" iserver ipath-query   (RFC 5092 §11)
 * iserver = [iuserinfo "@"] host [ ":" port ]
 *
 * @throws ArgumentError for another scheme, a path, or a password in the URL
 */
export function readConnectUrl(text: string): UrlTarget {
  let url: URL
  try {
    url = new URL(text)
  } catch (cause) {
    throw new ArgumentError('This is no URL: write it like imaps://user@imap.example.org/', { cause })
  }
  if (url.protocol !== 'imaps:' && url.protocol !== 'imap:') {
    throw new ArgumentError(`The scheme ${url.protocol} is not known: use imaps: (TLS) or imap: (STARTTLS)`)
  }
  if (url.password !== '') {
    throw new ArgumentError('A password in a URL ends up in logs and histories: pass it as auth.password')
  }
  if (url.hostname === '')
    throw new ArgumentError('The URL names no host: write it like imaps://user@imap.example.org/')
  if (url.pathname !== '' && url.pathname !== '/') {
    throw new ArgumentError('connect() takes the server part of a URL only: leave out what follows the host')
  }
  const user = url.username.replace(/;AUTH=.*$/i, '')
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    security: url.protocol === 'imaps:' ? 'tls' : 'starttls',
    ...(user === '' ? {} : { user: decode(user) }),
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (cause) {
    throw new ArgumentError('The user name in the URL is not percent-encoded UTF-8', { cause })
  }
}
