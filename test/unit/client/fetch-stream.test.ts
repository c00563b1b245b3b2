import { describe, expect, it } from 'vitest'
import { fetchStream, type FetchStream, type MessageSink } from '../../../src/client/fetch-stream.js'
import { AbortError, ArgumentError, StateError } from '../../../src/model/errors.js'

/** A connection that counts who holds it, and a source that the test fills. */
class Bench {
  held = 0
  isOpen = true
  starts = 0
  resumes = 0
  stops = 0
  sink: MessageSink<number> | undefined

  hold(): { release(): void } {
    this.held++
    return { release: () => void this.held-- }
  }

  stream(signal?: AbortSignal): FetchStream<number> {
    const source = (sink: MessageSink<number>) => {
      this.sink = sink
      return { start: () => void this.starts++, resume: () => void this.resumes++, stop: () => void this.stops++ }
    }
    return fetchStream(this, source, signal)
  }

  push(...messages: readonly number[]): void {
    for (const message of messages) this.sink?.push(message, 100)
  }
}

/** Starts a stream: the first step waits for its message. */
async function started(bench: Bench, signal?: AbortSignal): Promise<AsyncIterableIterator<number, undefined>> {
  const iterator = bench.stream(signal)[Symbol.asyncIterator]()
  const first = iterator.next()
  bench.push(0)
  expect(await first).toEqual({ done: false, value: 0 })
  return iterator
}

describe('reading', () => {
  it('starts nothing before the first step', async () => {
    const bench = new Bench()
    const stream = bench.stream()
    const iterator = stream[Symbol.asyncIterator]()
    expect(bench.starts).toBe(0)
    void iterator.next()
    expect(bench.starts).toBe(1)
    await iterator.return?.()
  })

  it('gives what waits within one microtask', async () => {
    const bench = new Bench()
    const iterator = await started(bench)
    bench.push(1, 2, 3)
    for (const expected of [1, 2, 3]) {
      let got: IteratorResult<number, undefined> | undefined
      void iterator.next().then((result) => (got = result))
      await Promise.resolve()
      expect(got).toEqual({ done: false, value: expected })
    }
  })

  it('serves steps that are not awaited in their order', async () => {
    const bench = new Bench()
    const iterator = await started(bench)
    const steps = [iterator.next(), iterator.next(), iterator.next()]
    bench.push(1)
    await Promise.resolve()
    bench.push(2)
    bench.sink?.end()
    expect((await Promise.all(steps)).map(({ value }) => value)).toEqual([1, 2, undefined])
  })

  it('gives batches of all that has come, not a promise for each', async () => {
    const bench = new Bench()
    const batches = bench.stream().batches()
    const first = batches.next()
    bench.push(1, 2, 3)
    expect(await first).toEqual({ done: false, value: [1, 2, 3] })
    bench.push(4, 5)
    expect(await batches.next()).toEqual({ done: false, value: [4, 5] })
    bench.sink?.end()
    expect(await batches.next()).toEqual({ done: true, value: undefined })
  })

  it('gives all in an array', async () => {
    const bench = new Bench()
    const all = bench.stream().toArray()
    bench.push(1, 2)
    await Promise.resolve()
    bench.push(3)
    bench.sink?.end()
    expect(await all).toEqual([1, 2, 3])
  })

  it('gives the first and lets go', async () => {
    const bench = new Bench()
    const first = bench.stream().first()
    bench.push(1, 2)
    expect(await first).toBe(1)
    expect(bench.stops).toBe(1)
  })

  it('gives undefined where there is no first', async () => {
    const bench = new Bench()
    const first = bench.stream().first()
    bench.sink?.end()
    expect(await first).toBeUndefined()
  })

  it('can be done once', async () => {
    const bench = new Bench()
    const stream = bench.stream()
    const all = stream.toArray()
    bench.sink?.end()
    await all
    await expect(stream.toArray()).rejects.toThrow(StateError)
    await expect(stream[Symbol.asyncIterator]().next()).rejects.toThrow(StateError)
    await expect(stream.first()).rejects.toThrow(StateError)
  })

  it('rejects the first step with what the source throws', async () => {
    const failing = fetchStream(new Bench(), () => {
      throw new ArgumentError('no set')
    })
    const iterator = failing[Symbol.asyncIterator]()
    await expect(iterator.next()).rejects.toThrow(ArgumentError)
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
  })

  it('keeps nothing of what was read, also when it never catches up', async () => {
    const bench = new Bench()
    const iterator = await started(bench)
    bench.push(-1)
    for (let i = 0; i < 5000; i++) {
      bench.push(i)
      expect((await iterator.next()).value).toBe(i - 1)
    }
    expect(bench.held).toBe(0)
  })
})

describe('a failure', () => {
  it('comes after the messages that wait', async () => {
    const bench = new Bench()
    const iterator = await started(bench)
    bench.push(1)
    bench.sink?.end(new StateError('lost'))
    expect((await iterator.next()).value).toBe(1)
    await expect(iterator.next()).rejects.toThrow('lost')
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
  })
})

describe('back pressure', () => {
  const mebibyte = 1024 * 1024

  it('holds the connection above a mebibyte and lets go below a quarter', async () => {
    const bench = new Bench()
    const iterator = await started(bench)
    for (let i = 0; i < 8; i++) bench.sink?.push(i, mebibyte / 8)
    expect(bench.held).toBe(0)
    bench.sink?.push(8, mebibyte / 8)
    expect(bench.held).toBe(1)
    expect(bench.sink?.flow.isFull).toBe(true)
    for (let i = 0; i < 7; i++) await iterator.next()
    expect(bench.held).toBe(1)
    expect(bench.resumes).toBe(0)
    await iterator.next()
    expect(bench.held).toBe(0)
    expect(bench.resumes).toBe(1)
  })

  it.each(['return', 'abort', 'end'])('lets go at once by %s', async (how) => {
    const bench = new Bench()
    const controller = new AbortController()
    const iterator = await started(bench, controller.signal)
    bench.sink?.push(1, 2 * mebibyte)
    expect(bench.held).toBe(1)
    if (how === 'return') await iterator.return?.()
    else if (how === 'abort') controller.abort()
    else {
      bench.sink?.end()
      await iterator.next()
    }
    expect(bench.held).toBe(0)
    // What still comes holds nobody up.
    bench.sink?.push(2, 2 * mebibyte)
    expect(bench.held).toBe(0)
  })
})

describe('leaving', () => {
  it('stops the source once and ends the reading', async () => {
    const bench = new Bench()
    const iterator = await started(bench)
    bench.push(1, 2)
    await iterator.return?.()
    await iterator.return?.()
    expect(bench.stops).toBe(1)
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
  })

  it('before the first step starts nothing', async () => {
    const bench = new Bench()
    const iterator = bench.stream()[Symbol.asyncIterator]()
    await iterator.return?.()
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
    expect(bench.starts).toBe(0)
  })

  it('wakes a step that waits', async () => {
    const bench = new Bench()
    const iterator = await started(bench)
    const waiting = iterator.next()
    await iterator.return?.()
    expect(await waiting).toEqual({ done: true, value: undefined })
  })
})

describe('an abort', () => {
  it('rejects the next step although messages wait', async () => {
    const bench = new Bench()
    const controller = new AbortController()
    const iterator = await started(bench, controller.signal)
    bench.push(1, 2, 3)
    controller.abort(new Error('enough'))
    const error: unknown = await iterator.next().catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(AbortError)
    expect(error).toMatchObject({ name: 'AbortError', connection: 'kept', cause: new Error('enough') })
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
  })

  it('rejects the step that waits', async () => {
    const bench = new Bench()
    const controller = new AbortController()
    const iterator = await started(bench, controller.signal)
    const waiting = iterator.next()
    controller.abort()
    await expect(waiting).rejects.toThrow(AbortError)
    expect(bench.stops).toBeGreaterThan(0)
  })

  it('after the last message was taken in, still rejects', async () => {
    const bench = new Bench()
    const controller = new AbortController()
    const iterator = await started(bench, controller.signal)
    bench.push(1)
    bench.sink?.end()
    controller.abort()
    await expect(iterator.next()).rejects.toThrow(AbortError)
  })

  it('before the first step starts nothing', async () => {
    const bench = new Bench()
    await expect(bench.stream(AbortSignal.abort()).toArray()).rejects.toThrow(AbortError)
    expect(bench.starts).toBe(0)
  })

  it('says when the connection is gone', async () => {
    const bench = new Bench()
    const controller = new AbortController()
    const iterator = await started(bench, controller.signal)
    bench.isOpen = false
    controller.abort()
    await expect(iterator.next()).rejects.toMatchObject({ connection: 'closed' })
  })
})
