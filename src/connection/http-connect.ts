import { Buffer } from 'node:buffer'
import { ConnectError } from '../model/errors.js'
import type { Exchange } from './exchange.js'
import { capitalized, hostAndPort, type Proxy, type ProxyLogin, type ProxyTarget } from './proxy.js'

/** Octets of an answer to CONNECT up to its empty line, interim answers included. */
const MAX_HEAD = 16 * 1024

/** Characters of a reason that a message shows. */
const MAX_REASON = 80

/**
 * status-line = HTTP-version SP status-code SP [ reason-phrase ]   (RFC 9112 §4)
 *
 * The second space is left out by some that have no reason.
 */
const STATUS_LINE = /^HTTP\/1\.\d ([1-9]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/

/** field-line = field-name ":" OWS field-value OWS   (RFC 9112 §5); no line is continued on the next one */
const FIELD_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[\t ]*([\t\x20-\x7e\x80-\xff]*)$/

/** The head of an answer. */
interface Head {
  readonly status: number
  readonly reason: string
  readonly fields: readonly (readonly [name: string, value: string])[]
}

/**
 * Asks an HTTP proxy for a tunnel (RFC 9110 §9.3.6). Only 2xx is one; what follows its empty line is of the tunnel.
 *
 * @throws ConnectError
 */
export async function httpConnect(exchange: Exchange, proxy: Proxy, target: ProxyTarget): Promise<void> {
  const login = proxy.login()
  const authority = hostAndPort(target)
  const lines = [`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`]
  if (login !== undefined) lines.push(`Proxy-Authorization: Basic ${basic(login)}`)
  exchange.send(Buffer.from([...lines, '', ''].join('\r\n'), 'latin1'))
  let room = MAX_HEAD
  for (;;) {
    const text = await exchange.takeThrough('\r\n\r\n', room)
    if (text === undefined) {
      throw unusable(proxy, `its answer to CONNECT has no end within ${MAX_HEAD} octets`)
    }
    const head = readHead(text)
    if (head === undefined) throw unusable(proxy, 'its answer to CONNECT is not one of HTTP/1.1')
    // Interim answers may come first (RFC 9110 §15.2); 101 is none, since no upgrade was asked for.
    if (head.status >= 200 || head.status === 101) {
      if (head.status >= 200 && head.status < 300) return
      throw refusal(proxy, target, head)
    }
    room -= text.length
  }
}

/** Reads all of a head, with its empty line. */
function readHead(text: string): Head | undefined {
  const [first = '', ...rest] = text.slice(0, -4).split('\r\n')
  const status = STATUS_LINE.exec(first)
  if (status === null) return undefined
  const fields = rest.map((line) => FIELD_LINE.exec(line))
  if (fields.includes(null)) return undefined
  return {
    status: Number(status[1]),
    reason: status[2] ?? '',
    fields: fields.map((field) => [field?.[1]?.toLowerCase() ?? '', field?.[2] ?? '']),
  }
}

function refusal(proxy: Proxy, target: ProxyTarget, head: Head): ConnectError {
  const { status } = head
  const who = capitalized(proxy.name)
  const where = hostAndPort(target)
  const said = `it answered ${`${status} ${shown(head.reason, proxy.login())}`.trim()}`
  // tinyproxy says 401 to a wrong password.
  if (status === 407 || status === 401) return unauthorized(proxy, head)
  if (status >= 500) return new ConnectError(`${who} could not connect to ${where}: ${said}`)
  const what =
    status === 403 || status === 405
      ? `${who} does not allow connections to ${where}: ${said}; ask who runs it to allow this port`
      : `${who} made no tunnel to ${where}: ${said}`
  return new ConnectError(what, { retryable: false })
}

function unauthorized(proxy: Proxy, { status, fields }: Head): ConnectError {
  const offers = fields.flatMap(([name, value]) => (/^(?:proxy|www)-authenticate$/.test(name) ? schemes(value) : []))
  const who = capitalized(proxy.name)
  if (offers.length > 0 && !offers.includes('basic')) {
    const list = offers.join(', ')
    return failed(`${who} takes only ways to log in that are not known here (${list}): have it allow Basic`)
  }
  if (proxy.login() === undefined) {
    return failed(
      `${who} wants a user and a password (${status}): give them in proxy, as http://user:password@host:port`,
    )
  }
  return failed(`${who} refuses the user or the password (${status}): check those in proxy`)
}

/**
 * The schemes in Proxy-Authenticate (RFC 9110 §11.7.1): a token that begins an element of the list and that no "="
 * follows; what stands in quotes is taken out first.
 */
function schemes(value: string): string[] {
  const bare = value.replaceAll(/"[^"]*"/g, '""')
  const found = bare.split(',').map((element) => /^\s*([A-Za-z][\w-]{0,40})(?![\w-]*\s*=)/.exec(element)?.[1])
  return found.flatMap((name) => (name === undefined ? [] : [name.toLowerCase()])).slice(0, 10)
}

function unusable(proxy: Proxy, why: string): ConnectError {
  return failed(`${capitalized(proxy.name)} cannot be used as an HTTP proxy: ${why}; check scheme and port of proxy`)
}

function failed(message: string): ConnectError {
  return new ConnectError(message, { retryable: false })
}

/** credentials of RFC 7617 §2, in UTF-8 */
function basic({ user, password }: ProxyLogin): string {
  return Buffer.from(`${user}:${password}`, 'utf8').toString('base64')
}

/** A reason as a message shows it; a proxy that puts what it was sent there tells no secret. */
function shown(reason: string, login: ProxyLogin | undefined): string {
  let text = reason.replaceAll(/[^\x20-\x7e]/g, '?')
  for (const secret of login === undefined ? [] : [basic(login), login.password]) {
    if (secret !== '') text = text.replaceAll(secret, '***')
  }
  return text.slice(0, MAX_REASON)
}
