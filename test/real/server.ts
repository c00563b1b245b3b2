/**
 * The real servers that setup.ts started, as typed connection options.
 *
 * A test file begins with `describeReal('…', (server) => { … }, 'cyrus')`; it is skipped where that server is not
 * installed. Ask for facts and options inside tests and hooks only: the body itself also runs, to count its tests, when
 * it is skipped.
 */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, inject } from 'vitest'
import { populate } from './populate.mjs'
import type { ServerName } from './servers.js'

/** Addresses of the one instance that behave differently. */
export type RealHost =
  'HOST' | 'STRICT_HOST' | 'EXPIRED_CERT_HOST' | 'WRONG_CERT_HOST' | 'SELFSIGNED_HOST' | 'MINIMAL_HOST' | 'LIMIT_HOST'

/** What to connect as and how; everything has a default. */
export interface RealConnectOptions {
  readonly security?: 'tls' | 'starttls' | 'plaintext'
  readonly host?: RealHost
  /** An account of the starter: `alice`, `bob`, `carol@example.test`, `tinyquota`, `nologin`, … */
  readonly user?: string
  /** Defaults to the account's own. */
  readonly password?: string
}

/** Options that `connect` takes as they are. */
export interface RealConnection {
  readonly host: string
  readonly port: number
  readonly security: 'tls' | 'starttls' | 'plaintext'
  readonly tls: { readonly ca: string }
  readonly auth: { readonly user: string; readonly password: string }
}

const run = promisify(execFile)
const starter = fileURLToPath(new URL('servers/dovecot.sh', import.meta.url))
let boxes = 0

/** One running server. */
export class RealServer {
  readonly #facts: Readonly<Record<string, string>>
  #ca: string | undefined

  constructor(facts: Readonly<Record<string, string>>) {
    this.#facts = facts
  }

  /** All capabilities that it announces, before or after login; undefined where it is not installed. */
  get announces(): readonly string[] | undefined {
    return this.#facts['ANNOUNCES']?.split(' ')
  }

  /** What names of mailboxes have to start with; mostly nothing. */
  get prefix(): string {
    return this.#facts['PREFIX'] ?? ''
  }

  /** The mechanisms that work; undefined where all that it announces do. */
  get mechanisms(): readonly string[] | undefined {
    return this.#facts['MECHANISMS']?.split(' ')
  }

  /** A fact by the name that the starter prints; throws when there is none. */
  fact(name: string): string {
    const value = this.#facts[name]
    if (value === undefined) throw new Error(`the starter printed no ${name}`)
    return value
  }

  /** The certificate authority of the server, PEM. */
  get ca(): string {
    return (this.#ca ??= readFileSync(this.fact('CA_FILE'), 'utf8'))
  }

  /** The password of an account of the starter. */
  password(user: string): string {
    return user === 'weird' ? this.fact('WEIRD_PASS') : `${user}-secret`
  }

  /** Options for `connect`; by default alice over implicit TLS. */
  options(wanted: RealConnectOptions = {}): RealConnection {
    const { security = 'tls', host = 'HOST', user = 'alice', password = this.password(user) } = wanted
    return {
      host: this.fact(host),
      port: Number(this.fact(security === 'tls' ? 'TLS_PORT' : 'PORT')),
      security,
      tls: { ca: this.ca },
      auth: { user: `${user}${this.#facts['DOMAIN'] ?? ''}`, password },
    }
  }

  /** A mailbox name that no other test uses, in this process or another one. */
  mailboxName(label = 'test'): string {
    boxes += 1
    return `${label}-${String(process.pid)}-${String(boxes)}-${Date.now().toString(36)}`
  }

  /** Appends `count` messages of `message(index, seed)` to a mailbox, which is created where it is missing. */
  async populate(mailbox: string, count: number, user = 'alice', seed = 1): Promise<void> {
    const { host, port } = this.options({ security: 'plaintext' })
    await populate({ host, port, user, password: this.password(user), mailbox, count, seed })
  }

  /** Runs a `doveadm` command, which changes mail behind the back of every connection, and returns what it prints. */
  async doveadm(...args: readonly string[]): Promise<string> {
    const { stdout } = await run('bash', [starter, 'doveadm', this.fact('DIR'), ...args])
    return stdout
  }
}

/** `describe` with a real server, skipped where that is not installed. */
export function describeReal(name: string, body: (server: RealServer) => void, which: ServerName = 'dovecot'): void {
  const facts = inject('servers')[which]
  if (facts === undefined) {
    describe.skip(name, () => {
      body(new RealServer({}))
    })
  } else {
    describe(name, () => {
      body(new RealServer(facts))
    })
  }
}
