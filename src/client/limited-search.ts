import { find, uidSearch } from '../commands/search.js'
import type { SearchCriteria } from '../extensions/options.js'
import { PartialResultError, ProtocolError } from '../model/errors.js'
import { UidSet } from '../model/number-set.js'
import type { CallOptions, MailboxContext, RunContextOptions } from './mailbox-context.js'
import { limited } from './message-limit.js'

/** What the parts of a result can be put together of. */
const JOINED = ['min', 'max', 'count', 'all', 'modSeq']

type Data = Readonly<Record<string, unknown>>

/**
 * Searches among more UIDs than fit into one command line, in as many commands as they need. Only a list that every message
 * has to be in can be cut.
 *
 * @param context - bounds the whole call
 * @throws PartialResultError when the parts of what was asked for cannot be put together
 */
export async function searchInParts<R>(
  context: MailboxContext,
  criteria: SearchCriteria,
  uids: UidSet,
  options: object | undefined,
): Promise<R> {
  const results: R[] = []
  const parts = uids.chunks(context.limits.commandLine)
  for (const part of [...parts].reverse()) {
    const result = await limitedSearch<R>(context, { ...criteria, uid: part }, options)
    results.push(result)
    if (results.length < parts.length) refuseUnjoinable(result, options, part.min ?? 1, results)
  }
  return join(results)
}

/**
 * Searches a mailbox whose server looks at only so many messages at a time (RFC 9738), part by part from the highest UID
 * down, as often as it takes.
 *
 * @param context - bounds the whole call
 * @throws PartialResultError when the parts of what was asked for cannot be put together
 */
export async function limitedSearch<R>(
  context: MailboxContext,
  criteria: SearchCriteria,
  options: object | undefined,
  call: CallOptions & RunContextOptions = {},
): Promise<R> {
  const results: R[] = []
  let bound: number | undefined
  for (;;) {
    const left =
      bound === undefined ? criteria : { ...criteria, uidBefore: Math.min(bound, criteria.uidBefore ?? bound) }
    const { result, stoppedAt } = await context.run(limited(find<R>(uidSearch, left, options, context.protocol)), call)
    results.push(result)
    if (stoppedAt === undefined || stoppedAt <= 1) return join(results)
    if (bound !== undefined && stoppedAt >= bound)
      throw new ProtocolError('The server searches the same messages again')
    refuseUnjoinable(result, options, stoppedAt, results)
    bound = stoppedAt
  }
}

/** `$` holds only what the last part found, and the place in a list is told for each part alone. */
function refuseUnjoinable(
  result: unknown,
  options: object | undefined,
  stoppedAt: number,
  results: readonly unknown[],
): void {
  const names = result instanceof UidSet ? [] : Object.keys(result as object)
  const returns: unknown = options !== undefined && 'return' in options ? options.return : []
  const saves = Array.isArray(returns) && returns.includes('save')
  if (!saves && names.every((name) => JOINED.includes(name))) return
  throw new PartialResultError(
    `The server searched only the messages from UID ${stoppedAt} on, and this result cannot be put together: search by ranges of UIDs`,
    { done: `${stoppedAt}:*`, remaining: `1:${stoppedAt - 1}`, results },
    { command: 'UID SEARCH' },
  )
}

/** The parts came from the highest UIDs down. */
function join<R>(results: readonly R[]): R {
  const [first] = results
  if (results.length === 1) return first as R
  if (first instanceof UidSet) {
    return (results as readonly unknown[] as readonly UidSet[]).reduce((all, each) => all.union(each)) as R
  }
  const parts = results as readonly Data[]
  const told = (name: string) =>
    parts.map((part) => part[name]).filter((value) => value !== null && value !== undefined)
  const joined: Record<string, unknown> = {}
  // A part in which nothing was found has no mod-sequence.
  for (const name of new Set(parts.flatMap((part) => Object.keys(part)))) {
    const values = told(name)
    if (name === 'min') joined[name] = values.at(-1) ?? null
    else if (name === 'max') joined[name] = values[0] ?? null
    else if (name === 'count') joined[name] = (values as number[]).reduce((sum, each) => sum + each, 0)
    else if (name === 'all') joined[name] = (values as UidSet[]).reduce((all, each) => all.union(each))
    else joined[name] = (values as bigint[]).reduce((most, each) => (each > most ? each : most))
  }
  return joined as R
}
