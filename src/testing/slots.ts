import type { Arguments } from './arguments.js'
import type { Candidate } from './list/candidates.js'
import type { Session } from './session.js'
import type { MemoryMailbox } from './store/mailbox.js'
import type { StoredMessage } from './store/message.js'
import type { View } from './store/view.js'

// The extension points of RFC 4466, RFC 4731 and RFC 5258 that have no other home.

/** An item of STATUS. */
export interface StatusItem {
  readonly needs?: readonly string[]
  value(mailbox: MemoryMailbox, session: Session): string
}

/** A parameter of SELECT and EXAMINE (RFC 4466 §2.1): reads its value, returns what to do when the mailbox is open. */
export interface SelectParameter {
  readonly needs: readonly string[]
  read(args: Arguments, session: Session): (view: View) => void
}

/** A parameter of CREATE (RFC 4466 §2.2). */
export interface CreateParameter {
  readonly needs: readonly string[]
  read(args: Arguments, session: Session): (mailbox: MemoryMailbox) => void
}

/** What a modifier makes of a FETCH. */
export interface FetchRule {
  /** Items that are answered as well. */
  readonly items?: readonly string[]
  /** Runs when the whole command has been read. */
  begin?(session: Session): void
  /** Whether a message of the set is answered. */
  takes?(message: StoredMessage): boolean
}

/** A modifier of FETCH (RFC 4466 §2.4): reads its value. */
export interface FetchModifier {
  readonly needs: readonly string[]
  read(args: Arguments, session: Session): FetchRule
}

/** What a modifier makes of a STORE. */
export interface StoreRule {
  begin?(session: Session): void
  /** Whether a message may be changed; the others are told as MODIFIED. */
  allows(message: StoredMessage): boolean
}

/** A modifier of STORE (RFC 4466 §2.5): reads its value. */
export interface StoreModifier {
  readonly needs: readonly string[]
  read(args: Arguments, session: Session): StoreRule
}

/** An option of SEARCH RETURN (RFC 4466 §2.6): reads its value, returns what it tells of the messages found. */
export interface SearchReturn {
  readonly needs: readonly string[]
  read(args: Arguments, session: Session): (found: readonly StoredMessage[], number: NumberOf) => string | null
  /** The messages that count for `$` and MODSEQ when only such options are given; left out: all (RFC 5182 §2.4). */
  counts?(found: readonly StoredMessage[]): readonly StoredMessage[]
}

/** The number by which an answer names a message: its UID or its sequence number. */
export type NumberOf = (message: StoredMessage) => number

/** What an option of LIST RETURN adds. */
export interface ListExtra {
  /** Attributes of a name. */
  attributes?(candidate: Candidate): readonly string[]
  /** Tells more of a mailbox, behind its LIST. */
  after?(mailbox: MemoryMailbox): void
}

/** An option of LIST RETURN (RFC 5258 §3.2): reads its value. */
export interface ListReturn {
  readonly needs: readonly string[]
  read(args: Arguments, session: Session): ListExtra
}
