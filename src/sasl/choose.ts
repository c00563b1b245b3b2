import { AuthenticationError } from '../model/errors.js'
import type { ChannelBinding, MechanismName, SaslMechanism } from '../model/sasl.js'
import { cramMd5 } from './cram-md5.js'
import { digestMd5 } from './digest-md5.js'
import { anonymous, external } from './external.js'
import { oauthBearer, xoauth2, type BearerCredentials } from './oauth.js'
import { loginMechanism, plain, type PasswordCredentials } from './plain.js'
import { prepared } from './prepare.js'
import { scram, type ScramName, type ScramOptions } from './scram.js'

/** How a client can show who it is: by a password, a token, or by other means. */
export type Credentials =
  | PasswordCredentials
  | (BearerCredentials & { readonly authzid?: string | undefined })
  | { readonly mechanism: 'EXTERNAL'; readonly authzid?: string | undefined }
  | { readonly mechanism: 'ANONYMOUS'; readonly trace?: string | undefined }

/** What the choice of a mechanism depends on. */
export interface ChooseContext {
  readonly capabilities: { has(name: string): boolean }
  /** Whether the connection is encrypted. */
  readonly secure: boolean
  /** Whether the caller named a connection without encryption, and so lets secrets cross it. */
  readonly plaintextAllowed?: boolean | undefined
  /** Only these may be used; `LOGIN` stands for the command too. */
  readonly mechanisms?: readonly MechanismName[] | undefined
  /** What a login can be bound to, the strongest first; only the first is used. */
  readonly bindings?: readonly ChannelBinding[] | undefined
  /** The host that the client connected to, for DIGEST-MD5. */
  readonly host?: string | undefined
  readonly scram?: Omit<ScramOptions, 'channelBinding' | 'couldBind'> | undefined
}

/** The way to authenticate: by a mechanism, or by the LOGIN command. */
export type Choice =
  | {
      readonly kind: 'sasl'
      readonly name: MechanismName
      /** Prepares the credentials and makes the mechanism for one login. @throws ArgumentError when they cannot be sent */
      make(): Promise<SaslMechanism>
    }
  | { readonly kind: 'login' }

/** A mechanism that may be chosen. */
interface Candidate {
  readonly name: MechanismName
  /** Whether the secret itself crosses the wire. */
  readonly plaintext: boolean
  make(): SaslMechanism | Promise<SaslMechanism>
}

/** The SCRAM mechanisms, the strongest first. */
const SCRAM: readonly ScramName[] = ['SCRAM-SHA-512', 'SCRAM-SHA-256', 'SCRAM-SHA-1']

/**
 * Chooses the strongest mechanism that the server offers, that fits the credentials and that the caller allows; LOGIN, the
 * command, where there is none and the server does not forbid it.
 *
 * Passwords and tokens cross a connection without encryption only when the caller named such a connection. DIGEST-MD5 is used
 * only when the caller names it.
 *
 * @throws AuthenticationError when none is left; the message tells why
 */
export function chooseMechanism(credentials: Credentials, context: ChooseContext): Choice {
  const { capabilities, secure, plaintextAllowed = false } = context
  const isPinned = (name: MechanismName) => context.mechanisms === undefined || names(context.mechanisms).includes(name)
  const mayShow = secure || plaintextAllowed
  const fitting = candidates(credentials, context)
  for (const candidate of fitting) {
    if (!isPinned(candidate.name) || !capabilities.has(`AUTH=${candidate.name}`)) continue
    if (candidate.plaintext && !mayShow) continue
    return { kind: 'sasl', name: candidate.name, make: async () => candidate.make() }
  }
  const canLogin = 'password' in credentials && isPinned('LOGIN') && (credentials.authzid ?? '') === ''
  if (canLogin && mayShow && !capabilities.has('LOGINDISABLED')) return { kind: 'login' }
  throw new AuthenticationError(whyNot(fitting, context, canLogin, isPinned))
}

/** The mechanisms that fit the credentials, the strongest first. */
function candidates(credentials: Credentials, context: ChooseContext): readonly Candidate[] {
  if ('mechanism' in credentials) {
    return credentials.mechanism === 'EXTERNAL'
      ? [{ name: 'EXTERNAL', plaintext: false, make: () => external(credentials) }]
      : [{ name: 'ANONYMOUS', plaintext: false, make: () => anonymous(credentials) }]
  }
  if ('accessToken' in credentials) {
    return [
      { name: 'OAUTHBEARER', plaintext: true, make: () => oauthBearer(credentials) },
      { name: 'XOAUTH2', plaintext: true, make: () => xoauth2(credentials) },
    ]
  }
  const { capabilities, bindings = [], host } = context
  const [channelBinding] = bindings
  const announced = SCRAM.some((name) => capabilities.has(`AUTH=${name}-PLUS`))
  // Whoever cannot bind here, or was told not to, must not claim that the server cannot.
  const couldBind = channelBinding !== undefined && !announced
  const scrams = (options: ScramOptions, suffix: '' | '-PLUS'): readonly Candidate[] =>
    SCRAM.map((name) => ({
      name: `${name}${suffix}`,
      plaintext: false,
      make: async () => scram(name, await prepared(credentials), { ...context.scram, ...options }),
    }))
  const strong = [
    ...(channelBinding === undefined ? [] : scrams({ channelBinding }, '-PLUS')),
    ...scrams({ couldBind }, ''),
  ]
  const digest = (at: string): Candidate => ({
    name: 'DIGEST-MD5',
    plaintext: false,
    make: async () => digestMd5(await prepared(credentials), { host: at }),
  })
  if (host !== undefined && names(context.mechanisms).includes('DIGEST-MD5')) strong.push(digest(host))
  const plainOnly: Candidate = { name: 'PLAIN', plaintext: true, make: async () => plain(await prepared(credentials)) }
  // CRAM-MD5 and LOGIN cannot say whom to act as.
  if ((credentials.authzid ?? '') !== '') return [...strong, plainOnly]
  return [
    ...strong,
    { name: 'CRAM-MD5', plaintext: false, make: async () => cramMd5(await prepared(credentials)) },
    plainOnly,
    { name: 'LOGIN', plaintext: true, make: () => loginMechanism(credentials) },
  ]
}

function whyNot(
  fitting: readonly Candidate[],
  context: ChooseContext,
  canLogin: boolean,
  isPinned: (name: MechanismName) => boolean,
): string {
  const { capabilities, secure, plaintextAllowed = false } = context
  const allowed = fitting.filter((each) => isPinned(each.name))
  if (allowed.length === 0 && !canLogin) {
    // They are the only ones that depend on the connection.
    if (fitting.some(isScram) && names(context.mechanisms).some((name) => name.endsWith('-PLUS'))) {
      return 'There is nothing that a -PLUS mechanism could be bound to: that takes TLS made by the client, and tls-exporter serves once'
    }
    return `None of the mechanisms that are allowed fits the credentials: allow one of ${list(fitting)}`
  }
  const offered = allowed.filter((each) => capabilities.has(`AUTH=${each.name}`))
  const open = canLogin && !capabilities.has('LOGINDISABLED')
  if (!secure && !plaintextAllowed && (offered.length > 0 || open)) {
    return 'The connection is not encrypted, and the server offers only mechanisms that would show the secret: use TLS'
  }
  const disabled = capabilities.has('LOGINDISABLED') ? ' and forbids LOGIN (LOGINDISABLED)' : ''
  const hint = secure ? '' : '; it may offer more under TLS'
  return `The server offers none of ${list(allowed.length > 0 ? allowed : fitting)}${disabled}${hint}`
}

function isScram({ name }: Candidate): boolean {
  return name.startsWith('SCRAM-')
}

/** The names that the caller allows, in upper case. */
function names(mechanisms: readonly MechanismName[] = []): readonly MechanismName[] {
  return mechanisms.map((name) => name.toUpperCase())
}

function list(candidates: readonly Candidate[]): string {
  return candidates.map((each) => each.name).join(', ')
}
