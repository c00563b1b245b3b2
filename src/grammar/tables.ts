import type { ProtocolError } from '../model/errors.js'
import type { FetchData } from '../model/message.js'
import type { UntaggedBase } from '../model/response.js'
import type { Cursor } from '../wire/cursor.js'

/** Reads the data of an untagged response, behind its name; `number` stands before the name in `* 12 FETCH`. */
export type UntaggedReader = (cursor: Cursor, number: number | undefined) => UntaggedBase

/** Reads the data of a response code, behind its name and the space, up to the closing bracket. */
export type CodeReader = (cursor: Cursor) => object

/** Reads the value of one attribute of a FETCH answer into the message. */
export type FetchItemReader = (cursor: Cursor, data: FetchData) => void

/** Reads one item of a STATUS answer and names the key that its value gets. */
export interface StatusItemReader {
  readonly key: string
  read(cursor: Cursor): unknown
}

/** What the readers of responses look names up in; all names are in upper case. */
export interface ResponseTables {
  readonly untagged: ReadonlyMap<string, UntaggedReader>
  readonly codes: ReadonlyMap<string, CodeReader>
}

/** Is told of every fault that was tolerated and that no message's `defects` records. */
export type Warn = (error: ProtocolError) => void
