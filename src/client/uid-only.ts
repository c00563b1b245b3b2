import { search } from '../commands/search.js'
import { StateError } from '../model/errors.js'
import { MAX_NUMBER } from '../model/ids.js'
import { type NumberRange, type SeqSet, uids, UidSet } from '../model/number-set.js'
import { limitedSearch } from './limited-search.js'
import type { CallOptions, MailboxContext, RunContextOptions } from './mailbox-context.js'

/** Whether messages have no sequence numbers on this connection, and sets no `*` (RFC 9586 §3). */
export function isUidOnly({ connection }: Pick<MailboxContext, 'connection'>): boolean {
  return connection.enabled.has('UIDONLY')
}

/**
 * The UIDs of a set that there are, for a connection on which nothing else can tell: a search answers it in a set.
 *
 * @throws StateError for sequence numbers
 */
export async function existingUids(
  context: MailboxContext,
  set: UidSet | SeqSet,
  call: CallOptions & RunContextOptions = {},
): Promise<UidSet> {
  if (!(set instanceof UidSet)) {
    throw new StateError('With UIDONLY enabled messages have no sequence numbers (RFC 9586): use uids(…)')
  }
  const ranges: NumberRange[] = []
  let wantsLast = false
  for (const { from, to } of set.ranges()) {
    if (from === '*') wantsLast = true
    else ranges.push({ from, to: to === '*' ? MAX_NUMBER : to })
  }
  let found = uids()
  for (const part of uids(...ranges).chunks(context.limits.commandLine)) {
    found = found.union(await limitedSearch<UidSet>(context, { uid: part }, undefined, call))
  }
  if (!wantsLast) return found
  const { max } = await context.run(search({}, { return: ['max'] }), call)
  return max === null ? found : found.union(uids(max))
}
