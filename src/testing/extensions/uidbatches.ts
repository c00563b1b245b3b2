import type { Feature } from '../feature.js'

/** UIDBATCHES (RFC 10022): not offered yet. */
export const uidBatchesFeature: Feature = {}
