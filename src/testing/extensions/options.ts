/** What single extensions of the embedded server can be told; each has one field of its own here. */
export interface ExtensionOptions {
  /** Octets of the largest message that APPEND takes, announced as `APPENDLIMIT=` (RFC 7889); default the literal limit. */
  readonly appendLimit?: number
}
