import { randomBytes } from 'node:crypto'
import { constants, createDeflateRaw, createInflateRaw, deflateRawSync, inflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { DeflateLayer, withoutTrailer } from '../../../src/connection/deflate.js'
import { sleep } from './support.js'

/** A layer, with what comes out of it on both sides. */
class Bench {
  readonly taken: Uint8Array[] = []
  readonly sent: Uint8Array[] = []
  readonly crowded: boolean[] = []
  readonly failures: string[] = []
  drained = 0
  accepts = true
  /** What came behind the layer. */
  rest: Uint8Array | undefined
  onData: (chunk: Uint8Array) => void = () => undefined
  readonly layer = new DeflateLayer({
    data: (chunk) => {
      this.taken.push(chunk)
      this.onData(chunk)
    },
    send: (bytes) => {
      this.sent.push(bytes)
      return this.accepts
    },
    drained: () => void this.drained++,
    crowded: (isCrowded) => void this.crowded.push(isCrowded),
    failed: (error) => void this.failures.push(error.message),
  })

  get text(): string {
    return Buffer.concat(this.taken).toString()
  }

  get octets(): number {
    return this.taken.reduce((total, { length }) => total + length, 0)
  }
}

async function until(look: () => boolean): Promise<void> {
  for (let i = 0; i < 1000 && !look(); i++) await sleep(2)
  expect(look()).toBe(true)
}

/** What a peer sends that flushes after each text. */
async function flushed(...texts: string[]): Promise<Buffer[]> {
  const deflater = createDeflateRaw({ flush: constants.Z_SYNC_FLUSH })
  const found: Buffer[] = []
  for (const text of texts) {
    await new Promise((resolve) => deflater.write(text, resolve))
    found.push(deflater.read() as Buffer)
  }
  return found
}

describe('DeflateLayer', () => {
  it('sends raw DEFLATE that can be read after each writing', async () => {
    const bench = new Bench()
    const inflater = createInflateRaw()
    let read = ''
    inflater.on('data', (chunk: Buffer) => (read += chunk.toString()))
    for (const line of ['A1 NOOP\r\n', 'A2 NOOP\r\n', 'x'.repeat(200_000)]) {
      read = ''
      bench.layer.write(Buffer.from(line))
      await until(() => {
        for (const each of bench.sent.splice(0)) inflater.write(each)
        return read === line
      })
    }
    bench.layer.destroy()
  })

  it('ends its data when it is finished', async () => {
    const bench = new Bench()
    bench.layer.write(Buffer.from('A1 LOGOUT\r\n'))
    await new Promise<void>((resolve) => bench.layer.finish(resolve))
    expect(inflateRawSync(Buffer.concat(bench.sent)).toString()).toBe('A1 LOGOUT\r\n')
    bench.layer.destroy()
  })

  it('sends no more than the stream below takes, and says so', async () => {
    const bench = new Bench()
    bench.accepts = false
    const noise = randomBytes(300_000)
    bench.layer.write(noise)
    expect(bench.layer.isFull).toBe(true)
    await until(() => bench.sent.length > 0)
    await sleep(20)
    const before = bench.sent.length
    expect(before).toBeLessThan(4)
    bench.accepts = true
    bench.layer.drained()
    await until(() => bench.drained === 1)
    expect(bench.layer.isFull).toBe(false)
    await until(() => inflated(bench.sent).equals(noise))
    bench.layer.destroy()
  })

  it('inflates to small chunks, and none while it is paused', async () => {
    const bench = new Bench()
    const size = 32 * 1024 * 1024
    bench.onData = () => bench.layer.pause()
    bench.layer.receive(deflateRawSync(Buffer.alloc(size)), false)
    await until(() => bench.taken.length === 1)
    await sleep(50)
    expect(bench.octets).toBeLessThanOrEqual(64 * 1024)
    bench.onData = () => undefined
    bench.layer.resume()
    await until(() => bench.octets === size)
    expect(Math.max(...bench.taken.map(({ length }) => length))).toBeLessThanOrEqual(64 * 1024)
    bench.layer.destroy()
  })

  it('wants no more to be read while much waits', async () => {
    const bench = new Bench()
    bench.layer.pause()
    const noise = randomBytes(200_000)
    const deflated = deflateRawSync(noise, { finishFlush: constants.Z_SYNC_FLUSH })
    for (let i = 0; i < 4; i++) bench.layer.receive(deflated, false)
    expect(bench.crowded).toEqual([true])
    bench.layer.resume()
    await until(() => bench.octets === 4 * noise.length)
    expect(bench.crowded).toEqual([true, false])
    expect(Buffer.concat(bench.taken).equals(Buffer.concat([noise, noise, noise, noise]))).toBe(true)
    bench.layer.destroy()
  })

  it('gives all before it tells the end', async () => {
    const bench = new Bench()
    const [one, two] = (await flushed('one', 'two'.repeat(100_000))) as [Buffer, Buffer]
    bench.layer.receive(one, false)
    bench.layer.receive(two, false)
    const text = await new Promise<string>((resolve) => bench.layer.end(() => resolve(bench.text)))
    expect(text).toBe(`one${'two'.repeat(100_000)}`)
    expect(bench.failures).toEqual([])
    bench.layer.destroy()
  })

  it.each([
    ['is no DEFLATE', Buffer.from('* OK hello there')],
    ['goes on after its end', Buffer.concat([deflateRawSync('x'), Buffer.from('y')])],
  ])('fails once for what %s', async (_what, octets) => {
    const bench = new Bench()
    bench.layer.receive(octets, false)
    await until(() => bench.failures.length > 0)
    bench.layer.receive(Buffer.from('more'), false)
    await sleep(20)
    expect(bench.failures).toHaveLength(1)
    bench.layer.destroy()
  })

  it.each([1, 2, 5, 1000])('is left behind a flush, with what follows it, in chunks of %i octets', async (size) => {
    const bench = new Bench()
    const [begin, end] = (await flushed('* OK one\r\n'.repeat(50), 'A1 OK done\r\n')) as [Buffer, Buffer]
    const plain = '* OK plain, and \0\0\xff\xff is no flush\r\n'
    const octets = Buffer.concat([begin, end, Buffer.from(plain, 'latin1')])
    bench.onData = () => {
      if (bench.rest === undefined && bench.text.endsWith('A1 OK done\r\n')) bench.rest = bench.layer.leave()
    }
    let at = 0
    while (at < octets.length && bench.rest === undefined) {
      bench.layer.receive(octets.subarray(at, at + size), true)
      at += size
      for (let i = 0; i < 5; i++) await sleep(1)
    }
    await until(() => bench.rest !== undefined)
    const follows = Buffer.concat([bench.rest ?? Buffer.of(), octets.subarray(Math.min(at, octets.length))])
    expect(Buffer.from(withoutTrailer(follows)).toString('latin1')).toBe(plain)
  })

  it('is not left in the middle of what is compressed', async () => {
    const bench = new Bench()
    let rest: Uint8Array | undefined = Buffer.of(1)
    bench.onData = () => {
      bench.onData = () => undefined
      bench.layer.pause()
      setTimeout(() => (rest = bench.layer.leave()), 30)
    }
    bench.layer.receive(deflateRawSync(Buffer.alloc(500_000)), true)
    await until(() => rest === undefined)
  })
})

it.each([
  ['', ''],
  ['* OK', '* OK'],
  ['\x03\0* OK\x03', '* OK\x03'],
  ['\x01\0\0\xff\xff+ x', '+ x'],
  ['\0\xff\xff', ''],
])('what may still belong to compressed data is left out: %j', (given, wanted) => {
  expect(Buffer.from(withoutTrailer(Buffer.from(given, 'latin1'))).toString('latin1')).toBe(wanted)
})

function inflated(chunks: readonly Uint8Array[]): Buffer {
  return inflateRawSync(Buffer.concat(chunks), { finishFlush: constants.Z_SYNC_FLUSH })
}
