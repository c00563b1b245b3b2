/** Bounds on what a server may make the client keep or do; all are finite by default. */
export interface Limits {
  /** Octets of one response without its literals. */
  readonly line: number
  /** Octets of one literal that is kept in memory. */
  readonly literal: number
  /** Octets of one response, kept literals included. */
  readonly response: number
  /** Depth of parentheses and of nested structures. */
  readonly nesting: number
  /** Elements of all lists of one response. */
  readonly items: number
  /**
   * Octets of all responses that one command collects, such as the lines of a LIST. What a stream has handed on does not
   * count.
   */
  readonly answer: number
  /** Octets of a command line; sets are split so that it is not passed. */
  readonly commandLine: number
  /** Octets of one partial fetch of a body at most; the first ones are smaller, and on a slow line all are. */
  readonly piece: number
  /** Octets that a held stream may buffer. */
  readonly buffered: number
  /** Octets that `bytes()`, `text()` and `parse()` take at most. */
  readonly maxBytes: number
  /** Commands that may wait. */
  readonly queue: number
}

const MIB = 1024 * 1024

/** The limits that hold unless an option says otherwise. */
export const DEFAULT_LIMITS: Readonly<Limits> = Object.freeze({
  // A SEARCH answer with a million UIDs takes about 8 MB.
  line: 16 * MIB,
  literal: 128 * MIB,
  response: 160 * MIB,
  nesting: 100,
  items: 5_000_000,
  answer: 256 * MIB,
  commandLine: 8000,
  piece: 16 * MIB,
  buffered: 32 * MIB,
  maxBytes: 64 * MIB,
  queue: 100_000,
})
