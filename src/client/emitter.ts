import { EventEmitter } from 'eventemitter3'
import type { ImapEvents } from '../model/events.js'

/** The events that make IDLE worth while. */
const WATCHED: readonly (keyof ImapEvents)[] = ['exists', 'expunge', 'vanished', 'flags']

/**
 * The emitter of a client. A listener that throws breaks nothing: its error is rethrown on its own.
 * The four methods that add and remove listeners tell when that changes whether somebody watches the mailbox.
 */
export class ImapEmitter extends EventEmitter<ImapEvents> {
  #changed: () => void = () => undefined

  /** Sets what is called when listeners came or went. */
  protected onListenersChanged(changed: () => void): void {
    this.#changed = changed
  }

  /** Whether somebody listens to what happens in the selected mailbox. */
  protected get isWatched(): boolean {
    return WATCHED.some((event) => this.listenerCount(event) > 0)
  }

  /** Emits to all listeners; never throws. */
  protected emitSafely<K extends keyof ImapEvents>(event: K, ...payload: ImapEvents[K]): void {
    try {
      super.emit(event, ...(payload as Parameters<EventEmitter.EventListener<ImapEvents, K>>))
    } catch (error) {
      queueMicrotask(() => {
        throw error
      })
    }
  }

  override on<K extends keyof ImapEvents>(
    event: K,
    listener: (...payload: ImapEvents[K]) => void,
    context?: unknown,
  ): this {
    super.on(event, listener, context)
    this.#changed()
    return this
  }

  /** The same as `on`. */
  override addListener<K extends keyof ImapEvents>(
    event: K,
    listener: (...payload: ImapEvents[K]) => void,
    context?: unknown,
  ): this {
    return this.on(event, listener, context)
  }

  override once<K extends keyof ImapEvents>(
    event: K,
    listener: (...payload: ImapEvents[K]) => void,
    context?: unknown,
  ): this {
    super.once(event, listener, context)
    this.#changed()
    return this
  }

  override removeListener<K extends keyof ImapEvents>(
    event: K,
    listener?: (...payload: ImapEvents[K]) => void,
    context?: unknown,
    once?: boolean,
  ): this {
    super.removeListener(event, listener, context, once)
    this.#changed()
    return this
  }

  /** The same as `removeListener`. */
  override off<K extends keyof ImapEvents>(
    event: K,
    listener?: (...payload: ImapEvents[K]) => void,
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
}
