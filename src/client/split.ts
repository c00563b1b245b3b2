import type { Command } from '../commands/command.js'
import { ImapError, PartialResultError, ProtocolError } from '../model/errors.js'
import { uids, type SavedResult, type UidSet } from '../model/number-set.js'
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
  if (set.kind === 'saved') return [await context.run(make(set))]
  const left = [...set.chunks(context.limits.commandLine)]
  const done: UidSet[] = []
  const results: R[] = []
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
