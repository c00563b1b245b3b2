import type { AppendMessage as Message, AppendResult } from '../commands/append.js'
import { append } from '../commands/append.js'
import { checkName } from '../commands/checks.js'
import { uidExpunge } from '../commands/expunge.js'
import { search } from '../commands/search.js'
import { store } from '../commands/store.js'
import type { CatenateContent } from '../extensions/catenate.js'
import { replace } from '../extensions/replace.js'
import { CapabilityError, PartialResultError, StateError } from '../model/errors.js'
import type { UidSet } from '../model/number-set.js'
import { asAppendContent, isStreamed, prepare, type AppendOptions, type MessageContent } from './appending.js'
import { bounded, checkCall } from './call-options.js'
import { callOf } from './mailbox-base.js'
import type { CallOptions, MailboxContext } from './mailbox-context.js'

/** How a message is replaced. */
export interface ReplaceCallOptions extends AppendOptions, CallOptions {
  /** The mailbox that the new message goes to; the same by default. */
  readonly to?: string | undefined
  /**
   * Where the server lacks REPLACE: appends the new message, marks the old one `\Deleted` and, with UIDPLUS, expunges
   * exactly it. When that breaks off half-way, both are there. Without UIDPLUS the old one stays, marked.
   */
  readonly allowNonAtomic?: boolean | undefined
}

/**
 * Puts a message into the place of another one (RFC 8508).
 *
 * @throws CapabilityError without REPLACE, unless `allowNonAtomic` is set
 */
export async function replaceMessage(
  context: MailboxContext,
  old: UidSet,
  content: MessageContent | CatenateContent,
  options: ReplaceCallOptions,
): Promise<AppendResult> {
  checkCall(options, ['allowNonAtomic'])
  const { to = context.selection.name, allowNonAtomic, signal: _signal, timeout: _timeout, ...how } = options
  checkName(to)
  const { connection, protocol } = context
  const { capabilities } = connection
  const message = prepare({ capabilities, protocol }, { ...how, ...asAppendContent(content) })
  if (capabilities.has('REPLACE')) {
    const command = replace(old, to, message, protocol.appendItems)
    return context.run(command, { ...callOf(options), stream: isStreamed(message) })
  }
  if (allowNonAtomic !== true) {
    throw new CapabilityError('REPLACE', 'The server lacks REPLACE: allowNonAtomic appends, marks and expunges instead')
  }
  return appendAndDelete(bounded(context, options), old, to, message)
}

async function appendAndDelete(
  context: MailboxContext,
  old: UidSet,
  to: string,
  message: Message,
): Promise<AppendResult> {
  // Nothing would tell later that there was nothing to remove.
  if ((await context.run(search({ uid: old }))).isEmpty) {
    throw new StateError(`There is no message with UID ${old.toString()} to replace`)
  }
  const stored = await context.run(append(to, message, context.protocol.appendItems), { stream: isStreamed(message) })
  try {
    await context.run(store(old, { add: ['\\Deleted'], silent: true }))
    if (context.connection.capabilities.has('UIDPLUS')) await context.run(uidExpunge(old))
    return stored
  } catch (error) {
    throw new PartialResultError(
      `The new message was stored in ${to}, but the old one is still there: expunge it, or both are there`,
      { done: '', remaining: old.toString(), results: [stored] },
      { cause: error, command: 'REPLACE' },
    )
  }
}
