import { createHmac } from 'node:crypto'
import { sameSecret } from '../sasl/check.js'
import { parseMessagePart, type MessageUrl } from '../url.js'

/** Who may use a URL (RFC 4467 §3); `user` is decoded. */
export type UrlAccess =
  | { readonly kind: 'submit' | 'user'; readonly user: string }
  | { readonly kind: 'authuser' | 'anonymous'; readonly user: null }

/** A URL with an access identifier, and with a token where it has one. */
export interface AuthUrl {
  /** Whose mailbox it is, decoded. */
  readonly owner: string
  readonly target: MessageUrl
  readonly access: UrlAccess
  /** When it ends; null for never. */
  readonly expires: Date | null
  /** All but mechanism and token, as it stands there: what the token is made of. */
  readonly rump: string
  readonly mechanism: string | null
  readonly token: string | null
}

// enc-user = 1*achar     iauth = ";AUTH=" ( "*" / enc-auth-type )
const ACHAR = "(?:[A-Za-z0-9\\-._~!$'()*+,&=]|%[0-9A-Fa-f]{2})"
// authimapurl = "imap://" enc-user [iauth] "@" hostport "/" imessagepart
const SERVER = new RegExp(`^imap://(${ACHAR}+)(?:;AUTH=${ACHAR}+)?@[^/@;?#]+/`, 'i')
// iurlauth = [expire] ";URLAUTH=" access [":" mechanism ":" enc-urlauth]
const AUTH = new RegExp(
  `(?:;EXPIRE=([^;]+))?;URLAUTH=(?:(submit|user)\\+(${ACHAR}+)|(authuser|anonymous))` +
    `(?::([A-Za-z0-9.-]+):([0-9A-Fa-f]{32,}))?$`,
  'i',
)
// date-time of RFC 3339 §5.6
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i

/** Reads a URL; a text that says why it is none. */
export function parseAuthUrl(text: string): AuthUrl | string {
  const server = SERVER.exec(text)
  if (server === null) return 'The URL has no user ahead of its server, or is no URL of a server at all'
  const auth = AUTH.exec(text)
  if (auth === null) return 'The URL has no access identifier, or one that is not known'
  const [tail, expire, kind, user, anybody, mechanism, token] = auth
  const target = parseMessagePart(text.slice(server[0].length, auth.index))
  if (target === null || target.mailbox === null) return 'The URL is not that of a message or a part of one'
  const expires = expire === undefined ? null : new Date(DATE_TIME.test(expire) ? expire : NaN)
  if (expires !== null && Number.isNaN(expires.getTime())) return 'EXPIRE takes a date and time'
  const owner = decodeUser(server[1] as string)
  const allowed = user === undefined ? null : decodeUser(user)
  if (owner === null || (user !== undefined && allowed === null)) return 'A user name is not UTF-8'
  const access: UrlAccess =
    allowed === null
      ? { kind: anybody?.toLowerCase() === 'anonymous' ? 'anonymous' : 'authuser', user: null }
      : { kind: kind?.toLowerCase() === 'user' ? 'user' : 'submit', user: allowed }
  const verifier = token === undefined ? 0 : `:${mechanism}:${token}`.length
  const rump = text.slice(0, auth.index + tail.length - verifier)
  return { owner, target, access, expires, rump, mechanism: mechanism ?? null, token: token ?? null }
}

function decodeUser(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

/** The algorithm of tokens; a token begins with it, so that another one can follow some day (RFC 4467 §2.4.1). */
const ALGORITHM = '01'

/** The token of a URL: hexadecimal digits. */
export function tokenOf(rump: string, key: Buffer): string {
  return ALGORITHM + createHmac('sha256', key).update(rump, 'latin1').digest('hex')
}

/** Whether a URL carries the right token. */
export function isGenuine({ rump, mechanism, token }: AuthUrl, key: Buffer): boolean {
  const same = sameSecret(tokenOf(rump, key), token?.toLowerCase() ?? '')
  return same && mechanism?.toUpperCase() === 'INTERNAL'
}
