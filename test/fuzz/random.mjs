/** Random numbers that are the same for the same seed (sfc32). */
export class Random {
  #a
  #b
  #c
  #count = 1

  /** @param {number} seed */
  constructor(seed) {
    this.#a = seed >>> 0
    this.#b = 0x9e3779b9
    this.#c = 0x243f6a88
    for (let i = 0; i < 15; i++) this.next()
  }

  /** A whole number of 32 bits. */
  next() {
    const sum = (this.#a + this.#b + this.#count) >>> 0
    this.#count = (this.#count + 1) >>> 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) >>> 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) >>> 0
    return sum
  }

  /** A whole number from 0 up to, and without, a bound. */
  below(bound) {
    return bound <= 1 ? 0 : this.next() % bound
  }

  /** True once in so many times. */
  oneIn(times) {
    return this.next() % times === 0
  }

  pick(list) {
    return list[this.below(list.length)]
  }

  /** Small numbers far more often than large ones. */
  small(bound) {
    return this.below(1 + this.below(1 + this.below(bound)))
  }
}
