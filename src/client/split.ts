import type { Command } from '../commands/command.js'
import { ImapError, PartialResultError } from '../model/errors.js'
import { uids, type SavedResult, type UidSet } from '../model/number-set.js'
import type { MailboxContext } from './mailbox-context.js'

/**
 * Runs a command that changes something over a set, in as many commands as `limits.commandLine` needs, one after the
 * other. An empty set sends nothing.
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
  const parts = set.chunks(context.limits.commandLine)
  const results: R[] = []
  for (const [index, part] of parts.entries()) {
    try {
      results.push(await context.run(make(part)))
    } catch (error) {
      if (index === 0) throw error
      throw partial(parts, index, results, error)
    }
  }
  return results
}

function partial<R>(
  parts: readonly UidSet[],
  failed: number,
  results: readonly R[],
  cause: unknown,
): PartialResultError<R> {
  const text = (some: readonly UidSet[]) => uids(some.map(String).join(',')).toString()
  const { command, retryable } = cause instanceof ImapError ? cause : { command: undefined, retryable: false }
  return new PartialResultError(
    `Only ${failed} of ${parts.length} commands succeeded: see done, remaining and cause`,
    { done: text(parts.slice(0, failed)), remaining: text(parts.slice(failed)), results },
    { cause, command, retryable },
  )
}
