import type { FetchData } from './message.js'
import type { MailboxInfo, MailboxStatus, Namespaces } from './mailbox.js'
import type { UidSet } from './number-set.js'
import type { ResponseCode } from './response-code.js'

/** A command continuation request (RFC 9051 §7.6). */
export interface Continuation {
  readonly kind: 'continuation'
  readonly code: ResponseCode | null
  readonly text: string
}

/** The tagged status response that ends a command (RFC 9051 §7.1). */
export interface Tagged {
  readonly kind: 'tagged'
  readonly tag: string
  readonly status: 'OK' | 'NO' | 'BAD'
  readonly code: ResponseCode | null
  readonly text: string
}

/** What every untagged response has. Extensions add types of their own. */
export interface UntaggedBase {
  readonly kind: 'untagged'
  /** The name of the response in upper case. */
  readonly type: string
}

/** An untagged status response (RFC 9051 §7.1). */
export interface StatusResponse extends UntaggedBase {
  readonly type: 'OK' | 'NO' | 'BAD' | 'BYE' | 'PREAUTH'
  readonly code: ResponseCode | null
  readonly text: string
}

/** `* n EXISTS`, `* n RECENT` or `* n EXPUNGE`. */
export interface NumberResponse extends UntaggedBase {
  readonly type: 'EXISTS' | 'RECENT' | 'EXPUNGE'
  readonly number: number
}

/** `* n FETCH (…)` (RFC 9051 §7.5.2). */
export interface FetchResponse extends UntaggedBase {
  readonly type: 'FETCH'
  readonly seq: number
  readonly data: FetchData
}

/** `* VANISHED [(EARLIER)] set` (RFC 7162 §3.2.10). */
export interface VanishedResponse extends UntaggedBase {
  readonly type: 'VANISHED'
  readonly earlier: boolean
  readonly uids: UidSet
}

/** `* CAPABILITY …` and `* ENABLED …`. */
export interface CapabilityResponse extends UntaggedBase {
  readonly type: 'CAPABILITY' | 'ENABLED'
  readonly capabilities: readonly string[]
}

/** `* FLAGS (…)` (RFC 9051 §7.3.5). */
export interface FlagsResponse extends UntaggedBase {
  readonly type: 'FLAGS'
  readonly flags: readonly string[]
}

/** `* LIST …`, `* LSUB …` and `* XLIST …`. */
export interface ListResponse extends UntaggedBase {
  readonly type: 'LIST' | 'LSUB' | 'XLIST'
  readonly mailbox: MailboxInfo
}

/** `* STATUS mailbox (…)` (RFC 9051 §7.3.4). */
export interface StatusDataResponse extends UntaggedBase {
  readonly type: 'STATUS'
  readonly mailbox: string
  readonly status: MailboxStatus
}

/** `* NAMESPACE …` (RFC 9051 §7.3.2). */
export interface NamespaceResponse extends UntaggedBase {
  readonly type: 'NAMESPACE'
  readonly namespaces: Namespaces
}

/** `* SEARCH …` (RFC 3501 §7.2.5), with the mod-sequence of RFC 7162 §3.1.5. */
export interface SearchResponse extends UntaggedBase {
  readonly type: 'SEARCH'
  readonly numbers: readonly number[]
  readonly modSeq?: bigint
}

/** `* ESEARCH …` (RFC 9051 §7.3.3). Sets are kept as text, since only the command knows what they number. */
export interface EsearchResponse extends UntaggedBase {
  readonly type: 'ESEARCH'
  readonly tag: string | null
  readonly uid: boolean
  readonly min?: number
  readonly max?: number
  readonly count?: number
  readonly all?: string
  readonly modSeq?: bigint
  /** The mailbox that was searched, where several were (RFC 7377 §2.1). */
  readonly mailbox?: string
  /** The UIDVALIDITY of that mailbox. */
  readonly uidValidity?: number
  /** Data of extensions in the order in which they came, since updates have to be applied in it (RFC 5267 §4.3.2). */
  readonly data?: readonly SearchReturnData[]
  /** Return data that nobody knows, as text, by upper case name. */
  readonly other: ReadonlyMap<string, string>
}

/** One item of ESEARCH that an extension reads. */
export interface SearchReturnData {
  /** In upper case. */
  readonly name: string
  readonly value: unknown
}

/** `* METADATA …` (RFC 5464 §4.4): entries with values as an answer, or names alone of what has changed. */
export interface MetadataResponse extends UntaggedBase {
  readonly type: 'METADATA'
  /** The empty text for entries of the server. */
  readonly mailbox: string
  readonly entries: ReadonlyMap<string, Uint8Array | null>
  readonly changed: readonly string[]
}

/** `* ID …` (RFC 2971 §3.2). */
export interface IdResponse extends UntaggedBase {
  readonly type: 'ID'
  readonly params: ReadonlyMap<string, string | null> | null
}

/** An untagged response that no reader knows; its text is kept. */
export interface UnknownResponse extends UntaggedBase {
  readonly type: 'UNKNOWN'
  readonly name: string
  readonly number?: number
  readonly text: string
}

/** The untagged responses of the core, told apart by `type`. */
export type CoreUntagged =
  | StatusResponse
  | NumberResponse
  | FetchResponse
  | VanishedResponse
  | CapabilityResponse
  | FlagsResponse
  | ListResponse
  | StatusDataResponse
  | NamespaceResponse
  | SearchResponse
  | EsearchResponse
  | MetadataResponse
  | IdResponse
  | UnknownResponse

/** Any untagged response: one of the core, or one that an extension reads. */
export type Untagged = CoreUntagged | ExtensionResponse

/** An untagged response that an extension reads; narrow it with the guard that the extension exports. */
export interface ExtensionResponse extends UntaggedBase {
  readonly type: `X:${string}`
}

/** Any response of a server. */
export type Response = Continuation | Tagged | Untagged
