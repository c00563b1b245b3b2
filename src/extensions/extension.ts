import type { FetchItem, SearchKey, StatusItem } from '../commands/slots.js'
import type { CodeReader, UntaggedReader } from '../grammar/tables.js'

export type { FetchItem, SearchKey, StatusItem } from '../commands/slots.js'
export type { CodeReader, FetchItemReader, UntaggedReader } from '../grammar/tables.js'

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
