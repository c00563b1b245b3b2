import type { Address, Envelope } from '../model/envelope.js'
import { Memo } from '../mime/memo.js'
import { decodeName, decodeOctets, decodeWords } from '../mime/words.js'
import type { Cursor } from '../wire/cursor.js'
import { parseMessageDate } from './date.js'
import { match, readLooseString, skipMatch, skipRest } from './lenient.js'

const QUOTE = 0x22
const OPEN = 0x28
const CLOSE = 0x29
const BRACE = 0x7b
const NO_ADDRESSES: readonly Address[] = Object.freeze([])

/**
 * envelope = "(" env-date SP env-subject SP env-from SP env-sender SP env-reply-to SP env-to SP env-cc SP env-bcc
 *            SP env-in-reply-to SP env-message-id ")"   (RFC 9051 §9)
 *
 * Fields that are missing at the end count as NIL: some servers leave out In-Reply-To or Message-ID.
 */
export function readEnvelope(cursor: Cursor): Envelope {
  cursor.char('(')
  const rawDate = readLooseString(cursor)
  const rawSubject = readLooseString(cursor)
  cursor.skipSpaces()
  const start = cursor.pos
  const from = readAddresses(cursor)
  const fromText = repeatable(cursor.text.slice(start, cursor.pos))
  const sender = readSame(cursor, from, fromText)
  const replyTo = readSame(cursor, from, fromText)
  const to = readAddresses(cursor)
  const cc = readAddresses(cursor)
  const bcc = readAddresses(cursor)
  const inReplyTo = readLooseString(cursor)
  const messageId = readLooseString(cursor)
  skipRest(cursor)
  return {
    date: rawDate === null ? null : parseMessageDate(rawDate),
    rawDate,
    subject: rawSubject === null ? null : decodeWords(rawSubject),
    rawSubject,
    from,
    sender,
    replyTo,
    to,
    cc,
    bcc,
    inReplyTo: inReplyTo === null ? null : decodeOctets(inReplyTo),
    messageId: messageId === null ? null : decodeOctets(messageId),
  }
}

/** Most mail has the same list three times: the second and third are then not read again. */
function readSame(cursor: Cursor, from: readonly Address[], fromText: string | undefined): readonly Address[] {
  cursor.skipSpaces()
  if (fromText !== undefined && cursor.text.startsWith(fromText, cursor.pos)) {
    cursor.pos += fromText.length
    return from
  }
  return readAddresses(cursor)
}

/** A literal in the text has its octets elsewhere, so that equal text proves nothing; NIL is not worth comparing. */
function repeatable(text: string): string | undefined {
  return text.length > 3 && !text.includes('{') ? text : undefined
}

interface RawAddress {
  readonly name: string | null
  readonly mailbox: string | null
  readonly host: string | null
}

/** env-from = "(" 1*address ")" / nil ; env-to and the others alike */
function readAddresses(cursor: Cursor): readonly Address[] {
  cursor.skipSpaces()
  const next = cursor.peek()
  if (next === CLOSE) return NO_ADDRESSES
  if (next !== OPEN) {
    const text = readStringForList(cursor)
    return text === null || text === '' ? NO_ADDRESSES : [makeAddress({ name: null, ...splitAddress(text) })]
  }
  return readPlainAddresses(cursor) ?? readAnyAddresses(cursor)
}

/** A list of addresses as nearly all are sent, each with its mailbox and host. */
const PLAIN_LIST = /\((?:\((?:"[^"\\]*"|NIL) (?:"[^"\\]*"|NIL) "[^"\\]*" "[^"\\]*"\) ?)+\)/y
const PLAIN_MEMBER = /\((?:"([^"]*)"|NIL) (?:"[^"]*"|NIL) "([^"]*)" "([^"]*)"\)/g
/** Longest list that is remembered, in characters. */
const MAX_REMEMBERED = 400
const lists = new Memo<readonly Address[]>()

/** Few people write most mail, and to the same few: their lists are read once and shared; undefined for any other. */
function readPlainAddresses(cursor: Cursor): readonly Address[] | undefined {
  const start = cursor.pos
  if (!skipMatch(PLAIN_LIST, cursor)) return undefined
  const text = cursor.text.slice(start, cursor.pos)
  const known = lists.get(text)
  if (known !== undefined) return known
  if (text.length <= MAX_REMEMBERED) return lists.add(text, plainAddresses)
  cursor.pos = start
  return undefined
}

function plainAddresses(text: string): readonly Address[] {
  const addresses: Address[] = []
  for (const [, name = null, mailbox = null, host = null] of text.matchAll(PLAIN_MEMBER)) {
    addresses.push(Object.freeze(makeAddress({ name, mailbox, host })))
  }
  return Object.freeze(addresses)
}

function readAnyAddresses(cursor: Cursor): readonly Address[] {
  const read = cursor.list(() => readAddress(cursor))
  if (read.length === 0) return NO_ADDRESSES
  const addresses: Address[] = []
  for (let i = 0; i < read.length; i++) {
    const each = read[i]
    if (each === undefined) continue
    if (isEmpty(each)) continue
    const end = each.host === null && each.mailbox !== null ? groupEnd(read, i) : -1
    if (end < 0) {
      addresses.push(makeAddress(each))
      continue
    }
    const group = decodeWords(each.mailbox ?? '')
    for (const member of read.slice(i + 1, end))
      if (member !== undefined) addresses.push({ ...makeAddress(member), group })
    i = end
  }
  return addresses
}

/**
 * The index of the end marker of the group that starts at `start`, or -1. Without an end it is no group: a look-alike,
 * as servers send for an address they cannot parse, must not swallow the addresses behind it.
 */
function groupEnd(read: readonly (RawAddress | undefined)[], start: number): number {
  for (let i = start + 1; i < read.length; i++) {
    const each = read[i]
    if (each === undefined || each.host !== null) continue
    return each.mailbox === null || isEmpty(each) ? i : -1
  }
  return -1
}

/** Whether there is nothing in it: the end of a group; Courier sends the start like that too, with "" as its name. */
function isEmpty({ name, mailbox, host }: RawAddress): boolean {
  return host === null && (mailbox ?? '') === '' && (name ?? '') === ''
}

/** An address as nearly all are sent; matching it at once is faster than reading its strings. */
const PLAIN_ADDRESS = /\((?:"([^"\\]*)"|NIL) (?:"[^"\\]*"|NIL) (?:"([^"\\]*)"|NIL) (?:"([^"\\]*)"|NIL)\)/y

/** address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")" */
function readAddress(cursor: Cursor): RawAddress | undefined {
  if (cursor.peek() !== OPEN) {
    const text = readStringForList(cursor)
    return text === null ? undefined : { name: null, ...splitAddress(text) }
  }
  const plain = match(PLAIN_ADDRESS, cursor)
  if (plain !== null) return { name: plain[1] ?? null, mailbox: plain[2] ?? null, host: plain[3] ?? null }
  cursor.char('(')
  const name = readLooseString(cursor)
  readLooseString(cursor)
  const mailbox = readLooseString(cursor)
  const host = readLooseString(cursor)
  skipRest(cursor)
  return { name, mailbox, host }
}

/** A string where a list is due, or NIL. A bare word there is the next item of a message whose envelope was cut off. */
function readStringForList(cursor: Cursor): string | null {
  const first = cursor.peek()
  const text = readLooseString(cursor)
  if (text !== null && first !== QUOTE && first !== BRACE) throw cursor.fail('An address is expected')
  return text
}

function splitAddress(text: string): { readonly mailbox: string; readonly host: string | null } {
  const at = text.lastIndexOf('@')
  return at < 0 ? { mailbox: text, host: null } : { mailbox: text.slice(0, at), host: text.slice(at + 1) }
}

function makeAddress(raw: RawAddress): Address {
  const mailbox = raw.mailbox === null ? null : decodeOctets(raw.mailbox)
  const host = raw.host === null ? null : decodeOctets(raw.host)
  return {
    name: raw.name === null ? null : decodeName(raw.name),
    rawName: raw.name,
    mailbox,
    host,
    address: mailbox !== null && host !== null ? `${mailbox}@${host}` : (mailbox ?? host ?? ''),
  }
}
