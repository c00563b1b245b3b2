import { Buffer } from 'node:buffer'
import { ArgumentError } from '../model/errors.js'
import type { Flag } from '../model/flags.js'
import type { Uid } from '../model/ids.js'
import type { Tagged } from '../model/response.js'
import type { LiteralSource, Writer } from '../wire/writer.js'
import { checkFlags, checkName, checkObject } from './checks.js'
import type { Command, EncodeContext } from './command.js'
import { loggedIn } from './states.js'

/** A message to be stored. */
export interface AppendMessage {
  /** The octets of the message, or a stream of them with their exact number; a stream serves one run of the command. */
  readonly content: LiteralSource
  readonly flags?: readonly Flag[] | undefined
  /** When the message is taken to have arrived; now by default. */
  readonly internalDate?: Date | undefined
  /**
   * Sends the content as binary, which needs BINARY (RFC 3516 §4.2). For bytes it is found out: they are binary when they
   * hold a NUL. A stream is not looked into.
   */
  readonly binary?: boolean | undefined
}

/** What the server tells of a message that it stored; only with UIDPLUS (RFC 4315 §3). */
export interface AppendResult {
  readonly uid?: Uid
  readonly uidValidity?: number
}

/**
 * APPEND: stores a message in a mailbox (RFC 9051 §6.3.12).
 *
 * @throws ArgumentError for an empty message, a stream without a size, and flags that cannot be set
 */
export function append(mailbox: string, message: AppendMessage): Command<AppendResult> {
  checkName(mailbox)
  checkMessage(message)
  return {
    name: 'APPEND',
    states: loggedIn,
    traits: {},
    encode: (w, context) => {
      w.sp().mailbox(mailbox)
      writeAppendMessage(w, message, context)
    },
    collect: () => ({ done: (tagged) => appendResults(tagged)[0] ?? {} }),
  }
}

/** Makes text fit for sending: UTF-8, with every line end made CRLF. Bytes and streams are left as they are. */
export function appendContent(content: string | LiteralSource): LiteralSource {
  return typeof content === 'string' ? Buffer.from(content.replace(/\r\n?|\n/g, '\r\n'), 'utf8') : content
}

/** @throws ArgumentError for what cannot be a message to store */
export function checkMessage(message: AppendMessage): void {
  checkObject('A message to store', message)
  const { content, flags } = message
  const date: unknown = message.internalDate
  if (date !== undefined && !(date instanceof Date)) throw new ArgumentError('internalDate is a Date')
  if (flags !== undefined) checkFlags(flags)
  const given: unknown = content
  if (typeof given !== 'object' || given === null) {
    throw new ArgumentError(
      'The content of a message is bytes, or { stream, size }: make them with appendContent(text)',
    )
  }
  const size = content instanceof Uint8Array ? content.length : content.size
  if (!Number.isSafeInteger(size) || size < 0) {
    throw new ArgumentError('A streamed message needs its exact size in octets: { stream, size }')
  }
  if (!(content instanceof Uint8Array) && !isIterable(content.stream)) {
    throw new ArgumentError('The stream of a message gives bytes: an iterable or async iterable of Uint8Array')
  }
  // An empty literal takes the whole command back (RFC 3502 §6.3.11).
  if (size === 0) throw new ArgumentError('A message to store must not be empty')
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
 * append-message = [SP flag-list] [SP date-time] SP (literal / literal8 / append-data-utf8)
 */
export function writeAppendMessage(w: Writer, message: AppendMessage, context: EncodeContext): void {
  const { content, flags, internalDate } = message
  if (flags !== undefined && flags.length > 0) w.sp().flagList(flags)
  if (internalDate !== undefined) w.sp().dateTime(internalDate)
  w.sp()
  const bytes = content instanceof Uint8Array ? content : undefined
  if (bytes !== undefined && needsUtf8(bytes, context)) {
    // append-data-utf8 = "UTF8" SP "(" literal8 ")"   (RFC 6855 §4)
    w.word('UTF8').sp().open().literal(bytes, { binary: true }).close()
    return
  }
  const binary = message.binary === true || bytes?.includes(0) === true
  if (binary && !context.has('BINARY')) {
    throw new ArgumentError('The message holds NUL octets, and the server lacks BINARY: encode such parts as base64')
  }
  const size = content instanceof Uint8Array ? content.length : content.size
  w.literal(content, { binary, synchronize: size > ASKS_FROM })
}

/** Reads APPENDUID; with MULTIAPPEND it lists the UIDs in the order of the messages (RFC 4315 §3). */
export function appendResults(tagged: Tagged): readonly AppendResult[] {
  const { code } = tagged
  if (code?.name !== 'APPENDUID' || code.uids.hasStar) return []
  const { uidValidity } = code
  return Array.from(code.uids, (uid) => ({ uid, uidValidity }))
}

/** Once UTF8=ACCEPT is enabled, headers beyond ASCII go in UTF8 (…) only (RFC 6855 §4); IMAP4rev2 takes them as they are. */
function needsUtf8(bytes: Uint8Array, context: EncodeContext): boolean {
  if (!context.isEnabled('UTF8=ACCEPT') || context.isEnabled('IMAP4rev2')) return false
  const end = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf('\r\n\r\n')
  const header = end < 0 ? bytes : bytes.subarray(0, end)
  return header.some((octet) => octet >= 0x80)
}
