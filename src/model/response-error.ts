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

/** Too many at once: Gmail, Cyrus (which says so with no code) and Dovecot (with UNAVAILABLE, or LIMIT). */
const CONNECTIONS = /(?:too many|maximum number of) (?:simultaneous |open |concurrent )?connections/i

/**
 * Microsoft 365: `Request is throttled. Suggested Backoff Time: 299961 milliseconds`, and `User is authenticated but not
 * connected.` when there are too many connections; Gmail: command or bandwidth limits.
 */
const PAUSE = /throttled|authenticated but not connected|command or bandwidth limits/i

function throttle(text: string): { readonly afterMs: number | undefined } | undefined {
  const start = text.slice(0, 1000)
  const backoff = /Backoff Time[:= ]+(\d{1,12})/i.exec(start)
  if (backoff !== null) return { afterMs: Math.min(Number(backoff[1]), MAX_RETRY_AFTER) }
  return PAUSE.test(start) || CONNECTIONS.test(start) ? { afterMs: undefined } : undefined
}
