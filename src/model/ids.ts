declare const brand: unique symbol

/** A unique identifier of a message in one mailbox (RFC 9051 §2.3.1.1): 1 to 4294967295, never a sequence number. */
export type Uid = number & { readonly [brand]: 'Uid' }

/** A message sequence number (RFC 9051 §2.3.1.2): a position that moves whenever an earlier message is expunged. */
export type SeqNum = number & { readonly [brand]: 'SeqNum' }

/** A mod-sequence of CONDSTORE (RFC 7162 §3): a positive 63-bit number. */
export type ModSeq = bigint

/** The largest value of `nz-number` (RFC 9051 §9). */
export const MAX_NUMBER = 4_294_967_295
