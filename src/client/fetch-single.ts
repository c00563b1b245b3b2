import type { AskedItem } from '../commands/fetch.js'
import type { FetchData } from '../model/message.js'
import type { UidSet } from '../model/number-set.js'
import { incompleteError, isPartialSuccess, type IncompleteMessage } from './incomplete.js'
import { keptFetch } from './kept-fetch.js'
import type { CallOptions, MailboxContext } from './mailbox-context.js'

/**
 * Fetches items of one message in one command; null when there is no such message.
 *
 * @throws IncompleteFetchError when the message is there and an item is not
 */
export async function fetchSingle(
  context: MailboxContext,
  uid: UidSet,
  items: readonly AskedItem[],
  call: CallOptions,
): Promise<(FetchData & { readonly seq: number }) | null> {
  let found: (FetchData & { readonly seq: number }) | null = null
  let incomplete: readonly IncompleteMessage[] = []
  const sink = {
    message: (seq: number, data: FetchData) => {
      found ??= { ...data, seq }
    },
    incomplete: (lacking: readonly IncompleteMessage[]) => {
      incomplete = lacking
    },
  }
  try {
    await context.run(keptFetch(uid, items, { sink }), call)
  } catch (error) {
    if (!isPartialSuccess(error)) throw error
  }
  if (found === null && incomplete.length > 0) throw incompleteError(incomplete)
  return found
}
