import { ProtocolError } from './errors.js'
import type { Uid } from './ids.js'
import type { UidSet } from './number-set.js'

interface Pair {
  readonly source: number
  readonly target: number
  readonly length: number
}

/** Which UID each copied or moved message got (COPYUID, RFC 9051 §7.1), kept as intervals and never expanded. */
export class UidMap implements Iterable<readonly [Uid, Uid]> {
  /** UIDVALIDITY of the mailbox that the messages went to. */
  readonly uidValidity: number
  readonly #pairs: readonly Pair[]

  /**
   * @param source - intervals in the order of the wire
   * @param target - intervals in the order of the wire, of the same total size
   * @throws ProtocolError when the sizes differ
   */
  constructor(
    uidValidity: number,
    source: readonly (readonly [from: number, to: number])[],
    target: readonly (readonly [from: number, to: number])[],
  ) {
    this.uidValidity = uidValidity
    this.#pairs = pair(source, target).sort((a, b) => a.source - b.source)
  }

  /** How many messages are in the map. */
  get size(): number {
    return this.#pairs.reduce((size, each) => size + each.length, 0)
  }

  /** The new UID of a message, or undefined when it is not in the map. */
  get(source: Uid): Uid | undefined {
    let low = 0
    let high = this.#pairs.length - 1
    while (low <= high) {
      const middle = (low + high) >> 1
      const each = this.#pairs[middle] as Pair
      if (source < each.source) high = middle - 1
      else if (source >= each.source + each.length) low = middle + 1
      else return (each.target + (source - each.source)) as Uid
    }
    return undefined
  }

  /** Pairs of old and new UID, ascending by the old one. */
  *[Symbol.iterator](): Generator<readonly [Uid, Uid], void, undefined> {
    for (const each of this.#pairs) {
      for (let i = 0; i < each.length; i++) yield [(each.source + i) as Uid, (each.target + i) as Uid]
    }
  }

  /** The intervals: `length` UIDs from `source` on became those from `target` on. */
  intervals(): readonly { readonly source: number; readonly target: number; readonly length: number }[] {
    return this.#pairs
  }

  /** A map that holds the pairs of all `maps`, which must be of one UIDVALIDITY; undefined for none. */
  static join(maps: readonly UidMap[]): UidMap | undefined {
    const first = maps[0]
    if (first === undefined || maps.length === 1) return first
    const pairs = maps.flatMap((each) => each.#pairs)
    return new UidMap(
      first.uidValidity,
      pairs.map((each) => [each.source, each.source + each.length - 1] as const),
      pairs.map((each) => [each.target, each.target + each.length - 1] as const),
    )
  }

  /** Whether every UID of `set` is in the map. */
  covers(set: UidSet): boolean {
    // Both ascend, so each interval is passed once.
    let i = 0
    for (const { from, to } of set.ranges()) {
      if (from === '*' || to === '*') return false
      let at = from
      while (at <= to) {
        let each = this.#pairs[i]
        while (each !== undefined && each.source + each.length <= at) each = this.#pairs[++i]
        if (each === undefined || each.source > at) return false
        at = each.source + each.length
      }
    }
    return true
  }
}

function pair(source: readonly (readonly [number, number])[], target: readonly (readonly [number, number])[]): Pair[] {
  const pairs: Pair[] = []
  let i = 0
  let j = 0
  let usedSource = 0
  let usedTarget = 0
  while (i < source.length && j < target.length) {
    const [from, to] = ascending(source[i] as readonly [number, number])
    const [first, last] = ascending(target[j] as readonly [number, number])
    const length = Math.min(to - from + 1 - usedSource, last - first + 1 - usedTarget)
    pairs.push({ source: from + usedSource, target: first + usedTarget, length })
    usedSource += length
    usedTarget += length
    if (from + usedSource > to) {
      i++
      usedSource = 0
    }
    if (first + usedTarget > last) {
      j++
      usedTarget = 0
    }
  }
  if (i < source.length || j < target.length) throw new ProtocolError('The two sets of COPYUID differ in size')
  return pairs
}

/** The ends of a range may come in either order (RFC 9051 §9, seq-range). */
function ascending([a, b]: readonly [number, number]): readonly [from: number, to: number] {
  return a <= b ? [a, b] : [b, a]
}
