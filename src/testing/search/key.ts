import type { Arguments } from '../arguments.js'
import type { Session } from '../session.js'
import type { StoredMessage } from '../store/message.js'
import type { View } from '../store/view.js'

/** Whether a message is found. */
export type SearchTest = (message: StoredMessage) => boolean

/** What the keys of one SEARCH share. */
export interface SearchContext {
  readonly session: Session
  /** The mailbox that is searched. */
  readonly view: View
  /** The charset of the arguments, in upper case; set by `useCharset`. */
  charset: string
  /** Takes a charset for the arguments that follow. @throws Refusal `[BADCHARSET]` */
  useCharset(name: string): void
  /** Octets of an argument as text in the charset of the command, in the form in which texts are compared. */
  text(octets: Buffer): string
  /** A text in that form. */
  prepare(text: string): string
  /** Whether a text of a message, as people read it, holds what `text` made of an argument. */
  holds(text: string, wanted: string): boolean
  /** Whether sequence numbers that no message has are passed over (RFC 7377 §2); else they are BAD. */
  readonly lenient: boolean
  /** Reads one more key: for NOT and OR. */
  key(args: Arguments): SearchTest
  /** What the keys at the top that name messages by numbers let through: these are the messages that are searched. */
  readonly scope: SearchTest[]
  /** Set by MODSEQ: the answer then tells the highest mod-sequence (RFC 7162 §3.1.5). */
  modSeq: boolean
}

/** Reads what stands behind the name of a key, the space ahead of it included. */
export interface SearchKeyReader {
  readonly needs?: readonly string[]
  /** Makes the test of a message. @throws Refusal for what is no such key */
  read(args: Arguments, context: SearchContext): SearchTest
}
