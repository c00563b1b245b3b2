import type { Command } from '../commands/command.js'
import { idle } from '../commands/idle.js'
import { noop } from '../commands/simple.js'
import { delay } from '../connection/clock.js'
import type { Connection } from '../connection/connection.js'
import { ResponseError, type ImapError } from '../model/errors.js'
import type { Quirks } from './quirks.js'

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
  /** What the server is known to do otherwise. */
  readonly quirks: Pick<Quirks, 'idleMs' | 'polls'>
  /** Whether somebody listens to events of the mailbox. */
  readonly wanted: () => boolean
  /** The server announced IDLE and refused it; from now on it is polled. */
  readonly refused: (error: ImapError) => void
  readonly warn: (error: ImapError) => void
}

/** Keeps a quiet connection in IDLE, or polls it, while somebody listens. IDLE gives way to commands by itself. */
export class Idler {
  readonly #setup: IdlerSetup
  readonly #unhook: () => void
  #timer: NodeJS.Timeout | undefined
  #running: AbortController | undefined
  #refused = false
  #stopped = false

  constructor(setup: IdlerSetup) {
    this.#setup = setup
    this.#unhook = setup.connection.onQuiet(() => this.update())
  }

  /** Looks again whether to idle: after a listener came or went, a selection, or a command. */
  update(): void {
    const { connection, wanted, options } = this.#setup
    if (this.#stopped || !connection.isOpen || connection.selected === null || !wanted()) {
      this.#clear()
      this.#running?.abort()
      return
    }
    if (!connection.isQuiet) return this.#clear()
    // A listener that comes or goes must not put off what is due.
    if (this.#running !== undefined || this.#timer !== undefined) return
    const idles = !this.#refused && connection.capabilities.has('IDLE')
    const begin = (): void => {
      this.#timer = undefined
      void (idles ? this.#idle() : this.#poll())
    }
    this.#timer = setTimeout(begin, delay(idles ? options.delayMs : options.pollMs))
  }

  /** Never idles again. */
  stop(): void {
    this.#stopped = true
    this.#unhook()
    this.update()
  }

  #clear(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  async #idle(): Promise<void> {
    const { options, quirks, refused, warn } = this.#setup
    const { polls } = quirks
    const restartMs = quirks.idleMs(polls ? Math.min(options.restartMs, options.pollMs) : options.restartMs)
    const running = new AbortController()
    // Servers log out who idles for too long. What happens until the next IDLE is told then: nothing is missed.
    const restart = setTimeout(() => running.abort(), delay(restartMs))
    await this.#run(idle(), running, Infinity, (error) => {
      if (!(error instanceof ResponseError)) return warn(error)
      this.#refused = true
      refused(error)
    })
    clearTimeout(restart)
    this.#running = undefined
    // Nobody else sends anything at this moment: it was the time that ended the IDLE.
    if (polls && !this.#stopped && this.#setup.connection.isQuiet) return this.#poll()
    this.update()
  }

  async #poll(): Promise<void> {
    await this.#run(noop(), new AbortController(), undefined, this.#setup.warn)
    this.#running = undefined
    this.update()
  }

  /** Never rejects; an end that was wanted, or that of the connection, is no failure. */
  async #run(
    command: Command<void>,
    running: AbortController,
    timeout: number | undefined,
    failed: (error: ImapError) => void,
  ): Promise<void> {
    const { connection } = this.#setup
    this.#running = running
    try {
      await connection.run(command, { signal: running.signal, timeout })
    } catch (error) {
      if (!running.signal.aborted && connection.isOpen) failed(error as ImapError)
    }
  }
}
