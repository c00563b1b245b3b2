import type { Collector, Command } from '../commands/command.js'
import { inOrder, MAX_SORTED } from '../commands/search-found.js'
import { cancelUpdate, contextChanges, type ContextChange } from '../extensions/context.js'
import { AbortError, ImapError, PartialResultError, ProtocolError, TimeoutError } from '../model/errors.js'
import type { Uid } from '../model/ids.js'
import { uids, type UidSet } from '../model/number-set.js'
import type { ResponseCode } from '../model/response-code.js'
import type { Response } from '../model/response.js'
import { checkCall } from './call-options.js'
import type { CallOptions, MailboxContext } from './mailbox-context.js'
import { ChangeFeed, type SearchChange } from './change-feed.js'

/** Changes that may come before the result that they change. */
const MAX_EARLY = 100_000

/** A result that changes: a set, or an array in the order of a sort. */
export interface WatchedResult<Found> {
  readonly uids: Found
  apply(change: ContextChange): void
}

/** The result of a search. The position of a message follows from its UID. */
export class WatchedSet implements WatchedResult<UidSet> {
  uids: UidSet

  constructor(found: UidSet) {
    this.uids = found
  }

  apply({ kind, set }: ContextChange): void {
    this.uids = kind === 'ADDTO' ? this.uids.union(uids(set)) : this.uids.difference(uids(set))
  }
}

/** The result of a sort (RFC 5267 §4.3.3, §4.3.4). */
export class WatchedList implements WatchedResult<readonly Uid[]> {
  uids: readonly Uid[]

  constructor(found: readonly Uid[]) {
    this.uids = found
  }

  apply({ kind, position, set }: ContextChange): void {
    const before = this.uids
    const numbers = inOrder([set])
    if (kind === 'ADDTO' && before.length + numbers.length > MAX_SORTED) {
      throw new ProtocolError('The server added more messages to a sorted result than any mailbox has')
    }
    // Only a SEARCH may leave the place open; a sort has nowhere else to put it.
    const at = position === 0 ? before.length : Math.min(position - 1, before.length)
    if (kind === 'ADDTO') {
      this.uids = before.slice(0, at).concat(numbers as Uid[], before.slice(at))
      return
    }
    const isThere = position > 0 && numbers.every((number, index) => before[at + index] === number)
    const gone = new Set(numbers)
    this.uids = isThere
      ? before.slice(0, at).concat(before.slice(at + numbers.length))
      : before.filter((each) => !gone.has(each))
  }
}

/**
 * A result that the server keeps up to date (CONTEXT=SEARCH and CONTEXT=SORT, RFC 5267), made by `mailbox.watchSearch` and
 * `mailbox.watchSort`. It ends when another mailbox is selected, and with the connection.
 *
 * @example
 * ```ts
 * await using flagged = await inbox.watchSearch({ flagged: true })
 * console.log(flagged.uids.size)
 * for await (const { added, removed } of flagged) console.log(`+${added} -${removed}`)
 * ```
 */
export class SearchWatch<Found = UidSet> implements AsyncIterable<SearchChange>, AsyncDisposable {
  readonly #context: MailboxContext
  readonly #feed = new ChangeFeed()
  #early: ContextChange[] = []
  #result: WatchedResult<Found> | undefined
  #tag: string | undefined
  #isLive = false
  #release: () => void = () => undefined

  private constructor(context: MailboxContext) {
    this.#context = context
  }

  /** Runs a search with UPDATE. @internal */
  static async start<All, Found>(
    context: MailboxContext,
    command: Command<{ readonly all: All }>,
    make: (all: All) => WatchedResult<Found>,
    options: CallOptions,
  ): Promise<SearchWatch<Found>> {
    const watch = new SearchWatch<Found>(context)
    watch.#listen()
    try {
      await context.run<void>(
        { ...command, collect: (given) => watch.#collect(given.tag, command.collect(given), make) },
        options,
      )
    } catch (error) {
      watch.#end()
      watch.#abandon(error)
      throw error
    }
    return watch
  }

  /** What is found now. Each change makes a new set or array. */
  get uids(): Found {
    // A watch is handed out once its search is complete.
    return (this.#result as WatchedResult<Found>).uids
  }

  /** Whether changes still come; false from the start when the server had too many watches already (NOUPDATE). */
  get isLive(): boolean {
    return this.#isLive
  }

  /** Ends the updates (CANCELUPDATE); `uids` stays as it is. May be called twice. */
  async stop(options: CallOptions = {}): Promise<void> {
    checkCall(options)
    const isLive = this.#isLive
    this.#end()
    if (isLive && this.#tag !== undefined) await this.#context.run(cancelUpdate([this.#tag]), options)
  }

  /** Stops as {@link stop} does; a failure costs a `warning`. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.stop()
    } catch (error) {
      if (error instanceof ImapError && this.#context.connection.isOpen) this.#context.warn(error)
    }
  }

  /** Gives what has changed since the step before, together; ends when the updates end. */
  [Symbol.asyncIterator](): AsyncIterator<SearchChange> {
    return this.#feed.read()
  }

  #listen(): void {
    const { connection } = this.#context
    const forget = connection.onResponse((response) => this.#hear(response))
    const unwatch = this.#context.watch()
    this.#isLive = true
    this.#release = () => {
      forget()
      unwatch()
    }
    void connection.closed.then(() => this.#end())
  }

  #collect<All>(
    tag: string,
    collector: Collector<{ readonly all: All }>,
    make: (all: All) => WatchedResult<Found>,
  ): Collector<void> {
    this.#tag = tag
    return {
      untagged: (response) => {
        if (response.type === 'NO' && isNoUpdate(response.code, tag)) {
          this.#end()
          return true
        }
        return collector.untagged?.(response) === true
      },
      done: (tagged) => {
        const result = make(collector.done(tagged).all)
        for (const change of this.#early) result.apply(change)
        this.#early = []
        this.#result = result
      },
    }
  }

  /** Hears every response, so that nothing is missed between the search and what follows it. */
  #hear(response: Response): void {
    if (response.kind === 'tagged') {
      // A command may have left the mailbox; the state knows when this response has been dealt with.
      queueMicrotask(() => this.#checkSelected())
      return
    }
    if (response.kind !== 'untagged' || response.type !== 'ESEARCH' || response.tag !== this.#tag || !response.uid)
      return
    try {
      for (const change of contextChanges(response.data)) this.#take(change)
    } catch (error) {
      if (!(error instanceof ImapError)) throw error
      this.#end()
      this.#context.warn(error)
    }
    this.#feed.tell()
  }

  #take(change: ContextChange): void {
    if (this.#result === undefined) {
      if (this.#early.length >= MAX_EARLY) throw new ProtocolError('The server changes a result without giving it')
      this.#early.push(change)
      return
    }
    this.#result.apply(change)
    const numbers = uids(change.set)
    if (change.kind === 'ADDTO') this.#feed.added(numbers)
    else this.#feed.removed(numbers)
  }

  #checkSelected(): void {
    const { connection, selection } = this.#context
    if (connection.selected?.serial !== selection.serial) this.#end()
  }

  #end(): void {
    this.#isLive = false
    this.#release()
    this.#release = () => undefined
    this.#feed.end()
  }

  /** A call that was given up may have been carried out: the server would go on telling. */
  #abandon(error: unknown): void {
    const isGivenUp =
      error instanceof AbortError || error instanceof TimeoutError || error instanceof PartialResultError
    if (this.#tag === undefined || !isGivenUp) return
    this.#context.run(cancelUpdate([this.#tag])).catch((reason: unknown) => {
      if (reason instanceof ImapError && this.#context.connection.isOpen) this.#context.warn(reason)
    })
  }
}

/** Whether the server refuses updates of this search (RFC 5267 §4.3.1). */
function isNoUpdate(code: ResponseCode | null, tag: string): boolean {
  return code?.name === 'NOUPDATE' && code.tag === tag
}
