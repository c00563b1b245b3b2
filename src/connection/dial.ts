import { connect as connectTcp, isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { ConnectError, ConnectionError, ImapError } from '../model/errors.js'
import type { Security, TlsOptions, TransportFactory } from './options.js'
import { ReadBlocks } from './read-blocks.js'
import { checkPin, connectionOptions, errorCode, parsePins, tlsError } from './tls.js'

/** Where to connect to, and how. */
export interface DialSetup {
  readonly host: string
  readonly port: number
  /** Whether TLS is spoken from the first byte, or after STARTTLS, or never. */
  readonly security: Security
  readonly factory: TransportFactory | undefined
  readonly signal: AbortSignal
}

/** A stream to the server. */
export interface Opened {
  readonly stream: Duplex
  readonly secure: boolean
  /** Where the stream reads to, in place of giving data events. */
  readonly blocks?: ReadBlocks | undefined
}

/** Milliseconds without traffic before the system asks whether the peer is still there. */
const KEEP_ALIVE = 120_000

/** Milliseconds for one address before the next is tried; the platform's 250 are too few for far-away servers. */
const ATTEMPT = 1000

/**
 * Connects, by the factory where there is one.
 *
 * @throws ConnectError
 */
export function dial(setup: DialSetup): Promise<Opened> {
  return setup.factory === undefined ? openTcp(setup) : openWith(setup.factory, setup)
}

/**
 * Lays TLS over a stream that nobody reads any more.
 *
 * @throws TlsError when the certificate, the host name or the pin is wrong; nothing has been sent then
 */
export async function layTls(plain: Duplex, host: string, tls: TlsOptions): Promise<TLSSocket> {
  const pins = parsePins(tls.pin)
  const socket = connectTls({ ...connectionOptions(host, isIP(host) !== 0, tls, pins), socket: plain })
  // The streams below and above end together; an error must never be without a listener.
  plain.on('error', ignore)
  plain.once('close', () => socket.destroy())
  socket.once('close', () => plain.destroy())
  try {
    await new Promise<void>((resolve, reject) => {
      const failed = (error: Error) => reject(error)
      socket.once('error', failed)
      socket.once('close', () => reject(new ConnectionError('The connection was closed during the TLS handshake')))
      socket.once('secureConnect', () => {
        socket.removeListener('error', failed)
        resolve()
      })
    })
    checkPin(socket, pins)
    return socket
  } catch (error) {
    socket.on('error', ignore)
    socket.destroy()
    plain.destroy()
    throw tlsError(error, host)
  }
}

/** Happy eyeballs (RFC 8305): the platform tries the addresses of both families. */
function openTcp({ host, port, security, signal }: DialSetup): Promise<Opened> {
  return new Promise((resolve, reject) => {
    // TLS over a socket reads from the socket itself.
    const blocks = security === 'plaintext' ? new ReadBlocks() : undefined
    const socket = connectTcp({
      host,
      port,
      noDelay: true,
      // A peer that is gone shows even while IDLE says nothing for long.
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: ATTEMPT,
      ...(blocks !== undefined && { onread: blocks.onread }),
    })
    // Nothing is read before somebody takes it.
    if (blocks !== undefined) socket.pause()
    const abort = (): void => {
      socket.destroy()
      reject(new ConnectError(`Connecting to ${host} was given up`))
    }
    const done = (): void => signal.removeEventListener('abort', abort)
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort)
    socket.once('error', (cause) => {
      done()
      reject(connectError(cause, host, port))
    })
    socket.once('connect', () => {
      done()
      socket.removeAllListeners('error')
      resolve({ stream: socket, secure: false, blocks })
    })
  })
}

async function openWith(factory: TransportFactory, { host, port, signal }: DialSetup): Promise<Opened> {
  try {
    const made = await factory({ host, port, signal })
    const { stream, secure } = 'stream' in made ? made : { stream: made, secure: false }
    if (signal.aborted) stream.on('error', ignore).destroy()
    return { stream, secure }
  } catch (cause) {
    if (cause instanceof ImapError) throw cause
    throw connectError(cause, host, port)
  }
}

function connectError(cause: unknown, host: string, port: number): ConnectError {
  const code = errorCode(cause)
  const where = `${host}:${port}`
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new ConnectError(`There is no address for ${host}: check the name and the network`, { cause })
  }
  if (code === 'ECONNREFUSED') return new ConnectError(`Nothing listens at ${where}`, { cause })
  const said = cause instanceof Error && cause.message !== '' ? cause.message : (code ?? String(cause))
  return new ConnectError(`Connecting to ${where} failed: ${said}`, { cause })
}

function ignore(): void {
  // The failure is reported by whoever waits for the stream above.
}
