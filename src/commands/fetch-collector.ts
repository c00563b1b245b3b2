import { IncompleteFetchError } from '../model/errors.js'
import type { FetchData } from '../model/message.js'
import type { UidSet } from '../model/number-set.js'
import type { Untagged } from '../model/response.js'
import type { MessageSet } from './checks.js'
import type { CollectContext, Collector, LiteralHead, LiteralSink } from './command.js'
import type { AskedItem, FetchOptions } from './fetch.js'
import { findSection, type SectionAsk } from './fetch-items.js'
import { mergeFetchData } from './fetch-merge.js'

/** A message of which not everything has come. */
interface Pending {
  readonly seq: number
  readonly data: FetchData
}

/** Items that a server also tells unasked, when somebody changes flags. */
const VOLATILE = new Set(['uid', 'flags', 'modSeq'])

/** Gathers the answers to one FETCH and hands over each message once it is complete. */
export class FetchCollector implements Collector<void> {
  readonly #set: MessageSet
  readonly #items: readonly AskedItem[]
  readonly #options: FetchOptions
  readonly #context: CollectContext
  readonly #sections: readonly SectionAsk[]
  /** Whether `*` stands alone in the set, so that nobody here knows which message it is. */
  readonly #anyLast: boolean
  #pending = new Map<number, Pending>()
  readonly #delivered = new Set<number>()
  /** The number of the last message that was there when the command was sent; later ones it need not answer. */
  #last: number

  constructor(set: MessageSet, items: readonly AskedItem[], options: FetchOptions, context: CollectContext) {
    this.#set = set
    this.#items = items
    this.#options = options
    this.#context = context
    this.#sections = items.filter((each) => each.item.key === 'sections').map((each) => each.ask as SectionAsk)
    this.#last = context.exists ?? Infinity
    this.#anyLast = set.kind !== 'saved' && [...set.ranges()].at(-1)?.from === '*'
  }

  untagged(response: Untagged): boolean {
    if (response.type === 'FETCH') return this.#take(response.seq, response.data)
    if (response.type === 'EXPUNGE') {
      if (response.number <= this.#last) this.#last--
      this.#expunged(response.number)
    } else if (response.type === 'VANISHED') {
      if (!response.earlier) this.#vanished(response.uids)
      else if (this.#options.sink.vanished !== undefined) {
        this.#options.sink.vanished(response.uids)
        return true
      }
    }
    return false
  }

  literal(head: LiteralHead): LiteralSink | undefined {
    const { sink } = this.#options
    const pending = this.#pending.get(keyOf(head.seq, head.data))
    const uid = head.data.uid ?? pending?.data.uid ?? this.#context.uidOf(head.seq)
    // The UID may come behind the literal: then nobody could tell whose bytes these are, and they are kept.
    if (uid === undefined || this.#delivered.has(uid) || !this.#isAsked(head.seq, uid)) return undefined
    const arriving = { sections: [{ kind: head.kind, section: head.section, offset: head.offset, bytes: undefined }] }
    const ask = this.#sections.find((each) => findSection(arriving, each) !== undefined)
    if (ask === undefined || (pending !== undefined && findSection(pending.data, ask) !== undefined)) return undefined
    const data = pending === undefined ? head.data : mergeFetchData(pending.data, head.data)
    return sink.literal?.({ ...head, data: withUid(data, uid) })
  }

  done(): void {
    const messages = [...this.#pending.values()].filter(({ seq, data }) => seq <= this.#last && this.#isAnswer(data))
    if (messages.length === 0) return
    if (this.#options.sink.incomplete !== undefined) this.#options.sink.incomplete(messages)
    else {
      const lacking = messages.map((each) => each.data)
      throw new IncompleteFetchError(`${lacking.length} messages came without an item that was asked for`, lacking)
    }
  }

  #take(seq: number, data: FetchData): boolean {
    const key = keyOf(seq, data)
    const before = this.#pending.size === 0 ? undefined : this.#pending.get(key)
    const uid = data.uid ?? before?.data.uid ?? this.#context.uidOf(seq)
    if (!this.#isAsked(seq, uid)) {
      this.#pending.delete(key)
      return false
    }
    if (uid !== undefined && this.#delivered.has(uid)) return false
    const merged = before === undefined ? data : mergeFetchData(before.data, data)
    const message = uid === undefined ? merged : withUid(merged, uid)
    if (this.#isComplete(message)) {
      if (before !== undefined) this.#pending.delete(key)
      this.#delivered.add(message.uid as number)
      this.#options.sink.message(seq, message)
    } else this.#pending.set(key, { seq, data: message })
    return true
  }

  /** A message whose UID is not known yet may be meant. */
  #isAsked(seq: number, uid: number | undefined): boolean {
    if (this.#set.kind === 'saved' || this.#anyLast) return true
    const number = this.#set.kind === 'uid' ? uid : seq
    return number === undefined || this.#set.has(number)
  }

  #isComplete(data: FetchData): boolean {
    for (const each of this.#items) if (!hasItem(data, each)) return false
    return true
  }

  /**
   * Whether data are part of an answer, and not only news about flags that nobody asked for. What tells of a message
   * of the set by its UID shows that the message is there: without the rest it is incomplete, never missing.
   */
  #isAnswer(data: FetchData): boolean {
    const mayBeNews =
      data.uid === undefined || this.#set.kind === 'saved' || this.#anyLast || this.#options.changedSince !== undefined
    // More came than could be read, so that a server that tells flags unasked must not make the message vanish.
    if (!mayBeNews || data.defects !== undefined) return true
    return this.#items.some((each) => !VOLATILE.has(each.item.key) && hasItem(data, each))
  }

  /** The numbers of all later messages go down by one (RFC 9051 §7.5.1). */
  #expunged(number: number): void {
    if (this.#pending.size === 0) return
    const moved = new Map<number, Pending>()
    for (const [key, { seq, data }] of this.#pending) {
      if (seq < number) moved.set(key, { seq, data })
      else if (seq > number) moved.set(seq - 1, { seq: seq - 1, data })
    }
    this.#pending = moved
  }

  /** As EXPUNGE, by UID (RFC 7162 §3.2.10). */
  #vanished(uids: UidSet): void {
    if (this.#pending.size === 0 || uids.hasStar) return
    const moved = new Map<number, Pending>()
    for (const [key, { seq, data }] of this.#pending) {
      if (data.uid !== undefined && uids.has(data.uid)) continue
      const now = seq - (data.uid === undefined || seq === 0 ? 0 : countBelow(uids, data.uid))
      moved.set(now === seq ? key : now, { seq: now, data })
    }
    this.#pending = moved
  }
}

/** By which a message is known until it is complete: its number, or below 0 its UID where there is no number (RFC 9586). */
function keyOf(seq: number, data: FetchData): number {
  return seq > 0 ? seq : -(data.uid ?? 0)
}

function hasItem(data: FetchData, { item, ask }: AskedItem): boolean {
  return item.has === undefined ? data[item.key] !== undefined : item.has(data, ask as never)
}

/** Data may be shared with other commands: a UID is added to a copy. */
function withUid(data: FetchData, uid: number): FetchData {
  return data.uid === uid ? data : { ...data, uid }
}

function countBelow(uids: UidSet, uid: number): number {
  let count = 0
  for (const { from, to } of uids.ranges()) {
    if (typeof from !== 'number' || typeof to !== 'number' || from >= uid) break
    count += Math.min(to, uid - 1) - from + 1
  }
  return count
}
