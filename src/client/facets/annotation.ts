import {
  getAnnotation,
  setAnnotation,
  type MailboxAnnotationChange,
  type MailboxAnnotations,
} from '../../extensions/annotatemore.js'
import type { CallOptions, Runner } from '../mailbox-context.js'

/**
 * Annotations of mailboxes on servers from before METADATA (ANNOTATEMORE, a draft), as `client.annotation`; the mailbox `''`
 * is the server. Use `client.metadata` where the server has METADATA.
 *
 * @example
 * ```ts
 * const [inbox] = await client.annotation.get('INBOX', '/comment', ['value.priv', 'value.shared'])
 * console.log(inbox?.entries.get('/comment')?.get('value.priv'))
 * ```
 */
export class Annotation {
  readonly #run: Runner

  /** Made by the client. @internal */
  constructor(run: Runner) {
    this.#run = run
  }

  /** Annotations of the mailboxes that a name or pattern stands for; `value` asks for private and shared values. */
  async get(
    mailbox: string,
    entries: string | readonly string[],
    attributes: string | readonly string[] = 'value',
    options: CallOptions = {},
  ): Promise<readonly MailboxAnnotations[]> {
    return this.#run(getAnnotation(mailbox, entries, attributes), options)
  }

  /** Stores annotations, and removes those whose value is null. */
  async set(mailbox: string, change: MailboxAnnotationChange, options: CallOptions = {}): Promise<void> {
    await this.#run(setAnnotation(mailbox, change), options)
  }
}
