import { AbortError, ConnectError, TimeoutError } from '../model/errors.js'
import { delay } from './clock.js'
import type { ConnectionSetup } from './options.js'
import { Transport } from './transport.js'

/**
 * Opens the transport of a connection within `timeouts.connect`: name look-up, TCP, the proxy and implicit TLS.
 *
 * @throws ConnectError, TlsError, TimeoutError, AbortError, ArgumentError
 */
export async function openTransport(setup: ConnectionSetup): Promise<Transport> {
  const { host, port, security, timeouts, signal } = setup
  const given = new AbortController()
  let stop: (error: Error) => void = () => undefined
  // A transport of somebody else may not heed the signal: it is not waited for.
  const stopped = new Promise<never>((_resolve, reject) => {
    stop = reject
  })
  stopped.catch(() => undefined)
  const abort = (): void => stop(new AbortError('closed', { command: 'connect', cause: signal?.reason }))
  let step: string | undefined
  const timer = setTimeout(() => {
    const where = step === undefined ? '' : `: ${step}`
    const message = `Connecting to ${host}:${port} took more than ${timeouts.connect} ms${where}`
    stop(new TimeoutError('connect', message, 'closed'))
  }, delay(timeouts.connect))
  signal?.addEventListener('abort', abort, { once: true })
  if (signal?.aborted === true) abort()
  const opening = Transport.open({
    host,
    port,
    security,
    tlsOptions: setup.tls ?? {},
    factory: setup.transport,
    proxy: setup.proxy,
    onStep: (reached) => {
      step = reached
    },
    signal: given.signal,
  })
  try {
    return await Promise.race([stopped, opening])
  } catch (error) {
    given.abort()
    // What still comes of it is not used.
    opening.then(
      (transport) => void transport.close(),
      () => undefined,
    )
    throw error
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
}

/** The error for a connection that ended before the server had said who it is. */
export function closedBeforeGreeting(host: string): ConnectError {
  return new ConnectError(`${host} closed the connection before its greeting`)
}
