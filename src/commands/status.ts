import { coreStatusReaders } from '../grammar/status-data.js'
import type { StatusItem } from './slots.js'
import { ArgumentError, ProtocolError } from '../model/errors.js'
import type { MailboxStatus, StatusItems } from '../model/mailbox.js'
import type { Cursor } from '../wire/cursor.js'
import type { Writer } from '../wire/writer.js'
import { canonicalMailbox, checkCapability, checkName, checkObject } from './checks.js'
import type { Command, EncodeContext } from './command.js'
import { loggedIn } from './states.js'

/** The items of STATUS to ask for: each that is true. */
export type StatusQuery = { readonly [K in keyof StatusItems]?: boolean | undefined }

/** The answer to a query: an item asked for with a literal `true` is there, any other may be undefined. */
export type StatusResult<Q extends StatusQuery> = {
  readonly [K in keyof Q & keyof StatusItems]: [Q[K]] extends [true] ? StatusItems[K] : StatusItems[K] | undefined
}

/**
 * The items of STATUS that need no record of an extension: RFC 9051 §6.3.11, RFC 3501 §6.3.10, RFC 8438, RFC 7162 §3.1.7
 * and RFC 9208 §4.1.4.
 */
export const coreStatusItems: readonly StatusItem[] = [
  core('messages', 'MESSAGES'),
  core('recent', 'RECENT'),
  core('uidNext', 'UIDNEXT'),
  core('uidValidity', 'UIDVALIDITY'),
  core('unseen', 'UNSEEN'),
  { ...core('deleted', 'DELETED'), needs: ['IMAP4rev2', 'QUOTA=RES-MESSAGE'] },
  { key: 'deletedStorage', name: 'DELETED-STORAGE', needs: 'QUOTA=RES-STORAGE', read: (cursor) => cursor.size() },
  { key: 'size', name: 'SIZE', needs: 'STATUS=SIZE', read: (cursor) => cursor.size() },
  { key: 'highestModSeq', name: 'HIGHESTMODSEQ', needs: 'CONDSTORE', read: (cursor) => cursor.number64() },
]

function core(key: keyof StatusItems, name: string): StatusItem {
  const reader = coreStatusReaders[name]
  return { key, name, read: reader === undefined ? (cursor: Cursor) => cursor.number() : (c) => reader.read(c) }
}

/**
 * STATUS: asks for counts of a mailbox without selecting it (RFC 9051 §6.3.11).
 *
 * @param table - the items that are known
 * @throws ArgumentError for a query that asks for nothing or for an unknown item
 */
export function status<const Q extends StatusQuery>(
  mailbox: string,
  query: Q & { readonly [K in Exclude<keyof Q, keyof StatusItems>]: never },
  table: readonly StatusItem[] = coreStatusItems,
): Command<StatusResult<Q>> {
  checkName(mailbox)
  const items = statusItems(query, table)
  if (items.length === 0) throw new ArgumentError('STATUS needs at least one item, such as { messages: true }')
  const name = canonicalMailbox(mailbox)
  const form = unicodeForm(name)
  return {
    name: 'STATUS',
    states: loggedIn,
    traits: { answers: `STATUS ${form}` },
    safe: true,
    encode: (w, context) => {
      w.sp().mailbox(mailbox).sp()
      writeStatusItems(w, items, context)
    },
    collect: () => {
      let found: MailboxStatus | undefined
      let likely: MailboxStatus | undefined
      return {
        untagged: (response) => {
          if (response.type !== 'STATUS') return false
          if (response.mailbox === name) found = { ...found, ...response.status }
          // Some servers answer with another Unicode form of the name; nothing else asks about that one meanwhile.
          else if (unicodeForm(response.mailbox) === form) likely = { ...likely, ...response.status }
          else return false
          return true
        },
        done: () => checkStatus(items, found ?? likely),
      }
    },
  }
}

/** One form of all names that look alike, as servers that normalise names see them (RFC 9051 §5.1, RFC 5198). */
function unicodeForm(name: string): string {
  return name.normalize('NFKC')
}

/** The records of what a query asks for, in the order of the table. @throws ArgumentError for an unknown item. */
export function statusItems(query: StatusQuery, table: readonly StatusItem[]): readonly StatusItem[] {
  checkObject('What STATUS asks for', query)
  for (const key of Object.keys(query)) {
    if (!table.some((item) => item.key === key)) {
      throw new ArgumentError(`STATUS has no item ${key.slice(0, 40)}: use ${table.map((item) => item.key).join(', ')}`)
    }
  }
  const asked: Readonly<Record<string, boolean | undefined>> = query
  return table.filter((item) => asked[item.key] === true)
}

/** "(" status-att *(SP status-att) ")" */
export function writeStatusItems(w: Writer, items: readonly StatusItem[], context: EncodeContext): void {
  for (const item of items) checkCapability(context, item.needs, `The STATUS item ${item.key}`)
  w.list(items, (item) => w.word(item.name))
}

function checkStatus<Q extends StatusQuery>(
  items: readonly StatusItem[],
  found: MailboxStatus | undefined,
): StatusResult<Q> {
  const values: Readonly<Record<string, unknown>> = { ...found }
  const missing = items.filter((item) => values[item.key] === undefined)
  if (missing.length > 0) {
    throw new ProtocolError(`The server answered STATUS without ${missing.map((item) => item.name).join(', ')}`)
  }
  return values as StatusResult<Q>
}
