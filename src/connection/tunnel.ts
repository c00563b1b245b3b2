import { lookup } from 'node:dns/promises'
import type { Duplex } from 'node:stream'
import { ConnectError } from '../model/errors.js'
import { Exchange } from './exchange.js'
import { httpConnect } from './http-connect.js'
import type { TlsOptions } from './options.js'
import type { Proxy, ProxyTarget } from './proxy.js'
import { socksConnect } from './socks.js'
import type { TlsPeer } from './tls.js'

/** What a tunnel is made of; the sockets themselves are the caller's business. */
export interface Sockets {
  /** @throws ConnectError, whose message puts `who` before the target */
  openTcp(target: ProxyTarget, who: string, signal: AbortSignal): Promise<Duplex>
  /** @throws TlsError */
  layTls(plain: Duplex, host: string, tls: TlsOptions, peer: TlsPeer): Promise<Duplex>
}

/** Where a tunnel leads to. */
export interface TunnelSetup extends ProxyTarget {
  readonly signal: AbortSignal
  /** Is told what is waited for, as the message of a time-out ends. */
  readonly onStep?: ((step: string) => void) | undefined
}

/** Addresses of the server that a proxy is asked for, one after the other. */
const MAX_ADDRESSES = 8

/**
 * Connects through a proxy. Where names are looked up here, one address after the other is tried.
 *
 * @throws ConnectError, TlsError; no connection is left then
 */
export async function openThrough(proxy: Proxy, setup: TunnelSetup, sockets: Sockets): Promise<Duplex> {
  const { host, port, signal } = setup
  let refused: ConnectError | undefined
  for (const address of proxy.needsAddress ? await addresses(proxy, host) : [host]) {
    if (signal.aborted) throw givenUp(host)
    const made = await openTunnel(proxy, { host: address, port }, setup, sockets)
    if (!(made instanceof ConnectError)) return made
    refused = made
  }
  throw refused ?? new ConnectError(`There is no address for ${host}`)
}

/** One connection to the proxy and, through it, to the target; an error when the proxy could not reach just this one. */
async function openTunnel(
  proxy: Proxy,
  target: ProxyTarget,
  setup: TunnelSetup,
  sockets: Sockets,
): Promise<Duplex | ConnectError> {
  const { host, signal, onStep: step = ignore } = setup
  step(`${proxy.name} did not take the connection`)
  let stream: Duplex = await sockets.openTcp(proxy, 'the proxy ', signal)
  stream.on('error', ignore)
  // What waits for the stream hears of it.
  const abort = (): void => void stream.destroy()
  signal.addEventListener('abort', abort)
  let isMade = false
  try {
    if (proxy.scheme === 'https') {
      step(`${proxy.name} did not finish TLS`)
      stream = await sockets.layTls(stream, proxy.host, proxy.tls, 'proxy')
      stream.on('error', ignore)
    }
    const refused = await askFor(stream, proxy, target, step)
    if (signal.aborted) throw givenUp(host)
    isMade = refused === undefined
    return refused ?? stream
  } finally {
    signal.removeEventListener('abort', abort)
    if (!isMade) stream.destroy()
  }
}

async function askFor(
  stream: Duplex,
  proxy: Proxy,
  target: ProxyTarget,
  step: (step: string) => void,
): Promise<ConnectError | undefined> {
  const exchange = new Exchange(stream, proxy.name)
  const asked = (): void => step(`${proxy.name} did not say whether it could connect`)
  step(`${proxy.name} did not answer`)
  let refused
  if (proxy.scheme === 'http' || proxy.scheme === 'https') {
    asked()
    await httpConnect(exchange, proxy, target)
  } else {
    refused = await socksConnect(exchange, proxy, target, asked)
  }
  exchange.release()
  step(`${proxy.name} had connected, but TLS with the server was not finished`)
  return refused
}

/** Looks a name up for a proxy that takes addresses. @throws ConnectError where there is none */
async function addresses(proxy: Proxy, host: string): Promise<readonly string[]> {
  const isOld = proxy.scheme === 'socks4'
  try {
    const found = await lookup(host, { all: true, family: isOld ? 4 : 0 })
    return found.slice(0, MAX_ADDRESSES).map(({ address }) => address)
  } catch (cause) {
    const kind = isOld ? 'address of IPv4, which is all that SOCKS4 takes,' : 'address'
    const advice = `${isOld ? 'socks4a' : 'socks5h'}: lets the proxy look it up`
    throw new ConnectError(`There is no ${kind} for ${host}: check the name and the network; ${advice}`, { cause })
  }
}

function givenUp(host: string): ConnectError {
  return new ConnectError(`Connecting to ${host} was given up`)
}

function ignore(): void {
  // The failure is reported by whoever waits for the stream above.
}
