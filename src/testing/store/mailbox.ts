import type { ZonedDate } from '../arguments.js'
import { SYSTEM_FLAGS } from '../../model/flags.js'
import { no } from '../refusal.js'
import { StoredMessage } from './message.js'

/** Somebody who has the mailbox selected. */
export interface Watcher {
  /** Messages have come. */
  added(messages: readonly StoredMessage[]): void
  /** Messages have been removed. */
  expunged(messages: ReadonlySet<StoredMessage>): void
  /** `by` is who changed the flags, or null for a change from outside. */
  changed(message: StoredMessage, by: Watcher | null): void
}

/** A removal, kept for those who ask what vanished since a mod-sequence (RFC 7162 §3.2). */
export interface Expunged {
  readonly uid: number
  readonly modSeq: bigint
}

/** A message to be stored. */
export interface NewMessage {
  readonly raw: Buffer
  readonly flags: Iterable<string>
  readonly received: ZonedDate
  /** When it came into the mailbox; left out: now. */
  readonly saved?: Date | undefined
  /** The message that this is a copy of. */
  readonly origin?: StoredMessage | null
}

/** How flags are changed (RFC 9051 §6.4.6). */
export type FlagChange = 'add' | 'remove' | 'replace'

/** For mailboxes that nobody stores anything in. */
const BOUNDLESS: Room = { octets: Infinity, keywords: Infinity, history: Infinity }

const KEPT_SYSTEM = SYSTEM_FLAGS.filter((flag) => flag !== '\\Recent')

/** What is left for messages of all mailboxes of an account, and what each mailbox may remember. */
export interface Room {
  /** Octets that are left; what is put there from outside counts, and is not refused. */
  octets: number
  readonly keywords: number
  readonly history: number
}

/** A mailbox in memory: messages by ascending UID, mod-sequences, and who watches it. */
export class MemoryMailbox {
  name: string
  /** Stays when the mailbox is renamed, and never comes again (RFC 8474 §4). */
  readonly id: string
  readonly uidValidity: number
  uidNext: number
  highestModSeq: bigint
  messages: StoredMessage[] = []
  /** Removals, oldest first; not all of them, see {@link forgottenModSeq}. */
  readonly history: Expunged[] = []
  /** The mod-sequence of the last removal that is not remembered any more, 0 where all are. */
  forgottenModSeq = 0n
  /** How many messages have been removed, ever. */
  removals = 0
  /** What there is room for. */
  readonly room: Room
  /** Attributes of LIST that the owner set, such as a special use. */
  readonly attributes = new Set<string>()
  /** A name that holds no messages and cannot be selected. */
  selectable = true
  deleted = false
  /** Keywords in the spelling that came first, by lower case. */
  readonly #keywords = new Map<string, string>()
  readonly #watchers = new Set<Watcher>()

  constructor(name: string, id: string, uidValidity: number, highestModSeq = 1n, room: Room = BOUNDLESS) {
    this.room = room
    this.name = name
    this.id = id
    this.uidValidity = uidValidity
    this.uidNext = 1
    this.highestModSeq = highestModSeq
  }

  /** The flags in use: those of the system, then the keywords. */
  get flags(): string[] {
    return [...KEPT_SYSTEM, ...this.#keywords.values()]
  }

  /** How many keywords have been in use. */
  get keywordCount(): number {
    return this.#keywords.size
  }

  /** Tells `watcher` what happens from now on. */
  watch(watcher: Watcher): void {
    this.#watchers.add(watcher)
  }

  /** Tells it no more. */
  unwatch(watcher: Watcher): void {
    this.#watchers.delete(watcher)
  }

  /** The message with a UID, by binary search. */
  find(uid: number): StoredMessage | undefined {
    const found = this.messages[lowerBound(this.messages, uid)]
    return found?.uid === uid ? found : undefined
  }

  /** Stores messages under the next UIDs and one mod-sequence. */
  add(messages: readonly NewMessage[]): StoredMessage[] {
    if (messages.length === 0) return []
    const modSeq = ++this.highestModSeq
    const now = wholeSeconds(new Date())
    const added = messages.map((given) => {
      const copied = given instanceof StoredMessage
      const message = new StoredMessage({
        uid: this.uidNext++,
        raw: given.raw,
        received: given.received,
        flags: this.#canonical(given.flags),
        modSeq,
        // A copy is saved now, whenever its source was (RFC 8514 §4.2).
        saved: copied ? now : (given.saved ?? now),
        origin: copied ? given : (given.origin ?? null),
      })
      this.messages.push(message)
      this.room.octets -= message.raw.length
      return message
    })
    for (const watcher of this.#watchers) watcher.added(added)
    return added
  }

  /** Removes messages for good; those that are gone already are left alone. */
  expunge(messages: Iterable<StoredMessage>): StoredMessage[] {
    const gone = new Set<StoredMessage>()
    for (const message of messages) if (!message.expunged) gone.add(message)
    if (gone.size === 0) return []
    const modSeq = ++this.highestModSeq
    for (const message of gone) {
      message.expunged = true
      this.history.push({ uid: message.uid, modSeq })
      this.room.octets += message.raw.length
    }
    this.removals += gone.size
    this.#forget()
    this.messages = this.messages.filter((message) => !message.expunged)
    for (const watcher of this.#watchers) watcher.expunged(gone)
    return [...gone]
  }

  /** Changes flags of messages under one mod-sequence; returns those that did change. */
  store(
    messages: Iterable<StoredMessage>,
    change: FlagChange,
    flags: readonly string[],
    by: Watcher | null = null,
  ): Set<StoredMessage> {
    const names = change === 'remove' ? flags.map((flag) => this.#spelling(flag)) : this.#canonical(flags)
    const changed = new Set<StoredMessage>()
    for (const message of messages) if (!message.expunged && apply(message, change, names)) changed.add(message)
    this.touch(changed, by)
    return changed
  }

  /** Gives messages a new mod-sequence: something about them has changed. */
  touch(messages: ReadonlySet<StoredMessage>, by: Watcher | null = null): void {
    if (messages.size === 0) return
    const modSeq = ++this.highestModSeq
    for (const message of messages) {
      message.modSeq = modSeq
      for (const watcher of this.#watchers) watcher.changed(message, by)
    }
  }

  /** Half of what is remembered goes at once, so that it costs little. */
  #forget(): void {
    if (this.history.length <= this.room.history) return
    const gone = this.history.splice(0, this.history.length - Math.floor(this.room.history / 2))
    this.forgottenModSeq = gone.at(-1)?.modSeq ?? this.forgottenModSeq
  }

  /** @throws Refusal `[LIMIT]` when there have been too many keywords; nothing is changed then */
  #canonical(flags: Iterable<string>): string[] {
    const names: string[] = []
    for (const flag of flags) {
      const name = this.#spelling(flag)
      if (!name.startsWith('\\')) {
        const lower = name.toLowerCase()
        if (!this.#keywords.has(lower) && this.#keywords.size >= this.room.keywords) {
          throw no('There are too many keywords in this mailbox', 'LIMIT')
        }
        this.#keywords.set(lower, name)
      }
      if (!names.includes(name)) names.push(name)
    }
    return names
  }

  /** Flags are compared without regard to case, and shown as they came first. */
  #spelling(flag: string): string {
    const lower = flag.toLowerCase()
    return KEPT_SYSTEM.find((each) => each.toLowerCase() === lower) ?? this.#keywords.get(lower) ?? flag
  }
}

function apply(message: StoredMessage, change: FlagChange, names: readonly string[]): boolean {
  const { flags } = message
  if (change === 'replace') {
    if (flags.size === names.length && names.every((name) => flags.has(name))) return false
    flags.clear()
    for (const name of names) flags.add(name)
    return true
  }
  let changed = false
  for (const name of names) {
    if (change === 'remove') changed = flags.delete(name) || changed
    else if (!flags.has(name)) {
      flags.add(name)
      changed = true
    }
  }
  return changed
}

/** A time without its fraction of a second, which no date of IMAP has. */
export function wholeSeconds(date: Date): Date {
  return new Date(Math.floor(date.getTime() / 1000) * 1000)
}

/** The index of the first message whose UID is not below `uid`. */
export function lowerBound(messages: readonly StoredMessage[], uid: number): number {
  let low = 0
  let high = messages.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((messages[middle] as StoredMessage).uid < uid) low = middle + 1
    else high = middle
  }
  return low
}
