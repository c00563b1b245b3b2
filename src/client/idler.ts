import type { Command } from '../commands/command.js'
import type { Connection } from '../connection/connection.js'
import { ResponseError, type ImapError } from '../model/errors.js'

/** When and how IDLE is used (RFC 9051 §6.3.13). */
export interface IdleOptions {
  /** Milliseconds of quiet before IDLE begins. */
  readonly delayMs: number
  /** Milliseconds after which IDLE is begun anew, below the 30 minutes that servers allow. */
  readonly restartMs: number
  /** Milliseconds between two NOOPs where the server has no IDLE. */
  readonly pollMs: number
}

/** The defaults of {@link IdleOptions}. */
export const DEFAULT_IDLE: IdleOptions = Object.freeze({ delayMs: 250, restartMs: 29 * 60_000, pollMs: 60_000 })

/** What the idler needs of its client. */
export interface IdlerSetup {
  readonly connection: Connection
  readonly options: IdleOptions
  readonly idle: () => Command<void>
  readonly noop: () => Command<void>
  /** Whether somebody listens to events of the mailbox. */
  readonly wanted: () => boolean
  /** The server announced IDLE and refused it; from now on it is polled. */
  readonly refused: (error: ImapError) => void
  readonly warn: (error: ImapError) => void
}

/** Keeps a quiet connection in IDLE, or polls it, while somebody listens. IDLE gives way to commands by itself. */
export class Idler {
  readonly #setup: IdlerSetup
  #timer: NodeJS.Timeout | undefined
  #running: AbortController | undefined
  #refused = false
  #stopped = false

  constructor(setup: IdlerSetup) {
    this.#setup = setup
    setup.connection.onQuiet(() => {
      this.update()
    })
  }

  /** Looks again whether to idle: after a listener came or went, a selection, or a command. */
  update(): void {
    const { connection, wanted } = this.#setup
    const should = !this.#stopped && connection.isOpen && connection.selected !== null && wanted()
    if (!should) {
      this.#clear()
      this.#running?.abort()
      return
    }
    if (this.#running !== undefined) return
    this.#clear()
    if (!connection.isQuiet) return
    const idles = !this.#refused && connection.capabilities.has('IDLE')
    const { delayMs, pollMs } = this.#setup.options
    this.#timer = setTimeout(() => void this.#run(idles), idles ? delayMs : pollMs)
  }

  /** Never idles again. */
  stop(): void {
    this.#stopped = true
    this.update()
  }

  #clear(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  async #run(idles: boolean): Promise<void> {
    const { connection, options, idle, noop, refused, warn } = this.#setup
    const running = new AbortController()
    this.#running = running
    // A fresh IDLE begins as soon as the old one has ended, so the delay is no gap in what is heard.
    const restart = idles
      ? setTimeout(() => {
          running.abort()
        }, options.restartMs)
      : undefined
    try {
      await connection.run(idles ? idle() : noop(), { signal: running.signal, ...(idles ? { timeout: Infinity } : {}) })
    } catch (error) {
      if (idles && error instanceof ResponseError) {
        this.#refused = true
        refused(error)
      } else if (!running.signal.aborted && connection.isOpen) {
        warn(error as ImapError)
      }
    } finally {
      clearTimeout(restart)
      this.#running = undefined
      this.update()
    }
  }
}
