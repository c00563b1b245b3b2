/** Numbers from 0 up to below 1, the same ones for the same seed (a 32-bit xorshift). */
export function random(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1
  return () => {
    state ^= state << 13
    state >>>= 0
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state / 2 ** 32
  }
}

/** Different whole numbers from 0 up to below `limit`, ascending: all of them where `count` is not smaller. */
export function sample(limit: number, count: number, seed: number): number[] {
  if (count >= limit) return Array.from({ length: limit }, (_, index) => index)
  const next = random(seed)
  const chosen = new Set<number>()
  while (chosen.size < count) chosen.add(Math.floor(next() * limit))
  return [...chosen].sort((a, b) => a - b)
}
