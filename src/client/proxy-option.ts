import { Buffer } from 'node:buffer'
import { checkObject } from '../commands/checks.js'
import { ipv4Octets, ipv6Octets } from '../connection/addresses.js'
import { Proxy, type ProxyLogin, type ProxyOptions, type ProxyScheme } from '../connection/proxy.js'
import { parsePins } from '../connection/tls.js'
import { ArgumentError } from '../model/errors.js'
import { checkHost, checkKinds, checkPort } from './options-checks.js'

const PORTS: Readonly<Record<ProxyScheme, number>> = {
  socks5: 1080,
  socks5h: 1080,
  socks4: 1080,
  socks4a: 1080,
  http: 80,
  https: 443,
}

const EXAMPLE = 'socks5h://user:password@proxy.example.org:1080'
const KNOWN = ['url', 'user', 'password', 'tls']

/** A length takes one octet (RFC 1928 §5, RFC 1929 §2). */
const MAX_COUNTED = 255

/**
 * Reads the option `proxy`; nothing of a URL is ever part of a message, since it may hold a password anywhere.
 *
 * @param target - the host that the proxy has to lead to
 * @throws ArgumentError for what cannot be right
 */
export function readProxy(given: string | ProxyOptions, target: string): Proxy {
  if (typeof given !== 'string') checkObject('proxy', given)
  const options = typeof given === 'string' ? { url: given } : given
  for (const key of Object.keys(options)) {
    if (!KNOWN.includes(key)) throw new ArgumentError(`proxy.${key} is not known: use ${KNOWN.join(', ')}`)
  }
  const { scheme, userinfo, ...place } = readUrl(options.url)
  const login = readLogin(options, userinfo)
  checkLogin(scheme, login)
  checkTarget(scheme, target)
  if (options.tls !== undefined) {
    if (scheme !== 'https') throw new ArgumentError('proxy.tls is for https: proxies: write https: or leave it out')
    checkKinds({ 'proxy.tls': options.tls }, { 'proxy.tls': 'object' })
    parsePins(options.tls.pin)
  }
  return new Proxy({ scheme, ...place }, login, options.tls)
}

interface UrlParts {
  readonly scheme: ProxyScheme
  readonly userinfo: string | undefined
  readonly host: string
  readonly port: number
}

/** Takes the URL apart (RFC 3986 §3); a slash may follow the authority, and nothing else. */
function readUrl(url: unknown): UrlParts {
  if (typeof url !== 'string') throw new ArgumentError(`proxy is a URL, like ${EXAMPLE}, or an object with a url`)
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#\\\s]*)\/?$/.exec(url.trim())
  if (match === null) {
    const encode = 'percent-encode / ? # and spaces in the password'
    throw new ArgumentError(`proxy is no URL with a scheme and a host: write it like ${EXAMPLE}, and ${encode}`)
  }
  const [, word = '', authority = ''] = match
  const scheme = word.toLowerCase()
  if (!isScheme(scheme))
    throw new ArgumentError(`The scheme of proxy is not known: use ${Object.keys(PORTS).join(', ')}`)
  // The last one, so that a password with a raw @ is not taken for a host.
  const at = authority.lastIndexOf('@')
  const place = /^(?:\[([^[\]]*)\]|([^:]*))(?::(\d*))?$/.exec(authority.slice(at + 1))
  if (place === null) throw new ArgumentError(`The host or the port in proxy cannot be: write it like ${EXAMPLE}`)
  const [, address, name, port = ''] = place
  if (address !== undefined && ipv6Octets(address) === undefined) {
    throw new ArgumentError('proxy has no address of IPv6 in its brackets')
  }
  return {
    scheme,
    userinfo: at < 0 ? undefined : authority.slice(0, at),
    host: within('The host in proxy', () => checkHost(address ?? name)),
    port: port === '' ? PORTS[scheme] : within('The port in proxy', () => checkPort(Number(port))),
  }
}

function isScheme(scheme: string): scheme is ProxyScheme {
  return Object.hasOwn(PORTS, scheme)
}

/** The checks of host and port, with messages that neither name another option nor show a piece of the URL. */
function within<T>(what: string, check: () => T): T {
  try {
    return check()
  } catch {
    throw new ArgumentError(`${what} cannot be: write it like ${EXAMPLE}`)
  }
}

function readLogin({ user, password }: ProxyOptions, userinfo: string | undefined): ProxyLogin | undefined {
  for (const [key, value] of Object.entries({ user, password })) {
    if (value !== undefined && typeof value !== 'string') throw new ArgumentError(`proxy.${key} is a string`)
  }
  const colon = userinfo?.indexOf(':') ?? -1
  const [userPart, passwordPart] =
    userinfo === undefined || colon < 0 ? [userinfo, undefined] : [userinfo.slice(0, colon), userinfo.slice(colon + 1)]
  if ((userPart !== undefined && user !== undefined) || (passwordPart !== undefined && password !== undefined)) {
    throw new ArgumentError('The URL of proxy says user or password already: leave the option out')
  }
  const login = { user: user ?? decoded(userPart), password: password ?? decoded(passwordPart) }
  if (login.user === undefined && login.password === undefined) return undefined
  if (login.user === undefined || login.user === '') throw new ArgumentError('proxy has a password but no user')
  return { user: login.user, password: login.password ?? '' }
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text)
  } catch {
    throw new ArgumentError('The user or the password in proxy has a bad % code: write a % as %25')
  }
}

/** @throws ArgumentError for what the protocol has no room for */
function checkLogin(scheme: ProxyScheme, login: ProxyLogin | undefined): void {
  if (login === undefined) return
  const { user, password } = login
  if (/[\0-\x1f\x7f]/.test(user + password)) {
    throw new ArgumentError('The user or the password of proxy holds a control character')
  }
  if (scheme === 'socks4' || scheme === 'socks4a') {
    if (password !== '') throw new ArgumentError('SOCKS4 has no passwords: use socks5:, or leave the password out')
  } else if (scheme === 'http' || scheme === 'https') {
    if (user.includes(':')) throw new ArgumentError('The user of an HTTP proxy holds no colon (RFC 7617 §2)')
  } else if ([user, password].some((each) => Buffer.byteLength(each) > MAX_COUNTED)) {
    throw new ArgumentError(`The user and the password of SOCKS5 have ${MAX_COUNTED} octets at most each (RFC 1929 §2)`)
  }
}

/** @throws ArgumentError for a host that this kind of proxy cannot be asked for */
function checkTarget(scheme: ProxyScheme, target: string): void {
  if (target.includes(':')) {
    if (ipv6Octets(target) === undefined) throw new ArgumentError('host is no address that a proxy could connect to')
    if (scheme === 'socks4' || scheme === 'socks4a') {
      throw new ArgumentError('SOCKS4 has no addresses of IPv6: use socks5: or http:')
    }
  } else if (ipv4Octets(target) === undefined && target.length > MAX_COUNTED) {
    throw new ArgumentError(`host has more than ${MAX_COUNTED} characters`)
  }
}
