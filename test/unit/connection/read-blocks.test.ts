import { describe, expect, it } from 'vitest'
import { ReadBlocks } from '../../../src/connection/read-blocks.js'

const BLOCK = 64 * 1024

/** A socket that reads to blocks, and somebody who may keep what comes. */
class Reading {
  readonly blocks = new ReadBlocks()
  readonly chunks: Uint8Array[] = []
  /** Whether it may keep what comes, and whether it does. */
  keeps = false
  does = true

  constructor() {
    this.blocks.listener = {
      keeps: () => this.keeps,
      data: (chunk) => {
        this.chunks.push(chunk)
        return this.keeps && this.does
      },
    }
  }

  /** Where the next read would go. */
  get room(): Uint8Array {
    const { buffer } = this.blocks.onread
    return typeof buffer === 'function' ? buffer() : buffer
  }

  /** Reads as the platform does: it asks for room, fills it, and tells how much. */
  read(text: string, between: () => void = () => undefined): Uint8Array {
    const room = this.room
    between()
    room.set(Buffer.from(text))
    expect(this.blocks.onread.callback(text.length, room)).toBe(true)
    return this.chunks.at(-1) as Uint8Array
  }
}

const text = (chunk: Uint8Array): string => Buffer.from(chunk).toString()

describe('ReadBlocks', () => {
  it('reads to one block that all connections share while nobody keeps anything', () => {
    const [one, other] = [new Reading(), new Reading()]
    const first = one.read('first')
    expect(text(first)).toBe('first')
    expect(first.byteOffset).toBe(0)
    expect(other.read('other').buffer).toBe(first.buffer)
    // The promise ended when data() returned.
    expect(text(first)).toBe('other')
    expect(one.room).toHaveLength(BLOCK)
  })

  it('never writes again what may be kept', () => {
    const [reading, other] = [new Reading(), new Reading()]
    reading.keeps = true
    const texts = Array.from({ length: 300 }, (_, i) => `chunk ${i} `.repeat(200))
    for (const each of texts) {
      reading.read(each)
      other.read('}'.repeat(3000))
    }
    expect(reading.chunks.map(text)).toEqual(texts)
  })

  it('uses each octet of a block of its own once, and then takes another', () => {
    const reading = new Reading()
    reading.keeps = true
    const [first, second] = [reading.read('a'.repeat(1000)), reading.read('b'.repeat(1000))]
    expect(second.buffer).toBe(first.buffer)
    expect(second.byteOffset).toBe(first.byteOffset + 1000)
    reading.read('c'.repeat((BLOCK * 3) / 4))
    // What is left is too little to be read to.
    expect(reading.room.buffer).not.toBe(first.buffer)
    expect(reading.room).toHaveLength(BLOCK)
  })

  it('uses a block of its own again while nothing of it is kept after all', () => {
    const reading = new Reading()
    reading.keeps = true
    const kept = reading.read('kept')
    reading.does = false
    const lent = Array.from({ length: 100 }, (_, i) => reading.read(`lent ${i} `.repeat(300)))
    expect(new Set(lent.map((chunk) => chunk.byteOffset))).toEqual(new Set([4]))
    expect(lent[0]?.buffer).toBe(kept.buffer)
    expect(text(kept)).toBe('kept')
  })

  it('copies what came to the shared block when it was given before anybody kept anything', () => {
    const reading = new Reading()
    const shared = reading.read('x').buffer
    const first = reading.read('to be kept', () => (reading.keeps = true))
    expect(first.buffer).not.toBe(shared)
    new Reading().read('overwritten')
    expect(text(first)).toBe('to be kept')
    expect(reading.read('more').buffer).not.toBe(shared)
  })

  it('goes back to the shared block, and leaves alone what was kept', () => {
    const reading = new Reading()
    const shared = reading.read('x').buffer
    reading.keeps = true
    const kept = reading.read('kept')
    const late = reading.read('late', () => (reading.keeps = false))
    expect(late.buffer).toBe(kept.buffer)
    expect(reading.read('then').buffer).toBe(shared)
    reading.keeps = true
    const again = reading.read('again')
    expect(again.buffer).not.toBe(shared)
    expect([kept, late, again].map(text)).toEqual(['kept', 'late', 'again'])
  })

  it('reads on without a listener, for as long as nobody has one', () => {
    const { onread } = new ReadBlocks()
    const room = typeof onread.buffer === 'function' ? onread.buffer() : onread.buffer
    expect(onread.callback(3, room)).toBe(true)
  })
})
