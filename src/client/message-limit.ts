import type { Command } from '../commands/command.js'
import type { Capabilities } from '../model/capabilities.js'
import { PartialResultError, ResponseError } from '../model/errors.js'
import type { ResponseCode } from '../model/response-code.js'
import { uids, type SeqSet, type UidSet } from '../model/number-set.js'
import type { MailboxContext } from './mailbox-context.js'

/** The result of a command, and the lowest UID that it reached where the server stopped before the end. */
export interface Limited<R> {
  readonly result: R
  readonly stoppedAt: number | undefined
}

/** A command that tells where the server stopped, since it takes no more messages at a time (RFC 9738 §3.1). */
export function limited<R>(command: Command<R>): Command<Limited<R>> {
  return {
    ...command,
    collect: (context) => {
      const inner = command.collect(context)
      let stoppedAt: number | undefined
      const note = (code: ResponseCode | null): void => {
        if (code?.name === 'MESSAGELIMIT') stoppedAt = code.uid
      }
      // Collectors may be instances of classes: each method is passed on by name.
      return {
        untagged: (response) => {
          // Beside EXPUNGEISSUED it comes in an untagged NO.
          if (response.type === 'NO' || response.type === 'OK') note(response.code)
          return inner.untagged?.(response) === true
        },
        ...(inner.literal !== undefined && { literal: (head) => inner.literal?.(head) }),
        refused: (tagged) => inner.refused?.(tagged),
        failed: (error) => inner.failed?.(error),
        done: (tagged) => {
          note(tagged.code)
          return { result: inner.done(tagged), stoppedAt }
        },
      }
    },
  }
}

/**
 * A command that has to be carried out whole, since nothing goes on where the server stops.
 *
 * @throws PartialResultError when the server stopped before the end, with what came until then
 */
export function whole<R>(command: Command<R>): Command<R> {
  const inner = limited(command)
  return {
    ...inner,
    collect: (context) => {
      const collector = inner.collect(context)
      return {
        ...collector,
        done: (tagged) => {
          const { result, stoppedAt } = collector.done(tagged)
          if (stoppedAt === undefined || stoppedAt <= 1) return result
          throw new PartialResultError(
            `The server took only the messages from UID ${stoppedAt} on, and nothing can be put together of parts: name fewer messages`,
            { done: `${stoppedAt}:*`, remaining: `1:${stoppedAt - 1}`, results: [result] },
            { command: command.name },
          )
        },
      }
    },
  }
}

/** How many messages one command may take at most (RFC 9738 §3): of the limits with these names, the lowest one. */
export function messageLimit(capabilities: Capabilities, names: readonly string[] = ['MESSAGELIMIT']): number {
  const told = names.flatMap((name) => capabilities.values(name)).filter((value) => /^[1-9]\d{0,9}$/.test(value))
  return Math.min(Infinity, ...told.map(Number))
}

/** Cuts a set of sequence numbers into sets that fit into one command line, and that the server takes whole. */
export function numbersInParts({ connection, limits }: MailboxContext, set: SeqSet): readonly SeqSet[] {
  const most = messageLimit(connection.capabilities)
  return set.chunks(limits.commandLine).flatMap((chunk) => {
    const parts: SeqSet[] = []
    let rest = chunk
    while (rest.size > most) {
      const { head, tail } = rest.take(most)
      parts.push(head)
      rest = tail
    }
    return [...parts, rest]
  })
}

/** What of a set lies below a UID: messages are taken from the highest down (RFC 9738 §3.1). */
export function below(set: UidSet, uid: number): UidSet {
  return uid > 1 ? set.intersection(uids({ from: 1, to: uid - 1 })) : uids()
}

/**
 * Cuts a set that a server refused whole, since COPY and APPEND do all or nothing, into the messages that it would have
 * taken and the rest; undefined when the refusal does not help.
 */
export function cutRefused(set: UidSet, error: unknown): readonly [UidSet, UidSet] | undefined {
  if (!(error instanceof ResponseError) || error.responseCode?.name !== 'MESSAGELIMIT') return undefined
  const { uid } = error.responseCode
  if (uid === undefined) return undefined
  const rest = below(set, uid)
  const first = set.difference(rest)
  return rest.isEmpty || first.isEmpty ? undefined : [first, rest]
}
