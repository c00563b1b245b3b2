import type { Command } from '../commands/command.js'
import { ConnectionError, ImapError, OutcomeUnknownError } from '../model/errors.js'

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
