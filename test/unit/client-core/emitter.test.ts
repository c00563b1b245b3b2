import { EventEmitter } from 'eventemitter3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ImapEmitter } from '../../../src/client/emitter.js'
import type { ImapEvents } from '../../../src/model/events.js'

class Probe extends ImapEmitter {
  changes = 0

  constructor() {
    super()
    this.onListenersChanged(() => this.changes++)
  }

  get watched(): boolean {
    return this.isWatched
  }

  tell<K extends keyof ImapEvents>(event: K, ...payload: ImapEvents[K]): void {
    this.emitSafely(event, ...payload)
  }
}

const thrown: unknown[] = []
let others: NodeJS.UncaughtExceptionListener[] = []
const keep = (error: unknown): void => void thrown.push(error)

beforeEach(() => {
  thrown.length = 0
  others = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  process.on('uncaughtException', keep)
})

afterEach(() => {
  process.off('uncaughtException', keep)
  for (const other of others) process.on('uncaughtException', other)
})

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('ImapEmitter', () => {
  it('is an EventEmitter', () => {
    expect(new Probe()).toBeInstanceOf(EventEmitter)
  })

  it('calls every listener, whatever the others throw, and rethrows each error on its own', async () => {
    const probe = new Probe()
    const heard: string[] = []
    const [first, second] = [new Error('first'), new Error('second')]
    probe.on('alert', () => {
      throw first
    })
    probe.on('alert', ({ text }) => void heard.push(text))
    probe.once('alert', () => {
      throw second
    })
    probe.on('alert', ({ text }) => void heard.push(text))
    probe.tell('alert', { text: 'a' })
    expect(heard).toEqual(['a', 'a'])
    await turn()
    expect(thrown).toEqual([first, second])
    probe.tell('alert', { text: 'b' })
    expect(heard).toEqual(['a', 'a', 'b', 'b'])
    await turn()
    expect(thrown).toEqual([first, second, first])
  })

  it('calls once what was added by once, also beside the same function added by on', () => {
    const probe = new Probe()
    const heard: string[] = []
    const listener = ({ text }: { text: string }): void => void heard.push(text)
    probe.once('alert', listener)
    probe.tell('alert', { text: 'a' })
    probe.tell('alert', { text: 'b' })
    expect(heard).toEqual(['a'])
    probe.on('alert', listener)
    probe.once('alert', listener)
    probe.tell('alert', { text: 'c' })
    probe.tell('alert', { text: 'd' })
    expect(heard).toEqual(['a', 'c', 'c', 'd'])
  })

  it('removes by the function that was added, by its context, and only those of once', () => {
    const probe = new Probe()
    const listener = (): void => undefined
    const context = {}
    probe.on('bye', listener).addListener('bye', listener, context)
    probe.once('bye', listener)
    expect(probe.listenerCount('bye')).toBe(3)
    probe.removeListener('bye', listener, undefined, true)
    expect(probe.listenerCount('bye')).toBe(2)
    probe.off('bye', listener, context)
    expect(probe.listenerCount('bye')).toBe(1)
    probe.off('bye', () => undefined)
    expect(probe.listeners('bye')).toEqual([listener])
    probe.off('bye', listener)
    expect(probe.listenerCount('bye')).toBe(0)
  })

  it('gives the context as this, and the emitter where there is none', () => {
    const probe = new Probe()
    const seen: unknown[] = []
    const context = { name: 'context' }
    function listener(this: unknown): void {
      seen.push(this)
    }
    probe.on('bye', listener, context)
    probe.on('bye', listener)
    probe.tell('bye', { text: '' })
    expect(seen).toEqual([context, probe])
  })

  it('tells the functions that listen as they were given', () => {
    const probe = new Probe()
    const [a, b] = [(): void => undefined, (): void => undefined]
    probe.on('bye', a)
    probe.once('bye', b)
    expect(probe.listeners('bye')).toEqual([a, b])
    // What listeners() gives can be removed.
    for (const each of probe.listeners('bye')) probe.off('bye', each)
    expect(probe.listeners('bye')).toEqual([])
  })

  it('goes on when a listener removes itself or the next one', () => {
    const probe = new Probe()
    const heard: string[] = []
    const self = (): void => {
      heard.push('self')
      probe.off('bye', self)
    }
    probe.on('bye', self)
    probe.on('bye', () => void heard.push('next'))
    probe.tell('bye', { text: '' })
    probe.tell('bye', { text: '' })
    expect(heard).toEqual(['self', 'next', 'next'])
  })

  it.each(['exists', 'expunge', 'vanished', 'flags'] as const)('is watched by %s', (event) => {
    const probe = new Probe()
    const listener = (): void => undefined
    expect(probe.watched).toBe(false)
    probe.on(event, listener)
    expect(probe.watched).toBe(true)
    probe.removeAllListeners()
    expect(probe.watched).toBe(false)
    probe.once(event, listener)
    expect(probe.watched).toBe(true)
    probe.removeAllListeners(event)
    expect(probe.watched).toBe(false)
    expect(probe.changes).toBe(4)
  })

  it.each(['status', 'alert', 'close', 'trace', 'warning'] as const)('is not watched by %s', (event) => {
    const probe = new Probe()
    probe.on(event, () => undefined)
    expect(probe.watched).toBe(false)
  })

  it('is no longer watched when once has been served', () => {
    const probe = new Probe()
    probe.once('exists', () => undefined)
    probe.tell('exists', { mailbox: 'INBOX', count: 1, previous: 0 })
    expect(probe.watched).toBe(false)
    expect(probe.changes).toBe(2)
  })

  it('refuses a listener that is no function at once', () => {
    expect(() => new Probe().on('bye', 'x' as never)).toThrow(TypeError)
  })
})
