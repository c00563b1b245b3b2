import type { LiteralHead, LiteralSink } from '../commands/command.js'
import { fetch } from '../commands/fetch.js'
import { IncompleteFetchError, ProtocolError } from '../model/errors.js'
import type { FetchData } from '../model/message.js'
import { uids } from '../model/number-set.js'
import { askSection, sectionBytes, type AskedItem } from './ask.js'
import { Body } from './body-stream.js'
import type { Flow } from './flow.js'
import { isPartialSuccess } from './incomplete.js'
import type { CallOptions, MailboxContext } from './mailbox-context.js'
import type { PieceSize } from './piece-size.js'
import type { SectionRequest } from './section.js'

/** Pieces that may be on their way at a time, however small the server makes them. */
const MOST = 16

/** A body that comes in pieces. */
export interface PiecedRequest {
  readonly context: MailboxContext
  readonly section: SectionRequest<unknown>
  readonly markSeen: boolean
  readonly call: CallOptions
  readonly flow: Flow
  readonly uid: number
  readonly size: number
  readonly pieceSize: PieceSize
  /** Takes the body as soon as its first bytes are announced. */
  readonly deliver: (body: Body) => void
  /** Is asked about a refusal before anything of the body has come; true has it end without a body. */
  readonly refused?: (error: unknown) => boolean
}

/** One partial fetch. */
interface Piece {
  readonly offset: number
  readonly count: number
  /** It came empty once and was asked for again. */
  readonly isRetry: boolean
  /** Anything came at all, be it NIL. */
  came: boolean
  received: number
  /** The server ignored the partial and sent everything. */
  isWhole: boolean
  isDone: boolean
  isDropped: boolean
  /** What came before the pieces in front were complete. */
  waiting: Uint8Array[]
}

/**
 * Reads a large body as successive partial fetches (RFC 9051 §6.4.5.1), some of them sent ahead, so that other commands
 * get their turn in between.
 *
 * Sizes are not trusted: a piece is asked for in full length, and only a short or an empty one ends the body.
 */
export class BodyPieces {
  readonly #request: PiecedRequest
  #body: Body | undefined
  /** Asked for and not passed on completely, in order. */
  #pieces: Piece[] = []
  #offset = 0
  /** What the server gives at most at a time. */
  #cap = Infinity
  /** Until the server has shown that it does partial fetches, one piece is on its way. */
  #isSane = false
  #isWanted = false
  #isOver = false
  #settle: { all: () => void; sent: () => void; fail: (error: unknown) => void } | undefined
  /** Settles when everything has come, or nobody reads on. */
  readonly done: Promise<void>
  /** Resolves when nothing is left to be sent. */
  readonly sent: Promise<void>

  constructor(request: PiecedRequest) {
    this.#request = request
    let sent = () => {}
    this.sent = new Promise((resolve) => {
      sent = resolve
    })
    this.done = new Promise((resolve, reject) => {
      this.#settle = { all: resolve, sent, fail: reject }
    })
    this.#ask(0, false)
  }

  /** There is room again, or somebody reads. */
  resume(): void {
    if (this.#body?.isClosed === true) this.#finish()
    if (this.#isOver || !this.#isSane || !this.#isWanted) return
    const { size } = this.#request
    while (this.#offset < size && this.#hasRoom) this.#ask(this.#offset, false)
    if (this.#offset >= size) this.#settle?.sent()
  }

  /** Whether one more piece may be asked for. */
  get #hasRoom(): boolean {
    const { pieceSize, flow } = this.#request
    // A reader that waits for this body cannot make room in those behind it.
    if (flow.isFull) return flow.isStarving && this.#pieces.length === 0
    return this.#pieces.length < MOST && this.#onTheWay <= pieceSize.ahead
  }

  /** Octets that were asked for and have not been passed on: what waits behind the first piece takes memory too. */
  get #onTheWay(): number {
    const first = this.#pieces[0]
    return this.#pieces.reduce((total, piece) => total + piece.count - (piece === first ? piece.received : 0), 0)
  }

  /** Nobody reads on. */
  stop(): void {
    this.#finish()
  }

  #ask(offset: number, isRetry: boolean): void {
    const { pieceSize } = this.#request
    pieceSize.sent(this.#pieces.length === 0)
    const piece: Piece = {
      offset,
      count: Math.min(this.#cap, pieceSize.octets),
      isRetry,
      came: false,
      received: 0,
      isWhole: false,
      isDone: false,
      isDropped: false,
      waiting: [],
    }
    this.#offset = offset + piece.count
    this.#pieces.push(piece)
    this.#run(piece).catch((error: unknown) => this.#fail(error))
  }

  async #run(piece: Piece): Promise<void> {
    const { context, section, markSeen, uid, call, flow } = this.#request
    const partial = { offset: piece.offset, count: piece.count }
    const asked = askSection({ ...section, partial }, markSeen)
    const set = uids(uid)
    const command = fetch(set, [asked], {
      sink: {
        literal: (head) => this.#literal(piece, head),
        message: (seq, data) => this.#message(piece, asked, seq, data),
        // What lacks the piece counts as a piece that has not come.
        incomplete: () => {},
      },
    })
    const traits = { ...command.traits, streams: { set, part: String(piece.offset) } }
    try {
      await context.run({ ...command, traits }, { ...call, stream: true, owner: flow })
    } catch (error) {
      if (!isPartialSuccess(error)) {
        if (this.#body === undefined && !this.#isOver && this.#request.refused?.(error) === true) return this.#finish()
        throw error
      }
    }
    piece.isDone = true
    if (!piece.isDropped) this.#advance()
  }

  #literal(piece: Piece, head: LiteralHead): LiteralSink {
    this.#begin(piece, head.seq, head.size, head.offset)
    return {
      data: (bytes) => this.#data(piece, bytes),
      end: () => {},
      fail: (error) => this.#fail(error),
    }
  }

  /** A short piece may come as a quoted string, and a literal before its UID is kept in memory. */
  #message(piece: Piece, asked: AskedItem, seq: number, data: FetchData): void {
    const bytes = sectionBytes(data, asked)
    if (bytes === undefined || piece.came) return
    this.#begin(piece, seq, bytes?.length ?? 0, piece.offset)
    if (bytes !== null) this.#data(piece, bytes)
  }

  #begin(piece: Piece, seq: number, size: number, origin: number | null): void {
    piece.came = true
    piece.isWhole = origin === null && size > piece.count
    const { uid, flow, deliver } = this.#request
    if (this.#body === undefined && !this.#isOver) {
      const whole = piece.isWhole ? size : this.#request.size
      this.#body = new Body(uid, seq, whole, flow, () => this.#demand())
      deliver(this.#body)
    }
    this.#isSane ||= !piece.isWhole && size > 0
    this.resume()
  }

  #demand(): void {
    this.#isWanted = true
    this.resume()
  }

  /** Gives whether the bytes are kept. */
  #data(piece: Piece, bytes: Uint8Array): boolean {
    if (piece.isDropped || this.#isOver) return false
    // A server that sends more than was asked for would shift all that follows.
    const room = piece.isWhole ? Infinity : piece.count - piece.received
    const wanted = bytes.length <= room ? bytes : bytes.subarray(0, room)
    piece.received += wanted.length
    if (this.#pieces[0] === piece) return this.#body?.data(wanted) === true
    piece.waiting.push(wanted)
    this.#request.flow.addAhead(wanted.length)
    return true
  }

  /** Passes over the pieces that are complete, and decides what comes next. */
  #advance(): void {
    for (let piece = this.#pieces[0]; piece?.isDone === true && !this.#isOver; piece = this.#pieces[0]) {
      const next = piece.offset + piece.received
      const isShort = piece.received < piece.count
      if (piece.isWhole || (isShort && next >= this.#request.size)) return this.#finish()
      if (piece.received === 0) return this.#empty(piece)
      this.#pieces.shift()
      this.#request.pieceSize.came()
      if (isShort) {
        // Some servers cap a piece: what was sent ahead begins at the wrong octet.
        this.#drop()
        this.#cap = piece.received
        this.#ask(next, false)
      } else if (this.#pieces.length === 0 && next >= this.#request.size) this.#ask(next, false)
      this.#flush()
    }
    this.resume()
  }

  /** Before the announced end an empty piece is asked for once more; some servers stumble. */
  #empty(piece: Piece): void {
    this.#drop()
    if (!piece.isRetry) return this.#ask(piece.offset, true)
    const { uid, size, context } = this.#request
    if (!piece.came) {
      if (piece.offset === 0) return this.#finish()
      const message = `The message with UID ${uid} was gone before all of it had come: ${piece.offset} of ${size} octets`
      return this.#fail(new IncompleteFetchError(message, [], { command: 'UID FETCH' }))
    }
    context.warn(new ProtocolError(`The body of UID ${uid} ended after ${piece.offset} octets; ${size} were announced`))
    this.#finish()
  }

  #flush(): void {
    const piece = this.#pieces[0]
    if (piece === undefined) return
    const { waiting } = piece
    piece.waiting = []
    for (const bytes of waiting) {
      this.#request.flow.addAhead(-bytes.length)
      this.#body?.data(bytes)
    }
  }

  #drop(): void {
    for (const piece of this.#pieces) {
      piece.isDropped = true
      for (const bytes of piece.waiting) this.#request.flow.addAhead(-bytes.length)
      piece.waiting = []
    }
    this.#pieces = []
  }

  #finish(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#drop()
    this.#body?.end()
    this.#settle?.sent()
    this.#settle?.all()
  }

  #fail(error: unknown): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#drop()
    this.#body?.fail(error instanceof Error ? error : new ProtocolError('The body could not be read', { cause: error }))
    this.#settle?.sent()
    this.#settle?.fail(error)
  }
}
