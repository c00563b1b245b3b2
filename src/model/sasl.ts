/** The name of a SASL mechanism (RFC 4422), such as `SCRAM-SHA-256`. */
export type MechanismName = string

/** What ties an authentication to the one TLS connection that it runs over (RFC 5056), so that nobody can pass it on. */
export interface ChannelBinding {
  /** `tls-exporter` (RFC 9266) differs for each connection, `tls-server-end-point` (RFC 5929 §4) for each certificate. */
  readonly type: 'tls-exporter' | 'tls-server-end-point'
  readonly data: Uint8Array
}

/**
 * One run of a SASL mechanism (RFC 4422 §3): a user may write one, for instance for GSSAPI.
 * An instance serves one authentication only.
 */
export interface SaslMechanism {
  readonly name: MechanismName
  /** Whether the secret itself crosses the wire, so that the mechanism is used under TLS only. */
  readonly plaintext: boolean
  /** The initial response; undefined when the server speaks first. */
  initial?(): Uint8Array
  /** Answers one challenge. What it throws cancels the exchange and rejects the call. */
  respond(challenge: Uint8Array): Uint8Array | Promise<Uint8Array>
  /** Called after the server's OK; throws when the server has not proved itself. */
  verify?(): void
  /** Called after the server's NO or BAD: what the server told of the failure in a challenge, such as the JSON of OAuth. */
  failure?(): unknown
}
