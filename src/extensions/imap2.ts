import { checkName, checkObject, checkString } from '../commands/checks.js'
import type { Collector, Command } from '../commands/command.js'
import { loggedIn, mailboxSelected } from '../commands/states.js'
import { ArgumentError } from '../model/errors.js'
import type { Envelope } from '../model/envelope.js'
import type { Flag } from '../model/flags.js'
import type { SeqNum } from '../model/ids.js'
import type { FetchData } from '../model/message.js'
import { SeqSet } from '../model/number-set.js'
import type { ExtensionResponse, Untagged } from '../model/response.js'
import type { Cursor } from '../wire/cursor.js'
import type { Extension } from './extension.js'

/** What to fetch by the FETCH of IMAP2 (RFC 1176). */
export interface Imap2Query {
  readonly flags?: boolean | undefined
  readonly internalDate?: boolean | undefined
  /** RFC822.SIZE, in octets. */
  readonly size?: boolean | undefined
  readonly envelope?: boolean | undefined
  /** RFC822.HEADER. */
  readonly header?: boolean | undefined
  /** RFC822.TEXT, which sets `\Seen`. */
  readonly text?: boolean | undefined
  /** RFC822, header and text; it sets `\Seen`. */
  readonly message?: boolean | undefined
}

/** A message as IMAP2 tells of it: there are no UIDs. What was asked for is there where the server sent it. */
export interface Imap2Message {
  /** A snapshot: an EXPUNGE moves it. */
  readonly seq: SeqNum
  readonly flags?: readonly Flag[]
  readonly internalDate?: Date | null
  readonly size?: number
  readonly envelope?: Envelope
  readonly header?: Uint8Array | null
  readonly text?: Uint8Array | null
  readonly message?: Uint8Array | null
}

interface NamedResponse extends ExtensionResponse {
  readonly type: 'X:MAILBOX' | 'X:BBOARD'
  readonly name: string
}

interface CopiedResponse extends ExtensionResponse {
  readonly type: 'X:COPY'
  readonly number: number
}

/** data =/ "MAILBOX" SP string ; "BBOARD" SP string   (RFC 1176, "Unsolicited responses") */
const readName =
  (type: NamedResponse['type']) =>
  (cursor: Cursor): NamedResponse => ({ kind: 'untagged', type, name: cursor.astring() })

/** msg_copy ::= "COPY", behind the number of a message that was copied */
function readCopied(cursor: Cursor, number: number | undefined): CopiedResponse {
  if (number === undefined) throw cursor.fail('COPY needs the number of a message')
  return { kind: 'untagged', type: 'X:COPY', number }
}

/**
 * FIND MAILBOXES: names of mailboxes that match, INBOX left out (RFC 1176).
 *
 * @param pattern - `*` matches any characters, `%` exactly one
 */
export function findMailboxes(pattern = '*'): Command<readonly string[]> {
  return find('FIND MAILBOXES', 'X:MAILBOX', pattern)
}

/** FIND BBOARDS: names of bulletin boards that match (RFC 1176). */
export function findBboards(pattern = '*'): Command<readonly string[]> {
  return find('FIND BBOARDS', 'X:BBOARD', pattern)
}

/** find ::= "FIND" SP find_option SP string ; find_option ::= "MAILBOXES" / "BBOARDS" */
function find(name: string, type: NamedResponse['type'], pattern: string): Command<readonly string[]> {
  checkString('A pattern', pattern)
  return {
    name,
    states: loggedIn,
    traits: { answers: type.slice(2) },
    safe: true,
    encode: (w) => void w.sp().listMailbox(pattern),
    collect: () => {
      const names: string[] = []
      return {
        untagged: (response: Untagged) => {
          if (response.type !== type) return false
          names.push((response as NamedResponse).name)
          return true
        },
        done: () => names,
      }
    },
  }
}

/** BBOARD: selects a bulletin board as SELECT does a mailbox (RFC 1176). */
export function bboard(name: string): Command<void> {
  checkName(name)
  return {
    name: 'BBOARD',
    states: loggedIn,
    traits: { effect: { kind: 'select', mailbox: name, readOnly: false } },
    safe: true,
    encode: (w) => void w.sp().astring(name),
    collect: () => ({ done: () => undefined }),
  }
}

const ITEMS = {
  flags: 'FLAGS',
  internalDate: 'INTERNALDATE',
  size: 'RFC822.SIZE',
  envelope: 'ENVELOPE',
  header: 'RFC822.HEADER',
  text: 'RFC822.TEXT',
  message: 'RFC822',
} as const

/**
 * FETCH of IMAP2: items of messages by their numbers, in the order in which they come (RFC 1176). A message that is told of
 * several times comes once.
 *
 * @throws ArgumentError for anything but sequence numbers, and for a query that asks for nothing
 */
export function fetchImap2(set: SeqSet, query: Imap2Query): Command<readonly Imap2Message[]> {
  const given: unknown = set
  if (!(given instanceof SeqSet)) throw new ArgumentError('IMAP2 knows messages by their numbers: use seqs(…)')
  const items = itemsOf(query)
  return {
    name: 'FETCH',
    states: mailboxSelected,
    traits: { seqArgs: true, noExpunge: true, answers: 'FETCH' },
    safe: query.text !== true && query.message !== true,
    encode: (w) => {
      w.sp().set(set).sp()
      w.list(items, (name) => w.word(name))
    },
    collect: () => collectMessages(set),
  }
}

/** fetch_att ::= "ENVELOPE" / "FLAGS" / "INTERNALDATE" / "RFC822" / "RFC822.HEADER" / "RFC822.SIZE" / "RFC822.TEXT" */
function itemsOf(query: Imap2Query): readonly string[] {
  checkObject('A query', query)
  const items: string[] = []
  for (const [key, asked] of Object.entries(query)) {
    if (!Object.hasOwn(ITEMS, key)) {
      throw new ArgumentError(`IMAP2 has no item ${key.slice(0, 40)}: use ${Object.keys(ITEMS).join(', ')}`)
    }
    if (asked === true) items.push(ITEMS[key as keyof typeof ITEMS])
  }
  if (items.length === 0) throw new ArgumentError('A query asks for at least one item, such as { envelope: true }')
  return items
}

function collectMessages(set: SeqSet): Collector<readonly Imap2Message[]> {
  const found = new Map<number, Imap2Message>()
  return {
    untagged: (response) => {
      if (response.type !== 'FETCH' || !set.has(response.seq)) return false
      found.set(response.seq, { ...found.get(response.seq), ...messageOf(response.seq, response.data) })
      return true
    },
    done: () => [...found.values()],
  }
}

function messageOf(seq: number, { flags, internalDate, size, envelope, sections = [] }: FetchData): Imap2Message {
  const bytesOf = (section: string): Uint8Array | null | undefined =>
    sections.find((each) => each.section === section)?.bytes
  const all = {
    flags,
    internalDate,
    size,
    envelope,
    header: bytesOf('HEADER'),
    text: bytesOf('TEXT'),
    message: bytesOf(''),
  }
  const there = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
  return { seq: seq as SeqNum, ...there }
}

/** What came before IMAP4rev1: the IMAP2 of RFC 1064 and RFC 1176, and the IMAP4 of RFC 1730. */
export const imap2: readonly Extension[] = [
  {
    capability: 'IMAP2',
    spec: [1176, 1064],
    summary: 'Reads and files mail on a server of 1988, without UIDs.',
    usage: 'client.imap2.fetch(seqs(1), { envelope: true })',
    note: 'No such server announces it: imapkit takes it from the refusal of CAPABILITY.',
    examples: ['rfc1176.txt', 'rfc1064.txt'],
    tested: ['embedded', 'transcript'],
    untagged: { MAILBOX: readName('X:MAILBOX'), BBOARD: readName('X:BBOARD'), COPY: readCopied },
  },
  {
    capability: 'IMAP4',
    spec: [1730],
    summary: 'Speaks to servers of the first IMAP4, in its own names of items.',
    usage: 'automatic',
    examples: ['rfc1730.txt'],
    tested: ['transcript'],
  },
]
