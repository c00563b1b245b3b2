import type { FetchData } from './message.js'
import type { ResponseCode } from './response-code.js'

/** What every error of this library can carry. */
export interface ErrorDetails {
  /** The name of the command that failed, never its arguments. */
  readonly command?: string | undefined
  /** Whether the same call may succeed when it is made again. */
  readonly retryable?: boolean | undefined
  readonly cause?: unknown
  /** The text that the server sent. */
  readonly text?: string | undefined
  /** The response code that the server sent (RFC 9051 §7.1). */
  readonly responseCode?: ResponseCode | null | undefined
}

/** The base of every error that this library throws; `code` is stable, `message` says what to do next. */
export class ImapError extends Error {
  /** A stable name for programs: `ERR_IMAP_…`. */
  readonly code: string
  readonly command: string | undefined
  readonly retryable: boolean
  readonly text: string | undefined
  readonly responseCode: ResponseCode | null

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined)
    this.code = code
    this.command = details.command
    this.retryable = details.retryable ?? false
    this.text = details.text
    this.responseCode = details.responseCode ?? null
  }

  /** The error as plain data for a log: no stack, no cause, no mail; mod-sequences and the like as text. */
  toJSON(): Record<string, unknown> {
    const { name, code, message, command, retryable, text } = this
    return {
      name,
      code,
      message,
      command,
      retryable,
      text,
      responseCode: this.responseCode && plain(this.responseCode),
    }
  }

  static {
    this.prototype.name = 'ImapError'
  }
}

/** A response code without what JSON cannot say. */
function plain(code: ResponseCode): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(code).map(([key, value]: [string, unknown]) => [
      key,
      typeof value === 'bigint' ? String(value) : value,
    ]),
  )
}

/** Keeps mail out of logs that print all fields of an error; the field itself stays readable. */
function hide(error: ImapError, field: string): void {
  Object.defineProperty(error, field, { enumerable: false })
}

/** The connection failed or was closed; what waited on it is rejected with this. */
export class ConnectionError extends ImapError {
  constructor(message: string, details: ErrorDetails = {}, code = 'ERR_IMAP_CONNECTION') {
    super(code, message, { retryable: true, ...details })
  }

  static {
    this.prototype.name = 'ConnectionError'
  }
}

/** The server could not be reached, or what answered is no IMAP server. */
export class ConnectError extends ConnectionError {
  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details, 'ERR_IMAP_CONNECT')
  }

  static {
    this.prototype.name = 'ConnectError'
  }
}

/** TLS could not be established, or the certificate, the host name or the pin is wrong. */
export class TlsError extends ConnectionError {
  constructor(message: string, details: ErrorDetails = {}) {
    super(message, { retryable: false, ...details }, 'ERR_IMAP_TLS')
  }

  static {
    this.prototype.name = 'TlsError'
  }
}

/** The phases that have a time-out of their own. */
export type TimeoutPhase = 'connect' | 'greeting' | 'auth' | 'silence' | 'command' | 'grace'

/** A bound of `timeouts` was reached. */
export class TimeoutError extends ConnectionError {
  readonly phase: TimeoutPhase
  /** Whether the connection goes on (`kept`) or was closed. */
  readonly connection: 'kept' | 'closed'

  constructor(phase: TimeoutPhase, message: string, connection: 'kept' | 'closed', details: ErrorDetails = {}) {
    super(message, details, 'ERR_IMAP_TIMEOUT')
    this.phase = phase
    this.connection = connection
  }

  static {
    this.prototype.name = 'TimeoutError'
  }
}

/** The server ended the connection with BYE (RFC 9051 §7.1.5). */
export class ByeError extends ConnectionError {
  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details, 'ERR_IMAP_BYE')
  }

  static {
    this.prototype.name = 'ByeError'
  }
}

/** A command that is not safe to repeat was sent, and its answer was lost: it may or may not have been carried out. */
export class OutcomeUnknownError extends ImapError {
  constructor(message: string, details: ErrorDetails = {}) {
    super('ERR_IMAP_OUTCOME_UNKNOWN', message, details)
  }

  static {
    this.prototype.name = 'OutcomeUnknownError'
  }
}

/** The caller's AbortSignal ended the call; `cause` is the signal's reason. */
export class AbortError extends ImapError {
  /** Whether the connection goes on (`kept`) or was closed. */
  readonly connection: 'kept' | 'closed'

  constructor(connection: 'kept' | 'closed', details: ErrorDetails = {}) {
    const what = details.command === undefined ? 'The call' : details.command
    super('ERR_IMAP_ABORTED', `${what} was aborted; the connection was ${connection}`, details)
    this.connection = connection
  }

  static {
    this.prototype.name = 'AbortError'
  }
}

/** The server broke the protocol. */
export class ProtocolError extends ImapError {
  /** The octet of the response at which reading failed, where known. */
  readonly offset: number | undefined

  constructor(message: string, details: ErrorDetails & { offset?: number } = {}, code = 'ERR_IMAP_PROTOCOL') {
    super(code, message, details)
    this.offset = details.offset
  }

  static {
    this.prototype.name = 'ProtocolError'
  }
}

/** The server sent more than `limits` allows. */
export class LimitError extends ProtocolError {
  /** The name of the limit. */
  readonly limit: string

  constructor(limit: string, message: string, details: ErrorDetails = {}) {
    super(message, details, 'ERR_IMAP_LIMIT')
    this.limit = limit
  }

  static {
    this.prototype.name = 'LimitError'
  }
}

/** The server answered NO or BAD (RFC 9051 §7.1); `text` and `responseCode` tell why. */
export class ResponseError extends ImapError {
  readonly status: 'NO' | 'BAD'

  constructor(status: 'NO' | 'BAD', message: string, details: ErrorDetails = {}, code = `ERR_IMAP_${status}`) {
    super(code, message, details)
    this.status = status
  }

  static {
    this.prototype.name = 'ResponseError'
  }
}

/** The server refused the credentials, or no mechanism fits. */
export class AuthenticationError extends ResponseError {
  /** What the server told of the failure within the exchange: for OAuth the decoded JSON (RFC 7628 §3.2.2). */
  readonly serverError: unknown

  constructor(message: string, details: ErrorDetails & { status?: 'NO' | 'BAD'; serverError?: unknown } = {}) {
    super(details.status ?? 'NO', message, details, 'ERR_IMAP_AUTHENTICATION')
    this.serverError = details.serverError
  }

  static {
    this.prototype.name = 'AuthenticationError'
  }
}

/** The server asks for a pause. */
export class RateLimitError extends ResponseError {
  /** Milliseconds to wait, where the server tells, at most five minutes. */
  readonly retryAfterMs: number | undefined

  constructor(status: 'NO' | 'BAD', message: string, retryAfterMs: number | undefined, details: ErrorDetails = {}) {
    super(status, message, { retryable: true, ...details }, 'ERR_IMAP_RATE_LIMIT')
    this.retryAfterMs = retryAfterMs
  }

  static {
    this.prototype.name = 'RateLimitError'
  }
}

/** A write that ran as several commands failed after some of them had succeeded. */
export class PartialResultError<Result = unknown> extends ImapError {
  /** The part of the set that is done, as canonical text. */
  readonly done: string
  /** The part that is not, as canonical text; its first command is the one that failed. */
  readonly remaining: string
  /** What the commands that succeeded gave. */
  readonly results: readonly Result[]

  constructor(
    message: string,
    parts: { readonly done: string; readonly remaining: string; readonly results: readonly Result[] },
    details: ErrorDetails = {},
  ) {
    super('ERR_IMAP_PARTIAL_RESULT', message, details)
    this.done = parts.done
    this.remaining = parts.remaining
    this.results = parts.results
    hide(this, 'results')
  }

  static {
    this.prototype.name = 'PartialResultError'
  }
}

/** Some messages came without an item that was asked for; all the others have been delivered. */
export class IncompleteFetchError extends ImapError {
  /** What came of the incomplete messages. */
  readonly messages: readonly FetchData[]

  constructor(message: string, messages: readonly FetchData[], details: ErrorDetails = {}) {
    super('ERR_IMAP_INCOMPLETE_FETCH', message, details)
    this.messages = messages
    hide(this, 'messages')
  }

  static {
    this.prototype.name = 'IncompleteFetchError'
  }
}

/** The call does not fit the state of the connection or of the handle. */
export class StateError extends ImapError {
  constructor(message: string, details: ErrorDetails = {}, code = 'ERR_IMAP_STATE') {
    super(code, message, details)
  }

  static {
    this.prototype.name = 'StateError'
  }
}

/** The server lacks an extension that the call needs. */
export class CapabilityError extends StateError {
  /** The capability that is missing, as the server would announce it. */
  readonly needs: string

  constructor(needs: string, message: string, details: ErrorDetails = {}) {
    super(message, details, 'ERR_IMAP_CAPABILITY')
    this.needs = needs
  }

  static {
    this.prototype.name = 'CapabilityError'
  }
}

/** A body that is being read holds the connection, and the waiting command could not be let past it. */
export class StreamBusyError extends StateError {
  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details, 'ERR_IMAP_STREAM_BUSY')
  }

  static {
    this.prototype.name = 'StreamBusyError'
  }
}

/** An argument was refused before a byte was written. */
export class ArgumentError extends ImapError {
  constructor(message: string, details: ErrorDetails = {}) {
    super('ERR_IMAP_ARGUMENT', message, details)
  }

  static {
    this.prototype.name = 'ArgumentError'
  }
}
