import { Duplex } from 'node:stream'
import { constants, createDeflateRaw, createInflateRaw } from 'node:zlib'

/**
 * DEFLATE in both directions above another stream (RFC 4978 §3): raw, with a flush behind every write, so that nothing
 * said waits for more to say.
 */
export class DeflateLayer extends Duplex {
  readonly below: Duplex
  // What a client leaves unfinished when it goes is no error.
  readonly #inflate = createInflateRaw({ finishFlush: constants.Z_SYNC_FLUSH })
  readonly #deflate = createDeflateRaw()
  readonly #take = (chunk: Buffer): void => this.#receive(chunk)
  readonly #ended = (): void => void this.#inflate.end()
  readonly #gone = (): void => void this.destroy()
  /** What came behind the end of the compressed data: it is not compressed. */
  readonly #plain: Buffer[] = []
  #received = 0
  #finished = false
  #belowEnded = false

  constructor(below: Duplex) {
    super()
    this.below = below
    this.#deflate.on('data', (chunk: Buffer) => void below.write(chunk))
    this.#deflate.on('error', (error) => this.destroy(error))
    this.#inflate.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) this.#inflate.pause()
    })
    this.#inflate.on('end', () => this.#finish())
    this.#inflate.on('error', (error) => this.destroy(error))
    this.#inflate.on('drain', () => void below.resume())
    below.on('data', this.#take)
    below.on('end', this.#ended)
    below.on('end', () => (this.#belowEnded = true))
    below.on('close', this.#gone)
    below.resume()
  }

  /** Goes out of the way: returns the stream below, with what came for it already. */
  release(): Duplex {
    const { below } = this
    below.off('data', this.#take)
    below.off('end', this.#ended)
    below.off('close', this.#gone)
    below.pause()
    this.#deflate.close()
    this.#inflate.close()
    const early = Buffer.concat(this.#plain)
    if (early.length > 0) below.unshift(early)
    return below
  }

  override _read(): void {
    this.#inflate.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (chunk.length === 0) {
      this.below.write('', done)
      return
    }
    this.#deflate.write(chunk)
    this.#deflate.flush(constants.Z_SYNC_FLUSH, () => {
      if (this.below.destroyed || !this.below.writableNeedDrain) done()
      else this.#whenDrained(done)
    })
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#deflate.once('end', () => {
      this.below.end()
      done()
    })
    this.#deflate.end()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#deflate.destroy()
    this.#inflate.destroy()
    this.below.destroy()
    done(error)
  }

  #whenDrained(done: () => void): void {
    const { below } = this
    const over = (): void => {
      below.off('drain', over)
      below.off('close', over)
      done()
    }
    below.on('drain', over)
    below.on('close', over)
  }

  #receive(chunk: Buffer): void {
    if (this.#finished) {
      this.#plain.push(chunk)
      return
    }
    this.#received += chunk.length
    this.#last = chunk
    if (!this.#inflate.write(chunk)) this.below.pause()
  }

  /** The last chunk that was to be decompressed. */
  #last: Buffer = Buffer.alloc(0)

  #finish(): void {
    this.#finished = true
    if (this.#belowEnded) {
      this.push(null)
      return
    }
    // The client ended its compression; whatever stands behind that is for whoever reads next.
    const rest = this.#received - this.#inflate.bytesWritten
    if (rest > 0) this.#plain.push(this.#last.subarray(-rest))
    this.below.once('end', () => void this.push(null))
  }
}
