import { Buffer } from 'node:buffer'
import type { OnReadOpts } from 'node:net'

/** Octets of a block: what was read is still in the cache of the processor when it is looked at. */
const BLOCK = 64 * 1024

/** Where all connections read to while nobody keeps what was read: reading is synchronous, and one at a time. */
let shared: Buffer | undefined

/** Takes what is read. */
export interface BlockListener {
  /** Whether bytes may be kept after {@link data} has returned; what is kept then is never written again. */
  keeps(): boolean
  /** Takes what was read, and tells whether it keeps some of it. */
  data(chunk: Uint8Array): boolean
}

/**
 * Gives a socket memory to read to, without a stream in between: a block that all connections share, or blocks of its
 * own while somebody may keep what was read, of which no octet that is kept is used again.
 */
export class ReadBlocks {
  /** To be set before the socket reads. */
  listener: BlockListener | undefined
  /** The option of `net.connect`. */
  readonly onread: OnReadOpts = {
    buffer: () => this.#room(),
    callback: (length, buffer) => {
      const isShared = buffer.buffer === shared?.buffer
      const chunk = buffer.subarray(0, length)
      // The room was given before anybody wanted to keep what comes.
      const isKept = this.listener?.data(isShared && this.listener.keeps() ? Buffer.from(chunk) : chunk) === true
      if (!isShared && isKept) this.#used += length
      return true
    },
  }
  #own: Buffer | undefined
  #used = 0

  /** Room for the next read. */
  #room(): Buffer {
    if (this.listener?.keeps() !== true) {
      this.#own = undefined
      return (shared ??= Buffer.allocUnsafeSlow(BLOCK))
    }
    if (this.#own === undefined || this.#own.length - this.#used <= BLOCK / 4) {
      this.#own = Buffer.allocUnsafeSlow(BLOCK)
      this.#used = 0
    }
    return this.#own.subarray(this.#used)
  }
}
