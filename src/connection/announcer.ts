import { ImapError } from '../model/errors.js'
import type { ImapEvents } from '../model/events.js'
import type { Response } from '../model/response.js'
import type { StateListener } from './state.js'

/** Hears every response after the state has taken it: untagged ones, and tagged ones with their command's name. */
export type ResponseListener = (response: Response, command: string | undefined) => void

/** Where events go. */
export interface EventTarget {
  emit<K extends keyof ImapEvents>(event: K, ...payload: ImapEvents[K]): void
  listens(event: keyof ImapEvents): boolean
}

/**
 * Tells the outside what happens. Events wait until the commands in flight have seen the response that they come from.
 * A listener that throws breaks nothing.
 */
export class Announcer implements StateListener {
  readonly #target: EventTarget
  readonly #responses = new Set<ResponseListener>()
  readonly #quiets = new Set<(quiet: boolean) => void>()
  #waiting: (() => void)[] = []
  #wasQuiet = true

  constructor(target: EventTarget) {
    this.#target = target
  }

  listens(event: keyof ImapEvents): boolean {
    return this.#target.listens(event)
  }

  /** Notes an event; {@link tell} tells it. */
  event<K extends keyof ImapEvents>(event: K, ...payload: ImapEvents[K]): void {
    this.#waiting.push(() => this.#target.emit(event, ...payload))
  }

  warn(error: ImapError): void {
    this.event('warning', { error })
  }

  /** Tells at once what crosses the wire; `text` is called only when somebody listens. */
  trace(direction: 'in' | 'out', text: () => string): void {
    if (!this.#target.listens('trace')) return
    this.#attempt(() => this.#target.emit('trace', { direction, text: text() }))
  }

  /** Tells the events that were noted. */
  tell(): void {
    while (this.#waiting.length > 0) {
      const events = this.#waiting
      this.#waiting = []
      for (const event of events) this.#attempt(event)
    }
  }

  onResponse(listener: ResponseListener): () => void {
    this.#responses.add(listener)
    return () => void this.#responses.delete(listener)
  }

  /** Lets the listeners hear a response. */
  response(response: Response, command: string | undefined): void {
    for (const listener of this.#responses) this.#guard(() => listener(response, command))
  }

  onQuiet(listener: (quiet: boolean) => void): () => void {
    this.#quiets.add(listener)
    return () => void this.#quiets.delete(listener)
  }

  /** Tells whether the connection is quiet, where that has changed. */
  quiet(quiet: boolean): void {
    if (quiet === this.#wasQuiet) return
    this.#wasQuiet = quiet
    for (const listener of this.#quiets) this.#guard(() => listener(quiet))
  }

  #attempt(event: () => void): void {
    try {
      event()
    } catch {
      // The target promises not to throw; one that does must not keep the others from being told.
    }
  }

  #guard(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.warn(new ImapError('ERR_IMAP_LISTENER', 'A listener on the connection failed', { cause: error }))
    }
  }
}
