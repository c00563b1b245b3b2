import type { Feature } from '../feature.js'

/** PARTIAL (RFC 9394): not offered yet. */
export const partialFeature: Feature = {}
