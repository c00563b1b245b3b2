import { canonicalMailbox, checkName, checkObject, checkString } from '../commands/checks.js'
import type { Collector, Command } from '../commands/command.js'
import { loggedIn } from '../commands/states.js'
import { ArgumentError, ProtocolError } from '../model/errors.js'
import type { ExtensionResponse, Untagged } from '../model/response.js'
import type { Right } from '../model/rights.js'
import type { Cursor } from '../wire/cursor.js'
import { isSameMailbox } from './entries.js'
import type { Extension } from './extension.js'

/**
 * The rights of everybody who is named, by identifier. One that begins with `-` takes rights away (RFC 4314 §2); `anyone`
 * means all users.
 */
export type AccessList = ReadonlyMap<string, ReadonlySet<Right>>

/** A change of rights: exactly one of the three, as letters (`'lrs'`) or several rights. */
export interface RightsChange {
  readonly add?: Iterable<Right> | undefined
  readonly remove?: Iterable<Right> | undefined
  /** All other rights are taken away; `''` takes away all. */
  readonly replace?: Iterable<Right> | undefined
}

/** What may be granted to somebody (RFC 4314 §3.7). */
export interface GrantableRights {
  /** What the identifier has in any case. */
  readonly always: ReadonlySet<Right>
  /** What it can be granted; the rights of one set only together. */
  readonly optional: readonly ReadonlySet<Right>[]
}

interface AclResponse extends ExtensionResponse {
  readonly type: 'X:ACL'
  readonly mailbox: string
  readonly list: AccessList
}

interface ListRightsResponse extends ExtensionResponse {
  readonly type: 'X:LISTRIGHTS'
  readonly mailbox: string
  readonly identifier: string
  readonly rights: GrantableRights
}

/** `* MYRIGHTS …`, which LIST-MYRIGHTS brings as well. */
export interface MyRightsResponse extends ExtensionResponse {
  readonly type: 'X:MYRIGHTS'
  readonly mailbox: string
  readonly rights: ReadonlySet<Right>
}

/** acl-data = "ACL" SP mailbox *(SP identifier SP rights)   (RFC 4314 §7) */
function readAcl(cursor: Cursor): AclResponse {
  const mailbox = cursor.mailbox()
  const list = new Map<string, ReadonlySet<Right>>()
  while (cursor.trySp() && !cursor.atEnd) {
    cursor.countItems()
    const identifier = cursor.astring()
    cursor.sp()
    list.set(identifier, withoutVirtual(readLetters(cursor)))
  }
  return { kind: 'untagged', type: 'X:ACL', mailbox, list }
}

/** listrights-data = "LISTRIGHTS" SP mailbox SP identifier SP rights *(SP rights)   (RFC 4314 §7) */
function readListRights(cursor: Cursor): ListRightsResponse {
  const mailbox = cursor.mailbox()
  cursor.sp()
  const identifier = cursor.astring()
  cursor.sp()
  const sets = [readLetters(cursor)]
  while (cursor.trySp() && !cursor.atEnd) {
    cursor.countItems()
    sets.push(readLetters(cursor))
  }
  const known = new Set(sets.flatMap((letters) => [...letters]))
  const [always = new Set<Right>(), ...optional] = sets.map((letters) => withoutVirtual(letters, known))
  const rights = { always, optional: optional.filter((letters) => letters.size > 0) }
  return { kind: 'untagged', type: 'X:LISTRIGHTS', mailbox, identifier, rights }
}

/** myrights-data = "MYRIGHTS" SP mailbox SP rights   (RFC 4314 §7) */
function readMyRights(cursor: Cursor): MyRightsResponse {
  const mailbox = cursor.mailbox()
  cursor.sp()
  return { kind: 'untagged', type: 'X:MYRIGHTS', mailbox, rights: withoutVirtual(readLetters(cursor)) }
}

/** rights = astring ; only lowercase ASCII letters and digits are allowed */
function readLetters(cursor: Cursor): ReadonlySet<Right> {
  return new Set(cursor.astring())
}

/**
 * Leaves out `c` and `d` where they only stand for newer rights, as a client must (RFC 4314 §2.1.1): a server that knows
 * the newer ones sends both. Servers of RFC 2086 have no `k`, `x`, `t` and `e`; theirs are kept.
 *
 * @param known - all letters of the same response
 */
function withoutVirtual(letters: ReadonlySet<Right>, known = letters): ReadonlySet<Right> {
  const kept = new Set(letters)
  if (known.has('k') || known.has('x')) kept.delete('c')
  if (known.has('x') || known.has('t') || known.has('e')) kept.delete('d')
  return kept
}

const isAcl = (response: Untagged): response is AclResponse => response.type === 'X:ACL'
const isListRights = (response: Untagged): response is ListRightsResponse => response.type === 'X:LISTRIGHTS'

/** Whether a response is the rights of the user on a mailbox. */
export const isMyRights = (response: Untagged): response is MyRightsResponse => response.type === 'X:MYRIGHTS'

/** GETACL: the access control list of a mailbox (RFC 4314 §3.3). */
export function getAcl(mailbox: string): Command<AccessList> {
  return {
    ...about('GETACL', mailbox),
    traits: { answers: 'ACL' },
    collect: () => collectOne('ACL', isAcl, mailbox, (response) => response.list),
  }
}

/**
 * SETACL: changes what somebody may do (RFC 4314 §3.1).
 *
 * @throws ArgumentError for not exactly one change, and for rights that are none
 */
export function setAcl(mailbox: string, identifier: string, change: RightsChange): Command<void> {
  checkIdentifier(identifier)
  const rights = rightsText(change)
  return {
    ...about('SETACL', mailbox, (w) => w.sp().astring(identifier).sp().astring(rights)),
    traits: {},
    collect: () => ({ done: () => undefined }),
  }
}

/** DELETEACL: removes the entry of somebody from the list (RFC 4314 §3.2). */
export function deleteAcl(mailbox: string, identifier: string): Command<void> {
  checkIdentifier(identifier)
  return {
    ...about('DELETEACL', mailbox, (w) => w.sp().astring(identifier)),
    traits: {},
    collect: () => ({ done: () => undefined }),
  }
}

/** LISTRIGHTS: what may be granted to somebody (RFC 4314 §3.4). */
export function listRights(mailbox: string, identifier: string): Command<GrantableRights> {
  checkIdentifier(identifier)
  return {
    ...about('LISTRIGHTS', mailbox, (w) => w.sp().astring(identifier)),
    traits: { answers: 'LISTRIGHTS' },
    collect: () => collectOne('LISTRIGHTS', isListRights, mailbox, (response) => response.rights),
  }
}

/** MYRIGHTS: what the user may do (RFC 4314 §3.5). */
export function myRights(mailbox: string): Command<ReadonlySet<Right>> {
  return {
    ...about('MYRIGHTS', mailbox),
    traits: { answers: 'MYRIGHTS' },
    collect: () => collectOne('MYRIGHTS', isMyRights, mailbox, (response) => response.rights),
  }
}

type Encode = NonNullable<Command<unknown>['encode']>

/** What all five commands have in common: they name a mailbox, and may be sent again. */
function about(name: string, mailbox: string, more?: Encode) {
  checkName(mailbox)
  const encode: Encode = (w, context) => {
    w.sp().mailbox(mailbox)
    more?.(w, context)
  }
  return { name, needs: 'ACL', states: loggedIn, safe: true, encode }
}

/**
 * Takes the answer about one mailbox. SETACL may change other lists too and tell them (RFC 4314 §5.1.1), so that the name
 * counts; only a server that tells the list under another name alone is believed all the same.
 */
function collectOne<R extends ExtensionResponse & { readonly mailbox: string }, T>(
  name: string,
  isOne: (response: Untagged) => response is R,
  mailbox: string,
  value: (response: R) => T,
): Collector<T> {
  const wanted = canonicalMailbox(mailbox)
  let found: R | undefined
  let likely: R | undefined
  return {
    untagged: (response) => {
      if (!isOne(response)) return false
      if (isSameMailbox(response.mailbox, wanted)) found = response
      else likely = response
      return true
    },
    done: () => {
      const answer = found ?? likely
      if (answer === undefined) throw new ProtocolError(`The server answered without ${name}`)
      return value(answer)
    },
  }
}

function checkIdentifier(identifier: string): void {
  checkString('An identifier', identifier)
  if (identifier === '') throw new ArgumentError("An identifier is a name that is not empty, such as 'anyone'")
}

/** mod-rights = astring ; +rights to add, -rights to remove, rights to replace   (RFC 4314 §7) */
function rightsText(change: RightsChange): string {
  checkObject('A change of rights', change)
  const asked = (
    [
      ['+', change.add],
      ['-', change.remove],
      ['', change.replace],
    ] as const
  ).flatMap(([sign, rights]) => (rights === undefined ? [] : [[sign, rights] as const]))
  const [only] = asked
  if (asked.length !== 1 || only === undefined) {
    throw new ArgumentError('A change of rights has exactly one of add, remove and replace')
  }
  const [sign, rights] = only
  const letters = lettersOf(rights)
  if (sign !== '' && letters === '') throw new ArgumentError('add and remove name at least one right')
  return `${sign}${letters}`
}

function lettersOf(rights: Iterable<Right>): string {
  const given: unknown = rights
  const isIterable =
    typeof given === 'string' || (typeof given === 'object' && given !== null && Symbol.iterator in given)
  const letters: readonly unknown[] = isIterable ? [...rights] : [given]
  for (const letter of letters) {
    if (typeof letter === 'string' && /^[a-z0-9]$/.test(letter)) continue
    throw new ArgumentError("Rights are lower-case letters and digits, such as 'lrs'")
  }
  return [...new Set(letters)].join('')
}

/** ACL and its families (RFC 4314, RFC 2086). */
export const acl: readonly Extension[] = [
  {
    capability: 'ACL',
    spec: [4314, 2086],
    summary: 'Tells and changes who may do what with a mailbox.',
    usage: "client.acl.set('Projects', 'bob', { add: 'lrs' })",
    examples: ['rfc4314.txt', 'rfc2086.txt'],
    tested: ['embedded', 'transcript', 'dovecot', 'cyrus', 'courier'],
    untagged: { ACL: readAcl, LISTRIGHTS: readListRights, MYRIGHTS: readMyRights },
  },
  {
    capability: 'RIGHTS=',
    spec: [4314],
    summary: 'Names the rights that the server has beside those of RFC 2086.',
    usage: "client.capabilities.values('RIGHTS')",
    note: 'With it, the virtual rights `c` and `d` are left out of what servers tell.',
    examples: ['rfc4314.txt'],
    tested: ['transcript', 'dovecot', 'cyrus'],
  },
  {
    capability: 'ACL2=UNION',
    spec: 'none',
    summary: 'Says that the rights of a user are those of all entries that match, taken together (Courier).',
    usage: 'client.acl.get(mailbox)',
    tested: ['courier'],
  },
]
