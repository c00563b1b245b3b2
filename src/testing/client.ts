import type { SessionState } from './session.js'

/** A client that is connected to the embedded server, as a test sees it. */
export interface ConnectedClient {
  /** 1 for the first connection that the server took, and so on. */
  readonly number: number
  /** The state of RFC 9051 §3. */
  readonly state: SessionState
  /** The user that is logged in, or null. */
  readonly user: string | null
  /** Whether TLS protects the connection now. */
  readonly secure: boolean
  /** Octets that the server sent, before TLS. */
  readonly bytesSent: number
  /** Sends octets as they are, in the middle of whatever goes on. */
  send(data: string | Uint8Array): void
  /** Ends the connection with BYE (RFC 9051 §7.1.5). */
  bye(text?: string): void
  /** Breaks the connection without a word. */
  destroy(): void
}
