import type { BodyStructure } from './body-structure.js'
import type { Envelope } from './envelope.js'
import type { ModSeq } from './ids.js'

/** What a `BODY[…]`, `BINARY[…]` or `RFC822…` item of a FETCH answer brought. */
export interface SectionData {
  /** `BODY` or `BINARY`. */
  readonly kind: 'BODY' | 'BINARY'
  /** The text between the brackets, in canonical form: upper case keywords, header names as sent: ``, `1.2`, `HEADER`, `2.MIME`, `HEADER.FIELDS (Subject)`. */
  readonly section: string
  /** The origin octet of a partial fetch; null for a whole one. */
  readonly offset: number | null
  /** The bytes; null for NIL; undefined when they were streamed to somebody else. */
  readonly bytes: Uint8Array | null | undefined
}

/** A tolerated fault in the data of one message. */
export interface Defect {
  /** The item of the answer that was at fault, such as `BODYSTRUCTURE`. */
  readonly item: string
  /** What was wrong. */
  readonly message: string
}

/**
 * The items of one FETCH answer (RFC 9051 §7.5.2), or of several about one message, merged.
 * What was not sent is undefined. Extensions put their items under further keys.
 */
export interface FetchData {
  uid: number | undefined
  flags: readonly string[] | undefined
  internalDate: Date | null | undefined
  size: number | undefined
  envelope: Envelope | undefined
  bodyStructure: BodyStructure | undefined
  modSeq: ModSeq | undefined
  sections: SectionData[] | undefined
  /** Sizes of decoded parts by part number, from `BINARY.SIZE[…]`. */
  binarySizes: Map<string, number> | undefined
  defects: Defect[] | undefined
  [extension: string]: unknown
}

/** Makes an empty {@link FetchData}; every core key is set so that all share one shape. */
export function emptyFetchData(): FetchData {
  return {
    uid: undefined,
    flags: undefined,
    internalDate: undefined,
    size: undefined,
    envelope: undefined,
    bodyStructure: undefined,
    modSeq: undefined,
    sections: undefined,
    binarySizes: undefined,
    defects: undefined,
  }
}
