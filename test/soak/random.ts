/** Integers below `n`, the same ones for the same seed. */
export type Random = (n: number) => number

/** A generator of its own for every client, so that a seed gives each the same wishes whatever the others do. */
export function random(seed: number): Random {
  let state = seed | 0
  return (n) => {
    // Mulberry32: small, and good enough in all its bits.
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % n
  }
}

/** One of a list. */
export function oneOf<T>(next: Random, list: readonly T[]): T {
  return list[next(list.length)] as T
}
