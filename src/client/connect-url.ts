import { domainToASCII } from 'node:url'
import type { Security } from '../connection/options.js'
import { ArgumentError } from '../model/errors.js'

/** What an IMAP URL says about a connection. */
export interface UrlTarget {
  readonly host: string
  readonly port?: number
  readonly security: Security
  readonly user?: string
  /** The SASL mechanism that `;AUTH=` asks for, in upper case; left out for `*`, which means any. */
  readonly mechanism?: string
}

const EXAMPLE = 'imaps://user@imap.example.org/'

/**
 * Reads the server part of an IMAP URL: `imaps:` is implicit TLS, `imap:` is STARTTLS, required.
 *
 * imapurl   = "imap://" iserver ipath-query   (RFC 5092 §11)
 * iserver   = [iuserinfo "@"] host [ ":" port ]
 * iuserinfo = enc-user [iauth] / [enc-user] iauth
 * iauth     = ";AUTH=" ( "*" / enc-auth-type )
 *
 * @throws ArgumentError for another scheme, a path, or a password in the URL; the URL itself is never part of it
 */
export function readConnectUrl(text: string): UrlTarget {
  const url = parse(text)
  if (url.protocol !== 'imaps:' && url.protocol !== 'imap:') {
    throw new ArgumentError(`The scheme ${url.protocol} is not known: use imaps: (TLS) or imap: (STARTTLS)`)
  }
  if (url.password !== '') {
    throw new ArgumentError('A password in a URL ends up in logs and histories: pass it as auth.password')
  }
  if (url.hostname === '') throw new ArgumentError(`The URL names no host: write it like ${EXAMPLE}`)
  if ((url.pathname !== '' && url.pathname !== '/') || url.search !== '' || url.hash !== '') {
    throw new ArgumentError('connect() takes the server part of a URL only: leave out what follows the host')
  }
  // The parser of URLs encodes the semicolon before AUTH, so that it could no longer be told from one of the name.
  const userinfo = /^[^/]*\/\/([^/?#]*)@/.exec(text.trim())?.[1] ?? ''
  const [, user = '', mechanism] = /^(.*?)(?:;AUTH=(.*))?$/is.exec(userinfo) ?? []
  return {
    host: readHost(url.hostname),
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    security: url.protocol === 'imaps:' ? 'tls' : 'starttls',
    ...(user === '' ? {} : { user: decode('user name', user) }),
    ...(mechanism === undefined || mechanism === '*' ? {} : { mechanism: readMechanism(mechanism) }),
  }
}

function parse(text: string): URL {
  try {
    return new URL(text)
  } catch {
    // Its error keeps the text, which may hold a password: it is no `cause`.
    throw new ArgumentError(`This is no URL: write it like ${EXAMPLE}`)
  }
}

/** A name in other scripts comes percent-encoded out of a URL whose scheme the parser does not know. */
function readHost(hostname: string): string {
  if (hostname.startsWith('[')) return hostname.slice(1, -1)
  const host = domainToASCII(decode('host', hostname))
  if (host === '') throw new ArgumentError(`The URL names no host that can exist: write it like ${EXAMPLE}`)
  return host
}

function readMechanism(encoded: string): string {
  const mechanism = decode('mechanism behind ;AUTH=', encoded).toUpperCase()
  if (!/^[A-Z0-9_-]{1,20}$/.test(mechanism)) throw new ArgumentError('What follows ;AUTH= is * or a SASL mechanism')
  return mechanism
}

function decode(what: string, text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new ArgumentError(`The ${what} in the URL is not percent-encoded UTF-8`)
  }
}
