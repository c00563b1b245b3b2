import { EventEmitter } from 'eventemitter3'
import type { ImapEvents } from '../model/events.js'

/** The events that make IDLE worth while. */
const WATCHED: readonly (keyof ImapEvents)[] = ['exists', 'expunge', 'vanished', 'flags']

/** A listener of one event. */
export type ImapListener<K extends keyof ImapEvents> = (...payload: ImapEvents[K]) => void

/** For each listener the function that is called in its place, and for that one itself. */
const guards = new WeakMap<object, object>()
/** The way back, for those who ask what listens. */
const originals = new WeakMap<object, object>()

/**
 * The emitter of a client. A listener that throws breaks nothing: the other listeners are called all the same, and its
 * error is rethrown on its own, as the platform does.
 */
export class ImapEmitter extends EventEmitter<ImapEvents> {
  #changed: () => void = () => undefined
  #watches = 0

  /** Sets what is called when listeners came or went. */
  protected onListenersChanged(changed: () => void): void {
    this.#changed = changed
  }

  /** Whether somebody listens to what happens in the selected mailbox. */
  protected get isWatched(): boolean {
    return this.#watches > 0 || WATCHED.some((event) => this.listenerCount(event) > 0)
  }

  /** Notes that somebody wants to hear of changes by another way than events; gives what ends that. */
  protected watch(): () => void {
    this.#watches++
    this.#changed()
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      this.#watches--
      this.#changed()
    }
  }

  /** Adds listeners by the names of their events; what is undefined is passed over. */
  protected addAll(listeners: { readonly [K in keyof ImapEvents]?: ImapListener<K> | undefined } = {}): void {
    for (const [event, listener] of Object.entries(listeners)) {
      if (typeof listener === 'function') this.on(event as keyof ImapEvents, listener as () => void)
    }
  }

  /** Emits to all listeners; never throws. */
  protected emitSafely<K extends keyof ImapEvents>(event: K, ...payload: ImapEvents[K]): void {
    super.emit(event, ...(payload as Parameters<EventEmitter.EventListener<ImapEvents, K>>))
  }

  override on<K extends keyof ImapEvents>(event: K, listener: ImapListener<K>, context?: unknown): this {
    super.on(event, guarded(listener), context)
    this.#changed()
    return this
  }

  /** The same as `on`. */
  override addListener<K extends keyof ImapEvents>(event: K, listener: ImapListener<K>, context?: unknown): this {
    return this.on(event, listener, context)
  }

  override once<K extends keyof ImapEvents>(event: K, listener: ImapListener<K>, context?: unknown): this {
    super.once(event, guarded(listener), context)
    this.#changed()
    return this
  }

  override removeListener<K extends keyof ImapEvents>(
    event: K,
    listener?: ImapListener<K>,
    context?: unknown,
    once?: boolean,
  ): this {
    super.removeListener(event, listener && guarded(listener), context, once)
    this.#changed()
    return this
  }

  /** The same as `removeListener`. */
  override off<K extends keyof ImapEvents>(
    event: K,
    listener?: ImapListener<K>,
    context?: unknown,
    once?: boolean,
  ): this {
    return this.removeListener(event, listener, context, once)
  }

  override removeAllListeners(event?: keyof ImapEvents): this {
    super.removeAllListeners(event)
    this.#changed()
    return this
  }

  override listeners<K extends keyof ImapEvents>(event: K): ImapListener<K>[] {
    return super.listeners(event).map((guard) => (originals.get(guard) ?? guard) as ImapListener<K>)
  }
}

/** What is registered for a listener: always the same function, so that the base class finds it again. */
function guarded<K extends keyof ImapEvents>(listener: ImapListener<K>): ImapListener<K> {
  // What is no function is refused by the base class.
  if (typeof listener !== 'function') return listener
  const known = guards.get(listener)
  if (known !== undefined) return known as ImapListener<K>
  const guard = function (this: unknown, ...payload: ImapEvents[K]): void {
    try {
      listener.apply(this, payload)
    } catch (error) {
      queueMicrotask(() => {
        throw error
      })
    }
  }
  guards.set(listener, guard)
  guards.set(guard, guard)
  originals.set(guard, listener)
  return guard
}
