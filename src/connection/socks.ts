import { Buffer } from 'node:buffer'
import { ConnectError } from '../model/errors.js'
import { ipv4Octets, ipv6Octets } from './addresses.js'
import type { Exchange } from './exchange.js'
import { capitalized, hostAndPort, type Proxy, type ProxyLogin, type ProxyTarget } from './proxy.js'

// Written here and not taken from a package: the usual one (`socks` 2.8.10) takes answers of another version and of
// unknown kinds for good ones, drops what follows the answer, leaves a timer, and puts the password into its errors.

const NO_LOGIN = 0x00
const PASSWORD = 0x02
const NONE_ACCEPTED = 0xff

/** Address types (RFC 1928 §5). */
const [IPV4, NAME, IPV6] = [0x01, 0x03, 0x04]

/** Replies that are about the target (RFC 1928 §6), so that another address of it may do. */
const TROUBLE: Readonly<Record<number, string>> = {
  0x01: 'it tells no reason',
  0x03: 'its network does not lead there',
  0x04: 'the host cannot be reached',
  0x05: 'the connection was refused',
  0x06: 'the time to live ran out',
  0x08: 'it does not take this kind of address',
}

/**
 * Asks a SOCKS proxy for a connection, by version 5 (RFC 1928, RFC 1929) or 4, the latter with names in 4a.
 *
 * @returns undefined once the connection is made; an error when the proxy could not reach this address of the target
 * @throws ConnectError when no other address would do either
 */
export function socksConnect(
  exchange: Exchange,
  proxy: Proxy,
  target: ProxyTarget,
  asked: () => void,
): Promise<ConnectError | undefined> {
  const version = proxy.scheme === 'socks5' || proxy.scheme === 'socks5h' ? socks5 : socks4
  return version(exchange, proxy, target, asked)
}

async function socks5(
  exchange: Exchange,
  proxy: Proxy,
  target: ProxyTarget,
  asked: () => void,
): Promise<ConnectError | undefined> {
  const login = proxy.login()
  const methods = login === undefined ? [NO_LOGIN] : [NO_LOGIN, PASSWORD]
  exchange.send(Buffer.from([0x05, methods.length, ...methods]))
  const [version, method = NONE_ACCEPTED] = await exchange.take(2)
  if (version !== 0x05) throw otherVersion(proxy, version)
  if (method === NONE_ACCEPTED) throw noMethod(proxy)
  if (!methods.includes(method)) throw malformed(proxy)
  if (method === PASSWORD && login !== undefined) await logIn(exchange, proxy, login)

  exchange.send(Buffer.concat([Buffer.from([0x05, 0x01, 0x00]), address(target.host), port(target)]))
  asked()
  // VER REP RSV ATYP BND.ADDR BND.PORT; what refuses may end early.
  const [again, reply = 0x01] = await exchange.take(2)
  if (again !== 0x05) throw malformed(proxy)
  if (reply === 0x02) throw forbidden(proxy, target)
  if (reply !== 0x00) {
    const why = TROUBLE[reply] ?? `it answered with the code ${reply}`
    return new ConnectError(`${capitalized(proxy.name)} could not connect to ${hostAndPort(target)}: ${why}`)
  }
  const [, type] = await exchange.take(2)
  let length
  if (type === IPV4) length = 4
  else if (type === IPV6) length = 16
  else if (type === NAME) length = (await exchange.take(1))[0]
  if (length === undefined) throw malformed(proxy)
  await exchange.take(length + 2)
  return undefined
}

/** Logs in by user and password (RFC 1929). */
async function logIn(exchange: Exchange, proxy: Proxy, { user, password }: ProxyLogin): Promise<void> {
  exchange.send(Buffer.concat([Buffer.from([0x01]), counted(user), counted(password)]))
  const [version, status] = await exchange.take(2)
  // Some answer with the version of SOCKS in place of that of this exchange.
  if (version !== 0x01 && version !== 0x05) throw malformed(proxy)
  if (status !== 0x00) throw failed(`${capitalized(proxy.name)} refuses the user or the password: check those in proxy`)
}

/**
 * SOCKS4 has no text but that of its makers; 4a puts a name behind an address that cannot be (0.0.0.1), which servers that
 * do not know it, such as Dante 1.4, try to connect to.
 */
async function socks4(
  exchange: Exchange,
  proxy: Proxy,
  target: ProxyTarget,
  asked: () => void,
): Promise<ConnectError | undefined> {
  const octets = ipv4Octets(target.host)
  const user = Buffer.from(proxy.login()?.user ?? '', 'utf8')
  const name = octets === undefined ? [Buffer.from(target.host, 'latin1'), Buffer.of(0)] : []
  const head = [Buffer.from([0x04, 0x01]), port(target), Buffer.from(octets ?? [0, 0, 0, 1])]
  exchange.send(Buffer.concat([...head, user, Buffer.of(0), ...name]))
  asked()
  const [version, reply = 0] = await exchange.take(2)
  if (version !== 0x00) throw otherVersion(proxy, version)
  if (reply === 91) {
    const why = octets === undefined ? 'it refuses to, cannot, or takes no names' : 'it refuses to, or cannot'
    return new ConnectError(`${capitalized(proxy.name)} did not connect to ${hostAndPort(target)}: ${why}`)
  }
  if (reply === 92 || reply === 93) {
    throw failed(`${capitalized(proxy.name)} refuses the user (code ${reply}): it asks identd who you are`)
  }
  if (reply !== 90) throw malformed(proxy)
  await exchange.take(6)
  return undefined
}

function address(host: string): Buffer {
  const [v4, v6] = [ipv4Octets(host), ipv6Octets(host)]
  if (v4 !== undefined) return Buffer.from([IPV4, ...v4])
  if (v6 !== undefined) return Buffer.from([IPV6, ...v6])
  return Buffer.concat([Buffer.from([NAME]), counted(host)])
}

function port(target: ProxyTarget): Buffer {
  return Buffer.from([target.port >> 8, target.port & 0xff])
}

/** Text behind its length in one octet; that it fits has been checked with the options. */
function counted(text: string): Buffer {
  const octets = Buffer.from(text, 'utf8')
  return Buffer.concat([Buffer.from([octets.length]), octets])
}

function noMethod(proxy: Proxy): ConnectError {
  const who = capitalized(proxy.name)
  if (proxy.login() !== undefined) return failed(`${who} takes neither a user with a password nor none at all`)
  return failed(`${who} wants a user and a password: give them in proxy, as socks5://user:password@host:port`)
}

function forbidden(proxy: Proxy, target: ProxyTarget): ConnectError {
  return failed(`${capitalized(proxy.name)} does not allow connections to ${hostAndPort(target)}: ask who runs it`)
}

function otherVersion(proxy: Proxy, first: number | undefined): ConnectError {
  // "HTTP/1.1 400 …"
  const http = first === 0x48 ? ', but HTTP: use http: in place of its scheme' : ': check scheme and port of proxy'
  const version = proxy.scheme.startsWith('socks5') ? 'SOCKS5' : 'SOCKS4'
  return failed(`${capitalized(proxy.name)} does not speak ${version}${http}`)
}

function malformed(proxy: Proxy): ConnectError {
  return failed(`${capitalized(proxy.name)} sent an answer that is none of SOCKS: check scheme and port of proxy`)
}

function failed(message: string): ConnectError {
  return new ConnectError(message, { retryable: false })
}
