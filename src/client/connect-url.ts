import { domainToASCII } from 'node:url'
import type { Security } from '../connection/options.js'
import { ArgumentError } from '../model/errors.js'
import { parseServer } from '../model/imap-url.js'
import { splitUrl, type UrlParts } from '../model/imap-url-coding.js'

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
 * @throws ArgumentError for another scheme, a path, or a password in the URL; the URL itself is never part of it
 */
export function readConnectUrl(text: string): UrlTarget {
  const { scheme, authority, path, query } = split(text)
  if (scheme === undefined || authority === undefined) {
    throw new ArgumentError(`This is no URL: write it like ${EXAMPLE}`)
  }
  if (scheme !== 'imaps' && scheme !== 'imap') {
    throw new ArgumentError(`The scheme ${scheme}: is not known: use imaps: (TLS) or imap: (STARTTLS)`)
  }
  if (/:.*@/.test(authority)) {
    throw new ArgumentError('A password in a URL ends up in logs and histories: pass it as auth.password')
  }
  if ((path !== '' && path !== '/') || query !== undefined) {
    throw new ArgumentError('connect() takes the server part of a URL only: leave out what follows the host')
  }
  const { host, mechanism, ...server } = parseServer(authority)
  return {
    ...server,
    host: readHost(host),
    security: scheme === 'imaps' ? 'tls' : 'starttls',
    ...(mechanism === undefined || mechanism === '*' ? {} : { mechanism }),
  }
}

/** A name may be written in its own script; encoded, it is what the grammar of URLs takes (RFC 3987 §3.1). */
function split(text: string): UrlParts {
  const given: unknown = text
  if (typeof given !== 'string') throw new ArgumentError(`A URL is text, like ${EXAMPLE}`)
  return splitUrl(text.trim().replaceAll(/[^\0-\x7f]+/gu, (other) => encode(other)))
}

function encode(text: string): string {
  try {
    return encodeURIComponent(text)
  } catch {
    throw new ArgumentError('The URL holds half of a surrogate pair')
  }
}

/** A name in other scripts goes on the wire of DNS and of TLS as ASCII. */
function readHost(host: string): string {
  if (host.includes(':')) return host
  const ascii = domainToASCII(host)
  if (ascii === '') throw new ArgumentError(`The URL names no host that can exist: write it like ${EXAMPLE}`)
  return ascii
}
