import type { ImapClient } from '../../src/index.js'
import { flagsKey, type Truth } from './reader.js'

/**
 * What a user of the library knows of a mailbox who only listens to events and looks at what fetches gave: the number of
 * messages, UIDs by number as far as they were told, flags by UID.
 */
export class Shadow {
  /** Counts selections: what belongs to an earlier one is of no interest. */
  epoch = 0
  /** UIDs by number, 0 where not known. */
  #slots: number[] = []
  readonly #flags = new Map<number, string>()
  /** How often flags of a message were told by events. */
  readonly #told = new Map<number, number>()
  readonly #faults: string[] = []
  #off = true

  constructor(client: ImapClient) {
    client.on('exists', ({ count, previous }) => {
      if (this.#off) return
      if (previous !== this.#slots.length) this.#fault(`exists: previous ${previous}, but ${this.#slots.length} known`)
      if (count < this.#slots.length) this.#fault(`exists fell from ${this.#slots.length} to ${count}`)
      while (this.#slots.length < count) this.#slots.push(0)
      this.#slots.length = count
    })
    client.on('expunge', ({ seq, uid }) => {
      if (!this.#off) this.#expunged(seq, uid)
    })
    client.on('flags', ({ seq, uid, flags }) => {
      if (this.#off) return
      const known = seq === undefined ? 0 : (this.#slots[seq - 1] ?? 0)
      if (seq !== undefined && seq > this.#slots.length) this.#fault(`flags of ${seq} of ${this.#slots.length}`)
      if (known !== 0 && uid !== undefined && known !== uid) this.#fault(`flags: ${seq} is ${known}, told as ${uid}`)
      const message = uid ?? known
      if (message === 0) return
      if (seq !== undefined && seq <= this.#slots.length) this.#slots[seq - 1] = message
      this.#flags.set(message, flagsKey(flags))
      this.#told.set(message, (this.#told.get(message) ?? 0) + 1)
    })
    client.on('warning', ({ error }) => void this.#faults.push(`warning: ${error.message}`))
  }

  /** A SELECT is under way: nobody can tell which mailbox an event is about. */
  suspend(): void {
    this.#off = true
    this.epoch++
  }

  /** A mailbox is open. */
  begin(exists: number): void {
    this.#off = false
    this.epoch++
    this.#slots = Array.from({ length: exists }, () => 0)
    this.#flags.clear()
    this.#told.clear()
  }

  /** Notes how things stand before a fetch: what events tell while it runs may be newer, or older. */
  before(): { readonly epoch: number; readonly told: ReadonlyMap<number, number> } {
    return { epoch: this.epoch, told: new Map(this.#told) }
  }

  /** A fetch gave flags. */
  fetched(since: ReturnType<Shadow['before']>, uid: number, flags: readonly string[]): void {
    if (since.epoch !== this.epoch) return
    if ((since.told.get(uid) ?? 0) === (this.#told.get(uid) ?? 0)) this.#flags.set(uid, flagsKey(flags))
    else this.#flags.delete(uid)
  }

  /** Flags are being changed, and maybe nobody will tell. */
  forget(has: (uid: number) => boolean): void {
    for (const uid of [...this.#flags.keys()]) if (has(uid)) this.#flags.delete(uid)
  }

  /** What differs from the truth; takes the faults that were found on the way. */
  differences(truth: readonly Truth[]): string[] {
    const found = this.#faults.splice(0)
    if (this.#off) return found
    if (truth.length !== this.#slots.length) found.push(`events tell of ${this.#slots.length} messages`)
    const flags = new Map(truth.map((each) => [each.uid, each.flags]))
    for (const [i, { uid }] of truth.entries()) {
      const known = this.#slots[i] ?? 0
      if (known !== 0 && known !== uid) found.push(`events tell that ${i + 1} is ${known}, it is ${uid}`)
    }
    for (const [uid, known] of this.#flags) {
      const real = flags.get(uid)
      if (real !== undefined && real !== known)
        found.push(`flags of ${uid} are known as (${known}), they are (${real})`)
    }
    return found
  }

  /** How many messages have known UIDs, and known flags. */
  get known(): { readonly uids: number; readonly flags: number } {
    return { uids: this.#slots.filter((uid) => uid !== 0).length, flags: this.#flags.size }
  }

  #expunged(seq: number | undefined, uid: number | undefined): void {
    if (uid !== undefined) this.#flags.delete(uid)
    if (seq === undefined) {
      // Gone by UID, and its place was not known: the places of all others are not known either.
      this.#slots = Array.from({ length: this.#slots.length - 1 }, () => 0)
      return
    }
    const known = this.#slots[seq - 1]
    if (known === undefined) return this.#fault(`expunge ${seq} of ${this.#slots.length}`)
    if (known !== 0 && uid !== undefined && known !== uid) this.#fault(`expunge: ${seq} is ${known}, told as ${uid}`)
    if (known !== 0) this.#flags.delete(known)
    this.#slots.splice(seq - 1, 1)
  }

  #fault(what: string): void {
    this.#faults.push(what)
  }
}
