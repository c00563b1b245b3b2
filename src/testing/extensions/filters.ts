import type { Feature } from '../feature.js'

/** FILTERS (RFC 5466): not offered yet. */
export const filtersFeature: Feature = {}
