import { close } from '../commands/close.js'
import { copy, move, type CopyResult } from '../commands/copy.js'
import { expunge, uidExpunge } from '../commands/expunge.js'
import { store, type StoreChange } from '../commands/store.js'
import type { AppendResult } from '../commands/append.js'
import type { CatenateContent } from '../extensions/catenate.js'
import type { ExtensionStore } from '../extensions/options.js'
import { CapabilityError, PartialResultError } from '../model/errors.js'
import type { Uid } from '../model/ids.js'
import { uids, type SavedResult, type UidSet } from '../model/number-set.js'
import type { MessageContent } from './appending.js'
import { bounded, checkCall } from './call-options.js'
import type { CallOptions, MailboxContext } from './mailbox-context.js'
import { asMessageSet, asUid, type MessageSetInput } from './message-set.js'
import { joinMaps, ReadonlyMailbox } from './readonly-mailbox.js'
import { replaceMessage, type ReplaceCallOptions } from './replacing.js'
import { resolveSet } from './snapshot.js'
import { inParts } from './split.js'

/** How messages are moved. */
export interface MoveCallOptions extends CallOptions {
  /**
   * Where the server lacks MOVE: copies, marks the originals `\Deleted` and, with UIDPLUS, expunges exactly them. When
   * that breaks off half-way, messages are in both mailboxes. Without UIDPLUS the originals stay, marked.
   */
  readonly allowNonAtomic?: boolean | undefined
}

/** How messages are deleted. */
export interface DeleteCallOptions extends CallOptions {
  /** Where the server lacks UIDPLUS: expunges everything that is marked `\Deleted`, by whomever. */
  readonly allowFullExpunge?: boolean | undefined
}

const DELETED = ['\\Deleted']

/**
 * A mailbox that is open for reading and writing, made by `client.select`.
 *
 * Sets that are long run as several commands; when a later one fails, the call rejects with PartialResultError, which
 * tells what is done. `*` and sequence numbers mean the messages that had them at the call: they are resolved to UIDs
 * first, and when that is too late, since messages were expunged meanwhile, the call rejects with StateError. No
 * other message is ever touched. The bound of a call is one for all of its commands.
 *
 * @example
 * ```ts
 * await using inbox = await client.select('INBOX')
 * await inbox.store(await inbox.search({ seen: false }), { add: ['\\Seen'] })
 * ```
 */
export class Mailbox extends ReadonlyMailbox {
  /**
   * Changes flags (RFC 9051 §6.4.6): exactly one of `add`, `remove` and `replace`. Adding or removing none does nothing;
   * replacing by none clears all. `modified` tells what was left alone because of `unchangedSince`. Extensions can change
   * other things in place of flags, such as `annotations`.
   *
   * @example
   * ```ts
   * await inbox.store(found, { add: ['\\Seen', '$Done'] })
   * ```
   */
  async store(
    set: MessageSetInput,
    change: StoreChange & ExtensionStore,
    options: CallOptions = {},
  ): Promise<{ readonly modified: UidSet }> {
    const context = bounded(this.context, options)
    const given = asMessageSet(set)
    const { storeItems } = context.protocol
    // Checks what the caller gave even if nothing is to be sent.
    store(given, change, storeItems)
    this.checkCurrent()
    if ((change.add ?? change.remove)?.length === 0) return { modified: uids() }
    const messages = await resolveSet(context, given)
    const results = await inParts(context, messages, (part) => store(part, change, storeItems))
    return { modified: results.reduce((all, { modified }) => all.union(modified), uids()) }
  }

  /**
   * Moves messages to another mailbox (RFC 6851) and tells their new UIDs where the server does.
   *
   * @throws CapabilityError without MOVE, unless `allowNonAtomic` is set
   * @example
   * ```ts
   * const { uidMap } = await inbox.move(found, 'Archive')
   * console.log(uidMap?.get(uid))
   * ```
   */
  async move(set: MessageSetInput, to: string, options: MoveCallOptions = {}): Promise<CopyResult> {
    const context = bounded(this.context, options)
    checkCall(options, ['allowNonAtomic'])
    const given = asMessageSet(set)
    move(given, to)
    this.checkCurrent()
    const isAtomic = context.connection.capabilities.has('MOVE')
    if (!isAtomic && options.allowNonAtomic !== true) {
      throw new CapabilityError('MOVE', 'The server lacks MOVE: allowNonAtomic copies, marks and expunges instead')
    }
    const messages = await resolveSet(context, given)
    if (isAtomic) return joinMaps(await inParts(context, messages, (part) => move(part, to)))
    return copyAndDelete(context, messages, to)
  }

  /**
   * Puts a message into the place of another one, in this mailbox or, with `to`, in another one (REPLACE, RFC 8508), and
   * tells its UID where the server does. No flags and no date of the old one are taken over.
   *
   * @throws CapabilityError without REPLACE, unless `allowNonAtomic` is set
   * @example
   * ```ts
   * const { uid: next } = await inbox.replace(uid, 'Subject: second version\r\n\r\nhello\r\n', { flags: ['\\Draft'] })
   * ```
   */
  async replace(
    old: Uid,
    message: MessageContent | CatenateContent,
    options: ReplaceCallOptions = {},
  ): Promise<AppendResult> {
    const given = asUid(old)
    this.checkCurrent()
    return replaceMessage(this.context, given, message, options)
  }

  /**
   * Deletes messages: marks them `\Deleted` and expunges exactly them (UIDPLUS, RFC 4315). Gives the UIDs that are gone,
   * where the server tells.
   *
   * @throws CapabilityError without UIDPLUS, unless `allowFullExpunge` is set
   * @example
   * ```ts
   * const removed = await inbox.delete(found)
   * console.log(removed.size)
   * ```
   */
  async delete(set: MessageSetInput, options: DeleteCallOptions = {}): Promise<UidSet> {
    const context = bounded(this.context, options)
    checkCall(options, ['allowFullExpunge'])
    const given = asMessageSet(set)
    this.checkCurrent()
    const isExact = this.context.connection.capabilities.has('UIDPLUS')
    if (!isExact && options.allowFullExpunge !== true) {
      throw new CapabilityError('UIDPLUS', 'The server cannot expunge single messages: allowFullExpunge expunges all')
    }
    const messages = await resolveSet(context, given)
    if (messages.kind === 'uid' && messages.isEmpty) return uids()
    await mark(context, messages)
    return isExact ? expungeOnly(context, messages) : (await context.run(expunge())).uids
  }

  /**
   * Removes messages that are marked `\Deleted` (RFC 9051 §6.4.3): all of them, or with a set those of the set. Gives the
   * UIDs that are gone, where the server tells.
   *
   * @throws CapabilityError for a set without UIDPLUS
   */
  async expunge(set?: MessageSetInput, options: CallOptions = {}): Promise<UidSet> {
    const context = bounded(this.context, options)
    if (set === undefined) return (await context.run(expunge())).uids
    const given = asMessageSet(set)
    this.checkCurrent()
    if (!this.context.connection.capabilities.has('UIDPLUS')) {
      throw new CapabilityError(
        'UIDPLUS',
        'The server cannot expunge single messages: leave out the set to expunge all',
      )
    }
    return expungeOnly(context, await resolveSet(context, given))
  }

  /** Leaves the mailbox and expunges all messages that are marked `\Deleted` (RFC 9051 §6.4.1). */
  async close(options: CallOptions = {}): Promise<void> {
    await bounded(this.context, options).run(close())
  }
}

async function mark(context: MailboxContext, messages: UidSet | SavedResult): Promise<void> {
  await inParts(context, messages, (part) => store(part, { add: DELETED, silent: true }))
}

async function expungeOnly(context: MailboxContext, messages: UidSet | SavedResult): Promise<UidSet> {
  const results = await inParts(context, messages, (part) => uidExpunge(part))
  return results.reduce((all, result) => all.union(result.uids), uids())
}

async function copyAndDelete(context: MailboxContext, messages: UidSet | SavedResult, to: string): Promise<CopyResult> {
  const copied = joinMaps(await inParts(context, messages, (part) => copy(part, to)))
  try {
    await mark(context, messages)
    if (context.connection.capabilities.has('UIDPLUS')) await expungeOnly(context, messages)
    return copied
  } catch (error) {
    const remaining = messages.toString()
    throw new PartialResultError(
      `The messages were copied to ${to}, but the originals are still there: expunge them, or they are there twice`,
      { done: '', remaining, results: [copied] },
      { cause: error, command: 'MOVE' },
    )
  }
}
