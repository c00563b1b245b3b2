import type { Command } from '../commands/command.js'
import {
  AbortError,
  ByeError,
  ConnectionError,
  ImapError,
  OutcomeUnknownError,
  ProtocolError,
  StreamBusyError,
  TimeoutError,
  type TimeoutPhase,
} from '../model/errors.js'
import type { StatusResponse } from '../model/response.js'

/** Errors that code of a command or of a consumer throws reach the caller as an {@link ImapError} all the same. */
export function asImapError(error: unknown, command: string): ImapError {
  if (error instanceof ImapError) return error
  const said = error instanceof Error ? error.message : String(error)
  return new ImapError('ERR_IMAP_COMMAND', `${command} failed in its own code: ${said}`, { command, cause: error })
}

/**
 * What a waiting command is rejected with when the connection is lost: a command that was sent and may not be repeated
 * has an unknown outcome; all others get the reason itself.
 */
export function lostError(command: Command<unknown>, sent: boolean, reason: ImapError): ImapError {
  if (!sent || command.safe === true) return reason
  return new OutcomeUnknownError(
    `${command.name} was sent, but the connection was lost before its answer: it may or may not have been carried out`,
    { command: command.name, cause: reason },
  )
}

/** What waits or comes after an orderly end is rejected with. */
export function closedError(by: 'logout' | 'closed'): ConnectionError {
  return new ConnectionError(
    by === 'logout' ? 'The connection has ended by LOGOUT' : 'The connection was closed by close()',
    { retryable: false },
  )
}

/** Whether the connection goes on after a call was given up. */
export type Kept = 'kept' | 'closed'

/** The caller's signal has ended a call. */
export function abortedError(command: string, signal: AbortSignal, connection: Kept): AbortError {
  return new AbortError(connection, { command, cause: signal.reason as unknown })
}

/** How things stand with a command whose call is given up. */
export interface Standing {
  readonly queued: boolean
  readonly connection: Kept
  /** The server may carry it out all the same, and sending it again would do it twice. */
  readonly inDoubt: boolean
}

const DOUBT = '; it may have been carried out all the same'

/** A call took longer than its bound, in milliseconds. */
export function timedOutError(command: string, phase: TimeoutPhase, bound: number, standing: Standing): TimeoutError {
  const { queued, connection, inDoubt } = standing
  const what = queued ? `still waited in the queue after ${bound} ms` : `was not answered within ${bound} ms`
  const message = `${command} ${what}${inDoubt ? DOUBT : ''}`
  return new TimeoutError(phase, message, connection, { command, retryable: !inDoubt })
}

/**
 * A command that was given up got no answer within the grace, in milliseconds. Its own call has been rejected before:
 * this is for the calls that were still waiting, and they may be repeated.
 */
export function overdueError(command: string, grace: number): TimeoutError {
  const message = `The server did not end ${command} within ${grace} ms after it was given up`
  return new TimeoutError('grace', message, 'closed', { command })
}

/** A command cannot be let past a consumer that does not read. */
export function busyError(command: string, { inDoubt }: Standing): StreamBusyError {
  const message = `${command} waits behind a body that is not being read: read it to its end or leave its loop first`
  return new StreamBusyError(`${message}${inDoubt ? DOUBT : ''}`, { command, retryable: !inDoubt })
}

/** The server said BYE without having been asked to (RFC 9051 §7.1.5). */
export function byeError({ text, code }: StatusResponse): ByeError {
  return new ByeError(`The server ended the connection: ${text}`, { text, responseCode: code })
}

/** The server went silent, or trickles, for longer than `silence` milliseconds. */
export function silentError(kind: 'silence' | 'trickle', silence: number): TimeoutError {
  const what = kind === 'silence' ? 'said nothing' : 'sent too little to ever be done'
  return new TimeoutError('silence', `The server ${what} for ${silence} ms`, 'closed')
}

/** Something came between the answer to STARTTLS and TLS (RFC 9051 §6.2.1). */
export function injectedError(): ProtocolError {
  return new ProtocolError('Bytes follow the answer to STARTTLS: somebody may have put them there')
}
