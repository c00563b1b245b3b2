import type { FetchItemReader } from '../grammar/tables.js'
import type { FetchData } from '../model/message.js'
import type { Cursor } from '../wire/cursor.js'
import type { Writer } from '../wire/writer.js'
import type { EncodeContext } from './command.js'

/** An item of FETCH: how it is asked for, and how its answer is read. */
export interface FetchItem<Ask = unknown> {
  /** The key in a query and in a message. */
  readonly key: string
  /** The capability that it needs. */
  readonly needs?: string
  /** Writes the item into the list of items. */
  write(w: Writer, ask: Ask, context: EncodeContext): void
  /** Whether a message has what was asked for; left out, whether there is anything under `key`. */
  has?(data: FetchData, ask: Ask): boolean
  /** Readers by the name of the attribute in the answer, in upper case, up to a `[` or a space. */
  readonly read: Readonly<Record<string, FetchItemReader>>
}

/** A key of SEARCH. */
export interface SearchKey<Value = unknown> {
  readonly needs?: string
  /** Writes the key and its value, without spaces around them. */
  write(w: Writer, value: Value, context: EncodeContext): void
}

/** An item of STATUS (RFC 9051 §6.3.11). */
export interface StatusItem {
  /** The key in a query and in the result. */
  readonly key: string
  /** The name on the wire. */
  readonly name: string
  readonly needs?: string
  /** Reads the value in an answer. */
  read(cursor: Cursor): unknown
}
