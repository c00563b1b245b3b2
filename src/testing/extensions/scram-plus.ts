import type { Feature } from '../feature.js'

/** AUTH=SCRAM-SHA-512 and the -PLUS mechanisms (RFC 5802, RFC 7677, RFC 9266): not offered yet. */
export const scramPlusFeature: Feature = {}
