import { ArgumentError } from './errors.js'
import { MAX_NUMBER, type SeqNum, type Uid } from './ids.js'

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

/** Stands for `*`: greater than any number. */
const STAR = MAX_NUMBER + 1

/**
 * An immutable set of numbers, kept as merged ascending intervals: the base of {@link UidSet} and {@link SeqSet}.
 *
 * sequence-set = (seq-number / seq-range) ["," sequence-set]   (RFC 9051 §9)
 */
export abstract class NumberSet<N extends number> {
  /** `[from, to, from, to, …]`, ascending, neither touching nor overlapping; STAR stands for `*`. */
  readonly #bounds: readonly number[]

  /** Use {@link uids} or {@link seqs}. */
  protected constructor(bounds: readonly number[]) {
    this.#bounds = bounds
  }

  /** Whether these are UIDs or sequence numbers. */
  abstract readonly kind: 'uid' | 'seq'

  protected abstract make(bounds: readonly number[]): this

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

  #known(): readonly number[] {
    if (this.hasStar && this.#bounds.at(-2) === STAR) {
      throw new ArgumentError('A set in which * stands alone cannot be combined: resolve it with a search first')
    }
    return this.#bounds
  }

  /** Collects parts into bounds; shared by {@link uids} and {@link seqs}. */
  protected static collect(parts: readonly SetPart[], kind: 'uid' | 'seq'): readonly number[] {
    const bounds: number[] = []
    for (const part of parts) collectPart(part, kind, bounds)
    return normalise(bounds)
  }

  /** The bounds of another set, for `collect`. */
  static boundsOf(set: NumberSet<number>): readonly number[] {
    return set.#bounds
  }
}

/** An immutable set of UIDs; made by {@link uids}. A command that gets one uses its UID form. */
export class UidSet extends NumberSet<Uid> {
  readonly kind = 'uid'

  protected override make(bounds: readonly number[]): this {
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

  protected override make(bounds: readonly number[]): this {
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

function outside(bound: number): number | '*' {
  return bound === STAR ? '*' : bound
}

function rangeText(from: number, to: number): string {
  const first = from === STAR ? '*' : String(from)
  return from === to ? first : `${first}:${to === STAR ? '*' : to}`
}

function isNumber(number: number): boolean {
  return Number.isInteger(number) && number >= 1 && number <= MAX_NUMBER
}

function checkNumber(number: number): void {
  if (!isNumber(number)) {
    throw new ArgumentError(`${String(number)} is no message number: use a whole number from 1 to ${MAX_NUMBER}`)
  }
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

function collectRange(from: number | '*', to: number | '*', bounds: number[]): void {
  if (from !== '*') checkNumber(from)
  if (to !== '*') checkNumber(to)
  const a = from === '*' ? STAR : from
  const b = to === '*' ? STAR : to
  const last = bounds.length - 1
  // Numbers that ascend, as in the answer to a search, need no sorting later.
  if (a <= b && b !== STAR && a - 1 === bounds[last]) bounds[last] = b
  else if (a <= b) bounds.push(a, b)
  else bounds.push(b, a)
}

/**
 * seq-number = nz-number / "*"
 * seq-range  = seq-number ":" seq-number
 */
function collectText(text: string, bounds: number[]): void {
  if (text === '') return
  for (const item of text.split(',')) {
    const match = /^(\*|[1-9][0-9]{0,9})(?::(\*|[1-9][0-9]{0,9}))?$/.exec(item)
    if (match === null) {
      throw new ArgumentError(`"${text.slice(0, 80)}" is no set of message numbers: write it like 1:5,9,20:*`)
    }
    const from = match[1] === '*' ? '*' : Number(match[1])
    const to = match[2] === undefined ? from : match[2] === '*' ? '*' : Number(match[2])
    collectRange(from, to, bounds)
  }
}

/** Sorts intervals where needed and merges those that touch. */
function normalise(bounds: number[]): readonly number[] {
  let sorted = true
  for (let i = 2; i < bounds.length && sorted; i += 2) sorted = (bounds[i] as number) > (bounds[i - 1] as number) + 1
  if (sorted) return bounds
  const order = Array.from({ length: bounds.length / 2 }, (_, i) => 2 * i)
  order.sort((a, b) => (bounds[a] as number) - (bounds[b] as number))
  const merged: number[] = []
  for (const i of order) append(merged, bounds[i] as number, bounds[i + 1] as number)
  return merged
}

/** Appends an interval that starts no lower than the last one of `merged`. */
function append(merged: number[], from: number, to: number): void {
  const last = merged.length - 1
  const end = merged[last]
  // `9:*` and `*` merge; a finite end and `*` never do, since nobody knows what `*` is.
  const touches = end !== undefined && (from === STAR ? end === STAR : from <= end + 1)
  if (!touches) merged.push(from, to)
  else if (to > end) merged[last] = to
}

function merge(a: readonly number[], b: readonly number[]): number[] {
  const merged: number[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    if (j >= b.length || (i < a.length && (a[i] as number) <= (b[j] as number))) {
      append(merged, a[i] as number, a[i + 1] as number)
      i += 2
    } else {
      append(merged, b[j] as number, b[j + 1] as number)
      j += 2
    }
  }
  return merged
}

/** Sweeps over the edges of two sets and keeps the stretches for which `keep` holds. */
function combine(a: readonly number[], b: readonly number[], keep: (inA: boolean, inB: boolean) => boolean): number[] {
  const result: number[] = []
  let i = 0
  let j = 0
  let start = 0
  let inside = false
  // Entry 2k of the bounds opens an interval at its value, entry 2k+1 closes it one past its value.
  const edge = (bounds: readonly number[], k: number) => (bounds[k] ?? Infinity) + (k % 2)
  for (;;) {
    const at = Math.min(edge(a, i), edge(b, j))
    if (at === Infinity) return result
    while (i < a.length && edge(a, i) === at) i++
    while (j < b.length && edge(b, j) === at) j++
    const now = keep(i % 2 === 1, j % 2 === 1)
    if (now && !inside) start = at
    if (!now && inside) result.push(start, at - 1)
    inside = now
  }
}
