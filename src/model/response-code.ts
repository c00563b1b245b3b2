import type { UidMap } from './uid-map.js'
import type { UidSet } from './number-set.js'

/** The response codes that carry nothing but their name (RFC 9051 §7.1, RFC 5530 and extensions). */
export type PlainCodeName =
  | 'ALERT'
  | 'ALREADYEXISTS'
  | 'AUTHENTICATIONFAILED'
  | 'AUTHORIZATIONFAILED'
  | 'CANNOT'
  | 'CLIENTBUG'
  | 'CLOSED'
  | 'CONTACTADMIN'
  | 'CORRUPTION'
  | 'EXPIRED'
  | 'EXPUNGEISSUED'
  | 'HASCHILDREN'
  | 'INUSE'
  | 'LIMIT'
  | 'NOMODSEQ'
  | 'NONEXISTENT'
  | 'NOPERM'
  | 'NOTSAVED'
  | 'OVERQUOTA'
  | 'PARSE'
  | 'PRIVACYREQUIRED'
  | 'READ-ONLY'
  | 'READ-WRITE'
  | 'SERVERBUG'
  | 'TRYCREATE'
  | 'UIDNOTSTICKY'
  | 'UNAVAILABLE'
  | 'UNKNOWN-CTE'
  | 'USEATTR'

/** The response codes of RFC 9051 §7.1 and RFC 7162 that carry data. */
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

/** A response code that carries data, by name. */
export type DataCode = {
  [K in keyof CoreResponseCodes]: { readonly name: K } & CoreResponseCodes[K]
}[keyof CoreResponseCodes]

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
