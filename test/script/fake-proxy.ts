import { once } from 'node:events'
import { connect as connectTcp, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createServer as createTlsServer } from 'node:tls'
import type { Certificate } from '../../src/testing/certificate.js'
import { Peer } from '../unit/connection/support.js'

/** What a fake proxy does with one connection. */
export type Play = (peer: Peer, stream: Duplex, serial: number) => unknown

/** A proxy that a test plays: it answers what the test says, and knows how many of its connections are open. */
export class FakeProxy implements AsyncDisposable {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #count = 0
  /** What a play failed with. */
  failure: unknown

  private constructor(server: Server) {
    this.#server = server
    server.on('connection', (socket: Socket) => {
      this.#count += 1
      this.#sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => this.#sockets.delete(socket))
    })
  }

  /** @param certificate - makes it a proxy that is spoken to over TLS */
  static async start(play: Play, certificate?: Certificate): Promise<FakeProxy> {
    const serve = (stream: Duplex): void => {
      const run = async (): Promise<unknown> => play(new Peer(stream), stream, proxy.#count)
      run().catch((error: unknown) => (proxy.failure = error))
    }
    const server = certificate === undefined ? createServer(serve) : createTlsServer(certificate, serve)
    server.on('tlsClientError', () => undefined)
    const proxy = new FakeProxy(server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return proxy
  }

  /** The port on 127.0.0.1. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** How many connections came. */
  get count(): number {
    return this.#count
  }

  /** How many of them are open. */
  get open(): number {
    return this.#sockets.size
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

/** Joins a client of a fake proxy to a server, once the proxy has said what it had to say. */
export function join(stream: Duplex, port: number, host = '127.0.0.1'): void {
  const far = connectTcp({ host, port })
  far.on('error', () => stream.destroy())
  stream.on('error', () => far.destroy())
  stream.on('close', () => far.destroy())
  // What the Peer has read already is what was said to the proxy; nothing of the tunnel is in it.
  stream.removeAllListeners('data')
  stream.pipe(far).pipe(stream)
}

/** Reads the request of CONNECT: its lines. */
export async function readConnect(peer: Peer): Promise<string[]> {
  const lines: string[] = []
  for (let line = await peer.line(); line !== ''; line = await peer.line()) lines.push(line)
  return lines
}

/** Reads a request of SOCKS5 without a login, and what it asks for; the answer to that is the caller's. */
export async function readSocks5(peer: Peer): Promise<{ type: number; host: string; port: number }> {
  if ((await peer.octets(3)) !== '\x05\x01\x00') throw new Error('another greeting was expected')
  peer.raw('\x05\x00')
  return readSocks5Request(peer)
}

export async function readSocks5Request(peer: Peer): Promise<{ type: number; host: string; port: number }> {
  const head = await peer.octets(4)
  if (!head.startsWith('\x05\x01\x00')) throw new Error('another request was expected')
  const type = head.charCodeAt(3)
  const length = type === 1 ? 4 : type === 4 ? 16 : (await peer.octets(1)).charCodeAt(0)
  const host = await peer.octets(length)
  const port = Buffer.from(await peer.octets(2), 'latin1').readUInt16BE()
  return { type, host, port }
}
