import { describe, expect, it } from 'vitest'
import { withDeadline, type Deadline } from '../../../src/connection/deadline.js'
import { AbortError, ArgumentError, TimeoutError } from '../../../src/model/errors.js'
import { openResources, rejection } from '../../behaviour/tools.js'

const deadline = (more: Partial<Deadline> = {}): Deadline => ({
  ms: 60_000,
  phase: 'auth',
  command: 'AUTHENTICATE',
  what: () => 'The work',
  ...more,
})

const never = new Promise<never>(() => undefined)

describe('withDeadline', () => {
  it('gives what the work gives, and its error', async () => {
    expect(await withDeadline(deadline(), () => 5)).toBe(5)
    expect(await withDeadline(deadline(), () => Promise.resolve(6))).toBe(6)
    const error = new Error('no')
    expect(await rejection(withDeadline(deadline(), () => Promise.reject(error)))).toBe(error)
    const thrower = (): never => {
      throw error
    }
    expect(await rejection(withDeadline(deadline(), thrower))).toBe(error)
  })

  it('rejects when the time is over, tells the work, and says what it waited for then', async () => {
    let what = 'The beginning'
    let told: AbortSignal | undefined
    const work = (signal: AbortSignal): Promise<never> => {
      told = signal
      what = 'The provider'
      return never
    }
    const error = await rejection(withDeadline(deadline({ ms: 5, what: () => what }), work))
    expect(error).toBeInstanceOf(TimeoutError)
    expect(error).toMatchObject({
      phase: 'auth',
      connection: 'kept',
      command: 'AUTHENTICATE',
      message: 'The provider took longer than 5 ms',
    })
    expect(told?.reason).toBe(error)
  })

  it('rejects at once on an abort, and tells the work', async () => {
    const controller = new AbortController()
    let told: AbortSignal | undefined
    const running = withDeadline(deadline({ signal: controller.signal }), (signal) => {
      told = signal
      return never
    })
    await Promise.resolve()
    controller.abort('why')
    const error = await rejection(running)
    expect(error).toBeInstanceOf(AbortError)
    expect(error).toMatchObject({ cause: 'why', connection: 'kept' })
    expect(told?.aborted).toBe(true)
  })

  it('does not begin when the signal has fired already', async () => {
    let begun = false
    const work = (): void => {
      begun = true
    }
    expect(await rejection(withDeadline(deadline({ signal: AbortSignal.abort('x') }), work))).toBeInstanceOf(AbortError)
    expect(begun).toBe(false)
  })

  it('leaves neither a timer nor a listener, also while the work still hangs', async () => {
    const before = openResources()
    const controller = new AbortController()
    const { signal } = controller
    let listeners = 0
    const add = signal.addEventListener.bind(signal)
    const remove = signal.removeEventListener.bind(signal)
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners++
      add(...args)
    }
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners--
      remove(...args)
    }
    const running = withDeadline(deadline({ signal, ms: 1_000_000 }), () => never)
    expect(listeners).toBe(1)
    controller.abort()
    await rejection(running)
    expect(listeners).toBe(0)
    expect(openResources()).toBe(before)
    await withDeadline(deadline({ signal: new AbortController().signal }), () => 1)
    expect(openResources()).toBe(before)
  })

  it('has no bound at Infinity, and a long one beyond what timers can', async () => {
    expect(await withDeadline(deadline({ ms: Infinity }), () => 1)).toBe(1)
    const long = withDeadline(deadline({ ms: 2 ** 40 }), () => new Promise((resolve) => setTimeout(resolve, 20, 2)))
    expect(await long).toBe(2)
  })

  it.each([NaN, -1])('refuses %d milliseconds', async (ms) => {
    expect(await rejection(withDeadline(deadline({ ms }), () => 1))).toBeInstanceOf(ArgumentError)
  })

  it('does not care for what the work does afterwards', async () => {
    const unhandled: unknown[] = []
    const listen = (error: unknown): void => void unhandled.push(error)
    process.on('unhandledRejection', listen)
    let fail: (error: Error) => void = () => undefined
    const work = (): Promise<never> => new Promise((_, reject) => (fail = reject))
    expect(await rejection(withDeadline(deadline({ ms: 1 }), work))).toBeInstanceOf(TimeoutError)
    fail(new Error('too late'))
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', listen)
    expect(unhandled).toEqual([])
  })
})
