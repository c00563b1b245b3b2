import type { Effect } from '../commands/command.js'
import { type ImapError, ProtocolError } from '../model/errors.js'
import type { Framer } from '../wire/framer.js'
import type { Dispatcher } from './dispatcher.js'
import { injectedError } from './failures.js'
import { starttls } from './starttls.js'
import type { Transport } from './transport.js'

/** What an {@link Upgrade} works on. */
export interface UpgradeSetup {
  readonly transport: Transport
  readonly framer: Framer
  readonly dispatcher: Dispatcher
  /** Runs STARTTLS. */
  readonly run: (command: typeof starttls) => Promise<void>
  /** Reads octets as if they had just come. */
  readonly receive: (octets: Uint8Array) => void
  /** Ends the connection. */
  readonly fail: (error: ImapError) => void
}

/**
 * Replaces what lies below the protocol: TLS after STARTTLS (RFC 9051 §6.2.1), compression after COMPRESS (RFC 4978 §3)
 * and none after UNAUTHENTICATE (RFC 8437 §4.1). The line of the tagged OK is the last that is read in the old way, and
 * nothing is sent from there until the new way is in place.
 */
export class Upgrade {
  readonly #setup: UpgradeSetup
  #due: Effect['kind'] | undefined

  constructor(setup: UpgradeSetup) {
    this.#setup = setup
  }

  /** Whether the next line may be the last one that is compressed. */
  get mayExpand(): boolean {
    return this.#setup.dispatcher.inFlight.some(({ command }) => command.traits?.effect?.kind === 'unauthenticate')
  }

  /** A command was answered by OK. */
  completed(effect: Effect | undefined): void {
    const { transport, framer, dispatcher } = this.#setup
    const kind = effect?.kind
    if (kind !== 'starttls' && kind !== 'compress' && (kind !== 'unauthenticate' || !transport.isCompressed)) return
    this.#due = kind
    dispatcher.suspend()
    framer.stop()
  }

  /** A chunk has been read: does what its last line asks for. STARTTLS is gone on with by {@link secure}. */
  apply(): void {
    const { transport, framer, fail } = this.#setup
    if (this.#due === 'starttls' && !transport.isSecure) {
      transport.pause()
      if (framer.takeRest().length > 0) fail(injectedError())
    } else if (this.#due === 'compress') {
      // Unlike with TLS, what follows the line is in the new way already.
      transport.compress(framer.takeRest())
      this.#proceed()
    } else if (this.#due === 'unauthenticate') {
      this.#expand()
    }
  }

  /**
   * Runs STARTTLS and lays TLS over the connection. What came before could be anybody's: nothing of it is kept
   * (RFC 9051 §6.2.1, §11.1).
   */
  async secure(): Promise<void> {
    const { transport, run } = this.#setup
    if (transport.isSecure) return
    await run(starttls)
    if (transport.hasUnread) throw injectedError()
    await transport.secure()
    this.#proceed()
    transport.resume()
  }

  #expand(): void {
    const { transport, framer, receive, fail } = this.#setup
    const rest = framer.takeRest().length > 0 ? undefined : transport.expand()
    if (rest === undefined)
      return fail(new ProtocolError('The server compressed more than the answer to UNAUTHENTICATE'))
    this.#proceed()
    if (rest.length > 0) receive(rest)
  }

  #proceed(): void {
    const { framer, dispatcher } = this.#setup
    this.#due = undefined
    framer.resume()
    dispatcher.proceed()
  }
}
