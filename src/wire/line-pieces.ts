import { Buffer } from 'node:buffer'

/** Pieces shorter than this are copied together: keeping each alone would cost far more than its octets. */
const SMALL = 4096
const TAIL = 4 * SMALL

/** The pieces of a line whose end has not come yet; they are joined once, however many there are. */
export class LinePieces {
  #list: Uint8Array[] = []
  #tail = EMPTY
  #used = 0
  #length = 0

  /** Octets kept so far. */
  get length(): number {
    return this.#length
  }

  /** Keeps a copy of a piece. */
  add(piece: Uint8Array): void {
    this.#length += piece.length
    if (piece.length >= SMALL) {
      this.#flush()
      this.#list.push(Buffer.from(piece))
      return
    }
    if (this.#used + piece.length > this.#tail.length) {
      this.#flush()
      this.#tail = Buffer.allocUnsafeSlow(TAIL)
    }
    this.#tail.set(piece, this.#used)
    this.#used += piece.length
  }

  /** Gives all octets kept, and forgets them. */
  take(): Buffer {
    this.#flush()
    const list = this.#list
    const length = this.#length
    this.#list = []
    this.#tail = EMPTY
    this.#length = 0
    return Buffer.concat(list, length)
  }

  #flush(): void {
    if (this.#used === 0) return
    this.#list.push(this.#tail.subarray(0, this.#used))
    this.#tail = this.#tail.subarray(this.#used)
    this.#used = 0
  }
}

const EMPTY = Buffer.alloc(0)
