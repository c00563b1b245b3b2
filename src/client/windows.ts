import type { NumberRange, UidSet } from '../model/number-set.js'
import { uids } from '../model/number-set.js'

/** A UID up to which a window may reach, and how many messages at most lie between it and the one before. */
export interface Cut {
  readonly upTo: number
  readonly count: number
}

type Bounds = [from: number, to: number]

/**
 * Cuts a set of UIDs into windows, ascending. Without `cuts` every number counts for a message, which is right for
 * sets that name what is there; with them, wide ranges over sparse UIDs still give windows of about equal size.
 */
export class Windows {
  readonly #ranges: Iterator<NumberRange>
  readonly #cuts: Iterator<Cut>
  readonly #octets: number
  #range: Bounds | undefined
  #cut: Cut | undefined

  /** @param octets - how long the text of one window may be */
  constructor(ranges: Iterable<NumberRange>, cuts: Iterable<Cut> | undefined, octets: number) {
    this.#ranges = ranges[Symbol.iterator]()
    this.#cuts = (cuts ?? [{ upTo: Infinity, count: Infinity }])[Symbol.iterator]()
    this.#octets = octets
    this.#range = this.#nextRange()
    this.#cut = this.#nextCut()
  }

  /** The next window of about `count` messages; undefined when there is none. */
  next(count: number): UidSet | undefined {
    const parts: NumberRange[] = []
    let messages = 0
    let octets = 0
    while (this.#range !== undefined && this.#cut !== undefined && messages < count) {
      const [from, to] = this.#range
      if (from > this.#cut.upTo) {
        this.#cut = this.#nextCut()
        continue
      }
      const most = this.#cut.count === Infinity ? count - messages : Infinity
      const end = Math.min(to, this.#cut.upTo, from + most - 1)
      const part: NumberRange = { from, to: end === Infinity ? '*' : end }
      octets += `${part.from}:${part.to},`.length
      if (parts.length > 0 && octets > this.#octets) break
      parts.push(part)
      messages += Math.min(end - from + 1, this.#cut.count)
      this.#range = end >= to ? this.#nextRange() : [end + 1, to]
    }
    return parts.length === 0 ? undefined : uids(...parts)
  }

  #nextRange(): Bounds | undefined {
    const next = this.#ranges.next()
    if (next.done === true) return undefined
    const to = next.value.to === '*' ? Infinity : next.value.to
    return [next.value.from === '*' ? to : next.value.from, to]
  }

  #nextCut(): Cut | undefined {
    const next = this.#cuts.next()
    return next.done === true ? undefined : next.value
  }
}
