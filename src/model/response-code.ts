import type { Uid } from './ids.js'
import type { UidSet } from './number-set.js'
import type { UidMap } from './uid-map.js'

/**
 * The response codes that carry nothing but their name: those of RFC 9051 §7.1 and RFC 5530, and of extensions
 * BADCOMPARATOR (RFC 5255), COMPRESSIONACTIVE (RFC 4978), NOMODSEQ (RFC 7162), NOT-UTF-8 and UTF-8-ONLY (RFC 5738),
 * NOTIFICATIONOVERFLOW (RFC 5465), TEMPFAIL (RFC 5259), TOOBIG (RFC 4469), TOOFEW and TOOMANY (RFC 10022),
 * UIDREQUIRED (RFC 9586) and USEATTR (RFC 6154).
 */
export const PLAIN_CODES = [
  'ALERT',
  'ALREADYEXISTS',
  'AUTHENTICATIONFAILED',
  'AUTHORIZATIONFAILED',
  'BADCOMPARATOR',
  'CANNOT',
  'CLIENTBUG',
  'CLOSED',
  'COMPRESSIONACTIVE',
  'CONTACTADMIN',
  'CORRUPTION',
  'EXPIRED',
  'EXPUNGEISSUED',
  'HASCHILDREN',
  'INUSE',
  'LIMIT',
  'NOMODSEQ',
  'NONEXISTENT',
  'NOPERM',
  'NOT-UTF-8',
  'NOTIFICATIONOVERFLOW',
  'NOTSAVED',
  'OVERQUOTA',
  'PARSE',
  'PRIVACYREQUIRED',
  'READ-ONLY',
  'READ-WRITE',
  'SERVERBUG',
  'TEMPFAIL',
  'TOOBIG',
  'TOOFEW',
  'TOOMANY',
  'TRYCREATE',
  'UIDNOTSTICKY',
  'UIDREQUIRED',
  'UNAVAILABLE',
  'UNKNOWN-CTE',
  'USEATTR',
  'UTF-8-ONLY',
] as const

/** The name of a response code that carries nothing else. */
export type PlainCodeName = (typeof PLAIN_CODES)[number]

/** The response codes of RFC 9051 §7.1, RFC 3501 §7.1 and RFC 7162 that carry data. */
export interface CoreResponseCodes {
  APPENDUID: { readonly uidValidity: number; readonly uids: UidSet }
  BADCHARSET: { readonly charsets: readonly string[] }
  CAPABILITY: { readonly capabilities: readonly string[] }
  COPYUID: { readonly uidValidity: number; readonly uidMap: UidMap }
  HIGHESTMODSEQ: { readonly modSeq: bigint }
  MODIFIED: { readonly set: string }
  PERMANENTFLAGS: { readonly flags: readonly string[] }
  UIDNEXT: { readonly uidNext: number }
  UIDVALIDITY: { readonly uidValidity: number }
  UNSEEN: { readonly seq: number }
}

/** The response codes of other extensions that carry data. */
export interface ExtensionResponseCodes {
  /** An annotation was not stored: it is too big, or the message has too many (RFC 5257 §4.5). */
  ANNOTATE: { readonly problem: 'TOOBIG' | 'TOOMANY' }
  /**
   * What the mailbox allows of annotations (RFC 5257 §4.1): none, reading, or storing values of up to `maxSize` octets.
   * `noPrivate` means that all are shared.
   */
  ANNOTATIONS:
    | { readonly access: 'none' }
    | { readonly access: 'read-only'; readonly noPrivate: boolean }
    | { readonly access: 'read-write'; readonly maxSize: number; readonly noPrivate: boolean }
  /** NOTIFY asked for events that are not supported; these are (RFC 5465 §5). */
  BADEVENT: { readonly events: readonly string[] }
  /** Parameters of a conversion that were not understood (RFC 5259 §9). */
  BADPARAMETERS: { readonly conversions: readonly BadConversion[] }
  /** The first URL of APPEND CATENATE that could not be used (RFC 4469 §4.1). */
  BADURL: { readonly url: string }
  /**
   * How far a command has come (RFC 9585 §4): `done` of `goal`, in units that only the server knows. What it did not
   * tell is null; progress beyond the goal is left out.
   */
  INPROGRESS: { readonly tag: string | null; readonly done: number | null; readonly goal: number | null }
  /** The id of the mailbox that was created or selected (RFC 8474 §4). */
  MAILBOXID: { readonly mailboxId: string }
  /** How many messages one CONVERT may name (RFC 5259 §8.5). */
  MAXCONVERTMESSAGES: { readonly limit: number }
  /** How many parts of a message one CONVERT may name (RFC 5259 §8.5). */
  MAXCONVERTPARTS: { readonly limit: number }
  /** The command went only down to `uid`, since no command may touch more than `limit` messages (RFC 9738 §3.1). */
  MESSAGELIMIT: { readonly limit: number; readonly uid?: Uid }
  /**
   * GETMETADATA left out longer entries, the longest of `size` octets; or SETMETADATA takes no more than `size` octets,
   * no more entries, or none that are private (RFC 5464 §4.2.1, §4.3).
   */
  METADATA:
    | { readonly problem: 'LONGENTRIES' | 'MAXSIZE'; readonly size: number }
    | { readonly problem: 'TOOMANY' | 'NOPRIVATE' }
  /** The mailbox has another name now (RFC 2060 §7.1; later ones reserve it). */
  NEWNAME: { readonly oldName: string; readonly newName: string }
  /** No more updates come of the search with this tag (RFC 5267 §4.3.1). */
  NOUPDATE: { readonly tag: string }
  /** Ids by what they belong to, in upper case, such as MAILBOXID and ACCOUNTID (OBJECTID+, a draft). */
  OBJECTID: { readonly ids: ReadonlyMap<string, string> }
  /** Where the mailbox or the account is instead (RFC 2221 §4, RFC 2193 §3). */
  REFERRAL: { readonly urls: readonly string[] }
  /** SEARCH named a filter that does not exist (RFC 5466 §3.1). */
  'UNDEFINED-FILTER': { readonly filter: string }
  /** How URLs of this mailbox may be authorized: INTERNAL, and others with data in base64 (RFC 4467, BASE.7.1). */
  URLMECH: { readonly mechanisms: readonly UrlMechanism[] }
  /** A page that the user has to open in a browser (Gmail). */
  WEBALERT: { readonly url: string }
}

/** A conversion that CONVERT could not do (RFC 5259 §9). */
export interface BadConversion {
  /** The media type of the source; null when there is no such part. */
  readonly from: string | null
  readonly to: string
  /** The parameters at fault, by name; empty when no parameter would help. */
  readonly parameters: ReadonlyMap<string, string>
}

/** A mechanism of URLAUTH (RFC 4467, BASE.7.1). */
export interface UrlMechanism {
  readonly name: string
  /** What the mechanism tells beside, in base64. */
  readonly data?: string
}

/** All response codes that carry data, by name. */
export interface ResponseCodes extends CoreResponseCodes, ExtensionResponseCodes {}

/** A response code that carries data, by name. */
export type DataCode = {
  [K in keyof ResponseCodes]: { readonly name: K } & ResponseCodes[K]
}[keyof ResponseCodes]

/** A response code without data. */
export interface PlainCode {
  readonly name: PlainCodeName
}

/** A response code that this library does not know, or whose data could not be read; its text is kept. */
export interface OtherCode {
  readonly name: 'OTHER'
  /** The name that the server sent, in upper case. */
  readonly atom: string
  /** All that followed the name. */
  readonly text: string
}

/** A response code (RFC 9051 §7.1), told apart by `name`. */
export type ResponseCode = DataCode | PlainCode | OtherCode
