// Cheap figures that show whether a client understood what it was sent.

import { setTimeout } from 'node:timers/promises'

/** Every SAMPLE-th octet of a body goes into the checksum: enough to notice a lost, repeated or moved piece, and cheap. */
const SAMPLE = 9973

/** A checksum over sampled octets of bodies that arrive in pieces. */
export class Sampler {
  value = 0
  #next = 0

  /** The next piece is the first of a body. */
  begin() {
    this.#next = 0
  }

  add(piece) {
    let { value } = this
    let position = this.#next
    for (; position < piece.length; position += SAMPLE) value = (Math.imul(value, 31) + piece[position]) >>> 0
    this.#next = position - piece.length
    this.value = value
  }
}

/** A number that changes with the length of a text and with the character in its middle. */
export const mark = (text) => text.length + text.charCodeAt(text.length >> 1)

/**
 * Reads the start of a body as a consumer that takes 5 MB a second, then leaves; what a client reads ahead meanwhile is
 * the growth of its process.
 */
export async function readSlowly(chunks) {
  const sampler = new Sampler()
  const started = performance.now()
  let bytes = 0
  for await (const chunk of chunks) {
    const piece = chunk.subarray(0, SLOW_OCTETS - bytes)
    bytes += piece.length
    sampler.add(piece)
    if (bytes === SLOW_OCTETS) break
    const ahead = bytes / SLOW_RATE - (performance.now() - started)
    if (ahead > 0) await setTimeout(ahead)
  }
  return { count: 1, bytes, sample: sampler.value }
}

/** How much of the body a slow consumer reads. */
export const SLOW_OCTETS = 25_000_000
/** Octets per millisecond. */
const SLOW_RATE = 5_000

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
