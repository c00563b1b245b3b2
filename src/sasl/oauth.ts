import { Buffer } from 'node:buffer'
import { ArgumentError } from '../model/errors.js'
import type { SaslMechanism } from '../model/sasl.js'
import { filled, saslName } from './checks.js'

/** A user name and an OAuth 2.0 access token. */
export interface TokenCredentials {
  readonly user: string
  readonly accessToken: string
}

/** What OAUTHBEARER tells beside the token (RFC 7628 §3.1). */
export interface BearerCredentials extends TokenCredentials {
  /** The host and the port that the client connected to. */
  readonly host?: string | undefined
  readonly port?: number | undefined
}

/** Shorter ones would blank out ordinary words. */
const MIN_TOKEN = 8

/** Separates the parts of both messages. */
const SOH = '\x01'

/**
 * XOAUTH2, of Google and Microsoft. The token crosses the wire as it is: for TLS only.
 *
 * @throws ArgumentError for an empty name, and for a token with other than printable characters
 */
export function xoauth2(credentials: TokenCredentials): SaslMechanism {
  const user = text('user name', credentials.user)
  const message = Buffer.from(`user=${user}${SOH}auth=Bearer ${token(credentials)}${SOH}${SOH}`, 'utf8')
  return withServerError('XOAUTH2', message, Buffer.alloc(0), credentials)
}

/**
 * OAUTHBEARER (RFC 7628). The token crosses the wire as it is: for TLS only.
 *
 * client-resp = (gs2-header kvsep *kvpair kvsep) / kvsep
 * kvpair      = key "=" value kvsep
 *
 * @throws ArgumentError for an empty name, and for a token with other than printable characters
 */
export function oauthBearer(credentials: BearerCredentials): SaslMechanism {
  const { host, port } = credentials
  const user = saslName('user name', text('user name', credentials.user))
  const where =
    (host === undefined ? '' : `host=${text('host', host)}${SOH}`) + (port === undefined ? '' : `port=${port}${SOH}`)
  const message = Buffer.from(`n,a=${user},${SOH}${where}auth=Bearer ${token(credentials)}${SOH}${SOH}`, 'utf8')
  return withServerError('OAUTHBEARER', message, Buffer.from(SOH, 'latin1'), credentials)
}

/** A refused token is told in a challenge, which has to be answered before the server says NO (RFC 7628 §3.2.3). */
function withServerError(
  name: string,
  message: Buffer,
  dummy: Uint8Array,
  { accessToken }: TokenCredentials,
): SaslMechanism {
  let serverError: unknown
  return {
    name,
    plaintext: true,
    initial: () => message,
    respond: (challenge) => {
      serverError = parseError(withoutToken(Buffer.from(challenge).toString('utf8'), accessToken))
      return dummy
    },
    failure: () => serverError,
  }
}

/** A server may echo the token; what it tells ends up in logs. */
function withoutToken(said: string, token: string): string {
  const forms = [token, JSON.stringify(token).slice(1, -1), Buffer.from(token).toString('base64')]
  return forms.reduce((text, form) => (form.length < MIN_TOKEN ? text : text.replaceAll(form, '***')), said)
}

/** JSON where it is such, else the text; undefined for nothing. */
function parseError(said: string): unknown {
  if (said === '') return undefined
  try {
    return JSON.parse(said) as unknown
  } catch {
    return said
  }
}

/** @throws ArgumentError for a control character, which could forge another part of the message */
function text(what: string, value: string): string {
  filled(what, value)
  if (/[\x00-\x1f\x7f]/.test(value)) throw new ArgumentError(`The ${what} must not hold control characters`)
  return value
}

/** b64token, and whatever else is printable (RFC 6750 §2.1). The message of the error never shows the token. */
function token({ accessToken }: TokenCredentials): string {
  filled('access token', accessToken)
  if (!/^[!-~]+$/.test(accessToken)) {
    throw new ArgumentError('The access token holds spaces, line breaks or other characters that no token has')
  }
  return accessToken
}
