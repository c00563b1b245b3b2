import type { ConnectOptions } from 'imapkit'
import { ImapServer, type ServerOptions } from 'imapkit/testing'
import { selfSigned } from '../../src/testing/certificate.js'
import { announced } from './announced.js'
import type { Place, Subject, SubjectName, Target, Wanted } from './subject.js'

const TOKENS = { good: 'good-token-0123456789', expired: 'expired-token-0123456789' }
const DAY = 86_400_000

/** The accounts of every embedded server of the tests. */
export const USERS = {
  alice: { password: 'alice-secret', tokens: [TOKENS.good] },
  bob: { password: 'bob-secret' },
  weird: { password: 'p"a\\ss {5+} %wörd' },
  guest: {},
} satisfies ServerOptions['users']

/** What a server of 1996 knew, and what one of today puts in front of it. */
const BASE = /^(?:IMAP4rev1|STARTTLS|AUTH=.*)$/i

/** All that a base server lacks of what the behaviours ask for. */
export const BEYOND_BASE: readonly string[] = [
  'CONDSTORE',
  'ESEARCH',
  'IDLE',
  'LIST-EXTENDED',
  'LITERAL+',
  'MOVE',
  'SEARCHRES',
  'STATUS=SIZE',
  'UIDPLUS',
  'UNSELECT',
]

/** What the server announces only where it is named. */
const ON_REQUEST = ['X-GM-EXT-1']

/** The embedded server, and three more with certificates that have to be refused. */
export class EmbeddedSubject implements Subject {
  readonly name: SubjectName
  readonly lacks: readonly string[]
  #main: ImapServer | undefined
  #announces: readonly string[] | undefined
  readonly #others = new Map<Place, ImapServer>()

  /** @param base - whether nothing but IMAP4rev1 is offered */
  constructor(base = false) {
    this.name = base ? 'embedded-base' : 'embedded'
    this.lacks = base ? BEYOND_BASE : []
  }

  /** Known once it has started: tests that are registered later are registered by it. */
  get announces(): readonly string[] | undefined {
    return this.#announces
  }

  async start(): Promise<void> {
    const capabilities = (all: readonly string[]) =>
      this.lacks.length === 0 ? [...all, ...ON_REQUEST] : all.filter((each) => BASE.test(each))
    this.#main = await ImapServer.start({
      users: USERS,
      external: 'alice',
      anonymous: 'guest',
      capabilities,
      extensions: { jmapAccess: 'https://jmap.example.test/session' },
    })
    const { host, port, tlsPort, startTlsPort, ca } = this.#main
    const { password } = USERS.alice
    this.#announces = await announced({ host, port, tlsPort, startTlsPort, ca, user: 'alice', password })
    const past = { from: new Date(Date.now() - 9 * DAY), to: new Date(Date.now() - DAY) }
    const elsewhere = { names: ['elsewhere.example.test'], addresses: [] }
    this.#others.set('expired', await ImapServer.start({ users: USERS, tls: selfSigned(past) }))
    this.#others.set('wrong host', await ImapServer.start({ users: USERS, tls: selfSigned(elsewhere) }))
    this.#others.set('self-signed', await ImapServer.start({ users: USERS }))
  }

  async stop(): Promise<void> {
    await Promise.all([this.#main?.close(), ...[...this.#others.values()].map((each) => each.close())])
  }

  get server(): ImapServer {
    if (this.#main === undefined) throw new Error('the server has not been started')
    return this.#main
  }

  options(wanted: Wanted = {}) {
    const { user = 'alice', security = 'tls' } = wanted
    return this.server.connectOptions(user, { security })
  }

  target(place: Place): Target {
    const { server } = this
    if (place === 'login disabled') return { host: server.host, port: server.startTlsPort, security: 'plaintext' }
    const other = this.#others.get(place)
    if (other === undefined) throw new Error(`there is no server that is ${place}`)
    const { host, port, security, tls } = other.connectOptions('alice')
    return { host, port, security, ...(place === 'self-signed' ? {} : { tls }) }
  }

  token(kind: 'good' | 'expired'): string {
    return TOKENS[kind]
  }

  external(): ConnectOptions {
    return { ...this.options(), auth: { mechanism: 'EXTERNAL' } }
  }

  acting() {
    const { auth, ...options } = this.options()
    return { ...options, auth: { ...auth, authzid: 'alice', mechanisms: ['PLAIN'] } }
  }

  kick(user: string): Promise<void> {
    for (const each of this.server.connections) if (each.user === user) each.destroy()
    return Promise.resolve()
  }
}
