import type { TlsOptions } from './options.js'

/** How a proxy is spoken to, as the scheme of its URL says. */
export type ProxyScheme = 'socks5' | 'socks5h' | 'socks4' | 'socks4a' | 'http' | 'https'

/** The proxy of {@link ConnectOptions.proxy} where a URL alone does not say it all. */
export interface ProxyOptions {
  /**
   * `socks5:`, `socks5h:`, `socks4:`, `socks4a:`, `http:` or `https:`, a host, and a port unless it is 1080 (SOCKS), 80 or
   * 443. A user and a password in it are percent-encoded.
   */
  readonly url: string
  /** The user that logs in to the proxy, where the URL names none. */
  readonly user?: string
  /** The password of that user; it is shown by no error, trace or `inspect`. */
  readonly password?: string
  /** Options of `node:tls`, and `pin`, for TLS with an `https:` proxy; those of the server are in `tls`. */
  readonly tls?: TlsOptions
}

/** What a proxy is told of who asks. */
export interface ProxyLogin {
  readonly user: string
  readonly password: string
}

/** Where a proxy has to lead to: a name that it looks up, or an address. */
export interface ProxyTarget {
  readonly host: string
  readonly port: number
}

/** A proxy on the way to the server. */
export class Proxy {
  readonly scheme: ProxyScheme
  readonly host: string
  readonly port: number
  readonly tls: TlsOptions
  /** Out of reach for `inspect`, loggers and JSON. */
  readonly #login: ProxyLogin | undefined

  constructor(
    place: { readonly scheme: ProxyScheme; readonly host: string; readonly port: number },
    login?: ProxyLogin,
    tls: TlsOptions = {},
  ) {
    this.scheme = place.scheme
    this.host = place.host
    this.port = place.port
    this.tls = tls
    this.#login = login
  }

  /** As messages name it. */
  get name(): string {
    return `the proxy ${hostAndPort(this)}`
  }

  /** Whether names have to be looked up here, since the proxy takes addresses only or was told to get nothing else. */
  get needsAddress(): boolean {
    return this.scheme === 'socks5' || this.scheme === 'socks4'
  }

  /** Who logs in. */
  login(): ProxyLogin | undefined {
    return this.#login
  }
}

/** An authority without a user (RFC 3986 §3.2): addresses of IPv6 are put into brackets. */
export function hostAndPort({ host, port }: ProxyTarget): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Begins a sentence. */
export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
