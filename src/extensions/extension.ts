import type { FetchData } from '../model/message.js'
import type { Cursor } from '../wire/cursor.js'
import type { Writer } from '../wire/writer.js'
import type { EncodeContext } from '../commands/command.js'
import type { CodeReader, FetchItemReader, UntaggedReader } from '../grammar/tables.js'

export type { CodeReader, FetchItemReader, UntaggedReader } from '../grammar/tables.js'

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

/** One extension of IMAP as a record; the slots are the extension points of RFC 4466 and RFC 5258, all optional. */
export interface Extension {
  /** The capability, as announced. */
  readonly capability: string
  /** The RFC, or `'none'` where no specification is public. */
  readonly rfc: number | string
  /** One sentence on what the user gets. */
  readonly summary: string
  /** Capabilities that this one includes. */
  readonly implies?: readonly string[]
  /** Whether it has to be switched on by ENABLE (RFC 5161). */
  readonly enable?: boolean
  /** Readers of untagged responses by name in upper case. */
  readonly untagged?: Readonly<Record<string, UntaggedReader>>
  /** Readers of response codes by name in upper case. */
  readonly codes?: Readonly<Record<string, CodeReader>>
  readonly fetchItems?: readonly FetchItem<never>[]
  /** Search keys by their name in criteria. */
  readonly searchKeys?: Readonly<Record<string, SearchKey<never>>>
  readonly statusItems?: readonly StatusItem[]
}
