import { ConnectError, ImapError } from '../model/errors.js'
import type { Response, StatusResponse } from '../model/response.js'

/**
 * Takes the first response of a server (RFC 9051 §7.1).
 *
 * greeting = "*" SP (resp-cond-auth / resp-cond-bye) CRLF
 *
 * @throws ConnectError when it is BYE or no greeting of IMAP
 */
export function checkGreeting(response: Response, text: string): StatusResponse {
  if (response.kind !== 'untagged') throw notImap(text)
  switch (response.type) {
    case 'OK':
    case 'PREAUTH':
      return response
    case 'BYE':
      throw new ConnectError(`The server turned the connection away: ${response.text}`, {
        text: response.text,
        responseCode: response.code,
      })
    default:
      throw notImap(text)
  }
}

/** The error for a greeting that is none of IMAP; it names the protocol where that shows. */
export function notImap(text: string, cause?: unknown): ConnectError {
  const details = { retryable: false, ...(cause instanceof ImapError && { cause }) }
  const other = OTHERS.find(([pattern]) => pattern.test(text))
  if (other !== undefined) return new ConnectError(`This is no IMAP server: it speaks ${other[1]}`, details)
  const shown = text.slice(0, 80).replace(/[^\x20-\x7e]/g, '?')
  return new ConnectError(`This is no IMAP server: it greets with "${shown}"`, details)
}

/** Whether the first bytes are a record of TLS (RFC 8446 §5.1): a handshake or an alert. */
export function isTlsRecord(chunk: Uint8Array): boolean {
  return (chunk[0] === 0x15 || chunk[0] === 0x16) && (chunk.length === 1 || chunk[1] === 0x03)
}

const OTHERS: readonly (readonly [RegExp, string])[] = [
  [/^[245]\d\d[ -].*(?:SMTP|ESMTP|mail)/i, 'SMTP'],
  [/^[245]\d\d[ -]/, 'SMTP, FTP or a similar protocol'],
  [/^(?:\+OK|-ERR)/, 'POP3'],
  [/^SSH-/, 'SSH'],
  [/^HTTP\/|^<!?\w/i, 'HTTP'],
]
