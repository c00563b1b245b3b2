import type { ImapError } from '../model/errors.js'
import type { StateName } from '../model/events.js'
import type { FetchData } from '../model/message.js'
import type { NumberSet, SavedResult } from '../model/number-set.js'
import type { Continuation, Tagged, Untagged } from '../model/response.js'
import type { Writer } from '../wire/writer.js'
import type { Needs } from './slots.js'

/** A command of IMAP as a value (RFC 9051 §6): made by a factory, sent by `run`. It may be run more than once. */
export interface Command<Result> {
  /** The command's name as in the RFC, such as `UID FETCH`; it goes on the wire and into errors. */
  readonly name: string
  /** The states in which the RFC allows it. */
  readonly states: readonly StateName[]
  /** The capability without which it must not be sent; of a list, one is enough. */
  readonly needs?: Needs
  /** What the queue has to know; left out, the strictest reading of RFC 9051 §5.5 applies. */
  readonly traits?: Traits
  /**
   * Whether nothing is lost or done twice when it is sent again after its answer was lost. With `traits.seqArgs` that
   * holds only while the numbers mean the same messages: not on another connection.
   */
  readonly safe?: boolean
  /** Writes the arguments, beginning with `w.sp()`. Throws `ArgumentError` for what cannot be written. */
  encode?(w: Writer, context: EncodeContext): void
  /** Makes a fresh accumulator for one execution. */
  collect(context: CollectContext): Collector<Result>
}

/** What a command may look at while it is written, as it stands at that moment. */
export interface EncodeContext {
  /** Tells whether the server has a capability, implied ones included; the name in any case. */
  has(capability: string): boolean
  /** Tells whether an extension has been enabled (RFC 5161). */
  isEnabled(extension: string): boolean
}

/** What a collector may look at: the numbering of the selected mailbox as far as it is known. */
export interface CollectContext {
  /** How many messages there were in the selected mailbox when the command was sent. */
  readonly exists?: number | undefined
  /** The tag of this execution, for ESEARCH correlation. */
  readonly tag: string
  /** The UID of a sequence number, where known; during an EXPUNGE, its number still means the message that has gone. */
  uidOf(seq: number): number | undefined
}

/** Gathers the answer to one execution of a command. */
export interface Collector<Result> {
  /** Is offered every untagged response while the command is in flight; true claims it. */
  untagged?(response: Untagged): boolean
  /**
   * Is offered a literal of a FETCH answer before its bytes arrive; a sink takes the bytes instead of memory.
   * Offered only to commands whose traits say `streams`.
   */
  literal?(head: LiteralHead): LiteralSink | undefined
  /** Answers a continuation request in an exclusive dialogue (AUTHENTICATE, IDLE): one line, without CRLF; null says nothing. */
  continued?(request: Continuation): Uint8Array | null | Promise<Uint8Array | null>
  /** Gives the result after the tagged OK; what it throws rejects the call. */
  done(tagged: Tagged): Result
  /** Makes the error after a tagged NO or BAD; undefined leaves it to the usual one. */
  refused?(tagged: Tagged): ImapError | undefined
  /**
   * The command will get no answer: rejected, aborted or cut off. Lets streams fail. Called at most once, instead of
   * `done` and `refused`, or after `refused`; nothing else is called after it.
   */
  failed?(error: ImapError): void
}

/** What is known of a streamed literal when it is announced. */
export interface LiteralHead {
  readonly seq: number
  /** The items of the same FETCH answer that came before the literal. */
  readonly data: FetchData
  readonly kind: 'BODY' | 'BINARY'
  readonly section: string
  readonly offset: number | null
  /** Size in octets. */
  readonly size: number
}

/** Takes the bytes of one literal as they arrive. */
export interface LiteralSink {
  /**
   * Some bytes: a view into the socket's chunk, valid for as long as it is kept. False says that nothing of it is: then
   * its memory is used again.
   */
  data(bytes: Uint8Array): unknown
  /** The literal is complete. */
  end(): void
  /** The connection was lost inside the literal. */
  fail(error: ImapError): void
}

/** What a completed command changes about the connection (RFC 9051 §6). */
export type Effect =
  | { readonly kind: 'authenticate' }
  | { readonly kind: 'select'; readonly mailbox: string; readonly readOnly: boolean }
  | { readonly kind: 'unselect' }
  | { readonly kind: 'logout' }
  | { readonly kind: 'starttls' }
  | { readonly kind: 'enable'; readonly extensions: readonly string[] }
  | { readonly kind: 'unauthenticate' }
  | { readonly kind: 'compress' }

/** What decides whether a command may be sent while others are in flight (RFC 9051 §5.5), and what it changes. */
export interface Traits {
  /** Runs alone: a dialogue, or a change of the syntax. */
  readonly exclusive?: boolean
  readonly effect?: Effect
  /** Its arguments hold message sequence numbers. */
  readonly seqArgs?: boolean
  /** The server may send no EXPUNGE while it runs: FETCH, STORE and SEARCH in their non-UID forms. */
  readonly noExpunge?: boolean
  /**
   * Names untagged data that cannot be told apart from that of another command with the same name; those of an
   * extension without their `X:`.
   */
  readonly answers?: string | readonly string[]
  /** Reads or writes flags of these messages. */
  readonly flags?: { readonly access: 'read' | 'write'; readonly set: NumberSet<number> | SavedResult }
  /**
   * Asks for literals as streams. Two such commands with overlapping sets are not in flight together, unless both
   * name a `part` and these differ: successive partial fetches of one body, told apart by their origin octet.
   */
  readonly streams?: { readonly set: NumberSet<number> | SavedResult; readonly part?: string }
  /** The line that ends a dialogue early: `DONE` or `*`. */
  readonly interrupt?: string
  /** The dialogue gives way by itself when another command waits: IDLE. */
  readonly yields?: boolean
}
