import type { Feature } from '../feature.js'

/** UIDONLY (RFC 9586): not offered yet. */
export const uidOnlyFeature: Feature = {}
