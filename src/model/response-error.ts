import { RateLimitError, ResponseError } from './errors.js'
import type { Tagged } from './response.js'

/** Waits that a server asks for are capped at five minutes, in milliseconds. */
const MAX_RETRY_AFTER = 300_000

/** Makes the error for a command that was answered NO or BAD; throttling is told apart by its text. */
export function responseError(command: string, tagged: Tagged): ResponseError {
  const status = tagged.status === 'BAD' ? 'BAD' : 'NO'
  const details = { command, text: tagged.text, responseCode: tagged.code }
  const said = tagged.text === '' ? status : `${status}: ${tagged.text}`
  const throttled = throttle(tagged.text)
  if (throttled !== undefined) {
    return new RateLimitError(
      status,
      `The server asks for a pause after ${command}: ${said}`,
      throttled.afterMs,
      details,
    )
  }
  const code = tagged.code?.name
  const retryable = code === 'UNAVAILABLE' || code === 'INUSE' || code === 'LIMIT'
  return new ResponseError(status, `The server answered ${command} with ${said}`, { ...details, retryable })
}

<<<<<<< HEAD
/** Too many at once: Gmail, Cyrus (which says so with no code) and Dovecot (with UNAVAILABLE, or LIMIT). */
const CONNECTIONS = /(?:too many|maximum number of) (?:simultaneous |open |concurrent )?connections/i

/** Microsoft 365: `Request is throttled. Suggested Backoff Time: 299961 milliseconds`; Gmail: command or bandwidth limits. */
function throttle(text: string): { readonly afterMs: number | undefined } | undefined {
  const backoff = /Backoff Time[:= ]+(\d{1,12})/i.exec(text.slice(0, 1000))
  if (backoff !== null) return { afterMs: Math.min(Number(backoff[1]), MAX_RETRY_AFTER) }
  const start = text.slice(0, 1000)
  const asksForPause = /throttled|command or bandwidth limits/i.test(start) || CONNECTIONS.test(start)
  return asksForPause ? { afterMs: undefined } : undefined
=======
/**
 * Microsoft 365: `User is authenticated but not connected.` when there are too many connections, and `Request is throttled. Suggested Backoff Time: 299961 milliseconds`; Gmail: command or bandwidth
 * limits.
 */
function throttle(text: string): { readonly afterMs: number | undefined } | undefined {
  const backoff = /Backoff Time[:= ]+(\d{1,12})/i.exec(text.slice(0, 1000))
  if (backoff !== null) return { afterMs: Math.min(Number(backoff[1]), MAX_RETRY_AFTER) }
  if (
    /throttled|authenticated but not connected|too many simultaneous connections|command or bandwidth limits/i.test(
      text.slice(0, 1000),
    )
  ) {
    return { afterMs: undefined }
  }
  return undefined
>>>>>>> w/quirks
}
