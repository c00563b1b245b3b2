import { ArgumentError, IncompleteFetchError, ResponseError } from '../model/errors.js'
import { emptyFetchData, type FetchData } from '../model/message.js'
import type { MailboxContext } from './mailbox-context.js'
import type { Poisoned } from './poisoned.js'

/** What came of a message that lacks an item that was asked for. */
export interface IncompleteMessage {
  /** Its sequence number; 0 where that is not known. */
  readonly seq: number
  /** What came; of a message that the server refuses, its UID alone. */
  readonly data: FetchData
  /** Why the server refuses the message, where it does: alone, while it answers others. */
  readonly error?: ResponseError | undefined
}

/**
 * What to do about messages that lack an asked item at the end: reject, leave them out (those that the server refuses cost
 * a `warning` each), or tell of each.
 */
export type OnIncomplete = 'reject' | 'skip' | ((message: IncompleteMessage) => void)

/** @throws ArgumentError for what callers without types may give */
export function checkOnIncomplete(given: OnIncomplete): void {
  if (given === 'reject' || given === 'skip' || typeof given === 'function') return
  throw new ArgumentError("onIncomplete is 'reject', 'skip' or a function")
}

/** Does what the caller wants about incomplete messages. @throws IncompleteFetchError, and what a function of the caller throws */
export function tellIncomplete(
  context: MailboxContext,
  lacking: readonly IncompleteMessage[],
  onIncomplete: OnIncomplete,
): void {
  if (lacking.length === 0) return
  if (onIncomplete === 'reject') throw incompleteError(lacking)
  for (const message of lacking) {
    if (onIncomplete !== 'skip') onIncomplete(message)
    else if (message.error !== undefined) context.warn(message.error)
  }
}

/** A message that the server refuses, as one that lacks what was asked for. */
export function asIncomplete({ selection }: MailboxContext, { uid, error }: Poisoned): IncompleteMessage {
  return { seq: selection.view.seqOf(uid) ?? 0, data: { ...emptyFetchData(), uid }, error }
}

/** The error for messages that lack what was asked for. */
export function incompleteError(lacking: readonly IncompleteMessage[]): IncompleteFetchError {
  const which = lacking
    .slice(0, 10)
    .map(({ seq, data }) => (data.uid === undefined ? `number ${seq}` : `UID ${data.uid}`))
  const more = lacking.length > which.length ? ` and ${lacking.length - which.length} more` : ''
  const cause = lacking.find(({ error }) => error !== undefined)?.error
  return new IncompleteFetchError(
    `The server did not send all that was asked for of ${which.join(', ')}${more}; onIncomplete: 'skip' leaves them out`,
    lacking.map(({ data }) => data),
    { command: 'FETCH', ...(cause !== undefined && { cause, retryable: cause.retryable }) },
  )
}

/** Some servers answer NO when a message was gone already, having sent all the others. */
export function isPartialSuccess(error: unknown): boolean {
  if (!(error instanceof ResponseError) || error.status !== 'NO') return false
  return error.responseCode?.name === 'EXPUNGEISSUED' || /messages no longer exist/i.test(error.text ?? '')
}
