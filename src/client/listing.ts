import { list, lsub, type ListOptions } from '../commands/list.js'
import { status, type StatusQuery } from '../commands/status.js'
import type { Command } from '../commands/command.js'
import type { Capabilities } from '../model/capabilities.js'
import { ArgumentError, ResponseError, type ImapError } from '../model/errors.js'
import type { MailboxInfo, MailboxStatus } from '../model/mailbox.js'
import { statusItems } from '../protocol.js'
import type { CallOptions } from './mailbox-context.js'

/** Which mailboxes to list, and what to tell of them. */
export interface ListCallOptions extends ListOptions, CallOptions {}

/** What listing needs of its client. */
export interface Lister {
  readonly capabilities: Capabilities
  run<R>(command: Command<R>, options?: CallOptions): Promise<R>
  warn(error: ImapError): void
}

/** Lists mailboxes; what the server lacks for it is made up for where the result is the same. */
export async function listMailboxes(
  lister: Lister,
  pattern: string | readonly string[],
  options: ListCallOptions,
): Promise<MailboxInfo[]> {
  const { capabilities } = lister
  const { signal, timeout, ...what } = options
  const call = { signal, timeout }
  const withStatus = what.status === undefined || capabilities.has('LIST-STATUS')
  const { status: query, ...plain } = what
  if (!withStatus && what.specialUse !== true) checkQuery(query)
  const extended = capabilities.has('LIST-EXTENDED')
  const found =
    what.subscribed === true && !extended && what.recursive !== true
      ? await subscribedOnly(lister, pattern, plain, call)
      : await listed(lister, pattern, withStatus ? what : plain, extended, call)
  return withStatus || query === undefined
    ? [...found]
    : Promise.all(found.map((each) => counted(lister, each, query, call)))
}

function checkQuery(query: StatusQuery | undefined): void {
  if (query !== undefined && !Object.values(query).includes(true)) {
    throw new ArgumentError('status needs at least one item, such as { messages: true }')
  }
}

/** Several patterns are several commands where the server has no LIST-EXTENDED. */
async function listed(
  lister: Lister,
  pattern: string | readonly string[],
  options: ListOptions,
  extended: boolean,
  call: CallOptions,
): Promise<readonly MailboxInfo[]> {
  if (typeof pattern === 'string' || pattern.length === 1 || extended) {
    return lister.run(list(pattern, options, statusItems), call)
  }
  const lists = await Promise.all(pattern.map((each) => lister.run(list(each, options, statusItems), call)))
  return unique(lists.flat())
}

async function subscribedOnly(
  lister: Lister,
  pattern: string | readonly string[],
  options: ListOptions,
  call: CallOptions,
): Promise<readonly MailboxInfo[]> {
  const patterns = typeof pattern === 'string' ? [pattern] : pattern
  const lists = await Promise.all(patterns.map((each) => lister.run(lsub(each, options.reference ?? ''), call)))
  const all = unique(lists.flat()).map((each) => ({ ...each, subscribed: true }))
  return options.specialUse === true ? all.filter((each) => each.specialUse !== null) : all
}

function unique(infos: readonly MailboxInfo[]): MailboxInfo[] {
  return [...new Map(infos.map((each) => [each.name, each])).values()]
}

/** STATUS of one mailbox; a mailbox whose status the server refuses stays without one. */
async function counted(lister: Lister, info: MailboxInfo, query: StatusQuery, call: CallOptions): Promise<MailboxInfo> {
  if (!info.selectable) return info
  try {
    const counts = (await lister.run(status(info.name, query, statusItems), call)) as MailboxStatus
    return { ...info, status: counts }
  } catch (error) {
    if (!(error instanceof ResponseError)) throw error
    lister.warn(error)
    return info
  }
}
