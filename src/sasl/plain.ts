import { Buffer } from 'node:buffer'
import { ProtocolError } from '../model/errors.js'
import type { SaslMechanism } from '../model/sasl.js'
import { filled, utf8 } from './checks.js'

/**
 * A user name and a password. Both are prepared by SASLprep (RFC 4013) for the mechanisms that ask for it, which are all but
 * LOGIN; LOGIN sends them as they are, in UTF-8.
 */
export interface PasswordCredentials {
  readonly user: string
  readonly password: string
  /** Whom to act as, when that is not `user`. */
  readonly authzid?: string | undefined
}

/**
 * PLAIN (RFC 4616). The password crosses the wire as it is: for TLS only.
 *
 * message = [authzid] UTF8NUL authcid UTF8NUL passwd
 *
 * @throws ArgumentError for an empty name or password, and for a NUL
 */
export function plain(credentials: PasswordCredentials): SaslMechanism {
  const message = Buffer.concat([
    utf8('authorization identity', credentials.authzid ?? ''),
    Buffer.of(0),
    filled('user name', credentials.user),
    Buffer.of(0),
    filled('password', credentials.password),
  ])
  return {
    name: 'PLAIN',
    plaintext: true,
    initial: () => message,
    respond: () => {
      throw new ProtocolError('The server asks for more than PLAIN has', { command: 'AUTHENTICATE' })
    },
  }
}

/**
 * LOGIN (draft-murchison-sasl-login): the name, then the password, whatever the server's prompts say. The password crosses
 * the wire as it is: for TLS only. It is obsolete, and has no `authzid`.
 *
 * @throws ArgumentError for an empty name or password, and for a NUL
 */
export function loginMechanism(credentials: Omit<PasswordCredentials, 'authzid'>): SaslMechanism {
  const answers = [filled('user name', credentials.user), filled('password', credentials.password)]
  return {
    name: 'LOGIN',
    plaintext: true,
    respond: () => {
      const answer = answers.shift()
      if (answer === undefined) {
        throw new ProtocolError('The server asks for more than a name and a password', { command: 'AUTHENTICATE' })
      }
      return answer
    },
  }
}
