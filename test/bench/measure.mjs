// Cheap figures that show whether a client understood what it was sent.

/** Every SAMPLE-th octet of a body goes into the checksum: enough to notice a lost, repeated or moved piece. */
const SAMPLE = 997

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

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
