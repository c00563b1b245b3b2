import type { Arguments, SentSet } from './arguments.js'
import type { Call } from './feature.js'
import type { FetchItem } from './fetch/item.js'
import type { Candidate } from './list/candidates.js'
import type { SearchContext, SearchTest } from './search/key.js'
import type { Session } from './session.js'
import type { FlagChange, MemoryMailbox } from './store/mailbox.js'
import type { StoredMessage } from './store/message.js'
import type { View } from './store/view.js'

// The extension points of RFC 4466, RFC 4731, RFC 5256 and RFC 5258 that have no other home. Every `read` stands behind
// the name of what it reads, so it takes the space ahead of a value itself; `needs`: one of them must be on offer.

/** An item of STATUS. */
export interface StatusItem {
  readonly needs?: readonly string[]
  /** Its value as it is told. */
  value(mailbox: MemoryMailbox, session: Session): string
}

/** What a parameter of SELECT chooses and does. */
export interface SelectRule {
  /** The mailbox that is opened in place of the one that was named; undefined to leave it at the name. */
  choose?(): MemoryMailbox | undefined
  /** Runs when the mailbox is open. */
  apply(view: View): void
}

/** A parameter of SELECT and EXAMINE (RFC 4466 §2.1): reads its value, returns what to do when the mailbox is open. */
export interface SelectParameter {
  readonly needs: readonly string[]
  /** Reads the value. */
  read(args: Arguments, session: Session): ((view: View) => void) | SelectRule
}

/** A parameter of CREATE (RFC 4466 §2.2). */
export interface CreateParameter {
  readonly needs: readonly string[]
  /** Reads the value. */
  read(args: Arguments, session: Session): (mailbox: MemoryMailbox) => void
}

/** A parameter of RENAME (RFC 4466 §2.3): what it returns runs when the mailbox has its new name. */
export interface RenameParameter {
  readonly needs: readonly string[]
  /** Reads the value. */
  read(args: Arguments, session: Session): (mailbox: MemoryMailbox) => void
}

/** What ENABLE takes (RFC 5161). */
export interface Enabling {
  /** Left out: the name itself. */
  readonly needs?: readonly string[]
  /** Switches it on; adds the name in upper case to `session.enabled`. */
  readonly enable: (session: Session) => void
}

/** What a modifier makes of a FETCH. */
export interface FetchRule {
  /** Items that are answered as well. */
  readonly items?: readonly string[]
  /** The mod-sequence behind which messages count: of CHANGEDSINCE. */
  readonly since?: bigint
  /** Runs when the whole command has been read, ahead of any answer; `rules` are those of all its modifiers. */
  begin?(session: Session, set: SentSet, call: Call, rules: readonly FetchRule[]): void
  /** Whether a message of the set is answered. */
  takes?(message: StoredMessage): boolean
  /** Of the messages of the set, ascending, those that are looked at; asked ahead of `takes` (RFC 9394 §3.4). */
  pick?(messages: readonly StoredMessage[]): readonly StoredMessage[]
}

/** A modifier of FETCH (RFC 4466 §2.4): reads its value. */
export interface FetchModifier {
  readonly needs: readonly string[]
  /** Reads the value. */
  read(args: Arguments, session: Session): FetchRule
}

/** How STORE changes an item: its sign, and whether the name ended in `.SILENT`. */
export interface StoreManner {
  readonly change: FlagChange
  readonly silent: boolean
}

/** What a STORE is to do with every message. */
export interface StoreAction {
  /** Throws a Refusal when a message cannot be changed; asked of all ahead of any change. */
  check?(message: StoredMessage): void
  /** Changes a message; returns whether that made a difference. The mod-sequence is raised by the caller. */
  apply(message: StoredMessage): boolean
  /** What the answer tells of a message that was changed without `.SILENT`. */
  readonly tells?: readonly FetchItem[]
}

/** An item of STORE beside FLAGS (RFC 4466 §2.5), named without sign and `.SILENT`: reads its value. */
export interface StoreItem {
  readonly needs: readonly string[]
  /** Reads the value. */
  read(args: Arguments, session: Session, manner: StoreManner): StoreAction
}

/** What a modifier makes of a STORE. */
export interface StoreRule {
  /** Runs when the whole command has been read. */
  begin?(session: Session): void
  /** Whether a message may be changed; the others are told as MODIFIED. */
  allows(message: StoredMessage): boolean
}

/** A modifier of STORE (RFC 4466 §2.5): reads its value. */
export interface StoreModifier {
  readonly needs: readonly string[]
  /** Reads the value. */
  read(args: Arguments, session: Session): StoreRule
}

/** append-ext ahead of the message (RFC 4466 §2.8): what it returns runs when the message is stored. */
export interface AppendOption {
  readonly needs: readonly string[]
  /** Reads the value. */
  read(args: Arguments, session: Session): (message: StoredMessage) => void
}

/** append-data-ext in place of the literal (RFC 4466 §2.8): what it returns gives the octets when all has been read. */
export interface AppendData {
  readonly needs: readonly string[]
  /** Reads the value. */
  read(args: Arguments, session: Session): () => Buffer
}

/** The number by which an answer names a message: its UID or its sequence number. */
export type NumberOf = (message: StoredMessage) => number

/** What the options of one SEARCH or SORT know of it. */
export interface SearchAnswer {
  readonly session: Session
  readonly call: Call
  readonly number: NumberOf
  /** Whether the order of the messages means something: in the answer to SORT (RFC 5267 §3). */
  readonly sorted: boolean
  /** That order, where it is not the one of the mailbox. */
  readonly order?: (a: StoredMessage, b: StoredMessage) => number
  /** What stands behind the tag in the parentheses of the answer, with a space ahead (RFC 7377 §2.1). */
  readonly correlator?: string
  readonly context: SearchContext
  readonly test: SearchTest
}

/** What an option of SEARCH RETURN tells of the messages found, null for nothing. */
export interface SearchTelling {
  (found: readonly StoredMessage[], answer: SearchAnswer): string | null
  /** As `counts` of {@link SearchReturn}, where it follows from the value. */
  readonly counts?: (found: readonly StoredMessage[]) => readonly StoredMessage[]
}

/** An option of SEARCH RETURN (RFC 4466 §2.6). */
export interface SearchReturn {
  readonly needs: readonly string[]
  /** What is needed for it in SORT (RFC 5267 §3.1); left out: the same. */
  readonly sortNeeds?: readonly string[]
  /** Options of one group exclude each other, and themselves. */
  readonly group?: string
  /** Whether it asks for no data: it has no say in what counts for `$` and MODSEQ. */
  readonly aside?: boolean
  /** Reads the value. */
  read(args: Arguments, session: Session): SearchTelling
  /** The messages that count for `$` and MODSEQ when only such options are given; left out: all (RFC 5182 §2.4). */
  counts?(found: readonly StoredMessage[]): readonly StoredMessage[]
}

/** A key of SORT (RFC 5256 §3): compares two messages, ascending. */
export interface SortKey {
  readonly needs: readonly string[]
  /** Reads what belongs to it. */
  read(args: Arguments, context: SearchContext): (a: StoredMessage, b: StoredMessage) => number
}

/** A node of an answer to THREAD: a message, or null for one that is not there, and its answers. */
export interface ThreadNode {
  readonly message: StoredMessage | null
  readonly children: readonly ThreadNode[]
}

/** An algorithm of THREAD (RFC 5256 §3). */
export interface ThreadAlgorithm {
  readonly needs: readonly string[]
  /** The roots of the threads, in order. */
  thread(found: readonly StoredMessage[], session: Session): readonly ThreadNode[]
}

/** What an option in the selection of LIST makes of it. */
export interface ListSelection {
  /** Whether a name is taken; several options take what all of them take. Left out: it only modifies others. */
  readonly takes?: (candidate: Candidate) => boolean
  /** Whether names that do not exist may be taken as well. */
  readonly unreal?: boolean
  /** How CHILDINFO names it, where it works with RECURSIVEMATCH (RFC 5258 §3.5). */
  readonly childInfo?: string
  /** Whether it is RECURSIVEMATCH. */
  readonly recursive?: boolean
  /** Whether it is REMOTE. */
  readonly remote?: boolean
  /** What it adds to the answers. */
  readonly extra?: ListExtra
}

/** An option in the selection of LIST (RFC 5258 §3.1): reads its value. */
export interface ListSelect {
  readonly needs: readonly string[]
  /** Reads the value. */
  read(args: Arguments, session: Session): ListSelection
}

/** What an option of LIST adds. */
export interface ListExtra {
  /** Attributes of a name. */
  attributes?(candidate: Candidate): readonly string[]
  /** Extended data of a name: `"TAG" value` (RFC 5258 §3.5). */
  extended?(candidate: Candidate): string | null
  /** Tells more of a mailbox, behind its LIST. */
  after?(mailbox: MemoryMailbox): void
}

/** An option of LIST RETURN (RFC 5258 §3.2): reads its value. */
export interface ListReturn {
  readonly needs: readonly string[]
  /** Reads the value. */
  read(args: Arguments, session: Session): ListExtra
}
