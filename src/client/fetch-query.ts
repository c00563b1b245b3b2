import type { QueryItem } from '../commands/slots.js'
import type { ExtensionFetchItems } from '../extensions/options.js'
import type { BodyStructure } from '../model/body-structure.js'
import type { Envelope } from '../model/envelope.js'
import type { Flag } from '../model/flags.js'
import type { ModSeq, SeqNum, Uid } from '../model/ids.js'
import type { Defect } from '../model/message.js'
import type { SectionRequest } from './section.js'

export type { QueryItem } from '../commands/slots.js'

/** The items that a query may ask for (RFC 9051 §6.4.5), by key. */
export interface FetchItems extends ExtensionFetchItems {
  flags: QueryItem<true, readonly Flag[]>
  envelope: QueryItem<true, Envelope>
  /** Null where the server sent no date. */
  internalDate: QueryItem<true, Date | null>
  /** RFC822.SIZE, in octets. */
  size: QueryItem<true, number>
  bodyStructure: QueryItem<true, BodyStructure>
  /** Sizes of decoded parts, by their numbers; needs BINARY or IMAP4rev2 (RFC 3516 §4.1). */
  binarySizes: QueryItem<readonly string[], ReadonlyMap<string, number>>
  /** The mod-sequence of CONDSTORE (RFC 7162). */
  modSeq: QueryItem<true, ModSeq>
}

/**
 * What to fetch of each message: `true` asks for an item. The UID is always asked for.
 *
 * @example
 * ```ts
 * import { headers, uids } from 'imapkit'
 * for await (const m of inbox.fetch(uids('1:*'), { flags: true, sections: { head: headers('List-Id') } })) {
 *   console.log(m.uid, m.flags, m.sections.head?.get('list-id'))
 * }
 * ```
 */
export type FetchQuery = {
  readonly [K in keyof FetchItems]?: FetchItems[K]['ask'] | false | undefined
} & {
  /** Parts of the message, under names of your own; made by `section` and `headers`. */
  readonly sections?: SectionQuery | undefined
}

/** Sections by the name under which the message holds them. */
export type SectionQuery = Readonly<Record<string, SectionRequest<unknown>>>

/** Makes every key of `Q` that is no item of a query a compile error. */
export type KnownKeysOnly<Q> = Q & { readonly [K in Exclude<keyof Q, keyof FetchQuery>]: never }

/** What is there for a key that was asked with `Asked`: only a literal ask makes the item certain. */
type Present<Asked, Ask, Got> = [Asked] extends [Ask]
  ? Got
  : [Asked] extends [false | undefined]
    ? undefined
    : Got | undefined

type Items<Q> = {
  readonly [K in keyof Q & keyof FetchItems]-?: Present<Q[K], FetchItems[K]['ask'], FetchItems[K]['got']>
}

type SectionsOf<S> = { readonly [K in keyof S]: S[K] extends SectionRequest<infer Out> ? Out | null : undefined }

type Sections<Q> = 'sections' extends keyof Q
  ? {
      readonly sections: [Q['sections']] extends [SectionQuery]
        ? SectionsOf<Q['sections']>
        : SectionsOf<Exclude<Q['sections'], undefined>> | undefined
    }
  : unknown

/** What every message holds, whatever the query. */
export interface MessageBase {
  readonly uid: Uid
  /** A snapshot: an EXPUNGE moves it. */
  readonly seq?: SeqNum
  /** Faults in what the server sent of this message that were tolerated; missing where there were none. */
  readonly defects?: readonly Defect[]
}

type Simplify<T> = { [K in keyof T]: T[K] } & {}

/** The message that a query gives: what was asked with a literal `true` is there, the rest is no property. */
export type FetchedMessage<Q> = Simplify<MessageBase & Items<Q> & Sections<Q>>
