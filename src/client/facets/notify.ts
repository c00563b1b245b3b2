import { notifyNone, notifySet, type NotifyGroup, type NotifyOptions } from '../../extensions/notify.js'
import { ProtocolError, type ImapError } from '../../model/errors.js'
import type { Response } from '../../model/response.js'
import type { Protocol } from '../../protocol.js'
import { translate } from '../ask.js'
import type { FetchQuery } from '../fetch-query.js'
import type { CallOptions, Runner } from '../mailbox-context.js'

/** What to be told of some mailboxes. */
export interface NotifyRequest extends Omit<NotifyGroup, 'items'> {
  /**
   * What the server tells of each new message; only for the selected mailbox, with MessageNew. It comes behind `exists`, as
   * FETCH to `onResponse`, flags as the event `flags` too.
   */
  readonly fetch?: FetchQuery | undefined
}

/** What the facet needs of its client. */
export interface NotifyHost {
  readonly run: Runner
  readonly protocol: Protocol
  onResponse(listener: (response: Response, command: string | undefined) => void): () => void
  warn(error: ImapError): void
}

/**
 * News of any mailbox (RFC 5465), as `client.notify`. They come as events of the client: `status` of other mailboxes,
 * `list` of new names and subscriptions, `metadata`, and of the selected mailbox `exists`, `expunge`, `vanished` and
 * `flags`. All methods reject with CapabilityError where the server lacks NOTIFY.
 *
 * A server may give up when there is too much to tell: then nothing is watched any more, and a `warning` says so.
 *
 * @example
 * ```ts
 * client.on('status', ({ mailbox, status }) => console.log(mailbox, status.messages))
 * await client.notify.set([
 *   { mailboxes: 'selected', events: ['MessageNew', 'MessageExpunge', 'FlagChange'] },
 *   { mailboxes: { subtree: 'Lists' }, events: ['MessageNew', 'MessageExpunge'] },
 * ])
 * ```
 */
export class Notify {
  readonly #host: NotifyHost
  #watched: readonly NotifyRequest[] | null = null
  #listens = false

  /** Made by the client. @internal */
  constructor(host: NotifyHost) {
    this.#host = host
  }

  /** What is being watched; null before `set`, after `none`, and after the server gave up. */
  get watched(): readonly NotifyRequest[] | null {
    return this.#watched
  }

  /** Has the server tell what happens; what was set before no longer holds. */
  async set(groups: readonly NotifyRequest[], options: NotifyOptions & CallOptions = {}): Promise<void> {
    const command = notifySet(this.#read(groups), options)
    this.#listen()
    // Noted at the answer: the server may give up right behind it.
    const done = (): void => {
      this.#watched = [...groups]
    }
    await this.#host.run({ ...command, collect: () => ({ done }) }, options)
  }

  /** Ends it: the server tells nothing more, not even of the selected mailbox. */
  async none(options: CallOptions = {}): Promise<void> {
    await this.#host.run(notifyNone(), options)
    this.#watched = null
  }

  #read(groups: readonly NotifyRequest[]): readonly NotifyGroup[] {
    const given: unknown = groups
    if (!Array.isArray(given)) return groups
    const { fetchItems } = this.#host.protocol
    return groups.map((group) => {
      const isAsked = typeof group === 'object' && (group as NotifyRequest | null)?.fetch !== undefined
      if (!isAsked) return group
      const { fetch = {}, ...rest } = group
      return { ...rest, items: translate(fetch, fetchItems, false).items }
    })
  }

  /** * OK [NOTIFICATIONOVERFLOW] … as if NOTIFY NONE had been received (RFC 5465 §5.8) */
  #listen(): void {
    if (this.#listens) return
    this.#listens = true
    this.#host.onResponse((response, command) => {
      // All state of the session is gone then (RFC 8437 §2).
      if (response.kind === 'tagged' && response.status === 'OK' && command === 'UNAUTHENTICATE') this.#watched = null
      if (response.kind !== 'untagged' || response.type !== 'OK') return
      if (response.code?.name !== 'NOTIFICATIONOVERFLOW') return
      this.#watched = null
      this.#host.warn(new ProtocolError(`The server tells no more news, since there are too many: ${response.text}`))
    })
  }
}
