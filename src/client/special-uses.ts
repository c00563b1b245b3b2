import { checkObject } from '../commands/checks.js'
import { namespace } from '../commands/namespace.js'
import type { Command } from '../commands/command.js'
import { withDeadline } from '../connection/deadline.js'
import { xlist } from '../extensions/xlist.js'
import { ArgumentError, ResponseError } from '../model/errors.js'
import { hasFlag, SPECIAL_USES, type SpecialUse } from '../model/flags.js'
import type { MailboxInfo, Namespace, Namespaces } from '../model/mailbox.js'
import { checkCall } from './call-options.js'
import { listMailboxes, type Lister } from './listing.js'
import type { CallOptions } from './mailbox-context.js'
import { useOfName } from './special-use-names.js'

/** What the caller knows better than the server. */
export interface SpecialUsesOptions extends CallOptions {
  /** The mailbox of a use, whatever the server says; null for a use that no mailbox is to have. */
  readonly override?: { readonly [K in SpecialUse]?: string | null | undefined } | undefined
}

/** A mailbox that was found for a special use. */
export interface SpecialUseMailbox {
  /** The name of the mailbox, decoded. */
  readonly mailbox: string
  /**
   * How it was found: `override` of the caller, `attribute` in the answer to LIST (RFC 6154), XLIST, or one of the
   * well-known names, which is a guess.
   */
  readonly by: 'override' | 'attribute' | 'xlist' | 'name'
}

/** The mailboxes with a special use, by that use. */
export type SpecialUses = ReadonlyMap<SpecialUse, SpecialUseMailbox>

/** What the search for special uses needs of its client. */
export interface UseFinder extends Lister {
  /** The namespaces, where they are known already. */
  readonly namespaces: Namespaces | null
}

/**
 * Finds the mailboxes with a special use: those that the caller names; then what LIST tells (RFC 6154), or XLIST where
 * the server has no SPECIAL-USE; and for drafts, sent mail, trash, junk and the archive at last well-known names, in many
 * languages. Such a name counts only as a whole, directly in the personal namespace, and when no second mailbox has
 * another name of the same use. Of several mailboxes marked with one use, the first one in the server's order counts.
 *
 * Mailboxes of other users and shared ones do not count, nor do those that cannot be selected.
 *
 * @throws ArgumentError for an override that names no special use
 */
export async function specialUses(finder: UseFinder, options: SpecialUsesOptions = {}): Promise<SpecialUses> {
  checkCall(options)
  const { signal, timeout: ms = finder.commandTimeout, override = {} } = options
  const found = overridden(override)
  const deadline = { ms, phase: 'command', command: 'LIST', what: () => 'Finding special uses', signal } as const
  await withDeadline(deadline, async (inner) => {
    const call = { signal: inner, timeout: ms }
    const [places, listed] = await Promise.all([placesOf(finder, call), listMailboxes(finder, '*', call)])
    const mine = listed.filter((info) => info.selectable && !places.foreign.some((prefix) => isIn(info.name, prefix)))
    addMarked(found, mine, 'attribute')
    if (!finder.capabilities.has('SPECIAL-USE') && finder.capabilities.has('XLIST')) {
      const named = new Set(mine.map((info) => info.name))
      const marked = (await tolerated(finder, xlist(), call)) ?? []
      addMarked(
        found,
        marked.filter((info) => named.has(info.name)),
        'xlist',
      )
    }
    addNamed(found, mine, places.personal ?? inferred(mine))
  })
  const known = [...SPECIAL_USES].flatMap((use) => {
    const at = found.get(use)
    return at === undefined || at === null ? [] : [[use, at] as const]
  })
  return new Map(known)
}

/** What is decided; null where the caller wants nothing. */
type Found = Map<SpecialUse, SpecialUseMailbox | null>

/** @throws ArgumentError for what is no special use, and for what is no name */
function overridden(override: object): Found {
  checkObject('override', override)
  const found: Found = new Map()
  for (const [key, mailbox] of Object.entries(override) as [string, unknown][]) {
    const use = SPECIAL_USES.find((each) => each === key)
    if (use === undefined)
      throw new ArgumentError(`${key.slice(0, 40)} is no special use: use ${SPECIAL_USES.join(', ')}`)
    if (mailbox === undefined) continue
    if (mailbox === null) found.set(use, null)
    else if (typeof mailbox === 'string' && mailbox !== '') found.set(use, { mailbox, by: 'override' })
    else throw new ArgumentError(`The mailbox for ${use} is a name that is not empty, or null`)
  }
  return found
}

/** Mailboxes that the server marks; one that is taken for one use may still be marked for another. */
function addMarked(found: Found, mailboxes: readonly MailboxInfo[], by: 'attribute' | 'xlist'): void {
  for (const { name, attributes, specialUse } of mailboxes) {
    for (const use of SPECIAL_USES) {
      if (found.has(use) || !(use === specialUse || hasFlag(attributes, use))) continue
      found.set(use, { mailbox: name, by })
    }
  }
}

/** Mailboxes with a well-known name; INBOX and what has a use already are none. */
function addNamed(found: Found, mailboxes: readonly MailboxInfo[], personal: readonly Namespace[]): void {
  const taken = new Set([...found.values()].map((each) => each?.mailbox))
  const candidates = new Map<SpecialUse, string[]>()
  for (const info of mailboxes) {
    if (taken.has(info.name) || info.name === 'INBOX') continue
    const leaf = leafOf(info, personal)
    const use = leaf === undefined ? undefined : useOfName(leaf)
    if (use === undefined || found.has(use)) continue
    candidates.set(use, [...(candidates.get(use) ?? []), info.name])
  }
  for (const [use, [first, second]] of candidates) {
    if (first !== undefined && second === undefined) found.set(use, { mailbox: first, by: 'name' })
  }
}

/** The name of a mailbox that lies directly in a personal namespace, without its prefix. */
function leafOf({ name, delimiter }: MailboxInfo, personal: readonly Namespace[]): string | undefined {
  for (const { prefix } of personal) {
    if (!isIn(name, prefix)) continue
    const leaf = name.slice(prefix.length)
    if (delimiter === null || !leaf.includes(delimiter)) return leaf
  }
  return undefined
}

/** Whether a name begins with a prefix; its INBOX is in any case (RFC 9051 §5.1). */
function isIn(name: string, prefix: string): boolean {
  const inbox = /^inbox(?![a-z])/i
  return name.replace(inbox, 'INBOX').startsWith(prefix.replace(inbox, 'INBOX'))
}

interface Places {
  /** Undefined where the server does not tell. */
  readonly personal: readonly Namespace[] | undefined
  /** The prefixes of mailboxes of others. */
  readonly foreign: readonly string[]
}

/** Where mailboxes live (RFC 2342); a server that refuses to tell costs a warning. */
async function placesOf(finder: UseFinder, call: CallOptions): Promise<Places> {
  const told =
    finder.namespaces ?? (finder.capabilities.has('NAMESPACE') ? await tolerated(finder, namespace(), call) : undefined)
  if (told === undefined) return { personal: undefined, foreign: [] }
  const { personal, otherUsers, shared } = told
  const foreign = [...otherUsers, ...shared].map(({ prefix }) => prefix).filter((prefix) => prefix !== '')
  return { personal: personal.length > 0 ? personal : undefined, foreign }
}

/** Without NAMESPACE: below INBOX where the server lets mailboxes be nowhere else, and at the top everywhere else. */
function inferred(mailboxes: readonly MailboxInfo[]): readonly Namespace[] {
  const delimiter = mailboxes.find((info) => info.delimiter !== null)?.delimiter ?? null
  const others = mailboxes.filter((info) => info.name !== 'INBOX')
  const below = delimiter === null ? undefined : `INBOX${delimiter}`
  const allBelow = below !== undefined && others.length > 0 && others.every((info) => isIn(info.name, below))
  return [{ prefix: allBelow ? below : '', delimiter }]
}

/** Runs a command whose refusal only means that less is known. */
async function tolerated<R>(finder: UseFinder, command: Command<R>, call: CallOptions): Promise<R | undefined> {
  try {
    return await finder.run(command, call)
  } catch (error) {
    if (!(error instanceof ResponseError)) throw error
    finder.warn(error)
    return undefined
  }
}
