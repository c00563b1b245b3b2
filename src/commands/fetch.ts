import type { FetchItem } from './slots.js'
import type { FetchData } from '../model/message.js'
import type { UidSet } from '../model/number-set.js'
import type { Writer } from '../wire/writer.js'
import { ArgumentError, CapabilityError } from '../model/errors.js'
import { checkCapability, checkModSeq, checkSaved, checkSet, usesUids, type MessageSet } from './checks.js'
import type { Command, EncodeContext, LiteralHead, LiteralSink } from './command.js'
import { FetchCollector } from './fetch-collector.js'
import { uidItem, type SectionAsk } from './fetch-items.js'
import { mailboxSelected } from './states.js'

/** One item of FETCH with what is asked of it. */
export interface AskedItem {
  readonly item: FetchItem<never>
  readonly ask: unknown
}

/** Takes the messages of one FETCH as they become complete. */
export interface FetchSink {
  /** A message with every item that was asked for; each message comes once. The data may be shared: they are for reading. */
  message(seq: number, data: FetchData): void
  /** Is offered each section that was asked for before its bytes come; undefined has it kept in memory. */
  literal?(head: LiteralHead): LiteralSink | undefined
  /**
   * Is told at the end of messages that lack an item, expunged ones left out. Without this method the command rejects with
   * `IncompleteFetchError`.
   */
  incomplete?(messages: readonly { readonly seq: number; readonly data: FetchData }[]): void
  /** Is told of messages that are gone, with `vanished` (RFC 7162 §3.2.6). */
  vanished?(uids: UidSet): void
}

/** A modifier of FETCH that an extension adds (RFC 4466 §2.4). */
export interface FetchModifier {
  readonly needs?: string
  /** Writes the modifier, without a space around it. */
  write(w: Writer, context: EncodeContext): void
}

/** How messages are fetched. */
export interface FetchOptions {
  readonly sink: FetchSink
  /** Only messages that changed after this mod-sequence (RFC 7162 §3.1.4.1). */
  readonly changedSince?: bigint | undefined
  /** Asks which messages are gone since `changedSince`; needs QRESYNC enabled and a set of UIDs (RFC 7162 §3.2.6). */
  readonly vanished?: boolean | undefined
  /** Modifiers of extensions, such as PARTIAL. */
  readonly modifiers?: readonly FetchModifier[] | undefined
}

/**
 * FETCH, or UID FETCH for a set of UIDs: fetches items of messages (RFC 9051 §6.4.5). The UID is always asked for.
 *
 * Several answers about one message are merged; messages outside the set are ignored.
 *
 * @throws ArgumentError for what is no set, and for `vanished` without `changedSince` or UIDs
 */
export function fetch(set: MessageSet, items: readonly AskedItem[], options: FetchOptions): Command<void> {
  checkSet(set)
  const byUid = usesUids(set)
  const modifiers = modifiersOf(options, byUid)
  const asked = items.some((each) => each.item.key === 'uid') ? items : [{ item: uidItem, ask: true }, ...items]
  const marksSeen = items.some((each) => each.item.key === 'sections' && (each.ask as SectionAsk).markSeen === true)
  const readsFlags = items.some((each) => each.item.key === 'flags')
  return {
    name: byUid ? 'UID FETCH' : 'FETCH',
    states: mailboxSelected,
    traits: {
      seqArgs: !byUid,
      noExpunge: !byUid,
      ...(marksSeen && { flags: { access: 'write', set } as const }),
      ...(readsFlags && !marksSeen && { flags: { access: 'read', set } as const }),
      ...(options.sink.literal !== undefined && { streams: { set } }),
    },
    // It changes nothing that a second time would change again; sequence numbers are told by `seqArgs`.
    safe: true,
    encode: (w, context) => {
      checkSaved(context, set)
      w.sp().set(set).sp()
      w.list(asked, (each) => {
        checkCapability(context, each.item.needs, `The FETCH item ${each.item.key}`)
        each.item.write(w, each.ask as never, context)
      })
      if (modifiers.length === 0) return
      w.sp().list(modifiers, (modifier) => {
        checkCapability(context, modifier.needs, 'This modifier of FETCH')
        modifier.write(w, context)
      })
    },
    collect: (context) => new FetchCollector(set, asked, options, context),
  }
}

function modifiersOf(options: FetchOptions, byUid: boolean): readonly FetchModifier[] {
  const { changedSince, vanished } = options
  const modifiers: FetchModifier[] = []
  if (changedSince !== undefined) {
    checkModSeq(changedSince)
    // mod-sequence-value, unlike the mod-sequence-valzer of other commands, begins at 1.
    if (changedSince === 0n) throw new ArgumentError('changedSince begins at 1n: leave it out to fetch all messages')
    modifiers.push({ needs: 'CONDSTORE', write: (w) => void w.word('CHANGEDSINCE').sp().number(changedSince) })
  }
  if (vanished === true) {
    if (changedSince === undefined || !byUid) {
      throw new ArgumentError('vanished needs changedSince and a set of UIDs')
    }
    modifiers.push({
      needs: 'QRESYNC',
      write: (w, context) => {
        if (!context.isEnabled('QRESYNC')) {
          throw new CapabilityError('QRESYNC', "QRESYNC is not enabled: connect with enable: ['QRESYNC']")
        }
        w.word('VANISHED')
      },
    })
  }
  return [...modifiers, ...(options.modifiers ?? [])]
}
