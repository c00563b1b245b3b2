import { ArgumentError, AuthenticationError, ImapError } from '../model/errors.js'
import type { MechanismName, SaslMechanism } from '../model/sasl.js'
import type { Credentials } from './choose.js'
import type { PasswordCredentials } from './plain.js'

/** Why a token is asked for: for a new connection, or because the server has just refused the last one. */
export interface TokenRequest {
  readonly reason: 'connect' | 'rejected'
  readonly signal: AbortSignal
}

/** Gives an OAuth 2.0 access token that is valid now. */
export type TokenProvider = (why: TokenRequest) => string | Promise<string>

/** What every kind of login can carry. */
interface MechanismPin {
  /** Only these mechanisms may be used; by default the strongest that both sides have. */
  readonly mechanisms?: readonly MechanismName[] | undefined
}

/** Login by a password. */
export interface PasswordAuth extends PasswordCredentials, MechanismPin {}

/** Login by an OAuth 2.0 access token (RFC 7628, XOAUTH2). */
export interface TokenAuth extends MechanismPin {
  readonly user: string
  readonly accessToken: string | TokenProvider
  /** Whom to act as, when that is not `user`. The mechanisms for tokens know `user` alone, so that it has to be the same. */
  readonly authzid?: string | undefined
}

/** Login by other means, as a rule a TLS certificate (RFC 4422 Appendix A). */
export interface ExternalAuth extends MechanismPin {
  readonly mechanism: 'EXTERNAL'
  readonly authzid?: string | undefined
}

/** Login without a name (RFC 4505). */
export interface AnonymousAuth extends MechanismPin {
  readonly mechanism: 'ANONYMOUS'
  /** Who is there, for the operator of the server. */
  readonly trace?: string | undefined
}

/** Login by a mechanism of the caller's own. */
export interface SaslAuth {
  /** An instance serves one login; a function makes one for each, as reconnecting needs it. */
  readonly sasl: SaslMechanism | (() => SaslMechanism)
}

/** How to log in. */
export type Auth = PasswordAuth | TokenAuth | ExternalAuth | AnonymousAuth | SaslAuth

/** A login that has a mechanism chosen for it. */
export type CredentialAuth = Exclude<Auth, SaslAuth>

/**
 * Gives what {@link Auth} stands for at this moment, the access token included.
 *
 * @param where - the host and the port that the client connected to, which OAUTHBEARER tells the server
 * @throws ArgumentError for what is no way to log in
 * @throws AuthenticationError when the provider of tokens fails; its error is the `cause`
 */
export async function resolveCredentials(
  auth: CredentialAuth,
  why: TokenRequest,
  where: { readonly host?: string; readonly port?: number } = {},
): Promise<Credentials> {
  if ('mechanism' in auth) return checkMechanism(auth)
  if ('accessToken' in auth) {
    const { user, authzid = '' } = auth
    if (authzid !== '' && authzid !== user) {
      throw new ArgumentError('A token acts for its user only: leave out authzid, or log in as that user')
    }
    return { user, accessToken: await tokenOf(auth.accessToken, why), ...where }
  }
  const given: unknown = auth.password
  if (typeof given !== 'string') {
    throw new ArgumentError('auth takes { user, password }, { user, accessToken }, { mechanism } or { sasl }')
  }
  return auth
}

function checkMechanism(auth: ExternalAuth | AnonymousAuth): Credentials {
  const name: string = auth.mechanism
  if (name === 'EXTERNAL' || name === 'ANONYMOUS') return auth
  throw new ArgumentError(
    'auth.mechanism is EXTERNAL or ANONYMOUS: name any other under mechanisms, with user and password',
  )
}

async function tokenOf(source: string | TokenProvider, why: TokenRequest): Promise<string> {
  if (typeof source === 'string') return source
  try {
    return await source(why)
  } catch (error) {
    if (error instanceof ImapError) throw error
    throw new AuthenticationError('The provider of access tokens failed', { cause: error })
  }
}
