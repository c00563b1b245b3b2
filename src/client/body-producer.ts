import type { LiteralHead, LiteralSink } from '../commands/command.js'
import { fetch, type AskedItem } from '../commands/fetch.js'
import { AbortError, StateError, type ResponseError } from '../model/errors.js'
import { isBeforeRev1 } from '../model/generation.js'
import type { FetchData } from '../model/message.js'
import { uids, type UidSet } from '../model/number-set.js'
import { askSection, sectionBytes } from './ask.js'
import { BodyPieces } from './body-pieces.js'
import { bodySizes, type SizedMessage } from './body-sizes.js'
import { Body, type BodyStream } from './body-stream.js'
import { fetchStream, type MessageSink, type Producer, type StreamConnection } from './fetch-stream.js'
import {
  asIncomplete,
  isPartialSuccess,
  tellIncomplete,
  type IncompleteMessage,
  type OnIncomplete,
} from './incomplete.js'
import type { CallOptions, MailboxContext } from './mailbox-context.js'
import { PieceSize } from './piece-size.js'
import { Bisection, mayBePoisoned, type Attempt } from './poisoned.js'
import type { MessageSet } from './resolve.js'
import type { SectionRequest } from './section.js'

/** The most bodies of one command. */
const GROUP = 256

/** Bodies of a set of messages. */
export interface BodiesRequest {
  readonly context: MailboxContext
  readonly set: MessageSet
  readonly section: SectionRequest<unknown>
  readonly markSeen: boolean
  /** One FETCH for each body, however large. */
  readonly single: boolean
  /** The messages with their sizes, where the caller knows them already. */
  readonly known?: readonly SizedMessage[]
  /** What to do about bodies that do not come. */
  readonly onIncomplete?: OnIncomplete
  readonly call: CallOptions
}

/**
 * The bodies as they come; going on to the next one discards the rest of the last.
 *
 * @param prepare - called at the first step: what it throws rejects that step
 */
export function bodyStreams(
  prepare: () => BodiesRequest,
  connection: StreamConnection,
  signal: AbortSignal | undefined,
): AsyncIterable<BodyStream> {
  const inner = fetchStream<Body>(connection, (sink) => new BodyProducer(prepare(), sink), signal)
  return {
    [Symbol.asyncIterator]() {
      const bodies = inner[Symbol.asyncIterator]()
      let current: Body | undefined
      const iterator: AsyncIterableIterator<BodyStream, undefined> = {
        next: () => {
          if (current?.isClosed === false)
            current.discard(new StateError('The loop has gone on: this body was discarded'))
          return bodies.next().then((result) => {
            current = result.value
            return result
          })
        },
        return: async () => {
          await bodies.return?.()
          return { done: true, value: undefined }
        },
        [Symbol.asyncIterator]: () => iterator,
      }
      return iterator
    },
  }
}

/** Fetches small bodies many at a time and large ones in pieces. */
class BodyProducer implements Producer {
  readonly #request: BodiesRequest
  readonly #sink: MessageSink<Body>
  readonly #asked: AskedItem
  readonly #size: PieceSize
  readonly #bodies = new Set<Body>()
  readonly #running = new Set<Promise<void>>()
  /** Octets of the running commands. */
  #onTheWay = 0
  readonly #incomplete: IncompleteMessage[] = []
  readonly #bisection = new Bisection()
  #pieces: BodyPieces | undefined
  #group: SizedMessage[] = []
  #groupOctets = 0
  #wake: (() => void) | undefined
  #isOver = false

  constructor(request: BodiesRequest, sink: MessageSink<Body>) {
    this.#request = request
    this.#sink = sink
    this.#asked = askSection(request.section, request.markSeen)
    this.#size = new PieceSize(request.context.limits)
  }

  start(): void {
    this.#main().then(
      () => this.#end(),
      (error: unknown) => this.#end(error),
    )
  }

  resume(): void {
    this.#pieces?.resume()
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }

  stop(): void {
    this.#isOver = true
    const { call, context } = this.#request
    const aborted = call.signal?.aborted === true
    for (const body of this.#bodies) {
      if (body.isClosed) continue
      const kept = context.connection.isOpen ? 'kept' : 'closed'
      body.discard(
        aborted
          ? new AbortError(kept, { command: 'UID FETCH', cause: call.signal?.reason })
          : new StateError('The loop was left: this body was discarded'),
      )
    }
    this.#pieces?.stop()
    this.resume()
  }

  async #main(): Promise<void> {
    const { context } = this.#request
    // Without IMAP4rev1 there are no partial fetches.
    const single = this.#request.single || isBeforeRev1(context.connection.capabilities)
    for await (const window of bodySizes(this.#request, this.#sink.flow)) {
      for (const message of window) {
        if (this.#isOver) return
        if (message.isCuttable && !single && message.size > this.#size.octets) {
          await this.#flush()
          await this.#inPieces(message)
          continue
        }
        this.#group.push(message)
        this.#groupOctets += message.size
        if (this.#groupOctets >= this.#size.group || this.#group.length >= GROUP) await this.#flush()
      }
    }
    await this.#flush()
    await Promise.all(this.#running)
  }

  /** Sends the group as soon as there is room. */
  async #flush(): Promise<void> {
    if (this.#group.length === 0) return
    await this.#room()
    if (this.#isOver) return
    const group = this.#group
    const octets = this.#groupOctets
    this.#group = []
    this.#groupOctets = 0
    for (const part of uids(group.map(({ uid }) => uid)).chunks(this.#request.context.limits.commandLine)) {
      this.#size.sent(this.#running.size === 0)
      this.#track(
        this.#fetchGroup(part).then(() => this.#size.came()),
        octets,
      )
    }
  }

  async #room(): Promise<void> {
    while (!this.#isOver && (this.#onTheWay > this.#size.ahead || this.#sink.flow.isFull)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  /** Bounds what is on its way; a failure ends the whole stream at once. */
  #track(work: Promise<void>, octets: number): void {
    this.#onTheWay += octets
    const tracked = work
      .catch((error: unknown) => this.#end(error))
      .finally(() => {
        this.#onTheWay -= octets
        this.#running.delete(tracked)
        this.resume()
      })
    this.#running.add(tracked)
  }

  async #inPieces(message: SizedMessage): Promise<void> {
    await this.#room()
    if (this.#isOver) return
    const { context, section, markSeen, call } = this.#request
    const pieces = new BodyPieces({
      context,
      section,
      markSeen,
      call,
      flow: this.#sink.flow,
      uid: message.uid,
      size: message.size,
      pieceSize: this.#size,
      deliver: (body) => this.#deliver(body),
      refused: (error) => this.#refused(message.uid, error),
    })
    this.#pieces = pieces
    // While its last pieces come, the next body may be begun.
    this.#track(pieces.done, this.#size.octets)
    await pieces.sent
  }

  /** A body whose first piece is refused is left out where the server gives others. */
  #refused(uid: number, error: unknown): boolean {
    if (!mayBePoisoned(error, false) || !this.#bisection.alone()) return false
    this.#incomplete.push(asIncomplete(this.#request.context, { uid, error }))
    return true
  }

  /** Bodies together; where the server refuses them for the sake of some, the others all the same. */
  async #fetchGroup(set: UidSet): Promise<void> {
    const { context } = this.#request
    const { came, refusal } = await this.#askGroup(set)
    if (refusal === undefined) return
    const missing = set.difference(came)
    if (missing.isEmpty) throw refusal
    const ask = (part: UidSet): Promise<Attempt> =>
      this.#isOver ? Promise.resolve({ came: uids(), refusal: undefined }) : this.#askGroup(part, true)
    const { commandLine } = context.limits
    for (const each of await this.#bisection.run(missing, refusal, ask, commandLine)) {
      this.#incomplete.push(asIncomplete(context, each))
    }
  }

  /** One command for bodies. @param isKnown - a refusal is known to be about some of them */
  async #askGroup(set: UidSet, isKnown = false): Promise<Attempt> {
    const { context, call } = this.#request
    const begun = new Set<number>()
    const came: number[] = []
    const sink = {
      literal: (head: LiteralHead): LiteralSink => {
        // Whoever has gone wants no bytes kept for him.
        if (this.#isOver) return { data: () => false, end: () => {}, fail: () => {} }
        begun.add(head.seq)
        came.push(head.data.uid ?? 0)
        const body = new Body(head.data.uid ?? 0, head.seq, head.size, this.#sink.flow)
        this.#deliver(body)
        return body
      },
      message: (seq: number, data: FetchData) => {
        if (this.#isOver || begun.has(seq)) return
        came.push(data.uid ?? 0)
        this.#whole(seq, data)
      },
      incomplete: (lacking: readonly IncompleteMessage[]) => {
        for (const each of lacking) this.#incomplete.push(each)
      },
    }
    let refusal: ResponseError | undefined
    try {
      await context.run(fetch(set, [this.#asked], { sink }), { ...call, stream: true, owner: this.#sink.flow })
    } catch (error) {
      if (!isPartialSuccess(error)) {
        if (!mayBePoisoned(error, isKnown || came.length > 0)) throw error
        refusal = error
      }
    }
    return { came: uids(came.filter((uid) => uid > 0)), refusal }
  }

  /** A body that was kept in memory: a quoted string, NIL, or a literal that came before its UID. */
  #whole(seq: number, data: FetchData): void {
    const bytes = sectionBytes(data, this.#asked)
    const body = new Body(data.uid ?? 0, seq, bytes?.length ?? 0, this.#sink.flow)
    this.#deliver(body)
    if (bytes) body.data(bytes)
    body.end()
  }

  #deliver(body: Body): void {
    this.#bisection.answered()
    this.#bodies.add(body)
    if (this.#bodies.size > 2 * GROUP) for (const each of this.#bodies) if (each.isClosed) this.#bodies.delete(each)
    this.#sink.push(body, 0)
  }

  #end(error?: unknown): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#sink.end(error ?? this.#told())
    this.resume()
  }

  /** Does what the caller wants about bodies that did not come; gives what the stream ends with. */
  #told(): unknown {
    const { context, onIncomplete = 'reject' } = this.#request
    try {
      tellIncomplete(context, this.#incomplete, onIncomplete)
      return undefined
    } catch (error) {
      return error
    }
  }
}
