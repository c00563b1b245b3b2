import type { FetchItemReader } from '../grammar/tables.js'
import type { FetchData } from '../model/message.js'
import type { Untagged } from '../model/response.js'
import type { Cursor } from '../wire/cursor.js'
import type { Writer } from '../wire/writer.js'
import type { Command, EncodeContext } from './command.js'

/** The capability without which something must not be sent; of a list, one is enough. */
export type Needs = string | readonly string[]

/** One item of a query: what is asked with, and what a message then holds. */
export interface QueryItem<Ask, Got> {
  readonly ask: Ask
  readonly got: Got
}

/** An item of FETCH: how it is asked for, and how its answer is read. */
export interface FetchItem<Ask = unknown> {
  /** The key in a query and in a message. */
  readonly key: string
  readonly needs?: Needs
  /** Writes the item into the list of items. */
  write(w: Writer, ask: Ask, context: EncodeContext): void
  /** Whether a message has what was asked for; left out, whether there is anything under `key`. */
  has?(data: FetchData, ask: Ask): boolean
  /** Readers by the name of the attribute in the answer, in upper case, up to a `[` or a space. */
  readonly read: Readonly<Record<string, FetchItemReader>>
}

/** A key of SEARCH. */
export interface SearchKey<Value = unknown> {
  readonly needs?: Needs
  /** Whether its value is criteria, to which it does something, as FUZZY does. */
  readonly nests?: boolean
  /**
   * Writes the key and its value, without spaces around them.
   *
   * @param nest - writes criteria as one search key, for a key that nests
   */
  write(w: Writer, value: Value, context: EncodeContext, nest: (w: Writer, criteria: unknown) => void): void
}

/** An item of STATUS (RFC 9051 §6.3.11). */
export interface StatusItem {
  /** The key in a query and in the result. */
  readonly key: string
  /** The name on the wire. */
  readonly name: string
  readonly needs?: Needs
  /** Reads the value in an answer. */
  read(cursor: Cursor): unknown
}

/** An option of a command that an extension adds, by its key among the options: how it is checked and written. */
export interface OptionItem<Value = unknown> {
  readonly needs?: Needs
  /** @throws ArgumentError for a value that cannot be right; called before anything is queued */
  check?(value: Value): void
  /** Writes the option and its value, without spaces around them. */
  write(w: Writer, value: Value, context: EncodeContext): void
}

/** A parameter of SELECT and EXAMINE (RFC 4466 §2.1). */
export interface SelectItem<Value = unknown> extends OptionItem<Value> {
  /** Makes what takes the answer. */
  collect?(value: Value): SelectCollector
}

/** Takes what a server tells because of a parameter of SELECT. */
export interface SelectCollector {
  /** Is offered every untagged response while the command is in flight; true claims it. */
  untagged(response: Untagged): boolean
  /** Gives what the result tells under the key of the parameter. */
  done(): unknown
}

/** Something else than flags that STORE changes, by its key in a change (RFC 4466 §2.5). */
export interface StoreItem<Value = unknown> {
  readonly needs?: Needs
  /** @throws ArgumentError for a value that cannot be right */
  check?(value: Value): void
  /** Writes the item and its value, such as `+X-GM-LABELS.SILENT (a b)`. */
  write(w: Writer, value: Value, silent: boolean, context: EncodeContext): void
}

/** The commands that search in the selected mailbox: what one of them can return, another one may not. */
export type SearchKind = 'SEARCH' | 'SORT'

/** What a search found, in its order: that of the mailbox, or that of SORT. */
export interface FoundMessages {
  /** The messages at these places, counted from 1, both ends included: a set, or for SORT an array. */
  slice(from: number, to: number): unknown
  /** How many there are. */
  readonly size: number
  /** Reads a set of the server's answer: as a set, or for SORT as an array. @throws ProtocolError for what is none */
  read(text: string): unknown
}

/**
 * Something that SEARCH and SORT can return, by its key in the result (RFC 4466 §2.6). One that takes a value is an option
 * of its own under that key; others are named in `return`, and their value is true.
 */
export interface SearchReturnItem<Value = unknown> {
  /** What the server must have for it; of a list, one is enough. */
  needs(kind: SearchKind, value: Value): Needs
  /** Whether it takes a value. */
  readonly takesValue?: boolean
  /** Whether it is a hint: left out where the server does not know it. */
  readonly isHint?: boolean
  /** The search key without which it must not be asked for. */
  readonly withKey?: string
  /** Whether it takes the place of ALL, which must not be asked for beside it. */
  readonly replacesAll?: boolean
  /** @throws ArgumentError for a value that cannot be right; called before anything is queued */
  check?(value: Value): void
  /** Writes the option and its value, without spaces around them. */
  write(w: Writer, value: Value, context: EncodeContext): void
  /** Readers of its data in ESEARCH by name in upper case; left out, there is none. */
  readonly read?: Readonly<Record<string, (cursor: Cursor) => unknown>>
  /** Makes the result of data that were read; they are undefined when the server told none. */
  result?(data: unknown, found: FoundMessages): unknown
  /** Works the result out of all that was found, where the server did not tell it. */
  emulate?(found: FoundMessages, value: Value): unknown
}

/** A criterion of SORT (RFC 5256 §3), by its key. */
export interface SortKey<Value = unknown> {
  readonly needs?: Needs
  /** The search key without which it must not be used. */
  readonly withKey?: string
  /** Writes the criterion, and the value of one that has any. */
  write(w: Writer, value: Value, context: EncodeContext): void
}

/** Something that LIST can tell of each mailbox, by its key among the options and in the result (RFC 5258 §3.2). */
export interface ListReturnItem<Value = unknown> extends OptionItem<Value> {
  /** Takes a response that tells of one mailbox; undefined when it is none of this item's. */
  take(response: Untagged): { readonly mailbox: string; readonly value: unknown } | undefined
  /** Joins what several responses told of one mailbox; left out, the last one counts. */
  join?(before: unknown, value: unknown): unknown
  /** The command that asks the same of one mailbox, where LIST cannot tell it. */
  emulate?(mailbox: string, value: Value): Command<unknown>
}

/** Content or data of a message for APPEND that an extension adds, by its key in the message (RFC 4466 §2.3). */
export interface AppendItem<Value = unknown> extends OptionItem<Value> {
  /** Whether it stands in place of the content. */
  readonly isContent?: boolean
}
