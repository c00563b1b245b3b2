import type { ListReturnItem, StatusItem } from './slots.js'
import { ArgumentError, CapabilityError } from '../model/errors.js'
import { hasFlag } from '../model/flags.js'
import type { MailboxInfo, MailboxStatus } from '../model/mailbox.js'
import type { Untagged } from '../model/response.js'
import type { Writer } from '../wire/writer.js'
import { canonicalMailbox, checkArray, checkCapability, checkString } from './checks.js'
import type { Collector, Command, EncodeContext } from './command.js'
import { loggedIn } from './states.js'
import { coreStatusItems, statusItems, writeStatusItems, type StatusQuery } from './status.js'

/** What LIST can tell beside names (RFC 5258 §3.2, RFC 6154 §2). */
export type ListReturn = 'subscribed' | 'children' | 'specialUse'

/** Which mailboxes LIST gives, and what it tells of them. */
export interface ListOptions {
  /** The reference name, in front of the patterns; none by default (RFC 9051 §6.3.9). */
  readonly reference?: string | undefined
  /** Only subscribed names, existing or not; needs LIST-EXTENDED (RFC 5258 §3.1). Without it, use {@link lsub}. */
  readonly subscribed?: boolean | undefined
  /** Mailboxes on other servers too; needs LIST-EXTENDED. */
  readonly remote?: boolean | undefined
  /** Also parents of mailboxes that `subscribed` selects, with `childInfo`; needs LIST-EXTENDED (RFC 5258 §3.1). */
  readonly recursive?: boolean | undefined
  /** Only mailboxes with a special use (RFC 6154 §2); without the extension they are picked out of the plain answer. */
  readonly specialUse?: boolean | undefined
  /** What to ask for beside names: all that the server can tell by default, `[]` for the plain LIST of RFC 3501. */
  readonly return?: readonly ListReturn[] | undefined
  /** Asks for the status of every mailbox; needs LIST-STATUS (RFC 5819). */
  readonly status?: StatusQuery | undefined
}

/** What LIST can tell beside the core's, by its key among the options and in the result. */
export type ListReturns = Readonly<Record<string, ListReturnItem<never>>>

/**
 * LIST: gives the mailboxes whose names match (RFC 9051 §6.3.9, RFC 5258, RFC 5819, RFC 6154), in the server's order.
 *
 * @param patterns - one or several; `*` matches anything, `%` anything but the delimiter. Several need LIST-EXTENDED
 * @param table - the items of STATUS that are known
 * @param returns - what extensions can have it tell, such as `myRights`; each is asked for by an option of the same name
 * @throws ArgumentError for no pattern, and for `recursive` without `subscribed`
 */
export function list(
  patterns: string | readonly string[] = '*',
  options: ListOptions = {},
  table: readonly StatusItem[] = coreStatusItems,
  returns: ListReturns = {},
): Command<readonly MailboxInfo[]> {
  const wanted = typeof patterns === 'string' ? [patterns] : patterns
  checkPatterns(wanted)
  checkString('The reference', options.reference ?? '')
  for (const name of options.return ?? []) {
    const given: unknown = name
    if (typeof given !== 'string' || !Object.hasOwn(RETURNS, given)) {
      throw new ArgumentError(`return of LIST takes ${Object.keys(RETURNS).join(', ')}`)
    }
  }
  // RECURSIVEMATCH needs a list-select-base-opt; SPECIAL-USE is none (RFC 9051 §9, RFC 6154 §6).
  if (options.recursive === true && options.subscribed !== true) {
    throw new ArgumentError('recursive needs subscriptions to look for: add subscribed')
  }
  const items = options.status === undefined ? [] : statusItems(options.status, table)
  const extras = extrasOf(options, returns)
  return {
    name: 'LIST',
    states: loggedIn,
    // A STATUS of this command cannot be told from that of a STATUS command, so that this form runs alone.
    traits: items.length + extras.length > 0 ? { exclusive: true } : { answers: 'LIST' },
    safe: true,
    encode: (w, context) => {
      writeSelection(w, options, context)
      w.sp()
        .mailbox(options.reference ?? '')
        .sp()
      writePatterns(w, wanted, context)
      writeReturn(w, options, items, extras, context)
    },
    collect: () => collectList(options, items.length > 0, extras),
  }
}

/**
 * LSUB: gives the subscribed names that match (RFC 3501 §6.3.9), for servers without LIST-EXTENDED. IMAP4rev2 has no LSUB.
 *
 * @throws ArgumentError for an empty pattern
 */
export function lsub(pattern = '*', reference = ''): Command<readonly MailboxInfo[]> {
  checkPatterns([pattern])
  checkString('The reference', reference)
  return {
    name: 'LSUB',
    states: loggedIn,
    traits: { answers: 'LSUB' },
    safe: true,
    encode: (w) => void w.sp().mailbox(reference).sp().listMailbox(canonicalMailbox(pattern)),
    collect: () => {
      const found = new Map<string, MailboxInfo>()
      return {
        untagged: (response) => {
          if (response.type !== 'LSUB') return false
          found.set(response.mailbox.name, response.mailbox)
          return true
        },
        done: () => [...found.values()],
      }
    },
  }
}

function checkPatterns(patterns: readonly string[]): void {
  checkArray('The list of patterns', patterns)
  if (patterns.length === 0) throw new ArgumentError("LIST needs at least one pattern, such as '*'")
  for (const pattern of patterns) checkString("A pattern, such as '*',", pattern)
}

/**
 * list-select-opts = "(" [list-select-opt *(SP list-select-opt)] ")"
 */
function writeSelection(w: Writer, options: ListOptions, context: EncodeContext): void {
  const names: string[] = []
  if (options.subscribed === true) names.push('SUBSCRIBED')
  if (options.remote === true) names.push('REMOTE')
  if (options.recursive === true) names.push('RECURSIVEMATCH')
  if (names.length > 0) checkCapability(context, 'LIST-EXTENDED', `LIST with ${names.join(' and ')}`)
  // Nothing is lost without the extension: the attributes of the plain answer tell the same.
  if (options.specialUse === true && hasReturn('specialUse', context)) names.push('SPECIAL-USE')
  if (names.length > 0) w.sp().list(names, (name) => w.word(name))
}

/** mbox-or-pat = list-mailbox / patterns */
function writePatterns(w: Writer, patterns: readonly string[], context: EncodeContext): void {
  const [first] = patterns
  // Some servers find INBOX in upper case only.
  if (patterns.length === 1 && first !== undefined) w.listMailbox(canonicalMailbox(first))
  else {
    checkCapability(context, 'LIST-EXTENDED', 'LIST with several patterns')
    w.list(patterns, (pattern) => w.listMailbox(canonicalMailbox(pattern)))
  }
}

/**
 * list-return-opts = "RETURN" SP "(" [return-option *(SP return-option)] ")"
 *
 * Once RETURN is there, some servers tell nothing that is not asked for, so that all they have is asked for.
 */
function writeReturn(
  w: Writer,
  options: ListOptions,
  items: readonly StatusItem[],
  extras: readonly Extra[],
  context: EncodeContext,
): void {
  const asked = options.return ?? DEFAULT_RETURNS.filter((name) => hasReturn(name, context))
  for (const name of asked) {
    if (!hasReturn(name, context)) {
      const needs = RETURNS[name].needs ?? 'LIST-EXTENDED'
      throw new CapabilityError(needs, `LIST cannot tell ${name}: the server does not announce ${needs}`)
    }
  }
  if (items.length > 0) checkCapability(context, 'LIST-STATUS', 'LIST with the status of mailboxes')
  for (const { key, item } of extras) checkCapability(context, item.needs, `LIST with ${key}`)
  const wanted = [
    ...asked.map((name) => () => void w.word(RETURNS[name].word)),
    ...extras.map((each) => () => each.item.write(w, each.value as never, context)),
  ]
  if (items.length > 0) {
    wanted.push(() => {
      w.word('STATUS').sp()
      writeStatusItems(w, items, context)
    })
  }
  if (wanted.length > 0) {
    w.sp()
      .word('RETURN')
      .sp()
      .list(wanted, (write) => write())
  }
}

/** Something that an extension has LIST tell, with what is asked of it. */
export interface Extra {
  readonly key: string
  readonly item: ListReturnItem<never>
  readonly value: unknown
}

/** What of extensions the options ask for. @throws ArgumentError for a value that cannot be right */
export function extrasOf(options: object, returns: ListReturns): readonly Extra[] {
  const extras: Extra[] = []
  for (const [key, value] of Object.entries(options) as [string, unknown][]) {
    const item = Object.hasOwn(returns, key) ? returns[key] : undefined
    if (item === undefined || value === undefined || value === false) continue
    item.check?.(value as never)
    extras.push({ key, item, value })
  }
  return extras
}

const DEFAULT_RETURNS: readonly ListReturn[] = ['subscribed', 'children', 'specialUse']

const RETURNS: Readonly<Record<ListReturn, { readonly word: string; readonly needs?: string }>> = {
  subscribed: { word: 'SUBSCRIBED' },
  children: { word: 'CHILDREN' },
  specialUse: { word: 'SPECIAL-USE', needs: 'SPECIAL-USE' },
}

function hasReturn(name: ListReturn, context: EncodeContext): boolean {
  const { needs } = RETURNS[name]
  return context.has('LIST-EXTENDED') && (needs === undefined || context.has(needs))
}

function collectList(
  options: ListOptions,
  withStatus: boolean,
  extras: readonly Extra[],
): Collector<readonly MailboxInfo[]> {
  const found = new Map<string, MailboxInfo>()
  const statuses = new Map<string, MailboxStatus>()
  const told = new Map<string, Record<string, unknown>>()
  return {
    untagged: (response) => {
      if (response.type === 'LIST') found.set(response.mailbox.name, response.mailbox)
      else if (withStatus && response.type === 'STATUS') {
        // The LIST of a mailbox comes first (RFC 5819 §2): anything else is news that NOTIFY asked for.
        if (!found.has(response.mailbox)) return false
        statuses.set(response.mailbox, { ...statuses.get(response.mailbox), ...response.status })
      } else return takeExtra(response, extras, found, told)
      return true
    },
    done: () => {
      const all = [...found.values()]
      // That nothing is subscribed can be told only where the server was asked, or where it marked another mailbox.
      const tells =
        options.return?.includes('subscribed') === true || all.some((each) => hasFlag(each.attributes, '\\Subscribed'))
      const kept = options.specialUse === true ? all.filter((each) => isWanted(each)) : all
      return kept.map((each) => {
        const mailboxStatus = statuses.get(each.name)
        return {
          ...each,
          ...(tells && { subscribed: hasFlag(each.attributes, '\\Subscribed') }),
          ...(mailboxStatus !== undefined && { status: mailboxStatus }),
          ...told.get(each.name),
        }
      })
    },
  }
}

/** What an extension asked for comes behind the LIST of its mailbox as well (RFC 8440 §3, RFC 9590 §3). */
function takeExtra(
  response: Untagged,
  extras: readonly Extra[],
  found: ReadonlyMap<string, MailboxInfo>,
  told: Map<string, Record<string, unknown>>,
): boolean {
  for (const { key, item } of extras) {
    const taken = item.take(response)
    if (taken === undefined || !found.has(taken.mailbox)) continue
    const before = told.get(taken.mailbox)
    const value = before?.[key] === undefined ? taken.value : (item.join?.(before[key], taken.value) ?? taken.value)
    told.set(taken.mailbox, { ...before, [key]: value })
    return true
  }
  return false
}

/** A special use of its own, or that of a child that the server told of. */
function isWanted(mailbox: MailboxInfo): boolean {
  return mailbox.specialUse !== null || mailbox.childInfo !== undefined
}
