import type { Feature } from '../feature.js'

/** REPLACE (RFC 8508): not offered yet. */
export const replaceFeature: Feature = {}
