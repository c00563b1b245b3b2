import type { Address, Envelope } from '../model/envelope.js'
import { Memo } from '../mime/memo.js'
import { decodeName, decodeOctets, decodeWords } from '../mime/words.js'
import { Cursor } from '../wire/cursor.js'
import { parseMessageDate } from './date.js'
import { endList, readLooseString } from './lenient.js'

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
  endList(cursor)
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
    inReplyTo: inReplyTo === null ? null : textIn(cursor, inReplyTo),
    messageId: messageId === null ? null : textIn(cursor, messageId),
  }
}

/** Octets of a response as text. */
function textIn(cursor: Cursor, octets: string): string {
  return cursor.isPlain ? octets : decodeOctets(octets)
}

/** Most mail has the same list three times: the second and third are then not read again. */
function readSame(cursor: Cursor, from: readonly Address[], fromText: string | undefined): readonly Address[] {
  cursor.skipSpaces()
  if (fromText !== undefined && cursor.text.slice(cursor.pos, cursor.pos + fromText.length) === fromText) {
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

/** Longest list that is remembered, in characters. */
const MAX_REMEMBERED = 400
/** Few people write most mail, and to the same few: their lists are read once and shared. */
const lists = new Memo<readonly Address[] | undefined>()

/** env-from = "(" 1*address ")" / nil ; env-to and the others alike */
function readAddresses(cursor: Cursor): readonly Address[] {
  cursor.skipSpaces()
  const next = cursor.peek()
  if (next === CLOSE) return NO_ADDRESSES
  if (next !== OPEN) {
    const text = readStringForList(cursor)
    return text === null || text === '' ? NO_ADDRESSES : [makeAddress({ name: null, ...splitAddress(text) })]
  }
  return readSharedAddresses(cursor) ?? readAnyAddresses(cursor)
}

function readSharedAddresses(cursor: Cursor): readonly Address[] | undefined {
  const { text, pos } = cursor
  const end = endOfList(text, pos)
  if (end - pos > MAX_REMEMBERED) return undefined
  const list = text.slice(pos, end)
  const known = lists.get(list) ?? lists.add(list, sharedAddresses)
  if (known !== undefined) cursor.pos = end
  return known
}

/** The end of a list, unless a name in it holds two parentheses: what is cut out then is no list. */
function endOfList(text: string, start: number): number {
  let end = text.indexOf(')', start)
  while (end > 0 && text.charCodeAt(end + 1) !== CLOSE) end = text.indexOf(')', end + 1)
  return end < 0 ? Infinity : end + 2
}

/** A list as nearly all are sent: it is understood without looking at what follows it, and holds no literal. */
const REGULAR_LIST = /^\((?:\((?:"[^"\\]*"|NIL)(?: (?:"[^"\\]*"|NIL)){3}\) ?)+\)$/

function sharedAddresses(text: string): readonly Address[] | undefined {
  if (!REGULAR_LIST.test(text)) return undefined
  const addresses = readAnyAddresses(new Cursor({ text, literals: [] }))
  for (const address of addresses) Object.freeze(address)
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

/** address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")" */
function readAddress(cursor: Cursor): RawAddress | undefined {
  if (cursor.peek() !== OPEN) {
    const text = readStringForList(cursor)
    return text === null ? undefined : { name: null, ...splitAddress(text) }
  }
  cursor.pos++
  const name = readLooseString(cursor)
  readLooseString(cursor)
  const mailbox = readLooseString(cursor)
  const host = readLooseString(cursor)
  endList(cursor)
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
