import type { Arguments } from './arguments.js'
import type { Access } from './access.js'
import type { Call, Completion } from './feature.js'
import type { Session } from './session.js'
import type { MemoryMailbox, NewMessage } from './store/mailbox.js'
import type { StoredMessage } from './store/message.js'
import type { Updates, View } from './store/view.js'

/** Moments at which an extension has a say. What throws a Refusal ends the command with NO or BAD. */
export interface Hooks {
  /** The hooks are called while one of these is on offer; left out: always. */
  readonly needs?: readonly string[]
  /** A command is about to run; its arguments have not been read. */
  beforeCommand?(session: Session, call: Call, args: Arguments): void
  /** A command has succeeded: what it returns is told in place of `completion`. */
  onComplete?(session: Session, call: Call, completion: Completion): Completion
  /** Somebody has logged in, and nothing has been told yet: what it returns is told in place of the usual. */
  onLogin?(session: Session): Completion | undefined
  /** The session is at an end, or nobody is logged in any more (RFC 8437); what belonged to the login must go. */
  onLogout?(session: Session): void
  /** A fault delays a command by so many milliseconds; what it returns is called when the time is over. */
  onDelay?(session: Session, call: Call, milliseconds: number): () => void
  /** A mailbox was selected, and what SELECT tells of it has been told; parameters of SELECT come behind this. */
  onSelect?(session: Session, view: View): void
  /** A mailbox is about to be left. */
  onUnselect?(session: Session, view: View): void
  /** CREATE is about to make a mailbox of this name. */
  beforeCreate?(session: Session, name: string): void
  /** CREATE made a mailbox: returns the response code of its answer. */
  onCreate?(session: Session, mailbox: MemoryMailbox): string | undefined
  /** RENAME gave a mailbox its new name: returns the response code of its answer. */
  onRename?(session: Session, mailbox: MemoryMailbox): string | undefined
  /**
   * A command named messages (`FETCH`, `STORE`, `COPY`, `MOVE`, `EXPUNGE`, `SEARCH`): returns those that it is to treat. With
   * `whole` it treats all of them or none.
   */
  limit?(session: Session, call: Call, messages: readonly StoredMessage[], whole: boolean): readonly StoredMessage[]
  /** A message number of the client is about to be looked up as a sequence number. */
  beforeSequenceNumbers?(session: Session): void
  /** So many octets are announced for a message (or a piece of it), or have come; asked as early as possible. */
  beforeMessage?(session: Session, mailbox: MemoryMailbox, octets: number, leaving: readonly StoredMessage[]): void
  /**
   * Messages are about to be stored by APPEND, COPY, MOVE or the like; all of them or none. `leaving` are those that REPLACE
   * removes in the same moment (RFC 8508 §3.4).
   */
  beforeAdd?(
    session: Session,
    mailbox: MemoryMailbox,
    messages: readonly NewMessage[],
    leaving: readonly StoredMessage[],
  ): void
  /** Messages have been stored; a copy knows its `origin`. */
  onAdd?(session: Session, mailbox: MemoryMailbox, added: readonly StoredMessage[]): void
  /** What happened in the mailbox is about to be told; removals have not been told, so that numbers are as before. */
  beforeUpdates?(session: Session): void
  /** What happened has been told; `null` when no mailbox is selected. Called at the end of every command and in IDLE. */
  onUpdates?(session: Session, updates: Updates | null): void
  /** Which mailboxes a user can name; the last one that answers counts. */
  access?(session: Session, access: Access): Access
}
