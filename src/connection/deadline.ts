import { AbortError, ArgumentError, TimeoutError, type TimeoutPhase } from '../model/errors.js'
import { delay } from './clock.js'

/** What bounds a piece of work that is more than one command, or that this library does not control. */
export interface Deadline {
  /** Milliseconds; Infinity leaves it to the bounds of what is done. */
  readonly ms: number
  readonly phase: TimeoutPhase
  /** The command, as errors name it. */
  readonly command: string
  /** What is waited for at the moment, as the message of a time-out begins. */
  readonly what: () => string
  readonly signal?: AbortSignal | undefined
}

/**
 * Runs work and rejects at once when its time is over or the caller aborts. The work gets a signal that tells it; what
 * it does afterwards is no longer waited for, and neither a timer nor a listener is left.
 *
 * @throws TimeoutError, AbortError; ArgumentError for a time that is none
 */
export async function withDeadline<T>(deadline: Deadline, work: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
  const { ms, phase, command, what, signal } = deadline
  if (Number.isNaN(ms) || ms < 0) throw new ArgumentError('timeout is no number of milliseconds', { command })
  if (signal?.aborted === true) throw new AbortError('kept', { command, cause: signal.reason })
  const controller = new AbortController()
  let stop: (error: Error) => void = () => undefined
  const stopped = new Promise<never>((_resolve, reject) => {
    stop = (error) => {
      // First the caller, then the work: what it makes of the signal must not come before.
      reject(error)
      controller.abort(error)
    }
  })
  const aborted = (): void => stop(new AbortError('kept', { command, cause: signal?.reason }))
  const late = (): void => stop(new TimeoutError(phase, `${what()} took longer than ${ms} ms`, 'kept', { command }))
  const timer = ms === Infinity ? undefined : setTimeout(late, delay(ms))
  signal?.addEventListener('abort', aborted, { once: true })
  try {
    return await Promise.race([stopped, Promise.resolve(controller.signal).then(work)])
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', aborted)
  }
}
