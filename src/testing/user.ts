import type { MessageInput, MessageOptions } from './settings.js'
import { asMessage } from './start.js'
import type { Account } from './store/account.js'
import type { FlagChange, MemoryMailbox } from './store/mailbox.js'
import type { StoredMessage } from './store/message.js'

/** A message as a test sees it. */
export interface ServerMessage {
  /** Its UID. */
  readonly uid: number
  /** Its octets. */
  readonly raw: Buffer
  /** System flags and keywords, without `\\Recent`. */
  readonly flags: readonly string[]
  /** When it was received. */
  readonly internalDate: Date
  /** Its mod-sequence (RFC 7162). */
  readonly modSeq: bigint
}

/** A mailbox from outside: what is changed here is told to every client that has it open, when it may be told. */
export class MailboxHandle {
  readonly #mailbox: MemoryMailbox

  constructor(mailbox: MemoryMailbox) {
    this.#mailbox = mailbox
  }

  /** The name, decoded. */
  get name(): string {
    return this.#mailbox.name
  }

  /** UIDVALIDITY (RFC 9051 §2.3.1.1). */
  get uidValidity(): number {
    return this.#mailbox.uidValidity
  }

  /** The UID that the next message will get. */
  get uidNext(): number {
    return this.#mailbox.uidNext
  }

  /** The highest mod-sequence (RFC 7162 §3.1.2.1). */
  get highestModSeq(): bigint {
    return this.#mailbox.highestModSeq
  }

  /** What is in the mailbox now, by ascending UID. */
  get messages(): readonly ServerMessage[] {
    return this.#mailbox.messages.map((message) => ({
      uid: message.uid,
      raw: message.raw,
      flags: [...message.flags],
      internalDate: message.received.date,
      modSeq: message.modSeq,
    }))
  }

  /** Delivers a message; returns its UID. */
  deliver(raw: string | Uint8Array, options: Omit<MessageOptions, 'raw'> = {}): number {
    return this.#mailbox.add([asMessage({ raw, ...options })])[0]?.uid ?? 0
  }

  /** Delivers many messages at once; returns their UIDs. */
  deliverAll(messages: readonly MessageInput[]): readonly number[] {
    return this.#mailbox.add(messages.map(asMessage)).map((message) => message.uid)
  }

  /** Removes messages; returns the UIDs of those that were there. */
  expunge(uids: number | Iterable<number>): readonly number[] {
    return this.#mailbox.expunge(this.#find(uids)).map((message) => message.uid)
  }

  /** Sets, adds or removes flags. */
  store(uids: number | Iterable<number>, flags: readonly string[], change: FlagChange = 'replace'): void {
    this.#mailbox.store(this.#find(uids), change, flags)
  }

  /** Skips UIDs: the next message gets `uid`. @throws RangeError when that is below the next UID */
  skipTo(uid: number): void {
    if (uid < this.#mailbox.uidNext) throw new RangeError(`The next UID is ${this.#mailbox.uidNext} already`)
    this.#mailbox.uidNext = uid
  }

  #find(uids: number | Iterable<number>): StoredMessage[] {
    const wanted = typeof uids === 'number' ? [uids] : [...uids]
    return wanted.map((uid) => this.#mailbox.find(uid)).filter((message) => message !== undefined)
  }
}

/** A user from outside. */
export class UserHandle {
  readonly #account: Account

  constructor(account: Account) {
    this.#account = account
  }

  /** The names of the user's mailboxes. */
  get mailboxes(): readonly string[] {
    return this.#account.mailboxes.map((mailbox) => mailbox.name)
  }

  /** The names that the user is subscribed to. */
  get subscriptions(): readonly string[] {
    return [...this.#account.subscriptions]
  }

  /** A mailbox of the user. @throws Refusal when there is none of that name */
  mailbox(name: string): MailboxHandle {
    return new MailboxHandle(this.#account.mailbox(name))
  }

  /** Creates a mailbox and the names above it. */
  createMailbox(name: string): MailboxHandle {
    return new MailboxHandle(this.#account.create(name))
  }

  /** Deletes a mailbox. */
  deleteMailbox(name: string): void {
    this.#account.delete(name)
  }

  /** Renames a mailbox and those below it. */
  renameMailbox(from: string, to: string): void {
    this.#account.rename(from, to)
  }
}
