/**
 * The real proxies that setup.ts started. A test file begins with `describeProxies('…', (proxies) => { … })`; it is skipped
 * where they are not installed. Ask for facts inside tests and hooks only.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, inject } from 'vitest'
import type { Facts } from './servers.js'

/** The daemons, as the starter calls their logs. */
export type ProxyName = 'http' | 'http-auth' | 'socks5' | 'socks5-auth' | 'dante'

const PORTS: Readonly<Record<ProxyName, string>> = {
  http: 'HTTP_PORT',
  'http-auth': 'HTTP_AUTH_PORT',
  socks5: 'SOCKS5_PORT',
  'socks5-auth': 'SOCKS5_AUTH_PORT',
  dante: 'DANTE_PORT',
}

/** The running proxies. */
export class RealProxies {
  readonly #facts: Facts

  constructor(facts: Facts) {
    this.#facts = facts
  }

  /** A fact by the name that the starter prints; throws when there is none. */
  fact(name: string): string {
    const value = this.#facts[name]
    if (value === undefined) throw new Error(`the starter printed no ${name}`)
    return value
  }

  /** Where a proxy listens. */
  port(name: ProxyName): number {
    return Number(this.fact(PORTS[name]))
  }

  /** The URL of a proxy, by default with the user and the password that it knows, where it asks for them. */
  url(scheme: string, name: ProxyName, password = this.fact('PASS')): string {
    const login = name.endsWith('-auth') ? `${this.fact('USER')}:${password}@` : ''
    return `${scheme}://${login}${this.fact('HOST')}:${this.port(name)}`
  }

  /** What a proxy has logged. */
  log(name: ProxyName): string {
    return readFileSync(join(this.fact('DIR'), `${name}.log`), 'latin1')
  }
}

/** `describe` with the real proxies, skipped where they are not installed. */
export function describeProxies(name: string, body: (proxies: RealProxies) => void): void {
  const facts = inject('proxies')
  const run = facts === null ? describe.skip : describe
  run(name, () => body(new RealProxies(facts ?? {})))
}
