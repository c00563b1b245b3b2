import type { Command } from '../commands/command.js'
import { fetch } from '../commands/fetch.js'
import { search } from '../commands/search.js'
import { ResponseError, StateError } from '../model/errors.js'
import { seqs, uids, type SavedResult, type SeqSet, type UidSet } from '../model/number-set.js'
import type { MailboxContext } from './mailbox-context.js'
import { numbersInParts, whole } from './message-limit.js'
import { existingUids, isUidOnly } from './uid-only.js'
import { clip, hasLoneStar, MOST_NUMBERS, withoutLoneStar, type MessageSet } from './resolve.js'

/**
 * Makes a set safe for a command that changes something: UIDs, without `*`. Sequence numbers and `*` mean the messages
 * that had them at the call, and a server takes `500:*` for the last message even when its UID is lower.
 *
 * @param context - bounds the whole call
 * @throws StateError when the numbers have moved before the server could tell which messages they meant
 */
export async function resolveSet(context: MailboxContext, set: MessageSet): Promise<UidSet | SavedResult> {
  if (set.kind === 'saved') return set
  if (isUidOnly(context) && (set.kind === 'seq' || set.hasStar)) return existingUids(context, set)
  const { exists } = context.selection
  if (set.kind === 'seq') return (await uidsNow(context, clip(set, exists))) ?? moved('Sequence numbers')
  if (!set.hasStar) return set
  if (exists === 0) return uids()
  const found = await uidsNow(context, seqs(exists))
  if (hasLoneStar(set)) return withoutLoneStar(set, (found ?? moved('*')).max)
  // When the last message is gone already, a search tells which one is the last now: the range holds it as well.
  const last = found?.max ?? (await context.run(search({ uid: set }))).max
  return last === undefined ? uids() : set.intersection(uids({ from: 1, to: last }))
}

function moved(what: string): never {
  throw new StateError(
    `${what} came to mean other messages before the command could be sent, since some were expunged: use UIDs`,
  )
}

/**
 * The UIDs that stand at sequence numbers now, before anything that is on its way: from the view where it knows them all,
 * else asked for. Undefined: the numbers had moved when the server answered.
 */
async function uidsNow(context: MailboxContext, set: SeqSet): Promise<UidSet | undefined> {
  const { view } = context.selection
  const known = knownUids(context, set)
  if (known !== undefined) return known
  const before = view.renumberings
  let hold = true
  const check = (): void => {
    if (view.renumberings !== before) hold = false
  }
  try {
    const found = await ask(context, set, check)
    return hold ? found : undefined
  } catch (error) {
    // What is beyond the last message by now, some servers refuse.
    if (error instanceof ResponseError && !hold) return undefined
    throw error
  }
}

/** Costs no more than what the server has really told: a view that knows less than there is to look up is not asked. */
function knownUids(context: MailboxContext, set: SeqSet): UidSet | undefined {
  const { view } = context.selection
  if (set.isEmpty) return uids()
  if (set.size > view.known) return undefined
  const found: number[] = []
  for (const seq of set) {
    const uid = view.uidOf(seq)
    if (uid === undefined) return undefined
    found.push(uid)
  }
  return uids(found)
}

async function ask(context: MailboxContext, set: SeqSet, check: () => void): Promise<UidSet> {
  const parts = numbersInParts(context, set)
  let found = uids()
  if (set.size > MOST_NUMBERS) {
    for (const part of parts) found = found.union(await context.run(whole(watched(search({ seq: part }), check))))
    return found
  }
  const known = new Map<number, number>()
  // All parts go out together, so that no EXPUNGE can come between them (RFC 9051 §5.5).
  await Promise.all(
    parts.map((part) => {
      const sink = {
        message: (seq: number, data: { readonly uid: number | undefined }) => {
          if (data.uid !== undefined && part.has(seq)) known.set(seq, data.uid)
        },
      }
      return context.run(whole(watched(fetch(part, [], { sink }), check)))
    }),
  )
  return uids(known.values())
}

/** Calls `check` when the command is sent and when an answer comes: in between, a UID command lets EXPUNGE through. */
function watched<R>(command: Command<R>, check: () => void): Command<R> {
  return {
    ...command,
    collect: (context) => {
      check()
      const inner = command.collect(context)
      return {
        untagged: (response) => {
          const isAnswer = inner.untagged?.(response) === true
          if (isAnswer) check()
          return isAnswer
        },
        done: (tagged) => inner.done(tagged),
      }
    },
  }
}
