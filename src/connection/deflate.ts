import { Buffer } from 'node:buffer'
import { constants, createDeflateRaw, createInflateRaw } from 'node:zlib'

/** Octets that are inflated at a time; nothing more is inflated before these have been taken. */
const CHUNK = 64 * 1024

/** Compressed octets that may wait for the inflater before reading stops. */
const MAX_WAITING = 256 * 1024

/** What ends a flush: the lengths of an empty stored block (RFC 1951 §3.2.4). */
const FLUSH = Buffer.from([0, 0, 0xff, 0xff])

/** The rest of a flush, and an empty last block of either form, are made of these; no response begins with one. */
const TRAILER = Buffer.from([0, 1, 3, 0xff])

/** What a {@link DeflateLayer} does on the stream below it and for the reader above. */
export interface DeflateSetup {
  /** Takes what was inflated; these octets are never written again. */
  data(chunk: Uint8Array): void
  /** Sends what was deflated. False: nothing more comes until {@link DeflateLayer.drained}. */
  send(bytes: Uint8Array): boolean
  /** More may be written, after {@link DeflateLayer.isFull} was true. */
  drained(): void
  /** Compressed octets wait, or wait no longer: whether reading has to stop. */
  crowded(isCrowded: boolean): void
  /** Nothing more can be inflated. */
  failed(error: Error): void
}

/**
 * Compression of both directions (RFC 4978 §3): raw DEFLATE, flushed after each writing. However much a few octets
 * inflate to, it comes in small chunks, and only while they are taken.
 */
export class DeflateLayer {
  readonly #setup: DeflateSetup
  readonly #inflater = createInflateRaw({
    chunkSize: CHUNK,
    // The peer may close without a last block.
    finishFlush: constants.Z_SYNC_FLUSH,
  })
  readonly #deflater = createDeflateRaw({ flush: constants.Z_SYNC_FLUSH })
  #waiting: Uint8Array[] = []
  #waitingSize = 0
  #isCrowded = false
  /** What the inflater has in work, and how much it had read before. */
  #piece: Uint8Array | undefined
  #readBefore = 0
  #ended: (() => void) | undefined

  constructor(setup: DeflateSetup) {
    this.#setup = setup
    const [inflater, deflater] = [this.#inflater, this.#deflater]
    inflater.on('data', (chunk: Uint8Array) => {
      setup.data(chunk)
      this.#next()
    })
    inflater.on('end', () => {
      if (this.#ended === undefined) setup.failed(new Error('octets came after the end of the compressed data'))
      else this.#ended()
    })
    inflater.on('error', (error) => setup.failed(error))
    deflater.on('data', (chunk: Uint8Array) => {
      if (!setup.send(chunk)) deflater.pause()
    })
    deflater.on('drain', () => setup.drained())
    deflater.on('error', (error) => setup.failed(error))
  }

  /** Whether {@link write} has to wait. */
  get isFull(): boolean {
    return this.#deflater.writableNeedDrain
  }

  /** Deflates octets and sends all of them. */
  write(bytes: Uint8Array): void {
    this.#deflater.write(bytes)
  }

  /** The stream below takes more. */
  drained(): void {
    this.#deflater.resume()
  }

  /**
   * Inflates octets, which must not be written again.
   *
   * @param mayEnd - whether the peer may leave the layer in the middle of them: then no octet behind a flush is touched
   *   before what came ahead of it has been taken
   */
  receive(bytes: Uint8Array, mayEnd: boolean): void {
    for (const piece of mayEnd ? cutAtFlushes(bytes) : [bytes]) {
      if (piece.length === 0) continue
      this.#waiting.push(piece)
      this.#waitingSize += piece.length
    }
    this.#next()
    this.#tellCrowded()
  }

  /** The stream below has ended: calls `done` once all has been taken. */
  end(done: () => void): void {
    this.#ended = done
    this.#next()
  }

  /** Gives nothing more until {@link resume}. */
  pause(): void {
    this.#inflater.pause()
  }

  resume(): void {
    this.#inflater.resume()
  }

  /** Ends the deflated data (RFC 1951 §3.2.3, BFINAL); calls `done` once all has been given to the stream below. */
  finish(done: () => void): void {
    this.#deflater.once('end', done)
    this.#deflater.end()
  }

  /**
   * Ends the layer from within `data`: gives the octets behind the compressed ones.
   *
   * @returns undefined when more than what `data` has just been given was compressed
   */
  leave(): Uint8Array | undefined {
    const isOver = this.#inflater.readableLength === 0
    const consumed = this.#inflater.bytesWritten - this.#readBefore
    const rest = this.#piece === undefined ? this.#waiting : [this.#piece.subarray(consumed), ...this.#waiting]
    this.destroy()
    return isOver ? Buffer.concat(rest) : undefined
  }

  destroy(): void {
    this.#waiting = []
    this.#piece = undefined
    for (const each of [this.#inflater, this.#deflater]) each.removeAllListeners().on('error', ignore).destroy()
  }

  /** One piece at a time, and none while inflated octets have not been taken. */
  #next(): void {
    const inflater = this.#inflater
    if (this.#piece !== undefined || inflater.readableLength > 0 || inflater.destroyed) return
    const piece = this.#waiting.shift()
    if (piece !== undefined) {
      this.#waitingSize -= piece.length
      this.#piece = piece
      this.#readBefore = inflater.bytesWritten
      inflater.write(piece, () => {
        this.#piece = undefined
        this.#next()
        this.#tellCrowded()
      })
    } else if (this.#ended !== undefined && !inflater.writableEnded) {
      inflater.end()
    }
  }

  /** Once crowded, reading stops until nothing waits. */
  #tellCrowded(): void {
    const isCrowded = this.#waitingSize > (this.#isCrowded ? 0 : MAX_WAITING)
    if (isCrowded === this.#isCrowded) return
    this.#isCrowded = isCrowded
    this.#setup.crowded(isCrowded)
  }
}

/** What follows compressed data, without what may still belong to their end. */
export function withoutTrailer(bytes: Uint8Array): Uint8Array {
  let from = 0
  while (from < bytes.length && TRAILER.includes(bytes[from] as number)) from++
  return bytes.subarray(from)
}

/** Cut behind each flush; that other octets look like one does no harm. */
function* cutAtFlushes(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  const octets = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let from = 0
  for (let at = octets.indexOf(FLUSH); at !== -1; at = octets.indexOf(FLUSH, from)) {
    const end = at + FLUSH.length
    yield octets.subarray(from, end)
    from = end
  }
  yield octets.subarray(from)
}

function ignore(): void {
  // The layer has been left; nobody waits for it.
}
