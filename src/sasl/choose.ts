import { AuthenticationError } from '../model/errors.js'
import type { MechanismName, SaslMechanism } from '../model/sasl.js'
import { cramMd5 } from './cram-md5.js'
import { anonymous, external } from './external.js'
import { oauthBearer, xoauth2, type BearerCredentials } from './oauth.js'
import { loginMechanism, plain, type PasswordCredentials } from './plain.js'
import { scram, type ScramOptions } from './scram.js'

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
  readonly scram?: ScramOptions | undefined
}

/** The way to authenticate: by a mechanism, or by the LOGIN command. */
export type Choice = { readonly kind: 'sasl'; readonly mechanism: SaslMechanism } | { readonly kind: 'login' }

/** A mechanism that may be chosen. */
interface Candidate {
  readonly name: MechanismName
  /** Whether the secret itself crosses the wire. */
  readonly plaintext: boolean
  make(): SaslMechanism
}

/**
 * Chooses the strongest mechanism that the server offers, that fits the credentials and that the caller allows; LOGIN, the
 * command, where there is none and the server does not forbid it.
 *
 * Passwords and tokens cross a connection without encryption only when the caller named such a connection.
 *
 * @throws AuthenticationError when none is left; the message tells why
 * @throws ArgumentError for credentials that cannot be sent
 */
export function chooseMechanism(credentials: Credentials, context: ChooseContext): Choice {
  const { capabilities, secure, plaintextAllowed = false } = context
  const pinned = context.mechanisms?.map((name) => name.toUpperCase())
  const isPinned = (name: MechanismName) => pinned === undefined || pinned.includes(name)
  const mayShow = secure || plaintextAllowed
  const fitting = candidates(credentials, context)
  for (const candidate of fitting) {
    if (!isPinned(candidate.name) || !capabilities.has(`AUTH=${candidate.name}`)) continue
    if (candidate.plaintext && !mayShow) continue
    return { kind: 'sasl', mechanism: candidate.make() }
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
  const options = context.scram
  const strong: readonly Candidate[] = [
    { name: 'SCRAM-SHA-256', plaintext: false, make: () => scram('SCRAM-SHA-256', credentials, options) },
    { name: 'SCRAM-SHA-1', plaintext: false, make: () => scram('SCRAM-SHA-1', credentials, options) },
  ]
  const plainOnly: Candidate = { name: 'PLAIN', plaintext: true, make: () => plain(credentials) }
  // CRAM-MD5 and LOGIN cannot say whom to act as.
  if ((credentials.authzid ?? '') !== '') return [...strong, plainOnly]
  return [
    ...strong,
    { name: 'CRAM-MD5', plaintext: false, make: () => cramMd5(credentials) },
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
    return `None of the mechanisms that are allowed fits the credentials: allow one of ${names(fitting)}`
  }
  const offered = allowed.filter((each) => capabilities.has(`AUTH=${each.name}`))
  const open = canLogin && !capabilities.has('LOGINDISABLED')
  if (!secure && !plaintextAllowed && (offered.length > 0 || open)) {
    return 'The connection is not encrypted, and the server offers only mechanisms that would show the secret: use TLS'
  }
  const disabled = capabilities.has('LOGINDISABLED') ? ' and forbids LOGIN (LOGINDISABLED)' : ''
  const hint = secure ? '' : '; it may offer more under TLS'
  return `The server offers none of ${names(allowed.length > 0 ? allowed : fitting)}${disabled}${hint}`
}

function names(candidates: readonly Candidate[]): string {
  return candidates.map((each) => each.name).join(', ')
}
