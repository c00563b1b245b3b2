import { Buffer } from 'node:buffer'
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { ArgumentError, AuthenticationError } from '../model/errors.js'
import type { SaslMechanism } from '../model/sasl.js'
import { filled, utf8 } from './checks.js'
import { readDirectives, type Directives } from './directives.js'
import type { PasswordCredentials } from './plain.js'

/** What DIGEST-MD5 needs beside the password. */
export interface DigestOptions {
  /** The host that the client connected to: part of what is proved. */
  readonly host: string
  /** The name of the service (RFC 2831 §2.1.2); `imap` by default. */
  readonly service?: string | undefined
  /** The client's nonce, for tests; 24 random octets in base64 by default. */
  readonly nonce?: string | undefined
}

/** RFC 2831 §2.1.1: a challenge is shorter than that, in octets. */
const MAX_CHALLENGE = 2048

/** RFC 2831 §2.1.1: none of these may come twice. */
const SINGLE = ['nonce', 'qop', 'stale', 'maxbuf', 'charset', 'algorithm', 'cipher'] as const

/** Every login begins anew, so that a nonce of the server is used once. */
const NONCE_COUNT = '00000001'

/**
 * DIGEST-MD5 (RFC 2831, made historic by RFC 6331): proves the password by a digest, and has the server prove that it knows
 * it. For old servers only: MD5 is weak, a listener can try out passwords. Without security layers (`qop=auth`).
 *
 * @throws ArgumentError for an empty name, password or host, and for a NUL
 */
export function digestMd5(credentials: PasswordCredentials, options: DigestOptions): SaslMechanism {
  const exchange = new Digest(credentials, options)
  return {
    name: 'DIGEST-MD5',
    plaintext: false,
    respond: (challenge) => exchange.respond(Buffer.from(challenge)),
    verify: () => exchange.verify(),
  }
}

class Digest {
  readonly #user: string
  readonly #password: string
  readonly #authzid: string
  readonly #uri: string
  readonly #cnonce: string
  #step: 'first' | 'final' | 'proved' | 'failed' = 'first'
  #expected = ''

  constructor(credentials: PasswordCredentials, { host, service = 'imap', nonce }: DigestOptions) {
    const { user, password, authzid = '' } = credentials
    filled('user name', user)
    filled('password', password)
    utf8('authorization identity', authzid)
    // Colons are those of IPv6 addresses, which the grammar of 1999 forgot.
    if (!/^[a-z0-9.:_-]+$/i.test(host)) throw new ArgumentError('DIGEST-MD5 needs the name of the host')
    this.#user = user
    this.#password = password
    this.#authzid = authzid
    this.#uri = `${service}/${host}`
    this.#cnonce = nonce ?? randomBytes(24).toString('base64')
    if (!/^[!-~]+$/.test(this.#cnonce)) throw new ArgumentError('The nonce is printable')
  }

  respond(challenge: Buffer): Buffer {
    const step = this.#step
    // Whatever goes wrong from here on, the exchange is over.
    this.#step = 'failed'
    if (step === 'first') {
      const response = this.#prove(challenge)
      this.#step = 'final'
      return response
    }
    if (step === 'final') {
      this.#check(challenge)
      this.#step = 'proved'
      return Buffer.alloc(0)
    }
    throw failure('The server went on after the end of DIGEST-MD5')
  }

  verify(): void {
    if (this.#step !== 'proved') throw failure('The server said OK without proving that it knows the password')
  }

  /** digest-response (RFC 2831 §2.1.2) */
  #prove(challenge: Buffer): Buffer {
    const given = read(challenge)
    const nonce = checkChallenge(given)
    const isUtf8 = given.has('charset')
    const [realm] = given.get('realm') ?? []
    const user = hashed('user name', this.#user, isUtf8)
    const secret = md5(user, `:${realm ?? ''}:`, hashed('password', this.#password, isUtf8))
    const authzid = Buffer.from(this.#authzid === '' ? '' : `:${this.#authzid}`, 'utf8')
    const session = md5(secret, `:${nonce}:${this.#cnonce}`, authzid).toString('hex')
    const digest = (method: string): string => {
      const a2 = md5(`${method}:${this.#uri}`).toString('hex')
      return md5(`${session}:${nonce}:${NONCE_COUNT}:${this.#cnonce}:auth:${a2}`).toString('hex')
    }
    this.#expected = digest('')
    const charset = isUtf8 ? 'utf8' : 'latin1'
    return Buffer.concat([
      Buffer.from(isUtf8 ? 'charset=utf-8,' : ''),
      Buffer.from(`username=${quote(this.#user)}`, charset),
      // As it came, whatever its charset.
      Buffer.from(realm === undefined ? '' : `,realm=${quote(realm)}`, 'latin1'),
      Buffer.from(`,nonce=${quote(nonce)},nc=${NONCE_COUNT},cnonce=${quote(this.#cnonce)}`, 'latin1'),
      Buffer.from(`,digest-uri=${quote(this.#uri)},response=${digest('AUTHENTICATE')},qop=auth`),
      Buffer.from(this.#authzid === '' ? '' : `,authzid=${quote(this.#authzid)}`, 'utf8'),
    ])
  }

  /** response-auth = "rspauth" "=" response-value */
  #check(challenge: Buffer): void {
    const sent = Buffer.from(read(challenge).get('rspauth')?.[0] ?? '', 'latin1')
    const expected = Buffer.from(this.#expected, 'latin1')
    if (sent.length !== expected.length || !timingSafeEqual(sent, expected)) {
      throw failure('The server does not know the password: its digest is wrong')
    }
  }
}

/** What fits ISO 8859-1 is hashed in it, under either charset (RFC 2831 §2.1.2.1). */
function hashed(what: string, text: string, isUtf8: boolean): Buffer {
  if (!/[^\x00-\xff]/.test(text)) return Buffer.from(text, 'latin1')
  if (isUtf8) return Buffer.from(text, 'utf8')
  throw failure(`The ${what} does not fit ISO 8859-1, and this server's DIGEST-MD5 takes nothing else`)
}

/** Gives the nonce. @throws AuthenticationError for a challenge that RFC 2831 §2.1.1 tells to abort at */
function checkChallenge(given: Directives): string {
  for (const name of SINGLE) {
    if ((given.get(name)?.length ?? 0) > 1) throw failure(`The server sent ${name} twice`)
  }
  const nonce = given.get('nonce')?.[0] ?? ''
  if (nonce === '') throw failure('The server sent no nonce')
  if (given.get('algorithm')?.[0]?.toLowerCase() !== 'md5-sess') throw failure('The server sent no algorithm=md5-sess')
  const qualities = (given.get('qop')?.[0] ?? 'auth').toLowerCase().split(/[\s,]+/)
  if (!qualities.includes('auth')) throw failure('The server asks for a security layer, which is not supported')
  const charset = given.get('charset')?.[0]
  if (charset !== undefined && charset.toLowerCase() !== 'utf-8') throw failure('The server sent an unknown charset')
  return nonce
}

function read(challenge: Buffer): Directives {
  if (challenge.length >= MAX_CHALLENGE) throw failure(`A challenge of DIGEST-MD5 is below ${MAX_CHALLENGE} octets`)
  const directives = readDirectives(challenge.toString('latin1'))
  if (directives === undefined) throw failure('The server sent what is no challenge of DIGEST-MD5')
  return directives
}

/** quoted-string (RFC 2831 §7.2) */
function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

/** MD5 of the parts one after the other; strings are one octet a character, as the values of the server came. */
function md5(...parts: readonly (string | Buffer)[]): Buffer {
  const hash = createHash('md5')
  for (const part of parts) hash.update(typeof part === 'string' ? Buffer.from(part, 'latin1') : part)
  return hash.digest()
}

function failure(message: string): AuthenticationError {
  return new AuthenticationError(message, { command: 'AUTHENTICATE' })
}
