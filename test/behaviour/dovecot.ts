import { readFileSync } from 'node:fs'
import type { ConnectOptions } from 'imapkit'
import type { RealServer } from '../real/server.js'
import { BEYOND_BASE } from './embedded.js'
import type { Place, Subject, SubjectName, Target, Wanted } from './subject.js'

/** A real Dovecot, as its starter sets it up. */
export class DovecotSubject implements Subject {
  readonly name: SubjectName
  readonly lacks: readonly string[]
  readonly #server: RealServer

  /** @param base - whether to use the address where nothing but IMAP4rev1 is announced */
  constructor(server: RealServer, base = false) {
    this.#server = server
    this.name = base ? 'dovecot-base' : 'dovecot'
    this.lacks = base ? BEYOND_BASE : []
  }

  get announces(): readonly string[] | undefined {
    return this.#server.announces
  }

  options(wanted: Wanted = {}) {
    return this.#server.options({ ...wanted, host: this.lacks.length === 0 ? 'HOST' : 'MINIMAL_HOST' })
  }

  target(place: Place): Target {
    const server = this.#server
    if (place === 'login disabled') {
      const { auth: _, ...target } = server.options({ host: 'STRICT_HOST', security: 'plaintext' })
      return target
    }
    const hosts = {
      expired: 'EXPIRED_CERT_HOST',
      'wrong host': 'WRONG_CERT_HOST',
      'self-signed': 'SELFSIGNED_HOST',
    } as const
    const { auth: _, ...target } = server.options({ host: hosts[place] })
    return target
  }

  token(kind: 'good' | 'expired'): string {
    return this.#server.fact(kind === 'good' ? 'OAUTH_TOKEN' : 'OAUTH_TOKEN_EXPIRED')
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

  async kick(user: string): Promise<void> {
    await this.#server.doveadm('kick', user)
  }
}
