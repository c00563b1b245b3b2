import type { Session } from '../session.js'
import type { Account } from '../store/account.js'

/** One AUTHENTICATE dialogue, seen from the server (RFC 9051 §6.2.2). */
export interface Dialogue {
  readonly session: Session
  /** The initial response, or null when there is none (RFC 4959). */
  readonly initial: Buffer | null
  /** Sends a challenge and reads the answer. @throws Refusal when the client cancels or sends nonsense */
  readonly ask: (challenge: string | Buffer) => Promise<Buffer>
}

/** A SASL mechanism of the embedded server (RFC 4422). */
export interface Mechanism {
  readonly name: string
  /** Whether the secret itself crosses the line. */
  readonly plaintext: boolean
  /** Whether the client speaks first, so that it may send an initial response. */
  readonly clientFirst: boolean
  /** Whether it can be used on this connection; left out: always. */
  offered?(session: Session): boolean
  /** Returns who is logged in. @throws Refusal when nobody is */
  run(dialogue: Dialogue): Promise<Account>
}
