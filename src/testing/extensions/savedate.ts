import type { Feature } from '../feature.js'

/** SAVEDATE (RFC 8514): not offered yet. */
export const saveDateFeature: Feature = {}
