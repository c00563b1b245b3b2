import { checkArray, checkString } from '../commands/checks.js'
import type { FetchItem, QueryItem, SearchKey, StoreItem } from '../commands/slots.js'
import { ArgumentError } from '../model/errors.js'
import type { FetchData } from '../model/message.js'
import type { Cursor } from '../wire/cursor.js'
import type { Writer } from '../wire/writer.js'
import type { Extension } from './extension.js'

/** The items of FETCH of X-GM-EXT-1. */
export interface GmailItems {
  /** The id of the message in all of the account. */
  gmailMessageId: QueryItem<true, bigint>
  /** The id of the conversation. */
  gmailThreadId: QueryItem<true, bigint>
  /** The labels, the one of the selected mailbox left out; system labels begin with a backslash. */
  gmailLabels: QueryItem<true, readonly string[]>
}

/** The search keys of X-GM-EXT-1. */
export interface GmailCriteria {
  /** A search as in the web interface. */
  readonly gmailRaw?: string | undefined
  readonly gmailMessageId?: bigint | undefined
  readonly gmailThreadId?: bigint | undefined
  /** Has this label, or all of these. */
  readonly gmailLabels?: string | readonly string[] | undefined
}

/** A change of labels: exactly one of the three. */
export interface GmailLabelChange {
  readonly add?: readonly string[] | undefined
  readonly remove?: readonly string[] | undefined
  readonly replace?: readonly string[] | undefined
}

/** What X-GM-EXT-1 adds to a change by STORE. */
export interface GmailStore {
  /** Changes labels, in place of flags. */
  readonly gmailLabels?: GmailLabelChange | undefined
}

const NEEDS = 'X-GM-EXT-1'
const MAX_ID = 0xffff_ffff_ffff_ffffn

function idItem(key: 'gmailMessageId' | 'gmailThreadId', name: string): FetchItem<true> {
  return {
    key,
    needs: NEEDS,
    write: (w) => void w.word(name),
    read: { [name]: (cursor: Cursor, data: FetchData) => void (data[key] = readId(cursor)) },
  }
}

/** An unsigned number of 64 bits, which the 63 bits of number64 do not hold. */
function readId(cursor: Cursor): bigint {
  const digits = cursor.atom()
  if (!/^\d{1,20}$/.test(digits)) throw cursor.fail('A number is expected')
  return BigInt(digits)
}

/** Labels are mailbox names in modified UTF-7, system labels flags. */
const labelsItem: FetchItem<true> = {
  key: 'gmailLabels',
  needs: NEEDS,
  write: (w) => void w.word('X-GM-LABELS'),
  read: { 'X-GM-LABELS': (cursor, data) => void (data['gmailLabels'] = cursor.list(() => readLabel(cursor))) },
}

function readLabel(cursor: Cursor): string {
  return cursor.text.charAt(cursor.pos) === '\\' ? cursor.flag() : cursor.mailbox()
}

function writeLabel(w: Writer, label: string): void {
  if (label.startsWith('\\')) w.flag(label)
  else w.mailbox(label)
}

function idKey(key: string, name: string): SearchKey<bigint> {
  return {
    needs: NEEDS,
    write: (w, id) => {
      const given: unknown = id
      if (typeof given !== 'bigint' || given < 0n || given > MAX_ID) {
        throw new ArgumentError(`${key} is a bigint, as the server gave it`)
      }
      w.word(name).sp().atom(String(id))
    },
  }
}

const raw: SearchKey<string> = {
  needs: NEEDS,
  write: (w, text) => {
    checkString('gmailRaw', text)
    w.word('X-GM-RAW').sp().astring(text)
  },
}

const labels: SearchKey<string | readonly string[]> = {
  needs: NEEDS,
  write: (w, value) => {
    const names = typeof value === 'string' ? [value] : value
    checkLabels(names)
    if (names.length === 0) throw new ArgumentError('gmailLabels needs at least one label')
    names.forEach((name, index) => {
      if (index > 0) w.sp()
      w.word('X-GM-LABELS').sp()
      writeLabel(w, name)
    })
  },
}

function checkLabels(names: readonly string[]): void {
  checkArray('Labels', names)
  for (const name of names) {
    checkString('A label', name)
    if (name === '') throw new ArgumentError('A label is a name that is not empty')
  }
}

function changeOf(change: GmailLabelChange): readonly [string, readonly string[]] {
  const asked = Object.entries({ '+': change.add, '-': change.remove, '': change.replace }).flatMap(([sign, names]) =>
    names === undefined ? [] : [[sign, names] as const],
  )
  const [only] = asked
  if (asked.length !== 1 || only === undefined) {
    throw new ArgumentError('gmailLabels takes exactly one of add, remove and replace')
  }
  checkLabels(only[1])
  return only
}

const storeLabels: StoreItem<GmailLabelChange> = {
  needs: NEEDS,
  check: (change) => void changeOf(change),
  write: (w, change, silent) => {
    const [sign, names] = changeOf(change)
    w.word(`${sign}X-GM-LABELS${silent ? '.SILENT' : ''}`)
      .sp()
      .list(names, (name) => writeLabel(w, name))
  },
}

/** X-GM-EXT-1: the labels, conversations and search of Gmail. */
export const gmail: Extension = {
  capability: 'X-GM-EXT-1',
  spec: 'vendor',
  summary: 'Reads and changes the labels of Gmail, tells its ids, and searches as its web page does.',
  usage: "mailbox.search({ gmailRaw: 'has:attachment in:unread' })",
  tested: ['embedded', 'transcript'],
  fetchItems: [idItem('gmailMessageId', 'X-GM-MSGID'), idItem('gmailThreadId', 'X-GM-THRID'), labelsItem],
  searchKeys: {
    gmailRaw: raw,
    gmailMessageId: idKey('gmailMessageId', 'X-GM-MSGID'),
    gmailThreadId: idKey('gmailThreadId', 'X-GM-THRID'),
    gmailLabels: labels,
  },
  storeItems: { gmailLabels: storeLabels },
}
