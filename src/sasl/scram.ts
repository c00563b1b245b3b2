import { Buffer } from 'node:buffer'
import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { ArgumentError, AuthenticationError } from '../model/errors.js'
import type { ChannelBinding, SaslMechanism } from '../model/sasl.js'
import { filled, saslName } from './checks.js'
import type { PasswordCredentials } from './plain.js'

/** The mechanisms of RFC 5802 and RFC 7677, and SCRAM-SHA-512 in their manner, with the names of their hashes. */
const HASHES = { 'SCRAM-SHA-1': 'sha1', 'SCRAM-SHA-256': 'sha256', 'SCRAM-SHA-512': 'sha512' } as const

/** The name of a SCRAM mechanism, without `-PLUS`. */
export type ScramName = keyof typeof HASHES

/** How a SCRAM exchange is bounded, and what it is bound to. */
export interface ScramOptions {
  /** The channel that the exchange is bound to, which makes it the `-PLUS` variant (RFC 5802 §6). */
  readonly channelBinding?: ChannelBinding | undefined
  /**
   * Whether the client could bind, but the server announces no `-PLUS`. A server that does announce it then refuses, as the
   * announcement was changed on its way.
   */
  readonly couldBind?: boolean | undefined
  /** A server that asks for more rounds is refused, since each costs time; 1,000,000 by default. */
  readonly maxIterations?: number | undefined
  /** The client's nonce, for tests; 24 random octets in base64 by default. */
  readonly nonce?: string | undefined
}

/** Fewer rounds make the password too easy to try out (RFC 7677 §4). */
const MIN_ITERATIONS = 4096
const MAX_ITERATIONS = 1_000_000

/** Runs on the thread pool, so that a high number of rounds does not hold up the event loop. */
const deriveKey = promisify(pbkdf2)

/**
 * SCRAM (RFC 5802, RFC 7677): proves the password without sending it, and has the server prove that it knows it. With a
 * channel binding nobody in between can pass the proof on.
 *
 * Name and password are taken for prepared by SASLprep already.
 *
 * @throws ArgumentError for an empty name or password, and for a NUL
 */
export function scram(name: ScramName, credentials: PasswordCredentials, options: ScramOptions = {}): SaslMechanism {
  const exchange = new Scram(HASHES[name], credentials, options)
  return {
    name: options.channelBinding === undefined ? name : `${name}-PLUS`,
    plaintext: false,
    initial: () => exchange.first(),
    respond: (challenge) => exchange.respond(Buffer.from(challenge).toString('utf8')),
    verify: () => exchange.verify(),
  }
}

class Scram {
  readonly #hash: string
  readonly #password: Buffer
  readonly #gs2: string
  readonly #binding: Uint8Array
  readonly #nonce: string
  readonly #firstBare: string
  readonly #maxIterations: number
  #step: 'first' | 'final' | 'proved' | 'failed' = 'first'
  #serverSignature: Buffer | undefined

  constructor(hash: string, credentials: PasswordCredentials, options: ScramOptions) {
    const { user, password, authzid } = credentials
    this.#hash = hash
    this.#password = filled('password', password)
    this.#nonce = options.nonce ?? randomBytes(24).toString('base64')
    // printable, as in RFC 5802 §7: anything but a comma.
    if (!/^[!-+\--~]+$/.test(this.#nonce)) throw new ArgumentError('The nonce is printable and holds no comma')
    const identity = authzid === undefined || authzid === '' ? '' : `a=${saslName('authorization identity', authzid)}`
    this.#gs2 = `${bindingFlag(options)},${identity},`
    this.#binding = options.channelBinding?.data ?? Buffer.alloc(0)
    this.#firstBare = `n=${saslName('user name', user)},r=${this.#nonce}`
    this.#maxIterations = options.maxIterations ?? MAX_ITERATIONS
  }

  /** client-first-message = gs2-header client-first-message-bare */
  first(): Buffer {
    return Buffer.from(this.#gs2 + this.#firstBare, 'utf8')
  }

  async respond(challenge: string): Promise<Buffer> {
    const step = this.#step
    // Whatever goes wrong from here on, the exchange is over.
    this.#step = 'failed'
    if (step === 'first') {
      const answer = await this.#prove(challenge)
      this.#step = 'final'
      return answer
    }
    if (step === 'final') {
      this.#check(challenge)
      this.#step = 'proved'
      return Buffer.alloc(0)
    }
    throw failure('The server went on after the end of SCRAM')
  }

  verify(): void {
    if (this.#step !== 'proved') throw failure('The server said OK without proving that it knows the password')
  }

  /**
   * server-first-message = [reserved-mext ","] nonce "," salt "," iteration-count ["," extensions]
   * client-final-message = channel-binding "," nonce ["," extensions] "," proof
   */
  async #prove(serverFirst: string): Promise<Buffer> {
    const [nonce, salt, iterations] = this.#readFirst(serverFirst)
    const salted = await deriveKey(this.#password, salt, iterations, createHash(this.#hash).digest().length, this.#hash)
    const clientKey = this.#hmac(salted, 'Client Key')
    const storedKey = createHash(this.#hash).update(clientKey).digest()
    // cbind-input = gs2-header [ cbind-data ]
    const bound = Buffer.concat([Buffer.from(this.#gs2, 'utf8'), this.#binding])
    const withoutProof = `c=${bound.toString('base64')},r=${nonce}`
    const authMessage = `${this.#firstBare},${serverFirst},${withoutProof}`
    const signature = this.#hmac(storedKey, authMessage)
    this.#serverSignature = this.#hmac(this.#hmac(salted, 'Server Key'), authMessage)
    const proof = Buffer.from(clientKey.map((octet, index) => octet ^ (signature[index] ?? 0)))
    return Buffer.from(`${withoutProof},p=${proof.toString('base64')}`, 'utf8')
  }

  #readFirst(message: string): readonly [nonce: string, salt: Buffer, iterations: number] {
    checkError(message)
    const match = /^r=([!-+\--~]+),s=([A-Za-z0-9+/]+={0,2}),i=([1-9][0-9]{0,9})(?:,.*)?$/s.exec(message)
    if (match === null) {
      const needs = message.startsWith('m=')
        ? 'asks for an extension that is not known'
        : 'sent what is no SCRAM challenge'
      throw failure(`The server ${needs}`)
    }
    const [, nonce = '', salt = '', count = ''] = match
    if (!nonce.startsWith(this.#nonce) || nonce.length === this.#nonce.length) {
      throw failure("The server's nonce does not continue that of the client")
    }
    const iterations = Number(count)
    if (iterations < MIN_ITERATIONS || iterations > this.#maxIterations) {
      throw failure(`The server asks for ${iterations} rounds; allowed are ${MIN_ITERATIONS} to ${this.#maxIterations}`)
    }
    return [nonce, Buffer.from(salt, 'base64'), iterations]
  }

  /** server-final-message = (server-error / verifier) ["," extensions] */
  #check(serverFinal: string): void {
    checkError(serverFinal)
    const sent = Buffer.from(/^v=([A-Za-z0-9+/]+={0,2})(?:,|$)/.exec(serverFinal)?.[1] ?? '', 'base64')
    const expected = this.#serverSignature
    if (expected === undefined || sent.length !== expected.length || !timingSafeEqual(sent, expected)) {
      throw failure('The server does not know the password: its signature is wrong')
    }
  }

  #hmac(key: Buffer, text: string): Buffer {
    return createHmac(this.#hash, key).update(text, 'utf8').digest()
  }
}

/** gs2-cbind-flag = "p=" cb-name / "n" / "y" */
function bindingFlag({ channelBinding, couldBind = false }: ScramOptions): string {
  if (channelBinding !== undefined) return `p=${channelBinding.type}`
  return couldBind ? 'y' : 'n'
}

/** Errors of RFC 5802 §7 that tell more than that the login failed. */
const MEANINGS: Readonly<Record<string, string>> = {
  'channel-bindings-dont-match': 'it sees another TLS connection than the client, so that something stands in between',
  'server-does-support-channel-binding': 'somebody has taken -PLUS out of its capabilities on their way',
}

/** server-error = "e=" server-error-value */
function checkError(message: string): void {
  if (!message.startsWith('e=')) return
  const value = /^e=([A-Za-z0-9-]{1,80})/.exec(message)?.[1] ?? 'other-error'
  const meaning = MEANINGS[value]
  throw new AuthenticationError(`The server ended SCRAM with ${value}${meaning === undefined ? '' : `: ${meaning}`}`, {
    command: 'AUTHENTICATE',
    serverError: value,
  })
}

function failure(message: string): AuthenticationError {
  return new AuthenticationError(message, { command: 'AUTHENTICATE' })
}
