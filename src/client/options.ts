import { checkObject } from '../commands/checks.js'
import {
  DEFAULT_TIMEOUTS,
  type Security,
  type Timeouts,
  type TlsOptions,
  type TransportFactory,
} from '../connection/options.js'
import type { Proxy, ProxyOptions } from '../connection/proxy.js'
import type { Extension } from '../extensions/extension.js'
import { ArgumentError } from '../model/errors.js'
import type { ImapEvents } from '../model/events.js'
import type { Auth } from '../sasl/auth.js'
import { DEFAULT_LIMITS, type Limits } from '../wire/limits.js'
import { readConnectUrl } from './connect-url.js'
import { DEFAULT_IDLE, type IdleOptions } from './idler.js'
import { checkQuirks, type QuirkOptions } from './quirks.js'
import { checkAuth, checkHost, checkKinds, checkListeners, checkPort, checkRest, shown } from './options-checks.js'
import { readProxy } from './proxy-option.js'

/** Takes log lines; `console`, pino and others fit. Nothing that it gets holds a secret. */
export interface Logger {
  /** Every line that crosses the wire; asking for it costs the building of the text. */
  debug?(message: string): void
  /** State changes and the end of the connection. */
  info?(message: string): void
  /** Tolerated faults and alerts. */
  warn?(message: string): void
  /** An end by a failure. */
  error?(message: string): void
}

/** Listeners that are in place before the greeting arrives. */
export type Listeners = { readonly [K in keyof ImapEvents]?: (...payload: ImapEvents[K]) => void }

/** What {@link connect} takes. Times are in milliseconds, sizes in octets. */
export interface ConnectOptions {
  /** A host name or an address. */
  readonly host: string
  /** Left out: 993 for `tls`, else 143. */
  readonly port?: number
  /** `tls` by default; `plaintext` is never chosen silently. */
  readonly security?: Security
  /** Left out, the client stays not authenticated; see {@link ImapClient.authenticate}. */
  readonly auth?: Auth
  /** Options of `node:tls`, and `pin`. */
  readonly tls?: TlsOptions
  /** Merged with the defaults. */
  readonly timeouts?: Partial<Timeouts>
  /** Merged with the defaults; all are finite. */
  readonly limits?: Partial<Limits>
  /** When to IDLE; `false` switches it off. */
  readonly idle?: Partial<IdleOptions> | false
  /** Commands in flight at a time, 64 by default; 1 switches pipelining off. */
  readonly pipelining?: number
  /** Extensions to ENABLE beyond IMAP4rev2 and CONDSTORE. */
  readonly enable?: readonly string[]
  /** What to tell of ourselves after login (RFC 2971); `false` sends nothing. */
  readonly id?: Readonly<Record<string, string>> | false
  /** Whether to compress the connection after login (RFC 4978) where the server offers it; `false` by default. */
  readonly compress?: boolean
  /**
   * Quirks of the server that are known better than by its looks: `true` for one that it has, `false` for one that it has
   * not. Those that are found, by greeting, ID and capabilities, are in {@link ImapClient.quirks}.
   */
  readonly quirks?: QuirkOptions
  /** Records of extensions of your own, beside all that this package has. */
  readonly extensions?: readonly Extension[]
  /** Gives the byte stream to the server, for ways of your own and tests; not together with `proxy`. */
  readonly transport?: TransportFactory
  /**
   * What the connection goes through: `socks5://user:password@host:port`, or with `socks5h:`, `socks4:`, `socks4a:`,
   * `http:` (CONNECT) or `https:` (CONNECT over TLS). TLS with the server is laid over the tunnel, so the proxy sees
   * nothing of it. With `socks5:` and `socks4:` names are looked up here, with all others by the proxy.
   *
   * @example
   * ```ts
   * import { connect } from 'imapkit'
   * const proxy = 'socks5h://127.0.0.1:9050'
   * await using client = await connect({ host: 'imap.example.org', auth: { user: 'alice', password }, proxy })
   * ```
   */
  readonly proxy?: string | ProxyOptions
  readonly logger?: Logger
  readonly on?: Listeners
  /** Aborts connecting and, later, closes the connection. */
  readonly signal?: AbortSignal
}

/** The options beside a URL, which says the host, the port, the security and maybe the user. */
export interface UrlConnectOptions extends Omit<ConnectOptions, 'host' | 'port' | 'security' | 'auth'> {
  /** The user may stand in the URL. */
  readonly auth?: Auth | UserlessAuth
}

/** Credentials for the user that the URL names. */
export type UserlessAuth = Auth extends infer A ? (A extends { user: string } ? Omit<A, 'user'> : never) : never

/** The options with every default filled in. */
export interface ResolvedOptions extends Omit<ConnectOptions, 'proxy'> {
  readonly port: number
  readonly security: Security
  readonly timeouts: Timeouts
  readonly limits: Limits
  readonly pipelining: number
  readonly idle: IdleOptions | false
  readonly proxy: Proxy | undefined
}

const DEFAULT_PIPELINING = 64

const KNOWN = [
  'host',
  'port',
  'security',
  'auth',
  'tls',
  'timeouts',
  'limits',
  'idle',
  'pipelining',
  'enable',
  'id',
  'compress',
  'quirks',
  'extensions',
  'transport',
  'proxy',
  'logger',
  'on',
  'signal',
]

/** Reads what the caller gave to {@link connect}; nothing of it is changed. @throws ArgumentError for what cannot be right */
export function resolveOptions(target: string | ConnectOptions, more: UrlConnectOptions = {}): ResolvedOptions {
  checkObject('What connect() takes beside a URL', more)
  const options = typeof target === 'string' ? withUrl(target, more) : target
  checkObject('What connect() takes', options)
  for (const key of Object.keys(options)) {
    if (!KNOWN.includes(key)) throw new ArgumentError(`The option ${key} is not known: use ${KNOWN.join(', ')}`)
  }
  const security: unknown = options.security ?? 'tls'
  if (security !== 'tls' && security !== 'starttls' && security !== 'plaintext') {
    throw new ArgumentError(`security is ${shown(security)}: use 'tls', 'starttls' or 'plaintext'`)
  }
  const host = checkHost(options.host)
  const port = checkPort(options.port ?? (security === 'tls' ? 993 : 143))
  const pipelining = options.pipelining ?? DEFAULT_PIPELINING
  if (!Number.isInteger(pipelining) || pipelining < 1) throw new ArgumentError('pipelining is a whole number from 1 up')
  if (options.auth !== undefined) checkAuth(options.auth)
  if (options.on !== undefined) checkListeners(options.on)
  checkKinds(options, { tls: 'object', transport: 'function', logger: 'object', compress: 'boolean' })
  if (options.quirks !== undefined) checkQuirks(options.quirks)
  checkRest(options)
  if (options.proxy !== undefined && options.transport !== undefined) {
    throw new ArgumentError('proxy and transport are two ways to the server: give one of them')
  }
  return {
    ...options,
    host,
    security,
    port,
    pipelining,
    proxy: options.proxy === undefined ? undefined : readProxy(options.proxy, host),
    timeouts: merged('timeouts', DEFAULT_TIMEOUTS, options.timeouts, isTime),
    limits: merged('limits', DEFAULT_LIMITS, options.limits, isLimit),
    idle: options.idle === false ? false : merged('idle', DEFAULT_IDLE, options.idle, isIdleTime),
  }
}

function withUrl(text: string, more: UrlConnectOptions): ConnectOptions {
  for (const key of ['host', 'port', 'security']) {
    if (key in more) throw new ArgumentError(`The URL says ${key}: leave the option out`)
  }
  const { user, mechanism, ...target } = readConnectUrl(text)
  const { auth: given, ...rest } = more
  if (given === undefined) return { ...rest, ...target }
  checkObject('auth', given)
  const restricted = mechanism === undefined ? {} : { mechanisms: [mechanism] }
  // What the options say stands before what the URL says.
  const auth = { ...restricted, ...given }
  if ('user' in auth || !('password' in auth || 'accessToken' in auth)) return { ...rest, ...target, auth }
  if (user === undefined) {
    throw new ArgumentError('Nothing says who logs in: put the user into the URL or into auth.user')
  }
  return { ...rest, ...target, auth: { ...auth, user } }
}

/** Defaults with what the caller gave laid over them. Unknown keys and values that are none are refused. */
function merged<T extends object>(
  what: string,
  defaults: T,
  given: unknown,
  check: (value: number, key: string) => string | undefined,
): T {
  const result: T = { ...defaults }
  if (given === undefined) return result
  checkObject(what, given)
  for (const [key, value] of Object.entries(given) as [string, unknown][]) {
    if (value === undefined) continue
    if (!Object.hasOwn(defaults, key)) {
      throw new ArgumentError(`${what}.${key} is not known: use ${Object.keys(defaults).join(', ')}`)
    }
    const wrong = typeof value !== 'number' || Number.isNaN(value) ? 'is a number' : check(value, key)
    if (wrong !== undefined) throw new ArgumentError(`${what}.${key} ${wrong}`)
    Object.assign(result, { [key]: value })
  }
  return result
}

/** Nothing can be had in no time at all; only the grace may be none. */
function isTime(value: number, key: string): string | undefined {
  if (value > 0 || (value === 0 && key === 'grace')) return undefined
  return 'is a time in milliseconds above 0; Infinity means that there is no bound'
}

function isLimit(value: number): string | undefined {
  return value > 0 && (Number.isInteger(value) || value === Infinity) ? undefined : 'is a whole number from 1 up'
}

function isIdleTime(value: number, key: string): string | undefined {
  if (value > 0 || (value === 0 && key === 'delayMs')) return undefined
  return key === 'delayMs' ? 'is a time in milliseconds that is not negative' : 'is a time in milliseconds above 0'
}
