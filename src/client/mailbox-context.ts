import type { Command } from '../commands/command.js'
import type { Connection } from '../connection/connection.js'
import type { Selection } from '../connection/selection.js'
import type { ExtensionSelectData } from '../extensions/options.js'
import type { ImapError } from '../model/errors.js'
import type { Protocol } from '../protocol.js'
import type { Limits } from '../wire/limits.js'

/** What every call that sends takes. */
export interface CallOptions {
  /** Rejects the call at once; what was sent is drained in the background. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds for the call, time in the queue included; of an iterator, for each command that it sends. */
  readonly timeout?: number | undefined
}

/** Runs a command for a facet of the client: queued, bounded and refused as all others are. */
export type Runner = <R>(command: Command<R>, options?: CallOptions) => Promise<R>

/** How a command is run. */
export interface RunContextOptions extends CallOptions {
  /** It feeds an iterator: bounded by silence and the minimum rate, not by `timeouts.command`. */
  readonly stream?: boolean | undefined
  /** The consumer that it feeds, as given to `hold`. */
  readonly owner?: object | undefined
  /** The serial of another selection than that of the handle. */
  readonly selection?: number
}

/** What a mailbox handle knows of the client that made it. */
export interface MailboxContext {
  readonly connection: Connection
  readonly selection: Selection
  /** What came with the selection because of parameters of extensions. */
  readonly told: ExtensionSelectData
  readonly limits: Limits
  /** What can be asked for. */
  readonly protocol: Protocol
  /** Runs a command for this selection only: rejects with StateError once another one is selected. */
  run<R>(command: Command<R>, options?: RunContextOptions): Promise<R>
  /** Reports a tolerated fault. */
  warn(error: ImapError): void
  /** Asks the client to idle, as listeners of events do; gives what ends that. */
  watch(): () => void
}
