import { checkObject } from '../commands/checks.js'
import { withDeadline } from '../connection/deadline.js'
import { ArgumentError, TimeoutError } from '../model/errors.js'
import type { CallOptions, MailboxContext } from './mailbox-context.js'

/**
 * Looks at the options of a call before anything is sent.
 *
 * @param switches - the names of further options that are true or false
 * @throws ArgumentError
 */
export function checkCall(options: CallOptions | undefined, switches: readonly string[] = []): void {
  if (options === undefined) return
  checkObject('The last argument, the options,', options)
  const given = options as Readonly<Record<string, unknown>>
  const { signal, timeout } = given
  if (signal !== undefined && !isSignal(signal)) throw new ArgumentError('signal is an AbortSignal')
  if (timeout !== undefined && !(typeof timeout === 'number' && timeout >= 0)) {
    throw new ArgumentError('timeout is no number of milliseconds')
  }
  for (const name of switches) {
    const value = given[name]
    if (value !== undefined && typeof value !== 'boolean') throw new ArgumentError(`${name} is true or false`)
  }
}

/** The signal of options that nobody has looked at yet: `checkCall` tells what is wrong with them. */
export function signalOf(options: unknown): AbortSignal | undefined {
  if (typeof options !== 'object' || options === null || !('signal' in options)) return undefined
  return isSignal(options.signal) ? options.signal : undefined
}

function isSignal(value: unknown): value is AbortSignal {
  return typeof value === 'object' && value !== null && 'aborted' in value && 'addEventListener' in value
}

/** @throws ArgumentError for what is no number of octets */
export function checkMaxBytes(maxBytes: number | undefined): void {
  const given: unknown = maxBytes
  if (given !== undefined && !(typeof given === 'number' && given >= 0)) {
    throw new ArgumentError('maxBytes is a number of octets, or Infinity')
  }
}

/**
 * The context for one call that runs several commands: each of them gets the time that is left of the whole call, so that
 * what it rejects with tells how far it came.
 *
 * @throws ArgumentError for options that cannot be
 */
export function bounded(context: MailboxContext, options: CallOptions): MailboxContext {
  checkCall(options)
  const { signal, timeout = context.connection.timeouts.command } = options
  const end = performance.now() + timeout
  return {
    ...context,
    run: async (command, how) => {
      const left = Math.ceil(end - performance.now())
      if (left <= 0) {
        const { name } = command
        throw new TimeoutError('command', `${name} was not sent: ${timeout} ms are over`, 'kept', { command: name })
      }
      return context.run(command, { ...how, signal, timeout: left })
    },
  }
}

/** Bounds work that only reads, whatever it runs: it rejects as soon as the time is over. */
export function reading<T>(
  context: MailboxContext,
  options: CallOptions,
  work: (call: CallOptions) => Promise<T>,
): Promise<T> {
  const { signal, timeout: ms = context.connection.timeouts.command } = options
  const deadline = { ms, phase: 'command', command: 'UID FETCH', what: () => 'Reading the content', signal } as const
  return withDeadline(deadline, (inner) => work({ signal: inner, timeout: ms }))
}
