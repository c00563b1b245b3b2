import { Buffer } from 'node:buffer'
import type { Collector, Command, EncodeContext } from '../../../src/commands/command.js'
import { responseError } from '../../../src/model/response-error.js'
import type { Response } from '../../../src/model/response.js'
import { protocol, readResponse } from '../../../src/protocol.js'
import { Framer } from '../../../src/wire/framer.js'
import { DEFAULT_LIMITS } from '../../../src/wire/limits.js'
import { Writer } from '../../../src/wire/writer.js'

/** The server as a command sees it: capabilities and enabled extensions, nothing implied. */
export interface Server {
  readonly has?: readonly string[]
  readonly enabled?: readonly string[]
  /** The UIDs of the mailbox by sequence number, from 1 on. */
  readonly uids?: readonly number[]
}

export const TAG = 'A1'

/** The context in which a command is written. */
export function contextOf({ has = [], enabled = [] }: Server): EncodeContext {
  const includes = (list: readonly string[], name: string) =>
    list.some((each) => each.toUpperCase() === name.toUpperCase())
  return { has: (name) => includes(has, name), isEnabled: (name) => includes(enabled, name) }
}

/** Where the client waits for a continuation request. */
export const WAIT = '<+>'

/** A command as it goes on the wire, one character per octet; streams are shown as `<stream n>`. */
export function encode(command: Command<unknown>, server: Server = {}): string {
  return write(command, server).text
}

/** The line as it may be logged. */
export function traceOf(command: Command<unknown>, server: Server = {}): string {
  return write(command, server).trace
}

function write(command: Command<unknown>, server: Server): { readonly text: string; readonly trace: string } {
  const context = contextOf(server)
  const utf8 = context.isEnabled('IMAP4rev2') || context.isEnabled('UTF8=ACCEPT')
  const writer = new Writer({ utf8, literalPlus: context.has('LITERAL+'), literalMinus: context.has('LITERAL-') })
  writer.command(TAG, command.name)
  command.encode?.(writer, context)
  const { trace } = writer
  const text = writer
    .finish()
    .segments.map((segment) => {
      if (segment.kind === 'wait') return WAIT
      if (segment.kind === 'stream') return `<stream ${segment.size}>`
      return Buffer.from(segment.bytes).toString('latin1')
    })
    .join('')
  return { text, trace }
}

/** Feeds what a server sends to a collector: lines without CRLF, literals written out. */
export class Play<R> {
  readonly collector: Collector<R>
  readonly claims: boolean[] = []
  readonly #uids: number[]
  readonly #framer: Framer
  readonly #command: string
  #result: { readonly value: R } | undefined

  constructor(command: Command<R>, server: Server = {}) {
    this.#command = command.name
    this.#uids = [...(server.uids ?? [])]
    this.collector = command.collect({ tag: TAG, uidOf: (seq) => this.#uids[seq - 1] })
    this.#framer = new Framer(
      {
        literal: (frame) => {
          const head = protocol.readFetchHead(frame)
          if (head === undefined) return undefined
          const size = Number(/\{(\d+)\+?\}$/.exec(frame.text)?.[1])
          return this.collector.literal?.({ ...head, size })
        },
        response: (frame) => this.#take(readResponse(frame)),
      },
      DEFAULT_LIMITS,
    )
    this.#framer.streaming = this.collector.literal !== undefined
  }

  send(...lines: readonly string[]): this {
    for (const line of lines) this.#framer.push(Buffer.from(`${line}\r\n`, 'latin1'))
    return this
  }

  /** The result after the tagged OK. */
  get result(): R {
    if (this.#result === undefined) throw new Error('The command has not been completed')
    return this.#result.value
  }

  /** As the connection does; NO and BAD throw. */
  #take(response: Response): void {
    if (response.kind === 'untagged') {
      // While an EXPUNGE is handed out, its number still means the message that is gone.
      this.claims.push(this.collector.untagged?.(response) ?? false)
      if (response.type === 'EXPUNGE') this.#uids.splice(response.number - 1, 1)
    } else if (response.kind === 'tagged') {
      if (response.status !== 'OK') throw this.collector.refused?.(response) ?? responseError(this.#command, response)
      this.#result = { value: this.collector.done(response) }
    } else throw new Error('Unexpected continuation request')
  }
}

/** The result of a command that the server answers with these lines and then with OK. */
export function answer<R>(command: Command<R>, lines: readonly string[], server: Server = {}, ok = 'OK done'): R {
  return new Play(command, server).send(...lines, `${TAG} ${ok}`).result
}

/** A value of a type that it does not have, as untyped callers hand it over. */
export function wrong<T>(value: unknown): T {
  return value as T
}
