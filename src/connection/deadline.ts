import { AbortError, TimeoutError, type TimeoutPhase } from '../model/errors.js'

/** What bounds a piece of work of the caller's own, such as a provider of tokens. */
export interface Deadline {
  readonly ms: number
  readonly phase: TimeoutPhase
  /** What is waited for, for the message of the error. */
  readonly what: string
  readonly signal?: AbortSignal | undefined
}

/**
 * Runs work that this library does not control and rejects once its time is over or the caller aborts. The work gets
 * a signal that tells it; what it does afterwards is no longer waited for.
 */
export function withDeadline<T>(deadline: Deadline, work: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
  const { ms, phase, what, signal } = deadline
  const controller = new AbortController()
  return new Promise<T>((resolve, reject) => {
    const stop = (error: Error): void => {
      controller.abort(error)
      reject(error)
    }
    const aborted = (): void => {
      stop(new AbortError('kept', { command: what, cause: signal?.reason }))
    }
    const timer = Number.isFinite(ms)
      ? setTimeout(() => {
          stop(new TimeoutError(phase, `${what} took longer than ${ms} ms`, 'kept', { command: what }))
        }, ms)
      : undefined
    const settled = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', aborted)
    }
    if (signal?.aborted === true) aborted()
    else signal?.addEventListener('abort', aborted, { once: true })
    if (controller.signal.aborted) settled()
    else {
      Promise.resolve()
        .then(() => work(controller.signal))
        .then(resolve, reject)
        .finally(settled)
    }
  })
}
