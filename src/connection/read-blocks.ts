import { Buffer } from 'node:buffer'
import type { OnReadOpts } from 'node:net'

/** Octets of a block while little comes in, and while much does. */
const SMALL = 8 * 1024
const LARGE = 256 * 1024

/**
 * Gives a socket memory to read to, in blocks that are larger than the platform's: a fast server then costs fewer reads,
 * and no stream stands between. Each octet of a block is used once, so that what was read may be kept as it is.
 */
export class ReadBlocks {
  /** Takes what is read; to be set before the socket reads. */
  listener: ((chunk: Uint8Array) => void) | undefined
  /** The option of `net.connect`. */
  readonly onread: OnReadOpts = {
    buffer: () => this.#room(),
    callback: (length, buffer) => {
      this.#used += length
      this.#last = length
      this.listener?.(buffer.subarray(0, length))
      return true
    },
  }
  #block = Buffer.alloc(0)
  #used = 0
  #last = 0

  /** Room for the next read. Its block is as large as what came last makes likely to be needed. */
  #room(): Buffer {
    if (this.#block.length - this.#used <= this.#block.length / 4) {
      this.#block = Buffer.allocUnsafeSlow(this.#last < SMALL / 2 ? SMALL : LARGE)
      this.#used = 0
    }
    return this.#block.subarray(this.#used)
  }
}
