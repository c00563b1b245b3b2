import type { SentSet } from '../arguments.js'
import { bad } from '../refusal.js'
import { lowerBound, type MemoryMailbox, type Watcher } from './mailbox.js'
import type { StoredMessage } from './message.js'

/** What has happened to a mailbox and may be told now. */
export interface Updates {
  /** Sequence numbers in the order in which EXPUNGE must name them: descending. */
  readonly expunged: readonly { readonly seq: number; readonly uid: number }[]
  /** The new number of messages, or null when none came. */
  readonly exists: number | null
  /** The messages that came. */
  readonly arrived: readonly StoredMessage[]
  readonly changed: readonly StoredMessage[]
}

/**
 * A selected mailbox as one session sees it: message numbers move only when the session has been told
 * (RFC 9051 §5.2, §7.5.1). What happens meanwhile is kept until {@link take}.
 */
export class View implements Watcher {
  readonly mailbox: MemoryMailbox
  readonly readOnly: boolean
  /** Messages by sequence number, the first at index 0. */
  messages: StoredMessage[]
  /** The messages that are `\Recent` here. */
  readonly recent = new Set<StoredMessage>()
  /** How many keywords the session has been told of. */
  keywordsTold: number
  /** Called when something waits to be told. */
  onPending: (() => void) | null = null
  #incoming: StoredMessage[] = []
  readonly #gone = new Set<StoredMessage>()
  readonly #changed = new Set<StoredMessage>()

  constructor(mailbox: MemoryMailbox, readOnly: boolean) {
    this.mailbox = mailbox
    this.readOnly = readOnly
    this.messages = [...mailbox.messages]
    this.keywordsTold = mailbox.keywordCount
    this.#claim(this.messages)
    mailbox.watch(this)
  }

  /** Stops listening. */
  close(): void {
    this.mailbox.unwatch(this)
    this.onPending = null
  }

  /** The sequence number of a message, or 0 when it has none here. */
  seqOf(message: StoredMessage): number {
    const index = lowerBound(this.messages, message.uid)
    return this.messages[index] === message ? index + 1 : 0
  }

  /** Removed messages that the session has not been told of, and still has numbers for. */
  get held(): StoredMessage[] {
    return [...this.#gone].filter((message) => this.seqOf(message) > 0)
  }

  /** Messages have come. */
  added(messages: readonly StoredMessage[]): void {
    for (const message of messages) this.#incoming.push(message)
    this.onPending?.()
  }

  /** Messages have been removed. */
  expunged(messages: ReadonlySet<StoredMessage>): void {
    // One that came and goes before it was told of is never told of, and not kept.
    const unseen = this.#incoming.some((message) => messages.has(message))
    if (unseen) this.#incoming = this.#incoming.filter((message) => !messages.has(message))
    for (const message of messages) {
      if (this.seqOf(message) > 0) this.#gone.add(message)
      else this.recent.delete(message)
    }
    this.onPending?.()
  }

  /** Flags have been changed. */
  changed(message: StoredMessage, by: Watcher | null): void {
    // Who changed the flags is told by the command itself.
    if (by === this) return
    this.#changed.add(message)
    this.onPending?.()
  }

  /** Forgets that a message was changed: the session is being told otherwise. */
  told(message: StoredMessage): void {
    this.#changed.delete(message)
  }

  /** Takes what may be told now; EXPUNGE only where it is allowed (RFC 9051 §7.5.1). */
  take(expungeAllowed: boolean): Updates {
    const expunged = expungeAllowed && this.#gone.size > 0 ? this.#removeGone() : []
    const arrived = this.#incoming
    const exists = arrived.length > 0 ? this.#append() : null
    const changed = [...this.#changed].filter((message) => this.seqOf(message) > 0 && !message.expunged)
    // A message that waits for its EXISTS is told with its newest flags when it is fetched.
    this.#changed.clear()
    return { expunged, exists, arrived, changed }
  }

  /**
   * The messages of a set, by sequence number or UID, ascending and each once.
   *
   * @throws Refusal BAD for a sequence number that no message has (RFC 9051 §9, seq-number).
   */
  resolve(set: SentSet, byUid: boolean, saved: ReadonlySet<StoredMessage>): StoredMessage[] {
    if (set === '$') return this.messages.filter((message) => saved.has(message) && !message.expunged)
    const intervals = set.map(({ from, to }) => (byUid ? this.#uidInterval(from, to) : this.#seqInterval(from, to)))
    intervals.sort((a, b) => a[0] - b[0])
    const found: StoredMessage[] = []
    let next = 0
    for (const [start, end] of intervals) {
      for (let i = Math.max(start, next); i < end; i++) {
        const message = this.messages[i] as StoredMessage
        // A UID that is gone is no error, it is just not there; a number still stands for its message.
        if (!byUid || !message.expunged) found.push(message)
      }
      next = Math.max(next, end)
    }
    return found
  }

  #seqInterval(from: number, to: number): readonly [start: number, end: number] {
    const count = this.messages.length
    if (count === 0) throw bad('The mailbox is empty: no sequence number is valid')
    const low = from === Infinity ? count : from
    const high = to === Infinity ? count : to
    if (low > count || high > count) {
      // `500:*` in a mailbox of 3 is 3:500, of which 500 is not there.
      if (to !== Infinity || from === Infinity)
        throw bad(`There is no message ${Math.max(low, high)}, the last is ${count}`)
      return [count - 1, count]
    }
    return [Math.min(low, high) - 1, Math.max(low, high)]
  }

  #uidInterval(from: number, to: number): readonly [start: number, end: number] {
    const last = this.messages.at(-1)?.uid ?? 0
    const low = from === Infinity ? last : from
    const high = to === Infinity ? last : to
    return [lowerBound(this.messages, Math.min(low, high)), lowerBound(this.messages, Math.max(low, high) + 1)]
  }

  #removeGone(): { seq: number; uid: number }[] {
    const expunged: { seq: number; uid: number }[] = []
    for (let i = this.messages.length - 1; i >= 0; i--) {
      const message = this.messages[i] as StoredMessage
      if (this.#gone.has(message)) expunged.push({ seq: i + 1, uid: message.uid })
    }
    this.messages = this.messages.filter((message) => !this.#gone.has(message))
    // One that came and went unseen is never told.
    this.#incoming = this.#incoming.filter((message) => !this.#gone.has(message))
    for (const message of this.#gone) this.recent.delete(message)
    this.#gone.clear()
    return expunged
  }

  #append(): number {
    for (const message of this.#incoming) this.messages.push(message)
    this.#claim(this.#incoming)
    this.#incoming = []
    return this.messages.length
  }

  #claim(messages: readonly StoredMessage[]): void {
    for (const message of messages) {
      if (message.claimed) continue
      this.recent.add(message)
      if (!this.readOnly) message.claimed = true
    }
  }
}
