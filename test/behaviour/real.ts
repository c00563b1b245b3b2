import { readFileSync } from 'node:fs'
import type { ConnectOptions } from 'imapkit'
import type { RealServer } from '../real/server.js'
import type { ServerName } from '../real/servers.js'
import type { Place, Subject, Target, Wanted } from './subject.js'

/** A real server of one address, which can do no more than its starter says. */
export class RealSubject implements Subject {
  readonly name: ServerName
  readonly lacks: readonly string[] = []
  readonly cannot: Readonly<Record<string, string>>
  readonly #server: RealServer

  /** @param cannot - behaviours of the base protocol that the server does not show, and why */
  constructor(name: ServerName, server: RealServer, cannot: Readonly<Record<string, string>> = {}) {
    this.cannot = cannot
    this.name = name
    this.#server = server
  }

  get announces(): readonly string[] | undefined {
    return this.#server.announces
  }

  get prefix(): string {
    return this.#server.prefix
  }

  options(wanted: Wanted = {}) {
    const { auth, ...options } = this.#server.options(wanted)
    const { mechanisms } = this.#server
    return { ...options, auth: mechanisms === undefined ? auth : { ...auth, mechanisms } }
  }

  external(): ConnectOptions {
    const { tls, auth: _, ...options } = this.#server.options()
    const cert = readFileSync(this.#server.fact('CLIENT_CERT'))
    const key = readFileSync(this.#server.fact('CLIENT_KEY'))
    return { ...options, tls: { ...tls, cert, key }, auth: { mechanism: 'EXTERNAL' } }
  }

  acting() {
    const { auth: _, ...options } = this.#server.options()
    const [user, password] = [this.#server.fact('MASTER_USER'), this.#server.fact('MASTER_PASS')]
    return { ...options, auth: { user, password, authzid: 'alice', mechanisms: ['PLAIN'] } }
  }

  target(place: Place): Target {
    throw new Error(`${this.name} has no address that is ${place}`)
  }

  token(): string {
    throw new Error(`${this.name} takes no tokens`)
  }

  kick(): Promise<void> {
    throw new Error(`nobody can break connections to ${this.name} from outside`)
  }
}
