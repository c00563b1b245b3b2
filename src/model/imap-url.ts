import { ArgumentError } from './errors.js'
import { MAX_NUMBER } from './ids.js'
import { decodeName, decodeOctets, decodePath, encodeName, encodePath, splitUrl } from './imap-url-coding.js'

/** The server part of an IMAP URL: whom to log in as, and where. */
export interface ImapUrlServer {
  /** `imaps`, implicit TLS, is no scheme of an RFC, but in wide use. */
  readonly scheme: 'imap' | 'imaps'
  /** The user whose mailboxes are meant (RFC 5092 §3.1). */
  readonly user?: string
  /** The SASL mechanism in upper case, or `*` for any (RFC 5092 §3.2). */
  readonly mechanism?: string
  /** A host name in lower case, or an address; that of IPv6 without brackets. */
  readonly host: string
  readonly port?: number
}

/** Octets of a part: from `offset`, all or `length` of them. */
export interface ImapUrlPartial {
  readonly offset: number
  readonly length?: number
}

/** Who may fetch a URL: an application, or one that acts for a user (RFC 5092 §6.1.2, RFC 5593 §3.3). */
export interface ImapUrlAccess {
  /** `user` and `submit`, which need a user, `authuser` and `anonymous`, which have none, `stream`, or another one. */
  readonly identifier: string
  readonly user?: string
}

/** What makes a URL usable without the login of its owner (RFC 5092 §6.1). */
export interface ImapUrlAuth {
  readonly access: ImapUrlAccess
  /** From then on the URL is refused. */
  readonly expire?: Date
  /** The mechanism in upper case, such as INTERNAL; without it the URL is a rump that GENURLAUTH completes. */
  readonly mechanism?: string
  /** Hexadecimal, 32 digits or more; there together with `mechanism`. */
  readonly token?: string
}

/**
 * What an IMAP URL names on its server.
 *
 * A server alone has no `mailbox`; a list of messages has a `mailbox` and perhaps a `search`; a message or a part of it
 * has a `uid`.
 */
export interface ImapUrlPath {
  readonly mailbox?: string
  readonly uidValidity?: number
  /** A list of mailboxes: `mailbox`, if any, is a pattern (RFC 2192 §7; RFC 5092 has it no more). */
  readonly list?: 'LIST' | 'LSUB'
  /** The arguments of SEARCH as text; literals in it are of the form `{n+}`. */
  readonly search?: string
  readonly uid?: number
  /** A section of FETCH, such as `1.2` or `HEADER`; the whole message without it. */
  readonly section?: string
  readonly partial?: ImapUrlPartial
  readonly urlAuth?: ImapUrlAuth
}

/** An IMAP URL, taken apart and decoded (RFC 5092). */
export interface ImapUrl extends ImapUrlServer, ImapUrlPath {}

/**
 * Takes an absolute IMAP URL apart.
 *
 * The token of an authorized URL is made from its text: send that text, not what {@link formatImapUrl} makes of the parts.
 *
 * imapurl     = "imap://" iserver ipath-query
 * ipath-query = ["/" [ icommand ]]   (RFC 5092 §11)
 *
 * @throws ArgumentError for what is no IMAP URL; the URL itself is never part of the message
 * @example
 * ```ts
 * import { parseImapUrl } from 'imapkit'
 * parseImapUrl('imap://joe@example.com/INBOX/;UID=20/;SECTION=1.2').uid // 20
 * ```
 */
export function parseImapUrl(text: string): ImapUrl {
  const { scheme, authority, path, query } = splitUrl(text)
  if (scheme !== 'imap' && scheme !== 'imaps') throw new ArgumentError('An IMAP URL begins with imap:// or imaps://')
  if (authority === undefined) throw new ArgumentError('An IMAP URL names a server behind two slashes')
  const server = { scheme, ...parseServer(authority) } as const
  if (path === '' || path === '/') {
    if (query !== undefined) throw new ArgumentError('A search in a URL needs a mailbox before it')
    return server
  }
  return { ...server, ...parseCommand(path.slice(1), query) }
}

/**
 * iserver   = [iuserinfo "@"] host [ ":" port ]
 * iuserinfo = enc-user [iauth] / [enc-user] iauth
 * iauth     = ";AUTH=" ( "*" / enc-auth-type )
 *
 * @throws ArgumentError for what is no server, such as one with a password
 */
export function parseServer(authority: string): Omit<ImapUrlServer, 'scheme'> {
  const at = authority.lastIndexOf('@')
  const [, address, name, port = ''] = /^(?:\[([0-9A-Fa-f:.]*)\]|([^[\]:]*))(?::([0-9]*))?$/.exec(
    authority.slice(at + 1),
  ) ?? [undefined, undefined, '', '']
  const host = address === undefined ? parseHost(name ?? '') : address.toLowerCase()
  if (address !== undefined && !isIpv6(host)) throw new ArgumentError('The URL has no address of IPv6 in its brackets')
  if (host === '') throw new ArgumentError('The URL names no host')
  const number = Number(port)
  if (number > 65_535) throw new ArgumentError('The port in the URL is larger than 65535')
  return { ...(at < 0 ? {} : parseUser(authority.slice(0, at))), host, ...(port === '' ? {} : { port: number }) }
}

function parseUser(userinfo: string): Pick<ImapUrl, 'user' | 'mechanism'> {
  const [, encoded = '', mechanism] = /^([^;]*)(?:;AUTH=(.*))?$/i.exec(userinfo) ?? [undefined, userinfo]
  if (encoded === '' && mechanism === undefined) throw new ArgumentError('The URL names no user before the @')
  return {
    ...(encoded === '' ? {} : { user: decodeName('user name', encoded) }),
    ...(mechanism === undefined ? {} : { mechanism: parseSasl(mechanism) }),
  }
}

function parseSasl(encoded: string): string {
  if (encoded === '*') return encoded
  return checkSasl(decodeName('mechanism behind ;AUTH=', encoded).toUpperCase())
}

function checkSasl(mechanism: string): string {
  if (!/^[A-Z0-9_-]{1,20}$/.test(mechanism)) throw new ArgumentError('What follows ;AUTH= is * or a SASL mechanism')
  return mechanism
}

/** reg-name = *( unreserved / pct-encoded / sub-delims )   (RFC 3986 §3.2.2) */
function parseHost(encoded: string): string {
  if (encoded === '') return ''
  return checkHost(decodeName('host', encoded).toLowerCase())
}

function checkHost(host: string): string {
  if (/[\0-\x20\x7f/?#@[\]\\:;%<>"]/.test(host)) throw new ArgumentError('The URL names no host that can exist')
  return host
}

/** Coarse: whoever connects finds out. */
function isIpv6(text: string): boolean {
  return /^[0-9a-f:]*:[0-9a-f:]*(?::[0-9.]+)?$/.test(text) && text.split(':').length > 2
}

/**
 * icommand     = imessagelist / imessagepart [iurlauth]
 * imessagelist = imailbox-ref [ "?" enc-search ]
 * imessagepart = imailbox-ref iuid [isection] [ipartial]
 * imailbox-ref = enc-mailbox [uidvalidity]
 */
function parseCommand(path: string, query: string | undefined): ImapUrlPath {
  // Within a name a semicolon is encoded, so that the first one ends the name.
  const semicolon = path.indexOf(';')
  const text = semicolon < 0 ? '' : path.slice(semicolon)
  const isPart = path.charAt(semicolon - 1) === '/' && !/^;(?:UIDVALIDITY|TYPE)=/i.test(text)
  const encoded = semicolon < 0 ? path : path.slice(0, isPart ? semicolon - 1 : semicolon)
  const type = /^;TYPE=(LIST|LSUB)$/i.exec(text)?.[1]?.toUpperCase()
  if (type === 'LIST' || type === 'LSUB') {
    if (query !== undefined) throw new ArgumentError('A list of mailboxes in a URL has no search')
    return { ...(encoded === '' ? {} : { mailbox: decodePath('mailbox', encoded) }), list: type }
  }
  const found = readParameters(isPart ? `/${text}` : text)
  const url = { mailbox: decodePath('mailbox', encoded), ...found }
  if (query === undefined) return url
  if (found.uid !== undefined) throw new ArgumentError('A URL names a message or a search, not both')
  return { ...url, search: decodePath('search', query) }
}

/**
 * uidvalidity   = ";UIDVALIDITY=" nz-number
 * iuid          = "/" ";UID=" nz-number
 * isection      = "/" ";SECTION=" enc-section
 * ipartial      = "/" ";PARTIAL=" number ["." nz-number]
 * iurlauth-rump = [expire] ";URLAUTH=" access
 * iua-verifier  = ":" uauth-mechanism ":" enc-urlauth
 */
const PARAMETERS =
  /^(?:;UIDVALIDITY=([^;/]*))?(?:\/;UID=([^;/]*)(?:\/;SECTION=([^;]*?))?(?:\/;PARTIAL=([^;/]*))?(?:(?:;EXPIRE=([^;]*))?;URLAUTH=([^;]*))?)?$/i

function readParameters(text: string): ImapUrlPath {
  const match = PARAMETERS.exec(text)
  if (match === null) {
    throw new ArgumentError('Behind the mailbox of a URL come UIDVALIDITY, UID, SECTION, PARTIAL and URLAUTH, in order')
  }
  const [, uidValidity, uid, section, partial, expire, access] = match
  return {
    ...(uidValidity === undefined ? {} : { uidValidity: parseNonZero('UIDVALIDITY', uidValidity) }),
    ...(uid === undefined ? {} : { uid: parseNonZero('UID', uid) }),
    ...(section === undefined ? {} : { section: decodePath('section', section) }),
    ...(partial === undefined ? {} : { partial: parsePartial(partial) }),
    ...(access === undefined ? {} : { urlAuth: parseAuth(access, expire) }),
  }
}

/** nz-number = digit-nz *DIGIT, 32 bits */
function parseNonZero(name: string, text: string): number {
  if (!/^[1-9][0-9]{0,9}$/.test(text) || Number(text) > MAX_NUMBER) {
    throw new ArgumentError(`${name} in a URL is a number from 1 to ${MAX_NUMBER}`)
  }
  return Number(text)
}

function parsePartial(text: string): ImapUrlPartial {
  const [, offset, length] = /^(0|[1-9][0-9]{0,15})(?:\.([1-9][0-9]{0,15}))?$/.exec(text) ?? []
  const partial = { offset: Number(offset), ...(length === undefined ? {} : { length: Number(length) }) }
  return checkPartial(partial)
}

function checkPartial(partial: ImapUrlPartial): ImapUrlPartial {
  const { offset, length = 1 } = partial
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 1) {
    throw new ArgumentError('PARTIAL in a URL is an offset, or an offset, a dot and a length that is not 0')
  }
  return partial
}

/**
 * access =  ("submit+" enc-user) / ("user+" enc-user) / "authuser" / "anonymous"
 * access =/ application / (application "+" enc-user)   (RFC 5593 §4)
 */
function parseAuth(text: string, expire: string | undefined): ImapUrlAuth {
  const [, identifier = '', user, mechanism, token] =
    /^([A-Za-z0-9]+)(?:\+([^:]+))?(?::([A-Za-z0-9.-]+):([0-9A-Fa-f]{32,}))?$/.exec(text) ?? []
  const auth = {
    access: { identifier: identifier.toLowerCase(), ...(user === undefined ? {} : { user: decodeName('user', user) }) },
    ...(expire === undefined ? {} : { expire: parseExpire(expire) }),
    ...(mechanism === undefined || token === undefined ? {} : { mechanism: mechanism.toUpperCase(), token }),
  }
  checkAccess(auth.access)
  return auth
}

function checkAccess({ identifier, user }: ImapUrlAccess): void {
  const needsUser = identifier === 'user' || identifier === 'submit'
  const hasNone = identifier === 'authuser' || identifier === 'anonymous'
  if (!/^[a-z0-9]+$/.test(identifier) || (needsUser && user === undefined) || (hasNone && user !== undefined)) {
    throw new ArgumentError('URLAUTH in a URL is like user+fred, submit+fred, authuser, anonymous or stream')
  }
}

/** date-time = full-date "T" full-time   (RFC 3339 §5.6) */
function parseExpire(encoded: string): Date {
  const text = decodeOctets('date behind EXPIRE', encoded).toUpperCase()
  const match = /^\d{4}-\d\d-(\d\d)T(\d\d):\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.exec(text)
  const date = new Date(text)
  // Date takes the 31st of any month, and 24:00.
  const day = new Date(`${text.slice(0, 10)}T00:00:00Z`)
  if (match === null || Number.isNaN(date.getTime()) || day.getUTCDate() !== Number(match[1]) || match[2] === '24') {
    throw new ArgumentError('EXPIRE in a URL is a date like 2030-01-31T12:00:00Z')
  }
  return date
}

/**
 * Writes an IMAP URL; `parseImapUrl` gives the same parts again.
 *
 * @throws ArgumentError for parts that do not go together or cannot be written
 * @example
 * ```ts
 * import { formatImapUrl } from 'imapkit'
 * formatImapUrl({ scheme: 'imap', host: 'example.com', mailbox: 'Entwürfe', uid: 20 })
 * // 'imap://example.com/Entw%C3%BCrfe/;UID=20'
 * ```
 */
export function formatImapUrl(url: ImapUrl): string {
  const given: unknown = url
  if (typeof given !== 'object' || given === null) throw new ArgumentError('The parts of an IMAP URL are an object')
  const scheme: unknown = url.scheme
  if (scheme !== 'imap' && scheme !== 'imaps') throw new ArgumentError('The scheme of an IMAP URL is imap or imaps')
  return `${scheme}://${formatServer(url)}${formatImapPath(url)}`
}

/**
 * Writes the part of an IMAP URL behind the server: an absolute path, as CATENATE takes it (RFC 4469 §3).
 *
 * @throws ArgumentError for parts that do not go together or cannot be written
 * @example
 * ```ts
 * import { formatImapPath } from 'imapkit'
 * formatImapPath({ mailbox: 'Drafts', uid: 20, section: 'HEADER' }) // '/Drafts/;UID=20/;SECTION=HEADER'
 * ```
 */
export function formatImapPath(path: ImapUrlPath): string {
  checkParts(path)
  return `/${formatCommand(path)}`
}

/** What cannot stand without something else, or beside it. */
function checkParts({ mailbox, uidValidity, list, search, uid, section, partial, urlAuth }: ImapUrlPath): void {
  const ofMessage = section !== undefined || partial !== undefined || urlAuth !== undefined
  if (uid === undefined && ofMessage) throw new ArgumentError('section, partial and urlAuth of a URL need a uid')
  if (uid !== undefined && search !== undefined) throw new ArgumentError('A URL has a uid or a search, not both')
  const ofMailbox = uidValidity !== undefined || uid !== undefined || search !== undefined
  if (list !== undefined && ofMailbox) throw new ArgumentError('A URL that lists mailboxes has nothing but a pattern')
  if (mailbox === undefined && ofMailbox) throw new ArgumentError('uidValidity, uid and search of a URL need a mailbox')
}

function formatServer({ user, mechanism, host, port }: ImapUrlServer): string {
  const auth = mechanism === undefined ? '' : `;AUTH=${mechanism === '*' ? '*' : checkSasl(mechanism.toUpperCase())}`
  const userinfo = (user === undefined ? '' : encodeName('user', user)) + auth
  if (port !== undefined && (!Number.isInteger(port) || port < 0 || port > 65_535)) {
    throw new ArgumentError('The port of a URL is a number from 0 to 65535')
  }
  const name = host.includes(':')
    ? formatAddress(host.toLowerCase())
    : encodeName('host', checkHost(host.toLowerCase()))
  return `${userinfo === '' ? '' : `${userinfo}@`}${name}${port === undefined ? '' : `:${port}`}`
}

function formatAddress(host: string): string {
  if (!isIpv6(host)) throw new ArgumentError('The host of a URL is a name or an address, without a port')
  return `[${host}]`
}

function formatCommand({ mailbox, uidValidity, list, search, uid, section, partial, urlAuth }: ImapUrlPath): string {
  if (list !== undefined) return `${mailbox === undefined ? '' : formatMailbox(mailbox)};TYPE=${list}`
  if (mailbox === undefined) return ''
  let text = formatMailbox(mailbox)
  if (uidValidity !== undefined) text += `;UIDVALIDITY=${parseNonZero('UIDVALIDITY', String(uidValidity))}`
  if (search !== undefined) text += `?${encodePath('search', search)}`
  if (uid !== undefined) text += `/;UID=${parseNonZero('UID', String(uid))}`
  if (section !== undefined) text += `/;SECTION=${encodePath('section', section)}`
  if (partial !== undefined) text += `/;PARTIAL=${formatPartial(checkPartial(partial))}`
  return urlAuth === undefined ? text : text + formatAuth(urlAuth)
}

/**
 * A slash at the beginning would make the path one of a network, a dot alone between slashes would be taken away by
 * whoever resolves the URL: both are encoded (RFC 5092 §7, §7.1).
 */
function formatMailbox(mailbox: string): string {
  const encoded = encodePath('mailbox', mailbox).replace(/^\//, '%2F')
  return encoded.replaceAll(/(^|\/)(\.\.?)(?=\/|$)/g, (_, slash: string, dots: string) => {
    return slash + dots.replaceAll('.', '%2E')
  })
}

function formatPartial({ offset, length }: ImapUrlPartial): string {
  return length === undefined ? String(offset) : `${offset}.${length}`
}

function formatAuth({ access, expire, mechanism, token }: ImapUrlAuth): string {
  const { user } = access
  const identifier = access.identifier.toLowerCase()
  checkAccess({ ...access, identifier })
  if ((mechanism === undefined) !== (token === undefined)) {
    throw new ArgumentError('mechanism and token of urlAuth come together: leave both out for GENURLAUTH')
  }
  let text = expire === undefined ? '' : `;EXPIRE=${formatExpire(expire)}`
  text += `;URLAUTH=${identifier}${user === undefined ? '' : `+${encodeName('user', user)}`}`
  if (mechanism === undefined || token === undefined) return text
  if (!/^[A-Za-z0-9.-]+$/.test(mechanism) || !/^[0-9A-Fa-f]{32,}$/.test(token)) {
    throw new ArgumentError('urlAuth has a mechanism such as INTERNAL, and a token of 32 hexadecimal digits or more')
  }
  return `${text}:${mechanism.toUpperCase()}:${token}`
}

function formatExpire(expire: Date): string {
  const year = expire instanceof Date ? expire.getUTCFullYear() : Number.NaN
  if (!(year >= 0 && year <= 9999)) throw new ArgumentError('expire of a URL is a Date with a year up to 9999')
  return expire.toISOString().replace('.000Z', 'Z')
}
