import { ArgumentError } from '../model/errors.js'
import { filled } from './checks.js'
import type { PasswordCredentials } from './plain.js'

/** Control characters of ASCII, which SASLprep prohibits (RFC 3454 C.2.1). */
const CONTROL = /[\x00-\x1f\x7f]/

/** What SASLprep leaves as it is, control characters apart. */
const ASCII = /^[\x00-\x7f]*$/

/**
 * Prepares the name and the password by SASLprep (RFC 4013), so that the same text typed on another keyboard is the same
 * octets. The `authzid` belongs to the server's own kind of names and stays as it is (RFC 4616 §2).
 *
 * @throws ArgumentError for an empty text, and for characters that SASLprep prohibits; the message never shows them
 */
export async function prepared<C extends Pick<PasswordCredentials, 'user' | 'password'>>(credentials: C): Promise<C> {
  const user = await saslPrep('user name', credentials.user)
  const password = await saslPrep('password', credentials.password)
  return { ...credentials, user, password }
}

/**
 * SASLprep of one text. The tables of Unicode 3.2 are loaded for text beyond ASCII only.
 *
 * Code points that Unicode 3.2 left unassigned are let through, as RFC 4013 §2.5 has it for queries: RFC 5802 §2.2 forbids
 * them for passwords, but a server that has taken such a password has no other way to be told it.
 */
export async function saslPrep(what: string, text: string): Promise<string> {
  filled(what, text)
  if (CONTROL.test(text)) {
    throw new ArgumentError(`The ${what} holds a control character, which SASLprep prohibits (RFC 4013 §2.3)`)
  }
  if (ASCII.test(text)) return text
  const { saslprep } = await import('@mongodb-js/saslprep')
  try {
    return saslprep(text, { allowUnassigned: true })
  } catch {
    // Without a cause: nobody has looked at what its message may quote.
    throw new ArgumentError(
      `The ${what} holds characters that SASLprep prohibits, or nothing else than what it leaves out (RFC 4013 §2)`,
    )
  }
}
