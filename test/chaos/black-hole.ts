import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Worker } from 'node:worker_threads'

/** Listens, and then never looks at its queue again. */
const DEAF = `
  const { parentPort, workerData } = require('node:worker_threads')
  const server = require('node:net').createServer()
  server.listen({ ...workerData, backlog: 1 }, () => {
    parentPort.postMessage('listens')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  })
`

/** What a queue of one takes on Linux. */
const QUEUE = 2

/** An address that says neither yes nor no: its listener is deaf, and the queue in front of it full. */
export class BlackHole implements AsyncDisposable {
  readonly #worker: Worker
  readonly #queue: Socket[] = []

  private constructor(where: { readonly host: string; readonly port: number }) {
    this.#worker = new Worker(DEAF, { eval: true, workerData: where })
  }

  static async open(where: { readonly host: string; readonly port: number }): Promise<BlackHole> {
    const hole = new BlackHole(where)
    await once(hole.#worker, 'message')
    for (let i = 0; i < QUEUE; i++) {
      const socket = connect(where)
      socket.on('error', () => undefined)
      hole.#queue.push(socket)
      await once(socket, 'connect')
    }
    return hole
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.#queue.map((socket) => once(socket, 'close'))
    for (const socket of this.#queue) socket.destroy()
    await Promise.all([this.#worker.terminate(), ...closed])
  }
}
