import type { Duplex } from 'node:stream'
import type { ConnectionOptions } from 'node:tls'
import type { LiteralHead } from '../commands/command.js'
import type { ImapError } from '../model/errors.js'
import type { ImapEvents } from '../model/events.js'
import type { Response } from '../model/response.js'
import type { Frame } from '../wire/framer.js'
import type { Limits } from '../wire/limits.js'
import type { Proxy } from './proxy.js'

/** How the connection is protected: TLS from the first byte, TLS by STARTTLS before anything else, or not at all. */
export type Security = 'tls' | 'starttls' | 'plaintext'

/** Bounds on waiting, in milliseconds. */
export interface Timeouts {
  /** Name look-up, TCP, the proxy and TLS. */
  readonly connect: number
  /** The greeting, and STARTTLS where it is asked for. */
  readonly greeting: number
  /** A whole authentication. */
  readonly auth: number
  /** Silence of the server while we wait on it; time that the consumer holds never counts. */
  readonly silence: number
  /** A whole call that returns a promise, time in the queue included. */
  readonly command: number
  /** The answer to a command that was aborted or has timed out. */
  readonly grace: number
}

/** The bounds that hold unless an option says otherwise. */
export const DEFAULT_TIMEOUTS: Readonly<Timeouts> = Object.freeze({
  connect: 30_000,
  greeting: 30_000,
  auth: 60_000,
  silence: 60_000,
  command: 300_000,
  grace: 10_000,
})

/** Options of `node:tls`, and pins. */
export interface TlsOptions extends ConnectionOptions {
  /** Base64 SHA-256 of public keys (SPKI); one of them must match, and then neither chain nor host name is checked. */
  readonly pin?: string | readonly string[] | undefined
}

/** Where a transport has to lead to. */
export interface TransportTarget {
  readonly host: string
  readonly port: number
  readonly signal: AbortSignal
}

/** Gives a stream of bytes to the target: an agent of your own, a pair for tests. TLS is laid over it unless it says `secure`. */
export type TransportFactory = (
  target: TransportTarget,
) => Duplex | { stream: Duplex; secure: boolean } | Promise<Duplex | { stream: Duplex; secure: boolean }>

/** What reading a response depends on. */
export interface ReadOptions {
  /** Whether mailbox names are UTF-8: IMAP4rev2 or UTF8=ACCEPT is enabled. */
  readonly utf8: boolean
  readonly limits: Pick<Limits, 'nesting' | 'items'>
  /** Is told of tolerated faults. */
  readonly warn: (error: ImapError) => void
}

/** The grammar, handed to a connection that knows none. */
export interface ProtocolTables {
  /** Reads one response. @throws ProtocolError when it is malformed. */
  readResponse(frame: Frame, options: ReadOptions): Response
  /** Reads what came of a FETCH answer before a literal; undefined when the literal is no section of one. */
  readFetchHead(frame: Frame, options: ReadOptions): Omit<LiteralHead, 'size'> | undefined
  /** The capabilities that others include. */
  implied(names: Iterable<string>): Iterable<string>
}

/** What a connection is made of. */
export interface ConnectionSetup {
  readonly host: string
  readonly port: number
  readonly security: Security
  readonly tls?: TlsOptions | undefined
  readonly transport?: TransportFactory | undefined
  readonly proxy?: Proxy | undefined
  readonly timeouts: Timeouts
  readonly limits: Limits
  /** Commands in flight at most; 1 switches pipelining off. */
  readonly pipelining: number
  readonly protocol: ProtocolTables
  /** Hands an event on; it must not throw. */
  readonly emit: <K extends keyof ImapEvents>(event: K, ...payload: ImapEvents[K]) => void
  /** Whether somebody listens; asked before anything is built for an event alone. */
  readonly listens: (event: keyof ImapEvents) => boolean
  /** Ends the opening. */
  readonly signal?: AbortSignal | undefined
}

/** How one command is run. */
export interface RunOptions {
  readonly signal?: AbortSignal | undefined
  /** Milliseconds for the whole call, the queue included; Infinity leaves it to `silence` and the minimum rate. */
  readonly timeout?: number | undefined
  /** The phase that a time-out names; `auth` has a default of its own. */
  readonly phase?: 'auth' | 'command' | undefined
  /** Serial of the selection that the command belongs to; it is refused when another one is selected by then. */
  readonly selection?: number | undefined
  /** An iterator or an upload: bounded by silence and by the minimum rate instead of by `command`. */
  readonly stream?: boolean | undefined
  /** The consumer that this command feeds, as given to `hold`: its own commands do not count as waiting behind it. */
  readonly owner?: object | undefined
}

/** A consumer that cannot take more. */
export interface Holder {
  /** Octets that it keeps. */
  readonly buffered: number
  /** It waits for something else than what it keeps, which will only come when reading goes on. */
  readonly isStarving?: boolean
}
