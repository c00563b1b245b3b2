import { hasFlag, SPECIAL_USES, type SpecialUse } from '../model/flags.js'
import type { MailboxInfo, Namespace, Namespaces } from '../model/mailbox.js'
import type { ListResponse, NamespaceResponse } from '../model/response.js'
import type { Cursor } from '../wire/cursor.js'
import { decodeMailboxName } from '../wire/utf7.js'
import { readFlagList } from './flag-list.js'

const QUOTE = 0x22
const OPEN = 0x28
const CLOSE = 0x29
const BRACE = 0x7b

/** Special uses by their lower case name; the last three are those of XLIST, which came before RFC 6154. */
const USES: ReadonlyMap<string, SpecialUse> = new Map<string, SpecialUse>([
  ...SPECIAL_USES.map((use) => [use.toLowerCase(), use] as const),
  ['\\allmail', '\\All'],
  ['\\spam', '\\Junk'],
  ['\\starred', '\\Flagged'],
])

/** Attributes of names that cannot be selected (RFC 9051 §7.3.1, RFC 5465 §8). */
const CLOSED = ['\\Noselect', '\\NonExistent', '\\NoAccess'] as const

/**
 * mailbox-list = "(" [mbx-list-flags] ")" SP (DQUOTE QUOTED-CHAR DQUOTE / nil) SP mailbox [SP mbox-list-extended]
 */
export function readMailboxList(cursor: Cursor, type: 'LIST' | 'LSUB' | 'XLIST'): ListResponse {
  const attributes = readFlagList(cursor)
  cursor.skipSpaces()
  const delimiter = readDelimiter(cursor)
  cursor.skipSpaces()
  const name = readListedName(cursor)
  const extended = readListExtended(cursor)
  const meaning = meaningOf(attributes)
  const { specialUse, selectable } = meaning
  const subscribed = meaning.subscribed || (type === 'LSUB' && selectable)
  const mailbox: MailboxInfo = {
    // XLIST marks the inbox and gives it a translated name; INBOX always works.
    name: type === 'XLIST' && meaning.inbox ? 'INBOX' : name,
    delimiter,
    attributes,
    specialUse,
    selectable,
    ...(subscribed && { subscribed }),
    ...extended,
  }
  return { kind: 'untagged', type, mailbox }
}

interface Meaning {
  readonly specialUse: SpecialUse | null
  readonly selectable: boolean
  readonly subscribed: boolean
  readonly inbox: boolean
}

/** What attribute lists say, by the list: equal lists are the same one. */
const meanings = new WeakMap<readonly string[], Meaning>()

function meaningOf(attributes: readonly string[]): Meaning {
  let meaning = meanings.get(attributes)
  if (meaning === undefined) {
    meaning = {
      specialUse: attributes.map((each) => USES.get(each.toLowerCase())).find((use) => use !== undefined) ?? null,
      selectable: !CLOSED.some((each) => hasFlag(attributes, each)),
      subscribed: hasFlag(attributes, '\\Subscribed'),
      inbox: hasFlag(attributes, '\\Inbox'),
    }
    meanings.set(attributes, meaning)
  }
  return meaning
}

/** DQUOTE QUOTED-CHAR DQUOTE / nil; an empty string counts as NIL. */
function readDelimiter(cursor: Cursor): string | null {
  const delimiter = cursor.nstring()
  return delimiter === null || delimiter === '' ? null : delimiter
}

/**
 * mailbox = "INBOX" / astring
 *
 * A name that is not quoted although it holds spaces, tabs or controls, as Exchange sends them, goes to the end of the line.
 */
function readListedName(cursor: Cursor): string {
  const start = cursor.pos
  const first = cursor.peek()
  if (first === QUOTE || first === BRACE) return cursor.mailbox()
  if (cursor.atEnd) throw cursor.fail('The name of a mailbox is expected')
  const name = first > 0x20 ? cursor.mailbox() : ''
  const end = cursor.pos
  cursor.skipSpaces()
  if (cursor.atEnd || (cursor.pos > end && cursor.peek() === OPEN)) return name
  cursor.pos = start
  const rest = cursor.rest()
  return cursor.utf8 ? rest : decodeMailboxName(rest)
}

type ListExtended = Pick<MailboxInfo, 'oldName' | 'childInfo'>

/**
 * mbox-list-extended      = "(" [mbox-list-extended-item *(SP mbox-list-extended-item)] ")"
 * mbox-list-extended-item = mbox-list-extended-item-tag SP tagged-ext-val
 * childinfo-extended-item = "CHILDINFO" SP "(" list-select-base-opt-quoted *(SP list-select-base-opt-quoted) ")"
 * oldname-extended-item   = "OLDNAME" SP "(" mailbox ")"
 */
function readListExtended(cursor: Cursor): ListExtended {
  cursor.skipSpaces()
  if (cursor.peek() !== OPEN) return {}
  let oldName: string | undefined
  let childInfo: readonly string[] | undefined
  cursor.char('(')
  cursor.skipSpaces()
  while (!cursor.tryChar(')')) {
    const tag = cursor.astring().toUpperCase()
    cursor.skipSpaces()
    if (tag === 'CHILDINFO') childInfo = cursor.list(() => cursor.astring().toUpperCase())
    else if (tag === 'OLDNAME')
      oldName = cursor.peek() === OPEN ? cursor.list(() => cursor.mailbox())[0] : cursor.mailbox()
    else if (cursor.peek() !== CLOSE) cursor.skipValue()
    cursor.skipSpaces()
  }
  return { ...(oldName !== undefined && { oldName }), ...(childInfo !== undefined && { childInfo }) }
}

/**
 * namespace-response = "NAMESPACE" SP namespace SP namespace SP namespace
 * namespace          = nil / "(" 1*namespace-descr ")"
 */
export function readNamespaces(cursor: Cursor): NamespaceResponse {
  const namespaces: Namespaces = {
    personal: readNamespace(cursor),
    otherUsers: readNamespace(cursor),
    shared: readNamespace(cursor),
  }
  return { kind: 'untagged', type: 'NAMESPACE', namespaces }
}

/** namespace-descr = "(" string SP (DQUOTE QUOTED-CHAR DQUOTE / nil) [namespace-response-extensions] ")" */
function readNamespace(cursor: Cursor): readonly Namespace[] {
  cursor.skipSpaces()
  if (cursor.atEnd) return []
  if (cursor.peek() !== OPEN) {
    cursor.nstring()
    return []
  }
  return cursor.list(() => {
    cursor.char('(')
    const prefix = cursor.mailbox()
    cursor.skipSpaces()
    const delimiter = cursor.peek() === CLOSE ? null : readDelimiter(cursor)
    cursor.skipSpaces()
    let translation: string | undefined
    while (!cursor.tryChar(')')) {
      if (cursor.tryWord('"TRANSLATION"')) translation = readTranslation(cursor)
      else cursor.skipValue()
      cursor.skipSpaces()
    }
    return { prefix, delimiter, ...(translation !== undefined && { translation }) }
  })
}

/** namespace-trans = SP DQUOTE "TRANSLATION" DQUOTE SP "(" string ")"   (RFC 5255 §5) */
function readTranslation(cursor: Cursor): string | undefined {
  cursor.skipSpaces()
  const [name] = cursor.list(() => cursor.mailbox())
  return name
}
