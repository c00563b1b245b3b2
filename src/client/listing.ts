import { checkCapability, hasOneOf } from '../commands/checks.js'
import { extrasOf, list, lsub, type Extra, type ListOptions, type ListReturn } from '../commands/list.js'
import { status, statusItems as readQuery, type StatusQuery } from '../commands/status.js'
import type { Command } from '../commands/command.js'
import type { StatusItem } from '../commands/slots.js'
import type { ExtensionListOptions } from '../extensions/options.js'
import { withDeadline } from '../connection/deadline.js'
import type { Capabilities } from '../model/capabilities.js'
import { ArgumentError, CapabilityError, ProtocolError, ResponseError, type ImapError } from '../model/errors.js'
import { hasFlag } from '../model/flags.js'
import type { MailboxInfo, MailboxStatus } from '../model/mailbox.js'
import type { Protocol } from '../protocol.js'
import type { CallOptions } from './mailbox-context.js'
import type { QuirkName } from './quirk-table.js'

/** Which mailboxes to list, and what to tell of them. */
export interface ListCallOptions extends ListOptions, ExtensionListOptions, CallOptions {}

/** What listing needs of its client. */
export interface Lister {
  readonly capabilities: Capabilities
  readonly protocol: Protocol
  /** Milliseconds for a whole call where its options say nothing. */
  readonly commandTimeout: number
  run<R>(command: Command<R>, options?: CallOptions): Promise<R>
  warn(error: ImapError): void
  /** Takes a quirk of the server for true; gives what to list with then, or undefined where the user knows better. */
  distrust?(quirk: QuirkName, error: ImapError): Lister | undefined
}

/** One call: what it asks for, and how its commands are run. */
interface Listing {
  readonly lister: Lister
  readonly patterns: readonly string[]
  readonly options: ListOptions
  readonly extended: boolean
  readonly run: <R>(command: Command<R>) => Promise<R>
}

/** STATUS commands that wait at a time: the pipeline is full, and a long list does not fill the queue. */
const AT_ONCE = 64

/**
 * Lists mailboxes; what the server lacks for it is made up for where the result is the same: several patterns by several
 * commands, what LIST-EXTENDED tells of subscriptions by LSUB, the status by STATUS.
 */
export async function listMailboxes(
  lister: Lister,
  pattern: string | readonly string[],
  given: ListCallOptions,
): Promise<MailboxInfo[]> {
  const { capabilities, protocol } = lister
  const { statusItems, listReturns } = protocol
  const { signal, timeout, status: query, ...plain } = given
  const patterns = typeof pattern === 'string' ? [pattern] : pattern
  // Refuses what cannot be right before anything is sent.
  list(patterns, { ...plain, status: query }, statusItems, listReturns)
  const apart = extrasOf(plain, listReturns).filter((extra) => isApart(extra, capabilities))
  for (const { key } of apart) Reflect.deleteProperty(plain, key)
  if (query !== undefined) checkQuery(query, statusItems)
  const extended = capabilities.has('LIST-EXTENDED')
  const told = { ...plain, return: plain.return ?? defaultReturn(capabilities, extended) }
  const inOne = query === undefined || capabilities.has('LIST-STATUS')
  const options = inOne ? { ...told, status: query } : told
  const ms = timeout ?? lister.commandTimeout
  const deadline = { ms, phase: 'command', command: 'LIST', what: () => 'LIST', signal } as const
  return withDeadline(deadline, async (inner) => {
    const run = <R>(command: Command<R>): Promise<R> => lister.run(command, { signal: inner, timeout: ms })
    const again = (error: ImapError): Promise<MailboxInfo[]> | undefined => {
      const plainly = lister.distrust?.('LIST-EXTENDED-FAILS', error)
      return plainly && listMailboxes(plainly, pattern, { ...given, signal: inner, timeout: ms })
    }
    const listing = { lister, patterns, options, extended, run }
    let found: readonly MailboxInfo[]
    try {
      found = needsLsub(listing) ? await withLsub(listing) : await listed(listing)
    } catch (error) {
      const plainly = extended && error instanceof ResponseError && error.status === 'BAD' ? again(error) : undefined
      if (plainly === undefined) throw error
      return plainly
    }
    if (
      extended &&
      found.length === 0 &&
      listsInbox(patterns, options) &&
      (await run(list('INBOX', { return: [] }))).length > 0
    ) {
      const plainly = again(new ProtocolError('LIST with RETURN found nothing, not even INBOX'))
      if (plainly !== undefined) return plainly
    }
    if (!inOne) found = await forEach(found, (info) => countOne(listing, info, query))
    for (const extra of apart) found = await forEach(found, (info) => tellOne(listing, info, extra))
    return [...found]
  })
}

/** Some servers tell only what RETURN asks for, once it is there: so all that they have is asked for. */
function defaultReturn(capabilities: Capabilities, extended: boolean): readonly ListReturn[] {
  if (!extended) return []
  return capabilities.has('SPECIAL-USE') ? ['subscribed', 'children', 'specialUse'] : ['subscribed', 'children']
}

/** Whether INBOX, which every server has, is among what is listed in the extended form. */
function listsInbox(patterns: readonly string[], options: ListOptions): boolean {
  const { reference, subscribed, specialUse, return: given = [] } = options
  if (given.length === 0 && patterns.length === 1) return false
  if ((reference ?? '') !== '' || subscribed === true || specialUse === true) return false
  return patterns.some((pattern) => ['*', '%', 'INBOX'].includes(pattern.toUpperCase()))
}

/** @throws ArgumentError for a query that asks for nothing or for an unknown item */
function checkQuery(query: StatusQuery, statusItems: readonly StatusItem[]): void {
  if (readQuery(query, statusItems).length === 0) {
    throw new ArgumentError('status needs at least one item, such as { messages: true }')
  }
}

/** Several patterns are several commands where the server has no LIST-EXTENDED. */
async function listed({ lister, patterns, options, extended, run }: Listing): Promise<readonly MailboxInfo[]> {
  const { statusItems, listReturns } = lister.protocol
  if (patterns.length === 1 || extended) return run(list(patterns, options, statusItems, listReturns))
  return unique(await Promise.all(patterns.map((each) => run(list(each, options, statusItems, listReturns)))))
}

/** Subscriptions are asked for, and LIST cannot tell them. Nothing can stand in for RECURSIVEMATCH and REMOTE. */
function needsLsub({ options, extended }: Listing): boolean {
  if (extended || options.recursive === true || options.remote === true) return false
  return options.subscribed === true || options.return?.includes('subscribed') === true
}

/** LSUB tells which names are subscribed, LIST all the rest: what LSUB says of attributes need not be true (RFC 3501 §6.3.9). */
async function withLsub(listing: Listing): Promise<readonly MailboxInfo[]> {
  const { patterns, options, run } = listing
  const { subscribed: only = false, return: asked = [], ...rest } = options
  const reduced = { ...rest, return: asked.filter((each) => each !== 'subscribed') }
  const [other] = reduced.return
  // LIST would find that out when LSUB is on its way already.
  if (other !== undefined) throw new CapabilityError('LIST-EXTENDED', `LIST cannot tell ${other} without LIST-EXTENDED`)
  const [all, answers] = await Promise.all([
    listed({ ...listing, options: reduced }),
    Promise.all(
      patterns.map(async (each) => {
        const names = await run(lsub(each, options.reference ?? ''))
        // Behind a `%` this is no subscribed name but the parent of one.
        return each.includes('%') ? names.filter((info) => !hasFlag(info.attributes, '\\Noselect')) : names
      }),
    ),
  ])
  const names = new Map(unique(answers).map((info) => [info.name, info]))
  const known = all.map((info) => ({ ...info, subscribed: names.has(info.name) }))
  if (!only) return known
  const there = new Set(all.map((info) => info.name))
  const gone = options.specialUse === true ? [] : [...names.values()].filter((info) => !there.has(info.name))
  return [...known.filter((info) => info.subscribed), ...gone.map(missing)]
}

/** A subscribed name without a mailbox (RFC 5258 §3.1). */
function missing(info: MailboxInfo): MailboxInfo {
  return { ...info, attributes: [...info.attributes, '\\NonExistent'], selectable: false, subscribed: true }
}

function unique(lists: readonly (readonly MailboxInfo[])[]): MailboxInfo[] {
  return [...new Map(lists.flat().map((each) => [each.name, each])).values()]
}

/**
 * Whether something has to be asked of each mailbox, since LIST cannot tell it.
 *
 * @throws CapabilityError where that is not possible either
 */
function isApart({ key, item, value }: Extra, capabilities: Capabilities): boolean {
  const context = { has: (name: string) => capabilities.has(name), isEnabled: () => false }
  if (item.needs === undefined || hasOneOf(context, item.needs)) return false
  const instead = item.emulate?.('INBOX', value as never).needs
  if (instead === undefined || !hasOneOf(context, instead)) checkCapability(context, item.needs, `list() with ${key}`)
  return true
}

/** Asks something of every mailbox, pipelined. */
async function forEach(
  found: readonly MailboxInfo[],
  ask: (info: MailboxInfo) => Promise<MailboxInfo>,
): Promise<readonly MailboxInfo[]> {
  const results: MailboxInfo[] = [...found]
  const left = found.entries()
  const work = async (): Promise<void> => {
    // The iterator is shared: each of the workers takes the next one.
    for (const [index, info] of left) results[index] = await ask(info)
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, found.length) }, work))
  return results
}

/** As with LIST, a mailbox of which the server does not tell stays without it (RFC 8440 §3, RFC 9590 §3). */
async function tellOne({ lister, run }: Listing, info: MailboxInfo, extra: Extra): Promise<MailboxInfo> {
  const { key, item, value } = extra
  const command = item.emulate?.(info.name, value as never)
  // A mailbox that cannot be selected has rights and entries too, unless it does not exist.
  if (command === undefined || hasFlag(info.attributes, '\\NonExistent')) return info
  try {
    return { ...info, [key]: await run(command) }
  } catch (error) {
    if (!(error instanceof ResponseError)) throw error
    lister.warn(error)
    return info
  }
}

/** A mailbox whose status the server refuses stays without one, as with LIST-STATUS (RFC 5819 §2). */
async function countOne({ lister, run }: Listing, info: MailboxInfo, query: StatusQuery): Promise<MailboxInfo> {
  if (!info.selectable) return info
  try {
    const counts = (await run(status(info.name, query, lister.protocol.statusItems))) as MailboxStatus
    return { ...info, status: counts }
  } catch (error) {
    if (!(error instanceof ResponseError)) throw error
    lister.warn(error)
    return info
  }
}
