import type { Command } from '../commands/command.js'
import { ImapError, PartialResultError, ProtocolError, ResponseError } from '../model/errors.js'
import { uids, type SavedResult, type UidSet } from '../model/number-set.js'
import { limitedSearch } from './limited-search.js'
import type { MailboxContext } from './mailbox-context.js'
import { below, cutRefused, limited } from './message-limit.js'

/**
 * Runs a command that changes something over a set, in as many commands as `limits.commandLine` needs, one after the
 * other, and goes on where a server stopped that takes only so many messages at a time (RFC 9738). An empty set sends
 * nothing.
 *
 * @param context - bounds the whole call
 * @throws PartialResultError when a later part fails, with what is done and what is not
 */
export async function inParts<R>(
  context: MailboxContext,
  set: UidSet | SavedResult,
  make: (part: UidSet | SavedResult) => Command<R>,
): Promise<R[]> {
  const done: UidSet[] = []
  const results: R[] = []
  const rest = set.kind === 'saved' ? await startSaved(context, set, make, done, results) : set
  const left = [...rest.chunks(context.limits.commandLine)]
  for (let part = left[0]; part !== undefined; part = left[0]) {
    try {
      const { result, stoppedAt } = await context.run(limited(make(part)))
      const rest = stoppedAt === undefined ? uids() : below(part, stoppedAt)
      if (rest.size === part.size) throw new ProtocolError('The server stopped before it had done anything')
      left.shift()
      results.push(result)
      done.push(rest.isEmpty ? part : part.difference(rest))
      if (!rest.isEmpty) left.unshift(rest)
    } catch (error) {
      const cut = cutRefused(part, error)
      if (cut !== undefined) left.splice(0, 1, ...cut)
      else if (done.length === 0) throw error
      else throw partial(done, left, results, error)
    }
  }
  return results
}

/** Runs a command over `$`, and gives the UIDs that it did not reach: from there on they have to be named. */
async function startSaved<R>(
  context: MailboxContext,
  set: SavedResult,
  make: (part: SavedResult) => Command<R>,
  done: UidSet[],
  results: R[],
): Promise<UidSet> {
  let bound: number | undefined
  try {
    const { result, stoppedAt = 1 } = await context.run(limited(make(set)))
    results.push(result)
    if (stoppedAt <= 1) return uids()
    bound = stoppedAt
    done.push(uids({ from: bound, to: '*' }))
  } catch (error) {
    // COPY does all or nothing.
    if (!(error instanceof ResponseError) || error.responseCode?.name !== 'MESSAGELIMIT') throw error
  }
  try {
    return await limitedSearch<UidSet>(
      context,
      { uid: set, ...(bound !== undefined && { uidBefore: bound }) },
      undefined,
    )
  } catch (error) {
    if (bound === undefined) throw error
    throw partial(done, [uids({ from: 1, to: bound - 1 })], results, error)
  }
}

function partial<R>(
  done: readonly UidSet[],
  left: readonly UidSet[],
  results: readonly R[],
  cause: unknown,
): PartialResultError<R> {
  const text = (some: readonly UidSet[]) => uids(some.map(String).join(',')).toString()
  const { command, retryable } = cause instanceof ImapError ? cause : { command: undefined, retryable: false }
  return new PartialResultError(
    `Only ${done.length} of ${done.length + left.length} commands succeeded: see done, remaining and cause`,
    { done: text(done), remaining: text(left), results },
    { cause, command, retryable },
  )
}
