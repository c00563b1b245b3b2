import { Buffer } from 'node:buffer'
import { createHmac } from 'node:crypto'
import { ProtocolError } from '../model/errors.js'
import type { SaslMechanism } from '../model/sasl.js'
import { filled } from './checks.js'
import type { PasswordCredentials } from './plain.js'

/**
 * CRAM-MD5 (RFC 2195): proves the password by a keyed digest of the server's challenge. It is weak: a listener can try out
 * passwords, and the server does not prove itself.
 *
 * @throws ArgumentError for an empty name or password, and for a NUL
 */
export function cramMd5(credentials: Omit<PasswordCredentials, 'authzid'>): SaslMechanism {
  const user = filled('user name', credentials.user).toString('utf8')
  const password = filled('password', credentials.password)
  let answered = false
  return {
    name: 'CRAM-MD5',
    plaintext: false,
    respond: (challenge) => {
      if (answered || challenge.length === 0) {
        throw new ProtocolError('The server sent a challenge that CRAM-MD5 does not know', { command: 'AUTHENTICATE' })
      }
      answered = true
      return Buffer.from(`${user} ${createHmac('md5', password).update(challenge).digest('hex')}`, 'utf8')
    },
  }
}
