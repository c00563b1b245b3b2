import type { Envelope } from './envelope.js'

/** What every part of a body structure has (RFC 9051 §7.5.2). */
export interface BodyPartBase {
  /** The part number for `BODY[…]`; the empty string for a multipart at the top. */
  readonly part: string
  /** Media type and subtype in lower case, such as `text/plain`. */
  readonly type: string
  /** Parameters of the Content-Type, names in lower case, values decoded (RFC 2231, RFC 2047). */
  readonly parameters: ReadonlyMap<string, string>
  /** Content-Disposition in lower case; null where there is none. */
  readonly disposition: string | null
  /** Parameters of the Content-Disposition, names in lower case, values decoded. */
  readonly dispositionParameters: ReadonlyMap<string, string>
  /** Content-Language tags. */
  readonly language: readonly string[]
  /** Content-Location. */
  readonly location: string | null
}

/** A part that holds other parts. */
export interface MultiPart extends BodyPartBase {
  readonly kind: 'multipart'
  readonly children: readonly BodyStructure[]
}

/** A part that holds content. */
export interface SinglePart extends BodyPartBase {
  readonly kind: 'single'
  /** Content-ID, with its angle brackets. */
  readonly id: string | null
  /** Content-Description, encoded words decoded. */
  readonly description: string | null
  /** Content-Transfer-Encoding in lower case. */
  readonly encoding: string
  /** Size in octets, in its transfer encoding. */
  readonly size: number
  /** Size in lines, for text and message/rfc822. */
  readonly lines: number | null
  /** Content-MD5. */
  readonly md5: string | null
  /** Envelope of the message inside a message/rfc822 or message/global part. */
  readonly envelope: Envelope | null
  /** Structure of the message inside a message/rfc822 or message/global part. */
  readonly body: BodyStructure | null
}

/** The MIME structure of a message or of one of its parts (RFC 9051 §7.5.2). */
export type BodyStructure = MultiPart | SinglePart
