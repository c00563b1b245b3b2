import { ArgumentError } from './errors.js'
import type { SeqNum, Uid } from './ids.js'
import {
  type Bounds,
  checkNumber,
  collectRange,
  collectText,
  combine,
  isNumber,
  merge,
  normalise,
  outside,
  rangeText,
  STAR,
} from './intervals.js'

/** A range of a set: both ends belong to it, in either order; `*` is the last message. */
export interface NumberRange {
  readonly from: number | '*'
  readonly to: number | '*'
}

/** What {@link uids} and {@link seqs} make a set of: text, numbers, ranges, sets, or iterables of numbers. */
export type SetPart = string | number | NumberRange | NumberSet<number> | Iterable<number>

/** The two parts of a set that was split. */
export interface SplitSet<Set> {
  readonly head: Set
  readonly tail: Set
}

/**
 * An immutable set of numbers, kept as merged ascending intervals: the base of {@link UidSet} and {@link SeqSet}.
 *
 * sequence-set = (seq-number / seq-range) ["," sequence-set]   (RFC 9051 §9)
 */
export abstract class NumberSet<N extends number> {
  readonly #bounds: Bounds

  /** Use {@link uids} or {@link seqs}. */
  protected constructor(bounds: Bounds) {
    this.#bounds = bounds
  }

  /** Whether these are UIDs or sequence numbers. */
  abstract readonly kind: 'uid' | 'seq'

  protected abstract make(bounds: Bounds): this

  /** The number of intervals. */
  get rangeCount(): number {
    return this.#bounds.length / 2
  }

  /** Whether nothing is in the set. */
  get isEmpty(): boolean {
    return this.#bounds.length === 0
  }

  /** Whether `*` is in the set, so that its members depend on the mailbox. */
  get hasStar(): boolean {
    return this.#bounds.at(-1) === STAR
  }

  /** How many numbers are in the set. @throws ArgumentError for a set with `*`, which has no size. */
  get size(): number {
    this.#refuseStar('has no size')
    let size = 0
    for (let i = 0; i < this.#bounds.length; i += 2) size += this.#at(i + 1) - this.#at(i) + 1
    return size
  }

  /** The lowest number, or undefined for an empty set and for `*` alone. */
  get min(): N | undefined {
    const min = this.#bounds[0]
    return min === undefined || min === STAR ? undefined : (min as N)
  }

  /** The highest number, or undefined for an empty set and for one with `*`. */
  get max(): N | undefined {
    const max = this.#bounds.at(-1)
    return max === undefined || max === STAR ? undefined : (max as N)
  }

  /** Whether `number` is in the set; `5:*` holds every number from 5 up, `*` alone holds none that is known. */
  has(number: number): boolean {
    if (!isNumber(number)) return false
    let low = 0
    let high = this.#bounds.length / 2 - 1
    while (low <= high) {
      const middle = (low + high) >> 1
      if (number < this.#at(2 * middle)) high = middle - 1
      else if (number > this.#at(2 * middle + 1)) low = middle + 1
      else return true
    }
    return false
  }

  /** The intervals, ascending; `to` is `*` where the interval is open. */
  *ranges(): Generator<NumberRange, void, undefined> {
    for (let i = 0; i < this.#bounds.length; i += 2) {
      yield { from: outside(this.#at(i)), to: outside(this.#at(i + 1)) }
    }
  }

  /** The numbers, ascending. @throws ArgumentError for a set with `*`. */
  *[Symbol.iterator](): Generator<N, void, undefined> {
    this.#refuseStar('cannot be iterated')
    for (let i = 0; i < this.#bounds.length; i += 2) {
      for (let n = this.#at(i); n <= this.#at(i + 1); n++) yield n as N
    }
  }

  /** All that is in this set or in `other`. */
  union(other: this): this {
    if (other.isEmpty) return this
    if (this.isEmpty) return other
    return this.make(merge(this.#bounds, other.#bounds))
  }

  /** All that is in this set and in `other`. @throws ArgumentError when one of them has `*` standing alone. */
  intersection(other: this): this {
    return this.make(combine(this.#known(), other.#known(), (a, b) => a && b))
  }

  /** All that is in this set and not in `other`. @throws ArgumentError when one of them has `*` standing alone. */
  difference(other: this): this {
    return this.make(combine(this.#known(), other.#known(), (a, b) => a && !b))
  }

  /** Whether both hold the same numbers. */
  equals(other: this): boolean {
    return this.toString() === other.toString()
  }

  /** Whether the two may have a message in common. `*` may be any: `9:*` is the last message even where that is 3. */
  overlaps(other: NumberSet<N>): boolean {
    if (this.isEmpty || other.isEmpty) return false
    if (this.hasStar || other.hasStar) return true
    let i = 0
    let j = 0
    while (i < this.#bounds.length && j < other.#bounds.length) {
      if (this.#at(i + 1) < other.#at(j)) i += 2
      else if (other.#at(j + 1) < this.#at(i)) j += 2
      else return true
    }
    return false
  }

  /** Cuts the set into sets whose text is at most `octets` long. A single range longer than that stays whole. */
  chunks(octets: number): this[] {
    const chunks: this[] = []
    let start = 0
    let length = 0
    for (let i = 0; i < this.#bounds.length; i += 2) {
      const text = rangeText(this.#at(i), this.#at(i + 1)).length + 1
      // The last range of a chunk has no comma after it.
      if (length > 0 && length + text - 1 > octets) {
        chunks.push(this.make(this.#bounds.slice(start, i)))
        start = i
        length = 0
      }
      length += text
    }
    if (start < this.#bounds.length) chunks.push(this.make(this.#bounds.slice(start)))
    return chunks
  }

  /** Splits off the first `count` numbers. @throws ArgumentError for a set with `*` and a count that is no whole number. */
  take(count: number): SplitSet<this> {
    this.#refuseStar('cannot be split')
    if (!Number.isInteger(count) || count < 0) throw new ArgumentError(`${String(count)} is no number of messages`)
    let left = count
    for (let i = 0; i < this.#bounds.length; i += 2) {
      const from = this.#at(i)
      const to = this.#at(i + 1)
      const size = to - from + 1
      if (left < size) {
        const head = left > 0 ? [...this.#bounds.slice(0, i), from, from + left - 1] : this.#bounds.slice(0, i)
        return { head: this.make(head), tail: this.make([from + left, to, ...this.#bounds.slice(i + 2)]) }
      }
      left -= size
    }
    return { head: this, tail: this.make([]) }
  }

  /** Canonical text: ascending, merged, as it goes on the wire. The empty string for an empty set. */
  toString(): string {
    const parts: string[] = []
    for (let i = 0; i < this.#bounds.length; i += 2) parts.push(rangeText(this.#at(i), this.#at(i + 1)))
    return parts.join(',')
  }

  /** The same as {@link toString}. */
  toJSON(): string {
    return this.toString()
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `${this.constructor.name}(${this.toString()})`
  }

  #at(index: number): number {
    return this.#bounds[index] as number
  }

  #refuseStar(why: string): void {
    if (this.hasStar) throw new ArgumentError(`A set with * ${why}: resolve it with a search first`)
  }

  #known(): Bounds {
    if (this.hasStar && this.#bounds.at(-2) === STAR) {
      throw new ArgumentError('A set in which * stands alone cannot be combined: resolve it with a search first')
    }
    return this.#bounds
  }

  /** Collects parts into bounds; shared by {@link uids} and {@link seqs}. */
  protected static collect(parts: readonly SetPart[], kind: 'uid' | 'seq'): Bounds {
    const bounds: number[] = []
    for (const part of parts) collectPart(part, kind, bounds)
    return normalise(bounds)
  }

  /** The bounds of another set, for `collect`. @internal */
  static boundsOf(set: NumberSet<number>): Bounds {
    return set.#bounds
  }
}

/** An immutable set of UIDs; made by {@link uids}. A command that gets one uses its UID form. */
export class UidSet extends NumberSet<Uid> {
  readonly kind = 'uid'

  protected override make(bounds: Bounds): this {
    return new UidSet(bounds) as this
  }

  /** Makes a set of parts: see {@link uids}. */
  static of(...parts: readonly SetPart[]): UidSet {
    return new UidSet(NumberSet.collect(parts, 'uid'))
  }
}

/**
 * An immutable set of message sequence numbers; made by {@link seqs}.
 * Such numbers are a snapshot: an EXPUNGE of somebody else moves them.
 */
export class SeqSet extends NumberSet<SeqNum> {
  readonly kind = 'seq'

  protected override make(bounds: Bounds): this {
    return new SeqSet(bounds) as this
  }

  /** Makes a set of parts: see {@link seqs}. */
  static of(...parts: readonly SetPart[]): SeqSet {
    return new SeqSet(NumberSet.collect(parts, 'seq'))
  }
}

/**
 * Makes a set of UIDs of text (`'1:5,9,20:*'`), numbers, ranges, sets and iterables of numbers.
 *
 * @throws ArgumentError at once for zero, fractions, numbers over 4294967295 and text that is no set.
 * @example
 * ```ts
 * import { uids } from 'imapkit'
 * uids('1:3', 7, { from: 9, to: '*' }).toString() // '1:3,7,9:*'
 * ```
 */
export function uids(...parts: readonly SetPart[]): UidSet {
  return UidSet.of(...parts)
}

/**
 * Makes a set of message sequence numbers; the parts are those of {@link uids}.
 *
 * @throws ArgumentError at once for zero, fractions, numbers over 4294967295 and text that is no set.
 */
export function seqs(...parts: readonly SetPart[]): SeqSet {
  return SeqSet.of(...parts)
}

/**
 * Takes a number that the caller knows to be a UID for a {@link Uid}.
 *
 * @throws ArgumentError when it is no whole number from 1 to 4294967295.
 */
export function uid(number: number): Uid {
  checkNumber(number)
  return number as Uid
}

/** `$`, the saved result of the last search (RFC 9051 §6.4.4.1); it is taken where a set is. */
export const savedResult: SavedResult = Object.freeze({ kind: 'saved', toString: () => '$' })

/** The type of {@link savedResult}. */
export interface SavedResult {
  readonly kind: 'saved'
  /** `$`, as it goes on the wire. */
  toString(): string
}

function collectPart(part: SetPart, kind: 'uid' | 'seq', bounds: number[]): void {
  if (typeof part === 'string') collectText(part, bounds)
  else if (typeof part === 'number') collectRange(part, part, bounds)
  else if (!isObject(part)) throw new ArgumentError(`A ${typeof part} is no set of message numbers`)
  else if (part instanceof NumberSet) {
    // A number means another message in a set of the other kind.
    if (part.kind !== kind) throw new ArgumentError('UIDs and message sequence numbers cannot be in one set')
    for (const bound of NumberSet.boundsOf(part)) bounds.push(bound)
  } else if (Symbol.iterator in part) for (const number of part) collectRange(number, number, bounds)
  else collectRange(part.from, part.to, bounds)
}

/** Callers without types may pass anything. */
function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}
