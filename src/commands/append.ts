import { Buffer } from 'node:buffer'
import { ArgumentError } from '../model/errors.js'
import type { Flag } from '../model/flags.js'
import type { Uid } from '../model/ids.js'
import type { Tagged } from '../model/response.js'
import type { LiteralSource, Writer } from '../wire/writer.js'
import { checkArray, checkCapability, checkFlags, checkName, checkObject } from './checks.js'
import type { Command, EncodeContext } from './command.js'
import type { AppendItem } from './slots.js'
import { loggedIn } from './states.js'

/** What extensions add to messages, by key: other content, and data beside it (RFC 4466 §2.3). */
export type AppendTable = Readonly<Record<string, AppendItem<never>>>

/** A message to be stored. */
export interface AppendMessage {
  /**
   * The octets of the message, or a stream of them with their exact number; a stream serves one run of the command. Left
   * out where an extension makes the content, as `catenate` does.
   */
  readonly content?: LiteralSource | undefined
  readonly flags?: readonly Flag[] | undefined
  /** When the message is taken to have arrived; now by default. */
  readonly internalDate?: Date | undefined
  /**
   * Sends the content as binary, which needs BINARY (RFC 3516 §4.2). For bytes it is found out: they are binary when they
   * hold a NUL. A stream is not looked into.
   */
  readonly binary?: boolean | undefined
  /**
   * How a header beyond ASCII goes once UTF8=ACCEPT is enabled: in the item UTF8 of RFC 6855, or as it is (RFC 9755). Left
   * out, the item is tried, and the other form when the server does not know it.
   */
  readonly utf8?: 'item' | 'plain' | undefined
}

/** What the server tells of a message that it stored; only with UIDPLUS (RFC 4315 §3). */
export interface AppendResult {
  readonly uid?: Uid
  readonly uidValidity?: number
}

/**
 * APPEND: stores a message in a mailbox (RFC 9051 §6.3.12).
 *
 * @param table - what extensions add to messages
 * @throws ArgumentError for an empty message, a stream without a size, and flags that cannot be set
 */
export function append(mailbox: string, message: AppendMessage, table: AppendTable = {}): Command<AppendResult> {
  checkName(mailbox)
  checkMessage(message, table)
  return {
    name: 'APPEND',
    states: loggedIn,
    traits: {},
    encode: (w, context) => {
      w.sp().mailbox(mailbox)
      writeAppendMessage(w, message, context, table)
    },
    collect: () => ({ done: (tagged) => appendResults(tagged)[0] ?? {} }),
  }
}

/**
 * APPEND of several messages: all of them are stored, or none (RFC 3502 §6.3.11). Needs MULTIAPPEND.
 *
 * append = "APPEND" SP mailbox 1*append-message
 *
 * @param table - what extensions add to messages
 * @throws ArgumentError for no messages, and as {@link append} does for each
 */
export function appendAll(
  mailbox: string,
  messages: readonly AppendMessage[],
  table: AppendTable = {},
): Command<readonly AppendResult[]> {
  checkName(mailbox)
  checkArray('What is appended', messages)
  if (messages.length === 0) throw new ArgumentError('APPEND needs at least one message')
  for (const message of messages) checkMessage(message, table)
  return {
    name: 'APPEND',
    needs: 'MULTIAPPEND',
    states: loggedIn,
    traits: {},
    encode: (w, context) => {
      w.sp().mailbox(mailbox)
      for (const message of messages) writeAppendMessage(w, message, context, table)
    },
    collect: () => ({
      done: (tagged) => {
        const results = appendResults(tagged)
        // Fewer UIDs than messages would not tell which is whose.
        return results.length === messages.length ? results : messages.map(() => ({}))
      },
    }),
  }
}

/** Makes text fit for sending: UTF-8, with every line end made CRLF. Bytes and streams are left as they are. */
export function appendContent(content: string | LiteralSource): LiteralSource {
  return typeof content === 'string' ? Buffer.from(content.replace(/\r\n?|\n/g, '\r\n'), 'utf8') : content
}

/** @throws ArgumentError for what cannot be a message to store */
export function checkMessage(message: AppendMessage, table: AppendTable = {}): void {
  checkObject('A message to store', message)
  const { content, flags } = message
  const date: unknown = message.internalDate
  if (date !== undefined && !(date instanceof Date)) throw new ArgumentError('internalDate is a Date')
  if (flags !== undefined) checkFlags(flags)
  const items = itemsOf(message, table)
  for (const { item, value } of items) item.check?.(value)
  const made = items.filter(({ item }) => item.isContent === true)
  if (made.length === 0) checkContent(content)
  else if (made.length > 1 || content !== undefined) {
    throw new ArgumentError(`A message has one content: content or ${made.map(({ key }) => key).join(' or ')}`)
  }
}

/** What a message has of what extensions add, in the order of the table. */
function itemsOf(
  message: AppendMessage,
  table: AppendTable,
): readonly { readonly key: string; readonly item: AppendItem<never>; readonly value: never }[] {
  const values = message as Readonly<Record<string, unknown>>
  return Object.entries(table)
    .filter(([key]) => values[key] !== undefined)
    .map(([key, item]) => ({ key, item, value: values[key] as never }))
}

/** @throws ArgumentError for what is neither bytes nor a stream with its size */
export function checkContent(content: LiteralSource | undefined): asserts content is LiteralSource {
  const given: unknown = content
  if (typeof given !== 'object' || given === null || content === undefined) {
    throw new ArgumentError(
      'The content of a message is bytes, or { stream, size }: make them with appendContent(text)',
    )
  }
  const size = sizeOf(content)
  if (!Number.isSafeInteger(size) || size < 0) {
    throw new ArgumentError('A streamed message needs its exact size in octets: { stream, size }')
  }
  if (!(content instanceof Uint8Array) && !isIterable(content.stream)) {
    throw new ArgumentError('The stream of a message gives bytes: an iterable or async iterable of Uint8Array')
  }
  // An empty literal takes the whole command back (RFC 3502 §6.3.11).
  if (size === 0) throw new ArgumentError('A message to store must not be empty')
}

/** Octets that a source gives. */
export function sizeOf(source: LiteralSource): number {
  return source instanceof Uint8Array ? source.length : source.size
}

/** Text is iterable as well, but gives no bytes. */
function isIterable(stream: unknown): boolean {
  return typeof stream === 'object' && stream !== null && (Symbol.asyncIterator in stream || Symbol.iterator in stream)
}

/** Octets from which a round trip is worth it: a server that is full or forbids such sizes says so before the upload. */
const ASKS_FROM = 1024 * 1024

/**
 * Writes flags, date and content of one message, with a space before each.
 *
 * append-message = append-opts SP append-data   (RFC 4466 §2.3)
 * append-opts    = [SP flag-list] [SP date-time] *(SP append-ext)
 * append-data    = literal / literal8 / append-data-utf8 / append-data-ext
 */
export function writeAppendMessage(
  w: Writer,
  message: AppendMessage,
  context: EncodeContext,
  table: AppendTable = {},
): void {
  const { content, flags, internalDate, binary = false } = message
  const items = itemsOf(message, table)
  if (flags !== undefined && flags.length > 0) w.sp().flagList(flags)
  if (internalDate !== undefined) w.sp().dateTime(internalDate)
  // What is content comes last.
  for (const wanted of [false, true]) {
    for (const { key, item, value } of items) {
      if ((item.isContent === true) !== wanted) continue
      checkCapability(context, item.needs, key)
      w.sp()
      item.write(w, value, context)
    }
  }
  if (content === undefined) return
  w.sp()
  writeContent(w, content, binary, context, message.utf8 === 'plain')
}

function writeContent(
  w: Writer,
  content: LiteralSource,
  isBinary: boolean,
  context: EncodeContext,
  isPlain: boolean,
): void {
  const bytes = content instanceof Uint8Array ? content : undefined
  if (bytes !== undefined && !isPlain && needsUtf8(bytes, context)) {
    // append-data-utf8 = "UTF8" SP "(" literal8 ")"   (RFC 6855 §4)
    w.word('UTF8').sp().open().literal(bytes, { binary: true }).close()
    return
  }
  const binary = isBinary || bytes?.includes(0) === true
  if (binary && !context.has('BINARY')) {
    throw new ArgumentError('The message holds NUL octets, and the server lacks BINARY: encode such parts as base64')
  }
  w.literal(content, { binary, synchronize: asksFirst(sizeOf(content), context) })
}

/**
 * Whether the server is asked before so many octets are sent. Where it has limits that it tells by mailbox only, it is
 * always asked (RFC 7889 §4).
 */
export function asksFirst(size: number, context: EncodeContext): boolean {
  return size > ASKS_FROM || context.has('APPENDLIMIT')
}

/** Reads APPENDUID; with MULTIAPPEND it lists the UIDs in the order of the messages (RFC 4315 §3). */
export function appendResults({ code }: Pick<Tagged, 'code'>): readonly AppendResult[] {
  if (code?.name !== 'APPENDUID' || code.uids.hasStar) return []
  const { uidValidity } = code
  return Array.from(code.uids, (uid) => ({ uid, uidValidity }))
}

/** Once UTF8=ACCEPT is enabled, headers beyond ASCII go in UTF8 (…) only (RFC 6855 §4); IMAP4rev2 takes them as they are. */
export function needsUtf8(bytes: Uint8Array, context: Pick<EncodeContext, 'isEnabled'>): boolean {
  if (!context.isEnabled('UTF8=ACCEPT') || context.isEnabled('IMAP4rev2')) return false
  const end = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf('\r\n\r\n')
  const header = end < 0 ? bytes : bytes.subarray(0, end)
  return header.some((octet) => octet >= 0x80)
}
