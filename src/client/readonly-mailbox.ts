import type { ParsedMail } from 'mailparser'
import { copy, type CopyResult } from '../commands/copy.js'
import { examine } from '../commands/select.js'
import { close, unselect } from '../commands/close.js'
import { check, noop } from '../commands/simple.js'
import { convert, type Converted, type ConvertQuery } from '../extensions/convert.js'
import { parseMail } from '../mime/parse.js'
import { ImapError } from '../model/errors.js'
import type { UidSet } from '../model/number-set.js'
import type { ModSeq, Uid } from '../model/ids.js'
import type { ImapUrlPath } from '../model/imap-url.js'
import { UidMap } from '../model/uid-map.js'
import { readSection, translate } from './ask.js'
import { bodyStreams } from './body-producer.js'
import type { BodyStream } from './body-stream.js'
import { bounded, checkCall, checkMaxBytes, reading, signalOf } from './call-options.js'
import { download, type Download, type MaxBytes } from './download.js'
import { checkVanished, WindowProducer } from './fetch-producer.js'
import type { FetchQuery, FetchedMessage, KnownKeysOnly } from './fetch-query.js'
import { fetchSingle } from './fetch-single.js'
import { fetchStream, type FetchStream } from './fetch-stream.js'
import { checkOnIncomplete, type OnIncomplete } from './incomplete.js'
import { callOf } from './mailbox-base.js'
import type { CallOptions } from './mailbox-context.js'
import { MailboxQueries } from './mailbox-queries.js'
import { PartialProducer } from './partial-fetch.js'
import { asMessageSet, asUid, type MessageSetInput } from './message-set.js'
import { resolveSet } from './snapshot.js'
import { inParts } from './split.js'
import { fetchPath, type UrlContent } from './url-fetch.js'

/** How messages are fetched. */
export interface FetchCallOptions extends CallOptions {
  /** Lets the server set `\Seen` where content is fetched; nothing else does. */
  readonly markSeen?: boolean | undefined
}

/** How many messages are fetched. */
export interface FetchManyOptions extends FetchCallOptions {
  /** Only messages that changed after this mod-sequence; needs CONDSTORE (RFC 7162 §3.1.4.1). */
  readonly changedSince?: ModSeq | undefined
  /**
   * Is called with UIDs of the set that are gone since `changedSince`, maybe several times and with UIDs that never were
   * (RFC 7162 §3.2.6); needs QRESYNC enabled and a set of UIDs.
   */
  readonly vanished?: ((gone: UidSet) => void) | undefined
  /**
   * Only the messages at these places of the set: `1:50` for the first fifty, `-1:-50` for the last ones (RFC 9394 §3.3);
   * `changedSince` applies to them. Where the server lacks PARTIAL, a search tells which ones they are.
   */
  readonly partial?: string | undefined
  /**
   * What to do about messages that come without an item that was asked for, and about those that the server refuses while
   * it answers the others: reject at the end with IncompleteFetchError, which is the default, leave them out, or call a
   * function for each.
   */
  readonly onIncomplete?: OnIncomplete | undefined
}

/** How bodies are streamed. */
export interface StreamCallOptions extends FetchCallOptions {
  /** Asks for each body in one piece, however large: other commands then wait behind it. */
  readonly single?: boolean | undefined
  /** What to do about messages whose body does not come, as in {@link FetchManyOptions}. */
  readonly onIncomplete?: OnIncomplete | undefined
}

/**
 * A mailbox that is open for reading, made by `client.examine`. It has no method that could change it.
 *
 * A handle serves until another mailbox is selected; then its methods reject with {@link StateError}.
 *
 * @example
 * ```ts
 * await using archive = await client.examine('Archive')
 * console.log(archive.name, archive.exists, archive.uidNext)
 * ```
 */
export class ReadonlyMailbox extends MailboxQueries implements AsyncDisposable {
  /**
   * Fetches items of messages, which are typed by the query. Large sets run as several commands; a command that is called
   * inside the loop completes; leaving the loop lets go of the connection. Nothing is sent before the first step.
   *
   * The step rejects with ArgumentError for a set or a query that cannot be, with IncompleteFetchError at the end when
   * the server left out an item, with AbortError once `signal` is aborted.
   *
   * @example
   * ```ts
   * import { uids } from 'imapkit'
   * for await (const m of inbox.fetch(uids('1:*'), { envelope: true, flags: true })) {
   *   console.log(m.uid, m.envelope.subject, m.flags)
   * }
   * ```
   */
  fetch<const Q extends FetchQuery>(
    set: MessageSetInput,
    query: KnownKeysOnly<Q>,
    options: FetchManyOptions = {},
  ): FetchStream<FetchedMessage<Q>> {
    const { context } = this
    return fetchStream(
      context.connection,
      (sink) => {
        checkCall(options, ['markSeen'])
        const { signal, timeout, changedSince, vanished, partial, markSeen = false, onIncomplete = 'reject' } = options
        checkOnIncomplete(onIncomplete)
        if (vanished !== undefined) checkVanished(vanished, set, changedSince)
        this.checkCurrent()
        const { items, step, build, weigh } = translate<Q>(query, context.protocol.fetchItems, markSeen)
        const call = { signal, timeout }
        const messages = asMessageSet(set)
        const fetch = { context, set: messages, items, changedSince, vanished, step, build, weigh, onIncomplete, call }
        return partial === undefined ? new WindowProducer(fetch, sink) : new PartialProducer(fetch, partial, sink)
      },
      signalOf(options),
    )
  }

  /**
   * Fetches items of one message; null when there is no such message. Many calls may run at once.
   *
   * @example
   * ```ts
   * const m = await inbox.fetchOne(uid, { bodyStructure: true })
   * if (m !== null) console.log(m.bodyStructure.type)
   * ```
   */
  async fetchOne<const Q extends FetchQuery>(
    uid: Uid,
    query: KnownKeysOnly<Q>,
    options: FetchCallOptions = {},
  ): Promise<FetchedMessage<Q> | null> {
    checkCall(options, ['markSeen'])
    const { items, build } = translate<Q>(query, this.context.protocol.fetchItems, options.markSeen === true)
    const data = await fetchSingle(this.context, asUid(uid), items, callOf(options))
    return data === null ? null : build(data.seq, data)
  }

  /**
   * Streams the content of messages, whole or a section of each, without keeping it in memory. Many small bodies come in
   * one command, a body over `limits.piece` in pieces, between which other commands run. Reading never sets `\Seen`.
   *
   * @param section - such as `1.2`, `HEADER`, `2.MIME`, `TEXT`; the empty string for whole messages
   * @example
   * ```ts
   * import { createWriteStream } from 'node:fs'
   * import { pipeline } from 'node:stream/promises'
   * for await (const body of inbox.stream(found)) await pipeline(body, createWriteStream(`${body.uid}.eml`))
   * ```
   */
  stream(set: MessageSetInput, section = '', options: StreamCallOptions = {}): AsyncIterable<BodyStream> {
    const { context } = this
    return bodyStreams(
      () => {
        checkCall(options, ['markSeen', 'single'])
        const { signal, timeout, single = false, markSeen = false, onIncomplete = 'reject' } = options
        checkOnIncomplete(onIncomplete)
        this.checkCurrent()
        const call = { signal, timeout }
        return { context, set: asMessageSet(set), section: readSection(section), single, markSeen, onIncomplete, call }
      },
      context.connection,
      signalOf(options),
    )
  }

  /**
   * Looks up a message, or a part of one, for reading its decoded content; null when there is no such message.
   *
   * @param part - a part number of the `bodyStructure`; left out, the whole message as it is
   * @throws ArgumentError when the message has no such part
   * @example
   * ```ts
   * const file = await inbox.download(uid, '2')
   * if (file !== null) console.log(file.filename, file.contentType, (await file.bytes({ maxBytes: 10_000_000 })).length)
   * ```
   */
  async download(uid: Uid, part = '', options: CallOptions = {}): Promise<Download | null> {
    checkCall(options)
    return download(this.context, asUid(uid), part, callOf(options))
  }

  /**
   * Fetches a whole message and parses it with mailparser; null when there is no such message.
   *
   * @throws LimitError when it is larger than `maxBytes`, `limits.maxBytes` by default
   * @example
   * ```ts
   * const mail = await inbox.parse(uid)
   * console.log(mail?.subject, mail?.attachments.length)
   * ```
   */
  async parse(uid: Uid, options: MaxBytes & CallOptions = {}): Promise<ParsedMail | null> {
    checkCall(options)
    const { maxBytes } = options
    checkMaxBytes(maxBytes)
    return reading(this.context, options, async (call) => {
      const message = await download(this.context, asUid(uid), '', call)
      return message === null ? null : parseMail(await message.bytes({ maxBytes }))
    })
  }

  /**
   * Lets the server convert parts of messages to other media types, sizes or charsets (CONVERT, RFC 5259); the content is
   * kept in memory. `client.convert.available` tells what it can do.
   *
   * @throws CapabilityError without CONVERT; ConvertError when nothing could be converted
   * @example
   * ```ts
   * const [picture] = await inbox.convert(uid, { to: 'image/jpeg', parameters: { 'pix-x': '128' }, binary: ['2'] })
   * console.log(picture?.binary.get('2')?.bytes.length)
   * ```
   */
  async convert(set: MessageSetInput, query: ConvertQuery, options: CallOptions = {}): Promise<readonly Converted[]> {
    const context = bounded(this.context, options)
    const given = asMessageSet(set)
    // Checks what the caller gave even if nothing is to be sent.
    convert(given, query)
    this.checkCurrent()
    const messages = await resolveSet(context, given)
    return (await inParts(context, messages, (part) => convert(part, query))).flat()
  }

  /** Fetches what a URL of this mailbox names: what `client.fetchUrl` does here. @internal */
  async fetchUrlPath(path: ImapUrlPath, call: CallOptions): Promise<UrlContent | null> {
    this.checkCurrent()
    return fetchPath(this.context, path, call)
  }

  /**
   * Copies messages to another mailbox (RFC 9051 §6.4.7); tells their new UIDs where the server does.
   *
   * @throws OutcomeUnknownError when the answer is lost: it is not sent again
   * @example
   * ```ts
   * const { uidMap } = await inbox.copy(found, 'Archive')
   * for (const [from, to] of uidMap ?? []) console.log(from, to)
   * ```
   */
  async copy(set: MessageSetInput, to: string, options: CallOptions = {}): Promise<CopyResult> {
    const context = bounded(this.context, options)
    const given = asMessageSet(set)
    // Checks what the caller gave even if nothing is to be sent.
    copy(given, to)
    this.checkCurrent()
    const messages = await resolveSet(context, given)
    return joinMaps(await inParts(context, messages, (part) => copy(part, to)))
  }

  /** Asks for a checkpoint (RFC 3501 §6.4.1); with IMAP4rev2, which has none, for news. */
  async check(options: CallOptions = {}): Promise<void> {
    const hasNone = this.context.connection.enabled.has('IMAP4REV2')
    await bounded(this.context, options).run(hasNone ? noop() : check())
  }

  /** Leaves the mailbox without expunging (RFC 9051 §6.4.2); where the server lacks UNSELECT, by EXAMINE and CLOSE. */
  async unselect(options: CallOptions = {}): Promise<void> {
    const context = bounded(this.context, options)
    const { connection, selection } = context
    if (connection.capabilities.has('UNSELECT')) return context.run(unselect())
    // CLOSE expunges, except in a mailbox that was opened for reading: there it may be repeated, too.
    const leave = { ...close(), safe: true }
    if (selection.readOnly) return context.run(leave)
    await context.run(examine(selection.name))
    // CLOSE may reach no mailbox but the one that has just been examined: elsewhere it would expunge.
    const examined = connection.selected
    if (examined?.readOnly === true) await context.run(leave, { selection: examined.serial })
  }

  /** Leaves the mailbox as {@link unselect} does; does nothing when another one is selected already. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.leave()
  }

  /** Unselects the mailbox if it still is selected; a failure costs a `warning`. @internal */
  async leave(options: CallOptions = {}): Promise<void> {
    if (!this.isCurrent) return
    try {
      await this.unselect(options)
    } catch (error) {
      // Whoever disposes has finished: nothing is lost when the mailbox stays selected.
      if (error instanceof ImapError && this.context.connection.isOpen) this.context.warn(error)
    }
  }
}

/** The results of several commands as one. */
export function joinMaps(results: readonly CopyResult[]): CopyResult {
  const maps = results.flatMap(({ uidMap }) => (uidMap === undefined ? [] : [uidMap]))
  const uidMap = UidMap.join(maps)
  return uidMap === undefined ? {} : { uidMap }
}
