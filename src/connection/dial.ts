import { connect as connectTcp, isIP, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { ConnectError, ConnectionError, ImapError } from '../model/errors.js'
import type { Security, TlsOptions, TransportFactory } from './options.js'
import { hostAndPort, type Proxy, type ProxyTarget } from './proxy.js'
import { ReadBlocks } from './read-blocks.js'
import { checkPin, connectionOptions, errorCode, parsePins, tlsError, type TlsPeer } from './tls.js'
import { openThrough } from './tunnel.js'

/** Where to connect to, and how. */
export interface DialSetup {
  readonly host: string
  readonly port: number
  /** Whether TLS is spoken from the first byte, or after STARTTLS, or never. */
  readonly security: Security
  readonly factory: TransportFactory | undefined
  /** What the connection goes through; not with a factory. */
  readonly proxy?: Proxy | undefined
  readonly signal: AbortSignal
  /** Is told what is waited for on the way through a proxy, as the message of a time-out ends. */
  readonly onStep?: ((step: string) => void) | undefined
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
 * Connects, by the factory or through the proxy where there is one.
 *
 * @throws ConnectError, and TlsError for TLS with the proxy
 */
export async function dial(setup: DialSetup): Promise<Opened> {
  const { host, port, security, factory, proxy, signal } = setup
  if (factory !== undefined) return openWith(factory, setup)
  if (proxy !== undefined) return { stream: await openThrough(proxy, setup, { openTcp, layTls }), secure: false }
  // TLS over a socket reads from the socket itself.
  const blocks = security === 'plaintext' ? new ReadBlocks() : undefined
  return { stream: await openTcp({ host, port }, '', signal, blocks), secure: false, blocks }
}

/**
 * Lays TLS over a stream that nobody reads any more.
 *
 * @throws TlsError when the certificate, the host name or the pin is wrong; nothing has been sent then
 */
export async function layTls(plain: Duplex, host: string, tls: TlsOptions, peer?: TlsPeer): Promise<TLSSocket> {
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
    checkPin(socket, pins, peer)
    return socket
  } catch (error) {
    socket.on('error', ignore)
    socket.destroy()
    plain.destroy()
    throw tlsError(error, host, peer)
  }
}

/**
 * Happy eyeballs (RFC 8305): the platform tries the addresses of both families.
 *
 * @param who - what messages put before the target
 */
function openTcp(target: ProxyTarget, who: string, signal: AbortSignal, blocks?: ReadBlocks): Promise<Socket> {
  const { host, port } = target
  return new Promise((resolve, reject) => {
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
      reject(givenUp(host))
    }
    const done = (): void => signal.removeEventListener('abort', abort)
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort)
    socket.once('error', (cause) => {
      done()
      reject(connectError(cause, target, who))
    })
    socket.once('connect', () => {
      done()
      socket.removeAllListeners('error')
      resolve(socket)
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
    throw connectError(cause, { host, port })
  }
}

function givenUp(host: string): ConnectError {
  return new ConnectError(`Connecting to ${host} was given up`)
}

function connectError(cause: unknown, target: ProxyTarget, who = ''): ConnectError {
  const code = errorCode(cause)
  const [host, where] = [who + target.host, who + hostAndPort(target)]
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
