import type { Buffer } from 'node:buffer'
import { ArgumentError, ProtocolError } from '../model/errors.js'
import type { SaslMechanism } from '../model/sasl.js'
import { utf8 } from './checks.js'

/**
 * EXTERNAL (RFC 4422 Appendix A): the client is known by other means, as a rule by its TLS certificate.
 *
 * @throws ArgumentError for a NUL
 */
export function external(options: { readonly authzid?: string | undefined } = {}): SaslMechanism {
  return single('EXTERNAL', utf8('authorization identity', options.authzid ?? ''))
}

/**
 * ANONYMOUS (RFC 4505).
 *
 * message = [ email / token ]
 *
 * @param options - `trace` tells the server's operator who is there: an address, or up to 255 characters without `@`
 * @throws ArgumentError for a longer trace, or control characters
 */
export function anonymous(options: { readonly trace?: string | undefined } = {}): SaslMechanism {
  const trace = options.trace ?? ''
  if ([...trace].length > 255 || /[\x00-\x1f\x7f]/.test(trace)) {
    throw new ArgumentError('The trace of ANONYMOUS has at most 255 characters and no control characters')
  }
  return single('ANONYMOUS', utf8('trace', trace))
}

/** A mechanism that says one thing. */
function single(name: string, message: Buffer): SaslMechanism {
  return {
    name,
    plaintext: false,
    initial: () => message,
    respond: () => {
      throw new ProtocolError(`The server asks for more than ${name} has`, { command: 'AUTHENTICATE' })
    },
  }
}
